"""Numbers as people read them: with a true minus sign, in as few figures as tell something."""

from __future__ import annotations

import math
from collections.abc import Iterable

MINUS = "−"
NONE = "–"
"""Where there is no number."""


def number(value: float, decimals: int) -> str:
    """A value with so many decimals, never minus zero; a dash for NaN."""
    text = f"{value:.{decimals}f}"
    if math.isnan(value):
        return NONE
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", MINUS)


def word(value: float) -> str:
    """A register in hexadecimal, e.g. ``0x2FA0``; what is no word, as :func:`short` has it."""
    return f"0x{int(value):04X}" if math.isfinite(value) and value == int(value) >= 0 else short(value)


def short(value: float, figures: int = 7) -> str:
    """A value in as many figures as it has, ``figures`` at most; a dash for NaN."""
    return NONE if math.isnan(value) else f"{value:.{figures}g}".replace("-", MINUS)


def apart(value: float, limits: Iterable[float], figures: int = 4) -> str:
    """A value in so many figures, or in as many more as show on which side of each limit it lies."""
    limits = tuple(limits)
    texts = (f"{value:.{more}g}" for more in range(figures, 18))
    return next((text for text in texts if is_apart(text, value, limits)), repr(value))


def is_apart(text: str, value: float, limits: Iterable[float]) -> bool:
    """Whether the text of a value shows on which side of each limit it lies."""
    told = float(text)
    return all((value > one) == (told > one) and (value < one) == (told < one) for one in limits)


def bytes_text(size: float) -> str:
    """``212 GB``, in powers of 1000 as disks are sold."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= scale:
            return f"{size / scale:.{0 if size >= 10 * scale else 1}f} {unit}"
    return f"{size / 1e3:.0f} kB"
