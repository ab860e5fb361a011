"""Robust straight lines through samples with outliers and gaps, for many parameters at once.

Slope: the median of the slopes between all pairs of points (Theil 1950; Sen 1968, J. Am. Stat. Assoc. 63, 1379). Its
confidence interval follows from the distribution of Kendall's tau: the pairs of given ranks on either side of the
median. A quarter of the points may be wrong without the line turning to them.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from eyegore.limits.model import Verdict
from eyegore.messages.events import FloatArray

IntArray = npt.NDArray[np.intp]

TO_SIGMA = 1.4826
"""Standard deviation of a normal distribution whose median absolute deviation is 1."""
STATED_Z = 1.96
"""The interval that is stated: 95 %."""
CERTAIN_Z = 3.29
"""The interval that must exclude 0 before a slope counts: 99.9 %."""
NEWEST = 4
"""The newest points, whose median tells how far off the line is now."""
BESIDE = 3.0
"""A point lies beside the line when it is so many times the noise away from it."""


@dataclass(frozen=True, eq=False)
class Lines:
    """One line per column, arrays of shape (columns,); NaN where a column has fewer than two points.

    ``slope`` and its 95 % interval ``low`` .. ``high`` are per unit of time, ``certain`` whether the 99.9 % interval
    excludes 0. The line passes through ``pivot`` (median time, ``level``). ``scatter`` is the robust standard deviation
    about the line, ``astray`` how far the newest points lie from it, ``beside`` the share of points that lie clearly
    beside it: many where they follow no straight line. ``noise`` is the standard deviation of one point as its
    neighbours tell, ``rounding`` the smallest step between neighbours, where values are rounded (0 without any).
    ``points`` were used, from ``first`` to ``last``.
    """

    slope: FloatArray
    low: FloatArray
    high: FloatArray
    certain: npt.NDArray[np.bool_]
    pivot: FloatArray
    level: FloatArray
    scatter: FloatArray
    astray: FloatArray
    beside: FloatArray
    noise: FloatArray
    rounding: FloatArray
    first: FloatArray
    last: FloatArray
    points: IntArray

    @property
    def span(self) -> FloatArray:
        """Time from the first point to the last."""
        return self.last - self.first


def theil_sen(times: FloatArray, values: FloatArray) -> Lines:
    """The lines through ``values`` (n, columns) at ``times`` (n,), strictly increasing; NaN is no point.

    Times should be small numbers, so that nothing is lost to rounding: minutes from the newest, not lab seconds.
    """
    rows = np.ascontiguousarray(values.T)
    there = np.isfinite(rows)
    points = there.sum(axis=1)
    times_of = np.where(there, times, np.nan)
    i, j = _pairs(len(times))
    pairs = np.sort((rows[:, j] - rows[:, i]) / (times[j] - times[i]), axis=1)
    count = points * (points - 1) // 2
    slope = _middle(pairs, count)
    pivot, level = sorted_median(times_of), sorted_median(rows - slope[:, None] * times)
    noise, rounding = _noise(rows), _rounding(rows)
    residuals = rows - level[:, None] - slope[:, None] * times
    low, high = _interval(pairs, points, STATED_Z)
    least, most = _interval(pairs, points, CERTAIN_Z)
    first = np.min(times_of, axis=1, initial=np.inf, where=there)
    last = np.max(times_of, axis=1, initial=-np.inf, where=there)
    return Lines(
        slope=slope,
        low=low,
        high=high,
        certain=(least > 0) | (most < 0),
        pivot=pivot,
        level=level + slope * pivot,
        scatter=TO_SIGMA * sorted_median(np.abs(residuals)),
        astray=np.abs(sorted_median(residuals[:, -NEWEST:])),
        beside=_share(np.abs(residuals) > BESIDE * np.maximum(noise, rounding)[:, None], points),
        noise=noise,
        rounding=rounding,
        first=first,
        last=last,
        points=points,
    )


def sorted_median(rows: FloatArray) -> FloatArray:
    """Median of each row, NaN left out (much faster than :func:`numpy.nanmedian`, and silent on rows without any)."""
    return _middle(np.sort(rows, axis=1), np.isfinite(rows).sum(axis=1))


def _middle(ordered: FloatArray, count: IntArray) -> FloatArray:
    """Median of the first ``count`` elements of each ordered row."""
    if not ordered.shape[1]:
        return np.full(len(ordered), np.nan)
    below, above = _at(ordered, (count - 1) // 2), _at(ordered, count // 2)
    return np.where(count > 0, (below + above) / 2, np.nan)


def _at(ordered: FloatArray, place: IntArray) -> FloatArray:
    places = np.clip(place, 0, ordered.shape[1] - 1)[:, None]
    found: FloatArray = np.take_along_axis(ordered, places, axis=1)[:, 0]
    return found


def _interval(pairs: FloatArray, points: IntArray, z: float) -> tuple[FloatArray, FloatArray]:
    """Slopes at both ends of the confidence interval; infinite where there are too few points for one."""
    count = points * (points - 1) // 2
    spread = z * np.sqrt(points * (points - 1) * (2 * points + 5) / 18)
    place = np.floor((count - spread) / 2).astype(np.intp) - 1  # Sen's ranks count from 1
    known = place >= 0
    if not pairs.shape[1]:
        return np.full(len(points), -np.inf), np.full(len(points), np.inf)
    return (
        np.where(known, _at(pairs, place), -np.inf),
        np.where(known, _at(pairs, count - 1 - place), np.inf),
    )


def _noise(rows: FloatArray) -> FloatArray:
    """Standard deviation of one point, from the differences of neighbours: blind to what changes slowly."""
    if rows.shape[1] < 2:
        return np.full(len(rows), np.nan)
    steps = np.diff(rows, axis=1)
    steps -= sorted_median(steps)[:, None]
    return TO_SIGMA / math.sqrt(2) * sorted_median(np.abs(steps))


def _share(of: npt.NDArray[np.bool_], points: IntArray) -> FloatArray:
    share: FloatArray = of.sum(axis=1) / np.maximum(points, 1)
    return share


def _rounding(rows: FloatArray) -> FloatArray:
    steps = np.abs(np.diff(rows, axis=1))
    least = np.min(steps, axis=1, initial=np.inf, where=steps > 0)
    smallest: FloatArray = np.where(np.isfinite(least), least, 0.0)
    return smallest


@lru_cache(maxsize=64)
def _pairs(count: int) -> tuple[IntArray, IntArray]:
    i, j = np.triu_indices(count, 1)
    return i, j


ROWS_PER_BIN = 64
"""Later rows of a bin are left out: a clock that stands still fills no memory."""
BACK_S = 5.0
"""A stamp this much earlier than the newest counts as the newest [s]."""
CONFIRM = 5
"""So many rows in a row must agree that the clock jumped."""


class _Bin:
    """Rows of one bin until its medians are asked for, then these."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.rows = 0
        self._times: list[FloatArray] = []
        self._values: list[FloatArray] = []
        self._point: tuple[float, FloatArray] | None = None

    def add(self, times: FloatArray, values: FloatArray) -> None:
        room = ROWS_PER_BIN - self.rows
        if room > 0:
            self._times.append(times[:room].copy())
            self._values.append(values[:room].copy())
            self.rows += len(self._times[-1])

    def point(self) -> tuple[float, FloatArray]:
        """Mean time and median of each column; only of a bin that gets no more rows."""
        if self._point is None:
            values = np.concatenate(self._values)
            self._point = (float(np.concatenate(self._times).mean()), sorted_median(np.ascontiguousarray(values.T)))
            self._times, self._values = [], []
        return self._point


class TrendBins:
    """Medians of ``bin_s`` [s] long bins over the last ``window_s`` [s]. A gap of ``gap_s`` [s] starts them anew."""

    def __init__(self, columns: int, window_s: float, bin_s: float, gap_s: float) -> None:
        self.columns = columns
        self.newest = float("nan")
        """Time of the newest sample taken [lab s]."""
        self.closed = 0
        """Changes whenever the points do."""
        self._bin_s = bin_s
        self._gap_s = gap_s
        self._bins: deque[_Bin] = deque(maxlen=max(1, round(window_s / bin_s)))
        self._open: _Bin | None = None
        self._astray = 0
        self._astray_time = float("nan")

    def add(self, times: FloatArray, values: FloatArray, verdicts: npt.NDArray[np.uint8] | None) -> None:
        """Add rows: ``times`` (n,), ``values`` and ``verdicts`` (n, columns); INVALID and STALE are no samples."""
        usable = np.isfinite(values)
        if verdicts is not None:
            usable &= (verdicts != Verdict.INVALID) & (verdicts != Verdict.STALE)
        values = np.where(usable, values, np.nan)
        if self._open is None and len(times):
            self._take_one(float(times[0]), values[:1])
            times, values = times[1:], values[1:]
        newest = np.fmax.accumulate(np.concatenate(([self.newest], times)))
        fits = (times >= newest[:-1] - BACK_S) & (times <= newest[:-1] + self._gap_s)
        if fits.all():
            if len(times):
                self._astray = 0
                self._add(newest[1:], values)
            return
        for row in range(len(times)):  # rare: a start, a gap, a jump
            self._take_one(float(times[row]), values[row : row + 1])

    def points(self) -> tuple[FloatArray, FloatArray]:
        """Times (n,), strictly increasing, and medians (n, columns) of the complete bins, NaN where there is none."""
        bins = [one for one in self._bins if self._open and one.number > self._open.number - (self._bins.maxlen or 0)]
        if not bins:
            return np.empty(0), np.empty((0, self.columns))
        found = [one.point() for one in bins]
        return np.array([time for time, _ in found]), np.array([medians for _, medians in found])

    def _take_one(self, time: float, values: FloatArray) -> None:
        if not np.isfinite(time):
            return
        if self.newest - BACK_S <= time <= self.newest + self._gap_s:
            self._astray = 0
            self.newest = max(time, self.newest)
        elif self._open is not None:
            agrees = self._astray and self._astray_time - BACK_S <= time <= self._astray_time + self._gap_s
            self._astray = self._astray + 1 if agrees else 1
            self._astray_time = time
            if self._astray < CONFIRM:
                return
            self._restart(time)
        else:
            self._restart(time)
        self._add(np.array([self.newest]), values)

    def _restart(self, time: float) -> None:
        self._bins.clear()
        self._open = None
        self._astray = 0
        self.newest = time
        self.closed += 1

    def _add(self, times: FloatArray, values: FloatArray) -> None:
        """Rows whose times do not decrease."""
        self.newest = float(times[-1])
        numbers = np.floor(times / self._bin_s).astype(np.int64)
        edges = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
        for first, last in pairwise(edges):
            number = int(numbers[first])
            if self._open is None or self._open.number != number:
                if self._open is not None:
                    self._bins.append(self._open)
                    self.closed += 1
                self._open = _Bin(number)
            self._open.add(times[first:last], values[first:last])
