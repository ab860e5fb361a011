"""The picture drawn: what is to be seen is looked for in its pixels."""

from __future__ import annotations

import io
import math
import threading

import numpy as np
import pytest

from eyegore.alarms.spans import AlarmSpan
from eyegore.desktop.history.content import picture_of, titled
from eyegore.desktop.history.figure import broken, pieces, pixels, png
from eyegore.desktop.history.painter import HistoryPainter, Painted
from eyegore.desktop.history.picture import Picture, Sheet
from eyegore.limits.model import Severity, Verdict
from eyegore.messages.events import AlarmKind
from eyegore.series.history import HkHistory
from eyegore.widgets.cells.flags import ChartCell

from ....patience import AWAITED_S

START = 953_000_000.0
SHEET = Sheet(800, 400, 14, 14, 96.0, 8.0, 60, 14)
COLOURS = {
    "surface": "#ffffff", "background": "#f1f2f3", "text": "#000000", "dim": "#555555", "line": "#dddddd",
    "limit": "#d55e00", "band": "#fbe9dd", "invalid": "#cc79a7", "ink": "#000000",
}  # fmt: skip
CURVE, CRITICAL = "#0072b2", "#d55e00"


def rgb(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def columns_of(image: np.ndarray, colour: str) -> np.ndarray:
    """Columns of pixels in which a colour is found."""
    return np.flatnonzero((image == rgb(colour)).all(axis=2).any(axis=0))


def made(
    gap: bool = False,
    spans: tuple[AlarmSpan, ...] = (),
    stretch: tuple[float, float] = (0.0, 999.0),
    noise: float = 0.0,
) -> Picture:
    history = HkHistory(["A"])
    times = START + np.arange(1000.0)
    values = -120.0 + noise * np.random.default_rng(1).normal(size=(1000, 1))
    codes = np.full((1000, 1), Verdict.IN_LIMITS, np.uint8)
    codes[700:800] = Verdict.INVALID
    if gap:
        times, values, codes = (np.delete(one, slice(300, 600), axis=0) for one in (times, values, codes))
    history.append(times, values, codes)
    cells = [ChartCell("A", "A", "°C", "", -121.0, -119.0)]
    t0, t1 = START + stretch[0], START + stretch[1]
    return picture_of(history, cells, {"A": spans}, (t0, t1), SHEET, COLOURS, [CURVE])


def test_size_and_curve() -> None:
    image = pixels(made())
    assert image.shape == (400, 800, 3)
    assert image.dtype == np.uint8
    drawn = columns_of(image, CURVE)
    assert drawn.min() <= 62
    assert drawn.max() >= 784


@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_a_gap_stays_a_gap(noise: float) -> None:
    drawn = columns_of(pixels(made(gap=True, noise=noise)), CURVE)
    left, right = 60 + 0.3 * 726, 60 + 0.6 * 726
    assert not ((drawn > left + 3) & (drawn < right - 3)).any()
    assert ((drawn > left - 10) & (drawn < left + 3)).any()


def test_samples_that_are_no_readings_are_marked_below() -> None:
    image = pixels(made())
    marked = columns_of(image, COLOURS["invalid"])
    assert abs(marked.min() - (60 + 0.7 * 726)) < 4
    assert abs(marked.max() - (60 + 0.8 * 726)) < 4


@pytest.mark.parametrize(
    ("since", "until", "left", "right"),
    [(200.0, 400.0, 0.2, 0.4), (200.0, math.inf, 0.2, 1.0), (-500.0, 100.0, 0.0, 0.1)],
)
def test_the_bar_of_an_alarm(since: float, until: float, left: float, right: float) -> None:
    span = AlarmSpan("A", AlarmKind.OOL, Severity.CRITICAL, START + since, START + until, seen=True)
    image = pixels(made(spans=(span,)))
    lane = image[368]
    bar = np.flatnonzero((lane == rgb(CRITICAL)).all(axis=1))
    assert abs(bar.min() - (60 + left * 726)) < 4
    assert abs(bar.max() - (60 + right * 726)) < 4


def test_an_alarm_that_nobody_has_seen_goes_on_as_a_line() -> None:
    def reach(seen: bool) -> int:
        span = AlarmSpan("A", AlarmKind.OOL, Severity.CRITICAL, START + 10, START + 100, seen=seen)
        return int(columns_of(pixels(made(spans=(span,)))[360:378], CRITICAL).max())

    assert reach(seen=False) > 770
    assert reach(seen=True) < 160


def test_long_curves_are_drawn_in_pieces_that_overlap() -> None:
    breaks = np.zeros(10, dtype=bool)
    breaks[[0, 6]] = True
    assert pieces(breaks, most=4) == [(0, 4), (3, 6), (6, 10)]
    alone = np.array([True])
    assert pieces(alone, most=4) == [(0, 1)]


def test_breaks_are_nan() -> None:
    times, values = broken(np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0]), np.array([True, False, True]))
    np.testing.assert_array_equal(values, [4.0, 5.0, np.nan, 6.0])
    np.testing.assert_array_equal(times, [1.0, 2.0, np.nan, 3.0])


def test_an_empty_picture_says_why() -> None:
    empty = Picture(SHEET, 0.0, 1.0, (), (), COLOURS, nothing="nothing here")
    assert len(np.unique(pixels(empty))) > 10


def test_a_file_for_others_has_more_pixels_and_a_title() -> None:
    from PIL import Image

    with Image.open(io.BytesIO(png(titled(made(), "night")))) as image:
        assert image.size == (1600, 800)
        head = np.asarray(image.convert("L"))[: 2 * 28]
    assert head.min() < 100


# --- the thread ------------------------------------------------------------------------------------------------------


def test_the_newest_picture_of_a_window_wins(wait_until: object) -> None:
    painter = HistoryPainter()
    done: list[Painted] = []
    held, begun = threading.Event(), threading.Event()

    def hold(painted: Painted) -> None:
        begun.set()
        held.wait(AWAITED_S)

    painter.paint("one", made(), hold)
    assert begun.wait(AWAITED_S)
    newest = made(stretch=(0.0, 300.0))
    painter.paint("two", made(stretch=(0.0, 100.0)), done.append)
    painter.paint("two", newest, done.append)
    painter.paint("three", made(), done.append)
    painter.forget("three")
    held.set()
    wait_until(lambda: done)  # type: ignore[operator]
    assert painter.stop(AWAITED_S)
    assert [painted.picture for painted in done] == [newest]
    assert done[0].pixels is not None


def test_a_picture_that_cannot_be_drawn_is_told_and_the_next_is_drawn(wait_until: object) -> None:
    painter = HistoryPainter()
    done: list[Painted] = []
    painter.paint("one", Picture(SHEET, 0.0, 1.0, (), (), {}, nothing=""), done.append)
    wait_until(lambda: done)  # type: ignore[operator]
    painter.save("one", made(), done.append)
    wait_until(lambda: len(done) == 2)  # type: ignore[operator]
    assert painter.stop(AWAITED_S)
    assert "could not be drawn" in done[0].problem
    assert done[1].png.startswith(b"\x89PNG")
