"""Who is on duty."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Duty:
    """Who is told now: names of people, "" for nobody. ``until`` [unix s] is when this may change, inf for never."""

    primary: str
    backup: str
    until: float
