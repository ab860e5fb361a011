"""Exact statistics of 16-bit pixels from one histogram of 65 536 bins; pure functions.

Pixels of the converter are whole numbers, so how often each occurs says all about mean, spread and ranks, in one pass
and without a copy of the pixels as floating point.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from eyegore.images.pixels.display import BINS, Counts, Pixels

FloatArray = npt.NDArray[np.float64]

GAUSSIAN = 1.482602218505602
"""Standard deviation over median absolute deviation, of a Gaussian: 1 / quantile of the normal distribution at 3/4."""

_CHUNK = 1 << 16
"""Pixels counted at once: numpy turns them into 64-bit numbers first, which shall stay in the cache."""

_MOST_DIFFERENCES = 1 << 17
"""Differences that are enough for a read noise: with so many its error is 0.3 %."""


def counts_of(region: Pixels) -> Counts:
    """Number of pixels of each value in a region of any strides; shape (65536,)."""
    counts = np.zeros(BINS, np.int64)
    if not region.size:
        return counts
    # the order does not matter: memory is gone through forwards
    forwards = tuple(slice(None, None, -1 if stride < 0 else 1) for stride in region.strides)
    region = region[forwards]
    rows = max(1, _CHUNK // region.shape[1])
    for first in range(0, region.shape[0], rows):
        pixels = region[first : first + rows].reshape(-1)
        lowest = pixels.min()
        found = np.bincount(pixels - lowest)  # as many bins as there are values, which mostly are few
        counts[int(lowest) : int(lowest) + len(found)] += found
    return counts


def moments(counts: Counts) -> tuple[float, float]:
    """Mean and standard deviation [ADU] (as numpy's, of the whole population); NaN without a pixel."""
    total = int(counts.sum())
    if not total:
        return math.nan, math.nan
    values = np.arange(len(counts), dtype=np.float64)
    mean = float((values * counts).sum()) / total
    values -= mean
    values *= values
    return mean, math.sqrt(float((values * counts).sum()) / total)


def quantiles(counts: Counts, shares: tuple[float, ...]) -> tuple[float, ...]:
    """Values [ADU] below which these shares (0 to 1) of the pixels lie, between two as numpy does; NaN without any."""
    upto = np.cumsum(counts)
    total = int(upto[-1])
    if not total:
        return (math.nan,) * len(shares)
    found = []
    for share in shares:
        rank = share * (total - 1)
        below = math.floor(rank)
        low, high = np.searchsorted(upto, [below + 1, min(below + 2, total)]).tolist()
        found.append(low + (high - low) * (rank - below))
    return tuple(found)


def read_noise(section: Pixels) -> float:
    """Read noise [ADU] of a section of shape (rows, columns); NaN with fewer than two columns or no row.

    Differences of neighbouring columns cancel drifts from row to row and slow gradients; 1.4826 MAD (the sigma of a
    Gaussian) resists cosmic rays; the square root of 2 undoes the difference. Of a large section every n-th row serves.

    A MAD of whole numbers comes in steps of a whole number, which is coarse for a noise of little more than one ADU: so
    each count is taken as spread evenly over its bin, and the variance of 1/12 that this adds is taken away again.
    That is right to 3 % down to 0.9 ADU.
    """
    rows, columns = section.shape
    if columns < 2 or not rows:
        return math.nan
    step = max(1, rows * (columns - 1) // _MOST_DIFFERENCES)
    some = section[::step].astype(np.int32)
    differences = (some[:, 1:] - some[:, :-1]).reshape(-1) + (BINS - 1)
    deviation = GAUSSIAN * _smooth_deviation(np.bincount(differences))
    return math.sqrt(max(0.0, deviation**2 - 1 / 12) / 2)


def _smooth_deviation(counts: Counts) -> float:
    """Median absolute deviation from the median where counts are spread evenly over their bins; 0 in a single bin."""
    there = np.flatnonzero(counts)
    if there.size == 1:
        return 0.0
    counts = counts[there[0] : there[-1] + 1]
    edges = np.arange(counts.size + 1, dtype=np.float64)
    shares = np.concatenate(([0.0], np.cumsum(counts) / counts.sum()))
    median = float(np.interp(0.5, shares, edges))
    # the share within a distance of the median grows in straight pieces between the distances of the edges
    away = np.sort(np.abs(edges - median))
    inside = np.interp(median + away, edges, shares) - np.interp(median - away, edges, shares)
    return float(np.interp(0.5, inside, away))
