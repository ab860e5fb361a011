"""What the monitor and the warnings tell each other; a session without warnings imports no more of them than this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from eyegore.journal.delivery import Delivery
from eyegore.messages.events import Event, FlagCommand, WarningPath
from eyegore.warning.channels.start_check import Checked
from eyegore.warning.replies.reply import Replies
from eyegore.warning.settings.model import SettingsRead

WARNING_THREADS = "warnings by "
"""How the names of the threads of the dispatcher begin."""


@dataclass(frozen=True)
class Due:
    """What was held back for a moment is to be told now."""


News = Delivery | Replies | Due | SettingsRead | Checked


@dataclass
class Orders:
    """What is to be done: ``deliveries`` to send, ``commands`` for the alarms, ``events`` for the journal and all who
    listen, ``paths`` about channels for the monitor; ``answered`` tells by code who took care of all it stands for,
    ``unwanted`` by key why a delivery need not go out any more, ``over`` since when [unix s] alarms are over, None: as
    before."""

    deliveries: list[Delivery] = field(default_factory=list)
    commands: list[FlagCommand] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    paths: list[WarningPath] = field(default_factory=list)
    answered: dict[str, str] = field(default_factory=dict)
    unwanted: dict[str, str] = field(default_factory=dict)
    over: Mapping[str, float] | None = None

    def add(self, other: Orders) -> None:
        """Do the other as well."""
        self.deliveries += other.deliveries
        self.commands += other.commands
        self.events += other.events
        self.paths += other.paths
        self.answered |= other.answered
        self.unwanted |= other.unwanted
        self.over = self.over if other.over is None else other.over
