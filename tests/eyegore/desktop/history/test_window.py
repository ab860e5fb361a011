"""The history window on samples in memory: parameters, zoom, cursor, alarms."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable

import numpy as np
import pytest

from eyegore.desktop.history.content import MOST_PARAMETERS
from eyegore.desktop.history.desk import HistoryDesk
from eyegore.desktop.history.window import HistoryWindow
from eyegore.series.history import HkHistory
from eyegore.widgets import theme

from ..sampled_session import NAMES, START, SampledSession, curves, press, shown

pytestmark = pytest.mark.gui

Run = Callable[[Callable[[], object]], None]
Open = Callable[..., HistoryWindow]


def test_all_of_the_session_at_first(open_window: Open) -> None:
    window = open_window()
    assert shown(window) == (0.0, 4999.0)
    assert window.title() == "P0 — History — Eyegore"
    assert "about P0" in window.saver.text
    assert "limits −1 … 1 °C" in window.saver.text


def test_parameters_are_added_and_removed(open_window: Open, run: Run) -> None:
    window = open_window("P0", "P1", "P2", "P3")
    picture = window.picture
    assert picture is not None
    assert [panel.unit for panel in picture.panels] == ["°C", "V", "mA"]
    kept = {curve.name: curve.colour for panel in picture.panels for curve in panel.curves}
    assert len(set(kept.values())) == 4
    press(window, "<Delete>")
    assert window.names == ["P0", "P1", "P2"]
    window.remove("P1")
    run(lambda: window.picture is not None and len(window.picture.panels) == 2)
    assert window.picture is not None
    assert {c.name: c.colour for panel in window.picture.panels for c in panel.curves}["P2"] == kept["P2"]
    window.add("P5")
    run(lambda: curves(window) == ["P0", "P2", "P5"])
    assert len({curve.colour for panel in window.picture.panels for curve in panel.curves}) == 3


def test_what_is_shown_already_or_too_many_is_told(open_window: Open) -> None:
    window = open_window()
    window.add("P0")
    assert "shown already" in window.saver.text
    for name in NAMES:
        window.add(name)
    assert len(window.names) == MOST_PARAMETERS
    assert "remove one first" in window.saver.text


def test_a_parameter_is_found_by_typing(open_window: Open, run: Run) -> None:
    window = open_window()
    press(window, "<Insert>")
    run(lambda: window.focus_get() is window.picker.entry)
    for key in "p7":
        window.picker.entry.event_generate(f"<Key-{key}>")
    window.update()
    assert window.picker.offered == ["P7"]
    window.picker.entry.event_generate("<Return>")
    run(lambda: curves(window) == ["P0", "P7"])
    run(lambda: window.focus_get() is window.view)


def test_an_empty_window_asks_for_a_parameter(desk: HistoryDesk, session: SampledSession, run: Run) -> None:
    desk.open(session, session.health.folder)  # type: ignore[arg-type]
    window = desk.windows[""]
    run(lambda: window.picture is not None and "type a part" in window.picture.nothing)
    run(lambda: window.focus_get() is window.picker.entry)
    window.picker.entry.event_generate("<Escape>")
    run(lambda: window.focus_get() is window.view)
    assert desk.windows == {"": window}


# --- time ------------------------------------------------------------------------------------------------------------


def test_zooming_asks_for_full_detail(open_window: Open, run: Run) -> None:
    window = open_window()
    first = shown(window)
    for _ in range(14):
        press(window, "<plus>")
    run(lambda: shown(window)[1] - shown(window)[0] < 250)
    assert shown(window)[1] == first[1]
    assert window.picture is not None
    envelope = window.picture.panels[0].curves[0].envelope
    np.testing.assert_array_equal(envelope.low, envelope.high)
    press(window, "<Left>")
    run(lambda: shown(window)[1] < first[1])
    press(window, "<Home>")
    run(lambda: shown(window) == first)


def test_the_wheel_zooms_about_the_pointer(open_window: Open, run: Run) -> None:
    window = open_window()
    scale = window.view.shown
    assert scale is not None
    at = scale.time(300)
    window.view.event_generate("<Button-4>", x=300, y=100)
    run(lambda: shown(window)[0] > 0)
    scale = window.view.shown
    assert scale is not None
    assert scale.time(300) == pytest.approx(at)


def test_a_box_is_zoomed_to(open_window: Open, run: Run) -> None:
    window = open_window()
    scale = window.view.shown
    assert scale is not None
    wanted = (scale.time(200) - START, scale.time(400) - START)
    window.view.event_generate("<Shift-ButtonPress-1>", x=400, y=50)
    window.view.event_generate("<Shift-B1-Motion>", x=250, y=60)
    window.view.event_generate("<Shift-ButtonRelease-1>", x=200, y=60)
    run(lambda: shown(window) == pytest.approx(wanted))


def test_it_follows_until_it_is_held(open_window: Open, session: SampledSession, desk: HistoryDesk, run: Run) -> None:
    window = open_window()
    history = session.history
    assert history is not None
    history.append(np.array([START + 6000]), np.zeros((1, len(NAMES))))
    run(lambda: desk.refresh() or shown(window)[1] == 6000)
    press(window, "<plus>")
    run(lambda: shown(window)[0] > 0)
    held = shown(window)
    history.append(np.array([START + 7000]), np.zeros((1, len(NAMES))))
    before = window.picture
    run(lambda: desk.refresh() or window.picture is not before)
    assert shown(window) == held
    press(window, "<End>")
    run(lambda: shown(window) == (0.0, 7000.0))


# --- reading ---------------------------------------------------------------------------------------------------------


def test_the_cursor_reads_the_nearest_samples(open_window: Open) -> None:
    window = open_window("P0", "P1")
    scale = window.view.shown
    assert scale is not None
    newest = window.readouts.texts["P1"]
    x = round(float(scale.x(np.array([START + 1050]))[0]))
    window.view.event_generate("<Motion>", x=x, y=50)
    assert window.readouts.texts["P0"] == "◆ −5.00 °C low"
    window.view.event_generate("<Leave>")
    assert window.readouts.texts["P1"] == newest


def test_the_cursor_is_moved_by_keys_and_stays(open_window: Open) -> None:
    window = open_window()
    press(window, "<Shift-Right>")
    middle = window.view.cursor
    assert middle == pytest.approx(START + 2499.5)
    press(window, "<Control-Right>", "<Shift-Left>")
    scale = window.view.shown
    assert scale is not None
    assert middle is not None
    assert window.view.cursor == pytest.approx(middle + 19 * 4999 / (scale.right - scale.left))
    window.view.event_generate("<Leave>")
    assert window.view.cursor is not None


def test_from_alarm_to_alarm(open_window: Open, run: Run) -> None:
    window = open_window()
    assert window.picture is not None
    (lane,) = window.picture.lanes
    assert [(mark.span.since - START, mark.span.lasting) for mark in lane.marks] == [(1000, False), (3000, True)]
    press(window, "<n>")
    assert window.view.cursor == START + 1000
    press(window, "<n>", "<n>")
    assert window.view.cursor == START + 3000
    assert "no later alarm" in window.saver.text
    window.choose(600.0)
    press(window, "<b>")
    assert window.view.cursor == START + 1000
    run(lambda: shown(window)[0] < 1000 < shown(window)[1])


# --- the window ------------------------------------------------------------------------------------------------------


def test_escape_closes_and_the_size_is_remembered(open_window: Open, desk: HistoryDesk, run: Run) -> None:
    window = open_window()
    window.geometry("700x500")
    run(lambda: desk.layout()["history"] == [700, 500])
    press(window, "<Escape>")
    assert desk.windows == {}


@pytest.mark.parametrize("layout", [{}, {"history": "x"}, {"history": [1, 2]}, {"history": [1]}])
def test_a_size_that_makes_no_sense_is_not_taken(desk: HistoryDesk, layout: dict[str, object]) -> None:
    desk.restore(layout)
    assert desk.layout()["history"] == [900, 560]


def test_the_same_parameter_comes_to_the_front(
    open_window: Open, desk: HistoryDesk, session: SampledSession, root: tk.Tk
) -> None:
    window = open_window()
    desk.open(session, session.health.folder, "P0")  # type: ignore[arg-type]
    desk.open(None, "", "P1")
    assert list(desk.windows.values()) == [window]


def test_the_dark_theme_is_drawn(open_window: Open, root: tk.Tk, run: Run) -> None:
    window = open_window()
    theme.apply(root, True)
    dark = theme.DARK["surface"]
    run(lambda: window.picture is not None and window.picture.colours["surface"] == dark)
    assert window.view["background"] == dark


def test_no_figure_outlives_its_picture(open_window: Open, run: Run) -> None:
    import gc

    from matplotlib.figure import Figure

    window = open_window()
    for _ in range(5):
        before = window.picture
        press(window, "<plus>")
        run(lambda before=before: window.picture is not before)
    run(lambda: window.idle)
    gc.collect()
    assert [one for one in gc.get_objects() if isinstance(one, Figure)] == []


def test_before_the_first_row(desk: HistoryDesk, session: SampledSession, run: Run) -> None:
    session.history = HkHistory(NAMES)
    desk.open(session, "", "P0")  # type: ignore[arg-type]
    window = desk.windows["P0"]
    run(lambda: window.picture is not None and window.picture.nothing == "no data yet")
    window.export_table()
    assert "nothing to export" in window.saver.text
    assert math.isinf(window.time.span)
