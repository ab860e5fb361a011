"""The warnings of a running session: the center on the monitor's thread, and the threads that send, listen and beat."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from eyegore.alarms.board import EntryContext, noted
from eyegore.basics.records import MemoryFormatError, recalled, remembered, same
from eyegore.basics.worker import Worker
from eyegore.journal.delivery import Delivery
from eyegore.journal.outbox import Outbox
from eyegore.journal.schema import JournalError
from eyegore.messages.events import Event, Health, Said, WarningPath, WarningsState
from eyegore.messages.warnings import Channel, Sender
from eyegore.warning.center import CenterMemory, WarningCenter, line_of
from eyegore.warning.channels.dispatcher import Dispatcher
from eyegore.warning.channels.fallback import StateWatch
from eyegore.warning.channels.start_check import Checked, StartCheck
from eyegore.warning.orders import Due, News, Orders
from eyegore.warning.replies.reply import Inbox, Replies
from eyegore.warning.settings.in_force import SettingsInForce, SettingsWatch
from eyegore.warning.settings.model import SettingsRead

if TYPE_CHECKING:
    from eyegore.warning.heartbeat import Heartbeat

log = logging.getLogger(__name__)

NEWEST = 200
"""Deliveries of sessions before that the window is told of."""


class ReplyPoller(Worker):
    """Looks into the inboxes every ``period_s`` [s] on the thread "replies"; ``post`` is called with what is new.
    What was acted on is handed back by :meth:`written`, and only then not wanted from its inbox again.
    """

    def __init__(self, inboxes: Sequence[Inbox], post: Callable[[Replies], object], period_s: float) -> None:
        super().__init__("replies")
        self._inboxes, self._post, self._period_s = tuple(inboxes), post, period_s
        self._problems: list[str | None] = [None] * len(self._inboxes)
        self._done: queue.SimpleQueue[Replies] = queue.SimpleQueue()

    @property
    def problem(self) -> str | None:
        """Why answers cannot be read, "" when they can, None before all were looked for; callable from any thread."""
        problems = list(self._problems)
        found = "; ".join(filter(None, problems))
        return None if None in problems and not found else found

    def start(self) -> None:
        """Begin to look, where there is an inbox."""
        if self._inboxes:
            super().start()

    def written(self, replies: Replies) -> None:
        """These were acted on, and that was written down; callable from any thread."""
        self._done.put(replies)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._let_go()
                for number, inbox in enumerate(self._inboxes):
                    self._look(number, inbox)
            except Exception:
                log.exception("the answers to warnings could not be read; it is tried again")
            self._stopping.wait(self._period_s)
        self._let_go()

    def _let_go(self) -> None:
        while not self._done.empty():
            done = self._done.get_nowait()
            for reply in done.replies:
                problem = self._inboxes[done.inbox].taken(reply)
                if problem:
                    log.warning("an answer is left in its inbox, which does no harm: %s", problem)

    def _look(self, number: int, inbox: Inbox) -> None:
        polled = inbox.poll()
        known, self._problems[number] = self._problems[number] or "", polled.problem
        if polled.problem != known:
            if polled.problem:
                log.warning("answers to warnings cannot be read: %s", polled.problem)
            else:
                log.info("answers to warnings are read again")
        if polled.replies and not self._stopping.is_set():
            self._post(Replies(polled.replies, number))


class WarningService:
    """All of it for one session; but for :meth:`start` and :meth:`stop` to be called on the monitor's thread."""

    def __init__(
        self,
        center: WarningCenter,
        senders: Mapping[Channel, Sender],
        post: Callable[[News], object],
        *,
        inboxes: Sequence[Inbox] = (),
        poll_s: float = 15.0,
        heartbeat: Heartbeat | None = None,
        in_force: SettingsInForce | None = None,
        watch: SettingsWatch | None = None,
        notes: Sequence[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._center, self._senders, self._post, self._clock = center, senders, post, clock
        self._poller = ReplyPoller(inboxes, post, poll_s)
        self._heartbeat, self._in_force, self._watch = heartbeat, in_force, watch
        self._beats, self._answers = StateWatch("heartbeat"), StateWatch("answers")
        self._dispatcher: Dispatcher | None = None
        self._outbox: Outbox | None = None
        self._notes = tuple(notes)
        self._check = StartCheck(senders, post)
        self._recalled = self._unread = False
        self._told: WarningsState | None = None

    def begin(self, outbox: Outbox | None, memory: Mapping[str, Any] | None) -> list[Event]:
        """Take up what the last session left, and start; returns what the window is to know of it."""
        events: list[Event] = [Said(logging.INFO, note, self._clock()) for note in self._notes]
        if memory is not None:
            try:
                self._center.restore(recalled(CenterMemory, memory))
            except MemoryFormatError as why:
                text = f"who was told what by the last session is not understood, warnings begin anew: {why}"
                events.append(Said(logging.WARNING, text, self._clock()))
        self._outbox = outbox
        self._dispatcher = Dispatcher(self._senders, outbox, self._post, self._clock)
        events += self._recall()
        self._dispatcher.start()
        self._poller.start()
        for worker in (self._check, self._heartbeat, self._watch):
            if worker is not None:
                worker.start()
        return events

    def _recall(self) -> list[Event]:
        """Take up what the outbox holds, as soon as it is ours; returns what the window is to know of it."""
        if self._recalled or self._dispatcher is None or self._outbox is None or not self._outbox.held():
            return []
        try:
            unfinished, newest, keys = self._outbox.unfinished(), self._outbox.newest(NEWEST), self._outbox.keys()
        except JournalError as why:
            if not self._unread:
                log.warning("warnings that were not out yet are not known: %s", why)
            self._unread = True
            return []
        self._recalled = True
        self._dispatcher.recall(unfinished, keys, newest)
        for delivery in self._center.recall([*newest, *unfinished], self._clock()):
            self._post(delivery)
        self._dispatcher.cancel(lambda one: bool(self._center.answered(one.notice)), "answered before it was out")
        return [line_of(delivery) for delivery in newest]

    def orders(self, news: News | None, events: Sequence[Event], now: float) -> Orders:
        """What follows from news of a thread of this service, or from what the monitor told at ``now`` [unix s]."""
        if isinstance(news, Delivery):
            return self._center.changed(news, now)
        if isinstance(news, Replies):
            return self._center.replied(news.replies, now)
        if isinstance(news, SettingsRead):
            return Orders(events=self._resettled(news, now))
        if isinstance(news, Checked):
            return self._center.checked(news, now)
        if isinstance(news, Due):
            return self._center.tick(now)
        orders = self._center.orders_for(events, now)
        if any(isinstance(event, Health) for event in events):  # a second has passed
            if self._outbox is not None:
                self._outbox.flush()
            orders.events += self._recall()
            orders.add(self._center.tick(now))
            orders.paths += self._paths(now)
            state = self._state(now)
            if state is not None:
                orders.events.append(state)
        return orders

    def due(self, now: float) -> float:
        """When :class:`Due` is wanted, after ``now`` [unix s]; infinite when it is not."""
        return self._center.due(now)

    def _resettled(self, news: SettingsRead, now: float) -> list[Event]:
        """Use changed settings from now on, and say so."""
        if self._in_force is None:
            return []
        level, text = self._in_force.take(news, now)
        self._center.know(self._in_force.by_address())
        said = Said(level, text, now)
        return [said] if news.settings is None else [said, noted(text, EntryContext(now), said=True)]

    def fault(self, now: float) -> Orders:
        """What follows from an error in here."""
        return self._center.fault(now)

    def _paths(self, now: float) -> list[WarningPath]:
        """What is new about the ways that are no channels."""
        beat = self._heartbeat.problem if self._heartbeat is not None else ""
        found = [self._beats.look(beat, now), self._answers.look(self._poller.problem, now)]
        return [path for path in found if path is not None]

    def send(self, orders: Orders) -> None:
        """Send what was ordered, after it was written."""
        if self._dispatcher is None:
            return
        if orders.answered:
            why = ", ".join(dict.fromkeys(orders.answered.values()))
            self._dispatcher.cancel(lambda one: bool(self._center.answered(one.notice)), why)
        if orders.over is not None:
            self._dispatcher.know_over(orders.over)
        for why in dict.fromkeys(orders.unwanted.values()):
            self._dispatcher.cancel(lambda one, why=why: orders.unwanted.get(one.key) == why, why)  # type: ignore[misc]
        self._dispatcher.put(orders.deliveries)

    def written(self, news: News) -> None:
        """What followed from this is in the journal."""
        if isinstance(news, Replies):
            self._poller.written(news)

    def _state(self, now: float) -> WarningsState | None:
        """How the warnings stand, None when that was told already."""
        waiting = self._dispatcher.waiting() if self._dispatcher is not None else 0
        state = self._center.state(tuple(self._senders), waiting, now)
        if same(state, self._told):
            return None
        self._told = state
        return state

    def memory(self) -> dict[str, Any]:
        """What must survive a restart, JSON-able."""
        return remembered(self._center.memory())

    def stop(self, timeout: float) -> bool:
        """Stop the threads; False when one still waits for a provider after ``timeout`` [s]."""
        end = time.monotonic() + timeout
        self._poller.stop()
        stopped = self._dispatcher.stop(timeout) if self._dispatcher is not None else True
        for worker in (self._check, self._watch):
            if worker is not None:
                stopped = worker.stop(max(0.1, end - time.monotonic())) and stopped
        if self._heartbeat is not None:
            stopped = self._heartbeat.stop(max(0.1, end - time.monotonic())) and stopped
        return self._poller.join(max(0.1, end - time.monotonic())) and stopped
