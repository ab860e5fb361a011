"""Images measured and judged: a file in, numbers and a verdict out."""
