"""A window with the trends of the images: the history window on offset, read noise and fluence of every image."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from eyegore.analysis.alarm_spans import AlarmSpans
from eyegore.analysis.frame_trends import FrameHistory, FrameTrends, trend_name
from eyegore.desktop.history_painter import HistoryPainter
from eyegore.desktop.history_window import HistoryWindow
from eyegore.messages import Health
from eyegore.widgets.cells import ChartCell
from eyegore.widgets.theme import Theme

ALL = "all tests"
RENEW_S = 1.0
"""Shortest time between two looks at what came [s]."""
AT_FIRST = tuple(trend_name(1, quadrant, metric) for metric in ("std_pre", "offset_pre") for quadrant in "EFGH")
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


class FrameTrendSource:
    """What a history window asks of a session, answered from its images; ``test`` is the one chosen, "" for all."""

    def __init__(self, trends: FrameTrends, health: Callable[[], Health | None]) -> None:
        self._trends, self._health = trends, health
        self.alarm_spans = AlarmSpans()
        self.test = ""
        self._made: FrameHistory | None = None
        self._made_for, self._made_at = "", 0.0

    @property
    def history(self) -> FrameHistory | None:
        """The values of the images chosen; made anew at most once a second, however many come."""
        now = time.monotonic()
        if self._made is None or self._made_for != self.test or now - self._made_at >= RENEW_S:
            self._made, self._made_for, self._made_at = self._trends.history(self.test), self.test, now
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


class FrameTrendWindow(HistoryWindow):
    """Trends of images, of all tests or of one: the fluence of a ramp is no trend."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        source: FrameTrendSource,
        painter: HistoryPainter,
        post: Callable[[Callable[[], object]], object],
        folder: str,
    ) -> None:
        self._trend_source = source
        self._cells_of = -1
        super().__init__(parent, theme, source, painter, post, folder, AT_FIRST)
        bar = ttk.Frame(self, padding=(theme.em // 2, 0))
        bar.pack(fill="x", before=self.readouts)
        ttk.Label(bar, text="images of", style="SmallDim.TLabel").pack(side="left", padx=(0, theme.em // 2))
        self.choice = ttk.Combobox(bar, state="readonly", width=16, postcommand=self._offer, values=[ALL])
        self.choice.set(source.test or ALL)
        self.choice.bind("<<ComboboxSelected>>", lambda _event: self.choose_test(self.choice.get()))
        self.choice.pack(side="left")

    def _offer(self) -> None:
        self.choice.configure(values=[ALL, *self._trend_source.tests])

    def choose_test(self, test: str) -> None:
        """Show the images of one test, or of all."""
        self._trend_source.test = "" if test == ALL else test
        self.choice.set(test)
        self.cells = [self._trend_source.chart_cell(name) for name in self.names]
        self._read_out()
        self.draw_soon()

    def _say_title(self) -> None:
        super()._say_title()
        self.title("Trends of the images — Eyegore")

    def refresh(self) -> None:
        """Draw what is new; the limits may be others with each image."""
        history = self._trend_source.history
        if history is not None and history.revision != self._cells_of:
            self._cells_of = history.revision
            self.cells = [self._trend_source.chart_cell(name) for name in self.names]
        super().refresh()
