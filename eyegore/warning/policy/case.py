"""What people have been told of one incident, and what they have not been told yet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from eyegore.limits.model import Severity
from eyegore.messages.events import Alarm, AlarmState
from eyegore.messages.warnings import Reason

NAN = float("nan")
OUT = (AlarmState.UNACK, AlarmState.ACKED, AlarmState.SHELVED)
"""States of what is out, as far as anybody knows; what goes on under a shelf nobody is told."""


class Member(NamedTuple):
    """An alarm of a case. ``told`` is the severity people were told it has, NONE when they were not told of it."""

    alarm: Alarm
    state: AlarmState
    told: Severity = Severity.NONE

    @property
    def open(self) -> bool:
        """Whether it waits for somebody."""
        return self.state is AlarmState.UNACK

    @property
    def out(self) -> bool:
        """Whether it is not known to be over."""
        return self.state in OUT


@dataclass
class Answer:
    """Somebody took care, which ``people`` (None: those told of the case) are to hear from ``due`` [unix s] on."""

    person: str
    verb: str
    comment: str
    due: float = NAN
    people: list[str] | None = None


@dataclass
class Case:
    """An incident as people know it; all times are unix seconds, NaN where there is none.

    Attributes
    ----------
    name
        The same after a restart, and of no other case.
    opened
        When the last incident in it began.
    members
        Its alarms by name.
    news
        What is to be told of them, from ``due`` on; ``late`` when quiet hours or a limit hold it back, ``withheld``
        when that was a limit.
    told, knew
        Those whose last word is that it is out, and those who were ever told.
    asked, escalated, calm, answered
        Since when it waits for an answer, whether the backup was asked, since when it waits no more, and whether that
        is because somebody answered.
    over
        When those told are to hear that it is over.
    unknown
        Alarms that nothing judges any more: nobody knows that they are over.
    counts
        Messages by reason, which makes each of them unique.
    """

    name: str
    incident: int
    opened: float
    code: str = ""
    members: dict[str, Member] = field(default_factory=dict)
    news: dict[str, Reason] = field(default_factory=dict)
    due: float = NAN
    late: bool = False
    withheld: bool = False
    told: list[str] = field(default_factory=list)
    knew: list[str] = field(default_factory=list)
    asked: float = NAN
    escalated: bool = False
    calm: float = NAN
    answered: bool = False
    over: float = NAN
    answer: Answer | None = None
    counts: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    @property
    def open(self) -> dict[str, Member]:
        """Its alarms that wait for somebody."""
        return {name: member for name, member in self.members.items() if member.open}

    @property
    def out(self) -> bool:
        """Whether any of it is not known to be over."""
        return any(member.out for member in self.members.values())

    @property
    def done(self) -> bool:
        """Whether nothing will ever be told of it."""
        gone = all(member.state is AlarmState.NORMAL for member in self.members.values())
        return gone and not self.news and not self.told

    @property
    def dues(self) -> tuple[float, ...]:
        """When something of it is to be told."""
        return (self.due, self.over, self.answer.due if self.answer is not None else NAN)

    def add_news(self, name: str, reason: Reason, due: float) -> None:
        """Have something told at ``due`` or, when something else is told before, then."""
        before = self.news.pop(name, None)
        self.news[name] = Reason.RAISED if before is Reason.RAISED else reason
        self.due = due if math.isnan(self.due) else min(self.due, due)

    def drop_news(self, names: Iterable[str] | None = None) -> None:
        """Have nothing told of these alarms, or of all."""
        for name in list(self.news) if names is None else names:
            self.news.pop(name, None)
        if not self.news:
            self.due, self.late, self.withheld = NAN, False, False

    def hold_back(self) -> None:
        """What is to be told cannot be now: of it only what still waits for somebody will be told later."""
        self.late = True
        self.drop_news([name for name in self.news if name not in self.open])

    def tell(self, people: Sequence[str], names: Sequence[str], now: float) -> None:
        """People are told of these alarms as they stand."""
        self.knew = list(dict.fromkeys([*self.knew, *people]))
        for name in names:
            member = self.members[name]
            self.members[name] = member._replace(told=max(member.told, member.alarm.severity))
        if self.out:
            self.told = list(dict.fromkeys([*self.told, *people]))
        if self.open and math.isnan(self.asked):
            self.asked = now

    def renew(self, now: float, calm_s: float) -> None:
        """Begin a new chain of people to ask, when somebody answered or nothing waited for so long."""
        if not self.open and (self.answered or now - self.calm >= calm_s):
            self.asked, self.escalated, self.answered, self.answer = NAN, False, False, None

    def settle(self, now: float, hold_s: float, together_s: float) -> None:
        """Find out what is to be told to those already told, after any change."""
        if self.open:
            self.calm = self.over = NAN
            if self.answer is not None:
                self.answer.due = NAN
            return
        if math.isnan(self.calm):
            self.calm = now
        if self.answer is not None and math.isnan(self.answer.due):
            self.answer.due = now + hold_s
        if not self.told:
            self.answer = None
        self.over = NAN if self.out or not self.told else now + together_s if math.isnan(self.over) else self.over

    def count(self, reason: Reason) -> int:
        """Number of this message among those of the same reason, from 1."""
        self.counts[reason.name] = self.counts.get(reason.name, 0) + 1
        return self.counts[reason.name]
