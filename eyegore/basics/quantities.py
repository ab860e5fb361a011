"""Numbers as people read them: with a true minus sign, in as few figures as tell something."""

from __future__ import annotations

import math

MINUS = "−"
NONE = "–"
"""Where there is no number."""


def number(value: float, decimals: int) -> str:
    """A value with so many decimals, never minus zero; a dash for NaN."""
    text = f"{value:.{decimals}f}"
    if math.isnan(value):
        return NONE
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", MINUS)


def short(value: float, figures: int = 7) -> str:
    """A value in as many figures as it has, ``figures`` at most; a dash for NaN."""
    return NONE if math.isnan(value) else f"{value:.{figures}g}".replace("-", MINUS)


def bytes_text(size: float) -> str:
    """``212 GB``, in powers of 1000 as disks are sold."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= scale:
            return f"{size / scale:.{0 if size >= 10 * scale else 1}f} {unit}"
    return f"{size / 1e3:.0f} kB"
