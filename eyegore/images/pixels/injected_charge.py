"""Charge injected electrically into rows of a quadrant, after the prescan was subtracted row by row; pure functions."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from eyegore.images.pixels.display import Pixels
from eyegore.images.pixels.pixel_counts import FloatArray, moments, quantiles
from eyegore.messages.images import Injection

Rows = npt.NDArray[np.bool_]

_STEPS = 16
"""Signals are counted in steps of 1/16 ADU, to which the prescan of a row is rounded."""

_ROWS = 64
"""Rows worked on at once, so that they are still in the cache."""


def injected_rows(rows: int, on: int, off: int, first: int = 0) -> Rows:
    """Which of ``rows`` rows from number ``first`` on are injected: ``on`` of them, then ``off`` not, and so on."""
    numbers = np.arange(first, first + rows)
    return numbers % (on + off) < on if on + off > 0 else np.zeros(rows, bool)


def measure_injection(image: Pixels, prescan: FloatArray, on: int, off: int, expected: float, first: int) -> Injection:
    """Injection into the image rows of a quadrant.

    Parameters
    ----------
    image
        Trimmed image section [ADU], shape (rows, columns), canonical.
    prescan
        Mean of the prescan of each of these rows [ADU], shape (rows,).
    on, off
        Rows commanded to be injected and not to be, in turns.
    expected
        Level [ADU] that the voltages should give, NaN where that cannot be told.
    first
        Number of the first row, counted from the output node.
    """
    injected = injected_rows(len(image), on, off, first)
    level, mean, std = _statistics(image, prescan, injected)
    background, _, _ = _statistics(image, prescan, ~injected)
    means = image.sum(axis=1, dtype=np.uint64) / image.shape[1] - prescan
    return Injection(
        on=on,
        off=off,
        level=level,
        mean=mean,
        std=std,
        background=background,
        expected=expected,
        pattern=_correlation(means, injected),
    )


def _statistics(image: Pixels, prescan: FloatArray, rows: Rows) -> tuple[float, float, float]:
    """Median, mean and standard deviation [ADU] of image less prescan in some rows; NaN where there are none."""
    numbers = np.flatnonzero(rows)
    if not numbers.size:
        return math.nan, math.nan, math.nan
    zero = np.rint(prescan * _STEPS).astype(np.int32)
    parts = [numbers[begin : begin + _ROWS] for begin in range(0, len(numbers), _ROWS)]
    low = min(int(image[part].min()) for part in parts) * _STEPS - int(zero[numbers].max())
    high = max(int(image[part].max()) for part in parts) * _STEPS - int(zero[numbers].min())
    counts = np.zeros(high - low + 1, np.int64)
    for part in parts:
        steps = image[part].astype(np.int32)
        steps *= _STEPS
        steps -= zero[part, None] + low
        found = np.bincount(steps.reshape(-1))
        counts[: len(found)] += found
    (median,) = quantiles(counts, (0.5,))
    mean, std = moments(counts)
    return (median + low) / _STEPS, (mean + low) / _STEPS, std / _STEPS


def _correlation(means: FloatArray, injected: Rows) -> float:
    """Correlation of row means with the pattern; NaN where either does not vary."""
    if injected.all() or not injected.any() or not means.std():
        return math.nan
    return float(np.corrcoef(means, injected)[0, 1])
