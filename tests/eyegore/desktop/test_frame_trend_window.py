"""The window with the trends of the images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from eyegore.analysis.frame_trends import METRICS, FrameTrends
from eyegore.desktop.frame_trend_window import _WORDS, AT_FIRST, FrameTrendSource, FrameTrendWindow
from eyegore.desktop.history_desk import TRENDS, HistoryDesk

from ..analysis.test_frame_trends import judged, rows


def test_every_metric_has_its_words() -> None:
    assert set(_WORDS) == set(METRICS)


@pytest.mark.gui
def test_it_shows_the_images_of_one_test_and_what_comes(
    desk: HistoryDesk, run: Callable[[Callable[[], object]], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eyegore.desktop.frame_trend_window.RENEW_S", 0.0)
    monkeypatch.setattr("eyegore.desktop.history_window.REDRAW_S", 0.0)
    trends = FrameTrends()
    trends.add(rows(*range(1, 30)))
    for obsid in range(1, 20):
        trends.take(judged(obsid, test="BIAS01" if obsid % 2 else "PTC01", high=1.44 if obsid % 2 else 1.6))
    for _again in range(2):
        desk.open_trends(FrameTrendSource(trends, lambda: None), str(tmp_path))
    window = desk.windows[TRENDS]
    assert isinstance(window, FrameTrendWindow)

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
