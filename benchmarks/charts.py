"""P8 and P11: the strip charts and the flags."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable, Iterator
from dataclasses import replace
from tkinter import ttk
from typing import Any, cast

import numpy as np

from benchmarks.hk import load
from benchmarks.report import Figure
from benchmarks.timing import in_turn, timed
from benchmarks.workshop import DAY, THREE_DAYS, Workshop, drawn
from eyegore.presenters.flags import groups_of
from eyegore.series.history import HkHistory
from eyegore.widgets.cells.flags import ChartCell, FlagCell, Status
from eyegore.widgets.charts.chart_page import ChartPage
from eyegore.widgets.flags.panel import FlagPanel
from eyegore.widgets.theme import Theme

SAMPLES = (1_000, 10_000, DAY, THREE_DAYS)
FLAGS = 75
LIMITS = (-150.0, 60.0)
"""Drawn in each chart, by both programs."""


class Counting:
    """Stands for the interpreter of some widgets and counts the calls that they make."""

    def __init__(self, tk_app: Any) -> None:
        self._tk_app = tk_app
        self.calls = 0

    def call(self, *args: object) -> object:
        """One call of Tk."""
        self.calls += 1
        return self._tk_app.call(*args)

    def __getattr__(self, name: str) -> object:
        return getattr(self._tk_app, name)

    def watch(self, widget: tk.Misc) -> Counting:
        """Count the calls of a widget and all below it."""
        widget.tk = cast(Any, self)
        for child in widget.winfo_children():
            self.watch(child)
        self.calls = 0
        return self


def redraw(workshop: Workshop) -> Iterator[Figure]:
    """Nine panes drawn again after one new row, with all samples in view."""
    histories = {str(rows): load(workshop.hk_file(rows)) for rows in SAMPLES}
    names = [name for _, group in groups_of(histories[str(DAY)].columns) for name in group][:9]
    with workshop.root() as (root, theme):
        left, right = tk.Frame(root), tk.Frame(root)
        left.place(relwidth=0.5, relheight=1)
        right.place(relx=0.5, relwidth=0.5, relheight=1)
        page = _page(left, theme)
        page.show_cells({name: ChartCell(name, name, "V", low=LIMITS[0], high=LIMITS[1]) for name in names})
        plots = _Matplotlib(right, histories[str(DAY)], names)
        root.update()

        def prepare(name: str) -> None:
            history = histories.get(name)
            if history is not None:
                page.show_layout(history, [("", names)])
                _append(history)
                root.update()
                _append(history)

        def draw() -> None:
            assert page.refresh() == 9
            drawn(root)

        calls: dict[str, Callable[[], object]] = dict.fromkeys(histories, draw)
        times = in_turn(calls, 31, prepare=prepare, warm_up=2)
        old = in_turn({"old": plots.draw_again, "86400": draw}, 5, prepare=prepare)
        counting = Counting(root.tk).watch(page)
        again = page.refresh()
        looked = counting.calls
        idle = timed(page.refresh)
    medians = {int(name): timing.median for name, timing in times.items()}
    details = ", ".join(f"{name}: {timing}" for name, timing in times.items())
    yield Figure("P8", "redraw at 260 000 samples against 1 000", medians[THREE_DAYS] / medians[1_000], 3, "×", details)
    yield Figure(
        "P8",
        "redraw at 86 400 samples: faster than clear + plot + tight_layout",
        old["old"].median / old["86400"].median,
        50,
        "×",
        f"matplotlib {old['old']}, the page in turn with it {old['86400']}",
        False,
    )
    yield Figure(
        "P8", "planted extremes lost by the decimation", _extremes_lost(), 0, "", "of 100 in 260 000, 400 bins"
    )
    yield Figure(
        "P1",
        "nothing new: charts drawn again",
        again,
        0,
        "",
        f"the nine ask Tk for their size ({looked} calls, {1e6 * idle:.0f} µs)",
    )


def _page(parent: tk.Misc, theme: Theme) -> ChartPage:
    page = ChartPage(parent, theme)
    page.window.choose(math.inf)
    page.pack(fill="both", expand=True)
    return page


def _append(history: HkHistory) -> None:
    """One row a second later, with the values of the last."""
    values = np.array([[sample.value if (sample := history.latest(name)) else 0.0 for name in history.columns]])
    history.append(np.array([history.span[1] + 1.0]), values)


class _Matplotlib:
    """Nine axes cleared, plotted and laid out again, the way that was replaced."""

    def __init__(self, parent: tk.Misc, history: HkHistory, names: list[str]) -> None:
        from matplotlib.backends.backend_tkagg import FigureCanvasTkAgg
        from matplotlib.dates import DateFormatter
        from matplotlib.figure import Figure as Plots

        self._plots = Plots(figsize=(6.8, 7.4), dpi=100)
        self._canvas = FigureCanvasTkAgg(self._plots, parent)
        self._canvas.get_tk_widget().pack(fill="both", expand=True)
        self._axes = self._plots.subplots(3, 3).ravel()
        self._format = DateFormatter("%d/%b %H:%M")
        self._curves = []
        for name in names:
            window = history.window(name, -math.inf, math.inf)
            times = (1e3 * window.times).astype("datetime64[ms]")
            self._curves.append((name, times, window.values))

    def draw_again(self) -> None:
        """Everything anew."""
        for axes, (name, times, values) in zip(self._axes, self._curves, strict=True):
            axes.clear()
            axes.plot(times, values)
            axes.xaxis.set_major_formatter(self._format)
            axes.axhline(LIMITS[0], linestyle="--")
            axes.axhline(LIMITS[1], linestyle="--")
            axes.set_title(name)
        self._plots.tight_layout()
        self._canvas.draw()
        drawn(self._canvas.get_tk_widget())


def _extremes_lost() -> int:
    """Single samples that stand out are planted in noise; each must be in what is drawn."""
    rows, bins, count = THREE_DAYS, 400, 100
    random = np.random.default_rng(8)
    values = random.normal(0.0, 1.0, (rows, 1))
    places = np.linspace(1_000, rows - 1_000, count).astype(int) + random.integers(-300, 300, count)
    planted = np.float32(50.0) + np.arange(count, dtype=np.float32)
    planted[::2] *= -1
    values[places, 0] = planted
    history = HkHistory(("spiked",))
    history.append(np.arange(rows, dtype=float), values)
    shown = history.envelope("spiked", 0.0, rows - 1.0, bins)
    return int(np.setdiff1d(planted, np.concatenate((shown.low, shown.high)).astype(np.float32)).size)


def flags(workshop: Workshop) -> Iterator[Figure]:
    """Calls of Tk for flags that look as before."""
    cells = [FlagCell(f"PARAMETER_{at:02d}", Status.IN_LIMITS, value="0.00 V") for at in range(FLAGS)]
    with workshop.root() as (root, theme):
        panel = FlagPanel(root, theme)
        panel.place(relwidth=0.5, relheight=1)
        buttons = _Buttons(root)
        root.update()
        panel.show(cells)
        drawn(root)
        counting = Counting(root.tk).watch(panel)
        for turn in range(100):
            panel.show([replace(cell, value=f"{turn}.00 V") for cell in cells])
        unchanged = counting.calls
        panel.show([replace(cells[0], status=Status.CRITICAL), *cells[1:]])
        changed = counting.calls - unchanged

        def shown(show: Callable[[], None]) -> Callable[[], None]:
            def call() -> None:
                show()
                drawn(root)

            return call

        calls: dict[str, Callable[[], object]] = {
            "unchanged": shown(lambda: panel.show(cells)),
            "configure": shown(buttons.configure),
            "recreate": shown(buttons.recreate),
        }
        times = in_turn(calls, 31)
    speed = times["recreate"].median / times["unchanged"].median
    details = f"one that turned red makes {changed}; all shown anew and drawn: " + ", ".join(
        f"{name} {timing}" for name, timing in times.items()
    )
    what = f"calls of Tk in 100 × {FLAGS} flags of which only the value changed"
    yield Figure("P11", what, unchanged, 0, "", f"{details}; {speed:.0f}× faster than {FLAGS} new buttons")


class _Buttons:
    """A button for each flag, the way that was replaced."""

    def __init__(self, root: tk.Misc) -> None:
        self._frame = ttk.Frame(root)
        self._frame.place(relx=0.5, relwidth=0.5, relheight=1)
        self._buttons: list[tk.Button] = []
        self.recreate()

    def recreate(self) -> None:
        """Destroy them all, make them all."""
        for button in self._buttons:
            button.destroy()
        self._buttons = [tk.Button(self._frame, text=f"PARAMETER_{at:02d}", bg="green") for at in range(FLAGS)]
        for at, button in enumerate(self._buttons):
            button.grid(row=at // 5, column=at % 5)

    def configure(self) -> None:
        """Colour them all."""
        for button in self._buttons:
            button.configure(bg="green")


TARGETS = {"P8": redraw, "P11": flags}
