"""The one owner of the session's state: messages in, events out; no file, no clock, no thread, no window.

:meth:`Monitor.take` judges every HK row in the order it was written, keeps the flags, the exposure log, the images and
the health of the session, and returns what its subscribers should know.
"""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from eyegore.alarms.board import AlarmBoard, BoardMemory
from eyegore.alarms.deadman import SKEW_NOTICE_S, ElvisClock, HkFreshness, as_alarm
from eyegore.basics.lab_time import age_text, moment_of
from eyegore.exposures.books import ExposureBook, ExposureIndex, ImageBook
from eyegore.exposures.timers import SessionTimers, TimersMemory
from eyegore.housekeeping.housekeeping import Housekeeping, Rules
from eyegore.housekeeping.judge import Judged
from eyegore.images.alarms import ImageAlarms
from eyegore.limits.model import Phase, Severity
from eyegore.messages.copies import LAG_S, CopyProgress, ExposureCopies, SyncState
from eyegore.messages.events import (
    BadLine,
    CaughtUp,
    Event,
    ExposureRows,
    FeedMessage,
    FlagCommand,
    FreeSpace,
    Health,
    HkHeader,
    HkRows,
    ImageFile,
    ImageJudged,
    ImagesWaiting,
    LimitsEdited,
    PhaseChosen,
    Said,
    SourceEvent,
    SourceKind,
    WarningPath,
    WatcherState,
    WorkerDied,
)
from eyegore.session.space import SessionSpace

OLD_S = 600.0
"""What is over, and was longer than this before Eyegore started, is not told [s]."""
BACKUP_ALARM_S = 60.0
"""A copy may fail for so long before it is an alarm [s]."""


@dataclass(frozen=True)
class Tick:
    """Time has passed; sent about once a second."""


@dataclass(frozen=True)
class MonitorMemory:
    """What survives a restart: the alarms, which rows they have judged, by what table and for which phase.

    ``clock`` is how far the clock of ELVIS was ahead of ours [s], NaN where nobody knows.
    """

    alarms: BoardMemory
    judged: Mapping[str, Judged]
    fresh: bool
    table: str
    phase: Phase | None = None
    phase_known: Phase | None = None
    phase_by: str = ""
    clock: float = float("nan")
    timers: TimersMemory = field(default_factory=TimersMemory)
    still: Mapping[str, float] = field(default_factory=dict)


BY_ROWS = ("alarms", "clock", "judged")
"""What of the memory every row changes. Rows that come again are judged from where it was written last, and lead to the
same: what only they changed need not be written at once, as long as it is written as a whole."""


class Monitor:
    """State of one session. Every method is called on one thread."""

    def __init__(self, rules: Rules, folder: str = "") -> None:
        self.rules = rules
        self.folder = folder
        self.index = ExposureIndex()
        self.alarms = AlarmBoard()
        self.hk = Housekeeping(rules, self.alarms, self.index)
        self.flags = self.hk.flags
        self.exposures = ExposureBook()
        self.images = ImageBook()
        self.bad_lines: deque[BadLine] = deque(maxlen=10_000)
        self.bad_line_count = 0
        self._space = SessionSpace()
        self._frames = ImageAlarms()
        self._online = False
        self._caught_up = False
        self._history = True
        """Whether what was written before is still being read, of this folder or of one just switched to."""
        self._begin = float("inf")
        """What is over and older than this [lab s] nobody is told."""
        self._watcher: WatcherState | None = None
        self._started = float("nan")
        self._given_up = TimersMemory()
        self._timers = SessionTimers(float("nan"), images=rules.images)
        self._age = HkFreshness(rules.stale_after_s)
        self._clock = ElvisClock()
        self._log_arrival = float("nan")
        self._wrong_since: dict[str, float] = {}
        self._copies_heard: dict[str, float] = {}
        """When [unix s] each target's copier was last heard of, by the name of its alarm."""

    def take(self, message: FeedMessage | FlagCommand | PhaseChosen | Tick, now: float) -> list[Event]:
        """Take one message at unix time ``now`` [s]; returns the events in the order they happened."""
        if math.isnan(self._started):
            self._started = now
            self._timers = SessionTimers(now, images=self.rules.images)
            self._timers.restore(self._given_up)
        if self._history:
            self._begin = min(self._begin, self._lab(now) - OLD_S)  # the clock may be set back
            self.hk.news = self._news_from(now)
        match message:
            case HkRows():
                return self._take_rows(message, now)
            case HkHeader():
                return self.hk.take_header(message, now)
            case ExposureRows():
                if self._caught_up:
                    self._log_arrival = message.received
                self.index.add(message.rows)
                self._timers.exposed(message, live=not self._history, shown=self.shown(message.received))
                return [*self.exposures.add(message, now), *self.hk.exposures.add(message.rows)]
            case ImageFile():
                self._timers.arrived(message)
                return [message, *self.images.add(message)]
            case FlagCommand():
                return [*self.alarms.command(message, self.hk.frame(now)), *self.flags.changes()]
            case PhaseChosen():
                return self.hk.choose(message, self._lab(now), now)
            case LimitsEdited():
                return self.hk.take_edited(message, now)
            case BadLine():
                self.bad_lines.append(message)
                self.bad_line_count += 1
                text = f"{message.path}, line {message.line}: {message.reason}; the rest of the file is read"
                unread = self.hk.exposures.add_unread(*message.rows) if message.rows else []
                return [Said(logging.WARNING, text, now), *unread]
            case SourceEvent():
                return self._take_source(message, now)
            case WatcherState():
                self._watcher = message
                level = logging.INFO if message.alive else logging.WARNING
                return [Said(level, f"watching by {message.kind}: {message.reason}", now)]
            case CaughtUp():
                self._caught_up, self._online, self._history = True, True, False
                self._age.caught_up(now, self._lab(now))
                self.hk.news = -math.inf  # whatever the clock of ELVIS shows: it is written while we look
                return [Said(logging.INFO, f"{message.folder}: read up to now", now), *self._tick(now)]
            case FreeSpace():
                return self._space.raise_for(message, self._lab, self.alarms, self.hk.frame(now))
            case SyncState():
                return self._take_sync(message, now)
            case CopyProgress() | ExposureCopies():
                self._copies_heard[_copy_alarm(message)] = now
                return [message]
            case ImageJudged():
                return self._frames.raise_for(message, self._lab(now), self.alarms, self.hk.frame(now))
            case ImagesWaiting():
                return [message]
            case WarningPath():
                return self._take_path(message, now)
            case WorkerDied():
                text = f"{message.worker} stopped on an error ({message.error}) and is restarted"
                return [Said(logging.ERROR, text, now)]
            case Tick():
                return self._tick(now)
            case _:
                raise TypeError(f"the monitor takes no {type(message).__name__}")

    def _take_rows(self, rows: HkRows, now: float) -> list[Event]:
        if not rows.times.size:
            return []
        self._online = True
        if self._history:
            self._age.arrived(rows, live=False)
            self.hk.news = self._news_from(now)
            return self.hk.take_rows(rows, now)
        known = self.hk.rows
        events = self.hk.take_rows(rows, now)
        if self.hk.rows == known:  # a file that is read once more tells nothing new
            return events
        self._age.arrived(rows, live=True)
        self._clock.arrived(float(rows.times[-1]), rows.received, self._lab(rows.received))
        return [*events, *self._recover(now)]

    def _news_from(self, now: float) -> float:
        """What was there before and is stamped earlier than this [lab s] is not told as new, by the clock of ELVIS as
        far as that is known."""
        ahead = self._clock.offset
        if math.isnan(ahead):  # nothing can have been written in the future
            future = self._age.newest - self._lab(now)
            ahead = future if future > SKEW_NOTICE_S else 0.0
        return self._begin + ahead

    def _take_path(self, path: WarningPath, now: float) -> list[Event]:
        """Warnings do not get out by a channel, or do so again."""
        name, frame = f"WARNINGS by {path.channel}", self.hk.frame(now)
        if not path.problem:
            return self.alarms.timer_well(name, self._lab(now), frame)
        since = self._lab(path.since)
        return self.alarms.timer(name, Severity.WARNING, path.problem, since, self._lab(now), frame)

    def _take_sync(self, state: SyncState, now: float) -> list[Event]:
        """A pass over the folder for one backup: what stays wrong is an alarm, what differed at once."""
        self._copies_heard[_copy_alarm(state)] = now
        problem = state.problem
        if not problem and state.lags:
            problem = f"{state.complete - state.verified} files wait, the oldest for {age_text(state.lag_s)}"
        if not problem:
            self._wrong_since.pop(state.target, None)
        since = self._wrong_since.setdefault(state.target, now) if problem else now
        name, lab_now, frame = _copy_alarm(state), self._lab(now), self.hk.frame(now)
        events: list[Event] = [state]
        if not problem and state.interim and math.isnan(state.succeeded):
            return events  # a first pass that goes on: whether all is well it tells at its end
        if not problem:
            return [*events, *self.alarms.timer_well(name, lab_now, frame)]
        if state.urgent or now - since >= BACKUP_ALARM_S:
            events += self.alarms.timer(name, Severity.WARNING, problem, self._lab(since), lab_now, frame)
        return events

    def _silent_copies(self, now: float) -> list[Event]:
        """A copier that hangs in a dead mount tells nothing, not even that it fails."""
        events: list[Event] = []
        for name, heard in self._copies_heard.items():
            if now - heard > LAG_S:
                words = f"nothing heard of this copy for {age_text(now - heard)}: its disk or mount hangs, look at both"
                since = self._lab(heard)
                events += self.alarms.timer(name, Severity.WARNING, words, since, self._lab(now), self.hk.frame(now))
        return events

    # --- memory ------------------------------------------------------------------------------------------------------

    def memory(self) -> MonitorMemory:
        """What must survive a restart."""
        hk = self.hk
        alarms, judged = self.alarms.memory(), hk.judged.memory()
        return MonitorMemory(
            alarms, judged, self._age.fresh, hk.table_hash, hk.judge.chosen, hk.judge.known, hk.phase_by,
            self._clock.minutes, self._timers.memory(), hk.still.memory(),
        )  # fmt: skip

    def restore(self, memory: MonitorMemory) -> None:
        """Take back what :meth:`memory` gave; before the first message."""
        self.alarms.restore(memory.alarms)
        self.hk.judged.restore(memory.judged)
        self.hk.still.restore(memory.still)
        self._age.fresh, self.hk.table_hash = memory.fresh, memory.table
        self._clock.offset, self._given_up = memory.clock, memory.timers
        self._timers.restore(memory.timers)
        self.hk.judge.chosen, self.hk.phase_by = memory.phase, memory.phase_by
        self.hk.judge.resume(memory.phase_known)

    # --- folder and time ---

    def _take_source(self, event: SourceEvent, now: float) -> list[Event]:
        if event.kind is SourceKind.ONLINE:
            self._online = True
        elif event.kind is SourceKind.OFFLINE:
            self._online = False
        elif event.kind is SourceKind.SWITCHED:
            self.folder, self._frames, self._history = event.path, ImageAlarms(), True
        quiet = event.kind in (SourceKind.CREATED, SourceKind.ONLINE, SourceKind.READABLE, SourceKind.RETURNED)
        level = logging.INFO if quiet else logging.WARNING
        return [event, Said(level, event.text, now)]

    def _recover(self, now: float) -> list[Event]:
        """Rows have just come: that may end what was wrong."""
        if not self._age.stale or not self._age.recover(now, self._lab(now)):
            return []
        self.flags.set_stale(False)
        events = [*self._look_at_rows(now), *self.flags.changes()]
        return [*events, Said(logging.INFO, "HK rows arrive again", now)]

    def _look_at_rows(self, now: float) -> list[Event]:
        """The alarms of rows that do not come, or whose clock stands still or is off."""
        frame, standstill = self.hk.frame(now), self._age.standstill(now, self._lab(now))
        found = (self._age.silence(now, self._moment(now)), standstill, self._clock.condition())
        return [event for one in found for event in as_alarm(self.alarms, one, self._lab, frame)]

    def _lab(self, now: float) -> float:
        return now + self.rules.lab_offset_s(now)

    def shown(self, now: float) -> float:
        """What the clock of ELVIS shows [lab s] at ``now`` [unix s], as far as it is known."""
        return self._lab(now) + (0.0 if math.isnan(self._clock.offset) else self._clock.offset)

    def _moment(self, now: float) -> Callable[[float], float]:
        """Gives the unix time [s] of a stamp of ELVIS [lab s], at most ``now``."""
        ahead = self.shown(now) - self._lab(now)
        return lambda stamp: min(moment_of(stamp - ahead, self.rules.lab_offset_s, now), now)

    def _tick(self, now: float) -> list[Event]:
        events: list[Event] = []
        lab_now = self._lab(now)
        trouble = self._age.look(now, lab_now) if self._caught_up else ""
        if trouble:
            events.append(Said(logging.WARNING, trouble, now))
        if self._caught_up and self._age.fresh:
            events += self._look_at_rows(now)
        if not self._history and not self._age.abandoned(lab_now):
            events += self.alarms.found(self.hk.frame(now))
        if self._caught_up and self._age.silent(now):
            events += self.hk.exposures.silent()
        self.flags.set_stale(self._age.stale)
        if self._caught_up and self._age.fresh:
            events += self._timers.look(self.alarms, now, self._lab, self._moment(now), self.hk.frame(now))
            events += self.hk.look(now)
        events += self._silent_copies(now)
        events += self.alarms.tick(self.hk.frame(now))
        events += self.flags.changes()
        return [*events, self.health(now)]

    def health(self, now: float) -> Health:
        """The session's health at unix time ``now`` [s]."""
        lab_now = self._lab(now)
        log_age = now - self._log_arrival
        counts, timers = self.flags.counts(), self.alarms.lasting_timers()
        return Health(
            now=now,
            folder=self.folder,
            online=self._online,
            elvis=self.hk.elvis,
            limit_set=self.rules.limit_set,
            hk_age=self._age.age(now, lab_now),
            explog_age=lab_now - self.exposures.newest_time if math.isnan(log_age) else log_age,
            image_age=now - self.images.newest_modified,
            hk_stale=self._age.stale,
            checked=counts.checked,
            total=counts.total,
            watcher=self._watcher.kind if self._watcher else "",
            watcher_alive=bool(self._watcher and self._watcher.alive),
            raised=counts.raised + len(timers),
            critical=counts.critical + sum(alarm.severity is Severity.CRITICAL for alarm in timers),
            shelved=counts.shelved,
            invalid=counts.invalid,
            hk_rows=self.hk.rows,
            bad_lines=self.bad_line_count,
            obsids=self.exposures.obsids,
            exposure_rows=self.exposures.rows,
            images=self.images.complete,
            clock_skew=self._clock.offset,
            phase=self.hk.judge.phase,
            phase_by=self.hk.phase_by if self.hk.judge.chosen else "",
        )


def _copy_alarm(news: SyncState | CopyProgress | ExposureCopies) -> str:
    return f"{news.role.name} {news.target}"
