"""Where each parameter is heading, and when it gets to its limit if it goes on like that.

A forecast is given only of what a straight line through the last minutes tells for certain; noise, a step and a
parameter that turns give none. The line is drawn through the whole window where that is straight, else through its
newest half or quarter, so that a drift that has just begun is seen within minutes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from eyegore.limits.model import Verdict, quantity
from eyegore.messages.events import FloatArray
from eyegore.series.theil_sen import Lines, TrendBins, theil_sen

WINDOW_S = 1800.0
MOST_POINTS = 60
GAP_S = 600.0
"""A gap or a jump of the clock of so long starts the window anew [s]: HK of one long exposure apart is no gap."""
HORIZON_S = 12 * 3600.0
"""No forecast looks further ahead [s]."""
LEAST_POINTS = 8
"""Fewer points tell no trend: 4 min of the usual window."""
SHARES = (1.0, 0.5, 0.25)
"""Newest parts of the window a line is tried through; the longest straight one counts."""
STRAIGHT = 0.125
"""A line is straight when no larger share of its points lies beside it: fewer are glitches."""
CHANGE = 4.0
"""A trend changes the parameter by at least so many times the scatter about the line, from end to end."""
PAST = 3.0
"""So many times the scatter beyond a limit it has been passed: no forecast any more."""


@dataclass(frozen=True)
class Slope:
    """How a parameter changes.

    ``per_minute`` [unit/min] with its 95 % interval ``low`` .. ``high``; ``now`` is the value of the line at ``time``
    [lab s], that of the newest sample; ``noise`` the scatter about the line. ``samples`` points (bins) were used, over
    ``span_s`` [s]. ``significant`` tells a trend from noise. ``astray`` is how far beside the line the newest points
    lie: far when a drift has just begun.
    """

    per_minute: float
    low: float
    high: float
    now: float
    time: float
    samples: int
    span_s: float
    noise: float
    significant: bool
    astray: float = 0.0


@dataclass(frozen=True)
class Forecast:
    """When a parameter gets to a limit. ``at`` is lab seconds; ``minutes`` counts from the ``now`` it was made for.

    ``minutes_error`` is half the 95 % interval of ``minutes``, if the trend stays what it is. ``side`` is LOW or HIGH.
    """

    limit: float
    at: float
    minutes: float
    minutes_error: float
    side: Verdict
    slope: Slope

    def text(self, unit: str = "") -> str:
        """``reaches −133 °C at 03:41 (25 ± 4 min)``; ``unit`` as in the limit tables."""
        duration = duration_text(self.minutes, self.minutes_error)
        return f"reaches {quantity(self.limit, unit)} at {clock_minute(self.at)} ({duration})"


class TrendWindow:
    """The last ``window_s`` [s] of all parameters, in at most ``most`` points each.

    Give it each row once, in the order recorded (no preview, no rows older than those given). The lines are worked out
    for all parameters that are asked for together, once after a bin of ``window_s / most`` is complete.
    """

    def __init__(
        self,
        columns: Sequence[str],
        window_s: float = WINDOW_S,
        most: int = MOST_POINTS,
        gap_s: float = GAP_S,
        horizon_s: float = HORIZON_S,
    ) -> None:
        self.columns = tuple(columns)
        self.window_s = window_s
        self._places = {column: place for place, column in enumerate(self.columns)}
        self._gap_s = gap_s
        self._horizon_s = horizon_s
        self._bins = TrendBins(len(self.columns), window_s, window_s / most, gap_s)
        self._slopes: dict[int, Slope | None] = {}
        self._worked_out = 0
        self._together: list[int] = list(range(len(self.columns)))

    @property
    def newest(self) -> float:
        """Time of the newest row taken [lab s], NaN before the first."""
        return self._bins.newest

    def add(self, times: FloatArray, values: FloatArray, verdicts: npt.NDArray[np.uint8] | None = None) -> None:
        """Add rows: ``times`` (n,) [lab s], ``values`` (n, columns) and their verdicts.

        NaN, INVALID and STALE values are left out. In how many portions rows come does not matter.
        """
        self._bins.add(times, values, verdicts)

    def slope(self, column: str) -> Slope | None:
        """How a parameter changes; None when unknown or with too few samples to tell."""
        place = self._places.get(column)
        if place is None:
            return None
        if self._worked_out != self._bins.closed:
            self._worked_out, self._slopes = self._bins.closed, {}
        if place not in self._slopes:
            self._slopes |= self._slopes_of(self._together if place in self._together else [place])
        return self._slopes[place]

    def ask_together(self, columns: Iterable[str]) -> None:
        """The slopes of these are asked for again and again, the others now and then: from now on."""
        self._together = [self._places[column] for column in columns]

    def time_to_limit(self, column: str, low: float, high: float, now: float) -> Forecast | None:
        """When a parameter leaves ``low`` .. ``high`` (infinite or NaN where there is no limit), seen from ``now``.

        None without a trend, when it leads to no limit within the horizon, when the limit is passed, and when there are
        no data as new as the longest gap.
        """
        slope = self.slope(column)
        if slope is None or not slope.significant or not -self._gap_s <= now - slope.time <= self._gap_s:
            return None
        side, limit = (Verdict.LOW, low) if slope.per_minute < 0 else (Verdict.HIGH, high)
        if not math.isfinite(limit):
            return None
        way = limit - slope.now
        if way * slope.per_minute < 0 and abs(way) > PAST * slope.noise:
            return None
        now = float(now)
        at = slope.time + 60 * max(0.0, way / slope.per_minute)
        minutes = max(0.0, (at - now) / 60)
        if 60 * minutes > self._horizon_s:
            return None
        return Forecast(limit, max(at, now), minutes, _error(slope, limit), side, slope)

    def _slopes_of(self, places: Sequence[int]) -> dict[int, Slope | None]:
        slopes: dict[int, Slope | None] = dict.fromkeys(places)
        times, values = self._bins.points()
        if len(times) < LEAST_POINTS:
            return slopes
        newest = float(times[-1])
        minutes = (times - newest) / 60
        undecided = np.array(places, np.intp)
        for share in SHARES:  # the longest straight piece, else the shortest
            part = minutes >= -share * self.window_s / 60
            if part.sum() < LEAST_POINTS or not len(undecided):
                break
            if share < 1 and part.all():
                continue
            lines = theil_sen(minutes[part], values[part][:, undecided])
            enough = lines.points >= LEAST_POINTS
            for place, column in enumerate(undecided):
                if enough[place]:
                    slopes[int(column)] = _slope(lines, place, newest)
            undecided = undecided[enough & (lines.beside > STRAIGHT)]
        return slopes


def _slope(lines: Lines, place: int, origin: float) -> Slope:
    """One line of ``lines``, whose times are minutes from ``origin`` [lab s]."""
    slope, last = float(lines.slope[place]), float(lines.last[place])
    span = float(lines.span[place])
    scatter = max(float(lines.scatter[place]), float(lines.rounding[place]) / math.sqrt(12))
    return Slope(
        per_minute=slope,
        low=float(lines.low[place]),
        high=float(lines.high[place]),
        now=float(lines.level[place]) + slope * (last - float(lines.pivot[place])),
        time=origin + 60 * last,
        samples=int(lines.points[place]),
        span_s=60 * span,
        noise=scatter,
        significant=bool(lines.certain[place]) and abs(slope) * span > CHANGE * scatter,
        astray=float(lines.astray[place]),
    )


def _error(slope: Slope, limit: float) -> float:
    """Half the 95 % interval of the minutes to ``limit``: lines of the steepest and flattest slope through the middle.

    The level in the middle is the median of ``samples`` values, 1.25 times less certain than a mean.
    """
    middle = slope.now - slope.per_minute * slope.span_s / 120
    soon, late = (limit - middle) / slope.low, (limit - middle) / slope.high
    level = 1.96 * 1.25 * slope.noise / math.sqrt(slope.samples)
    return math.hypot((late - soon) / 2, level / slope.per_minute, slope.astray / slope.per_minute)


def clock_minute(time: float) -> str:
    """Hour and minute of a lab time [lab s], ``03:41``."""
    return datetime.fromtimestamp(time, UTC).strftime("%H:%M")


def duration_text(minutes: float, error: float) -> str:
    """``25 ± 4 min``, from two hours on ``3.1 ± 0.4 h``."""
    if minutes < 120:
        return f"{minutes:.0f} ± {math.ceil(error):d} min"
    return f"{minutes / 60:.1f} ± {max(error / 60, 0.1):.1f} h"
