"""A few thousand rows of the HK history, column by column, with the extremes of their blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eyegore.limits.model import Verdict
from eyegore.messages.events import FloatArray
from eyegore.series.decimation import INVALID, OUT, block_runs

MarkArray = npt.NDArray[np.uint8]
BLOCK = 32
"""Samples per block: few enough that two blocks fit in a bin soon, enough that the extremes take 1/16 of the store."""


@dataclass(frozen=True, eq=False)
class LeafRows:
    """Rows in order of time: shapes (n,), (columns, n), (columns, n)."""

    times: FloatArray
    values: npt.NDArray[np.float32]
    codes: MarkArray

    def part(self, low: int, high: int) -> LeafRows:
        """The rows from ``low`` up to ``high``."""
        return LeafRows(self.times[low:high], self.values[:, low:high], self.codes[:, low:high])

    def merged(self, late: LeafRows) -> LeafRows:
        """Both in order of time; of neighbours that are equal in time and in every value one stays."""
        times = np.concatenate((self.times, late.times))
        order = np.argsort(times, kind="stable")
        times = times[order]
        values = np.concatenate((self.values, late.values), axis=1)[:, order]
        codes = np.concatenate((self.codes, late.codes), axis=1)[:, order]
        same = np.zeros(times.size, dtype=bool)
        same[1:] = times[1:] == times[:-1]
        suspects = np.flatnonzero(same)
        before, after = values[:, suspects - 1], values[:, suspects]
        same[suspects] = np.all((before == after) | (np.isnan(before) & np.isnan(after)), axis=0)
        return LeafRows(times[~same], values[:, ~same], codes[:, ~same])


class Leaf:
    """Room for a fixed number of rows, in order of time, with the extremes of each block."""

    def __init__(self, columns: int, room: int) -> None:
        blocks = -(-room // BLOCK)
        self.rows = 0
        self.room = room
        self.times = np.empty(room)
        self.values = np.empty((columns, room), dtype=np.float32)
        self.codes = np.empty((columns, room), dtype=np.uint8)
        self.marks = np.empty((columns, room), dtype=np.uint8)
        self.lows = np.empty((columns, blocks), dtype=np.float32)
        self.highs = np.empty((columns, blocks), dtype=np.float32)
        self.block_marks = np.empty((columns, blocks), dtype=np.uint8)
        self._period = 0.0
        self._period_rows = 0

    @property
    def newest(self) -> float:
        """Time of the last row [lab s]."""
        return float(self.times[self.rows - 1])

    def content(self) -> LeafRows:
        """All rows held, not copied."""
        return LeafRows(self.times, self.values, self.codes).part(0, self.rows)

    def extend(self, rows: LeafRows) -> None:
        """Put rows behind those held; there must be room."""
        low, high = self.rows, self.rows + len(rows.times)
        self.times[low:high] = rows.times
        self.values[:, low:high] = rows.values
        self.codes[:, low:high] = rows.codes
        unread = ~np.isfinite(rows.values) | (rows.codes == Verdict.INVALID)
        self.marks[:, low:high] = np.where(unread, INVALID, np.where(rows.codes >= Verdict.LOW, OUT, 0))
        self.rows, self.room = high, self.room - (high - low)
        block = low // BLOCK
        touched = slice(block * BLOCK, high)
        lows, highs, marks = block_runs(self.values[:, touched], self.marks[:, touched], BLOCK)
        blocks = slice(block, block + lows.shape[1])
        self.lows[:, blocks], self.highs[:, blocks], self.block_marks[:, blocks] = lows, highs, marks

    def period(self) -> float:
        """Usual spacing of the rows [s], 0 when unknown; taken again when the leaf has doubled."""
        if self.rows >= 2 * self._period_rows and self.rows > 1:
            steps = np.diff(self.times[: self.rows])
            steps = steps[steps > 0.0]
            self._period = float(np.median(steps)) if steps.size else 0.0
            self._period_rows = self.rows
        return self._period

    def parts(self, low: int, high: int, width: float) -> list[LeafPart]:
        """Blocks where they are whole and no longer than ``width`` [s]; single samples at the ends and about gaps."""
        start, stop = -(-low // BLOCK), high // BLOCK
        if start >= stop:
            return [LeafPart(self, slice(low, high), slice(low, high), single=True)]
        firsts = self.times[start * BLOCK : stop * BLOCK : BLOCK]
        lasts = self.times[start * BLOCK + BLOCK - 1 : stop * BLOCK : BLOCK]
        cuts = [(low, start * BLOCK)]
        cuts += [
            (block * BLOCK, (block + 1) * BLOCK) for block in (start + np.flatnonzero(lasts - firsts > width)).tolist()
        ]
        cuts += [(stop * BLOCK, high)]
        parts: list[LeafPart] = []
        done = low
        for begin, end in cuts:
            if done < begin:
                blocks = slice(done // BLOCK, begin // BLOCK)
                parts.append(LeafPart(self, slice(done, begin), blocks, single=False))
            if begin < end:
                parts.append(LeafPart(self, slice(begin, end), slice(begin, end), single=True))
            done = end
        return parts


@dataclass(frozen=True)
class LeafPart:
    """Consecutive runs of one leaf: its ``rows``, as single samples or as blocks; ``items`` are those runs."""

    leaf: Leaf
    rows: slice
    items: slice
    single: bool

    def first(self) -> FloatArray:
        """Time of the first sample of each run."""
        return self.leaf.times[self.rows.start : self.rows.stop : 1 if self.single else BLOCK]

    def last(self) -> FloatArray:
        """Time of the last sample of each run."""
        start = self.rows.start if self.single else self.rows.start + BLOCK - 1
        return self.leaf.times[start : self.rows.stop : 1 if self.single else BLOCK]

    def extremes(self, column: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], MarkArray]:
        """Low, high and marks of each run of one column."""
        leaf, items = self.leaf, self.items
        if not self.single:
            return leaf.lows[column, items], leaf.highs[column, items], leaf.block_marks[column, items]
        marks, values = leaf.marks[column, items], leaf.values[column, items]
        if (marks & INVALID).any():
            values = np.where(marks & INVALID, np.float32(np.nan), values)
        return values, values, marks
