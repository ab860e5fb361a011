"""How the copies of a session stand; frozen. Part of :mod:`eyegore.messages`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    """What a copy is for."""

    BACKUP = "backup"
    """So that nothing is lost (``-r``)."""
    BROADCAST = "broadcast"
    """So that people outside can read it (``-B``)."""


@dataclass(frozen=True)
class SyncState:
    """What one pass found: ``complete`` files in the folder, ``verified`` of them on the ``target``.

    ``problem`` says what is wrong, "" when nothing is; ``urgent`` that it does not go away by waiting. ``lag_s`` is how
    long the oldest file has been waiting [s], ``received`` when the pass ended [unix s].
    """

    target: str
    role: Role
    complete: int
    verified: int
    lag_s: float
    received: float
    problem: str = ""
    urgent: bool = False
