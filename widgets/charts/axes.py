"""The axes of charts: the stretch of time that is shown, or of ObsIDs, and the range of values, with their ticks."""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from eyegore.basics.quantities import short

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


SECONDS_BELOW_S = 600.0
"""Stretches of time shorter than this have seconds at their ticks."""


@dataclass(frozen=True)
class Abscissa:
    """How places along the axis are chosen, told and read; a place is a lab time [s] or an ObsID.

    ``title`` stands beside the ticks, "" where they tell what they are. ``ranges`` are offered as the newest so many,
    ``shortest`` is the least that is shown. Between places there is at least ``step``, 0 where there is no least. A
    sample further than ``near`` from the cursor is not the value there.
    """

    name: str
    title: str
    ranges: tuple[tuple[str, float], ...]
    shortest: float
    step: float
    near: float
    ticks: Callable[[float, float, int], list[float]]
    tick_text: Callable[[float, float], str]
    """Words at a tick, for a place and the whole stretch shown."""
    words: Callable[[float], str]
    """Words for a place, where it stands alone."""
    nothing: str

    def window(self) -> TimeWindow:
        """A window on all there is, that follows what comes."""
        return TimeWindow(math.inf, self.shortest, self.ranges[0][1])


def whole_ticks(first: float, last: float, most: int) -> list[float]:
    """At most ``most`` round whole numbers between two places."""
    step = 1
    while math.floor(last / step) - math.ceil(first / step) + 1 > max(1, most):
        step = step * 5 // 2 if str(step).startswith("2") else step * 2  # 1, 2, 5, 10, 20, 50 ...
    return [float(step * count) for count in range(math.ceil(first / step), math.floor(last / step) + 1)]


CLOCK = Abscissa(
    name="time",
    title="",
    ranges=RANGES,
    shortest=SHORTEST_S,
    step=0.0,
    near=60.0,
    ticks=lambda first, last, most: ticks(first, last, most)[0],
    tick_text=lambda moment, span: stamp(moment, span < SECONDS_BELOW_S),
    words=partial(stamp, seconds=True),
    nothing="no valid sample in this time",
)
OBSIDS = Abscissa(
    name="ObsID",
    title="ObsID",
    ranges=(("20", 20.0), ("100", 100.0), ("500", 500.0), ("all", math.inf)),
    shortest=5.0,
    step=1.0,
    near=0.5,
    ticks=whole_ticks,
    tick_text=lambda obsid, _span: f"{obsid:.0f}",
    words=lambda obsid: f"ObsID {obsid:.0f}",
    nothing="no value of these ObsIDs",
)


SPREAD = 1.0
"""Samples up to this many robust spans outside the robust range are still shown whole; those beyond are clipped."""
LIMIT_SHARE = 1 / 12
"""A limit is brought into view when the curve keeps at least this share of the height."""


def value_range(
    low: npt.NDArray[np.float64],
    high: npt.NDArray[np.float64],
    limits: Sequence[float],
    smallest: float,
    always_limits: bool = False,
) -> tuple[float, float]:
    """Range of values to show for the lows and highs of the bins, so that one spike does not flatten the curve.

    The newest bin is always inside. ``limits`` (infinite for none) are brought in when the curve stays readable, or
    always. ``smallest`` is the least span worth showing: the resolution of the readings times a few.
    """
    bottom, top = _robust(low, high)
    bottom, top = min(bottom, float(low[-1])), max(top, float(high[-1]))
    span = max(top - bottom, smallest)
    middle = (bottom + top) / 2
    bottom, top = min(bottom, middle - span / 2), max(top, middle + span / 2)
    wanted = [limit for limit in limits if math.isfinite(limit)]
    for limit in sorted(wanted, key=lambda one: max(bottom - one, one - top)):
        wider = min(bottom, limit), max(top, limit)
        if always_limits or span >= LIMIT_SHARE * (wider[1] - wider[0]):
            bottom, top = wider
    margin = 0.08 * (top - bottom)
    return bottom - margin, top + margin


def _robust(low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Percentiles 2 and 98, or the extremes where they lie close to these."""
    bottom, top = float(low.min()), float(high.max())
    if low.size < 8:
        return bottom, top
    inner = float(np.percentile(low, 2, method="higher")), float(np.percentile(high, 98, method="lower"))
    if inner[0] >= inner[1]:
        return bottom, top
    reach = SPREAD * (inner[1] - inner[0])
    return (
        bottom if bottom >= inner[0] - reach else inner[0],
        top if top <= inner[1] + reach else inner[1],
    )


def round_values(bottom: float, top: float, most: int) -> tuple[list[float], int]:
    """At most ``most`` round numbers in a range, and the decimals they need."""
    magnitude = 10.0 ** math.floor(math.log10((top - bottom) / max(1, most)))
    steps = (magnitude * factor for factor in (1, 2, 2.5, 5, 10, 20, 50, 100))
    step = next(step for step in steps if math.floor(top / step) - math.ceil(bottom / step) < max(1, most))
    numbers = [step * count for count in range(math.ceil(bottom / step), math.floor(top / step) + 1)]
    decimals = next((d for d in range(9) if math.isclose(round(step, d), step, rel_tol=1e-6)), 9)
    return numbers, decimals


def limits_text(low: float, high: float) -> str:
    """Limits for a title: ``−133 … −107``, ``≤ 5``, ``≥ 3`` or nothing."""
    if not math.isfinite(low):
        return f"≤ {short(high)}" if math.isfinite(high) else ""
    return f"≥ {short(low)}" if not math.isfinite(high) else f"{short(low)} … {short(high)}"
