"""Fewer points than samples, none of the extremes lost: what a strip chart draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eyegore.messages.events import FloatArray

BoolArray = npt.NDArray[np.bool_]
INVALID = 1
OUT = 2
"""Bits of :attr:`Runs.marks`: the run holds a sample that is no reading, one that is out of limits."""


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of consecutive samples in order of time; a run may be a single sample.

    ``first`` and ``last`` [lab s]; ``low`` and ``high`` are the extremes of the valid samples, NaN when there is none.
    """

    first: FloatArray
    last: FloatArray
    low: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]
    marks: npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Envelope:
    """At most one point for each bin that has a valid sample, all of shape (n,).

    ``breaks`` tells that nothing joins a point to the one before it (the first is always a break); ``out`` that one
    of its samples is out of limits. ``invalid`` [lab s] is where samples were that are no readings, of shape (m,).
    """

    times: FloatArray
    low: FloatArray
    high: FloatArray
    breaks: BoolArray
    out: BoolArray
    invalid: FloatArray


def block_runs(values: npt.NDArray[np.float32], marks: npt.NDArray[np.uint8], block: int) -> tuple[
    npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.uint8]
]:  # fmt: skip
    """Lows, highs and marks of ``block`` samples at a time, along the last axis (the last block may be short)."""
    starts = np.arange(0, values.shape[-1], block)
    valid = np.where(marks & INVALID, np.float32(np.nan), values)
    return (
        np.fmin.reduceat(valid, starts, axis=-1),
        np.fmax.reduceat(valid, starts, axis=-1),
        np.bitwise_or.reduceat(marks, starts, axis=-1),
    )


def envelope(runs: Runs, width: float, gap: float) -> Envelope:
    """Runs gathered into bins of ``width`` [s]; a spacing above ``gap`` [s] breaks the curve.

    The edges of the bins are multiples of ``width``, so that the picture does not shimmer while the window moves.
    A run belongs to the bin it starts in. A ``width`` of 0 keeps every run.
    """
    spoiled = (runs.marks & INVALID) != 0
    invalid = runs.first[spoiled]
    if width > 0.0 and invalid.size:
        invalid = invalid[_starts(invalid, width)]
    valid = ~np.isnan(runs.low)
    first, last = runs.first[valid], runs.last[valid]
    low, high = runs.low[valid].astype(float), runs.high[valid].astype(float)
    out = (runs.marks[valid] & OUT) != 0
    if width > 0.0 and first.size:
        starts = _starts(first, width)
        ends = np.append(starts[1:], first.size) - 1
        first, last = first[starts], last[ends]
        low, high = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
        out = np.logical_or.reduceat(out, starts)
    breaks = np.ones(first.size, dtype=bool)
    breaks[1:] = first[1:] - last[:-1] > gap
    return Envelope((first + last) / 2, low, high, breaks, out, invalid)


def _starts(times: FloatArray, width: float) -> npt.NDArray[np.intp]:
    """Index of the first of each group of ``times`` in the same bin."""
    bins = np.floor(times / width)
    return np.flatnonzero(np.concatenate(([True], bins[1:] != bins[:-1])))
