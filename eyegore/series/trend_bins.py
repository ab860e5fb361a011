"""The last minutes of all parameters in few points: the median of each short bin, however long the session lasts.

Samples come in the order they were recorded. A clock that jumps, or a long gap, starts the window anew; a few rows with
a wrong stamp do not.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from eyegore.limits.model import Verdict
from eyegore.messages.events import FloatArray
from eyegore.series.theil_sen import sorted_median

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
