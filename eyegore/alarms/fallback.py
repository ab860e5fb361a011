"""When a message does not get there: the next channel of the same person, then another person."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from eyegore.alarms.delivery import Delivery, DeliveryState
from eyegore.warning_messages import Channel, Notice, Reason

FAILING_S = 90.0
"""A channel that fails for so long is not waited for [s]; the message stays in its queue nevertheless."""
URGENT = frozenset({Reason.RAISED, Reason.RISEN, Reason.ESCALATED, Reason.AGAIN, Reason.FLOOD, Reason.CHANNEL})
LOUD = (Channel.CALL, Channel.SMS)
"""What wakes somebody; a mail in its place is no replacement at night."""
QUIET = (Channel.EMAIL, Channel.OTHER)
KEPT = 1000


@dataclass
class _Told:
    """What was tried for one notice, by what it got there, and whose failure was answered."""

    tried: set[Channel]
    sent: set[Channel] = field(default_factory=set)
    answered: set[Channel] = field(default_factory=set)
    persons: set[str] = field(default_factory=set)


class Fallback:
    """Fed with every delivery that changed.

    ``reach`` tells by what channels a person can be reached, ``others`` who else is to be told in place of somebody,
    the first first. The failure of a channel is answered once, however often it is tried again.
    """

    def __init__(
        self, reach: Callable[[str], tuple[Channel, ...]], others: Callable[[str, float], tuple[str, ...]]
    ) -> None:
        self._reach, self._others = reach, others
        self._told: OrderedDict[str, _Told] = OrderedDict()

    def take(self, delivery: Delivery, now: float) -> Notice | None:
        """What is to be told instead, None when nothing is."""
        notice = delivery.notice
        told = self._told.setdefault(notice.key, _Told(set(notice.channels)))
        told.tried.add(delivery.channel)
        while len(self._told) > KEPT:
            self._told.popitem(last=False)
        if delivery.state is DeliveryState.SENT:
            told.sent.add(delivery.channel)
        if notice.reason not in URGENT or delivery.channel in told.answered or not _failed(delivery, now):
            return None
        told.answered.add(delivery.channel)
        if told.sent & set(_worth(delivery.channel)):
            return None
        left = [one for one in _order(delivery.channel) if one in self._reach(notice.person) and one not in told.tried]
        if left:
            told.tried.add(left[0])
            return replace(notice, channels=(left[0],))
        return self._another(notice, told, now)

    def _another(self, notice: Notice, told: _Told, now: float) -> Notice | None:
        first = notice.key.partition(">")[0]
        asked = self._told.setdefault(first, told).persons | {notice.person}
        for person in self._others(notice.person, now):
            channels = tuple(one for one in notice.channels if one in self._reach(person)) or self._reach(person)
            if person not in asked and channels:
                self._told[first].persons = asked | {person}
                why = f"{notice.person} cannot be reached, so this comes to you. "
                return replace(
                    notice,
                    key=f"{first}>{person}",
                    person=person,
                    channels=channels,
                    text=f"{why}\n\n{notice.text}",
                    spoken=f"{why}{notice.spoken}",
                )
        return None


def _failed(delivery: Delivery, now: float) -> bool:
    if delivery.state is DeliveryState.WAITING:
        return now - delivery.failing_since >= FAILING_S
    return delivery.state in (DeliveryState.REFUSED, DeliveryState.EXPIRED)


def _worth(channel: Channel) -> tuple[Channel, ...]:
    """The channels that are as good as this one."""
    return LOUD if channel in LOUD else (*LOUD, *QUIET)


def _order(channel: Channel) -> tuple[Channel, ...]:
    return (*LOUD, *reversed(QUIET)) if channel in LOUD else (*QUIET, *reversed(LOUD))
