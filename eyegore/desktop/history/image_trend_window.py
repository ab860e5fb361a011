"""A window with the trends of the images: the history window on offset, read noise and fluence of every image."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import replace
from tkinter import ttk

import numpy as np
import numpy.typing as npt

from eyegore.basics.lab_time import iso
from eyegore.desktop.history.export import Table
from eyegore.desktop.history.painter import HistoryPainter
from eyegore.desktop.history.trend_source import AXES, ImageTrendSource
from eyegore.desktop.history.window import HistoryWindow
from eyegore.images.trends import ImageHistory, trend_name, trend_parts
from eyegore.limits.model import Verdict
from eyegore.messages.exposures import CCDS
from eyegore.series.history import HkHistory, Window
from eyegore.widgets import keys
from eyegore.widgets.cells.flags import ChartCell
from eyegore.widgets.charts.axes import CLOCK, OBSIDS
from eyegore.widgets.theme import Theme

ALL = "all tests"
AT_FIRST = tuple(trend_name(1, quadrant, metric) for metric in ("std_pre", "offset_pre") for quadrant in "EFGH")


class ImageTrendWindow(HistoryWindow):
    """Trends of images, of all tests or of one: the fluence of a ramp is no trend."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        source: ImageTrendSource,
        painter: HistoryPainter,
        post: Callable[[Callable[[], object]], object],
        folder: str,
    ) -> None:
        self._trend_source = source
        self._cells_of = -1
        source.numbered = False
        super().__init__(parent, theme, source, painter, post, folder, AT_FIRST)
        bar = ttk.Frame(self, padding=(theme.em // 2, 0))
        bar.pack(fill="x", before=self.readouts)
        ttk.Label(bar, text="images of", style="SmallDim.TLabel").pack(side="left", padx=(0, theme.em // 2))
        self.choice = ttk.Combobox(bar, state="readonly", width=16, postcommand=self._offer, values=[ALL])
        self.choice.set(source.test or ALL)
        self.choice.bind("<<ComboboxSelected>>", lambda _event: self.choose_test(self.choice.get()))
        self.choice.pack(side="left")
        ttk.Label(bar, text="against", style="SmallDim.TLabel").pack(side="left", padx=(theme.em, theme.em // 2))
        self.against = tk.StringVar(self, CLOCK.name)
        self.chooser = ttk.Menubutton(bar, textvariable=self.against, style="Quiet.TMenubutton", width=-1)
        menu = tk.Menu(self.chooser, tearoff=False)
        for name in AXES:
            menu.add_radiobutton(label=name, variable=self.against, command=lambda name=name: self.draw_against(name))  # type: ignore[misc]
        self.chooser.configure(menu=menu)
        self.chooser.pack(side="left")
        keys.bind(self, "against", lambda: self.draw_against((CLOCK if self.abscissa is OBSIDS else OBSIDS).name))
        self.view.settle = self._settled

    def _offer(self) -> None:
        self.choice.configure(values=[ALL, *self._trend_source.tests])

    def choose_test(self, test: str) -> None:
        """Show the images of one test, or of all."""
        self._trend_source.test = "" if test == ALL else test
        self.choice.set(test)
        self.cells = [self._trend_source.chart_cell(name) for name in self.names]
        self._read_out()
        self.draw_soon()

    def draw_against(self, name: str) -> None:
        """Draw against time or ObsID; a stretch that is held stays that of its images."""
        source, known = self._trend_source, self._trend_source.history
        scale = None if self.time.live else self.view.shown
        self.against.set(name)
        if AXES[name] is self.abscissa or known is None:
            return
        rows = known.inside(scale.t0, scale.t1) if scale is not None else ()
        source.numbered = AXES[name] is OBSIDS
        held = (known.obsids if source.numbered else known.times)[rows] if len(rows) else None
        self.draw_along(AXES[name])
        if held is not None and source.history is not None:
            self.time.show(float(held.min()), float(held.max()), *source.history.span)

    def _settled(self, place: float) -> float:
        """Against ObsID the one that is read: of an image where one is near, so that it is named as the value is."""
        history, scale = self._trend_source.history, self.view.shown
        if self.abscissa is CLOCK or history is None or scale is None:
            return place
        near, pixel = history.nearest_place(place), (scale.t1 - scale.t0) / (scale.right - scale.left)
        return near if abs(near - place) <= max(OBSIDS.near, 2 * pixel) else float(round(place))

    def table(self, history: HkHistory, begin: float, end: float) -> Table:
        """The images shown, one row for each."""
        if not isinstance(history, ImageHistory):
            return super().table(history, begin, end)
        return trend_table(history, self.cells, begin, end, self._folder, self._trend_source.test)

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


def trend_table(
    history: ImageHistory, cells: Sequence[ChartCell], first: float, last: float, folder: str, test: str
) -> Table:
    """The images from one place of the history to another that have a value of ``cells``.

    ``test`` is the one they are of, "" for any. The columns are the quadrants and metrics of ``cells``; a value whose
    curve is not among them is left empty.
    """
    known = {trend_parts(cell.name): cell for cell in cells}
    heads = list(dict.fromkeys((quadrant, metric) for _ccd, quadrant, metric in known))
    inside = history.inside(first, last)
    values = np.full((len(heads), inside.size, len(CCDS)), np.nan, np.float32)
    codes = np.full(values.shape, Verdict.UNCHECKED, np.uint8)
    for (ccd, quadrant, metric), cell in known.items():
        window = history.window(cell.name, first, last)
        at = heads.index((quadrant, metric)), slice(None), CCDS.index(ccd)
        values[at] = window.values
        codes[at] = np.where(np.isfinite(window.values), window.codes, Verdict.UNCHECKED)
    there, ccds = np.nonzero(np.isfinite(values).any(axis=0))
    rows = inside[there]
    times, obsids = history.times[rows], history.obsids[rows]
    columns = [
        replace(next(cell for key, cell in known.items() if key[1:] == head), name=" ".join(head)) for head in heads
    ]
    windows = [Window(times, values[at][there, ccds], codes[at][there, ccds]) for at in range(len(heads))]
    return Table(
        tuple(columns),
        tuple(windows),
        tuple(_comments(history, rows, folder, test)),
        (("obsid", obsids), ("ccd", np.array(CCDS)[ccds])),
    )


def _comments(history: ImageHistory, rows: npt.NDArray[np.intp], folder: str, test: str) -> list[str]:
    found = [f"Eyegore, images of {folder}" if folder else "Eyegore, images"]
    if test:
        found.append(f"only images of {test}")
    if rows.size:
        times, obsids = history.times[rows], history.obsids[rows]
        found.append(
            f"ObsIDs {obsids.min()} to {obsids.max()}, {iso(times.min())} to {iso(times.max())}, clock of the lab"
        )
    return [
        *found,
        "lab_seconds are seconds since 1970-01-01 of that clock",
        "one row for each image; values to 7 figures; empty where there is none, or its curve was not shown",
    ]
