"""Gets deliveries out: a thread for each channel, so that one that hangs does not hold up the others."""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol, runtime_checkable

from eyegore.basics.worker import Worker, all_ended
from eyegore.journal.delivery import Delivery, DeliveryState
from eyegore.journal.outbox import Outbox
from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel, Notice, Outcome, Result, Scope, Sender
from eyegore.warning.channels.receipts import FIRST_ASK_S, Receipts
from eyegore.warning.channels.waiting_line import LONGEST_WAIT_S, WaitingLine

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S, LONGEST_CRITICAL_S = 300.0, 60.0
PAUSE_SPREAD = 0.2
"""Pauses between attempts double from the first to the longest [s], of what is critical to a shorter one, and differ by
this share from one to the next."""


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

    def know_over(self, over: Mapping[str, float]) -> None:
        """These alarms are over, since unix time [s]: what is late and tells of them alone waits for that word."""
        for worker in self._workers.values():
            worker.know_over(over)

    def waiting(self) -> int:
        """How many deliveries are not out yet."""
        return sum(worker.waiting() for worker in self._workers.values())

    def stop(self, timeout: float) -> bool:
        """Stop; False when a thread still waits for a provider after ``timeout`` [s]: its delivery is kept."""
        workers = (*self._workers.values(), self._receipts)
        for worker in workers:
            worker.stop()
        return all_ended(workers, timeout)


class _Worker(Worker):
    """Sends the deliveries of one channel, in their order."""

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
        self._line = WaitingLine()
        self._ends: dict[str, float] = {}  # by key, on the clock that nobody sets
        self._current: Delivery | None = None
        self._not_again = ""

    def put(self, delivery: Delivery) -> None:
        now = self._clock()
        with self._changed:
            self._ends.setdefault(delivery.key, time.monotonic() + delivery.notice.expires - now)
            self._line.put(delivery, now)
            self._changed.notify()

    def know_over(self, over: Mapping[str, float]) -> None:
        with self._changed:
            self._line.over = over

    def follow(self, delivery: Delivery) -> None:
        """Find out whether what was taken arrived."""
        self._receipts.follow(delivery, self._sender, self._mark)

    def waiting(self) -> int:
        with self._changed:
            return len(self._line) + (self._current is not None)

    def cancel(self, unwanted: Callable[[Delivery], bool], why: str) -> None:
        with self._changed:
            gone = self._line.drop(unwanted)
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
                delivery = self._line.take(now)
                if delivery is not None:
                    self._current, self._not_again = delivery, ""
                    return delivery
                self._changed.wait(min(1.0, self._line.pause(now)) if len(self._line) else None)
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
        if outcome.scope is not Scope.PROVIDER:
            with self._changed:
                self._line.answers()
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
        critical = delivery.notice.severity is Severity.CRITICAL
        longest = LONGEST_CRITICAL_S if critical else LONGEST_PAUSE_S
        pause = min(longest, FIRST_PAUSE_S * 2.0 ** min(delivery.attempts - 1, 20))
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
            if outcome.scope is Scope.PROVIDER:
                self._line.silent(delivery.next_try)
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
