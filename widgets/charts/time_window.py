"""The stretch of time that the charts of a page share, and the ticks of its axis."""

from __future__ import annotations

import math
import time
from bisect import bisect_left

RANGES: tuple[tuple[str, float], ...] = (
    ("10 min", 600.0),
    ("1 h", 3600.0),
    ("6 h", 21_600.0),
    ("24 h", 86_400.0),
    ("all", math.inf),
)
SHORTEST_S = 10.0
MOST_TICKS = 6
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = 86_400.0
_STEPS = (1.0, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, _DAY)


class TimeWindow:
    """Live: the last ``span`` seconds, moving with the data. Held: what a person chose by zooming or panning.

    Never less than ``shortest`` is shown; ``widest`` may be, also when there are fewer data. What is not drawn against
    time has its own unit instead of the second.
    """

    def __init__(self, span: float = 3600.0, shortest: float = SHORTEST_S, widest: float = RANGES[0][1]) -> None:
        self.span = span
        self._shortest, self._widest = shortest, widest
        self._held: tuple[float, float] | None = None

    @property
    def live(self) -> bool:
        """Whether the window moves with the data."""
        return self._held is None

    def choose(self, span: float) -> None:
        """Show the last ``span`` seconds (inf: everything), live."""
        self.span, self._held = span, None

    def go_live(self) -> None:
        """Return to the newest data and the range last chosen."""
        self._held = None

    def limits(self, oldest: float, newest: float) -> tuple[float, float]:
        """First and last time shown [lab s], for data from ``oldest`` to ``newest``."""
        if self._held is not None:
            return self._held
        span = newest - oldest if math.isinf(self.span) else self.span
        return newest - max(span, self._shortest), newest

    def zoom(self, factor: float, at: float, oldest: float, newest: float) -> None:
        """Show ``factor`` times as much, with the time ``at`` staying where it is."""
        t0, t1 = self.limits(oldest, newest)
        longest = max(newest - oldest, self._widest) * 1.5
        factor = min(max(factor, self._shortest / (t1 - t0)), max(1.0, longest / (t1 - t0)))
        self._hold(at - (at - t0) * factor, at + (t1 - at) * factor, oldest, newest)

    def pan(self, seconds: float, oldest: float, newest: float) -> None:
        """Show what is ``seconds`` later, never further than the data."""
        t0, t1 = self.limits(oldest, newest)
        self._hold(t0 + seconds, t1 + seconds, oldest, newest)

    def show(self, t0: float, t1: float, oldest: float, newest: float) -> None:
        """Show what a person chose, never shorter than what can be told apart."""
        middle, half = (t0 + t1) / 2, max(t1 - t0, self._shortest) / 2
        self._hold(middle - half, middle + half, oldest, newest)

    def _hold(self, t0: float, t1: float, oldest: float, newest: float) -> None:
        span = t1 - t0
        start = min(max(t0, oldest - span / 2), newest - span / 2)
        self._held = start, start + span


def ticks(t0: float, t1: float, most: int = MOST_TICKS) -> tuple[list[float], float]:
    """At most ``most`` round times between two times, and their step [s]."""
    step = _step_above((t1 - t0) / most)
    first = math.ceil(t0 / step) * step
    count = int((t1 - first) // step) + 1
    return [first + step * number for number in range(count)][:most], step


def label_step(step: float, least: float) -> float:
    """The shortest round step that is a multiple of ``step`` and at least ``least`` [s]."""
    longer = [one for one in _STEPS if one >= least and one % step == 0.0]
    return longer[0] if longer else step * math.ceil(least / step)


def _step_above(least: float) -> float:
    at = bisect_left(_STEPS, least)
    return _STEPS[at] if at < len(_STEPS) else _DAY * math.ceil(least / _DAY)


def stamp(moment: float, seconds: bool = False) -> str:
    """A time [lab s] as ``dd/Mmm HH:MM`` (English months in every locale), with seconds where they matter."""
    parts = time.gmtime(moment)
    text = f"{parts.tm_mday:02d}/{_MONTHS[parts.tm_mon - 1]} {parts.tm_hour:02d}:{parts.tm_min:02d}"
    return f"{text}:{parts.tm_sec:02d}" if seconds else text
