"""Tells those who know of a case that somebody took care of it, and that it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from eyegore.limits.model import Severity
from eyegore.messages.warnings import Notice, Reason
from eyegore.warning.policy.announcer import Announcer, Subject
from eyegore.warning.policy.audience import Audience
from eyegore.warning.policy.case import Case
from eyegore.warning.policy.text import Telling


class GoodNews:
    """What is told to the same person at the same time is one message; what the limits hold back is told later."""

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
        """Tell what is over, to those who were told that it is not."""

        def heard(case: Case, person: str) -> None:
            case.told = [one for one in case.told if one != person]

        over = [case for case in cases if case.over <= now]
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
            told = [member for case in theirs for member in case.members.values() if member.told]
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
