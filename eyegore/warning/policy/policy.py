"""Who is told what, and when: alarms in, notices out; no clock, no network, no file.

A person is told when an alarm begins to wait for somebody, when it becomes graver, when nobody answered for long (then
it is the backup), and when an acknowledged one is still out after long; who was told hears who took care of it and
when it is over. Nobody is told anything else. The alarms of one incident are one message.

What happens to alarms is told with the first :meth:`Policy.tick` at which it is due: one tick per second at least is
expected, and one when :meth:`Policy.due` says so, for a critical alarm waits no longer than ``hold_critical_s``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from eyegore.limits.model import Severity
from eyegore.messages.events import Alarm, AlarmChanged, AlarmState, parameter_of
from eyegore.messages.warnings import Notice, Reason
from eyegore.warning.policy.announcer import Announcer, AnnouncerMemory, GoodNews, Subject
from eyegore.warning.policy.audience import Addressee, Audience
from eyegore.warning.policy.case import Case
from eyegore.warning.policy.case_book import BookMemory, CaseBook
from eyegore.warning.policy.flood import FloodMemory, FloodTold, FloodWatch
from eyegore.warning.policy.rules import PolicyRules
from eyegore.warning.policy.text import Telling

_PROOF = "/proof"
"""What the code of a proof stands for: no alarm."""
_NEW = (Reason.RAISED, Reason.FOUND)
"""Reasons for which only the one on duty is told."""


@dataclass(frozen=True)
class PolicyMemory:
    """What survives a restart."""

    book: BookMemory
    flood: FloodMemory
    announcer: AnnouncerMemory


class Policy:
    """``first_code`` is a number the codes begin with."""

    def __init__(self, rules: PolicyRules, first_code: int = 0) -> None:
        self._rules = rules
        self._book = CaseBook(rules, first_code)
        self._flood = FloodWatch(rules)
        self._audience = Audience(rules)
        self._announcer = Announcer(rules, self._audience)
        self._good = GoodNews(self._announcer, self._audience)

    @property
    def withheld(self) -> int:
        """Messages the limits held back which the next message will tell of."""
        return self._announcer.withheld

    def parameters(self, code: str) -> tuple[str, ...]:
        """What an answer with a code acts on; nothing when the code is not alive."""
        names = (parameter_of(name) for name in self._book.codes.under(code))
        return tuple(dict.fromkeys(name for name in names if name))

    def alarms(self, code: str) -> tuple[str, ...]:
        """The alarms, by their keys, that an answer with a code acts on: those people were told of, and no others."""
        return tuple(name for name in self._book.codes.under(code) if name != _PROOF)

    def codes(self, alarm: Alarm) -> tuple[str, ...]:
        """The codes that stand for an alarm, among others."""
        return self._book.codes.of(alarm.key)

    def waits(self, code: str) -> bool:
        """Whether any alarm of a code waits for somebody, or is over and was not seen by anybody."""
        return any(state in (AlarmState.UNACK, AlarmState.RTN_UNACK) for state in self._states(code))

    def answered(self, code: str) -> bool:
        """Whether somebody took care of all that a living code stands for."""
        return bool(self._states(code)) and not self.waits(code)

    def _states(self, code: str) -> list[AlarmState]:
        names = self._book.codes.under(code)
        return [case.members[name].state for case in self._book for name in names if name in case.members]

    def fresh_code(self) -> str:
        """A code no alarm has, for the proof of the path; the one given before is over."""
        self._book.codes.close(_PROOF)
        return self._book.codes.give([_PROOF])

    def notices_for(self, event: AlarmChanged, now: float) -> list[Notice]:
        """What people are told of what happened to an alarm, at unix time ``now`` [s]."""
        if self._book.follow(event, now):
            self._flood.raised(now)
        return self.tick(now)

    def tick(self, now: float) -> list[Notice]:
        """Tell what is due at unix time ``now`` [s]."""
        self._book.not_after(now)
        over = self._flood.over(now)
        notices = self._last_of(over, now) if over is not None else []
        notices += [*self._tell_news(now), *self._escalate(now), *self._good.answers(self._book, now)]
        if self._flood.current is None:
            notices += self._good.overs(self._book, now)
        self._book.forget_done()
        return notices

    def due(self, now: float) -> float:
        """When the next thing is due that is not due at ``now`` [unix s]; infinite when nothing is."""
        return min((time for case in self._book for time in case.dues if time > now), default=math.inf)

    # --- bad news ----------------------------------------------------------------------------------------------------

    def _tell_news(self, now: float) -> list[Notice]:
        cases = [case for case in self._book if case.news]
        notices: list[Notice] = []
        flood = self._flood.current
        if flood is not None:
            rest = [case for case in cases if not self._is_first_of_kind(case, now)]
            cases = [case for case in cases if case not in rest]
            if rest and flood.renewed <= now:
                notices += self._summarise(flood, rest, now)
        due = [case for case in cases if case.due <= now]
        groups = [[case] for case in due if not case.late]
        groups += _alike([(case, list(case.news)) for case in due if case.late])
        return notices + [notice for group in groups for notice in self._tell(group, now)]

    def _is_first_of_kind(self, case: Case, now: float) -> bool:
        limits = self._announcer.limits
        critical = (name for name in case.news if case.members[name].alarm.severity is Severity.CRITICAL)
        return any(limits.first_of_kind(name, now) for name in critical)

    def _tell(self, cases: Sequence[Case], now: float) -> list[Notice]:
        """Tell the news of a case; or those of several that were held back, in one message."""
        alarms, names = _sorted_alarms(cases, [name for case in cases for name in case.news])
        severity, reason = alarms[0].severity, cases[0].news[names[0]] if len(cases) == 1 else Reason.RAISED
        wanted = self._wanted(cases, severity, reason, now)
        if not wanted:
            for case in cases:
                case.drop_news()
            return []
        awake = self._audience.unhurried(self._audience.awake(wanted, severity, now), alarms, now)
        parameter = alarms[0].parameter if len(cases) == 1 else ""
        to = self._announcer.admitted(awake, parameter, alarms, now)
        if not to:
            for case in cases:
                self._hold_back(case, now, by_limit=bool(awake))
            return []
        self._announcer.tells_withheld(sum(case.withheld for case in cases))
        code = self._code(cases, names)
        others = tuple(
            member.alarm for case in cases for name, member in case.members.items() if name not in names and member.told
        )
        telling = Telling(reason, severity, alarms, others=others, code=code)
        notices = self._announcer.notices(telling, Subject.of(cases, parameter, reason), to, now)
        for case in cases:
            case.tell([one.person for one in to], tuple(case.news), now)
            case.drop_news()
            case.settle(now, self._rules.hold_critical_s, self._rules.together_s)
        return notices

    def _wanted(self, cases: Sequence[Case], severity: Severity, reason: Reason, now: float) -> list[Addressee]:
        """The one on duty, and those who already have to do with it."""
        first = self._audience.first(severity, now)
        if not first:
            return []
        known = (case.knew if case.escalated else case.told for case in cases)
        also = [person for people in known for person in people if reason not in _NEW]
        also += [person for case in cases if case.escalated for person in case.knew]
        people = dict.fromkeys(person for person in also if person not in {one.person for one in first})
        return [*first, *self._audience.these(people, severity)]

    def _hold_back(self, case: Case, now: float, *, by_limit: bool) -> None:
        if by_limit:
            self._announcer.withheld += not case.withheld
            case.withheld = True
            if math.isnan(case.asked) and any(one.alarm.severity is Severity.CRITICAL for one in case.open.values()):
                case.asked = now
        case.hold_back()

    def _code(self, cases: Sequence[Case], names: Sequence[str]) -> str:
        if len(cases) > 1:
            return self._book.codes.give(names)
        case = cases[0]
        case.code = self._book.codes.extend(case.code, [*names, *case.open])
        return case.code

    def _escalate(self, now: float) -> list[Notice]:
        """Ask the backup for all that nobody answered for too long, in one message for what is equally grave."""
        groups = _alike([(case, _ignored(case)) for case in self._book if self._is_ignored(case, now)])
        return [notice for group in groups for notice in self._ask_backup(group, now)]

    def _ask_backup(self, cases: Sequence[Case], now: float) -> list[Notice]:
        alarms, names = _sorted_alarms(cases, [name for case in cases for name in _ignored(case)])
        told = [person for case in cases for person in case.told]
        second = self._audience.unhurried(self._audience.second(alarms[0].severity, told, now), alarms, now)
        parameter = alarms[0].parameter if len(cases) == 1 else ""
        to = self._announcer.reached(second, alarms[0].severity, parameter, alarms, now)
        if not to:
            return []
        self._announcer.tells_withheld(sum(case.withheld for case in cases))
        waited = now - min(case.asked for case in cases)
        code = self._code(cases, names)
        telling = Telling(Reason.ESCALATED, alarms[0].severity, alarms, code=code, waited=waited)
        notices = self._announcer.notices(telling, Subject.of(cases, parameter, Reason.ESCALATED), to, now)
        for case in cases:
            ignored = tuple(_ignored(case))
            case.escalated = True
            case.tell([one.person for one in to], ignored, now)
            case.withheld = False
            case.drop_news(ignored)
        return notices

    def _is_ignored(self, case: Case, now: float) -> bool:
        waiting = not case.escalated and case.asked + self._rules.escalate_after_s <= now
        return waiting and bool(_ignored(case))

    # --- floods ------------------------------------------------------------------------------------------------------

    def _summarise(self, flood: FloodTold, cases: Sequence[Case], now: float) -> list[Notice]:
        """Tell what is new in a flood."""
        alarms, names = _sorted_alarms(cases, [name for case in cases for name in case.news])
        severity = alarms[0].severity
        to = self._announcer.reached(self._audience.first(severity, now), severity, "", alarms, now)
        if not to:
            return []
        flood.name = flood.name or f"flood-{cases[0].name}"
        flood.code = self._book.codes.extend(flood.code, names)
        flood.renewed = now + self._rules.flood_every_s
        self._announcer.tells_withheld(sum(case.withheld for case in cases))
        for case in cases:
            case.tell([one.person for one in to], tuple(case.news), now)
            case.drop_news()
            case.settle(now, self._rules.hold_critical_s, self._rules.together_s)
        flood.tell([one.person for one in to], names, severity)
        return self._announcer.notices(self._of(flood, alarms, severity), _of_flood(flood), to, now)

    def _last_of(self, flood: FloodTold, now: float) -> list[Notice]:
        """Tell those who know of a flood that it is over, and how its alarms are now."""
        if not flood.people:
            return []
        lost = [name for name in flood.alarms if any(name in case.members for case in self._book)]
        alarms, _ = _sorted_alarms(list(self._book), lost)
        people = self._audience.these(flood.people, flood.severity, calm=True)
        to = self._announcer.reached(people, flood.severity, "", (), now)
        hears = {one.person for one in to}
        for case in self._book:
            if not math.isnan(case.over) and any(name in case.members for name in flood.alarms):
                case.told = [person for person in case.told if person not in hears]
        telling = self._of(flood, alarms, flood.severity, over=True)
        return self._announcer.notices(telling, _of_flood(flood), to, now) if to else []

    def _of(self, flood: FloodTold, alarms: tuple[Alarm, ...], severity: Severity, *, over: bool = False) -> Telling:
        code = flood.code if self._book.codes.under(flood.code) else ""
        return Telling(Reason.FLOOD, severity, alarms, code=code, raised=flood.raised, flood_over=over)

    # --- memory ------------------------------------------------------------------------------------------------------

    def memory(self) -> PolicyMemory:
        """What must survive a restart."""
        flood = FloodMemory(tuple(self._flood.times), self._flood.current)
        announced = AnnouncerMemory(self._announcer.limits.state, self._announcer.withheld)
        return PolicyMemory(self._book.memory(), flood, announced)

    def restore(self, memory: PolicyMemory) -> None:
        """Take back what :meth:`memory` gave; before the first event."""
        self._book.restore(memory.book)
        self._flood.times, self._flood.current = list(memory.flood.raised), memory.flood.current
        self._announcer.limits.state, self._announcer.withheld = memory.announcer.limits, memory.announcer.withheld


def _ignored(case: Case) -> list[str]:
    """Its alarms that wait for somebody and that are, or were to be, told."""
    return [name for name, member in case.open.items() if member.told or name in case.news]


def _alike(found: Sequence[tuple[Case, Sequence[str]]]) -> list[list[Case]]:
    """Cases by the gravest of their alarms of these names: quiet hours and limits treat each grade by itself."""
    grades: dict[Severity, list[Case]] = {}
    for case, names in found:
        grades.setdefault(max(case.members[name].alarm.severity for name in names), []).append(case)
    return [grades[grade] for grade in sorted(grades, reverse=True)]


def _sorted_alarms(cases: Sequence[Case], names: Sequence[str]) -> tuple[tuple[Alarm, ...], list[str]]:
    """Alarms and their names: the gravest first, of these what came first in its incident."""
    found = {name: member.alarm for case in cases for name, member in case.members.items() if name in names}
    order = sorted(found, key=lambda name: (-found[name].severity, found[name].parameter != found[name].first_out))
    return tuple(found[name] for name in order), order


def _of_flood(flood: FloodTold) -> Subject:
    flood.messages += 1
    return Subject(f"{flood.name}-{flood.messages}", "", 0)
