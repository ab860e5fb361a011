"""Alarms that come together: incidents, which name what came first, and floods, which are summarised."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TOGETHER_S = 30.0
"""Alarms that begin within so long of the first one are one incident [s]."""
FLOOD_ALARMS, FLOOD_S = 10, 600.0
"""More alarms than this within so long are a flood."""


@dataclass(frozen=True)
class Incident:
    """Alarms that belong together; ``began`` [lab s] is when the first of them, ``first_out``, went out."""

    number: int
    began: float
    first_out: str
    alarms: int


class IncidentBook:
    """Groups alarms in the order they are raised. All times are lab seconds."""

    def __init__(self) -> None:
        self.current: Incident | None = None
        self._opened = float("-inf")
        self._raised: deque[float] = deque()
        self.flood = False

    def raised(self, parameter: str, since: float, time: float) -> Incident:
        """An alarm that is out since ``since`` was raised at ``time``; returns the incident it belongs to."""
        current = self.current
        if current is None or not 0.0 <= time - self._opened <= TOGETHER_S:
            number = current.number + 1 if current is not None else 1
            current, self._opened = Incident(number, since, parameter, 0), time
        first = (since, parameter) if since < current.began else (current.began, current.first_out)
        self.current = Incident(current.number, first[0], first[1], current.alarms + 1)
        self._raised.append(time)
        return self.current

    def flood_changed(self, time: float) -> bool:
        """Whether a flood began or ended by ``time``; :attr:`flood` tells which."""
        while self._raised and time - self._raised[0] > FLOOD_S:
            self._raised.popleft()
        flood = len(self._raised) > (FLOOD_ALARMS if not self.flood else FLOOD_ALARMS // 2)
        changed, self.flood = flood is not self.flood, flood
        return changed

    @property
    def raised_lately(self) -> int:
        """Number of alarms raised within the time a flood is counted over."""
        return len(self._raised)

    def memory(self) -> dict[str, Any]:
        """What must survive a restart, JSON-able."""
        current = self.current
        return {
            "current": [current.number, current.began, current.first_out, current.alarms] if current else None,
            "opened": self._opened if current else None,
            "raised": list(self._raised),
            "flood": self.flood,
        }

    def restore(self, memory: Mapping[str, Any]) -> None:
        """Take back what :meth:`memory` gave."""
        if memory["current"] is not None:
            self.current = Incident(*memory["current"])
            self._opened = float(memory["opened"])
        self._raised = deque(memory["raised"])
        self.flood = bool(memory["flood"])
