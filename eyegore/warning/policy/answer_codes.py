"""The codes of four digits people answer with, and which alarms each stands for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

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
