"""Speed of Eyegore as ratios against the alternatives, measured in one run: ``make bench``."""
