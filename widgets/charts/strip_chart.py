"""A strip chart of one HK parameter on a canvas of its own.

Every item is made once and moved afterwards: drawing again costs the same at any number of samples.
"""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable

import numpy as np

from eyegore.basics.quantities import number
from eyegore.widgets import keys
from eyegore.widgets.calls import ItemPool, ManyCalls
from eyegore.widgets.cells.flags import ChartCell, Status
from eyegore.widgets.charts.axes import (
    MOST_TICKS,
    TimeWindow,
    label_step,
    limits_text,
    round_values,
    stamp,
    ticks,
    value_range,
)
from eyegore.widgets.charts.curve import ChartSource, EnvelopeLike, SampleLike, Scale, clipped, segments, spans
from eyegore.widgets.charts.time_gestures import TimeGestures
from eyegore.widgets.charts.trend_mark import TrendMark
from eyegore.widgets.theme import Theme

MOST_VALUES = 5
LABEL_GAP = 4
"""Between the labels of the time axis, at least [pixel]."""


class StripChart(tk.Canvas):
    """Shows one :class:`ChartCell`; the time window is shared with other charts.

    ``on_window`` is called after a person zoomed or panned here, ``on_plot`` with the name when the detail
    plot is asked for. ``limits_in_view`` brings the limit lines into the range of values even if it
    flattens the curve. What is drawn has the tags "curve", "clipped", "invalid", "out", "limit", "beyond" (a limit
    out of the range), "limits", "name", "value", "sign", "time", "newest", "why" (nothing is drawn), "hair", "frame".
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        window: TimeWindow,
        on_window: Callable[[], object] = lambda: None,
        on_plot: Callable[[str], object] = lambda name: None,
    ) -> None:
        super().__init__(parent, width=1, height=1, highlightthickness=0, borderwidth=0, takefocus=True)
        self.theme = theme
        self.window = window
        self.source: ChartSource | None = None
        self.cell: ChartCell | None = None
        self.labelled = False
        self.limits_in_view = False
        self._on_window = on_window
        self._on_plot = on_plot
        self._drawn: object = None
        self._texts: dict[int, str] = {}
        self._calls = ManyCalls(self)
        self.shown: Scale | None = None
        self._curve: EnvelopeLike | None = None
        self.focused = False
        self._hovering = False
        self._below = False  # the value, in a second line
        self._make_items()
        self._bind_hands()
        self.paint()

    # --- from outside ------------------------------------------------------------------------------------------------

    def show(self, cell: ChartCell | None, source: ChartSource | None) -> None:
        """Show this parameter from now on; None leaves the place empty."""
        if cell != self.cell or source is not self.source:
            self.cell, self.source = cell, source
            self._drawn = None

    def refresh(self) -> bool:
        """Draw again if there is something new; tells whether it did."""
        state = (
            self.source.revision if self.source else 0,
            self.window.limits(*self.source.span) if self.source else None,
            self.winfo_width(),
            self.winfo_height(),
            self.labelled,
            self.limits_in_view,
        )
        if state == self._drawn:
            return False
        self._drawn = state
        self._draw()
        self._calls.run()
        return True

    @property
    def axis_height(self) -> int:
        """How much taller a chart with the labels of the time axis is [pixel]."""
        return self.theme.small_line + 1

    def paint(self) -> None:
        """Take the colours of the theme."""
        colour = self.theme.colour
        self.configure(background=colour("surface"))
        for item in self._grid:
            self.itemconfigure(item, fill=colour("line"))
        for item in (*self._time_texts, *self._value_texts, self._limits_text, self._nothing):
            self.itemconfigure(item, fill=colour("dim"))
        self.itemconfigure(self._name_text, fill=colour("text"))
        for item in self._limit_lines:
            self.itemconfigure(item, fill=colour("limit"), width=self.theme.pixels(1))
        for item in self._limit_tags:
            self.itemconfigure(item, fill=colour("limit"))
        self.itemconfigure(self._frame, outline=colour("accent"))
        self.itemconfigure(self._hair, fill=colour("dim"))
        self.itemconfigure(self._last, outline=colour("surface"))
        self._bands.paint(fill=colour("band"))
        self._lines.paint(fill=colour("curve"), width=self.theme.pixels(1))
        self._marks.paint(fill=colour("curve"))
        self.trend.paint()
        self._invalid.paint(fill=colour(Status.INVALID), width=self.theme.pixels(4))
        self._calls.run()
        self._drawn = None

    # --- items -------------------------------------------------------------------------------------------------------

    def _make_items(self) -> None:
        theme = self.theme
        self._grid = [self.create_line(0, 0, 0, 0) for _ in range(MOST_TICKS + MOST_VALUES)]
        self._limit_lines = [self.create_line(0, 0, 0, 0, dash=(5, 3), tags="limit") for _ in range(2)]
        small = theme.small
        self._limit_tags = [self.create_text(0, 0, font=small, anchor=anchor, tags="beyond") for anchor in ("se", "ne")]
        self._time_texts = [self.create_text(0, 0, font=small, anchor="n", tags="time") for _ in range(MOST_TICKS)]
        self._value_texts = [self.create_text(0, 0, font=small, anchor="e") for _ in range(MOST_VALUES)]
        self._glyph = self.create_text(0, 0, font=small, anchor="n", tags="sign")
        self._name_text = self.create_text(0, 0, font=theme.small_bold, anchor="nw", tags="name")
        self._value_text = self.create_text(0, 0, font=theme.small_bold, anchor="ne", tags="value")
        self._limits_text = self.create_text(0, 0, font=small, anchor="ne", tags="limits")
        self._nothing = self.create_text(0, 0, font=small, tags="why")
        self._hair = self.create_line(0, 0, 0, 0, state="hidden", tags="hair")
        self._last = self.create_oval(0, 0, 0, 0, tags="newest")
        self.trend = TrendMark(self, self._calls, theme)
        self._frame = self.create_rectangle(0, 0, 0, 0, width=1, state="hidden", tags="frame")
        self._bands = ItemPool(self._calls, self._new_band)
        self._lines = ItemPool(self._calls, self._new_line)
        self._marks = ItemPool(self._calls, lambda: self.create_polygon(0, 0, 0, 0, tags="clipped"))
        self._invalid = ItemPool(self._calls, lambda: self.create_line(0, 0, 0, 0, capstyle="butt", tags="invalid"))

    def _new_band(self) -> int:
        item = self.create_rectangle(0, 0, 0, 0, width=0, tags="out")
        self.tag_lower(item)
        return item

    def _new_line(self) -> int:
        item = self.create_line(0, 0, 0, 0, joinstyle="round", tags="curve")
        self.tag_lower(item, self._last)
        return item

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        cell, source = self.cell, self.source
        if cell is None or source is None:
            self._blank()
            self._write(self._name_text, "")
            self._write(self._glyph, "")
            return
        latest = source.latest(cell.name)
        self._draw_title(cell, latest)
        t0, t1 = self.window.limits(*source.span)
        if latest is None or math.isnan(t0):
            self._blank("no data yet")
            return
        left, right, top, bottom = self._plot_area()
        if right - left < 10 or bottom - top < 10:
            self._blank()
            return
        curve = self._curve = source.envelope(cell.name, t0, t1, right - left)
        inside = (curve.times >= t0) & (curve.times <= t1)
        bottom_value, top_value = 0.0, 1.0
        if inside.any():
            values = curve.low[inside], curve.high[inside]
            smallest = max(20 * 10.0**-cell.decimals if cell.decimals else 2.0, 1e-6 * float(np.abs(values[1]).max()))
            bottom_value, top_value = value_range(*values, (cell.low, cell.high), smallest, self.limits_in_view)
        scale = self.shown = Scale(t0, t1, bottom_value, top_value, left, right, top, bottom)
        self._write(self._nothing, "" if inside.any() else "no valid sample in this time")
        self._calls.move(self._nothing, (left + right) // 2, (top + bottom) // 2)
        self._draw_times(scale)
        self._draw_values(scale, bool(inside.any()))
        self._draw_limits(cell, scale, bool(inside.any()))
        self._draw_curve(cell, curve, scale, latest)
        self.trend.place(cell.trend, curve, scale, latest, (cell.low, cell.high))

    def _plot_area(self) -> tuple[int, int, int, int]:
        """Left, right, top, bottom of the plot [pixel]."""
        theme = self.theme
        gutter = theme.measure("−000.00", theme.small) + 6
        below = 4 + (self.axis_height if self.labelled else 0)
        top = 7 + theme.small_line * (1 + self._below)
        return gutter, self.winfo_width() - 6, top, self.winfo_height() - below

    def _draw_title(self, cell: ChartCell, latest: SampleLike | None) -> None:
        theme, right = self.theme, self.winfo_width() - 6
        self._write(self._glyph, theme.glyph(cell.status))
        self._calls.dress(self._glyph, fill=theme.colour(cell.status))
        indent = round(1.45 * theme.em)
        self._calls.move(self._glyph, indent // 2, 2)
        colour = theme.colour("text")
        if latest is None:
            value = ""
        elif math.isnan(latest.value):
            value, colour = f"{theme.glyph(Status.INVALID)} invalid", theme.colour(Status.INVALID)
        else:
            value = f"{cell.told(latest.value)} {cell.unit}".rstrip()
            if cell.status in (Status.WARNING, Status.CRITICAL):
                colour = theme.colour(cell.status)
        free = self._write_title(cell, value)
        self._calls.dress(self._value_text, fill=colour)
        limits = limits_text(cell.low, cell.high)
        self._write(self._limits_text, limits if free > theme.measure(limits, theme.small) + theme.em // 2 + 4 else "")
        self._calls.move(self._limits_text, right - theme.measure(value, theme.small_bold) - theme.em // 2, 2)

    def _write_title(self, cell: ChartCell, value: str) -> int:
        """Name and value side by side, or the value in a line of its own; gives the room left between them [pixel]."""
        theme = self.theme
        indent, right = round(1.45 * theme.em), self.winfo_width() - 6
        name = theme.fitted(cell.title or cell.name, right - indent, theme.small_bold)
        name_width, width = theme.measure_all((name, value), theme.small_bold)
        free = right - indent - name_width - width
        self._below = free < theme.em // 2
        self._write(self._name_text, name)
        self._calls.move(self._name_text, indent, 2)
        self._write(self._value_text, value)
        self._calls.move(self._value_text, right, 2 + self._below * theme.small_line)
        return free

    def _draw_times(self, scale: Scale) -> None:
        theme = self.theme
        seconds = scale.t1 - scale.t0 < 180.0
        width = theme.measure(stamp(scale.t0, seconds), theme.small)
        moments, step = ticks(scale.t0, scale.t1)
        told = label_step(step, (width + LABEL_GAP) / (scale.right - scale.left) * (scale.t1 - scale.t0))
        places = scale.x(np.array(moments)).astype(int).tolist()
        free_from = 0
        for at, (text, line) in enumerate(zip(self._time_texts, self._grid, strict=False)):
            if at >= len(moments):
                self._write(text, "")
                self._calls.move(line, -9, -9, -9, -9)
                continue
            self._calls.move(line, places[at], scale.top, places[at], scale.bottom)
            middle = min(max(places[at], width // 2 + 2), self.winfo_width() - width // 2 - 2)
            here = self.labelled and moments[at] % told == 0.0 and middle - width // 2 >= free_from
            self._write(text, stamp(moments[at], seconds) if here else "")
            if here:
                free_from = middle + width // 2 + LABEL_GAP
            self._calls.move(text, middle, scale.bottom + 3)

    def _draw_values(self, scale: Scale, known: bool) -> None:
        most = min(MOST_VALUES, (scale.bottom - scale.top) // (2 * self.theme.small_line))
        values, decimals = round_values(scale.bottom_value, scale.top_value, most) if known and most else ([], 0)
        places = scale.y(np.array(values, dtype=float)).astype(int).tolist()
        for at, (text, line) in enumerate(zip(self._value_texts, self._grid[MOST_TICKS:], strict=True)):
            if at >= len(values):
                self._write(text, "")
                self._calls.move(line, -9, -9, -9, -9)
                continue
            self._calls.move(line, scale.left, places[at], scale.right, places[at])
            self._write(text, number(values[at], decimals))
            self._calls.move(text, scale.left - 4, places[at])

    def _draw_limits(self, cell: ChartCell, scale: Scale, known: bool) -> None:
        """A line for each limit in the range; for one beyond it, a mark at the edge that tells where it is."""
        for line, tag, limit, below in zip(
            self._limit_lines, self._limit_tags, (cell.low, cell.high), (True, False), strict=True
        ):
            inside = scale.bottom_value <= limit <= scale.top_value
            shown = known and math.isfinite(limit)
            place = int(scale.y(np.array([limit]))[0]) if shown and inside else -9
            self._calls.move(line, scale.left, place, scale.right, place)
            beyond = limit < scale.bottom_value if below else limit > scale.top_value
            self._write(tag, ("▾" if below else "▴") if shown and beyond else "")
            self._calls.move(tag, scale.right + 5, scale.bottom + 3 if below else scale.top - 3)

    def _draw_curve(self, cell: ChartCell, curve: EnvelopeLike, scale: Scale, latest: SampleLike) -> None:
        left, right, top, bottom = scale.left, scale.right, scale.top, scale.bottom
        out = spans(scale.x(curve.times[curve.out]), left, right, join=4, least=3)
        self._bands.place([(low, top, high, bottom + 1) for low, high in out])
        self._lines.place(segments(curve, scale))
        apart, half = self.theme.pixels(8), self.theme.pixels(3)
        marks = [
            (x, top - half, x + half, top + half, x - half, top + half)
            if at_top
            else (x, bottom + half, x + half, bottom - half, x - half, bottom - half)
            for x, at_top in clipped(curve, scale, apart)
        ]
        self._marks.place(marks)
        invalid = spans(scale.x(curve.invalid), left, right, join=3, least=3)
        self._invalid.place([(low, bottom + 1, high, bottom + 1) for low, high in invalid])
        x, y = scale.x(np.array([latest.time]))[0], scale.y(np.array([latest.value]))[0]
        if math.isnan(y) or not left <= x <= right:
            self._calls.move(self._last, -9, -9, -9, -9)
            return
        y = min(max(y, top), bottom)
        status = cell.status if cell.status in (Status.WARNING, Status.CRITICAL) else None
        self._calls.dress(self._last, fill=self.theme.colour(status or "curve"))
        radius = max(3, self.theme.em // 5)
        self._calls.move(self._last, round(x) - radius, round(y) - radius, round(x) + radius, round(y) + radius)

    def _blank(self, why: str = "") -> None:
        """Hide the plot, keep the items."""
        self.shown = self._curve = None
        self.trend.hide()
        for pool in (self._bands, self._lines, self._marks, self._invalid):
            pool.place([])
        for item in (*self._grid, *self._limit_lines, self._last):
            self._calls.move(item, -9, -9, -9, -9)
        for item in (*self._time_texts, *self._value_texts, *self._limit_tags):
            self._write(item, "")
        if self.cell is None:
            self._write(self._value_text, "")
            self._write(self._limits_text, "")
        self._write(self._nothing, why)
        self._calls.move(self._nothing, self.winfo_width() // 2, self.winfo_height() // 2)

    def _write(self, item: int, text: str) -> None:
        """Change the text of an item, without a Tk call when it is the same."""
        if self._texts.get(item) != text:
            self._texts[item] = text
            self._calls.dress(item, text=text)

    # --- hands -------------------------------------------------------------------------------------------------------

    def _bind_hands(self) -> None:
        self.bind("<Configure>", lambda event: self._resized())
        self.bind("<<ThemeChanged>>", self._themed)
        self.bind("<Button-3>", lambda event: self._plot())
        self.bind("<Motion>", self._hover)
        self.bind("<Leave>", lambda event: self._unhover())
        self.bind("<FocusIn>", lambda event: self._focus(True))
        self.bind("<FocusOut>", lambda event: self._focus(False))
        keys.bind(self, "detail plot", self._plot)
        self._gestures = TimeGestures(self, self, self._on_window)

    def _themed(self, event: tk.Event[tk.Misc]) -> None:
        self.paint()
        self.refresh()

    def _resized(self) -> None:
        self.coords(self._frame, 0, 0, self.winfo_width() - 1, self.winfo_height() - 1)
        self.refresh()

    def _focus(self, focused: bool) -> None:
        self.focused = focused
        self.itemconfigure(self._frame, state="normal" if focused and self.cell else "hidden")

    def _plot(self) -> None:
        if self.cell is not None:
            self._on_plot(self.cell.name)

    def _hover(self, event: tk.Event[tk.Misc]) -> None:
        """Time and value under the pointer, in the place of the limits."""
        scale, curve, cell = self.shown, self._curve, self.cell
        if scale is None or curve is None or cell is None or not curve.times.size or event.x < scale.left:
            self._unhover()
            return
        at = int(np.argmin(np.abs(curve.times - scale.time(event.x))))
        x = round(float(scale.x(curve.times[at : at + 1])[0]))
        if abs(x - event.x) > self.theme.em:
            self._unhover()
            return
        self.coords(self._hair, x, scale.top, x, scale.bottom)
        self.itemconfigure(self._hair, state="normal")
        self._hovering = True
        low, high = cell.told(float(curve.low[at])), cell.told(float(curve.high[at]))
        value = low if low == high else f"{low} … {high}"
        self._write(self._limits_text, "")
        self._write_title(cell, f"{stamp(float(curve.times[at]), seconds=True)[7:]}  {value}")
        self._calls.run()

    def _unhover(self) -> None:
        if self._hovering:
            self._hovering = False
            self.itemconfigure(self._hair, state="hidden")
            if self.cell is not None and self.source is not None:
                self._draw_title(self.cell, self.source.latest(self.cell.name))
                self._calls.run()
