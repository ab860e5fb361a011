"""What is going to be measured: the tests, their columns and frames, and how long they take."""
