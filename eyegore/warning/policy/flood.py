"""Many alarms in a short time: counted here, and told in one summary instead of one message each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from eyegore.limits.model import Severity
from eyegore.warning.policy.rules import PolicyRules


@dataclass
class FloodTold:
    """A flood as far as people were told of it; ``renewed`` [unix s] is when they are told next at the earliest.

    ``raised`` counts its alarms, ``alarms`` names those people were told of. ``name`` is that of no other flood.
    """

    raised: int
    renewed: float
    name: str = ""
    code: str = ""
    alarms: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    severity: Severity = Severity.WARNING
    messages: int = 0

    def tell(self, people: Iterable[str], alarms: Iterable[str], severity: Severity) -> None:
        """These people are told of these alarms."""
        self.people = list(dict.fromkeys([*self.people, *people]))
        self.alarms = list(dict.fromkeys([*self.alarms, *alarms]))
        self.severity = max(self.severity, severity)


class FloodWatch:
    """``current`` is the flood that is going on, None when there is none. Times are unix seconds."""

    def __init__(self, rules: PolicyRules) -> None:
        self._rules = rules
        self._raised: list[float] = []
        self.current: FloodTold | None = None

    def raised(self, now: float) -> None:
        """An alarm was raised that is news."""
        self._raised.append(now)
        if self.current is not None:
            self.current.raised += 1
        self._forget(now)
        if self.current is None and len(self._raised) > self._rules.flood_alarms:
            self.current = FloodTold(len(self._raised), now + self._rules.hold_s)

    def over(self, now: float) -> FloodTold | None:
        """The flood that ended by now, told once: it is over when half as many alarms come as made it one."""
        self._forget(now)
        flood = self.current
        if flood is None or len(self._raised) > self._rules.flood_alarms // 2:
            return None
        self.current = None
        return flood

    def _forget(self, now: float) -> None:
        self._raised = [time for time in self._raised if 0.0 <= now - time <= self._rules.flood_s]
        if self.current is not None:
            self.current.renewed = min(self.current.renewed, now + self._rules.flood_every_s)

    def memory(self) -> dict[str, Any]:
        """What must survive a restart, JSON-able."""
        current = self.current
        return {
            "raised": list(self._raised),
            "current": asdict(current) | {"severity": current.severity.name} if current is not None else None,
        }

    def restore(self, memory: Mapping[str, Any]) -> None:
        """Take back what :meth:`memory` gave."""
        self._raised = list(memory["raised"])
        current = memory["current"]
        self.current = FloodTold(**(current | {"severity": Severity[current["severity"]]})) if current else None
