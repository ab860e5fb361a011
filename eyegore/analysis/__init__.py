"""Numbers from samples and pixels: history, decimation, excursions, statistics, display stretches."""
