"""The session without a screen: starts the workers, feeds the monitor, tells the subscribers, stops cleanly.

One thread, "monitor", owns the :class:`~eyegore.session.monitor.Monitor`. Subscribers are called on it with every
event: they must return at once (put it in a queue). Freeze or lose one, and nothing else changes.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from eyegore.alarms.deadman import LoopTimer
from eyegore.basics.errors import SettingsError
from eyegore.basics.lab_time import lab_offset_s
from eyegore.basics.records import MemoryFormatError, recalled, remembered
from eyegore.basics.toml_file import TomlError
from eyegore.feeds.ingest import Ingest
from eyegore.housekeeping.housekeeping import Rules
from eyegore.journal.journal import free_or_refused, journal_path
from eyegore.journal.keeper import JournalKeeper
from eyegore.journal.outbox import Outbox
from eyegore.journal.schema import JournalError
from eyegore.limits.model import LimitTable
from eyegore.limits.table import load_table, table_for
from eyegore.messages.events import (
    AlarmChanged,
    AlarmState,
    Event,
    FeedMessage,
    FlagCommand,
    Health,
    Noted,
    PastAlarms,
    PhaseChosen,
    Said,
    WorkerDied,
)
from eyegore.session.monitor import BY_ROWS, Monitor, MonitorMemory, Tick
from eyegore.session.settings import Session, person
from eyegore.session.side_workers import SideWorkers
from eyegore.warning.orders import WARNING_THREADS, Due, News, Orders
from eyegore.warning.replies.reply import Replies

if TYPE_CHECKING:
    from eyegore.warning.service import WarningService

log = logging.getLogger(__name__)
flag_log = logging.getLogger("eyegore.flags")

TICK_S = 1.0
RESTART_S = 5.0
PAST_S = 8 * 86_400.0
"""How far back subscribers are told what the journal knows [s]: a day more than the samples are kept."""
MOST_PAST = 5000
WORKERS = frozenset(
    {
        "monitor",
        "ingest",
        "watcher",
        "images",
        "journal",
        "ds9",
        "ds9 search",
        "frames",
        "history",
        "limits",
        "replies",
        "settings",
        "heartbeat",
    }
)
"""Names of the threads that do the work of a session."""
Subscriber = Callable[[Event], None]
Command = FlagCommand | PhaseChosen


def rules_for(session: Session, *, keep_all: bool = False) -> Rules:
    """What the session judges by.

    Raises
    ------
    SettingsError
        When the lab's own limit table cannot be used; the message has a line for each fault in it.
    """
    tables: Callable[[str], LimitTable | None] = table_for
    if session.limits is not None:
        try:
            own = load_table(session.limits)
        except TomlError as why:
            raise SettingsError(f"limit table not usable: {why}") from why
        tables = _always(own)
    return Rules(
        tables,
        session.limit_set,
        lab_offset_s,
        session.images,
        session.stale_after_s,
        excursions_kept=None if keep_all else 10_000,
    )


def _always(table: LimitTable) -> Callable[[str], LimitTable | None]:
    return lambda _elvis: table


@dataclass(frozen=True)
class _Shown:
    """``call`` once what came before it is shown."""

    call: Callable[[], None]


class Service:
    """Runs one session until :meth:`stop`. ``clock`` gives the unix time [s] that alarms are judged at.

    ``when_shown`` calls what it is given once the subscribers have shown what they were told.
    """

    def __init__(
        self,
        session: Session,
        subscribers: Sequence[Subscriber] = (),
        clock: Callable[[], float] = time.time,
        when_shown: Callable[[Callable[[], None]], object] = lambda call: call(),
    ) -> None:
        self.session = session
        self._clock = clock
        self._inbox: queue.SimpleQueue[FeedMessage | Command | News | _Shown | None] = queue.SimpleQueue()
        self._when_shown = when_shown
        # First: it looks at the limits before they are read, so that no edit falls between.
        self.aside = SideWorkers(session, self._inbox.put)
        self.monitor = Monitor(rules_for(session), str(session.folder))
        self._keeper: JournalKeeper | None = None
        self._subscribers = list(subscribers)
        self.warnings = self._prepared() if session.warnings is not None else None
        self._thread = threading.Thread(target=self._run, name="monitor", daemon=True)
        self._ingest = Ingest(
            session.folder,
            self._inbox.put,
            elvis=session.elvis,
            polling=session.polling,
            images=session.images,
            exposures=session.exposures,
            follow=session.follow,
            when_shown=lambda call: self._inbox.put(_Shown(call)),
        )
        self._restart_at = float("inf")
        self._loop = LoopTimer()
        self._changed = True
        """Whether there was more than a tick since the state was last written."""

    def _prepared(self) -> WarningService:
        """The warnings the settings ask for; raises :class:`SettingsError`, also where another session gives them."""
        from eyegore.session.warnings import warnings_for

        if self.session.journal:
            try:
                free_or_refused(journal_path(self.session.state, self.session.folder))
            except JournalError as why:
                raise SettingsError(f"people would be warned twice: {why}") from why

        return warnings_for(
            self.session, lambda: self.monitor, self.standstill, self._inbox.put, self._clock, lab_offset_s
        )

    def subscribe(self, subscriber: Subscriber) -> None:
        """Add a subscriber; only before :meth:`start`."""
        self._subscribers.append(subscriber)

    def start(self) -> None:
        """Start the workers; returns at once."""
        self._ingest.start()
        self.aside.start()
        self._restart_at = 0.0
        self._thread.start()

    def send(self, command: Command) -> None:
        """Do what a person asked; callable from any thread, returns at once."""
        self._inbox.put(command)

    def stop(self, timeout: float = 2.0) -> bool:
        """Stop the workers and wait up to ``timeout`` [s]; False when one hangs (in a dead mount, say)."""
        end = time.monotonic() + timeout
        self._restart_at = float("inf")
        self._ingest.stop()
        self.aside.stop()
        self._inbox.put(None)
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(max(0.0, end - time.monotonic()))
        joined = self._ingest.join(max(0.1, end - time.monotonic()))
        joined = self.aside.join(end) and joined
        if self.warnings is not None:
            joined = self.warnings.stop(max(0.1, end - time.monotonic())) and joined
        stopped = joined and not self._thread.is_alive()
        if not stopped:
            log.warning("a worker did not stop within %.1f s (is the folder on a mount that hangs?)", timeout)
        return stopped

    def _run(self) -> None:
        memory = self._recall() if self.session.journal else None
        if self.warnings is not None:
            keeper = self._keeper
            outbox = Outbox(keeper.path, lambda: keeper.held) if keeper is not None else None
            self._publish(self.warnings.begin(outbox, (memory or {}).get("warnings")))
        if self.session.phase is not None:
            self._deliver(PhaseChosen(self.session.phase, person()))
        try:
            self._take_messages()
        finally:
            if self._keeper is not None:
                self._keeper.close(self._memory)

    def _recall(self) -> dict[str, Any] | None:
        """Take up the alarms of the last session, whatever its journal holds; all that it left, None for nothing."""
        session, memory = self.session, None
        path = journal_path(session.state, session.folder)
        try:
            self._keeper = JournalKeeper(path, session.folder, self._say, keep_days=session.keep_days, by_rows=BY_ROWS)
            past = self._keeper.past(time.time() - PAST_S, MOST_PAST)
            if past:
                self._publish([PastAlarms(past)])
            memory = self._keeper.state()
            if memory is not None:
                self.monitor.restore(recalled(MonitorMemory, memory))
        except Exception as why:
            if not isinstance(why, MemoryFormatError):
                log.exception("the alarms of the last session")
            kept = self._keeper.set_aside() if self._keeper is not None else "nothing is kept"
            self._say(f"the alarms of the last session are not understood and begin anew: {why}; {kept}")
            self.monitor = Monitor(rules_for(session), str(session.folder))
        return memory

    def _say(self, text: str) -> None:
        self._publish([Said(logging.WARNING, text, self._clock())])

    def _take_messages(self) -> None:
        next_tick, due = time.monotonic(), math.inf
        while True:
            message: FeedMessage | Command | News | Tick | _Shown | None
            try:
                message = self._inbox.get(timeout=max(0.0, min(next_tick - time.monotonic(), due)))
            except queue.Empty:
                message = Tick() if time.monotonic() >= next_tick else Due()
            if message is None:
                return
            try:
                if isinstance(message, Tick) or time.monotonic() >= next_tick:
                    next_tick = time.monotonic() + TICK_S
                    self._note_standstill()
                    self._supervise()
                    self._deliver(Tick())
                if isinstance(message, _Shown):
                    self._when_shown(message.call)
                elif not isinstance(message, Tick):
                    self._deliver(message)
                due = self._due()
            except Exception:  # the next row must find the thread alive
                due = math.inf
                log.exception("what follows from a message was not done: %.200r", message)

    def _due(self) -> float:
        """In how many seconds something is to be told to people; infinite when nothing waits."""
        now = self._clock()
        return math.inf if self.warnings is None else self.warnings.due(now) - now

    def _deliver(self, message: FeedMessage | Command | News | Tick) -> None:
        now = self._clock()
        events, orders = self._follows(message, now)
        if self._keeper is not None:  # what is to be told first: the state says that it was
            self._keeper.write(events, self._memory, orders.deliveries, also=isinstance(message, Replies))
            if isinstance(message, Tick):
                self._keeper.tick(now, self._memory, changed=self._changed)
        if self.warnings is not None:
            self.warnings.send(orders)
        self._changed = self.warnings is not None or not isinstance(message, Tick)  # time alone only tells of alarms
        self._publish(events)
        if self.warnings is not None and isinstance(message, News) and (self._keeper is None or self._keeper.complete):
            self.warnings.written(message)

    def _follows(self, message: FeedMessage | Command | News | Tick, now: float) -> tuple[list[Event], Orders]:
        """All that follows from a message, what an answer orders included: it is written as a whole or not at all."""
        events: list[Event] = []
        orders = Orders()
        todo: deque[FeedMessage | Command | News | Tick] = deque([message])
        while todo:
            one = todo.popleft()
            found = [] if isinstance(one, News) else self._judged(one, now)
            more = self._warn(one, found, now)
            events += [*found, *more.events]
            orders.add(more)
            todo += [*more.paths, *more.commands]
        return events, orders

    def _judged(self, message: FeedMessage | Command | Tick, now: float) -> list[Event]:
        try:
            return self.monitor.take(message, now)
        except Exception:
            log.exception("a message could not be judged: %.200r", message)
            return [Said(logging.ERROR, "a message could not be judged; see the log", now)]

    def _warn(self, message: FeedMessage | Command | News | Tick, events: Sequence[Event], now: float) -> Orders:
        """What is to be told to people, and what came back from them."""
        if self.warnings is None:
            return Orders()
        try:
            return self.warnings.orders(message if isinstance(message, News) else None, events, now)
        except Exception:
            log.exception("warnings could not be thought out for %.200r", message)
            orders = self.warnings.fault(now)
            orders.events.append(Said(logging.ERROR, "WARNINGS FAIL: look at the screen yourself; see the log", now))
            return orders

    def _memory(self) -> dict[str, Any]:
        warnings = {} if self.warnings is None else {"warnings": self.warnings.memory()}
        return remembered(self.monitor.memory()) | warnings

    def _publish(self, events: Sequence[Event]) -> None:
        for event in events:
            self.aside.take(event)
            if isinstance(event, Health):
                event = replace(event, running=self.running())
            write_log(event)
            for subscriber in self._subscribers:
                try:
                    subscriber(event)
                except Exception:
                    log.exception("a subscriber failed on %.200r", event)

    def _note_standstill(self) -> None:
        still = self._loop.tick(time.monotonic())
        if still is not None:
            self._say(f"Eyegore itself stood still for {still:.0f} s: nothing was judged meanwhile")

    def standstill(self) -> str:
        """Why nothing can be judged now, "" when all is well; callable from any thread."""
        return self._loop.trouble(time.monotonic())

    def running(self) -> tuple[str, ...]:
        """Names of the workers that run."""
        names = [thread.name for thread in threading.enumerate()]
        return tuple(sorted(name for name in names if name in WORKERS or name.startswith(WARNING_THREADS)))

    def _supervise(self) -> None:
        if self._ingest.alive or time.monotonic() < self._restart_at:
            return
        self._restart_at = time.monotonic() + RESTART_S
        self._deliver(WorkerDied("the reader of the folder", str(self._ingest.error)))
        self._ingest.start()


def write_log(event: Event) -> None:
    """Write what people want to find in a log: what was raised, lowered, shelved, by whom, and what was said."""
    if isinstance(event, AlarmChanged) and event.text:
        level = logging.WARNING if event.alarm.state is AlarmState.UNACK else logging.INFO
        flag_log.log(level, "%s", event.text)
    elif isinstance(event, Noted) and event.text:
        flag_log.info("%s", event.text)
    elif isinstance(event, Said):
        log.log(event.level, "%s", event.text)
