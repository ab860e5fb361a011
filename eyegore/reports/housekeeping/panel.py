"""One parameter against time, with its limits, as it is drawn on a page of the report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from eyegore.exposures.books import ExposureIndex
from eyegore.limits.model import Expected, Limit, LimitSet, Parameter, Range, Relative
from eyegore.messages.events import FloatArray
from eyegore.reports.housekeeping.samples import HkSamples
from eyegore.reports.paper import BAD, DIM, FIRST, SECOND, SMALL, TEXT, WARN, Sheet
from eyegore.series.decimation import Envelope

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DAY = 86_400.0
FEW_MEANS = 150
"""So many means of ObsIDs are larger dots: more of them would hide the curve."""
SHARE = 0.25
"""Share of the height that a curve keeps when its limits are brought into view."""
BAND = "#a9cfe8"
"""Between the lowest and the highest sample of each piece of time."""
LIMIT_COLOURS = {LimitSet.SAFE: BAD, LimitSet.PERFORMANCE: WARN}


@dataclass(frozen=True, eq=False)
class LimitLine:
    """The limits of one set at some ``times`` [lab s], NaN where there is none; ``text`` says them."""

    limit_set: LimitSet
    times: FloatArray
    low: FloatArray
    high: FloatArray
    text: str


@dataclass(frozen=True, eq=False)
class HkPanel:
    """What is drawn of one parameter; ``means`` are those of ObsIDs, at their middle [lab s], shape (n,) both."""

    name: str
    unit: str
    envelope: Envelope
    limits: tuple[LimitLine, ...]
    mean_times: FloatArray
    means: FloatArray
    excursions: int


def limit_lines(
    name: str, samples: HkSamples, times: FloatArray, limit_set: LimitSet, index: ExposureIndex
) -> tuple[LimitLine, ...]:
    """The limits of a parameter at ``times`` (in order), as they were in force: by phase, and by what was commanded."""
    lines: list[LimitLine] = []
    for one in limit_set.parts:
        low, high = np.full(times.size, np.nan), np.full(times.size, np.nan)
        texts: dict[str, None] = {}
        for part, stretch in samples.limits_at(times):
            parameter = stretch.table.parameters.get(name) if stretch.table is not None else None
            if parameter is None:
                continue
            limit = _limit(parameter.during(stretch.phase), one)
            if limit is not None:
                low[part], high[part] = _values(limit, times[part], index)
                texts[_text(limit)] = None
        if texts:
            lines.append(LimitLine(one, times, low, high, f"{one.value} {', '.join(texts)}"))
    return tuple(lines)


def _limit(parameter: Parameter, limit_set: LimitSet) -> Limit | None:
    return None if parameter.out_of_service else parameter.limit(limit_set)


def _values(limit: Limit, times: FloatArray, index: ExposureIndex) -> tuple[FloatArray, FloatArray]:
    if isinstance(limit, Range):
        return np.full(times.size, limit.low), np.full(times.size, limit.high)
    if isinstance(limit, Relative):
        commanded = index.commanded(limit.commanded, times)
        return commanded + limit.low, commanded + limit.high
    value = float(limit.equals) if limit.mask is None else math.nan
    return np.full(times.size, value), np.full(times.size, value)


def _text(limit: Limit) -> str:
    if isinstance(limit, Range):
        return f"{limit.low:g} to {limit.high:g}"
    if isinstance(limit, Relative):
        return f"{limit.commanded} {limit.low:+g} to {limit.high:+g}"
    return expected_text(limit)


def expected_text(limit: Expected) -> str:
    """An expected value for people."""
    return f"{limit.equals}" if limit.mask is None else f"{limit.equals} in the bits of {limit.mask}"


def value_range(found: Envelope, limits: Sequence[LimitLine]) -> tuple[float, float]:
    """Lowest and highest value drawn: of the curve, and of the limits as far as that leaves it its share."""
    values = np.concatenate((found.low, found.high))
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 1.0
    bottom, top = float(values.min()), float(values.max())
    if top - bottom < 1e-6 * max(abs(top), 1e-3):
        half = max(0.01 * abs(top), 0.01)
        bottom, top = bottom - half, top + half
    span = top - bottom
    edges = np.concatenate([np.concatenate((line.low, line.high)) for line in limits]) if limits else np.empty(0)
    known = np.unique(edges[np.isfinite(edges)]).tolist()
    for limit in sorted(known, key=lambda one: max(bottom - one, one - top)):
        wider = min(bottom, limit), max(top, limit)
        if span >= SHARE * (wider[1] - wider[0]):
            bottom, top = wider
    margin = 0.06 * (top - bottom)
    return bottom - margin, top + margin


def draw(sheet: Sheet, panel: HkPanel, box: tuple[float, float, float, float], span: tuple[float, float]) -> None:
    """Draw a parameter into ``box`` (x, y, width, height [inch]), from the first to the last time of ``span``."""
    x, y, width, height = box
    unit = f" [{panel.unit}]" if panel.unit else ""
    sheet.text(x, y, f"{panel.name}{unit}", weight="bold")
    words = "   ".join(line.text for line in panel.limits) or "no limit"
    if panel.excursions:
        words = f"OUT OF LIMITS {panel.excursions} x   {words}"
    sheet.text(x + width, y, words, ha="right", fontsize=SMALL, color=BAD if panel.excursions else DIM)
    axes = sheet.axes(x, y + 0.13, width, height)
    found = panel.envelope
    bottom, top = value_range(found, panel.limits)
    axes.set_xlim(span[0] / DAY, span[1] / DAY)
    axes.set_ylim(bottom, top)
    if not found.times.size:
        axes.text(0.5, 0.5, "no reading", transform=axes.transAxes, ha="center", fontsize=TEXT, color=DIM)
    _shade(axes, found, span)
    for line in panel.limits:
        one_value = np.array_equal(line.low, line.high, equal_nan=True)
        for values in (line.low,) if one_value else (line.low, line.high):
            axes.plot(line.times / DAY, values, color=LIMIT_COLOURS[line.limit_set], linewidth=0.7,
                      linestyle=(0, (4, 2)), drawstyle="steps-post", zorder=2)  # fmt: skip
        _mark_beyond(axes, line, bottom, top)
    for edge in (found.high, found.low):
        axes.plot(*_broken(found.times / DAY, edge, found.breaks), color=FIRST, linewidth=0.6, zorder=3)
    times, low = _broken(found.times / DAY, found.low, found.breaks)
    axes.fill_between(
        times, low, _broken(found.times, found.high, found.breaks)[1], color=BAND, linewidth=0, zorder=2.5
    )
    ends = np.append(found.breaks[1:], True)[: found.breaks.size]
    lonely = found.breaks & ends
    axes.plot(found.times[lonely] / DAY, found.high[lonely], ".", color=FIRST, markersize=2, zorder=3)
    size = 4.5 if panel.means.size < FEW_MEANS else 2.2
    axes.plot(panel.mean_times / DAY, panel.means, ".", color=SECOND, markersize=size, markeredgewidth=0, zorder=4)
    _ticks(axes)


def _mark_beyond(axes: Axes, line: LimitLine, bottom: float, top: float) -> None:
    """Values of limits that are not in the picture, at the edge beyond which they are."""
    values = np.concatenate((line.low, line.high))
    known = np.unique(values[np.isfinite(values)])
    performance = line.limit_set is LimitSet.PERFORMANCE
    for sign, edge, beyond in (("▾", 0, known[known < bottom]), ("▴", 1, known[known > top])):
        if beyond.size:
            nearest = beyond[-1] if sign == "▾" else beyond[0]
            axes.annotate(f"{sign} {nearest:g}", (0 if performance else 1, edge), xycoords="axes fraction",
                          xytext=(3 if performance else -3, 2 - 4 * edge), textcoords="offset points",
                          ha="left" if performance else "right", va="top" if edge else "bottom", fontsize=SMALL,
                          color=LIMIT_COLOURS[line.limit_set], zorder=5,
                          bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.8})  # fmt: skip


def _broken(times: FloatArray, values: FloatArray, breaks: npt.NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """A line with NaN where nothing joins a point to the one before it."""
    places = np.flatnonzero(breaks[1:]) + 1
    return np.insert(times, places, np.nan), np.insert(values, places, np.nan)


def _shade(axes: Axes, found: Envelope, span: tuple[float, float]) -> None:
    """Time out of limits over the whole height, time without readings at the foot."""
    least = (span[1] - span[0]) / 400
    for times, colour, height in ((found.times[found.out], BAD, 1.0), (found.invalid, DIM, 0.06)):
        for begin, end in joined(times, least):
            axes.axvspan(begin / DAY, end / DAY, 0.0, height, facecolor=colour, alpha=0.28 if height == 1.0 else 1.0,
                         linewidth=0, zorder=1)  # fmt: skip


def joined(times: FloatArray, least: float) -> list[tuple[float, float]]:
    """Stretches of time that hold ``times`` (in order); none shorter than ``least`` [s] or closer than twice that."""
    if not times.size:
        return []
    starts = np.concatenate(([0], np.flatnonzero(np.diff(times) > 2 * least) + 1))
    ends = np.append(starts[1:], times.size) - 1
    return [
        (min(low, (low + high - least) / 2), max(high, (low + high + least) / 2))
        for low, high in zip(times[starts].tolist(), times[ends].tolist(), strict=True)
    ]


def _ticks(axes: Axes) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.ticker import MaxNLocator

    locator = AutoDateLocator(minticks=3, maxticks=6)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.ticklabel_format(axis="y", useOffset=False)
