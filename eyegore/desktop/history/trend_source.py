"""The trends of the images of a session, as their window asks for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from eyegore.alarms.spans import AlarmSpans
from eyegore.widgets.cells.flags import ChartCell
from eyegore.widgets.charts.axes import CLOCK, OBSIDS

if TYPE_CHECKING:
    from eyegore.images.trends import ImageHistory, ImageTrends
    from eyegore.messages.events import Health

RENEW_S = 1.0
"""Shortest time between two looks at what came [s]."""
AXES = {one.name: one for one in (CLOCK, OBSIDS)}
"""What the trends can be drawn against."""
_UNITS = {"offset": "ADU offset", "std": "ADU noise", "fluence": "ADU fluence"}
"""Panels are made by unit: offsets of thousands and noise of one do not go on one axis."""
_WORDS = {
    "offset_pre": "median of the prescan",
    "offset_img": "median of the image section",
    "offset_ove": "median of the overscan",
    "std_pre": "read noise, standard deviation of the prescan",
    "std_ove": "read noise, standard deviation of the overscan",
    "fluence": "signal of the image section",
}


class ImageTrendSource:
    """What a history window asks of a session, answered from its images.

    ``test`` is the one chosen, "" for all; ``numbered`` tells that the images lie at their ObsIDs, not at their times.
    """

    def __init__(self, trends: ImageTrends, health: Callable[[], Health | None]) -> None:
        self._trends, self._health = trends, health
        self.alarm_spans = AlarmSpans()
        self.test, self.numbered = "", False
        self._made: ImageHistory | None = None
        self._made_for, self._made_at = ("", False), 0.0

    @property
    def history(self) -> ImageHistory | None:
        """The values of the images chosen; made anew at most once a second, however many come."""
        now, wanted = time.monotonic(), (self.test, self.numbered)
        if self._made is None or self._made_for != wanted or now - self._made_at >= RENEW_S:
            found = self._trends.history(self.test)
            if self._made is None or self._made_for != wanted or self._made.revision != found.revision:
                self._made = found.by_obsid() if self.numbered else found
            self._made_for, self._made_at = wanted, now
        return self._made

    @property
    def health(self) -> Health | None:
        """What was said last of the session."""
        return self._health()

    @property
    def tests(self) -> list[str]:
        """The tests there are images of."""
        return self._trends.tests

    def chart_cell(self, name: str) -> ChartCell:
        """Title, unit and limits of one column; limits where all images chosen have the same."""
        metric = name.split()[-1]
        low, high = self._trends.limits(name, self.test)
        return ChartCell(
            name, name, _UNITS[metric.split("_")[0]], _WORDS[metric], low, high, decimals=2 if "std" in metric else 1
        )
