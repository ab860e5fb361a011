"""The window with the trends of the images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from eyegore.desktop.history.content import titled
from eyegore.desktop.history.desk import TRENDS, HistoryDesk
from eyegore.desktop.history.image_trend_window import AT_FIRST, ImageTrendWindow
from eyegore.desktop.history.trend_source import _WORDS, ImageTrendSource
from eyegore.images.trends import METRICS, ImageTrends

from ....widgets.on_screen import told
from ...images.test_trends import judged, rows


def test_every_metric_has_its_words() -> None:
    assert set(_WORDS) == set(METRICS)


@pytest.mark.gui
def test_it_shows_the_images_of_one_test_and_what_comes(
    desk: HistoryDesk, run: Callable[[Callable[[], object]], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eyegore.desktop.history.trend_source.RENEW_S", 0.0)
    monkeypatch.setattr("eyegore.desktop.history.window.REDRAW_S", 0.0)
    trends = ImageTrends()
    trends.add(rows(*range(1, 30)))
    for obsid in range(1, 20):
        trends.take(judged(obsid, test="BIAS01" if obsid % 2 else "PTC01", high=1.44 if obsid % 2 else 1.6))
    for _again in range(2):
        desk.open_trends(ImageTrendSource(trends, lambda: None), str(tmp_path))
    window = desk.windows[TRENDS]
    assert isinstance(window, ImageTrendWindow)

    def drawn(count: int) -> bool:
        desk.refresh()
        panels = window.picture.panels if window.picture else ()
        curves = [curve for panel in panels for curve in panel.curves]
        return {one.envelope.times.size for one in curves if one.name == "CCD1 E std_pre"} == {count}

    run(lambda: drawn(19))
    assert window.picture is not None
    assert [panel.unit for panel in window.picture.panels] == ["ADU noise", "ADU offset"]
    assert tuple(window.names) == AT_FIRST
    assert window.title() == "Trends of the images — Eyegore"
    window.choose_test("BIAS01")
    run(lambda: drawn(10))
    (limited,) = (cell for cell in window.cells if cell.name == "CCD1 E std_pre")
    assert (limited.low, limited.high) == pytest.approx((0.86, 1.44))
    trends.take(judged(21))
    run(lambda: drawn(11))
    window.choose_test("all tests")
    run(lambda: drawn(20))


@pytest.fixture
def trends() -> ImageTrends:
    made = ImageTrends()
    made.add(rows(*range(20101, 20161)))
    for obsid in range(20101, 20161):
        made.take(judged(obsid, high=1.44, noise=1.6 if obsid == 20130 else 1.2))
    return made


Run = Callable[[Callable[[], object]], None]


@pytest.fixture
def window(
    desk: HistoryDesk, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trends: ImageTrends
) -> ImageTrendWindow:
    monkeypatch.setattr("eyegore.desktop.history.trend_source.RENEW_S", 0.0)
    monkeypatch.setattr("eyegore.desktop.history.window.REDRAW_S", 0.0)
    desk.open_trends(ImageTrendSource(trends, lambda: None), str(tmp_path))
    made = desk.windows[TRENDS]
    assert isinstance(made, ImageTrendWindow)
    run(lambda: made.picture is not None and made.picture.panels and made.idle)
    return made


def stretch(window: ImageTrendWindow) -> tuple[str, float, float]:
    """What the picture on the screen is drawn against, from where to where."""
    assert window.picture is not None
    return window.picture.abscissa.name, window.picture.t0, window.picture.t1


@pytest.mark.gui
def test_against_obsid_by_key_and_back_by_menu(window: ImageTrendWindow, run: Run) -> None:
    window.view.focus_force()
    window.update()
    window.view.event_generate("<Key-x>")
    run(lambda: window.idle and stretch(window) == ("ObsID", 20101.0, 20160.0))
    assert window.against.get() == "ObsID"
    assert window.picture is not None
    (curve,) = (one for panel in window.picture.panels for one in panel.curves if one.name == "CCD1 E std_pre")
    assert curve.envelope.times.tolist() == [float(obsid) for obsid in range(20101, 20161)]
    assert (curve.low, curve.high) == pytest.approx((0.86, 1.44))
    window.nametowidget(window.chooser["menu"]).invoke("time")
    run(lambda: window.idle and stretch(window) == ("time", 80.0 * 20101, 80.0 * 20160))


@pytest.mark.gui
def test_the_cursor_names_the_obsid_whose_values_are_read(
    window: ImageTrendWindow, run: Run, desk: HistoryDesk, trends: ImageTrends
) -> None:
    window.draw_against("ObsID")
    run(lambda: window.idle and stretch(window)[0] == "ObsID")
    window.view.point(20129.7)
    assert told(window.view, "when") == "ObsID 20130"
    texts = window.readouts.texts
    assert texts["CCD1 E std_pre"].endswith("1.60 ADU noise high")
    assert texts["CCD1 E offset_pre"] == "23030.0 ADU offset"
    trends.take(judged(25000))  # now a pixel is some ObsIDs
    run(lambda: desk.refresh() or (window.idle and stretch(window)[2] == 25000.0))
    window.view.point(20165.0)
    assert told(window.view, "when") == "ObsID 20160"
    assert window.readouts.texts["CCD1 E std_pre"] == "1.20 ADU noise"
    window.view.point(22000.4)
    assert told(window.view, "when") == "ObsID 22000"
    assert window.readouts.texts["CCD1 E std_pre"] == "no sample"


@pytest.mark.gui
def test_the_window_follows_new_obsids_and_a_stretch_that_is_held_stays(
    window: ImageTrendWindow, run: Run, desk: HistoryDesk, trends: ImageTrends
) -> None:
    window.draw_against("ObsID")
    window.choose(20.0)
    run(lambda: window.idle and stretch(window) == ("ObsID", 20140.0, 20160.0))
    trends.add(rows(20170))
    trends.take(judged(20170))
    run(lambda: desk.refresh() or (window.idle and stretch(window) == ("ObsID", 20150.0, 20170.0)))
    window.time.show(20110.0, 20120.0, 20101.0, 20170.0)
    window.draw_against("time")
    run(lambda: window.idle and stretch(window) == ("time", 80.0 * 20110, 80.0 * 20120))
    window.draw_against("ObsID")
    run(lambda: window.idle and stretch(window) == ("ObsID", 20110.0, 20120.0))


@pytest.mark.gui
def test_the_choice_is_remembered(window: ImageTrendWindow, desk: HistoryDesk, run: Run, trends: ImageTrends) -> None:
    assert desk.layout()["trends against"] == "time"
    window.draw_against("ObsID")
    assert desk.layout()["trends against"] == "ObsID"
    window.destroy()
    desk.restore({"trends against": "the moon"})
    desk.open_trends(ImageTrendSource(trends, lambda: None), "")
    again = desk.windows[TRENDS]
    assert isinstance(again, ImageTrendWindow)
    run(lambda: again.picture is not None and again.idle and stretch(again)[0] == "ObsID")


@pytest.mark.gui
def test_files_are_named_after_the_obsid_they_begin_with(
    window: ImageTrendWindow, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.draw_against("ObsID")
    run(lambda: window.idle and stretch(window)[0] == "ObsID")
    proposed: list[str] = []
    target = tmp_path.parent / f"{tmp_path.name}.csv"

    def ask(**options: str) -> str:
        proposed.append(options["initialfile"])
        return str(target)

    monkeypatch.setattr("eyegore.desktop.history.saver.filedialog.asksaveasfilename", ask)
    window.export_table()
    run(lambda: window.saver.text.startswith("written"))
    assert proposed[0].endswith("_ObsID_20101.csv")
    lines = [line for line in target.read_text().splitlines() if not line.startswith("#")]
    assert len(lines) == 1 + 60
    assert lines[1].split(",")[2:4] == ["20101", "1"]
    assert window.picture is not None
    assert titled(window.picture, "night").title.endswith("ObsID 20101 – ObsID 20160")
