"""The deliveries of one channel in the order in which they go out; pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from eyegore.journal.delivery import Delivery
from eyegore.limits.model import Severity
from eyegore.messages.warnings import Scope

LONGEST_WAIT_S = 1800.0
"""A provider that asks for a longer pause [s] is asked again nevertheless: somebody waits for the message."""
PARKED_S = 900.0
"""So long after an alarm was over [s] its late message waits for the word that it is, which comes sooner and takes its
place."""
ORDER_KEPT_S = 1800.0
"""So long a graver message that an address puts off goes before milder ones to it [s]; then it is the message itself
that is not wanted there."""


@dataclass(frozen=True)
class _Place:
    """A delivery in the line since ``put_at``, to be tried at ``due``, both unix time [s]."""

    delivery: Delivery
    put_at: float
    due: float

    def pause(self, now: float) -> float:
        """How long it is still to wait [s]; not at all when the clock was set back meanwhile."""
        return self.due - now if now >= self.put_at else 0.0


class WaitingLine:
    """The gravest goes first, of these what was made first, and good news after the bad, to the same address.

    While the provider cannot be used all wait for the next attempt together, but what is critical and new is tried at
    once: for it somebody has to know whether it gets out. As soon as one does the others follow. Times are unix [s].
    """

    def __init__(self) -> None:
        self._places: list[_Place] = []
        self._silent_until = -math.inf
        self.over: Mapping[str, float] = {}
        """Since when [unix s] alarms are over; what tells of them alone, and is late, is not true any more."""

    def __len__(self) -> int:
        return len(self._places)

    def put(self, delivery: Delivery, now: float) -> None:
        """Have a delivery wait."""
        self._places.append(_Place(delivery, now, min(delivery.next_try, now + LONGEST_WAIT_S)))

    def take(self, now: float) -> Delivery | None:
        """The one that is to be tried now, which waits no more; None where none is."""
        ready = (one for one in self._places if self._is_due(one, now) and not self._is_over(one.delivery, now))
        due = [one for one in ready if not self._is_behind(one, now)]
        if not due:
            return None
        first = min(due, key=_rank)
        self._places.remove(first)
        return first.delivery

    def pause(self, now: float) -> float:
        """How long until one may be to be tried [s], infinite where none waits."""
        return min((one.pause(now) for one in self._places if one.pause(now) > 0), default=math.inf)

    def drop(self, unwanted: Callable[[Delivery], bool]) -> list[Delivery]:
        """Let those go that are unwanted, and return them."""
        gone = [one.delivery for one in self._places if unwanted(one.delivery)]
        self._places = [one for one in self._places if not unwanted(one.delivery)]
        return gone

    def silent(self, until: float) -> None:
        """The provider cannot be used; the next attempt is at ``until``."""
        self._silent_until = until

    def answers(self) -> None:
        """The provider can be used: what waited for it goes out now."""
        self._silent_until = -math.inf
        self._places = [
            replace(one, due=-math.inf) if one.delivery.scope is Scope.PROVIDER else one for one in self._places
        ]

    def _is_due(self, one: _Place, now: float) -> bool:
        notice = one.delivery.notice
        at_once = one.delivery.attempts == 0 and notice.severity is Severity.CRITICAL and notice.reason.asks
        silent = one.put_at <= now < self._silent_until
        return one.pause(now) <= 0 and (at_once or not silent)

    def _is_over(self, delivery: Delivery, now: float) -> bool:
        """Whether a late delivery tells of alarms that are over, of which the end is told in a moment."""
        late, alarms = delivery.attempts > 0 and delivery.notice.reason.asks, delivery.notice.alarms
        return late and bool(alarms) and all(0.0 <= now - self.over.get(one, -math.inf) < PARKED_S for one in alarms)

    def _is_behind(self, one: _Place, now: float) -> bool:
        return any(_goes_before(other.delivery, one.delivery, now) for other in self._places if other is not one)


def _rank(one: _Place) -> tuple[int, float]:
    notice = one.delivery.notice
    return -notice.severity, notice.made


def _goes_before(first: Delivery, second: Delivery, now: float) -> bool:
    """Whether one delivery to an address has to be out before another: the bad news, or what is graver and put off."""
    if first.address != second.address or not first.notice.reason.asks:
        return False
    if not second.notice.reason.asks and set(first.notice.alarms) & set(second.notice.alarms):
        return True
    put_off = 0.0 <= now - first.failing_since < ORDER_KEPT_S
    return put_off and first.notice.severity > second.notice.severity
