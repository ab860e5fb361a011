"""The last hour of samples, and the picture of it in a mail: one parameter with its limits, drawn without a window."""

from __future__ import annotations

import io
import math
from collections import deque
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from eyegore.basics.lab_time import clock_text
from eyegore.basics.quantities import word
from eyegore.messages.events import HkRows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from eyegore.messages.warnings import Samples

Floats = npt.NDArray[np.float64]
SIZE = (8.0, 4.0)
"""[in]; with :data:`DPI` 800 × 400 pixels, which a telephone shows whole."""
DPI = 100
LINE = "#1f4e79"
LIMIT = "#b00020"
HOUR_S = 3600.0
"""How much is kept and shown [s]."""
GAP = 5.0
"""A pause of so many usual steps is a gap: nothing is drawn across it."""


class RecentSamples:
    """Keeps the rows of the last hour by their own time, for the plot and the table of a warning.

    Other columns begin anew.
    """

    def __init__(self) -> None:
        self._columns: tuple[str, ...] = ()
        self._blocks: deque[tuple[Floats, Floats]] = deque()

    def add(self, rows: HkRows) -> None:
        """Add rows in the order they were recorded, at least one."""
        if rows.columns != self._columns:
            self._columns = rows.columns
            self._blocks.clear()
        oldest = float(rows.times[-1]) - HOUR_S
        recent = slice(int(np.argmax(rows.times >= oldest)), None)
        self._blocks.append((rows.times[recent].copy(), rows.values[recent].copy()))
        while len(self._blocks) > 1 and not self._blocks[0][0][-1] >= oldest:
            self._blocks.popleft()

    def of(self, parameter: str) -> tuple[Floats, Floats]:
        """Times [lab s] and values of one parameter, both of shape (n,); empty where there are none."""
        if parameter not in self._columns or not self._blocks:
            return np.empty(0), np.empty(0)
        column = self._columns.index(parameter)
        times = np.concatenate([times for times, _ in self._blocks])
        values = np.concatenate([values[:, column] for _, values in self._blocks])
        recent = times >= times[-1] - HOUR_S
        return times[recent], values[recent]


def plot(samples: Samples) -> bytes:
    """The samples as the content of a PNG file; NaN and pauses are gaps, limits dashed, the axis is the lab's time."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE, dpi=DPI, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    # names are not formulas: a $ in one would be an error of the drawing
    axes.set_title(samples.parameter, parse_math=False)
    axes.set_ylabel(f"[{samples.unit}]" if samples.unit else "", parse_math=False)
    axes.set_xlabel("lab time")
    axes.grid(visible=True, alpha=0.3)
    if (np.isfinite(samples.values) & np.isfinite(samples.times)).any():
        _draw_samples(axes, samples)
    else:
        axes.set_xticks([])
        axes.text(0.5, 0.5, "no valid samples in the last hour", transform=axes.transAxes, ha="center", va="center")
    _draw_limits(axes, samples)
    file = io.BytesIO()
    canvas.print_png(file)
    return file.getvalue()


def _draw_samples(axes: Axes, samples: Samples) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    times, values = with_gaps(samples.times, samples.values)
    axes.plot(_days(times), values, color=LINE, linewidth=1.2, marker=".", markersize=2)
    newest = int(np.flatnonzero(np.isfinite(values))[-1])
    axes.plot(_days(times[newest : newest + 1]), values[newest : newest + 1], color=LINE, marker="o", markersize=5)
    value = f"{values[newest]:.6g} {samples.unit}" if samples.unit != "register" else word(values[newest])
    axes.set_title(f"{samples.parameter}: {value.rstrip()} at {clock_text(float(times[newest]))}", parse_math=False)
    end = times.max()
    begin = min(times.min(), end - HOUR_S)
    axes.set_xlim(*_days(np.array([begin, end + (end - begin) / 50])))
    axes.margins(y=0.12)
    locator = AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.ticklabel_format(axis="y", useOffset=False)


def _days(times: Floats) -> Floats:
    """Times [s] as matplotlib counts them, in days since what its settings say."""
    from matplotlib.dates import date2num

    return np.asarray(date2num((times * 1e3).astype("datetime64[ms]")), dtype=np.float64)


def _draw_limits(axes: Axes, samples: Samples) -> None:
    for name, value in (("high", samples.high), ("low", samples.low)):
        if math.isfinite(value):
            axes.axhline(value, color=LIMIT, linestyle="--", linewidth=1.2)
            words, place = f"{name} limit {value:.6g} {samples.unit}".rstrip(), axes.get_yaxis_transform()
            axes.text(0.01, value, words, transform=place, color=LIMIT, fontsize="small", va="bottom", parse_math=False)


def with_gaps(times: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Samples with finite times [s], infinite values as NaN, and a NaN in each pause of more than a few usual steps."""
    known = np.isfinite(times)
    times, values = times[known], np.where(np.isfinite(values), values, np.nan)[known]
    steps = np.diff(times)
    if steps.size < 2:
        return times, values
    pauses = np.flatnonzero(steps > GAP * np.median(steps)) + 1
    return np.insert(times, pauses, times[pauses - 1]), np.insert(values, pauses, np.nan)
