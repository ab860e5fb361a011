"""Pages of strip charts: paging, search, range, and charts that are used again."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

import numpy as np
import pytest

from eyegore.series.history import HkHistory
from eyegore.widgets import theme
from eyegore.widgets.cells.flags import ChartCell
from eyegore.widgets.charts.chart_page import ChartPage, pages_of

from ..on_screen import button, entry, items, widgets

NAMES = [f"PARAMETER_{number}" for number in range(14)]
GROUPS = [("CCD temperatures", NAMES[:3]), ("Biases", NAMES[3:])]
START = 1_552_600_000.0


@pytest.fixture
def source() -> HkHistory:
    made = HkHistory(NAMES)
    made.append(START + np.arange(1200), np.random.default_rng(4).normal(size=(1200, len(NAMES))))
    return made


@pytest.fixture
def page(root: tk.Tk, source: HkHistory) -> ChartPage:
    root.geometry("700x420+0+0")
    made = ChartPage(root, theme.apply(root, dark=False))
    made.pack(fill="both", expand=True)
    made.show_layout(source, GROUPS)
    root.update()
    return made


def on_screen(page: ChartPage) -> list[str]:
    return [chart.cell.name for chart in page.charts if chart.cell is not None]


def test_groups_begin_on_pages_of_their_own() -> None:
    assert [(one.title, len(one.names)) for one in pages_of(GROUPS)] == [
        ("CCD temperatures", 3),
        ("Biases (1)", 9),
        ("Biases (2)", 2),
    ]
    assert pages_of([]) == []
    assert [len(one.names) for one in pages_of([("all", NAMES[:9])])] == [9]


def test_paging_uses_the_nine_charts_again(page: ChartPage) -> None:
    before = page.winfo_toplevel().winfo_children(), list(page.charts)
    seen = [on_screen(page)]
    for _ in range(3):
        page.turn(1)
        page.update()
        seen.append(on_screen(page))
    assert seen == [NAMES[:3], NAMES[3:12], NAMES[12:], NAMES[:3]]
    page.turn(-1)
    assert on_screen(page) == NAMES[12:]
    assert (page.winfo_toplevel().winfo_children(), page.charts) == before


@pytest.mark.parametrize(("keys", "number"), [(["<Next>"], 1), (["<Next>", "<Next>"], 2), (["<Prior>"], 2)])
def test_page_keys(page: ChartPage, keys: list[str], number: int) -> None:
    page.charts[0].focus_force()
    page.update()
    for key in keys:
        page.charts[0].event_generate(key)
    page.update()
    assert page.page == number


@pytest.mark.parametrize(("typed", "number"), [("2", 1), ("99", 2), ("0", 0), ("x", 0), ("", 0)])
def test_a_typed_page_number(page: ChartPage, typed: str, number: int) -> None:
    field = entry(page)
    field.focus_force()
    field.delete(0, "end")
    field.insert(0, typed)
    page.update()
    field.event_generate("<Return>")
    page.update()
    assert page.page == number
    assert field.get() == str(number + 1)


def test_new_states_and_trends_leave_what_is_being_typed(page: ChartPage) -> None:
    entry(page).delete(0, "end")
    entry(page).insert(0, "12")
    page.show_cells({name: ChartCell(name, unit="V") for name in NAMES})
    assert entry(page).get() == "12"
    assert {chart.cell.unit for chart in page.charts if chart.cell} == {"V"}


def test_search_turns_to_the_page_and_frames_the_chart(page: ChartPage) -> None:
    page.winfo_toplevel().focus_force()
    assert page.find("parameter_13") == "PARAMETER_13"
    page.update()
    assert page.page == 2
    assert page.charts[1].focused
    assert [bool(items(chart, "frame")) for chart in page.charts[:3]] == [False, True, False]


def test_search_goes_on_from_the_last_find(page: ChartPage) -> None:
    page.winfo_toplevel().focus_force()
    page.update()
    found = []
    for _ in range(3):
        found.append(page.find("_1"))
        page.update()
    assert found == ["PARAMETER_1", "PARAMETER_10", "PARAMETER_11"]


def test_search_reads_descriptions(page: ChartPage) -> None:
    page.show_cells({NAMES[12]: ChartCell(NAMES[12], description="output drain, top half")})
    assert page.find("Output Drain") == NAMES[12]
    assert page.find("nothing of the kind") is None
    assert page.find("  ") is None


def test_nothing_new_draws_nothing_and_new_rows_draw_the_visible(page: ChartPage, source: HkHistory) -> None:
    assert page.refresh() == 0
    source.append(np.array([START + 1200]), np.zeros((1, len(NAMES))))
    assert page.refresh() == 3
    assert page.refresh() == 0
    page.turn(1)
    page.update()
    source.append(np.array([START + 1201]), np.zeros((1, len(NAMES))))
    assert page.refresh() == 9


def test_the_charts_of_a_page_fill_it(page: ChartPage) -> None:
    assert [chart.winfo_ismapped() for chart in page.charts] == [1] * 3 + [0] * 6
    lowest = page.charts[0]
    assert lowest.winfo_y() + lowest.winfo_height() >= lowest.master.winfo_height() - 2
    page.turn(1)
    page.update()
    assert [chart.winfo_ismapped() for chart in page.charts] == [1] * 9


def test_a_page_that_is_not_on_the_screen_draws_nothing(page: ChartPage, source: HkHistory, root: tk.Tk) -> None:
    root.withdraw()
    root.update()
    source.append(np.array([START + 1200]), np.zeros((1, len(NAMES))))
    assert page.refresh() == 0


def test_charts_share_the_window_of_time(page: ChartPage) -> None:
    page.charts[0].event_generate("<Button-4>", x=150, y=60)
    page.update()
    windows = {(chart.shown.t0, chart.shown.t1) for chart in page.charts if chart.shown}
    assert len(windows) == 1
    assert not page.window.live
    back = button(page, "back to live")
    assert back is not None
    back.invoke()
    page.update()
    assert page.window.live
    assert button(page, "back to live") is None


def test_zoom_stays_when_the_page_turns_and_data_arrive(page: ChartPage, source: HkHistory) -> None:
    page.charts[0].event_generate("<Button-4>", x=150, y=60)
    page.update()
    held = page.window.limits(*source.span)
    source.append(np.array([START + 5000]), np.zeros((1, len(NAMES))))
    page.turn(1)
    page.refresh()
    assert page.window.limits(*source.span) == held


def test_the_range_applies_to_all(page: ChartPage) -> None:
    (ranges,) = (one for one in widgets(page) if isinstance(one, ttk.Menubutton))
    ranges.nametowidget(ranges["menu"]).invoke("10 min")
    assert page.charts[2].shown is not None
    assert page.charts[2].shown.t1 - page.charts[2].shown.t0 == 600.0


def test_the_lowest_chart_of_each_column_has_the_axis(page: ChartPage) -> None:
    assert [chart.labelled for chart in page.charts[:3]] == [True] * 3
    page.go_to(2)
    assert [chart.labelled for chart in page.charts] == [False] * 6 + [True] * 3
    page.go_to(3)
    assert [chart.labelled for chart in page.charts[:2]] == [True, True]


def test_all_plots_have_one_height(page: ChartPage) -> None:
    page.go_to(2)
    page.update()
    heights = {chart.shown.bottom - chart.shown.top for chart in page.charts if chart.shown}
    assert len(heights) == 1


def test_a_new_layout_keeps_the_page_in_sight(page: ChartPage, source: HkHistory) -> None:
    page.go_to(3)
    page.show_layout(source, [("all", NAMES)])
    assert NAMES[12] in on_screen(page)


def test_limits_can_be_kept_in_view(page: ChartPage) -> None:
    page.show_cells({name: ChartCell(name, low=-5000.0) for name in NAMES})
    page.charts[0].focus_force()
    page.update()
    assert page.charts[0].shown is not None
    assert page.charts[0].shown.bottom_value > -5000
    page.charts[0].event_generate("<l>")
    page.update()
    assert page.charts[0].shown.bottom_value < -5000


def test_before_there_is_a_layout_it_stands_empty(root: tk.Tk) -> None:
    made = ChartPage(root, theme.apply(root, dark=True))
    made.pack(fill="both", expand=True)
    root.update()
    made.turn(1)
    made.go_to(4)
    assert made.find("x") is None
    assert made.refresh() == 0
