"""Strip charts: what is drawn for which samples, and what hands do to the window of time."""

from __future__ import annotations

import math
import tkinter as tk

import numpy as np
import pytest
from hypothesis import given, strategies as st

from eyegore.basics.quantities import number
from eyegore.limits.model import Verdict
from eyegore.series.history import HkHistory
from eyegore.widgets import theme
from eyegore.widgets.cells.flags import ChartCell, Status
from eyegore.widgets.charts.axes import (
    MOST_TICKS,
    RANGES,
    TimeWindow,
    label_step,
    limits_text,
    round_values,
    stamp,
    ticks,
    value_range,
)
from eyegore.widgets.charts.curve import Scale, clipped, segments, spans
from eyegore.widgets.charts.strip_chart import StripChart

from ..on_screen import items, told

START = 1_552_600_000.0
NAN = math.nan


def history(values: np.ndarray, times: np.ndarray | None = None, codes: np.ndarray | None = None) -> HkHistory:
    made = HkHistory(["T"])
    stamps = START + np.arange(len(values)) if times is None else times
    made.append(stamps, values[:, None], None if codes is None else codes[:, None].astype(np.uint8))
    return made


class Shown:
    """A chart on the screen, with what it called."""

    def __init__(self, root: tk.Tk) -> None:
        self.window = TimeWindow(600.0)
        self.plotted: list[str] = []
        self.chart = StripChart(
            root, theme.apply(root, dark=False), self.window, lambda: self.chart.refresh(), self.plotted.append
        )
        root.geometry("400x200+0+0")
        self.chart.pack(fill="both", expand=True)
        root.update()

    def show(self, source: HkHistory, cell: ChartCell | None = None) -> StripChart:
        self.chart.show(cell or ChartCell("T", unit="°C"), source)
        self.chart.refresh()
        return self.chart


@pytest.fixture
def shown(root: tk.Tk) -> Shown:
    return Shown(root)


def lines(chart: StripChart) -> list[list[float]]:
    """Coordinates of the pieces of the curve."""
    return [chart.coords(item) for item in items(chart, "curve")]


def test_the_curve_is_one_line_across_the_plot(shown: Shown) -> None:
    chart = shown.show(history(np.sin(np.arange(600) / 50)))
    (line,) = lines(chart)
    assert chart.shown is not None
    assert min(line[0::2]) == pytest.approx(chart.shown.left, abs=2)
    assert max(line[0::2]) == pytest.approx(chart.shown.right, abs=1)
    assert told(chart, "value") == f"{number(math.sin(599 / 50), 2)} °C"


def test_a_gap_is_a_gap(shown: Shown) -> None:
    times = START + np.concatenate((np.arange(200), np.arange(400, 600)))
    one, two = lines(shown.show(history(np.zeros(400), times)))
    assert min(two[0::2]) - max(one[0::2]) > 50


def test_invalid_samples_are_magenta_marks_at_the_bottom(shown: Shown) -> None:
    values = np.zeros(600)
    values[100:150] = NAN
    chart = shown.show(history(values))
    (item,) = items(chart, "invalid")
    assert chart.itemcget(item, "fill") == theme.LOOKS[Status.INVALID].colour
    assert chart.shown is not None
    assert chart.coords(item)[1] > chart.shown.bottom
    assert len(lines(chart)) == 2


def test_an_invalid_newest_sample_is_said(shown: Shown) -> None:
    values = np.zeros(20)
    values[-1] = NAN
    chart = shown.show(history(values))
    assert told(chart, "value") == "✗ invalid"


def test_out_of_limits_is_shaded(shown: Shown) -> None:
    codes = np.full(600, Verdict.IN_LIMITS)
    codes[300:350] = Verdict.HIGH
    chart = shown.show(history(np.zeros(600), codes=codes))
    (band,) = items(chart, "out")
    left, top, right, bottom = chart.coords(band)
    assert chart.shown is not None
    assert (right - left) / (chart.shown.right - chart.shown.left) == pytest.approx(50 / 600, abs=0.02)
    assert bottom - top > 0.9 * (chart.shown.bottom - chart.shown.top)


def test_limit_lines_stand_at_the_limits(shown: Shown) -> None:
    cell = ChartCell("T", low=-1.5, high=1.5)
    chart = shown.show(history(np.sin(np.arange(600) / 50)), cell)
    assert chart.shown is not None
    for line, limit in zip(items(chart, "limit"), (-1.5, 1.5), strict=True):
        assert chart.coords(line)[1] == pytest.approx(chart.shown.y(np.array([limit]))[0], abs=1)
    assert told(chart, "limits") == "−1.5 … 1.5"


def test_a_far_limit_is_an_arrow_until_wanted(shown: Shown) -> None:
    chart = shown.show(history(np.sin(np.arange(600))), ChartCell("T", low=-1000.0))
    assert told(chart, "beyond") == "▾"
    chart.limits_in_view = True
    chart.refresh()
    assert told(chart, "beyond") == ""
    assert len(items(chart, "limit")) == 1


def test_a_spike_is_clipped_with_a_mark(shown: Shown) -> None:
    values = np.sin(np.arange(600) / 30)
    values[300] = 500.0
    chart = shown.show(history(values))
    assert chart.shown is not None
    assert chart.shown.top_value < 5
    assert len(items(chart, "clipped")) == 1


def test_no_item_is_made_or_deleted_while_data_arrive(shown: Shown) -> None:
    source = history(np.random.default_rng(1).normal(size=600))
    chart = shown.show(source)
    items = chart.find_all()
    for step in range(20):
        source.append(np.array([START + 600 + step]), np.array([[0.5]]))
        assert chart.refresh()
    assert chart.find_all() == items
    assert not chart.refresh()


def test_nothing_new_makes_no_drawing(shown: Shown) -> None:
    chart = shown.show(history(np.zeros(10)))
    assert not chart.refresh()


def test_before_the_first_row_it_says_so(shown: Shown) -> None:
    chart = shown.show(HkHistory(["T"]))
    assert told(chart, "why") == "no data yet"
    assert lines(chart) == []


def test_only_invalid_samples(shown: Shown) -> None:
    chart = shown.show(history(np.full(50, NAN)))
    assert told(chart, "why") == "no valid sample in this time"
    assert len(items(chart, "invalid")) == 1


def test_an_empty_place_shows_nothing(shown: Shown) -> None:
    chart = shown.show(history(np.zeros(50)))
    chart.show(None, None)
    chart.refresh()
    assert lines(chart) == []
    assert {told(chart, tag) for tag in ("name", "value", "sign")} == {""}


def test_the_wheel_zooms_about_the_pointer_and_double_click_returns(shown: Shown, root: tk.Tk) -> None:
    source = history(np.zeros(5000))
    chart = shown.show(source)
    assert chart.shown is not None
    at = chart.shown.time(200)
    for _ in range(3):
        chart.event_generate("<Button-4>", x=200, y=80)
    root.update()
    assert not shown.window.live
    assert chart.shown.time(200) == pytest.approx(at, abs=2)
    assert chart.shown.t1 - chart.shown.t0 == pytest.approx(600 / 1.25**3)
    held = shown.window.limits(*source.span)
    source.append(np.array([START + 9000]), np.array([[0.0]]))
    chart.refresh()
    assert (chart.shown.t0, chart.shown.t1) == held
    for event in ("<ButtonPress-1>", "<ButtonRelease-1>") * 2:
        chart.event_generate(event, x=200, y=80)
    root.update()
    assert shown.window.live
    assert chart.shown.t1 == START + 9000


def test_dragging_pans(shown: Shown, root: tk.Tk) -> None:
    chart = shown.show(history(np.zeros(5000)))
    assert chart.shown is not None
    at = chart.shown.time(150)
    chart.event_generate("<ButtonPress-1>", x=150, y=80)
    for x in (155, 200, 250):
        chart.event_generate("<B1-Motion>", x=x, y=80)
    chart.event_generate("<ButtonRelease-1>", x=250, y=80)
    root.update()
    assert chart.shown.time(250) == pytest.approx(at, abs=6)
    assert chart.shown.t1 - chart.shown.t0 == pytest.approx(600)


def test_a_click_does_not_pan(shown: Shown, root: tk.Tk) -> None:
    chart = shown.show(history(np.zeros(5000)))
    chart.event_generate("<ButtonPress-1>", x=150, y=80)
    chart.event_generate("<B1-Motion>", x=151, y=80)
    chart.event_generate("<ButtonRelease-1>", x=151, y=80)
    root.update()
    assert shown.window.live


@pytest.mark.parametrize("scale", [1.0, 1.6])
@pytest.mark.parametrize("width", [400, 170, 150, 110, 60])
def test_name_and_value_never_overlap(shown: Shown, root: tk.Tk, width: int, scale: float) -> None:
    shown.chart.theme.resize(scale)
    chart = shown.show(history(np.full(600, -120.004)), ChartCell("T", title="CCD3_TEMP_T", unit="°C"))
    root.geometry(f"{width}x120")
    root.update()
    chart.refresh()
    root.update()
    (name,), (value,) = items(chart, "name"), items(chart, "value")
    assert told(chart, "value") == "−120.00 °C"
    left, right = chart.bbox(name), chart.bbox(value)
    assert left[2] < right[0] or left[3] <= right[1] + 2
    assert chart.shown is None or right[3] <= chart.shown.top
    assert told(chart, "name") == "CCD3_TEMP_T" or (width < 200 and "…" in told(chart, "name"))


@pytest.mark.parametrize("gesture", ["<Button-3>", "<p>"])
def test_the_detail_plot_is_asked_for(shown: Shown, root: tk.Tk, gesture: str) -> None:
    chart = shown.show(history(np.zeros(50)))
    chart.focus_force()
    root.update()
    chart.event_generate(gesture)
    root.update()
    assert shown.plotted == ["T"]


@pytest.mark.parametrize(("key", "live"), [("<plus>", False), ("<minus>", False), ("<Left>", False), ("<Home>", True)])
def test_keys_do_what_the_mouse_does(shown: Shown, root: tk.Tk, key: str, live: bool) -> None:
    chart = shown.show(history(np.zeros(5000)))
    chart.focus_force()
    root.update()
    chart.event_generate(key)
    root.update()
    assert shown.window.live is live


def test_the_pointer_reads_the_curve(shown: Shown, root: tk.Tk) -> None:
    chart = shown.show(history(np.full(600, 7.25)))
    chart.event_generate("<Motion>", x=200, y=80)
    root.update()
    assert told(chart, "value").endswith("7.25")
    assert ":" in told(chart, "value")
    chart.event_generate("<Leave>")
    root.update()
    assert told(chart, "value") == "7.25 °C"


def test_the_theme_recolours_what_is_there(shown: Shown, root: tk.Tk) -> None:
    chart = shown.show(history(np.zeros(600)))
    theme.apply(root, dark=True)
    root.update()
    assert chart["background"] == theme.DARK["surface"]
    assert {chart.itemcget(item, "fill") for item in items(chart, "curve")} == {theme.DARK["curve"]}


def test_the_axis_tells_day_and_time(shown: Shown) -> None:
    shown.window.choose(3600.0)
    chart = shown.chart
    chart.labelled = True
    shown.show(history(np.zeros(7200)))
    times = told(chart, "time").splitlines()
    assert times
    assert all(text.startswith(("14/Mar ", "15/Mar ")) for text in times)
    assert len(times) <= MOST_TICKS


# --- the parts without Tk --------------------------------------------------------------------------------------------


def test_stamp() -> None:
    assert stamp(1_552_600_445.0) == "14/Mar 21:54"
    assert stamp(1_552_600_445.0, seconds=True) == "14/Mar 21:54:05"


@pytest.mark.parametrize("span", [12.0, 60, 600, 3600, 21_600, 86_400, 7 * 86_400, 90 * 86_400])
def test_ticks_are_round_and_few(span: float) -> None:
    moments, step = ticks(START + 7, START + 7 + span)
    assert 1 <= len(moments) <= MOST_TICKS
    assert all(START + 7 <= moment <= START + 7 + span for moment in moments)
    assert all(moment % step == 0 for moment in moments)
    assert label_step(step, 2.5 * step) % step == 0


def test_ranges_end_with_everything() -> None:
    assert [name for name, _ in RANGES] == ["10 min", "1 h", "6 h", "24 h", "all"]
    window = TimeWindow(math.inf)
    assert window.limits(START, START + 5000) == (START, START + 5000)


def test_zoom_and_pan_stay_at_the_data() -> None:
    window = TimeWindow(600.0)
    for _ in range(40):
        window.zoom(1.25, START, START, START + 1000)
    t0, t1 = window.limits(START, START + 1000)
    assert t1 - t0 <= 1500.1
    for _ in range(40):
        window.zoom(0.5, START + 500, START, START + 1000)
    t0, t1 = window.limits(START, START + 1000)
    assert t1 - t0 == pytest.approx(10.0)
    window.pan(1e9, START, START + 1000)
    t0, t1 = window.limits(START, START + 1000)
    assert t0 <= START + 1000 <= t1
    window.go_live()
    assert window.limits(START, START + 2000) == (START + 1400, START + 2000)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(-133.0, -107.0, "−133 … −107"), (NAN, 5.25, "≤ 5.25"), (3.0, NAN, "≥ 3"), (NAN, NAN, "")],
)
def test_limits_as_text(low: float, high: float, text: str) -> None:
    assert limits_text(low, high) == text


@pytest.mark.parametrize(("bottom", "top"), [(0.0, 1.0), (-120.06, -119.94), (1e4, 6e4), (0.0021, 0.0029), (-3, 90)])
@pytest.mark.parametrize("most", [1, 3, 5])
def test_round_values(bottom: float, top: float, most: int) -> None:
    values, decimals = round_values(bottom, top, most)
    assert len(values) <= most
    assert all(bottom <= value <= top for value in values)
    assert all(round(value, decimals) == pytest.approx(value) for value in values)
    if most >= 3:
        assert values


def test_the_range_includes_a_near_limit_and_leaves_a_far_one() -> None:
    low, high = np.full(50, -1.0), np.full(50, 1.0)
    bottom, top = value_range(low, high, (-3.0, 1000.0), 0.1)
    assert bottom < -3.0
    assert top < 2.0
    assert value_range(low, high, (-3.0, 1000.0), 0.1, always_limits=True)[1] > 1000


def test_the_newest_bin_is_always_in_range() -> None:
    low = np.zeros(100)
    high = np.zeros(100) + 0.1
    high[-1] = 40.0
    assert value_range(low, high, (NAN, NAN), 0.1)[1] > 40.0
    high[-1], high[50] = 0.1, 40.0
    assert value_range(low, high, (NAN, NAN), 0.1)[1] < 1.0


class Curve:
    def __init__(self, times: list[float], values: list[float], breaks: list[int]) -> None:
        self.times = np.array(times, dtype=float)
        self.low = self.high = np.array(values, dtype=float)
        self.breaks = np.array(breaks, dtype=bool)
        self.out = np.zeros(len(times), dtype=bool)
        self.invalid = np.empty(0)


SCALE = Scale(0.0, 10.0, 0.0, 10.0, 0, 100, 0, 100)


@pytest.mark.parametrize(
    ("times", "values", "breaks", "drawn"),
    [
        ([], [], [], []),
        ([5], [5], [1], [[49, 50, 51, 50]]),
        ([0, 10], [0, 10], [1, 0], [[0, 100, 100, 0]]),
        ([0, 2, 4, 6], [1, 1, 1, 1], [1, 0, 1, 0], [[0, 90, 20, 90], [40, 90, 60, 90]]),
        ([-10, 10], [0, 10], [1, 0], [[0, 50, 100, 0]]),
        ([0, 20], [0, 10], [1, 0], [[0, 100, 100, 50]]),
        ([-1, 5, 10], [0, 5, 5], [1, 1, 0], [[50, 50, 100, 50]]),
        ([0, 10], [-50, 50], [1, 0], [[0, 100, 100, 0]]),
        ([-5, 15], [0, 20], [1, 1], []),
        ([-5, 15], [-5, 15], [1, 0], [[0, 100, 100, 0]]),
        ([-5], [1], [1], []),
        ([15], [1], [1], []),
        ([-7, -5], [1, 1], [1, 0], []),
        ([15, 17], [1, 1], [1, 0], []),
        ([-7, -5, 15, 17], [5, 5, 5, 5], [1, 0, 1, 0], []),
        ([-7, -5, 15, 17], [5, 5, 5, 5], [1, 0, 0, 0], [[0, 50, 100, 50]]),
    ],
)
def test_segments(times: list[float], values: list[float], breaks: list[int], drawn: list[list[int]]) -> None:
    assert segments(Curve(times, values, breaks), SCALE) == drawn


@given(
    times=st.lists(st.floats(-30, 30), max_size=8, unique=True).map(sorted),
    data=st.data(),
)
def test_whatever_the_view_a_curve_stays_inside_the_plot(times: list[float], data: st.DataObject) -> None:
    of_all = {"min_size": len(times), "max_size": len(times)}
    values = data.draw(st.lists(st.floats(-1e6, 1e6), **of_all))  # type: ignore[arg-type]
    breaks = data.draw(st.lists(st.integers(0, 1), **of_all))  # type: ignore[arg-type]
    breaks[:1] = [1] * len(breaks[:1])
    for piece in segments(Curve(times, values, breaks), SCALE):
        assert len(piece) >= 4
        assert all(-1 <= x <= 101 for x in piece[::2])
        assert all(0 <= y <= 100 for y in piece[1::2])


def test_segments_of_bins_zigzag_between_the_extremes() -> None:
    curve = Curve([1, 2], [1, 1], [1, 0])
    curve.high = curve.low + 8
    assert segments(curve, SCALE) == [[10, 90, 10, 10, 20, 10, 20, 90]]


@pytest.mark.parametrize(
    ("places", "found"),
    [([], []), ([10.0], [(8, 11)]), ([10.0, 12.0, 30.0], [(8, 14), (28, 32)]), ([100.0], [(97, 100)])],
)
def test_spans(places: list[float], found: list[tuple[int, int]]) -> None:
    got = spans(np.array(places), 0, 100, join=4, least=3)
    assert len(got) == len(found)
    for (low, high), (want_low, want_high) in zip(got, found, strict=True):
        assert abs(low - want_low) <= 1
        assert abs(high - want_high) <= 1
        assert 0 <= low < high <= 100


def test_clipped_spikes_tell_where_they_leave() -> None:
    assert clipped(Curve([2, 5, 8], [50, 5, -50], [1, 0, 0]), SCALE, 8) == [(20, True), (80, False)]
