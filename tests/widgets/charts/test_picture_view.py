"""A picture over time: strips, cursor, and hands."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from eyegore.widgets.charts.axes import OBSIDS, TimeWindow
from eyegore.widgets.charts.curve import Scale
from eyegore.widgets.charts.picture_view import STRIP_PIXELS, PictureView
from eyegore.widgets.theme import Theme

from ..on_screen import items, told as words

Until = Callable[[Callable[[], object]], None]


@dataclass
class Source:
    revision: int = 1
    span: tuple[float, float] = (1000.0, 3000.0)

    def latest(self, column: str) -> None: ...

    def envelope(self, column: str, t0: float, t1: float, bins: int) -> None: ...


@pytest.fixture
def told() -> list[object]:
    return []


@pytest.fixture
def view(root: tk.Tk, theme: Theme, told: list[object]) -> PictureView:
    made = PictureView(
        root,
        theme,
        TimeWindow(float("inf")),
        lambda t0, t1: Scale(t0, t1, 0, 1, 100, 500, 10, 280),
        lambda: told.append("changed"),
        told.append,
    )
    made.configure(width=600, height=300)
    made.pack(fill="both", expand=True)
    made.source = Source()  # type: ignore[assignment]
    root.update()
    told.clear()
    return made


def test_a_picture_is_shown_in_strips(view: PictureView, until: Until) -> None:
    pixels = np.zeros((1200, 1000, 3), np.uint8)
    pixels[-1] = (255, 0, 0)
    view.show(pixels)
    until(lambda: view.pasted)
    strips = sorted(items(view, "strip"), key=lambda item: view.coords(item)[1])
    photos = [str(view.itemcget(item, "image")) for item in strips]
    heights = [int(view.tk.call("image", "height", photo)) for photo in photos]
    assert sum(heights) == 1200
    assert all(height * 1000 <= STRIP_PIXELS for height in heights)
    assert view.tk.call(photos[-1], "get", 5, heights[-1] - 1) in ((255, 0, 0), "255 0 0")
    view.show(pixels[:100])
    until(lambda: view.pasted)
    assert len(items(view, "strip")) == 1
    assert len(view.find_all()) == 6


def test_the_cursor_follows_the_pointer(view: PictureView, told: list[object]) -> None:
    view.event_generate("<Motion>", x=300, y=50)
    assert told == [2000.0]
    assert view.coords(*items(view, "hair"))[0] == 300
    view.event_generate("<Motion>", x=20, y=50)
    assert told == [2000.0, None]
    assert items(view, "hair") == []


def test_keys_move_the_cursor_which_stays(view: PictureView, told: list[object]) -> None:
    view.focus_force()
    view.update()
    for sequence in ("<Shift-Right>", "<Shift-Right>", "<Control-Left>"):
        view.event_generate(sequence)
    assert told == [2000.0, 2005.0, 1905.0]
    view.event_generate("<Motion>", x=300, y=50)
    view.event_generate("<Leave>")
    assert view.cursor == 1905.0
    for _ in range(30):
        view.event_generate("<Control-Left>")
    assert view.cursor == 1000.0


def test_a_key_moves_the_cursor_a_step_where_pixels_are_less(view: PictureView) -> None:
    view.abscissa, view.window = OBSIDS, OBSIDS.window()
    view.settle = lambda place: float(round(place))
    view.window.show(2000.0, 2040.0, *view.source.span)  # type: ignore[union-attr]
    view.focus_force()
    view.update()
    for sequence in ("<Shift-Right>", "<Shift-Right>", "<Shift-Right>", "<Shift-Left>"):
        view.event_generate(sequence)
    assert view.cursor == 2021.0
    view.point(2021.4)
    assert view.read_at == 2021.0
    assert words(view, "when") == "ObsID 2021"
    assert view.coords("hair")[0] == 310.0


def test_a_cursor_out_of_sight_is_hidden(view: PictureView) -> None:
    view.point(1100.0)
    view.window.choose(500.0)
    view.place_cursor()
    assert items(view, "hair") == []
    view.point(None)
    assert view.cursor is None


def test_the_time_of_the_cursor_stays_on_the_canvas(view: PictureView) -> None:
    for time in (1000.0, 3000.0):
        view.point(time)
        left, _top, right, _bottom = view.bbox("when")
        assert left >= 0
        assert right <= view.winfo_width()


def test_a_box_zooms(view: PictureView, told: list[object]) -> None:
    for sequence, x in (("<Shift-ButtonPress-1>", 200), ("<Shift-B1-Motion>", 250), ("<Shift-ButtonRelease-1>", 300)):
        view.event_generate(sequence, x=x, y=50)
    assert view.window.limits(*view.source.span) == (1500.0, 2000.0)  # type: ignore[union-attr]
    assert "changed" in told
    assert items(view, "box") == []


def test_a_click_with_shift_is_no_box(view: PictureView) -> None:
    view.event_generate("<Shift-ButtonPress-1>", x=200, y=50)
    view.event_generate("<Shift-ButtonRelease-1>", x=203, y=50)
    assert view.window.live


def test_without_samples_nothing_moves(view: PictureView, told: list[object]) -> None:
    view.source = None
    assert view.shown is None
    view.event_generate("<Motion>", x=300, y=50)
    view.event_generate("<Button-4>", x=300, y=50)
    assert told == []
