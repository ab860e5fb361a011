"""Where a strip chart says that its parameter is heading."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable

import numpy as np
import pytest

from eyegore.series.history import HkHistory
from eyegore.widgets import theme as themes
from eyegore.widgets.calls import ManyCalls
from eyegore.widgets.cells.flags import ChartCell, Status, TrendCell
from eyegore.widgets.charts.axes import TimeWindow
from eyegore.widgets.charts.curve import Scale, emptiest_corner
from eyegore.widgets.charts.strip_chart import StripChart

from ..on_screen import items, told

START = 1_552_600_000.0
ROWS = 600
LAST = START + ROWS - 1
SHORT, LONG = "−133 °C at 03:41", "−133 °C at 03:41 (25 ± 4 min)"
LIMITS = (-133.0, 35.0)

Draw = Callable[..., StripChart]


@pytest.fixture
def draw(root: tk.Tk) -> Draw:
    """Shows the last ten minutes of a parameter that changes from ``first`` to ``last``, and where that leads."""
    window = TimeWindow(float(ROWS))
    chart = StripChart(root, themes.apply(root, dark=False), window)
    root.geometry("260x200+0+0")
    chart.pack(fill="both", expand=True)
    root.update()

    def show(first: float, last: float, trend: TrendCell | None) -> StripChart:
        source = HkHistory(["T"])
        source.append(START + np.arange(float(ROWS)), np.linspace(first, last, ROWS)[:, None])
        chart.show(ChartCell("T", unit="°C", low=LIMITS[0], high=LIMITS[1], trend=trend), source)
        chart.refresh()
        return chart

    return show


def trend(minutes: float, limit: float = -133.0) -> TrendCell:
    return TrendCell(limit, LAST + 60 * minutes, SHORT, LONG)


def words(chart: StripChart) -> str:
    return told(chart, "trend-words")


def colour(chart: StripChart) -> str:
    return str(chart.itemcget("trend-words", "fill"))


def drawn(chart: StripChart, tag: str) -> list[float]:
    """Coordinates of an item, none while it lies off the canvas."""
    return [float(place) for item in items(chart, tag) for place in chart.coords(item)]


@pytest.mark.parametrize(("minutes", "near"), [(3.0, True), (9.9, True), (25.0, False), (600.0, False)])
def test_a_limit_within_the_time_shown_is_a_warning_a_further_one_is_quiet(
    draw: Draw, minutes: float, near: bool
) -> None:
    chart = draw(-120.0, -128.0, trend(minutes))
    assert words(chart) == SHORT
    assert colour(chart) == (chart.theme.deep(Status.WARNING) if near else chart.theme.colour("dim"))
    assert bool(drawn(chart, "trend-arrow")) is near
    assert not drawn(chart, "trend-line")


@pytest.mark.parametrize(("first", "last", "limit", "way"), [(-120, -128, -133, 1), (20, 30, 35, -1)])
def test_the_arrow_points_from_the_newest_sample_to_the_limit(
    draw: Draw, first: float, last: float, limit: float, way: int
) -> None:
    chart = draw(first, last, trend(3.0, limit))
    left, top, right, bottom = (float(place) for place in chart.coords("newest"))
    one, two, tip = np.array(drawn(chart, "trend-arrow")).reshape(3, 2).tolist()
    assert left <= tip[0] <= right
    assert one[1] == two[1]
    assert way * (tip[1] - one[1]) > 0
    assert tip[1] > bottom if way > 0 else tip[1] < top


def test_where_the_plot_shows_the_future_a_dotted_line_leads_to_the_limit(draw: Draw) -> None:
    chart = draw(-120.0, -128.0, trend(3.0))
    chart.window.pan(240.0, *chart.source.span)  # type: ignore[union-attr]
    chart.refresh()
    assert chart.shown is not None
    x0, y0, x1, y1 = drawn(chart, "trend-line")
    assert (x0, y0) == pytest.approx(place(chart.shown, LAST, -128.0), abs=1.5)
    assert (x1, y1) == pytest.approx(place(chart.shown, LAST + 180, -133.0), abs=1.5)
    assert not drawn(chart, "trend-arrow")
    assert chart.itemcget("trend-line", "dash")


def test_the_line_ends_with_the_plot(draw: Draw) -> None:
    chart = draw(-120.0, -128.0, trend(8.0))
    chart.window.pan(240.0, *chart.source.span)  # type: ignore[union-attr]
    chart.refresh()
    assert chart.shown is not None
    x0, y0, x1, y1 = drawn(chart, "trend-line")
    assert x1 == chart.shown.right
    whole = place(chart.shown, LAST + 480, -133.0)
    assert (y1 - y0) / (x1 - x0) == pytest.approx((whole[1] - y0) / (whole[0] - x0), abs=0.05)


def place(scale: Scale, time: float, value: float) -> tuple[float, float]:
    return float(scale.x(np.array([time]))[0]), float(scale.y(np.array([value]))[0])


def test_a_past_stretch_of_time_foretells_nothing(draw: Draw) -> None:
    chart = draw(-120.0, -128.0, trend(3.0))
    chart.window.pan(-100.0, *chart.source.span)  # type: ignore[union-attr]
    chart.refresh()
    assert nothing(chart)
    chart.window.go_live()
    chart.refresh()
    assert words(chart) == SHORT


@pytest.mark.parametrize("gone", [None, "no reading"])
def test_it_goes_with_the_trend(draw: Draw, gone: str | None) -> None:
    chart = draw(-120.0, -128.0, trend(3.0))
    assert not nothing(chart)
    if gone is None:
        chart = draw(-120.0, -128.0, None)
    else:
        chart.source.append(np.array([LAST + 1]), np.array([[math.nan]]))  # type: ignore[union-attr]
        chart.refresh()
    assert nothing(chart)


def test_an_empty_chart_foretells_nothing(draw: Draw) -> None:
    chart = draw(-120.0, -128.0, trend(3.0))
    chart.show(None, None)
    chart.refresh()
    assert nothing(chart)


def nothing(chart: StripChart) -> bool:
    return not any(items(chart, tag) for tag in ("trend-words", "trend-line", "trend-arrow"))


@pytest.mark.parametrize(("width", "text"), [(260, SHORT), (800, LONG)])
def test_more_words_where_they_fit(draw: Draw, root: tk.Tk, width: int, text: str) -> None:
    root.geometry(f"{width}x200")
    root.update()
    assert words(draw(-120.0, -128.0, trend(3.0))) == text


@pytest.mark.parametrize(("first", "last", "limit"), [(-120, -128, -133), (20, 30, 35)])
def test_the_words_stay_in_the_plot_and_off_the_curve(draw: Draw, first: float, last: float, limit: float) -> None:
    chart = draw(first, last, trend(3.0, limit))
    assert chart.shown is not None
    left, top, right, bottom = chart.bbox("trend-words")
    assert chart.shown.left <= left < right <= chart.shown.right
    assert chart.shown.top <= top < bottom <= chart.shown.bottom
    assert not set(chart.find_overlapping(left, top, right, bottom)) & {*items(chart, "curve"), *items(chart, "limit")}


def test_the_theme_recolours_it(draw: Draw, root: tk.Tk) -> None:
    chart = draw(-120.0, -128.0, trend(3.0))
    themes.apply(root, dark=True)
    root.update()
    assert colour(chart) == chart.itemcget("trend-line", "fill") == chart.theme.colour(Status.WARNING)


def test_without_a_trend_it_makes_no_call_of_tk(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    chart = draw(-120.0, -128.0, None)
    added: list[object] = []
    monkeypatch.setattr(ManyCalls, "add", lambda *words: added.append(words))
    chart.trend.hide()
    assert added == []


class Curve:
    def __init__(self, times: list[float], values: list[float]) -> None:
        self.times = np.array(times, dtype=float)
        self.low = self.high = np.array(values, dtype=float)
        self.breaks = self.out = np.zeros(len(times), dtype=bool)
        self.invalid = np.empty(0)


SCALE = Scale(0.0, 10.0, 0.0, 10.0, 0, 100, 0, 100)
CORNERS = [(True, True), (False, False), (True, False), (False, True)]


@pytest.mark.parametrize(
    ("times", "values", "lines", "corner"),
    [
        ([], [], [], (True, True)),
        ([2, 8], [9, 1], [], (True, True)),
        ([7, 8, 9], [9, 9, 9], [], (False, False)),
        ([2, 8], [1, 9], [], (True, False)),
        ([1, 5], [1, 5], [9.5], (True, False)),
        ([8, 9, 1, 9], [9, 9, 1, 1], [], (False, True)),
    ],
)
def test_the_emptiest_corner(
    times: list[float], values: list[float], lines: list[float], corner: tuple[bool, bool]
) -> None:
    assert emptiest_corner(Curve(times, values), SCALE, (40, 20), CORNERS, lines) == corner
