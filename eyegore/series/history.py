"""The HK samples of the last days: bounded, in order of time, and quick to draw at any length.

Samples lie in leaves of a few thousand rows, column by column; each leaf keeps the extremes of its blocks beside them.
A row that comes late is put into the leaf it belongs to, so a clock that was set back costs one leaf, not the history.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eyegore.limits.model import Verdict
from eyegore.messages.events import FloatArray
from eyegore.series.decimation import INVALID, Envelope, Runs, envelope
from eyegore.series.leaf import BLOCK, Leaf, LeafPart, LeafRows, MarkArray

LEAF_ROWS = 4096
GAP_PERIODS = 1.9
GAP_FLOOR_S = 3.0
"""A spacing is a gap when it is above both: one missed row at 1 Hz is none."""


@dataclass(frozen=True)
class Sample:
    """One sample of one column: ``time`` [lab s]; ``value`` is NaN when it is no reading."""

    time: float
    value: float
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class Window:
    """Every sample of one column between two times, as it was read; ``codes`` are those of :class:`Verdict`."""

    times: FloatArray
    values: npt.NDArray[np.float32]
    codes: MarkArray


class HkHistory:
    """The newest ``capacity_rows`` rows of HK, fewer by up to a leaf just after the oldest were let go.

    Values are kept as float32 (7 figures). Not for several threads.
    """

    def __init__(self, columns: Sequence[str], capacity_rows: int = 7 * 86_400) -> None:
        self.columns = tuple(columns)
        self.capacity_rows = capacity_rows
        self.rows = 0
        self.revision = 0
        self._index = {name: position for position, name in enumerate(self.columns)}
        self._leaf_rows = max(1, min(LEAF_ROWS, capacity_rows // 8))
        self._leaves: list[Leaf] = []
        self._firsts: list[float] = []
        self._plan: _Plan | None = None

    @property
    def span(self) -> tuple[float, float]:
        """Times of the oldest and the newest sample [lab s], NaN when there is none."""
        if not self._leaves:
            return float("nan"), float("nan")
        return float(self._leaves[0].times[0]), self._leaves[-1].newest

    def append(self, times: FloatArray, values: FloatArray, verdict_codes: MarkArray | None = None) -> None:
        """Take rows: ``times`` [lab s] of shape (n,), ``values`` and ``verdict_codes`` of shape (n, columns).

        Rows may come in any order of time. One that repeats a row held already is dropped, unless it is newer than
        or as new as all others. Rows without a time are dropped.
        """
        codes = np.zeros(values.shape, dtype=np.uint8) if verdict_codes is None else verdict_codes
        usable = np.isfinite(times)
        if not usable.all() or (np.diff(times) < 0.0).any():
            order = np.argsort(times, kind="stable")
            order = order[usable[order]]
            times, values, codes = times[order], values[order], codes[order]
        for low in range(0, len(times), self._leaf_rows):  # converted a leaf at a time, to need little memory
            part = slice(low, low + self._leaf_rows)
            with np.errstate(over="ignore"):
                self._take(LeafRows(times[part], values[part].T.astype(np.float32), codes[part].T))
        while self.rows > self.capacity_rows:
            self.rows -= self._leaves.pop(0).rows
            del self._firsts[0]
            self._plan = None  # it holds what it was made of, also what was let go
        self.revision += 1

    def latest(self, column: str) -> Sample | None:
        """The newest sample of one column, None before the first row."""
        if not self._leaves:
            return None
        leaf = self._leaves[-1]
        return _sample(leaf, self._index[column], leaf.rows - 1)

    def nearest(self, column: str, time: float) -> Sample | None:
        """The sample nearest to a time [lab s], None before the first row."""
        if not self._leaves:
            return None
        at = self._index[column]
        after = bisect_right(self._firsts, time)
        found: list[tuple[float, Leaf, int]] = []
        for leaf in self._leaves[max(0, after - 1) : after + 1]:
            row = int(np.searchsorted(leaf.times[: leaf.rows], time))
            found += [(abs(float(leaf.times[one]) - time), leaf, one) for one in (row - 1, row) if 0 <= one < leaf.rows]
        _, leaf, row = min(found, key=lambda one: one[0])
        return _sample(leaf, at, row)

    def window(self, column: str, t0: float, t1: float) -> Window:
        """Every sample with ``t0 <= time <= t1``, not reduced."""
        at = self._index[column]
        parts = [
            (leaf.times[low:high], leaf.values[at, low:high], leaf.codes[at, low:high])
            for leaf, low, high in self._pieces(t0, t1, neighbours=False)
        ]
        if not parts:
            return Window(np.empty(0), np.empty(0, np.float32), np.empty(0, np.uint8))
        times, values, codes = zip(*parts, strict=True)
        return Window(np.concatenate(times), np.concatenate(values), np.concatenate(codes))

    def envelope(self, column: str, t0: float, t1: float, bins: int) -> Envelope:
        """The curve between two times in about ``bins`` points, at a cost that does not grow with the rows.

        Every extreme sample is in it. One sample before and one after are included, to lead the curve to the edges;
        with no more samples than twice ``bins`` each is a point of its own.
        """
        at = self._index[column]
        if self._plan is None or self._plan.asked != (self.revision, t0, t1, bins):
            self._plan = self._planned(t0, t1, bins)
        plan = self._plan
        if not plan.parts:
            nothing = np.empty(0, np.float32)
            return envelope(Runs(plan.first, plan.last, nothing, nothing, np.empty(0, np.uint8)), 0.0, plan.gap)
        low, high, marks = zip(*(part.extremes(at) for part in plan.parts), strict=True)
        runs = Runs(plan.first, plan.last, np.concatenate(low), np.concatenate(high), np.concatenate(marks))
        return envelope(runs, plan.width, plan.gap)

    def _planned(self, t0: float, t1: float, bins: int) -> _Plan:
        pieces = self._pieces(t0, t1, neighbours=True)
        count = sum(high - low for _, low, high in pieces)
        width = 0.0 if count <= 2 * bins else (t1 - t0) / bins
        if count <= 2 * BLOCK * bins:
            parts = [LeafPart(leaf, slice(low, high), slice(low, high), single=True) for leaf, low, high in pieces]
        else:
            parts = [part for leaf, low, high in pieces for part in leaf.parts(low, high, width)]
        first = np.concatenate([part.first() for part in parts]) if parts else np.empty(0)
        last = np.concatenate([part.last() for part in parts]) if parts else np.empty(0)
        return _Plan((self.revision, t0, t1, bins), parts, first, last, width, self._gap(pieces))

    def _gap(self, pieces: list[tuple[Leaf, int, int]]) -> float:
        """Spacing above which the curve is broken [s]."""
        periods = [leaf.period() for leaf, _, _ in pieces]
        known = [period for period in periods if period > 0.0]
        return max(GAP_FLOOR_S, GAP_PERIODS * float(np.median(known))) if known else GAP_FLOOR_S

    def _pieces(self, t0: float, t1: float, neighbours: bool) -> list[tuple[Leaf, int, int]]:
        """The leaves that hold samples between two times, each with its first row and the row after its last."""
        if not self._leaves or not t0 <= t1:
            return []
        start = max(0, bisect_left(self._firsts, t0) - 1)
        stop = bisect_right(self._firsts, t1)
        more = int(neighbours)
        pieces: list[tuple[Leaf, int, int]] = []
        for leaf in self._leaves[start : stop + more]:
            times = leaf.times[: leaf.rows]
            low = int(np.searchsorted(times, t0)) - more
            high = int(np.searchsorted(times, t1, side="right")) + more
            low, high = max(0, low), min(leaf.rows, high)
            if low < high:
                pieces.append((leaf, low, high))
        return pieces

    def _take(self, rows: LeafRows) -> None:
        newest = self.span[1]
        late = int(np.searchsorted(rows.times, newest, side="right")) if rows.times[0] < newest else 0
        if late:
            self._insert(rows.part(0, late))
        self._extend(rows.part(late, len(rows.times)))

    def _extend(self, rows: LeafRows) -> None:
        """Put rows behind all others."""
        done, count = 0, len(rows.times)
        while done < count:
            if not self._leaves or self._leaves[-1].room == 0:
                self._leaves.append(Leaf(len(self.columns), self._leaf_rows))
                self._firsts.append(float(rows.times[done]))
            step = min(count - done, self._leaves[-1].room)
            self._leaves[-1].extend(rows.part(done, done + step))
            done += step
        self.rows += count

    def _insert(self, rows: LeafRows) -> None:
        """Put rows that come late into the leaves they belong to; leaves that overflow are split."""
        edges = np.searchsorted(rows.times, self._firsts[1:])
        bounds = [0, *(int(edge) for edge in edges), len(rows.times)]
        for at in range(len(self._leaves) - 1, -1, -1):
            late = rows.part(bounds[at], bounds[at + 1])
            if not len(late.times):
                continue
            old = self._leaves[at]
            merged = old.content().merged(late)
            count = len(merged.times)
            pieces = -(-count // self._leaf_rows)
            cuts = [count * piece // pieces for piece in range(pieces + 1)]
            leaves = [Leaf(len(self.columns), self._leaf_rows) for _ in range(pieces)]
            for leaf, low, high in zip(leaves, cuts, cuts[1:], strict=False):
                leaf.extend(merged.part(low, high))
            self._leaves[at : at + 1] = leaves
            self._firsts[at : at + 1] = [float(leaf.times[0]) for leaf in leaves]
            self.rows += count - old.rows


def _sample(leaf: Leaf, column: int, row: int) -> Sample:
    invalid = bool(leaf.marks[column, row] & INVALID)
    value = float("nan") if invalid else float(leaf.values[column, row])
    return Sample(float(leaf.times[row]), value, Verdict(int(leaf.codes[column, row])))


@dataclass(frozen=True, eq=False)
class _Plan:
    """How one window is cut into runs: the same for every column, so nine charts need it once."""

    asked: tuple[int, float, float, int]
    parts: list[LeafPart]
    first: FloatArray
    last: FloatArray
    width: float
    gap: float
