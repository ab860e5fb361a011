"""Judged HK rows, each with the time it speaks for.

What a sample says holds from the row before it to the row after it, both left out: a value that was good in one row and
bad in the next changed somewhere between them, and nobody knows where. Rows that are too far apart for that have a
*gap* between them, for which nobody speaks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eyegore.limits.checks import notable_columns
from eyegore.limits.model import LimitSet, LimitTable, Phase
from eyegore.messages.events import FloatArray

Codes = npt.NDArray[np.uint8]

BETWEEN_FILES_S = 5.0
"""Rows of the files of two ObsIDs further apart than this have a gap between them, if a usual one [s]."""


@dataclass(frozen=True, eq=False)
class RowKind:
    """What the rows of a stretch have in common.

    ``continuous``: ELVIS writes rows all the time, not only while it exposes. ``checked``: some column has a limit.
    """

    path: str
    elvis: str
    columns: tuple[str, ...]
    table: LimitTable | None
    limit_set: LimitSet
    phase: Phase | None
    continuous: bool
    checked: bool


@dataclass(frozen=True)
class Gap:
    """No row between ``low`` and ``high`` [lab s]; ``low`` is minus infinity before the first row.

    ``usual``: it is between the files of two ObsIDs, where ELVIS writes none.
    """

    low: float
    high: float
    usual: bool = False


@dataclass(frozen=True, eq=False)
class CoveredRows:
    """Rows in order of time: ``times`` and their covers from ``before`` to ``after`` [lab s], shape (n,).

    ``codes`` and ``values``, shape (n, len(names)), are those of the columns ``names``: the ones of which a sample is
    out of limits or invalid. ``gaps`` are those that end in or behind these rows. All of it lies between ``low`` and
    ``high`` [lab s].
    """

    kind: RowKind
    times: FloatArray
    before: FloatArray
    after: FloatArray
    names: tuple[str, ...]
    codes: Codes
    values: FloatArray
    gaps: tuple[Gap, ...]
    low: float
    high: float

    def continued_by(self, rows: CoveredRows) -> bool:
        """Whether ``rows``, which came next, could as well have come in one piece with these."""
        alike = rows.kind is self.kind and rows.names == self.names
        return alike and self.times.size > 0 and rows.times.size > 0 and bool(rows.times[0] >= self.times[-1])

    def with_rows(self, rows: CoveredRows) -> CoveredRows:
        """These rows and the ones that continue them."""
        return CoveredRows(
            self.kind,
            np.concatenate((self.times, rows.times)),
            np.concatenate((self.before, rows.before)),
            np.concatenate((self.after, rows.after)),
            self.names,
            np.concatenate((self.codes, rows.codes)),
            np.concatenate((self.values, rows.values)),
            self.gaps + rows.gaps,
            min(self.low, rows.low),
            max(self.high, rows.high),
        )


@dataclass(frozen=True, eq=False)
class _Last:
    """The newest row, which waits for the one after it; its cover begins ``before`` [lab s]."""

    kind: RowKind
    time: float
    before: float
    codes: Codes
    values: FloatArray


class RowCovers:
    """Gives rows their covers, one row late: only the next one tells how long a row speaks for.

    Rows further apart than ``gap_s`` [s] have a gap between them; where the time goes back it begins anew.
    """

    def __init__(self, gap_s: float) -> None:
        self.gap_s = gap_s
        self._last: _Last | None = None

    @property
    def kind(self) -> RowKind | None:
        """Of the newest row; None before the first."""
        return self._last.kind if self._last is not None else None

    @property
    def newest(self) -> float:
        """Time of the newest row [lab s]; NaN before the first."""
        return self._last.time if self._last is not None else np.nan

    def add(self, kind: RowKind, times: FloatArray, values: FloatArray, codes: Codes) -> list[CoveredRows]:
        """Add the next rows, shapes (n,), (n, columns), (n, columns); those without a time are left out."""
        if times.size == 1 and math.isfinite(times[0]):  # a row that has just come, as once a second
            return self._in_order(kind, times, values, codes)
        known = np.isfinite(times)
        if not known.all():
            times, values, codes = times[known], values[known], codes[known]
        found: list[CoveredRows] = []
        start = 0
        for stop in (*(np.flatnonzero(times[1:] < times[:-1]) + 1).tolist(), times.size):
            if stop > start:
                part = slice(start, stop)
                found += self._in_order(kind, times[part], values[part], codes[part])
            start = stop
        return found

    def end(self) -> list[CoveredRows]:
        """No more rows come: the newest one speaks for its own time."""
        last, self._last = self._last, None
        return [] if last is None else [_single(last, last.time, ())]

    def _in_order(self, kind: RowKind, times: FloatArray, values: FloatArray, codes: Codes) -> list[CoveredRows]:
        last = self._last
        first = float(times[0])
        gaps: list[Gap] = []
        found: list[CoveredRows] = []
        before = first
        if last is None:
            if kind.continuous:
                gaps.append(Gap(-np.inf, first))
        elif last.time > first:  # the clock was set back
            found.append(_single(last, last.time, ()))
        else:
            gap = self._gap(last, kind, first)
            found.append(_single(last, last.time if gap else first, (gap,) if gap else ()))
            before = first if gap else last.time
        if times.size == 1 and not gaps:  # a row that has just come, as once a second
            self._last = _Last(kind, first, before, codes[-1], values[-1])
            return found
        far = times[1:] - times[:-1] > self.gap_s
        starts = np.where(far, times[1:], times[:-1])
        ends = np.where(far, times[:-1], times[1:])
        gaps += [Gap(float(times[row]), float(times[row + 1])) for row in np.flatnonzero(far)]
        befores = np.concatenate(([before], starts))
        if times.size > 1 or gaps:
            part = slice(0, times.size - 1)
            found.append(_covered(kind, times[part], befores[part], ends, values[part], codes[part], tuple(gaps)))
        self._last = _Last(kind, float(times[-1]), float(befores[-1]), codes[-1], values[-1])
        return found

    def _gap(self, last: _Last, kind: RowKind, first: float) -> Gap | None:
        usual = not kind.continuous and last.kind.path != kind.path
        if first - last.time > (BETWEEN_FILES_S if usual else self.gap_s):
            return Gap(last.time, first, usual)
        return None


def _single(last: _Last, after: float, gaps: tuple[Gap, ...]) -> CoveredRows:
    times, before, ends = np.array([last.time]), np.array([last.before]), np.array([after])
    return _covered(last.kind, times, before, ends, last.values[np.newaxis], last.codes[np.newaxis], gaps)


def _covered(
    kind: RowKind,
    times: FloatArray,
    before: FloatArray,
    after: FloatArray,
    values: FloatArray,
    codes: Codes,
    gaps: tuple[Gap, ...],
) -> CoveredRows:
    notable = notable_columns(codes)
    names = tuple(kind.columns[column] for column in notable)
    low = min([gap.low for gap in gaps], default=np.inf)
    high = max([gap.high for gap in gaps], default=-np.inf)
    if times.size:
        low, high = min(low, float(before[0])), max(high, float(after[-1]))
    chosen = notable or slice(0)
    return CoveredRows(kind, times, before, after, names, codes[:, chosen], values[:, chosen], gaps, low, high)
