"""What quiet hours held back and is over when they end: told in one message then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from eyegore.messages.events import Alarm


class Missed(NamedTuple):
    """An alarm as it was when it was over, and how often it was out since somebody could be told."""

    alarm: Alarm
    times: int


@dataclass
class MissedAlarms:
    """``alarms`` by their names, the first that was over first."""

    alarms: dict[str, Missed] = field(default_factory=dict)

    def note(self, alarm: Alarm) -> None:
        """It is over, and nobody was told of it."""
        before = self.alarms.get(alarm.key)
        self.alarms[alarm.key] = Missed(alarm, 1 + (before.times if before is not None else 0))

    def forget(self, name: str) -> None:
        """Somebody knows of it, or is told in another way."""
        self.alarms.pop(name, None)
