"""Sorts what happens to alarms into cases: what is news to people, what has been answered, what is over.

And gives the codes of four digits that people answer with.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from eyegore.limits.model import Severity
from eyegore.messages.events import Alarm, AlarmChanged, AlarmState, Transition
from eyegore.messages.warnings import Reason
from eyegore.warning.policy.case import Answer, Case, Member
from eyegore.warning.policy.rules import PolicyRules

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


class CaseBook:
    """The cases that are not done.

    A case begins with an incident. An alarm that goes out again before anybody lowered it stays in its case, which goes
    on as the new incident: who was told of it keeps one code, and chattering does not put off the backup for ever.
    """

    def __init__(self, rules: PolicyRules, first_code: int = 0) -> None:
        self.codes = AnswerCodes(first_code)
        self._rules = rules
        self._cases: list[Case] = []
        self._newest: tuple[int, str] = (0, "")

    def __iter__(self) -> Iterator[Case]:
        return iter(self._cases)

    def follow(self, event: AlarmChanged, now: float) -> bool:
        """Follow what happened at ``now`` [unix s]. Returns whether an alarm was raised that is news."""
        entry, alarm, name = event.entry, event.alarm, event.alarm.key
        before, after = entry.before, entry.after
        if not before or not after or (before is after and (after is not AlarmState.UNACK or entry.person)):
            return False
        if after is AlarmState.UNACK:
            return self._out(name, alarm, before, now, old=entry.old, found=entry.what is Transition.FOUND)
        case = self._case_of(name)
        if case is None:
            return False
        member = Member(alarm, AlarmState.NORMAL if after in _GONE else after, case.members[name].told)
        case.members[name] = member
        if after in (AlarmState.ACKED, AlarmState.SHELVED, AlarmState.OUT_OF_SERVICE):
            case.answer, case.answered = _answer(event, after), True
            case.drop_news([name])
        elif entry.person or case.late:
            case.answered = case.answered or bool(entry.person)
            case.drop_news([name])
        if entry.what is Transition.RELEASED:
            case.unknown.append(name)
        if member.state is AlarmState.NORMAL:
            self.codes.close(name)
        case.settle(now, self._rules.hold_critical_s, self._rules.together_s)
        return False

    def _out(self, name: str, alarm: Alarm, before: AlarmState, now: float, *, old: bool, found: bool) -> bool:
        case = self._case_of(name)
        known = case.members[name] if case is not None else None
        risen = known is not None and known.open and alarm.severity > known.alarm.severity
        found = found and not (known is not None and known.told)
        if before is AlarmState.UNACK and known is not None and not (risen or found):
            return False
        knows = case is not None and bool(case.told)  # before it goes over to a case whose people know of others
        case = self._case_for(name, alarm, case, now, joins=before not in (AlarmState.UNACK, AlarmState.ACKED))
        told_of_it = known.told if known is not None and knows else Severity.NONE
        case.renew(now, self._rules.escalate_after_s)
        case.members[name] = Member(alarm, AlarmState.UNACK, told_of_it)
        case.unknown = [one for one in case.unknown if one != name]
        case.settle(now, self._rules.hold_critical_s, self._rules.together_s)
        if old or alarm.severity is Severity.NONE:
            return False
        rises = bool(told_of_it) and alarm.severity > told_of_it
        if told_of_it and not rises and before is AlarmState.RTN_UNACK:
            return False
        again = before is AlarmState.ACKED and not rises
        reason = Reason.RISEN if rises else Reason.AGAIN if again else Reason.FOUND if found else Reason.RAISED
        case.add_news(name, reason, self._due(case, alarm.severity, reason, now))
        return found or before not in (AlarmState.UNACK, AlarmState.ACKED)

    def _due(self, case: Case, severity: Severity, reason: Reason, now: float) -> float:
        """What is no graver than what was told waits for what else belongs to the incident."""
        gravest = max((member.told for member in case.members.values()), default=Severity.NONE)
        due = now + (self._rules.hold_critical_s if severity is Severity.CRITICAL else self._rules.hold_s)
        new = reason in (Reason.RAISED, Reason.FOUND)
        follows = new and not math.isnan(case.asked) and bool(case.told) and severity <= gravest
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
        self._newest = (alarm.incident, known.name)
        return known

    def not_after(self, now: float) -> None:
        """Nothing began later than ``now`` [unix s], nor waits for longer than it may: the clock may be set back."""
        latest = now + self._rules.together_s
        for case in self._cases:
            case.asked, case.calm = min(case.asked, now), min(case.calm, now)  # min() leaves NaN, given first
            case.due, case.over = min(case.due, latest), min(case.over, latest)
            if case.answer is not None:
                case.answer.due = min(case.answer.due, latest)

    def forget_done(self) -> None:
        """Forget the cases of which nothing will ever be told."""
        self._cases = [case for case in self._cases if not case.done]

    def memory(self) -> BookMemory:
        """What must survive a restart."""
        return BookMemory(tuple(self._cases), self.codes, self._newest)

    def restore(self, memory: BookMemory) -> None:
        """Take back what :meth:`memory` gave."""
        self._cases, self.codes, self._newest = list(memory.cases), memory.codes, memory.newest


def _answer(event: AlarmChanged, after: AlarmState) -> Answer:
    """Who took care, and how; a change of configuration is nobody's."""
    verbs = {AlarmState.ACKED: "acknowledged", AlarmState.SHELVED: "shelved"}
    verb = verbs.get(after, "put out of service")
    return Answer(event.entry.person, verb, event.entry.comment)


def _move(name: str, source: Case, target: Case) -> None:
    """An alarm goes over to another case, with those who know of it."""
    target.members[name] = source.members.pop(name)
    source.drop_news([name])
    if target.members[name].told:
        target.told = list(dict.fromkeys([*target.told, *source.told]))
        target.knew = list(dict.fromkeys([*target.knew, *source.knew]))
        target.escalated = target.escalated or source.escalated
        if not math.isnan(source.asked):
            target.asked = source.asked if math.isnan(target.asked) else min(target.asked, source.asked)
    if not source.members:
        source.told = []
