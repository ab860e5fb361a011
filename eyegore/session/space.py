"""The free space of the volumes a session depends on: when each will be full, and the alarms of those that fill up.

Pure; time arrives as an argument.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.alarms.deadman import Condition, as_alarm
from eyegore.basics.quantities import bytes_text
from eyegore.limits.model import Severity
from eyegore.messages.copies import VolumeSpace
from eyegore.messages.events import Event, FreeSpace
from eyegore.series.trend import Forecast, TrendWindow, clock_minute

WINDOW_S = 7200.0
HORIZON_S = 72 * 3600.0
POINTS = 60
_FREE = "free"
_LEAST = {Severity.CRITICAL: (1.0, 2e9), Severity.WARNING: (6.0, 20e9)}
"""Hours before a volume is full, and free space [byte] of about 2 h and 20 h of images."""


@dataclass(frozen=True)
class SpaceState:
    """Free space [byte] of a volume at ``time`` [lab s]; NaN when it does not answer (``problem`` says why).

    ``full`` is the forecast, None when the volume does not fill up or nobody can tell.
    """

    name: str
    time: float
    free: float
    problem: str = ""
    full: Forecast | None = None

    @property
    def hours(self) -> float:
        """Hours until it is full, NaN where not foretold."""
        return self.full.minutes / 60 if self.full else math.nan

    @property
    def text(self) -> str:
        """``data volume full at 06:20 (3.1 h), 212 GB free``."""
        return f"{self.name}{' ' if self.full and not math.isnan(self.free) else ': '}{self.standing}"

    @property
    def standing(self) -> str:
        """The same of a volume that is named already."""
        if math.isnan(self.free):
            return self.problem or "free space unknown"
        if self.full is None:
            return f"{bytes_text(self.free)} free"
        clock = clock_minute(self.full.at)
        days = int(self.full.at // 86400 - self.time // 86400)
        if days:
            clock += " tomorrow" if days == 1 else f" in {days} days"
        return f"full at {clock} ({_span(self.full.minutes)}), {bytes_text(self.free)} free"


class SpaceForecast:
    """Follows the free space of one volume, ``name`` for people ("data volume").

    Files that are deleted, or many written at once, are steps and no trend: the forecast then comes from what follows.
    ``foretold``: what is told of it may come from a forecast, also one of before a restart.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self.foretold = True
        self._trend = TrendWindow((_FREE,), WINDOW_S, POINTS, gap_s=WINDOW_S / 2, horizon_s=HORIZON_S)

    def foretell(self, time: float, free: float, problem: str = "") -> SpaceState:
        """Add the free space [byte] at ``time`` [lab s], NaN with a ``problem`` when the volume does not answer."""
        self._trend.add(np.array([time]), np.array([[free]]))
        known = not math.isnan(free)
        full = self._trend.time_to_limit(_FREE, 0.0, math.nan, time) if known else None
        return SpaceState(self._name, time, free, problem, full)

    @property
    def tells(self) -> bool:
        """Whether there is a trend, be it that the volume does not fill up."""
        return self._trend.slope(_FREE) is not None


def condition(state: SpaceState, before: Severity, now: float, *, known: bool = True) -> Condition:
    """What is to be told of a volume at ``now`` [unix s], when ``before`` was told of it until then.

    A volume that does not answer is a WARNING, or what it was before if that is worse. One that is about to be full is
    so until there is a tenth more time or space than raised it, and that is ``known``.
    """
    name, severity = state.name.upper(), _severity(state, before)
    if severity:
        return Condition(name, True, now, state.standing, severity)
    return Condition(name, known=known)


def _severity(state: SpaceState, before: Severity) -> Severity:
    if math.isnan(state.free):
        return max(Severity.WARNING, before)
    for severity, (least_hours, least_bytes) in _LEAST.items():
        slack = 1.1 if before >= severity else 1.0
        if state.hours < slack * least_hours or state.free < slack * least_bytes:
            return severity
    return Severity.NONE


class SessionSpace:
    """Fed with every answer of a volume; tells an alarm when it is about to be full or does not answer."""

    def __init__(self) -> None:
        self._volumes: dict[str, SpaceForecast] = {}

    def raise_for(
        self, answer: FreeSpace, lab: Callable[[float], float], board: AlarmBoard, frame: EntryContext
    ) -> list[Event]:
        """The alarm of what a volume answered; ``lab`` gives the lab seconds of a unix time."""
        forecast = self._volumes.setdefault(answer.name, SpaceForecast(answer.name))
        state = forecast.foretell(lab(frame.now), answer.free, answer.problem)
        told = VolumeSpace(answer.name, state.free, state.text, state.hours)
        alarm = board.timer_of(answer.name.upper())
        before = alarm.severity if alarm is not None and alarm.active else Severity.NONE
        one = condition(state, before, frame.now, known=forecast.tells or not forecast.foretold)
        if one.active and not before:
            forecast.foretold = not math.isnan(state.hours)
        return [told, *as_alarm(board, one, lab, frame)]


def _span(minutes: float) -> str:
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
