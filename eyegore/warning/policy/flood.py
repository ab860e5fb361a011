"""Alarms of many parameters in a short time: counted here, and told in one summary instead of one message each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from eyegore.limits.model import Severity
from eyegore.messages.events import parameter_of
from eyegore.warning.policy.rules import PolicyRules


@dataclass
class FloodTold:
    """A flood as far as people were told of it; ``renewed`` [unix s] is when they are told next at the earliest.

    ``alarms`` names all that were raised in it. ``name`` is that of no other flood.
    """

    renewed: float
    name: str = ""
    code: str = ""
    alarms: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    severity: Severity = Severity.WARNING
    messages: int = 0

    @property
    def raised(self) -> int:
        """How many parameters had alarms in it."""
        return len({parameter_of(alarm) for alarm in self.alarms})

    def tell(self, people: Iterable[str], severity: Severity) -> None:
        """These people are told of it."""
        self.people = list(dict.fromkeys([*self.people, *people]))
        self.severity = max(self.severity, severity)


@dataclass(frozen=True)
class FloodMemory:
    """What survives a restart: when each alarm was last raised [unix s], and the flood they are, if they are one."""

    lately: dict[str, float] = field(default_factory=dict)
    current: FloodTold | None = None


class FloodWatch:
    """``current`` is the flood that is going on, None when there is none; ``lately`` is when each alarm was raised for
    the last time [unix s]. One parameter is no flood, however often it goes out."""

    def __init__(self, rules: PolicyRules) -> None:
        self._rules = rules
        self.lately: dict[str, float] = {}
        self.current: FloodTold | None = None

    def raised(self, alarm: str, now: float) -> None:
        """An alarm was raised that is news."""
        self.lately[alarm] = now
        self._forget(now)
        if self.current is None and self._parameters() > self._rules.flood_alarms:
            self.current = FloodTold(now + self._rules.hold_s)
        if self.current is not None:
            self.current.alarms = list(dict.fromkeys([*self.current.alarms, *self.lately]))

    def over(self, now: float) -> FloodTold | None:
        """The flood that ended by now, told once: it is over when half as many come as made it one."""
        self._forget(now)
        flood = self.current
        if flood is None or self._parameters() > self._rules.flood_alarms // 2:
            return None
        self.current = None
        return flood

    def _parameters(self) -> int:
        return len({parameter_of(alarm) for alarm in self.lately})

    def _forget(self, now: float) -> None:
        self.lately = {name: time for name, time in self.lately.items() if 0.0 <= now - time <= self._rules.flood_s}
        if self.current is not None:
            self.current.renewed = min(self.current.renewed, now + self._rules.flood_every_s)
