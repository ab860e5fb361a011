"""HK limits: the tables per ELVIS version, and the checks."""
