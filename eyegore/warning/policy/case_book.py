"""Sorts what happens to alarms into cases: what is news to people, what has been answered, what is over.

And gives the codes of four digits that people answer with.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from eyegore.alarms.alarm import subsystem_of
from eyegore.limits.model import Severity
from eyegore.messages.events import Alarm, AlarmChanged, AlarmState, Transition
from eyegore.messages.warnings import Reason
from eyegore.warning.policy.case import Answer, Case, Member
from eyegore.warning.policy.morning import Missed, MissedAlarms
from eyegore.warning.policy.rules import PolicyRules
from eyegore.warning.policy.turns import Turns

_GONE = (AlarmState.NORMAL, AlarmState.PENDING, AlarmState.OUT_OF_SERVICE)
_LEAST, CODES = 1000, 9000
_STRIDE, _OFFSET = 7919, 3217
"""A prime that does not divide the number of codes: each is given once before any is given again."""


@dataclass
class AnswerCodes:
    """Alarms by code, remembered as they are. A code lives as long as one of its alarms, and is not given twice then.

    Should half of all be alive, the oldest is given up. ``given`` is where they begin, and then how many there were:
    another one in each session, or the answer to a message of another session would be one to the first of this.
    """

    given: int = 0
    alarms: dict[str, list[str]] = field(default_factory=dict)

    def give(self, alarms: Iterable[str]) -> str:
        """A new code for alarms."""
        while len(self.alarms) >= CODES // 2:
            self.alarms.pop(next(iter(self.alarms)))
        code = ""
        while not code or code in self.alarms:
            self.given += 1
            code = str(_LEAST + (self.given * _STRIDE + _OFFSET) % CODES)
        self.alarms[code] = list(dict.fromkeys(alarms))
        return code

    def extend(self, code: str, alarms: Iterable[str]) -> str:
        """The code, which now stands for these alarms as well; a new one when it is no longer alive."""
        if code not in self.alarms:
            return self.give(alarms)
        self.alarms[code] = list(dict.fromkeys([*self.alarms[code], *alarms]))
        return code

    def close(self, alarm: str) -> None:
        """The alarm is over: no code stands for it any more."""
        kept = {code: [one for one in alarms if one != alarm] for code, alarms in self.alarms.items()}
        self.alarms = {code: alarms for code, alarms in kept.items() if alarms}

    def under(self, code: str) -> tuple[str, ...]:
        """The alarms that live under a code."""
        return tuple(self.alarms.get(code, ()))

    def of(self, alarm: str) -> tuple[str, ...]:
        """The codes an alarm lives under."""
        return tuple(code for code, alarms in self.alarms.items() if alarm in alarms)


@dataclass(frozen=True)
class BookMemory:
    """What survives a restart; ``newest`` is the newest incident and the name of its case."""

    cases: tuple[Case, ...]
    codes: AnswerCodes
    newest: tuple[int, str]
    missed: dict[str, Missed] = field(default_factory=dict)


_ANEW: dict[Transition | None, Reason] = {Transition.STILL_OUT: Reason.AGAIN, Transition.CROSSED: Reason.CROSSED}
"""Why what is acknowledged is told anew."""


class CaseBook:
    """The cases that are not done.

    A case begins with an incident. An alarm that goes out again before anybody lowered it stays in its case, which goes
    on as the new incident: who was told of it keeps one code, and chattering does not put off the backup for ever.
    ``missed`` is what was over before anybody could be told.
    """

    def __init__(self, rules: PolicyRules, first_code: int = 0) -> None:
        self.codes = AnswerCodes(first_code)
        self.missed = MissedAlarms()
        self._rules = rules
        self._cases: list[Case] = []
        self._newest: tuple[int, str] = (0, "")

    def __iter__(self) -> Iterator[Case]:
        return iter(self._cases)

    def follow(self, event: AlarmChanged, now: float, *, replied: bool = False) -> bool:
        """Follow what happened at ``now`` [unix s]. Returns whether an alarm was raised that is news.

        ``replied``: a person did it by an answer to a message.
        """
        entry, alarm, name = event.entry, event.alarm, event.alarm.key
        before, after = entry.before, entry.after
        case = self._case_of(name)
        if before is after is not AlarmState.UNACK and case is not None:  # a comment, or what goes on under a shelf
            case.members[name] = case.members[name]._replace(alarm=alarm)
        if not before or not after or (before is after and (after is not AlarmState.UNACK or entry.person)):
            return False
        if entry.person:
            self.missed.forget(name)
        if after is AlarmState.UNACK:
            return self._out(name, alarm, before, now, old=entry.old, what=entry.what)
        if case is None:
            return False
        member = Member(alarm, AlarmState.NORMAL if after in _GONE else after, case.members[name].told)
        case.members[name] = member
        if after in (AlarmState.ACKED, AlarmState.SHELVED, AlarmState.OUT_OF_SERVICE):
            self._answered(case, name, event, now, replied=replied)
        elif entry.person or case.late:
            case.answered = case.answered or bool(entry.person)
            case.turns_of(name).answered |= bool(entry.person) and case.turns_of(name).chattering
            if name in case.news and case.quiet and not entry.person:
                self.missed.note(alarm)
            case.drop_news([name])
        if entry.what is Transition.RELEASED:
            case.unknown.append(name)
        if member.state is AlarmState.NORMAL:
            self.codes.close(name)
        turns = case.turns_of(name)
        returned = entry.what is Transition.RETURNED and not entry.old and alarm.severity is not Severity.NONE
        if returned and turns.comes_back(now, self._rules):
            case.add_news(name, Reason.CHATTER, now)
        case.settle(now, self._rules)
        return False

    def _answered(self, case: Case, name: str, event: AlarmChanged, now: float, *, replied: bool) -> None:
        """Somebody took care of an alarm; a change of configuration is nobody's."""
        verbs = {AlarmState.ACKED: "acknowledged", AlarmState.SHELVED: "shelved"}
        person, verb = event.entry.person, verbs.get(event.alarm.state, "put out of service")
        case.answer, case.answered = Answer(person, verb, event.entry.comment, knows=replied), True
        case.drop_news([name])
        if event.alarm.state is AlarmState.ACKED:
            case.turns_of(name).answered = case.turns_of(name).chattering
        else:
            case.turns.pop(name, None)

    def _out(
        self, name: str, alarm: Alarm, before: AlarmState, now: float, *, old: bool, what: Transition | None
    ) -> bool:
        case = self._case_of(name)
        known = case.members[name] if case is not None else None
        risen = known is not None and known.open and alarm.severity > known.alarm.severity
        found = what is Transition.FOUND and not (known is not None and known.told)
        if before is AlarmState.UNACK and known is not None and not (risen or found):
            return False
        knows = case is not None and bool(case.told)  # before it goes over to a case whose people know of others
        raised = before not in (AlarmState.UNACK, AlarmState.ACKED)
        case = self._case_for(name, alarm, case, now, joins=raised)
        turns = case.turns.setdefault(name, Turns())
        if raised and before is not AlarmState.SHELVED and not old:
            turns.goes_out(now)
        told_of_it = known.told if known is not None and knows else Severity.NONE
        rises = bool(told_of_it) and alarm.severity > told_of_it
        counted = turns.chattering and bool(told_of_it) and not rises
        anew = not counted and case.renew(now, self._rules.escalate_after_s)
        case.members[name] = Member(alarm, AlarmState.UNACK, told_of_it)
        case.unknown = [one for one in case.unknown if one != name]
        case.settle(now, self._rules)
        if counted and not turns.answered and math.isnan(case.asked):
            case.asked = now  # of those who were told of it before others of its case were answered
            case.heard |= dict.fromkeys(case.aware.get(name, case.told), now)
        if old or counted or alarm.severity is Severity.NONE:
            return False
        turns.answered = False
        if told_of_it and not rises and not anew and before is AlarmState.RTN_UNACK:
            return False
        reason = Reason.RISEN if rises else Reason.FOUND if found else _ANEW.get(what, Reason.RAISED)
        case.add_news(name, reason, self._due(case, name, reason, now))
        return raised or found

    def calm(self, now: float) -> None:
        """What does no longer chatter, and stays out though somebody answered while it did, is news."""
        for case in self._cases:
            for name, turns in case.turns.items():
                if not turns.calms(now, self._rules):
                    continue
                if turns.answered and name in case.open:
                    case.begin_anew()
                    case.add_news(name, Reason.RAISED, now)
                turns.answered = False

    def _due(self, case: Case, name: str, reason: Reason, now: float) -> float:
        """What is no graver than what was told waits for what else belongs to the incident; not so what is critical and
        of another subsystem."""
        severity = case.members[name].alarm.severity
        told = [member for member in case.members.values() if member.told >= severity]
        critical = severity is Severity.CRITICAL
        due = now + (self._rules.hold_critical_s if critical else self._rules.hold_s)
        new = reason in (Reason.RAISED, Reason.FOUND)
        follows = new and not math.isnan(case.asked) and bool(case.told) and bool(told)
        if critical and subsystem_of(case.members[name].alarm) not in {subsystem_of(one.alarm) for one in told}:
            return due
        return max(due, case.opened + self._rules.together_s) if follows else due

    def _case_of(self, name: str) -> Case | None:
        return next((case for case in self._cases if name in case.members), None)

    def _case_for(self, name: str, alarm: Alarm, known: Case | None, now: float, *, joins: bool) -> Case:
        """The case an alarm that is out belongs to: that of its incident, that it was in, or a new one."""
        if known is not None and (not joins or known.members[name].out):
            return known
        current = next((case for case in self._cases if case.name == self._newest[1]), None)
        if current is not None and alarm.incident and alarm.incident == self._newest[0]:
            if known is not None and known is not current:
                known.renew(now, self._rules.escalate_after_s)
                _move(name, known, current)
                self.forget_done()
            return current
        if known is None:
            began = 0.0 if math.isnan(alarm.since) else alarm.since
            known = Case(f"{alarm.incident}-{began:.0f}-{name}", alarm.incident, now)
            self._cases.append(known)
        known.opened = now
        if alarm.incident:
            self._newest = (alarm.incident, known.name)
        return known

    def not_after(self, now: float) -> None:
        """Nothing began later than ``now`` [unix s], nor waits for longer than it may: the clock may be set back."""
        for case in self._cases:
            case.not_after(now, self._rules)

    def code(self, cases: Sequence[Case], names: Iterable[str]) -> str:
        """The code a message about these alarms of these cases is answered with."""
        if len(cases) > 1:
            return self.codes.give(names)
        case = cases[0]
        case.code = self.codes.extend(case.code, [*names, *case.open])
        return case.code

    def forget_done(self) -> None:
        """Forget the cases of which nothing will ever be told."""
        self._cases = [case for case in self._cases if not case.done]

    def memory(self) -> BookMemory:
        """What must survive a restart."""
        return BookMemory(tuple(self._cases), self.codes, self._newest, self.missed.alarms)

    def restore(self, memory: BookMemory) -> None:
        """Take back what :meth:`memory` gave."""
        self._cases, self.codes, self._newest = list(memory.cases), memory.codes, memory.newest
        self.missed.alarms = dict(memory.missed)
        for case in self._cases:
            if not case.heard and not math.isnan(case.asked):  # of a release that did not note who heard when
                case.heard = dict.fromkeys(case.told, case.asked)


def _move(name: str, source: Case, target: Case) -> None:
    """An alarm goes over to another case, with those who know of it."""
    target.members[name] = source.members.pop(name)
    if name in source.turns:
        target.turns[name] = source.turns.pop(name)
    source.drop_news([name])
    if target.members[name].told:
        knows = source.aware.pop(name, source.told)
        target.aware[name] = [*knows]
        target.told = list(dict.fromkeys([*target.told, *knows]))
        target.knew = list(dict.fromkeys([*target.knew, *source.knew]))
        target.heard = source.heard | target.heard
        target.escalated = target.escalated or source.escalated
        if not math.isnan(source.asked):
            target.asked = source.asked if math.isnan(target.asked) else min(target.asked, source.asked)
        source.told = [person for person in source.told if source.known_to(person)]
