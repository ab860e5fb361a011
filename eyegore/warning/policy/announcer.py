"""Makes the notices: finds the words, asks the limits, and counts what they withhold; good news is made of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
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
    """What survives a restart: what was let through."""

    sent: tuple[Sent, ...] = ()


class RateLimit:
    """Lets messages through or not; the loud ones and the others are counted apart. Good news is not asked for."""

    def __init__(self, per_parameter: int, total: int, window_s: float) -> None:
        self._per_parameter = per_parameter
        self._total = total
        self._window_s = window_s
        self.state = RateState()

    def admit(self, person: str, parameter: str, *, critical: bool, loud: bool, now: float) -> bool:
        """Whether a message may go out at unix time ``now`` [s]; if so, it is counted.

        No limit holds back what is ``critical``. ``parameter`` is "" for a message about many.
        """
        sent = tuple(one for one in self.state.sent if 0.0 <= now - one.time < self._window_s)
        self.state = RateState(sent)
        alike = [one for one in sent if one.loud is loud]
        of_it = sum((one.person, one.parameter) == (person, parameter) for one in alike)
        if not critical and (len(alike) >= self._total or (parameter and of_it >= self._per_parameter)):
            return False
        self.state = RateState((*sent, Sent(now, person, parameter, loud)))
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
        critical = any(alarm.severity is Severity.CRITICAL for alarm in alarms)
        return [
            one
            for one in addressees
            if self.limits.admit(one.person, parameter, critical=critical, loud=one.loud, now=now)
        ]

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

    What is told to the same person at the same time is one message. No limit holds it back, nor does it count.
    """

    def __init__(self, announcer: Announcer, audience: Audience) -> None:
        self._announcer = announcer
        self._audience = audience

    def answers(self, cases: Iterable[Case], now: float) -> list[Notice]:
        """Tell who took care, to those who were told before."""
        alike: dict[tuple[str, str, str], list[Case]] = {}
        for case in cases:
            answer = case.answer
            if answer is not None and answer.due <= now and not case.over <= now:  # that it is over says as much
                if answer.people is None:
                    answer.people = [one for one in case.told if not (answer.knows and one == answer.person)]
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
        over = [case for case in cases if case.over <= now]
        return self._tell(over, Telling(Reason.CLEARED, Severity.NONE, ()), lambda case: case.told, Case.hears_end, now)

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
                for member in case.known_to(person)
                if telling.verb or member.alarm.key not in case.unknown
            ]
            if not told and not telling.verb:
                for case in theirs:
                    heard(case, person)
                continue
            severity = max((member.told for member in told), default=Severity.WARNING)
            parameter = told[0].alarm.parameter if len(theirs) == 1 and told else ""
            to = self._audience.awake(self._audience.these([person], severity, calm=True), severity, now)
            if not to:
                continue
            about = [member for member in told if member.out] if telling.verb else told
            alarms = tuple(sorted((member.alarm for member in about or told), key=lambda alarm: -alarm.severity))
            turns = {name: count for case in theirs for name, count in case.counts_of_turns.items()}
            said = replace(telling, severity=severity, alarms=alarms, turns=turns)
            notices += self._announcer.notices(said, Subject.of(theirs, parameter, telling.reason), to, now)
            for case in theirs:
                heard(case, person)
        return notices
