"""What the log view shows: one line."""

from __future__ import annotations

from dataclasses import dataclass

from eyegore.widgets.cells.flags import Status


@dataclass(frozen=True)
class LogCell:
    """One line of the log; ``level`` is a level of :mod:`logging`, ``status`` the sign in front (None: by level)."""

    time: str
    level: int
    text: str
    status: Status | None = None
