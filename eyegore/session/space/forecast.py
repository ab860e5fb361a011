"""When a volume will be full, from its free space over the last hours."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from eyegore.basics.quantities import bytes_text
from eyegore.series.trend import Forecast, TrendWindow, clock_minute

WINDOW_S = 7200.0
HORIZON_S = 72 * 3600.0
POINTS = 60
_FREE = "free"


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
        if math.isnan(self.free):
            return f"{self.name}: {self.problem or 'free space unknown'}"
        if self.full is None:
            return f"{self.name}: {bytes_text(self.free)} free"
        clock = clock_minute(self.full.at)
        days = int(self.full.at // 86400 - self.time // 86400)
        if days:
            clock += " tomorrow" if days == 1 else f" in {days} days"
        return f"{self.name} full at {clock} ({_span(self.full.minutes)}), {bytes_text(self.free)} free"


class SpaceForecast:
    """Follows the free space of one volume, ``name`` for people ("data volume").

    Files that are deleted, or many written at once, are steps and no trend: the forecast then comes from what follows.
    """

    def __init__(self, name: str, window_s: float = WINDOW_S, horizon_s: float = HORIZON_S) -> None:
        self.name = name
        self._trend = TrendWindow((_FREE,), window_s, POINTS, gap_s=window_s / 2, horizon_s=horizon_s)

    def foretell(self, time: float, free: float, problem: str = "") -> SpaceState:
        """Add the free space [byte] at ``time`` [lab s], NaN with a ``problem`` when the volume does not answer."""
        self._trend.add(np.array([time]), np.array([[free]]))
        known = not math.isnan(free)
        full = self._trend.time_to_limit(_FREE, 0.0, math.nan, time) if known else None
        return SpaceState(self.name, time, free, problem, full)


def _span(minutes: float) -> str:
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
