"""Alarms that come together: incidents, which name what came first, and floods, which are summarised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

TOGETHER_S = 30.0
"""Alarms that begin within so long of the first one are one incident [s]."""
FLOOD_ALARMS, FLOOD_S = 10, 600.0
"""More alarms than this within so long are a flood."""


class Incident(NamedTuple):
    """Alarms that belong together; ``began`` [lab s] is when the first of them, ``first_out``, went out."""

    number: int
    began: float
    first_out: str
    alarms: int


@dataclass
class IncidentBook:
    """Groups alarms in the order they are raised, and is remembered as it is. All times are lab seconds.

    ``opened`` is when the first alarm of the current incident was raised, ``raised`` when those of a flood were.
    """

    current: Incident | None = None
    opened: float = float("-inf")
    raised: list[float] = field(default_factory=list)
    flood: bool = False

    def join(self, parameter: str, since: float, time: float) -> Incident:
        """An alarm that is out since ``since`` was raised at ``time``; returns the incident it belongs to."""
        current = self.current
        if current is None or not 0.0 <= time - self.opened <= TOGETHER_S:
            number = current.number + 1 if current is not None else 1
            current, self.opened = Incident(number, since, parameter, 0), time
        first = (since, parameter) if since < current.began else (current.began, current.first_out)
        self.current = Incident(current.number, first[0], first[1], current.alarms + 1)
        self.raised.append(time)
        return self.current

    def flood_changed(self, time: float) -> bool:
        """Whether a flood began or ended by ``time``; :attr:`flood` tells which."""
        while self.raised and time - self.raised[0] > FLOOD_S:
            del self.raised[0]
        flood = len(self.raised) > (FLOOD_ALARMS if not self.flood else FLOOD_ALARMS // 2)
        changed, self.flood = flood is not self.flood, flood
        return changed

    @property
    def raised_lately(self) -> int:
        """Number of alarms raised within the time a flood is counted over."""
        return len(self.raised)
