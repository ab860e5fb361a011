"""Numbers against time: the history of all samples, its envelopes, trends and excursions. Pure."""
