"""A window with the history of some parameters: zoomed, read at a cursor, alarms marked, exported."""

from __future__ import annotations

import math
import time
import tkinter as tk
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from tkinter import ttk
from typing import Protocol

from eyegore.alarms.spans import AlarmSpan, AlarmSpans
from eyegore.desktop.history.content import (
    MOST_PARAMETERS,
    curve_colours,
    picture_of,
    sample_at,
    status_of_span,
    titled,
    value_words,
)
from eyegore.desktop.history.export import Table, moment_text, table_of
from eyegore.desktop.history.painter import HistoryPainter, Painted
from eyegore.desktop.history.picture import Picture, Sheet
from eyegore.desktop.history.saver import HistorySaver
from eyegore.messages.events import Health
from eyegore.series.history import HkHistory
from eyegore.widgets import keys
from eyegore.widgets.calls import Later
from eyegore.widgets.cells.flags import ChartCell, Status
from eyegore.widgets.charts.axes import CLOCK, Abscissa, limits_text
from eyegore.widgets.charts.curve import Scale
from eyegore.widgets.charts.parameter_picker import ParameterPicker
from eyegore.widgets.charts.picture_view import PictureView
from eyegore.widgets.charts.readout_bar import Readout, ReadoutBar
from eyegore.widgets.charts.time_gestures import RangeButtons
from eyegore.widgets.theme import SMALL_POINTS, Theme

REDRAW_S = 1.0
"""Shortest time between two pictures that only new samples ask for."""
NOTHING = "no parameter chosen: type a part of its name above"
_COLOURS = ("surface", "background", "text", "dim", "line", "limit", "band")


class HistorySource(Protocol):
    """The session whose history is shown."""

    alarm_spans: AlarmSpans

    @property
    def history(self) -> HkHistory | None:
        """Its samples; None before their columns are known."""

    @property
    def health(self) -> Health | None:
        """What was said last of the session, and the folder that is monitored now."""

    def chart_cell(self, name: str) -> ChartCell:
        """Title, unit and limits of one parameter."""


class HistoryWindow(tk.Toplevel):
    """Up to eight parameters against time, one panel for each unit.

    ``post`` runs something on the Tk thread; callable from any thread.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        source: HistorySource,
        painter: HistoryPainter,
        post: Callable[[Callable[[], object]], object],
        folder: str,
        names: Sequence[str] = (),
    ) -> None:
        super().__init__(parent, background=theme.colour("background"))
        self._theme, self._source, self._painter, self._post, self._folder = theme, source, painter, post, folder
        self.names: list[str] = []
        self.cells: list[ChartCell] = []
        self._slots: dict[str, int] = {}
        self.abscissa: Abscissa = CLOCK
        self.time = CLOCK.window()
        self.picture: Picture | None = None
        self._key = str(self)
        self._asked_at = 0.0
        self._drawn: object = None
        self._busy = self._again = False
        self._offered: tuple[str, ...] = ()
        self._later = Later(self)
        self.minsize(32 * theme.em, 20 * theme.em)
        self._make_bar()
        self.readouts = ReadoutBar(self, theme, self.remove)
        self.readouts.pack(fill="x", padx=theme.em // 2)
        self.saver = HistorySaver(self, theme, folder, self._monitored, post)
        self.saver.pack(side="bottom", fill="x")
        self.view = PictureView(self, theme, self.time, self._scale, self.draw_soon, lambda _time: self._read_out())
        self.view.pack(fill="both", expand=True)
        self._bind_keys()
        for name in names:
            self.add(name)
        self._say_title()
        self.refresh()
        if self.names:
            self.view.focus_force()  # a person asked for this window
        else:
            self._later.when_idle("start", self.picker.start)

    # --- parameters --------------------------------------------------------------------------------------------------

    def add(self, name: str) -> None:
        """Show one more parameter."""
        if name in self.names:
            self.saver.say(f"{name} is shown already")
            return
        if len(self.names) >= MOST_PARAMETERS:
            self.saver.say(f"{MOST_PARAMETERS} parameters are shown: remove one first", Status.WARNING)
            return
        self.names.append(name)
        self._slots[name] = min(set(range(MOST_PARAMETERS)) - set(self._slots.values()))
        self._renew()

    def remove(self, name: str | None = None) -> None:
        """Show one less: this, or the chosen one, or the last."""
        wanted = name or self.readouts.chosen() or (self.names[-1] if self.names else "")
        if wanted in self.names:
            self.names.remove(wanted)
            del self._slots[wanted]
            self._renew()
            self.view.focus_set()

    def _renew(self) -> None:
        self.cells = [self._source.chart_cell(name) for name in self.names]
        self._say_title()
        self._read_out()
        self.draw_soon()

    def _say_title(self) -> None:
        what = ", ".join(self.names) or "no parameter"
        self.title(f"{what} — History — Eyegore")
        if len(self.cells) == 1:
            (cell,) = self.cells
            limits = limits_text(cell.low, cell.high)
            parts = (cell.description, f"limits {limits} {cell.unit}".rstrip() if limits else "")
            self.saver.say(" · ".join(part for part in parts if part))
        else:
            self.saver.say("")

    # --- drawing -----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Draw what is new, at most once a second; a stretch of time that is held changes only with its alarms."""
        history = self._source.history
        if history is None or time.monotonic() - self._asked_at < REDRAW_S:
            return
        self.view.source = history
        if history.columns != self._offered:
            self._offered = history.columns
            self.picker.offer([self._source.chart_cell(name) for name in history.columns])
            self.cells = [self._source.chart_cell(name) for name in self.names]
        state = (history.revision, self._source.alarm_spans.revision)
        if state != self._drawn:
            self.draw_soon()
            self._read_out()

    def draw_soon(self) -> None:
        """Draw when nothing else is to be done."""
        self._later.when_idle("draw", self._draw)

    def _draw(self) -> None:
        """Ask for a picture of the time shown, one at a time: what comes meanwhile is drawn next."""
        self.ranges.say(self.time)
        history = self._source.history
        if self._busy:
            self._again = True
            return
        if history is None or self.view.winfo_width() < 50:
            return
        self._drawn, self._asked_at = (history.revision, self._source.alarm_spans.revision), time.monotonic()
        self.view.source = history
        t0, t1 = self.time.limits(*history.span)
        sheet = self._sheet()
        colours = {name: self._theme.colour(name) for name in _COLOURS}
        colours |= {"invalid": self._theme.colour(Status.INVALID), "ink": "#1c1400"}
        if self.cells and t0 < t1:
            spans = {name: self._source.alarm_spans.of(name) for name in self.names}
            picture = picture_of(history, self.cells, spans, (t0, t1), sheet, colours, self._curves(), self.abscissa)
        else:
            picture = Picture(sheet, 0.0, 1.0, (), (), colours, nothing="no data yet" if self.cells else NOTHING)
        self._busy = True
        here, post = weakref.ref(self), self._post  # a thread must not be the last to hold a window
        self._painter.paint(self._key, picture, lambda painted: post(lambda: _shown(here, painted)))

    def show_painted(self, painted: Painted) -> None:
        """Show a picture that was asked for."""
        self._busy = False
        if not self.winfo_exists():
            return
        if painted.problem:
            self.saver.say(painted.problem, Status.CRITICAL)
        if painted.pixels is not None:
            self.picture = painted.picture
            self.view.show(painted.pixels)
        if self._again:
            self._again = False
            self.draw_soon()

    def _curves(self) -> list[str]:
        """The colour of each parameter, which it keeps while it is shown."""
        return [curve_colours(self._theme.dark)[self._slots[cell.name]] for cell in self.cells]

    def draw_along(self, abscissa: Abscissa) -> None:
        """Draw all there is against something else from now on."""
        self.abscissa = self.view.abscissa = abscissa
        self.time = self.view.window = abscissa.window()
        self.view.source = self._source.history
        self.view.point(None)
        self.ranges.offer(abscissa.ranges)
        self._read_out()
        self.draw_soon()

    @property
    def idle(self) -> bool:
        """Whether all that was asked for is on the screen."""
        return not self._busy and not self._later.waits("draw") and self.view.pasted

    def _sheet(self) -> Sheet:
        theme = self._theme
        names = max((theme.measure(f"─ {name}", theme.small) for name in self.names), default=0)
        units = max((theme.measure(cell.unit, theme.small_bold) for cell in self.cells), default=0)
        return Sheet(
            width=self.view.winfo_width(),
            height=self.view.winfo_height(),
            em=theme.em,
            line=theme.small_line,
            dpi=72.0 * float(self.tk.call("tk", "scaling")),
            points=max(5, round(SMALL_POINTS * theme.scale)),
            gutter=theme.measure("−0000.00", theme.small) + units + theme.em,
            margin=round(1.1 * names) + theme.em if len(self.names) > 1 else theme.em,
        )

    def _scale(self, t0: float, t1: float) -> Scale:
        return self._sheet().scale(t0, t1)

    # --- reading -----------------------------------------------------------------------------------------------------

    def _read_out(self) -> None:
        """Values at the cursor; the newest where there is none."""
        history, at = self._source.history, self.view.read_at
        readouts: list[Readout] = []
        for cell, colour in zip(self.cells, self._curves(), strict=True):
            value, status = "", None
            if history is not None and cell.name in history.columns:
                if at is None:
                    sample = history.latest(cell.name)
                else:
                    scale = self.view.shown
                    pixel_s = (scale.t1 - scale.t0) / (scale.right - scale.left) if scale else 0.0
                    sample = sample_at(history, cell.name, at, pixel_s, self.abscissa)
                value = value_words(sample, cell)
                status = self._status(cell.name, sample.time) if sample is not None and sample.verdict.out else None
            readouts.append(Readout(cell.name, colour, value, status))
        self.readouts.show(readouts)

    def _status(self, name: str, moment: float) -> Status:
        """The severity of a sample that is out of limits: that of the alarm it belongs to."""
        spans = [span for span in self._source.alarm_spans.of(name) if span.since <= moment <= span.until]
        return status_of_span(spans[-1]) if spans else Status.WARNING

    def go_to_alarm(self, step: int) -> None:
        """Put the cursor on the next alarm of the shown parameters (1), or the one before (-1), and show it."""
        history = self._source.history
        found: list[AlarmSpan] = [span for name in self.names for span in self._source.alarm_spans.of(name)]
        begins = sorted({span.since for span in found})
        if history is None or not begins:
            self.saver.say("no alarm of these parameters is known")
            return
        scale = self.view.shown
        at = self.view.cursor if self.view.cursor is not None else (history.span[1] if step < 0 else history.span[0])
        others = [begin for begin in begins if (begin > at if step > 0 else begin < at)]
        if not others:
            self.saver.say("no later alarm" if step > 0 else "no earlier alarm")
            return
        begin = others[0] if step > 0 else others[-1]
        if scale is not None and not scale.t0 <= begin <= scale.t1:
            self.time.pan(begin - (scale.t0 + scale.t1) / 2, *history.span)
        self.view.point(begin)
        self.draw_soon()

    # --- files -------------------------------------------------------------------------------------------------------

    def export_table(self) -> None:
        """Ask where, then write the samples of the time shown."""
        history, scale = self._source.history, self.view.shown
        if history is None or scale is None or not self.cells:
            self.saver.say("there is nothing to export", Status.WARNING)
            return
        begin, end = scale.t0, scale.t1
        self.saver.save_table(self.names, _begin_text(self.abscissa, begin), lambda: self.table(history, begin, end))

    def table(self, history: HkHistory, begin: float, end: float) -> Table:
        """What is exported of a stretch."""
        return table_of(history, self.cells, begin, end, self._folder)

    def export_picture(self) -> None:
        """Ask where, then write the picture as it is shown."""
        if self.picture is None or not self.picture.panels:
            self.saver.say("there is nothing to export", Status.WARNING)
            return
        picture = titled(self.picture, Path(self._folder).name)
        target = self.saver.ask(self.names, _begin_text(picture.abscissa, picture.t0), ".png", "PNG picture")
        if target is not None:
            self.saver.say("drawing the picture")
            here, post = weakref.ref(self.saver), self._post
            self._painter.save(self._key, picture, lambda painted: post(lambda: _drawn(here, painted, target)))

    def _monitored(self) -> list[Path]:
        """The folder of the session, and the one it has gone on to."""
        health = self._source.health
        return [Path(one) for one in {self._folder, health.folder if health else ""} if one]

    # --- parts -------------------------------------------------------------------------------------------------------

    def _make_bar(self) -> None:
        theme = self._theme
        bar = ttk.Frame(self, padding=(theme.em // 2, theme.em // 3))
        bar.pack(fill="x")
        self.picker = ParameterPicker(bar, theme, self.add, lambda: self.view.focus_set())
        self.picker.pack(side="left")
        for text, act in (("PNG…", self.export_picture), ("CSV…", self.export_table)):
            ttk.Button(bar, text=text, style="Quiet.TButton", command=act).pack(side="right")
        ttk.Label(bar, text="export", style="SmallDim.TLabel").pack(side="right", padx=(theme.em, 4))
        self.ranges = RangeButtons(bar, theme, self.choose, self._go_live)
        self.ranges.offer(self.abscissa.ranges)
        self.ranges.pack(side="right")

    def choose(self, span: float) -> None:
        """Show the last ``span`` [s, or ObsIDs], following the data; inf for all."""
        self.time.choose(span)
        self.view.place_cursor()
        self.draw_soon()

    def _go_live(self) -> None:
        self.time.go_live()
        self.view.place_cursor()
        self.draw_soon()
        self.view.focus_set()

    def _bind_keys(self) -> None:
        actions: dict[str, Callable[[], object]] = {
            "leave": self.destroy,
            "add parameter": self.picker.start,
            "find": self.picker.start,
            "remove parameter": self.remove,
            "export table": self.export_table,
            "export picture": self.export_picture,
            "later alarm": lambda: self.go_to_alarm(1),
            "earlier alarm": lambda: self.go_to_alarm(-1),
            "everything": lambda: self.choose(math.inf),
        }
        for action, act in actions.items():
            keys.bind(self, action, act)
        self.bind("<<ThemeChanged>>", self._themed)

    def _themed(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self:
            self._read_out()
            self.draw_soon()

    def destroy(self) -> None:
        """Leave undone what was asked for, with the window."""
        self._painter.forget(self._key)
        self.saver.cancel()
        super().destroy()


def _begin_text(abscissa: Abscissa, begin: float) -> str:
    """Where a stretch begins, for the name of a file."""
    return moment_text(begin) if abscissa is CLOCK else abscissa.words(begin)


def _shown(window: weakref.ref[HistoryWindow], painted: Painted) -> None:
    found = window()
    if found is not None:
        found.show_painted(painted)


def _drawn(saver: weakref.ref[HistorySaver], painted: Painted, target: Path) -> None:
    found = saver()
    if found is not None:
        found.save_picture(painted, target)
