"""Every exposure of a session against its housekeeping, as rows and exposures come, in whatever order."""

from __future__ import annotations

import bisect
import math
from collections import deque
from collections.abc import Iterable

from eyegore.basics.records import same
from eyegore.exposures.hk_risk import EDGE_S, FrameRisk, Unread
from eyegore.exposures.interval import interval_of
from eyegore.exposures.row_covers import Codes, CoveredRows, RowCovers, RowKind
from eyegore.messages.events import Exposure, FloatArray
from eyegore.messages.exposures import ExposureHk

KEPT_ROWS = 7200
"""Rows that are kept for exposures whose row of the log comes late: two hours of them."""
PIECE_ROWS = 60
"""Rows that come one by one are kept in pieces of so many: a piece takes 1 KiB, be it of one row."""


class ExposureHkBook:
    """Tells what is known of each ObsID, as often as that changes; a row costs the same however many there are.

    No row for ``stale_s`` [s] is a gap. ``kept_rows`` at least are kept for late rows of the log (None: all).
    """

    def __init__(self, stale_s: float, kept_rows: int | None = KEPT_ROWS) -> None:
        self._covers = RowCovers(stale_s)
        self._stale_s = stale_s
        self._kept_rows = kept_rows
        self._kept: deque[CoveredRows] = deque()
        self._size = 0
        self._dropped = False
        self._unread: list[Unread] = []
        self._frames: dict[int, FrameRisk] = {}
        self._starts: list[tuple[float, int]] = []
        self._longest = 0.0
        self._pending: set[int] = set()
        self._silent_since = math.nan

    def add(self, exposures: Iterable[Exposure]) -> list[ExposureHk]:
        """Take rows of the log; a later row of the same ObsID and CCD replaces the earlier."""
        changed: dict[int, FrameRisk] = {}
        moved: dict[int, FrameRisk] = {}
        for exposure in exposures:
            frame = self._frames.get(exposure.obsid)
            if frame is None:
                frame = self._frames[exposure.obsid] = FrameRisk(exposure.obsid, exposure.test)
            before = frame.start
            changed[exposure.obsid] = frame
            frame.test = exposure.test
            if frame.add(exposure.ccd, interval_of(exposure)):
                moved[exposure.obsid] = frame
                self._place(frame, before)
        for frame in moved.values():
            self._look_back(frame)
        return self._told(changed.values())

    def add_hk(self, kind: RowKind, times: FloatArray, values: FloatArray, codes: Codes) -> list[ExposureHk]:
        """Add judged HK rows in the order they were written, shapes (n,), (n, columns), (n, columns)."""
        changed: dict[int, FrameRisk] = {}
        if not math.isnan(self._silent_since) and times.size:
            self._silent_since = math.nan
            changed.update((obsid, self._frames[obsid]) for obsid in self._pending)
        if self._unread and self._unread[-1].high == math.inf and times.size:
            lost = self._unread[-1]
            changed.update(self._meet(lost.low, math.inf))
            lost.high = max(lost.low, float(times[0]))
            self._note_unread(changed.values())
        for rows in self._covers.add(kind, times, values, codes):
            changed.update(self._see(rows))
        return self._told(changed.values())

    def add_unread(self, after: float, before: float) -> list[ExposureHk]:
        """A line that could not be read, between rows at these times [lab s].

        NaN: that is the row which came last, or the next to come.
        """
        low = after if math.isfinite(after) else self._covers.newest
        lost = Unread(low if math.isfinite(low) else -math.inf, before if math.isfinite(before) else math.inf, 1)
        if self._unread and self._unread[-1].low == lost.low:
            lost.lines += self._unread.pop().lines
        self._unread.append(lost)
        touched = self._meet(lost.low, lost.high)
        self._note_unread(touched.values())
        return self._told(touched.values())

    def silent(self) -> list[ExposureHk]:
        """No more rows come, for the time being or for ever: what is not read to its end has no HK."""
        if not math.isnan(self._silent_since) or self._covers.kind is None:
            return []
        return self._told(self._fall_silent(self._covers.kind, self._covers.newest))

    def end(self, *, over: bool) -> list[ExposureHk]:
        """Everything has been read; ``over``: and no more will come."""
        kind, newest = self._covers.kind, self._covers.newest
        changed: dict[int, FrameRisk] = {}
        for rows in self._covers.end():
            changed.update(self._see(rows))
        if over and kind is not None:
            changed.update((frame.obsid, frame) for frame in self._fall_silent(kind, newest))
        return self._told(changed.values())

    def _fall_silent(self, kind: RowKind, newest: float) -> list[FrameRisk]:
        """No row after ``newest`` [lab s]: the ObsIDs for which more of them were awaited."""
        self._silent_since = newest
        waiting = [self._frames[obsid] for obsid in sorted(self._pending)]
        for frame in waiting:
            # The file of an ObsID ends with its read-out, a row period earlier than that.
            frame.final = not kind.continuous and newest >= frame.end - EDGE_S
            self._settle(frame)
        return waiting

    @property
    def states(self) -> list[ExposureHk]:
        """All ObsIDs as they stand, in their order."""
        return [self._frames[obsid].message(self._silent_since) for obsid in sorted(self._frames)]

    # --- frames and rows ---------------------------------------------------------------------------------------------

    def _place(self, frame: FrameRisk, before: float) -> None:
        """Find an ObsID by its start from now on, which was ``before``."""
        if not math.isnan(before):
            self._starts.remove((before, frame.obsid))
        if math.isnan(frame.start):
            return
        bisect.insort(self._starts, (frame.start, frame.obsid))
        self._longest = max(self._longest, frame.end - frame.start)
        self._pending.add(frame.obsid)

    def _look_back(self, frame: FrameRisk) -> None:
        """What the rows that came before the row of the log say."""
        frame.begin()
        oldest = min((rows.low for rows in self._kept), default=math.inf)
        frame.forgotten = self._dropped and not oldest <= frame.start
        for rows in self._kept:
            frame.see(rows, self._stale_s)
        self._note_unread([frame])
        # After the clock was set back there are rows of its time that are not the ones to come.
        frame.final = frame.final and self._covers.newest >= frame.end
        self._settle(frame)

    def _see(self, rows: CoveredRows) -> Iterable[tuple[int, FrameRisk]]:
        self._keep(rows)
        touched = self._meet(rows.low, rows.high)
        changed = [frame for frame in touched.values() if frame.see(rows, self._stale_s)]
        for frame in changed:
            self._settle(frame)
        return [(frame.obsid, frame) for frame in changed]

    def _meet(self, low: float, high: float) -> dict[int, FrameRisk]:
        """The ObsIDs that may have been taken between two times [lab s]."""
        first = bisect.bisect_left(self._starts, (low - self._longest, -1))
        stop = bisect.bisect_right(self._starts, (high, math.inf))
        return {obsid: self._frames[obsid] for _, obsid in self._starts[first:stop]}

    def _note_unread(self, frames: Iterable[FrameRisk]) -> None:
        for frame in frames:
            frame.unread = [lost for lost in self._unread if lost.low < frame.end and lost.high > frame.start]

    def _settle(self, frame: FrameRisk) -> None:
        if frame.final:
            self._pending.discard(frame.obsid)
        else:
            self._pending.add(frame.obsid)

    def _keep(self, rows: CoveredRows) -> None:
        self._size += max(rows.times.size, 1)
        newest = self._kept[-1] if self._kept else rows
        if newest is not rows and newest.times.size + rows.times.size <= PIECE_ROWS and newest.continued_by(rows):
            rows = self._kept.pop().with_rows(rows)
        self._kept.append(rows)
        if self._kept_rows is None:
            return
        while self._size - max(self._kept[0].times.size, 1) >= self._kept_rows:
            self._size -= max(self._kept.popleft().times.size, 1)
            self._dropped = True
        while self._dropped and self._unread and self._unread[0].high < self._kept[0].low:
            self._unread.pop(0)

    def _told(self, frames: Iterable[FrameRisk]) -> list[ExposureHk]:
        """What is to be told of these ObsIDs: those of which something else is known than was told."""
        news = []
        for frame in frames:
            message = frame.message(self._silent_since)
            if not same(message, frame.told):
                frame.told = message
                news.append(message)
        return news
