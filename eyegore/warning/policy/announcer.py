"""Makes the notices: finds the words, asks the limits, and counts what they withhold; good news is made of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from eyegore.limits.model import Severity
from eyegore.messages.events import Alarm
from eyegore.messages.warnings import Notice, Reason
from eyegore.warning.notices import notice
from eyegore.warning.policy.audience import Addressee, Audience
from eyegore.warning.policy.case import Case
from eyegore.warning.policy.rules import PolicyRules
from eyegore.warning.policy.text import Telling, words


class Sent(NamedTuple):
    """A message that was let through; ``loud`` when it rings or buzzes."""

    time: float
    person: str
    parameter: str
    loud: bool


@dataclass(frozen=True)
class RateState:
    """What survives a restart: what was let through, and when a person was last told of a critical alarm [unix s]."""

    sent: tuple[Sent, ...] = ()
    critical: Mapping[str, float] = field(default_factory=dict)


class RateLimit:
    """Lets messages through or not; the loud ones and the others are counted apart."""

    def __init__(self, per_parameter: int, total: int, window_s: float) -> None:
        self._per_parameter = per_parameter
        self._total = total
        self._window_s = window_s
        self.state = RateState()

    def first_of_kind(self, alarm: str, now: float, person: str | None = None) -> bool:
        """Whether ``person`` (None: anybody) was told of this critical alarm for the last time before the window."""
        told = [
            time
            for key, time in self.state.critical.items()
            if _is_about(key, alarm, person) and 0.0 <= now - time < self._window_s
        ]
        return not told

    def admit(self, person: str, parameter: str, critical: Sequence[str], *, loud: bool, now: float) -> bool:
        """Whether a message may go out at unix time ``now`` [s]; if so, it is counted.

        ``critical`` names the alarms in it that are critical: when one of them is news to the person within the window,
        no limit holds the message back. ``parameter`` is "" for a message about many.
        """
        sent = tuple(one for one in self.state.sent if 0.0 <= now - one.time < self._window_s)
        told = {key: time for key, time in self.state.critical.items() if 0.0 <= now - time < self._window_s}
        self.state = RateState(sent, told)
        if not any(self.first_of_kind(alarm, now, person) for alarm in critical):
            alike = [one for one in sent if one.loud is loud]
            of_it = sum((one.person, one.parameter) == (person, parameter) for one in alike)
            if len(alike) >= self._total or (parameter and of_it >= self._per_parameter):
                return False
        told |= {_key(alarm, person): now for alarm in critical}
        self.state = RateState((*sent, Sent(now, person, parameter, loud)), told)
        return True


@dataclass(frozen=True)
class Subject:
    """What a notice is about: ``key`` is the same when the same thing is told again, the rest as in the notice."""

    key: str
    parameter: str
    incident: int

    @classmethod
    def of(cls, cases: Sequence[Case], parameter: str, reason: Reason) -> Subject:
        """Cases told in one message, counted as one of the first of them."""
        first = cases[0]
        incident = first.incident if len(cases) == 1 else 0
        return cls(f"{first.name}-{reason.name}-{first.count(reason)}", parameter, incident)


@dataclass(frozen=True)
class AnnouncerMemory:
    """What survives a restart."""

    limits: RateState
    withheld: int


class Announcer:
    """``withheld`` counts the messages that were not sent because of the limits and are not told of yet."""

    def __init__(self, rules: PolicyRules, audience: Audience) -> None:
        self._rules = rules
        self._audience = audience
        self.limits = RateLimit(rules.per_parameter, rules.total, rules.window_s)
        self.withheld = 0

    def admitted(
        self, addressees: Iterable[Addressee], parameter: str, alarms: Sequence[Alarm], now: float
    ) -> list[Addressee]:
        """Those of the addressees whom the limits allow a message about ``alarms`` that are bad news."""
        critical = [alarm.key for alarm in alarms if alarm.severity is Severity.CRITICAL]
        return [one for one in addressees if self.limits.admit(one.person, parameter, critical, loud=one.loud, now=now)]

    def reached(
        self, addressees: Iterable[Addressee], severity: Severity, parameter: str, alarms: Sequence[Alarm], now: float
    ) -> list[Addressee]:
        """Those whom neither quiet hours nor the limits keep from a message."""
        return self.admitted(self._audience.awake(addressees, severity, now), parameter, alarms, now)

    def tells_withheld(self, messages: int) -> None:
        """What was withheld is told after all: it no longer counts."""
        self.withheld = max(0, self.withheld - messages)

    def notices(self, telling: Telling, subject: Subject, addressees: Iterable[Addressee], now: float) -> list[Notice]:
        """The same thing for each of the addressees; what was withheld before is told along with it."""
        telling = replace(
            telling,
            withheld=self.withheld,
            circumstances={one.key: self._rules.circumstances(one) for one in (*telling.alarms, *telling.others)},
            lab_now=now + self._rules.lab_offset_s(now),
            lab=self._rules.lab,
            note=self._rules.note,
        )
        self.withheld = 0
        return [self._notice(telling, subject, one, now) for one in addressees]

    def _notice(self, telling: Telling, subject: Subject, to: Addressee, now: float) -> Notice:
        said = words(replace(telling, why=to.why, answering=self._rules.answering(to.person)))
        return notice(
            f"{subject.key}-{to.person}",
            telling.reason,
            to.person,
            to.channels,
            said,
            now,
            self._rules.expires_s,
            telling.severity,
            parameter=subject.parameter,
            incident=subject.incident,
            code=telling.code,
            alarms=tuple(alarm.key for alarm in (*telling.alarms, *telling.others)),
        )


class GoodNews:
    """Tells those who know of a case that somebody took care of it, and that it is over.

    What is told to the same person at the same time is one message; what the limits hold back is told later.
    """

    def __init__(self, announcer: Announcer, audience: Audience) -> None:
        self._announcer = announcer
        self._audience = audience

    def answers(self, cases: Iterable[Case], now: float) -> list[Notice]:
        """Tell who took care, to those who were told before."""
        alike: dict[tuple[str, str, str], list[Case]] = {}
        for case in cases:
            if case.answer is not None and case.answer.due <= now:
                case.answer.people = case.told if case.answer.people is None else case.answer.people
                answer = case.answer
                alike.setdefault((answer.person, answer.verb, answer.comment), []).append(case)
        return [notice for group in alike.values() for notice in self._answer(group, now)]

    def _answer(self, cases: Sequence[Case], now: float) -> list[Notice]:
        given = {case.name: case.answer for case in cases if case.answer is not None}
        answer = given[cases[0].name]

        def waiting(case: Case) -> list[str]:
            return given[case.name].people or []

        def heard(case: Case, person: str) -> None:
            given[case.name].people = [one for one in waiting(case) if one != person]

        telling = Telling(
            Reason.ACKNOWLEDGED, Severity.NONE, (), by=answer.person, verb=answer.verb, comment=answer.comment
        )
        notices = self._tell(cases, telling, waiting, heard, now)
        for case in cases:
            if not waiting(case):
                case.answer = None
        return notices

    def overs(self, cases: Iterable[Case], now: float) -> list[Notice]:
        """Tell what is over, to those who were told that it is not. Of what nobody knows that, nothing is told."""

        def heard(case: Case, person: str) -> None:
            case.told = [one for one in case.told if one != person]

        over = [case for case in cases if case.over <= now]
        for case in over:
            if not any(member.told and name not in case.unknown for name, member in case.members.items()):
                case.told = []
        telling = Telling(Reason.CLEARED, Severity.NONE, ())
        notices = self._tell(over, telling, lambda case: case.told, heard, now)
        for case in over:
            if not case.told:
                case.over, case.answer = float("nan"), None
        return notices

    def _tell(
        self,
        cases: Sequence[Case],
        telling: Telling,
        waiting: Callable[[Case], Sequence[str]],
        heard: Callable[[Case, str], None],
        now: float,
    ) -> list[Notice]:
        notices: list[Notice] = []
        for person in dict.fromkeys(person for case in cases for person in waiting(case)):
            theirs = [case for case in cases if person in waiting(case)]
            told = [
                member
                for case in theirs
                for name, member in case.members.items()
                if member.told and (telling.verb or name not in case.unknown)
            ]
            severity = max((member.told for member in told), default=Severity.WARNING)
            parameter = told[0].alarm.parameter if len(theirs) == 1 and told else ""
            addressee = self._audience.these([person], severity, calm=True)
            to = self._announcer.reached(addressee, severity, parameter, (), now)
            if not to:
                continue
            about = [member for member in told if member.out] if telling.verb else told
            alarms = tuple(sorted((member.alarm for member in about or told), key=lambda alarm: -alarm.severity))
            said = replace(telling, severity=severity, alarms=alarms)
            notices += self._announcer.notices(said, Subject.of(theirs, parameter, telling.reason), to, now)
            for case in theirs:
                heard(case, person)
        return notices


def _key(alarm: str, person: str) -> str:
    return f"{alarm}\n{person}"


def _is_about(key: str, alarm: str, person: str | None) -> bool:
    return key.startswith(f"{alarm}\n") if person is None else key == _key(alarm, person)
