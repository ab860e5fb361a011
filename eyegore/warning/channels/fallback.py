"""When a message does not get there: the next channel of the same person, then another person, and an alarm of it."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from eyegore.journal.delivery import Delivery, DeliveryState
from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel, Notice, Outcome, Reason, Result, Scope, WarningPath
from eyegore.warning.channels.gsm7 import because

FAILING_S = 90.0
"""A channel that fails for so long is not waited for [s]; the message stays in its queue nevertheless."""
ALARM_AFTER_S = 60.0
"""A channel may fail for so long before it is an alarm [s]: mail servers put off what they do not know."""
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


class Answered(NamedTuple):
    """What survives a restart of one notice: whose failure was answered, and who was told; the outbox has the rest."""

    channels: tuple[Channel, ...]
    persons: tuple[str, ...]


class Fallback:
    """Fed with every delivery when it is made and when it changed, and with the time.

    ``reach`` tells by what channels a person can be reached, ``others`` who else is to be told in place of somebody,
    the first first. The failure of a channel is answered once, however often it is tried again.
    """

    def __init__(
        self, reach: Callable[[str], tuple[Channel, ...]], others: Callable[[str, float], tuple[str, ...]]
    ) -> None:
        self._reach, self._others = reach, others
        self._told: OrderedDict[str, _Told] = OrderedDict()
        self._open: dict[str, tuple[Delivery, float]] = {}  # by key, with since when it is not out

    def note(self, delivery: Delivery, now: float) -> None:
        """Note where a delivery stands: made, recalled from the outbox, or changed."""
        told = self._told.setdefault(delivery.notice.key, _Told(set(delivery.notice.channels)))
        told.tried.add(delivery.channel)
        while len(self._told) > KEPT:
            self._told.popitem(last=False)
        if delivery.state is DeliveryState.SENT:
            told.sent.add(delivery.channel)
            told.answered.discard(delivery.channel)
        elif delivery.state is DeliveryState.LOST:
            told.sent.discard(delivery.channel)
        if not delivery.state.open or not _is_urgent(delivery.notice):
            self._open.pop(delivery.key, None)
            return
        since = self._open[delivery.key][1] if delivery.key in self._open else now
        self._open[delivery.key] = (delivery, since)

    def overdue(self, now: float) -> list[Delivery]:
        """What is critical, not out for too long and not answered: nobody knows when it is tried next, if at all."""
        if not self._open:
            return []
        self._open = {key: (one, min(since, now)) for key, (one, since) in self._open.items()}  # the clock may be set
        return [
            one
            for one, since in self._open.values()
            if one.notice.severity is Severity.CRITICAL and now - since >= FAILING_S and not self._is_answered(one)
        ]

    def unheard(self, delivery: Delivery) -> bool:
        """Whether a delivery failed for good and nothing followed: Eyegore was killed in between."""
        return delivery.state.failed and _is_urgent(delivery.notice) and not self._is_answered(delivery)

    def _is_answered(self, delivery: Delivery) -> bool:
        told = self._told.get(delivery.notice.key)
        return told is not None and delivery.channel in told.answered

    def instead_of(self, delivery: Delivery, now: float, *, late: bool = False) -> tuple[Notice, ...]:
        """What is to be told instead, nothing where nothing is; ``late`` when it is not out for too long."""
        self.note(delivery, now)
        notice, told = delivery.notice, self._told[delivery.notice.key]
        if not _is_urgent(notice) or delivery.channel in told.answered:
            return ()
        silent = _is_silent(delivery)
        if not (late or _failed(delivery, now) or (silent and notice.severity is Severity.CRITICAL)):
            return ()
        told.answered.add(delivery.channel)
        if told.sent & set(_worth(delivery.channel)):
            return ()
        if silent:
            return self._written(notice, told, now)
        left = [one for one in _order(delivery.channel) if one in self._reach(notice.person) and one not in told.tried]
        if left:
            told.tried.add(left[0])
            return (replace(notice, channels=(left[0],)),)
        another = self._another(notice, told, now)
        return (another,) if another is not None else ()

    def _written(self, notice: Notice, told: _Told, now: float) -> tuple[Notice, ...]:
        """Nothing that wakes somebody can be used: it is written, and what is critical to somebody else as well."""
        told.answered.update(LOUD)
        left = tuple(one for one in QUIET if one in self._reach(notice.person) and one not in told.tried)
        told.tried.update(left)
        found = (replace(notice, channels=left),) if left else ()
        another = self._another(notice, told, now, QUIET) if notice.severity is Severity.CRITICAL or not left else None
        return (*found, another) if another is not None else found

    def _another(self, notice: Notice, told: _Told, now: float, ways: tuple[Channel, ...] = ()) -> Notice | None:
        """The same to somebody else, by any of these ``ways``; () by the same as here, or by any there are."""
        first = notice.key.partition(">")[0]
        asked = self._told.setdefault(first, told).persons | {notice.person}
        for person in self._others(notice.person, now):
            reach = self._reach(person)
            wanted = tuple(one for one in ways or notice.channels if one in reach)
            channels = wanted or (() if ways else reach)
            if person not in asked and channels:
                self._told[first].persons = asked | {person}
                how = " by telephone now" if ways else ""
                why = f"{notice.person} cannot be reached{how}, so this comes to you. "
                return replace(
                    notice,
                    key=f"{first}>{person}",
                    person=person,
                    channels=channels,
                    text=f"{why}\n\n{notice.text}",
                    short=because(why.strip(), notice.short),
                    spoken=f"{why}{notice.spoken}",
                )
        return None

    def memory(self) -> dict[str, Answered]:
        """What must survive a restart, by notice."""
        return {
            key: Answered(tuple(sorted(told.answered, key=lambda one: one.name)), tuple(sorted(told.persons)))
            for key, told in self._told.items()
            if told.answered or told.persons
        }

    def restore(self, memory: Mapping[str, Answered]) -> None:
        """Take back what :meth:`memory` gave."""
        for key, (channels, persons) in memory.items():
            self._told[key] = _Told(set(channels), answered=set(channels), persons=set(persons))


def _is_urgent(notice: Notice) -> bool:
    """Whether it must reach somebody, if not this person."""
    return notice.reason.asks or notice.reason is Reason.CHANNEL


def _failed(delivery: Delivery, now: float, after_s: float = FAILING_S) -> bool:
    """Whether it failed for good, or its channel has failed for so long [s]."""
    if delivery.state is DeliveryState.WAITING:
        return now - delivery.failing_since >= after_s
    return delivery.state.failed


def _is_silent(delivery: Delivery) -> bool:
    """Whether the provider of all that rings or buzzes cannot be used: then what else it does need not be tried."""
    waits = delivery.state is DeliveryState.WAITING and not math.isnan(delivery.failing_since)
    return delivery.channel in LOUD and delivery.scope is Scope.PROVIDER and (waits or delivery.state.failed)


def _worth(channel: Channel) -> tuple[Channel, ...]:
    """The channels that are as good as this one."""
    return LOUD if channel in LOUD else (*LOUD, *QUIET)


def _order(channel: Channel) -> tuple[Channel, ...]:
    return (*LOUD, *reversed(QUIET)) if channel in LOUD else (*QUIET, *reversed(LOUD))


class ChannelWatch:
    """Whether warnings get out by each channel, as an alarm of its own.

    Fed with every delivery that changed; ``problems`` survive a restart, as an alarm that was raised has to end.
    """

    def __init__(self) -> None:
        self.problems: dict[str, str] = {}
        self._lost: set[str] = set()  # channels whose messages are taken, and do not arrive

    def news_of(self, delivery: Delivery, now: float) -> WarningPath | None:
        """What is new about the channel of this delivery, None when nothing is."""
        channel = delivery.channel.value
        if delivery.state is DeliveryState.SENT:
            if channel in self._lost and not delivery.arrived:
                return None
            self._lost.discard(channel)
            if self.problems.pop(channel, None) is None:
                return None
            return WarningPath(channel, "", now)
        if not _failed(delivery, now, ALARM_AFTER_S) or delivery.scope is Scope.PERSON:
            return None
        if delivery.state is DeliveryState.LOST:
            self._lost.add(channel)
        known = channel in self.problems
        self.problems[channel] = delivery.detail
        since = delivery.failing_since if delivery.failing_since == delivery.failing_since else now
        problem = f"not delivered to {delivery.notice.person}: {delivery.detail}"
        return None if known else WarningPath(channel, problem, since)

    def checked(self, channel: Channel, outcome: Outcome, now: float) -> WarningPath | None:
        """What is new about a channel by whether its provider lets us in; whoever cannot be asked may answer later."""
        name = channel.value
        if outcome.result is Result.REFUSED and name not in self.problems:
            self.problems[name] = outcome.detail
            return WarningPath(name, outcome.detail, now)
        if outcome.result is Result.SENT and name not in self._lost and self.problems.pop(name, None) is not None:
            return WarningPath(name, "", now)
        return None


class StateWatch:
    """The same for what has a state instead of deliveries: the heartbeat, the inboxes."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._since = float("nan")
        self._told = True  # an alarm of the session before may still be there

    def look(self, problem: str | None, now: float) -> WarningPath | None:
        """``problem`` says what is wrong now ("" for nothing, None when it was not tried yet); returns what is new."""
        if problem is None:
            return None
        if not problem:
            told, self._told, self._since = self._told, False, float("nan")
            return WarningPath(self._channel, "", now) if told else None
        if self._since != self._since:
            self._since, self._told = now, False
        if self._told or now - self._since < ALARM_AFTER_S:
            return None
        self._told = True
        return WarningPath(self._channel, problem, self._since)
