"""The one owner of the session's state: messages in, events out; no file, no clock, no thread, no window.

:meth:`Monitor.take` judges every HK row in the order it was written, keeps the flags, the exposure log, the images and
the health of the session, and returns what its subscribers should know.
"""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from eyegore.alarms.alarm_board import AlarmBoard, Frame, noted
from eyegore.alarms.flag_board import FlagBoard
from eyegore.alarms.judged import JudgedRows
from eyegore.alarms.session_timers import SessionTimers
from eyegore.analysis.excursions import ExcursionFinder, Run
from eyegore.analysis.exposure_index import ExposureIndex
from eyegore.analysis.session_files import ExposureBook, ImageBook
from eyegore.lab_time import age_text
from eyegore.limits.checks import Checker
from eyegore.limits.model import Expected, LimitTable, Relative, Severity, Verdict
from eyegore.messages import (
    BadLine,
    CaughtUp,
    Event,
    ExposureRows,
    FeedMessage,
    FlagCommand,
    FloatArray,
    FreeSpace,
    Health,
    HkAccepted,
    HkHeader,
    HkRows,
    ImageFile,
    LayoutChanged,
    Said,
    SourceEvent,
    SourceKind,
    WatcherState,
    WorkerDied,
)
from eyegore.rules import Rules
from eyegore.session_space import SessionSpace
from eyegore.session_trends import SessionTrends

SKEW_NOTICE_S = 60.0
OLD_S = 600.0
"""What happened longer than this before Eyegore started is not told as new [s]."""
HK_TIMER = "HK rows"
"""Name of the dead-man timer of the housekeeping."""


@dataclass(frozen=True)
class Tick:
    """Time has passed; sent about once a second."""


@dataclass(frozen=True)
class Layout:
    """One set of columns and the checks that belong to it."""

    elvis: str
    columns: tuple[str, ...]
    checker: Checker
    expected: Mapping[str, float]
    commanded: tuple[str, ...]


class Monitor:
    """State of one session. Every method is called on one thread."""

    def __init__(self, rules: Rules, folder: str = "") -> None:
        self.rules = rules
        self.folder = folder
        self.elvis = ""
        self.unknown: tuple[str, ...] = ()
        self.missing: tuple[str, ...] = ()
        self.alarms = AlarmBoard()
        self.flags = FlagBoard(self.alarms)
        self.exposures = ExposureBook()
        self.images = ImageBook()
        self.index = ExposureIndex()
        self.hk_rows = 0
        self.first_time = self.last_time = float("nan")
        self.hk_files: list[str] = []
        self.bad_lines: deque[BadLine] = deque(maxlen=10_000)
        self.bad_line_count = 0
        self._finder = ExcursionFinder()
        self._trends = SessionTrends()
        self._space = SessionSpace()
        self._ended: deque[Run] = deque(maxlen=rules.excursions_kept)
        self._versions: dict[str, str] = {}
        self._layouts: dict[tuple[str, tuple[str, ...]], Layout] = {}
        self._layout: Layout | None = None
        self._online = False
        self._caught_up = False
        self._watcher: WatcherState | None = None
        self._judged = JudgedRows()
        self._table_hash = ""
        self._started = float("nan")
        self._timers = SessionTimers(float("nan"), images=rules.images)
        self._fresh = False
        self._hk_arrival = self._log_arrival = float("nan")
        self._newest_stamp = float("nan")
        self._stale = False
        self._skew_said = False

    def take(self, message: FeedMessage | FlagCommand | Tick, now: float) -> list[Event]:
        """Take one message at unix time ``now`` [s]; returns the events in the order they happened."""
        if math.isnan(self._started):
            self._started = now
            self._timers = SessionTimers(self._lab(now), images=self.rules.images)
        match message:
            case HkRows():
                return self._take_rows(message, now)
            case HkHeader():
                return self._take_header(message, now)
            case ExposureRows():
                if self._caught_up:
                    self._log_arrival = message.received
                self.index.add(message.rows)
                self._timers.exposed(message)
                return self.exposures.add(message, now)
            case ImageFile():
                self._timers.arrived(message)
                return [message, *self.images.add(message)]
            case FlagCommand():
                return [*self.alarms.command(message, self._frame(now)), *self.flags.changes()]
            case BadLine():
                self.bad_lines.append(message)
                self.bad_line_count += 1
                text = f"{message.path}, line {message.line}: {message.reason}; the rest of the file is read"
                return [Said(logging.WARNING, text, now)]
            case SourceEvent():
                return self._take_source(message, now)
            case WatcherState():
                self._watcher = message
                level = logging.INFO if message.alive else logging.WARNING
                return [Said(level, f"watching by {message.kind}: {message.reason}", now)]
            case CaughtUp():
                self._caught_up, self._online = True, True
                return [Said(logging.INFO, f"{message.folder}: read up to now", now), *self._tick(now)]
            case FreeSpace():
                return self._space.take(message, self._lab(now), self.alarms, self._frame(now))
            case WorkerDied():
                text = f"{message.worker} stopped on an error ({message.error}) and is restarted"
                return [Said(logging.ERROR, text, now)]
            case Tick():
                return self._tick(now)
            case _:
                raise TypeError(f"the monitor takes no {type(message).__name__}")

    # --- housekeeping ---

    def _take_header(self, header: HkHeader, now: float) -> list[Event]:
        if header.path not in self.hk_files:
            self.hk_files.append(header.path)
        self._versions[header.path] = header.elvis
        self._judged.begin(header.path)
        return self._use(header.elvis, header.columns, header, now)

    def _use(self, elvis: str, columns: tuple[str, ...], header: HkHeader | None, now: float) -> list[Event]:
        key = (elvis, columns)
        if self._layout is not None and self._layout is self._layouts.get(key):
            return []
        table = self.rules.tables(elvis)
        if key not in self._layouts:
            self._layouts[key] = self._make_layout(elvis, columns, table)
        self._layout = layout = self._layouts[key]
        self.elvis = elvis
        events: list[Event] = [*self._note_table(table, now)]
        units = dict(zip(columns, header.units, strict=False)) if header else {}
        self.flags.lay_out(columns, table, self.rules.limit_set, layout.checker.checked, units)
        unknown, missing = (header.unknown, header.missing) if header else ((), ())
        self.unknown = tuple(dict.fromkeys((*self.unknown, *unknown)))
        self.missing = tuple(dict.fromkeys((*self.missing, *missing)))
        events.append(
            LayoutChanged(elvis, columns, unknown, missing, tuple(self.flags.views()), tuple(self.alarms.alarms()))
        )
        name = f"ELVIS {elvis}" if elvis else "an unknown ELVIS version"
        checked = sum(layout.checker.checked)
        text = f"HK of {name}: {len(columns)} parameters, {checked} checked against limits {self.rules.limit_set.value}"
        events.append(Said(logging.INFO if checked else logging.WARNING, text, now))
        if unknown:
            events.append(Said(logging.WARNING, f"unknown HK columns, kept but not checked: {', '.join(unknown)}", now))
        if missing:
            events.append(Said(logging.WARNING, f"missing HK columns: {', '.join(missing)}", now))
        return events

    def _note_table(self, table: LimitTable | None, now: float) -> list[Event]:
        """Tell when other limits are used than before, also than before a restart."""
        known, self._table_hash = self._table_hash, table.digest if table else ""
        if self._table_hash == known:
            return []
        text = f"limits {table.elvis} of {table.source}" if table else "no limits"
        return [noted(f"checking against {text}", self._frame(now))]

    def _make_layout(self, elvis: str, columns: tuple[str, ...], table: LimitTable | None) -> Layout:
        expected: dict[str, float] = {}
        commanded: list[str] = []
        for name, parameter in (table.parameters if table else {}).items():
            limit = parameter.limit(self.rules.limit_set)
            if isinstance(limit, Expected):
                expected[name] = limit.equals
            elif isinstance(limit, Relative) and name in columns:
                commanded.append(limit.commanded)
        checker = Checker(table, self.rules.limit_set, columns)
        return Layout(elvis, columns, checker, expected, tuple(commanded))

    def _take_rows(self, rows: HkRows, now: float) -> list[Event]:
        if not rows.times.size:
            return []
        events = self._use(self._versions.get(rows.path, self.elvis), rows.columns, None, now)
        layout = self._layout
        assert layout is not None
        self._online = True
        self._note_arrival(rows)
        verdicts = self._verdicts(layout, rows)
        if rows.preview:
            self.flags.see(rows, verdicts)
            return [*events, *self.flags.changes(rows.columns)]
        events += self._recover(now)
        judged, again = self._judged.take(rows.path, rows.times)
        self.flags.see(rows, verdicts)
        if judged < rows.times.size:
            events += self.alarms.take(_from(rows, judged), verdicts[judged:], self._frame(now))
        if again < rows.times.size:
            rows, verdicts = _from(rows, again), verdicts[again:]
            self._count(rows)
            self._trends.take(rows, verdicts)
            self._ended.extend(self._finder.take(rows.columns, rows.times, rows.values, verdicts, layout.expected))
            events.append(HkAccepted(rows, verdicts))
        return [*events, *self.flags.changes(rows.columns)]

    def _count(self, rows: HkRows) -> None:
        if not self.hk_rows:
            self.first_time = float(rows.times[0])
        self.hk_rows += rows.times.size
        self.last_time = float(rows.times[-1])

    def _verdicts(self, layout: Layout, rows: HkRows) -> npt.NDArray[np.uint8]:
        """Verdicts of rows; those of a preview leave no trace in what is judged later."""
        checker = layout.checker
        if rows.preview:
            checker = Checker(self.rules.tables(layout.elvis), self.rules.limit_set, layout.columns)
        return checker.verdicts(rows.times, rows.values, self._commanded(layout, rows.times))

    def _frame(self, now: float) -> Frame:
        news = self._started + self.rules.lab_offset_s(self._started) - OLD_S
        return Frame(now, self._table_hash, self.rules.limit_set.value, news)

    def _commanded(self, layout: Layout, times: FloatArray) -> dict[str, FloatArray]:
        return {column: self.index.commanded(column, times) for column in layout.commanded}

    def _note_arrival(self, rows: HkRows) -> None:
        self._hk_arrival = rows.received
        stamp = float(rows.times[-1])
        if not stamp <= self._newest_stamp:
            self._newest_stamp = stamp

    # --- memory ------------------------------------------------------------------------------------------------------

    def memory(self) -> dict[str, Any]:
        """What must survive a restart, JSON-able: the alarms, and which rows they have judged."""
        return {
            "alarms": self.alarms.memory(),
            "judged": self._judged.memory(),
            "fresh": self._fresh,
            "table": self._table_hash,
        }

    def restore(self, memory: Mapping[str, Any]) -> None:
        """Take back what :meth:`memory` gave; before the first message."""
        self.alarms.restore(memory["alarms"])
        self._judged.restore(memory["judged"])
        self._fresh = bool(memory["fresh"])
        self._table_hash = str(memory["table"])

    def excursions(self) -> list[Run]:
        """Runs of samples out of limits, in order of their first sample; those that last still are included."""
        return sorted((run for run in self._runs() if run.verdict.out), key=_by_start)

    def invalid_runs(self) -> list[Run]:
        """Runs of samples that could not be judged, in order of their first sample."""
        return sorted((run for run in self._runs() if run.verdict is Verdict.INVALID), key=_by_start)

    def _runs(self) -> list[Run]:
        return [*self._ended, *self._finder.open_runs]

    # --- folder and time ---

    def _take_source(self, event: SourceEvent, now: float) -> list[Event]:
        if event.kind is SourceKind.ONLINE:
            self._online = True
        elif event.kind is SourceKind.OFFLINE:
            self._online = False
        elif event.kind is SourceKind.SWITCHED:
            self.folder = event.path
        quiet = event.kind in (SourceKind.CREATED, SourceKind.ONLINE, SourceKind.READABLE, SourceKind.RETURNED)
        level = logging.INFO if quiet else logging.WARNING
        return [event, Said(level, event.text, now)]

    def _hk_ages(self, now: float) -> tuple[float, float]:
        """Age [s] of the newest row by its arrival and by its own stamp; NaN before any row."""
        return now - self._hk_arrival, now + self.rules.lab_offset_s(now) - self._newest_stamp

    def _recover(self, now: float) -> list[Event]:
        if max(self._hk_ages(now)) > self.rules.stale_after_s:
            return []
        self._fresh = True
        was_stale, self._stale = self._stale, False
        self.flags.set_stale(False)
        events = self.alarms.timer_well(HK_TIMER, self._lab(now), self._frame(now))
        return [*events, Said(logging.INFO, "HK rows arrive again", now)] if was_stale else events

    def _lab(self, now: float) -> float:
        return now + self.rules.lab_offset_s(now)

    def _tick(self, now: float) -> list[Event]:
        events: list[Event] = []
        by_arrival, by_stamp = self._hk_ages(now)
        stale = max(by_arrival, by_stamp) > self.rules.stale_after_s and self._caught_up
        if stale and not self._stale:
            text = _stale_text(by_arrival, by_stamp, self.rules.stale_after_s, self._fresh)
            events.append(Said(logging.WARNING, text, now))
            if self._fresh:
                since = self._lab(now) - max(by_arrival, by_stamp)
                events += self.alarms.timer(HK_TIMER, Severity.CRITICAL, text, since, self._lab(now), self._frame(now))
        self._stale = stale
        self.flags.set_stale(stale)
        if self._caught_up and self._fresh:
            events += self._timers.look(self.alarms, self._lab(now), self._frame(now))
            table = self.rules.tables(self.elvis)
            events += self._trends.look(self.alarms, table, self.rules.limit_set, self._frame(now))
        events += self.alarms.tick(self._frame(now))
        events += self.flags.changes()
        if not self._skew_said and by_arrival < self.rules.stale_after_s and by_stamp < -SKEW_NOTICE_S:
            self._skew_said = True
            text = f"the clock of ELVIS is {-by_stamp / 60:.0f} min ahead of this machine's"
            events.append(Said(logging.WARNING, text, now))
        return [*events, self.health(now)]

    def health(self, now: float) -> Health:
        """The session's health at unix time ``now`` [s]."""
        by_arrival, by_stamp = self._hk_ages(now)
        lab_now = now + self.rules.lab_offset_s(now)
        log_age = now - self._log_arrival
        counts = self.flags.counts()
        return Health(
            now=now,
            folder=self.folder,
            online=self._online,
            elvis=self.elvis,
            limit_set=self.rules.limit_set,
            hk_age=max(by_arrival, by_stamp),
            explog_age=lab_now - self.exposures.newest_time if math.isnan(log_age) else log_age,
            image_age=now - self.images.newest_modified,
            hk_stale=self._stale,
            checked=counts.checked,
            total=counts.total,
            watcher=self._watcher.kind if self._watcher else "",
            watcher_alive=bool(self._watcher and self._watcher.alive),
            raised=counts.raised,
            critical=counts.critical,
            shelved=counts.shelved,
            invalid=counts.invalid,
            hk_rows=self.hk_rows,
            bad_lines=self.bad_line_count,
            obsids=self.exposures.obsids,
            exposure_rows=self.exposures.rows,
            images=self.images.complete,
            clock_skew=by_arrival - by_stamp,
        )


def _from(rows: HkRows, first: int) -> HkRows:
    if first == 0:
        return rows
    return replace(rows, times=rows.times[first:], values=rows.values[first:], line=rows.line + first)


def _by_start(run: Run) -> tuple[float, str]:
    return run.first, run.parameter


def _stale_text(by_arrival: float, by_stamp: float, limit: float, fresh: bool) -> str:
    if by_arrival > limit:
        return f"no HK row for {by_arrival:.0f} s (ELVIS stopped?): flags are stale"
    if not fresh:
        return f"the newest HK row is {age_text(by_stamp)} old: flags are stale"
    return f"HK rows arrive but are stamped {by_stamp:.0f} s ago (ELVIS clock frozen or wrong?): flags are stale"
