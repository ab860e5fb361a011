"""The codes of four digits people answer with, and which alarms each stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_LEAST, CODES = 1000, 9000
_STRIDE, _OFFSET = 7919, 3217
"""A prime that does not divide the number of codes: each is given once before any is given again."""


class AnswerCodes:
    """Alarms by code. A code lives as long as one of its alarms does, and is not given twice meanwhile.

    Should half of all be alive, the oldest is given up. ``first`` is where they begin: another one in each session, or
    the answer to a message of another session would be one to the first message of this.
    """

    def __init__(self, first: int = 0) -> None:
        self._given = first
        self._alarms: dict[str, list[str]] = {}

    def give(self, alarms: Iterable[str]) -> str:
        """A new code for alarms."""
        while len(self._alarms) >= CODES // 2:
            self._alarms.pop(next(iter(self._alarms)))
        code = ""
        while not code or code in self._alarms:
            self._given += 1
            code = str(_LEAST + (self._given * _STRIDE + _OFFSET) % CODES)
        self._alarms[code] = list(dict.fromkeys(alarms))
        return code

    def extend(self, code: str, alarms: Iterable[str]) -> str:
        """The code, which now stands for these alarms as well; a new one when it is no longer alive."""
        if code not in self._alarms:
            return self.give(alarms)
        self._alarms[code] = list(dict.fromkeys([*self._alarms[code], *alarms]))
        return code

    def close(self, alarm: str) -> None:
        """The alarm is over: no code stands for it any more."""
        kept = {code: [one for one in alarms if one != alarm] for code, alarms in self._alarms.items()}
        self._alarms = {code: alarms for code, alarms in kept.items() if alarms}

    def alarms(self, code: str) -> tuple[str, ...]:
        """The alarms that live under a code."""
        return tuple(self._alarms.get(code, ()))

    def of(self, alarm: str) -> tuple[str, ...]:
        """The codes an alarm lives under."""
        return tuple(code for code, alarms in self._alarms.items() if alarm in alarms)

    def memory(self) -> dict[str, Any]:
        """What must survive a restart, JSON-able."""
        return {"given": self._given, "alarms": {code: list(alarms) for code, alarms in self._alarms.items()}}

    def restore(self, memory: Mapping[str, Any]) -> None:
        """Take back what :meth:`memory` gave."""
        self._given = int(memory["given"])
        self._alarms = {code: list(alarms) for code, alarms in memory["alarms"].items()}
