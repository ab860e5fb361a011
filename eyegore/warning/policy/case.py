"""What people have been told of one incident, and what they have not been told yet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from eyegore.limits.model import Severity
from eyegore.messages.events import Alarm, AlarmState
from eyegore.messages.warnings import Reason
from eyegore.warning.policy.rules import PolicyRules
from eyegore.warning.policy.turns import Turns

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
    """Somebody took care, which ``people`` (None: those told of the case) are to hear from ``due`` [unix s] on.

    ``knows``: the person hears of it as the answer to a message.
    """

    person: str
    verb: str
    comment: str
    due: float = NAN
    people: list[str] | None = None
    knows: bool = False


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
    aware
        Those told of each of its alarms, by name: the end of another one is no news to them.
    heard, shift
        When each person was last told that it is out, and who was on duty then.
    asked, escalated, calm, answered
        Since when somebody is asked to answer, whether the backup was, since when it waits no more, and whether that
        is because somebody answered.
    turns
        How often its alarms went out and back, by name.
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
    aware: dict[str, list[str]] = field(default_factory=dict)
    heard: dict[str, float] = field(default_factory=dict)
    shift: list[str] = field(default_factory=list)
    asked: float = NAN
    escalated: bool = False
    calm: float = NAN
    answered: bool = False
    turns: dict[str, Turns] = field(default_factory=dict)
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
    def quiet(self) -> bool:
        """Whether quiet hours hold back what is to be told."""
        return self.late and not self.withheld

    @property
    def done(self) -> bool:
        """Whether nothing will ever be told of it."""
        gone = all(member.state is AlarmState.NORMAL for member in self.members.values())
        return gone and not self.news and not self.told

    @property
    def dues(self) -> tuple[float, ...]:
        """When something of it is to be told."""
        return (self.due, self.over, self.answer.due if self.answer is not None else NAN)

    @property
    def unanswered(self) -> list[str]:
        """Its alarms that somebody was told of and that wait, but for those that chatter and were answered."""
        return [name for name, member in self.open.items() if member.told and not self.turns_of(name).answered]

    @property
    def gravest_news(self) -> Severity:
        """The severity of what is to be told."""
        return max((self.members[name].alarm.severity for name in self.news), default=Severity.NONE)

    @property
    def counts_of_turns(self) -> Mapping[str, int]:
        """How often each of its alarms that chatter went out and back; also when they do no more."""
        return {name: turns.count for name, turns in self.turns.items() if turns.count}

    def turns_of(self, name: str) -> Turns:
        """How often one of its alarms went out and back."""
        return self.turns.get(name, Turns())

    def add_news(self, name: str, reason: Reason, due: float) -> None:
        """Have something told at ``due`` or, when something else is told before, then."""
        before = self.news.pop(name, None)
        first = before is Reason.RAISED and reason is not Reason.CHATTER
        self.news[name] = Reason.RAISED if first else reason
        self.due = due if math.isnan(self.due) else min(self.due, due)

    def drop_news(self, names: Iterable[str] | None = None) -> None:
        """Have nothing told of these alarms, or of all."""
        for name in list(self.news) if names is None else names:
            self.news.pop(name, None)
        if not self.news:
            self.due, self.late, self.withheld = NAN, False, False

    def hold_back(self) -> list[str]:
        """What is to be told cannot be now; returns those alarms that wait no more, which is told in another way."""
        self.late = True
        gone = [name for name in self.news if name not in self.open]
        self.drop_news(gone)
        return gone

    def tell(self, people: Sequence[str], names: Sequence[str], now: float) -> None:
        """People are told of these alarms as they stand."""
        self.knew = list(dict.fromkeys([*self.knew, *people]))
        self.heard |= dict.fromkeys(people, now)
        for name in names:
            member = self.members[name]
            self.members[name] = member._replace(told=max(member.told, member.alarm.severity))
            self.aware[name] = list(dict.fromkeys([*self.aware.get(name, self.told), *people]))
        if self.out or any(self.turns_of(name).chattering for name in names):
            self.told = list(dict.fromkeys([*self.told, *people]))
        if math.isnan(self.asked):
            self.asked = now

    def known_to(self, person: str) -> list[Member]:
        """Its alarms that a person was told of."""
        told = ((name, member) for name, member in self.members.items() if member.told)
        return [member for name, member in told if person in self.aware.get(name, self.told)]

    def hears_end(self, person: str) -> None:
        """The person is told that it is over."""
        self.told = [one for one in self.told if one != person]
        self.aware = {name: [one for one in people if one != person] for name, people in self.aware.items()}
        self.heard.pop(person, None)
        if not self.told:
            self.over, self.answer = NAN, None
            for turns in self.turns.values():
                turns.chattering, turns.answered, turns.count = False, False, 0

    def renew(self, now: float, calm_s: float) -> bool:
        """Begin a new chain of people to ask, when somebody answered, or nothing waited for so long and nobody waits to
        hear that it is over; returns whether it does."""
        begins = not self.open and (self.answered or (not self.told and now - self.calm >= calm_s))
        if begins:
            self.begin_anew()
        return begins

    def begin_anew(self) -> None:
        """Nobody has been asked yet."""
        self.asked, self.escalated, self.answered, self.answer = NAN, False, False, None
        self.heard.clear()
        self.shift = []

    def settle(self, now: float, rules: PolicyRules) -> None:
        """Find out what is to be told to those already told, after any change."""
        if self.open:
            self.calm = self.over = NAN
            if self.answer is not None:
                self.answer.due = NAN
            return
        if math.isnan(self.calm):
            self.calm = now
        if self.answer is not None and math.isnan(self.answer.due):
            self.answer.due = now + rules.hold_critical_s
        if not self.told:
            self.answer = None
        if self.out or not self.told:
            self.over = NAN
        elif math.isnan(self.over):
            self.over = max(self.turns_of(name).over_at(now, rules) for name in self.members)

    def not_after(self, now: float, rules: PolicyRules) -> None:
        """Nothing began later than ``now`` [unix s], nor waits for longer than it may: the clock may be set back."""
        latest = now + rules.together_s
        self.asked, self.calm = min(self.asked, now), min(self.calm, now)  # min() leaves NaN, given first
        self.due, self.over = min(self.due, latest), min(self.over, now + rules.chatter_s)
        self.heard = {person: min(time, now) for person, time in self.heard.items()}
        for turns in self.turns.values():
            turns.not_after(now)
        if self.answer is not None:
            self.answer.due = min(self.answer.due, latest)

    def count(self, reason: Reason) -> int:
        """Number of this message among those of the same reason, from 1."""
        self.counts[reason.name] = self.counts.get(reason.name, 0) + 1
        return self.counts[reason.name]


def alike(found: Sequence[tuple[Case, Sequence[str]]]) -> list[list[Case]]:
    """Cases by the gravest of their alarms of these names: quiet hours and limits treat each grade by itself."""
    grades: dict[Severity, list[Case]] = {}
    for case, names in found:
        grades.setdefault(max(case.members[name].alarm.severity for name in names), []).append(case)
    return [grades[grade] for grade in sorted(grades, reverse=True)]


def sorted_alarms(cases: Iterable[Case], names: Iterable[str]) -> tuple[tuple[Alarm, ...], list[str]]:
    """Alarms and their names: the gravest first, of these what came first in its incident."""
    wanted = set(names)
    found = {name: member.alarm for case in cases for name, member in case.members.items() if name in wanted}
    order = sorted(found, key=lambda name: (-found[name].severity, found[name].parameter != found[name].first_out))
    return tuple(found[name] for name in order), order
