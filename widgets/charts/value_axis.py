"""The range of values a strip chart shows, its round numbers, and numbers as text."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from eyegore.basics.quantities import short

SPREAD = 1.0
"""Samples up to this many robust spans outside the robust range are still shown whole; those beyond are clipped."""
LIMIT_SHARE = 1 / 12
"""A limit is brought into view when the curve keeps at least this share of the height."""


def value_range(
    low: npt.NDArray[np.float64],
    high: npt.NDArray[np.float64],
    limits: Sequence[float],
    smallest: float,
    always_limits: bool = False,
) -> tuple[float, float]:
    """Range of values to show for the lows and highs of the bins, so that one spike does not flatten the curve.

    The newest bin is always inside. ``limits`` (infinite for none) are brought in when the curve stays readable, or
    always. ``smallest`` is the least span worth showing: the resolution of the readings times a few.
    """
    bottom, top = _robust(low, high)
    bottom, top = min(bottom, float(low[-1])), max(top, float(high[-1]))
    span = max(top - bottom, smallest)
    middle = (bottom + top) / 2
    bottom, top = min(bottom, middle - span / 2), max(top, middle + span / 2)
    wanted = [limit for limit in limits if math.isfinite(limit)]
    for limit in sorted(wanted, key=lambda one: max(bottom - one, one - top)):
        wider = min(bottom, limit), max(top, limit)
        if always_limits or span >= LIMIT_SHARE * (wider[1] - wider[0]):
            bottom, top = wider
    margin = 0.08 * (top - bottom)
    return bottom - margin, top + margin


def _robust(low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Percentiles 2 and 98, or the extremes where they lie close to these."""
    bottom, top = float(low.min()), float(high.max())
    if low.size < 8:
        return bottom, top
    inner = float(np.percentile(low, 2, method="higher")), float(np.percentile(high, 98, method="lower"))
    if inner[0] >= inner[1]:
        return bottom, top
    reach = SPREAD * (inner[1] - inner[0])
    return (
        bottom if bottom >= inner[0] - reach else inner[0],
        top if top <= inner[1] + reach else inner[1],
    )


def round_values(bottom: float, top: float, most: int) -> tuple[list[float], int]:
    """At most ``most`` round numbers in a range, and the decimals they need."""
    magnitude = 10.0 ** math.floor(math.log10((top - bottom) / max(1, most)))
    steps = (magnitude * factor for factor in (1, 2, 2.5, 5, 10, 20, 50, 100))
    step = next(step for step in steps if math.floor(top / step) - math.ceil(bottom / step) < max(1, most))
    numbers = [step * count for count in range(math.ceil(bottom / step), math.floor(top / step) + 1)]
    decimals = next((d for d in range(9) if math.isclose(round(step, d), step, rel_tol=1e-6)), 9)
    return numbers, decimals


def limits_text(low: float, high: float) -> str:
    """Limits for a title: ``−133 … −107``, ``≤ 5``, ``≥ 3`` or nothing."""
    if not math.isfinite(low):
        return f"≤ {short(high)}" if math.isfinite(high) else ""
    return f"≥ {short(low)}" if not math.isfinite(high) else f"{short(low)} … {short(high)}"
