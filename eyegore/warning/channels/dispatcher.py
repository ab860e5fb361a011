"""Gets deliveries out: a thread for each channel, so that one that hangs does not hold up the others."""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from eyegore.basics.worker import Worker, all_ended
from eyegore.journal.delivery import Delivery, DeliveryState
from eyegore.journal.outbox import Outbox
from eyegore.messages.warnings import Channel, Notice, Outcome, Result, Sender
from eyegore.warning.channels.receipts import FIRST_ASK_S, Receipts

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0
PAUSE_SPREAD = 0.2
"""Pauses between attempts double from the first to the longest [s], and differ by this share from one to the next."""
LONGEST_WAIT_S = 1800.0
"""A provider that asks for a longer pause [s] is asked again nevertheless: somebody waits for the message."""


@runtime_checkable
class Traceable(Protocol):
    """A sender whose provider can be asked what became of a message."""

    def settle(self, address: str, notice: Notice, since: float) -> Outcome:
        """What became of an attempt without an answer at ``since`` [unix s]: SENT, REFUSED, or RETRY: it never came.

        UNKNOWN: the provider could not be asked either.
        """
        ...


class Dispatcher:
    """Sends deliveries until :meth:`stop`; ``news`` is called, on its threads, with each delivery that changed.

    ``outbox`` None: nothing is kept, and what is not out when the session ends is lost.
    """

    def __init__(
        self,
        senders: Mapping[Channel, Sender],
        outbox: Outbox | None,
        news: Callable[[Delivery], object],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._outbox, self._news, self._clock = outbox, news, clock
        self._receipts = Receipts(clock, FIRST_ASK_S)
        self._workers = {
            channel: _Worker(sender, outbox, news, clock, self._receipts) for channel, sender in senders.items()
        }
        self._known: set[str] = set()

    def start(self, unfinished: Iterable[Delivery] = ()) -> None:
        """Start, with what was left over from the last session."""
        self.put(unfinished)
        for worker in self._workers.values():
            worker.start()

    def put(self, deliveries: Iterable[Delivery]) -> None:
        """Send these, but none whose key was sent or put before; returns at once."""
        for delivery in deliveries:
            if delivery.key in self._known:
                continue
            self._known.add(delivery.key)
            worker = self._workers.get(delivery.channel)
            if worker is not None:
                worker.put(delivery)
                continue
            why = f"{delivery.channel.value} is not set up"
            refused = replace(delivery, state=DeliveryState.REFUSED, detail=why, changed=self._clock())
            if self._outbox is not None:
                self._outbox.mark(refused)
            self._news(refused)

    def recall(self, unfinished: Iterable[Delivery], keys: Iterable[str], taken: Iterable[Delivery] = ()) -> None:
        """Send what was left over, ask what became of what was ``taken``; all ``keys`` are known from now on."""
        self.put(unfinished)
        self._known.update(keys)
        for delivery in taken:
            worker = self._workers.get(delivery.channel)
            if worker is not None and delivery.state is DeliveryState.SENT:
                worker.follow(delivery)

    def cancel(self, unwanted: Callable[[Delivery], bool], why: str) -> None:
        """Do not send what is not out yet and is ``unwanted``, nor try again what is being sent just now."""
        for worker in self._workers.values():
            worker.cancel(unwanted, why)

    def waiting(self) -> int:
        """How many deliveries are not out yet."""
        return sum(worker.waiting() for worker in self._workers.values())

    def stop(self, timeout: float) -> bool:
        """Stop; False when a thread still waits for a provider after ``timeout`` [s]: its delivery is kept."""
        workers = (*self._workers.values(), self._receipts)
        for worker in workers:
            worker.stop()
        return all_ended(workers, timeout)


@dataclass(frozen=True)
class _Place:
    """A delivery in the queue since ``put_at``, to be tried at ``due``, both unix time [s]."""

    delivery: Delivery
    put_at: float
    due: float

    def pause(self, now: float) -> float:
        """How long it is still to wait [s]; not at all when the clock was set back meanwhile."""
        return self.due - now if now >= self.put_at else 0.0


class _Worker(Worker):
    """The deliveries of one channel, the graver first among those that are due."""

    def __init__(
        self,
        sender: Sender,
        outbox: Outbox | None,
        news: Callable[[Delivery], object],
        clock: Callable[[], float],
        receipts: Receipts,
    ) -> None:
        super().__init__(f"warnings by {sender.channel.value}")
        self._sender, self._outbox, self._news, self._clock, self._receipts = sender, outbox, news, clock, receipts
        self._queue: list[_Place] = []
        self._ends: dict[str, float] = {}  # by key, on the clock that nobody sets
        self._current: Delivery | None = None
        self._not_again = ""

    def put(self, delivery: Delivery) -> None:
        now = self._clock()
        with self._changed:
            self._ends.setdefault(delivery.key, time.monotonic() + delivery.notice.expires - now)
            self._queue.append(_Place(delivery, now, min(delivery.next_try, now + LONGEST_WAIT_S)))
            self._changed.notify()

    def follow(self, delivery: Delivery) -> None:
        """Find out whether what was taken arrived."""
        self._receipts.follow(delivery, self._sender, self._mark)

    def waiting(self) -> int:
        with self._changed:
            return len(self._queue) + (self._current is not None)

    def cancel(self, unwanted: Callable[[Delivery], bool], why: str) -> None:
        with self._changed:
            gone = [one.delivery for one in self._queue if unwanted(one.delivery)]
            self._queue = [one for one in self._queue if not unwanted(one.delivery)]
            if self._current is not None and unwanted(self._current):
                self._not_again = why
        for delivery in gone:
            self._mark(replace(delivery, state=DeliveryState.CANCELLED, detail=why))

    def _work(self) -> None:
        while (delivery := self._next()) is not None:
            try:
                self._attempt(delivery)
            except Exception:
                log.exception("a warning could not be sent by %s; it is tried again", delivery.channel.value)
                self._later(delivery, Outcome(Result.RETRY, "Eyegore failed on it, see the log"))
            finally:
                with self._changed:
                    self._current = None

    def _next(self) -> Delivery | None:
        """Wait for a delivery that is due; None when it is time to stop."""
        with self._changed:
            while not self._stopping.is_set():
                now = self._clock()
                due = [one for one in self._queue if one.pause(now) <= 0]
                if due:
                    first = max(due, key=lambda one: one.delivery.notice.severity)
                    self._queue.remove(first)
                    self._current, self._not_again = first.delivery, ""
                    return first.delivery
                pauses = [one.pause(now) for one in self._queue]
                self._changed.wait(min(1.0, *pauses) if pauses else None)
        return None

    def _attempt(self, delivery: Delivery) -> None:
        if time.monotonic() > self._ends[delivery.key]:
            late = f"not out in time, last: {delivery.detail}" if delivery.detail else "not out in time"
            self._mark(replace(delivery, state=DeliveryState.EXPIRED, detail=late))
            return
        doubtful = delivery.doubtful or delivery.state is DeliveryState.SENDING
        delivery = replace(delivery, doubtful=doubtful)
        if doubtful and isinstance(self._sender, Traceable):
            outcome = self._sender.settle(delivery.address, delivery.notice, delivery.notice.made)
            delivery = replace(delivery, doubtful=outcome.result is Result.UNKNOWN)
            if outcome.result in (Result.SENT, Result.REFUSED):
                self._settle(delivery, outcome)
                return
        delivery = self._mark(replace(delivery, state=DeliveryState.SENDING, attempts=delivery.attempts + 1))
        self._settle(delivery, self._sender.send(delivery.address, delivery.notice, delivery.samples))

    def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        match outcome.result:
            case Result.SENT:
                self._sent(delivery, outcome)
            case Result.REFUSED:
                refused = replace(delivery, state=DeliveryState.REFUSED, detail=outcome.detail, scope=outcome.scope)
                self._mark(refused)
            case _:
                self._later(delivery, outcome)

    def _sent(self, delivery: Delivery, outcome: Outcome) -> None:
        detail = f"{outcome.detail} (possibly sent twice)" if delivery.doubtful else outcome.detail
        sent = replace(delivery, state=DeliveryState.SENT, detail=detail, reference=outcome.reference)
        self.follow(self._mark(sent))

    def _later(self, delivery: Delivery, outcome: Outcome) -> None:
        now = self._clock()
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(delivery.attempts - 1, 20))
        pause = max(
            pause * random.uniform(1 - PAUSE_SPREAD, 1 + PAUSE_SPREAD), min(outcome.retry_after or 0.0, LONGEST_WAIT_S)
        )
        delivery = self._mark(
            replace(
                delivery,
                state=DeliveryState.WAITING,
                next_try=now + pause,
                detail=outcome.detail,
                scope=outcome.scope,
                doubtful=delivery.doubtful or outcome.result is Result.UNKNOWN,
                failing_since=now if math.isnan(delivery.failing_since) else delivery.failing_since,
            )
        )
        with self._changed:
            why = self._not_again
            if not why:
                self.put(delivery)
        if why:
            self._mark(replace(delivery, state=DeliveryState.CANCELLED, detail=why))

    def _mark(self, delivery: Delivery) -> Delivery:
        """Keep a delivery as it is now, and tell of it."""
        delivery = replace(delivery, changed=self._clock())
        if not delivery.state.open:
            self._ends.pop(delivery.key, None)
        problem = self._outbox.mark(delivery) if self._outbox is not None else ""
        if problem:
            log.warning("the outbox cannot be written, warnings go out nevertheless: %s", problem)
        self._news(delivery)
        return delivery
