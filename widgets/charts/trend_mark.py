"""Where the curve of a strip chart is heading: the limit and the time in words, and a sign that points there."""

from __future__ import annotations

import math
import tkinter as tk

import numpy as np

from eyegore.widgets.calls import ManyCalls
from eyegore.widgets.cells.flags import Status, TrendCell
from eyegore.widgets.charts.curve import EnvelopeLike, SampleLike, Scale, emptiest_corner
from eyegore.widgets.theme import Theme

LEAST_LINE = 8
"""A line shorter than that [pixel] tells nothing: the arrow does."""
MOST_OF_WIDTH = 0.6
"""The longer text is for a plot of which it covers no larger share."""
_AWAY = -9


class TrendMark:
    """Items with tags of their own on the canvas of one chart, made once; ``calls`` are those of the canvas.

    The words are quiet while the limit is further away than the stretch of time shown. Nearer, they have the colour of
    a warning, and a dotted line leads from the newest sample to the limit as far as the plot shows the future; where it
    shows none, an arrow at the newest sample points to the side of the limit.
    """

    def __init__(self, canvas: tk.Canvas, calls: ManyCalls, theme: Theme) -> None:
        self._canvas, self._calls, self._theme = canvas, calls, theme
        self._line = canvas.create_line(_AWAY, _AWAY, _AWAY, _AWAY, dash=(2, 3), tags="trend-line")
        self._arrow = canvas.create_polygon(_AWAY, _AWAY, _AWAY, _AWAY, _AWAY, _AWAY, tags="trend-arrow")
        self._text = canvas.create_text(_AWAY, _AWAY, font=theme.small, tags="trend-words")
        self._corner: tuple[bool, bool] | None = None
        self._hidden = True

    def paint(self) -> None:
        """Take the colours of the theme; the words get theirs when they are placed."""
        self._calls.dress(self._line, fill=self._warning, width=self._theme.pixels(2))
        self._calls.dress(self._arrow, fill=self._theme.colour(Status.WARNING))

    @property
    def _warning(self) -> str:
        """The colour of a warning, in a shade that thin strokes can be read in."""
        return self._theme.colour(Status.WARNING) if self._theme.dark else self._theme.deep(Status.WARNING)

    def hide(self) -> None:
        """Show nothing; costs nothing when nothing is shown."""
        if not self._hidden:
            self._hidden, self._corner = True, None
            self._calls.dress(self._text, text="")
            self._put(self._line)
            self._put(self._arrow)

    def place(
        self,
        trend: TrendCell | None,
        curve: EnvelopeLike,
        scale: Scale,
        latest: SampleLike,
        limits: tuple[float, float],
    ) -> None:
        """Show this trend on a plot of ``curve``; nothing while the newest sample is out of sight or no reading."""
        if trend is None or math.isnan(latest.value) or not scale.t0 <= latest.time <= scale.t1:
            self.hide()
            return
        self._hidden = False
        near = trend.at - latest.time <= scale.t1 - scale.t0
        falls = trend.limit < latest.value
        self._write(trend, near, curve, scale, [limit for limit in limits if math.isfinite(limit)], falls)
        line = _projection(trend, latest, scale) if near else []
        self._put(self._line, *line)
        self._put(self._arrow, *(self._head(latest, scale, falls) if near and not line else []))

    def _write(
        self, trend: TrendCell, near: bool, curve: EnvelopeLike, scale: Scale, limits: list[float], falls: bool
    ) -> None:
        theme = self._theme
        room = MOST_OF_WIDTH * (scale.right - scale.left)
        text = trend.more if trend.more and theme.measure(trend.more, theme.small) <= room else trend.text
        margin = theme.em // 2
        size = theme.measure(text, theme.small) + 2 * margin, theme.small_line + 2
        corners = [(True, falls), (False, not falls), (True, not falls), (False, falls)]
        if self._corner is not None:  # stays where it is as long as no other is better
            corners.insert(0, self._corner)
        right, top = self._corner = emptiest_corner(curve, scale, size, corners, limits)
        anchor = ("n" if top else "s") + ("e" if right else "w")
        self._calls.dress(self._text, text=text, anchor=anchor, fill=self._warning if near else theme.colour("dim"))
        x = scale.right - margin if right else scale.left + margin
        self._calls.move(self._text, x, scale.top + 1 if top else scale.bottom - 1)

    def _head(self, latest: SampleLike, scale: Scale, falls: bool) -> list[int]:
        """An arrow head beyond the newest sample, towards the limit and inside the plot."""
        theme = self._theme
        half, long = theme.pixels(4), theme.pixels(5)
        x, y = _place(latest.time, latest.value, scale)
        way = 1 if falls else -1
        tip = y + way * (max(3, theme.em // 5) + theme.pixels(2) + long)
        tip = min(max(tip, scale.top), scale.bottom)
        return [
            round(x - half),
            round(tip - way * long),
            round(x + half),
            round(tip - way * long),
            round(x),
            round(tip),
        ]

    def _put(self, item: int, *places: int) -> None:
        self._calls.move(item, *(places or (_AWAY,) * (4 if item == self._line else 6)))


def _projection(trend: TrendCell, latest: SampleLike, scale: Scale) -> list[int]:
    """From the newest sample towards the limit, up to the edge of the plot; nothing when that is too short."""
    x0, y0 = _place(latest.time, latest.value, scale)
    x1, y1 = _place(trend.at, trend.limit, scale)
    shares = [1.0]
    if x1 > scale.right:
        shares.append((scale.right - x0) / (x1 - x0))
    if not scale.top <= y1 <= scale.bottom and y1 != y0:
        shares.append(((scale.bottom if y1 > y0 else scale.top) - y0) / (y1 - y0))
    share = max(0.0, min(shares))
    x1, y1 = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
    if math.hypot(x1 - x0, y1 - y0) < LEAST_LINE:
        return []
    return [round(x0), round(y0), round(x1), round(y1)]


def _place(time: float, value: float, scale: Scale) -> tuple[float, float]:
    """On the canvas; a value beyond the plot is beyond it there too."""
    return float(scale.x(np.array([time]))[0]), float(scale.y(np.array([value]))[0])
