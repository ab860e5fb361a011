"""Who is told what, and when: alarms in, notices out; no clock, no network, no file.

A person is told when an alarm begins to wait for somebody, when it becomes graver, when nobody answered for long (then
it is the backup; of what is critical those on duty hear again and again), and when an acknowledged one is still out
after long; who was told hears who took care of it and when it is over. What quiet hours held back is told after them.
Nobody is told anything else. The alarms of one incident are one message, and an alarm that chatters is told once.

What happens to alarms is told with the first :meth:`Policy.tick` at which it is due: one tick per second at least is
expected, and one when :meth:`Policy.due` says so, for a critical alarm waits no longer than ``hold_critical_s``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from eyegore.messages.events import Alarm, AlarmChanged, AlarmState, parameter_of
from eyegore.messages.warnings import Notice
from eyegore.warning.policy.announcer import Announcer, AnnouncerMemory, GoodNews
from eyegore.warning.policy.audience import Audience
from eyegore.warning.policy.bad_news import BadNews
from eyegore.warning.policy.case_book import BookMemory, CaseBook
from eyegore.warning.policy.chain import Chain
from eyegore.warning.policy.flood import FloodMemory, FloodWatch
from eyegore.warning.policy.rules import PolicyRules

_PROOF = "/proof"
"""What the code of a proof stands for: no alarm."""


@dataclass(frozen=True)
class PolicyMemory:
    """What survives a restart."""

    book: BookMemory
    flood: FloodMemory
    announcer: AnnouncerMemory
    warned: float = math.nan


class Policy:
    """``first_code`` is a number the codes begin with."""

    def __init__(self, rules: PolicyRules, first_code: int = 0) -> None:
        self._rules = rules
        self._book = CaseBook(rules, first_code)
        self._flood = FloodWatch(rules)
        self._audience = Audience(rules)
        self._announcer = Announcer(rules, self._audience)
        self._bad = BadNews(rules, self._book, self._flood, self._announcer, self._audience)
        self._chain = Chain(rules, self._book, self._announcer, self._audience)
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

    def notices_for(self, event: AlarmChanged, now: float, *, replied: bool = False) -> list[Notice]:
        """What people are told of what happened to an alarm, at unix time ``now`` [s].

        ``replied``: a person did it by an answer to a message, and is answered there.
        """
        if self._book.follow(event, now, replied=replied):
            self._flood.raised(event.alarm.key, now)
        return self.tick(now)

    def tick(self, now: float) -> list[Notice]:
        """Tell what is due at unix time ``now`` [s]; bad news first."""
        self._book.not_after(now)
        self._book.calm(now)
        notices = [*self._bad.last_of_flood(now), *self._bad.due(now), *self._bad.morning(now)]
        notices += [*self._chain.ask_backup(now), *self._chain.remind(now), *self._good.answers(self._book, now)]
        if self._flood.current is None:
            notices += self._good.overs(self._book, now)
        self._book.forget_done()
        return notices

    def due(self, now: float) -> float:
        """When the next thing is due that is not due at ``now`` [unix s]; infinite when nothing is."""
        return min((time for case in self._book for time in case.dues if time > now), default=math.inf)

    # --- memory ------------------------------------------------------------------------------------------------------

    def memory(self) -> PolicyMemory:
        """What must survive a restart."""
        flood = FloodMemory(self._flood.lately, self._flood.current)
        announced = AnnouncerMemory(self._announcer.limits.state, self._announcer.withheld)
        return PolicyMemory(self._book.memory(), flood, announced, self._bad.warned)

    def restore(self, memory: PolicyMemory) -> None:
        """Take back what :meth:`memory` gave; before the first event."""
        self._book.restore(memory.book)
        self._flood.lately, self._flood.current = dict(memory.flood.lately), memory.flood.current
        self._bad.warned = memory.warned
        self._announcer.limits.state, self._announcer.withheld = memory.announcer.limits, memory.announcer.withheld
