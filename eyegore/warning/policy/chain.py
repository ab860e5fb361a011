"""Asks on for what nobody answers: the backup after ten minutes, and for what is critical again and again."""

from __future__ import annotations

import math
from collections.abc import Sequence

from eyegore.limits.model import Severity
from eyegore.messages.warnings import Notice, Reason
from eyegore.warning.policy.announcer import Announcer, Subject
from eyegore.warning.policy.audience import Addressee, Audience
from eyegore.warning.policy.case import Case, alike, sorted_alarms
from eyegore.warning.policy.case_book import CaseBook
from eyegore.warning.policy.rules import PolicyRules
from eyegore.warning.policy.text import Telling


class Chain:
    """What is critical is never silent: those on duty hear of it every half an hour, the next shift when it begins."""

    def __init__(self, rules: PolicyRules, book: CaseBook, announcer: Announcer, audience: Audience) -> None:
        self._rules, self._book, self._announcer, self._audience = rules, book, announcer, audience

    def ask_backup(self, now: float) -> list[Notice]:
        """Ask the backup for all that nobody answered for too long, in one message for what is equally grave."""
        groups = alike([(case, case.unanswered) for case in self._book if self._is_ignored(case, now)])
        return [notice for group in groups for notice in self._ask(group, now)]

    def _is_ignored(self, case: Case, now: float) -> bool:
        waiting = not case.escalated and case.asked + self._rules.escalate_after_s <= now
        return waiting and bool(case.unanswered)

    def _ask(self, cases: Sequence[Case], now: float) -> list[Notice]:
        severity = max(case.members[name].alarm.severity for case in cases for name in case.unanswered)
        asked = [person for case in cases for person in case.heard]
        second = self._audience.awake(self._audience.second(severity, asked, now), severity, now)
        notices = self._notices(Reason.ESCALATED, cases, second, severity, now)
        for case in cases if notices else ():
            case.escalated = True
        return notices

    def remind(self, now: float) -> list[Notice]:
        """Tell those on duty again of what is critical and still waits; what is due for one of them is one message."""
        critical = Severity.CRITICAL
        asked = [case for case in self._book if not math.isnan(case.asked)]
        waiting = [case for case in asked if any(_grave(case, name) for name in case.unanswered)]
        first = self._audience.first(critical, now) if waiting else []
        shift = [one.person for one in first]
        backup = [one for one in self._audience.backup(critical, now) if waiting and one.person not in shift]
        notices: list[Notice] = []
        for one in (*first, *backup):
            due = [case for case in waiting if self._is_due(case, one.person, now, on_duty=one.person in shift)]
            along = [case for case in waiting if case in due or (case.escalated and one.person in case.heard)]
            if due:
                notices += self._notices(Reason.REPEATED, along, [one], critical, now)
        for case in waiting:
            case.shift = shift
        return notices

    def _is_due(self, case: Case, person: str, now: float, *, on_duty: bool) -> bool:
        if person not in case.heard or (on_duty and case.shift and person not in case.shift):
            return on_duty or case.escalated
        return case.escalated and now - case.heard[person] >= self._rules.repeat_s

    def _notices(
        self, reason: Reason, cases: Sequence[Case], people: Sequence[Addressee], severity: Severity, now: float
    ) -> list[Notice]:
        names = [name for case in cases for name in case.unanswered if reason is Reason.ESCALATED or _grave(case, name)]
        alarms, names = sorted_alarms(cases, names)
        parameter = alarms[0].parameter if len(cases) == 1 else ""
        to = self._announcer.admitted(self._audience.unhurried(people, alarms, now), parameter, alarms, now)
        if not to:
            return []
        self._announcer.tells_withheld(sum(case.withheld for case in cases))
        telling = Telling(
            reason,
            severity,
            alarms,
            code=self._book.code(cases, names),
            waited=now - min(case.asked for case in cases),
            turns={name: count for case in cases for name, count in case.counts_of_turns.items()},
        )
        notices = self._announcer.notices(telling, Subject.of(cases, parameter, reason), to, now)
        for case in cases:
            theirs = tuple(name for name in names if name in case.members)
            case.tell([one.person for one in to], theirs, now)
            case.drop_news(theirs)
        return notices


def _grave(case: Case, name: str) -> bool:
    """Whether it is critical, and that is no news."""
    return case.members[name].alarm.severity is Severity.CRITICAL and name not in case.news
