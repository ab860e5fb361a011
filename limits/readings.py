"""Values, limits and trends as people are told of them: with units, and in no more figures than tell something."""

from __future__ import annotations

import math

from eyegore.basics.quantities import MINUS, number, short
from eyegore.limits.model import Bounds, quantity, unit_sign

_DECIMALS = {"degC": 1, "V": 2, "A": 3}
"""Decimals of a reading that are no noise, by unit: that of temperatures is 0.02 °C to 0.05 °C, of voltages 0.01 V."""
_MOST = 9


def reading(value: float, unit: str, bounds: Bounds | None = None) -> str:
    """A value as it is told: rounded to its noise, but never so far that it seems to be on another side of a limit."""
    decimals = _DECIMALS.get(unit)
    if decimals is None or not math.isfinite(value):
        return quantity(value, unit)
    limits = bounds.finite if bounds is not None else ()
    while decimals < _MOST and any(_side(value, one) != _side(round(value, decimals), one) for one in limits):
        decimals += 1
    return f"{number(value, decimals)} {unit_sign(unit)}"


def bound_text(value: float, unit: str) -> str:
    """A limit with the sign of its unit, exactly."""
    return f"{short(value, 12)} {unit_sign(unit)}".rstrip()


def per_minute(slope: float, unit: str) -> str:
    """A trend [unit/min] in two figures, e.g. ``+0.83 °C per minute``."""
    figures = f"{slope:+.2g}" if abs(slope) < 10 else f"{slope:+.0f}"
    text = figures if "e" not in figures else f"{slope:+.6f}"
    return f"{text.replace('-', MINUS)} {unit_sign(unit)} per minute".replace("  ", " ")


def _side(value: float, limit: float) -> int:
    return (value > limit) - (value < limit)
