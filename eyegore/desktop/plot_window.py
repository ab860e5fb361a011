"""A window with one parameter's whole history: zoom, pan, cursor read-out, save as a picture (matplotlib's tools)."""

from __future__ import annotations

import threading
import time
import tkinter as tk
from typing import TYPE_CHECKING, Any

import numpy as np

from eyegore.analysis.hk_history import HkHistory
from eyegore.widgets.cells import ChartCell
from eyegore.widgets.theme import Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.dates import DateFormatter

BINS = 2000
"""Bins the time axis is cut into: about two a pixel column of a wide screen, each drawn from lowest to highest."""
REDRAW_S = 1.0
DAY_S = 86_400.0


def import_matplotlib() -> threading.Thread:
    """Import what the window needs on a thread, so that opening the first one does not hold the desktop."""

    def work() -> None:
        import matplotlib.backends.backend_tkagg
        import matplotlib.dates  # noqa: F401

    thread = threading.Thread(target=work, name="import matplotlib", daemon=True)
    thread.start()
    return thread


class PlotWindow(tk.Toplevel):
    """One parameter against time. The figure lives as long as the window, and not longer."""

    def __init__(self, parent: tk.Misc, theme: Theme, history: HkHistory, cell: ChartCell) -> None:
        super().__init__(parent, background=theme.colour("background"))
        from matplotlib.backends._backend_tk import NavigationToolbar2Tk
        from matplotlib.backends.backend_tkagg import FigureCanvasTkAgg
        from matplotlib.figure import Figure

        self._history, self._cell, self._theme = history, cell, theme
        self._drawn_at = 0.0
        self._drawn: object = None
        self._job: str | None = None
        self.title(f"{cell.name} — Eyegore")
        self.minsize(480, 320)
        self._figure = Figure(figsize=(9, 4.5), layout="constrained", facecolor=theme.colour("surface"))
        self._canvas = FigureCanvasTkAgg(self._figure, master=self)
        self._axes: Axes = self._figure.add_subplot(facecolor=theme.colour("surface"))
        (self._curve,) = self._axes.plot([], [], color=theme.colour("curve"), linewidth=1)
        self._dress()
        self._tools: Any = NavigationToolbar2Tk(self._canvas, self)
        self._canvas.get_tk_widget().pack(fill="both", expand=True)
        self.bind("<Escape>", lambda _event: self.destroy())
        self.bind("<<ThemeChanged>>", lambda event: self._dress() if event.widget is self else None)
        self.refresh()

    def _dress(self) -> None:
        """Title, units, limits and colours."""
        from matplotlib.dates import AutoDateLocator

        cell, colour = self._cell, self._theme.colour
        axes = self._axes
        self._figure.set_facecolor(colour("surface"))
        axes.set_facecolor(colour("surface"))
        self._curve.set_color(colour("curve"))
        axes.set_title(f"{cell.title}   {cell.description}", color=colour("text"), fontsize=10, loc="left")
        axes.set_ylabel(cell.unit, color=colour("text"))
        axes.tick_params(colors=colour("dim"))
        for spine in axes.spines.values():
            spine.set_color(colour("line"))
        axes.grid(True, color=colour("line"), linewidth=0.5)
        for line in axes.lines[1:]:
            line.remove()
        for limit in (cell.low, cell.high):
            if np.isfinite(limit):
                axes.axhline(limit, color=colour("limit"), linestyle="--", linewidth=1)
        axes.xaxis.set_major_locator(AutoDateLocator(maxticks=8))
        axes.xaxis.set_major_formatter(_lab_clock())
        self._canvas.draw_idle()

    def refresh(self) -> None:
        """Draw what is new, at most once a second; zoom and pan are kept."""
        if self._history.revision == self._drawn or time.monotonic() - self._drawn_at < REDRAW_S:
            return
        self._drawn, self._drawn_at = self._history.revision, time.monotonic()
        start, stop = self._history.span
        if not start < stop:
            return
        found = self._history.envelope(self._cell.name, start, stop, BINS)
        times = np.repeat(found.times, 2)
        values = np.column_stack([found.low, found.high]).ravel()
        breaks = np.flatnonzero(found.breaks[1:]) + 1
        times = np.insert(times, 2 * breaks, found.times[breaks])
        values = np.insert(values, 2 * breaks, np.nan)
        self._curve.set_data(times / DAY_S, values)
        if not self._tools._nav_stack():  # nobody has zoomed: show all
            self._axes.relim()
            self._axes.autoscale_view()
        self._canvas.draw_idle()

    @property
    def points(self) -> int:
        """Number of points drawn."""
        return int(np.size(self._curve.get_xdata()))

    def destroy(self) -> None:
        """Let go of the figure with the window."""
        self._figure.clear()
        super().destroy()


def _lab_clock() -> DateFormatter:
    from matplotlib.dates import DateFormatter

    return DateFormatter("%d/%b %H:%M")
