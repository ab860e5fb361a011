"""Runs of equal verdict in a column, and the worst value of one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from eyegore.limits.model import Verdict


def spans_of(values: npt.NDArray[np.uint8] | npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Maximal runs of equal values in a vector, as (start, stop) with ``stop`` exclusive."""
    if values.size == 1:  # a row that has just come, as once a second: nothing to compare
        yield 0, 1
        return
    start = 0
    for stop in (*(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist(), values.size):
        if stop > start:
            yield start, stop
        start = stop


def runs_of(codes: npt.NDArray[np.uint8]) -> Iterator[tuple[int, int, Verdict]]:
    """Maximal runs of equal codes in a vector, as (start, stop, verdict) with ``stop`` exclusive."""
    for start, stop in spans_of(codes):
        yield start, stop, Verdict(int(codes[start]))


def worst_of(values: npt.NDArray[np.float64], verdict: Verdict, expected: float = 0.0) -> float:
    """Extreme of ``values`` in the direction of ``verdict`` (farthest from ``expected`` for UNEXPECTED).

    NaN when no value is finite or the verdict is not out of limits.
    """
    finite = values[np.isfinite(values)]
    if finite.size == 0 or not verdict.out:
        return float("nan")
    if verdict in (Verdict.LOW, Verdict.DELTA_LOW):
        return float(finite.min())
    if verdict is Verdict.UNEXPECTED:
        return float(finite[np.argmax(np.abs(finite - expected))])
    return float(finite.max())
