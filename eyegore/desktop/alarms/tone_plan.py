"""When a tone is due for alarms nobody has acknowledged; pure: times [s] of any clock that does not jump."""

from __future__ import annotations

from collections.abc import Mapping

from eyegore.limits.model import Severity

REPEAT_S = 20.0
"""Time between the tones of CRITICAL alarms [s]."""
GAP_S = 2.0
"""Shortest time between two tones [s]: what is raised meanwhile, as in a flood, is told by the next one."""


class TonePlan:
    """CRITICAL sounds at once and again until acknowledged, WARNING once; silence puts off, it forgets nothing."""

    def __init__(self, repeat_s: float = REPEAT_S) -> None:
        self._repeat_s = repeat_s
        self._alarms: dict[str, Severity] = {}
        self._new: dict[str, Severity] = {}
        self._last = self._last_critical = float("-inf")
        self._silent_until = float("-inf")

    def update(self, alarms: Mapping[str, Severity]) -> None:
        """Take all unacknowledged alarms as they are now; what is new, or worse than before, has a tone to come."""
        for key, severity in alarms.items():
            if severity > self._alarms.get(key, Severity.NONE):
                self._new[key] = severity
        self._new = {key: severity for key, severity in self._new.items() if key in alarms}
        self._alarms = dict(alarms)

    def silence(self, seconds: float, now: float) -> None:
        """No tone for a time; 0 ends a silence."""
        self._silent_until = now + seconds

    def due(self) -> float:
        """When the next tone is due, infinity when none is; a time that has passed means at once."""
        if self._new:
            return max(self._silent_until, self._last + GAP_S)
        if Severity.CRITICAL in self._alarms.values():
            return max(self._silent_until, self._repeat_at)
        return float("inf")

    def next_tone(self, now: float) -> Severity:
        """The tone to play now, NONE when none is due; one tone stands for all that are due."""
        if now < self.due():
            return Severity.NONE
        again = Severity.CRITICAL in self._alarms.values() and now >= self._repeat_at
        tone = Severity.CRITICAL if again else max(self._new.values())
        self._new.clear()
        self._last = now
        if tone is Severity.CRITICAL:
            self._last_critical = now
        return tone

    @property
    def _repeat_at(self) -> float:
        return self._last_critical + self._repeat_s
