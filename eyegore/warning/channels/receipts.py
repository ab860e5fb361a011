"""Sent is not received: what became of what a provider took, asked for until it is known."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from eyegore.basics.worker import Worker
from eyegore.journal.delivery import Delivery, DeliveryState
from eyegore.messages.warnings import Outcome, Result

log = logging.getLogger(__name__)

FIRST_ASK_S, LONGEST_ASK_S = 2.0, 300.0
"""The pauses between questions double from the first to the longest [s]."""
FOLLOWED_S = 3600.0
"""So long after it was taken a message is asked for [s]. Many networks never report, and then nothing is known."""


@runtime_checkable
class Receipted(Protocol):
    """A sender whose provider reports later whether a message it took arrived."""

    def receipt(self, address: str, reference: str) -> Outcome:
        """What became of the message with that reference: SENT when it arrived, REFUSED when it did not and never will.

        RETRY: that is not known yet. UNKNOWN: the provider could not be asked.
        """
        ...


@dataclass(frozen=True)
class _Asked:
    """A delivery asked for at ``due`` and, when nothing is known, again, but not after ``end`` (both monotonic [s])."""

    delivery: Delivery
    sender: Receipted
    mark: Callable[[Delivery], object]
    due: float
    end: float
    pause_s: float


class Receipts(Worker):
    """Asks the providers on a thread of its own, so that a question never holds up a message."""

    def __init__(self, clock: Callable[[], float], first_s: float = FIRST_ASK_S) -> None:
        super().__init__("warnings by receipt")
        self._clock, self._first_s = clock, first_s
        self._asked: list[_Asked] = []

    def follow(self, delivery: Delivery, sender: object, mark: Callable[[Delivery], object]) -> None:
        """Find out whether a delivery that is SENT arrived, where its sender can tell; ``mark`` keeps what came out."""
        left = FOLLOWED_S - max(0.0, self._clock() - delivery.changed)
        if not isinstance(sender, Receipted) or not delivery.reference or left <= 0:
            return
        now = time.monotonic()
        with self._changed:
            self._asked.append(_Asked(delivery, sender, mark, now + self._first_s, now + left, self._first_s))
            self._changed.notify()
        self.start()

    def _work(self) -> None:
        while (one := self._next()) is not None:
            try:
                self._ask(one)
            except Exception:
                log.exception("what became of a warning by %s cannot be asked for", one.delivery.channel.value)

    def _next(self) -> _Asked | None:
        """Wait for what is to be asked next; None when it is time to stop."""
        with self._changed:
            while not self._stopping.is_set():
                now = time.monotonic()
                first = min(self._asked, key=lambda one: one.due, default=None)
                if first is not None and first.due <= now:
                    self._asked.remove(first)
                    return first
                self._changed.wait(first.due - now if first is not None else None)
        return None

    def _ask(self, one: _Asked) -> None:
        delivery = one.delivery
        outcome = one.sender.receipt(delivery.address, delivery.reference)
        if outcome.result is Result.SENT:
            one.mark(replace(delivery, detail=outcome.detail, arrived=True))
        elif outcome.result is Result.REFUSED:
            one.mark(replace(delivery, state=DeliveryState.LOST, detail=outcome.detail, scope=outcome.scope))
        else:
            pause = min(2 * one.pause_s, LONGEST_ASK_S)
            again = replace(one, due=time.monotonic() + one.pause_s, pause_s=pause)
            if again.due < one.end:
                with self._changed:
                    self._asked.append(again)
            elif outcome.result is Result.RETRY:  # its network does not report: no news is all there is
                one.mark(replace(delivery, detail=outcome.detail, arrived=True))
