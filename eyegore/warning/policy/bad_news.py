"""Tells those on duty what is new: an incident in one message, a flood in a summary, in the morning what was missed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from eyegore.limits.model import Severity
from eyegore.messages.events import Alarm, AlarmState
from eyegore.messages.warnings import Notice, Reason
from eyegore.warning.policy.announcer import Announcer, Subject
from eyegore.warning.policy.audience import Addressee, Audience
from eyegore.warning.policy.case import Case, alike, sorted_alarms
from eyegore.warning.policy.case_book import CaseBook
from eyegore.warning.policy.flood import FloodTold, FloodWatch
from eyegore.warning.policy.rules import PolicyRules
from eyegore.warning.policy.text import Telling


class BadNews:
    """``warned`` is when something was told last that was not critical [unix s], NaN for never."""

    def __init__(
        self, rules: PolicyRules, book: CaseBook, flood: FloodWatch, announcer: Announcer, audience: Audience
    ) -> None:
        self._rules, self._book, self._flood = rules, book, flood
        self._announcer, self._audience = announcer, audience
        self.warned = math.nan

    def due(self, now: float) -> list[Notice]:
        """What is to be told by now; what is critical first."""
        cases = [case for case in self._book if case.news]
        notices: list[Notice] = []
        flood = self._flood.current
        if flood is not None:
            rest = [case for case in cases if case.gravest_news is not Severity.CRITICAL]
            cases = [case for case in cases if case not in rest]
            if rest and flood.renewed <= now:
                notices += self._summarise(flood, rest, now)
        due = [case for case in cases if case.due <= now]
        grave = [case for case in due if case.gravest_news is Severity.CRITICAL]
        groups = [grave] if flood is not None and grave else [[case] for case in grave]
        if not 0.0 <= now - self.warned < self._rules.warning_every_s:
            groups += alike([(case, list(case.news)) for case in due if case not in grave])
        return notices + [notice for group in groups for notice in self._tell(group, now)]

    def _tell(self, cases: Sequence[Case], now: float) -> list[Notice]:
        """Tell the news of a case; or those of several that are due together, in one message."""
        alarms, names = sorted_alarms(cases, [name for case in cases for name in case.news])
        severity, reason = alarms[0].severity, cases[0].news[names[0]] if len(cases) == 1 else Reason.RAISED
        first = self._audience.first(severity, now)
        if not first:
            for case in cases:
                case.drop_news()
            return []
        wanted = [*first, *self._also(cases, first, severity, reason, now)]
        awake = self._audience.unhurried(self._audience.awake(wanted, severity, now), alarms, now)
        parameter = alarms[0].parameter if len(cases) == 1 else ""
        to = self._announcer.admitted(awake, parameter, alarms, now)
        if not to:
            for case in cases:
                self._hold_back(case, by_limit=bool(awake))
            return []
        self._announcer.tells_withheld(sum(case.withheld for case in cases))
        others = tuple(
            member.alarm for case in cases for name, member in case.members.items() if name not in names and member.told
        )
        turns = {name: count for case in cases for name, count in case.counts_of_turns.items()}
        telling = Telling(reason, severity, alarms, others=others, code=self._book.code(cases, names), turns=turns)
        notices = self._announcer.notices(telling, Subject.of(cases, parameter, reason), to, now)
        self._are_told(cases, [one.person for one in to], [one.person for one in first], now)
        if severity is not Severity.CRITICAL:
            self.warned = now
        return notices

    def _are_told(self, cases: Sequence[Case], people: Sequence[str], shift: list[str], now: float) -> None:
        for case in cases:
            names = tuple(case.news)
            for name in names:
                self._book.missed.forget(name)
            case.tell(people, names, now)
            case.shift = shift
            case.drop_news()
            case.settle(now, self._rules)

    def _also(
        self, cases: Sequence[Case], first: Sequence[Addressee], severity: Severity, reason: Reason, now: float
    ) -> list[Addressee]:
        """Who else is on shift and has to do with it already."""
        known = [person for case in cases if case.escalated for person in case.knew]
        if reason not in (Reason.RAISED, Reason.FOUND):
            known += [person for case in cases for person in case.told]
        others = dict.fromkeys(person for person in known if person not in {one.person for one in first})
        return self._audience.these(self._audience.on_shift(others, now), severity)

    def _hold_back(self, case: Case, *, by_limit: bool) -> None:
        if by_limit:
            self._announcer.withheld += not case.withheld
            case.withheld = True
        for name in case.hold_back():
            if not by_limit:
                self._book.missed.note(case.members[name].alarm)

    # --- floods ------------------------------------------------------------------------------------------------------

    def _summarise(self, flood: FloodTold, cases: Sequence[Case], now: float) -> list[Notice]:
        """Tell what is new in a flood."""
        severity = max(case.gravest_news for case in cases)
        first = self._audience.first(severity, now)
        names = [name for case in cases for name in case.news]
        to = self._announcer.reached(first, severity, "", sorted_alarms(cases, names)[0], now)
        if not to:
            return []
        flood.name = flood.name or f"flood-{cases[0].name}"
        flood.code = self._book.codes.extend(flood.code, names)
        flood.renewed = now + self._rules.flood_every_s
        self._announcer.tells_withheld(sum(case.withheld for case in cases))
        people = [one.person for one in to]
        self._are_told(cases, people, [one.person for one in first], now)
        flood.tell(people, severity)
        return self._announcer.notices(self._of(flood, severity), _of_flood(flood), to, now)

    def last_of_flood(self, now: float) -> list[Notice]:
        """Tell those who know of a flood that it is over, if it is, and how its alarms are now."""
        flood = self._flood.over(now)
        if flood is None or not flood.people:
            return []
        people = self._audience.these(flood.people, flood.severity, calm=True)
        to = self._audience.awake(people, flood.severity, now)
        for case in self._book:
            if not math.isnan(case.over) and any(name in case.members for name in flood.alarms):
                for one in to:
                    case.hears_end(one.person)
        return self._announcer.notices(self._of(flood, flood.severity, over=True), _of_flood(flood), to, now)

    def _of(self, flood: FloodTold, severity: Severity, *, over: bool = False) -> Telling:
        alarms, _ = sorted_alarms(self._book, flood.alarms)
        code = flood.code if self._book.codes.under(flood.code) else ""
        return Telling(Reason.FLOOD, severity, alarms, code=code, raised=flood.raised, flood_over=over)

    # --- mornings ----------------------------------------------------------------------------------------------------

    def morning(self, now: float) -> list[Notice]:
        """Tell what quiet hours held back and was over before they ended."""
        missed = {name: one for name, one in self._book.missed.alarms.items() if not self._waits(name)}
        if not missed:
            return []
        alarms = tuple(sorted((one.alarm for one in missed.values()), key=lambda alarm: -alarm.severity))
        severity = alarms[0].severity
        first = self._audience.first(severity, now)
        to = self._audience.awake(first, severity, now)
        if first and not to:
            return []
        for name in missed:
            self._book.missed.forget(name)
        latched = [name for name in missed if self._state(name) is AlarmState.RTN_UNACK]
        code = self._book.codes.give(latched) if latched and to else ""
        turns = {name: one.times for name, one in missed.items() if one.times > 1}
        telling = Telling(Reason.MORNING, severity, alarms, code=code, turns=turns)
        return self._announcer.notices(telling, Subject(f"morning-{now:.0f}", _only(alarms), 0), to, now)

    def _waits(self, name: str) -> bool:
        return self._state(name) is AlarmState.UNACK

    def _state(self, name: str) -> AlarmState:
        found = (case.members[name].state for case in self._book if name in case.members)
        return next(found, AlarmState.NORMAL)


def _only(alarms: Sequence[Alarm]) -> str:
    return alarms[0].parameter if len(alarms) == 1 else ""


def _of_flood(flood: FloodTold) -> Subject:
    flood.messages += 1
    return Subject(f"{flood.name}-{flood.messages}", "", 0)
