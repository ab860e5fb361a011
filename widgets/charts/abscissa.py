"""What the curves of a history are drawn against: time, or the numbers of exposures."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from eyegore.widgets.charts.time_window import RANGES, SHORTEST_S, TimeWindow, stamp, ticks

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
