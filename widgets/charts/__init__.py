"""Strip charts and pages of them, and the picture of a history."""
