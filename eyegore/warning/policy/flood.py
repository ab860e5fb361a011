"""Many alarms in a short time: counted here, and told in one summary instead of one message each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class FloodMemory:
    """What survives a restart: when alarms were raised lately [unix s], and the flood they are, if they are one."""

    raised: tuple[float, ...]
    current: FloodTold | None = None


class FloodWatch:
    """``current`` is the flood that is going on, None when there is none; ``times`` are those of alarms [unix s]."""

    def __init__(self, rules: PolicyRules) -> None:
        self._rules = rules
        self.times: list[float] = []
        self.current: FloodTold | None = None

    def raised(self, now: float) -> None:
        """An alarm was raised that is news."""
        self.times.append(now)
        if self.current is not None:
            self.current.raised += 1
        self._forget(now)
        if self.current is None and len(self.times) > self._rules.flood_alarms:
            self.current = FloodTold(len(self.times), now + self._rules.hold_s)

    def over(self, now: float) -> FloodTold | None:
        """The flood that ended by now, told once: it is over when half as many alarms come as made it one."""
        self._forget(now)
        flood = self.current
        if flood is None or len(self.times) > self._rules.flood_alarms // 2:
            return None
        self.current = None
        return flood

    def _forget(self, now: float) -> None:
        self.times = [time for time in self.times if 0.0 <= now - time <= self._rules.flood_s]
        if self.current is not None:
            self.current.renewed = min(self.current.renewed, now + self._rules.flood_every_s)
