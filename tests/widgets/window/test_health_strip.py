"""The health strip."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace

import pytest

from eyegore.widgets import theme
from eyegore.widgets.cells.flags import HealthCell, Status
from eyegore.widgets.window.health_strip import HealthStrip

from ..on_screen import tip


@pytest.fixture
def strip(root: tk.Tk) -> HealthStrip:
    made = HealthStrip(root, theme.apply(root, dark=False))
    made.pack(fill="x")
    return made


def test_nothing_is_green_by_default(strip: HealthStrip) -> None:
    strip.show([HealthCell("hk", "HK")])
    assert strip.text("hk") == "○ HK"
    fills = {strip.itemcget(item, "fill") for item in strip.find_all()}
    assert theme.LOOKS[Status.IN_LIMITS].colour not in fills


def test_a_segment_tells_sign_label_and_text(strip: HealthStrip) -> None:
    strip.show([HealthCell("hk", "HK", "1 s", Status.IN_LIMITS), HealthCell("w", "", "inotify", None)])
    assert [strip.text("hk"), strip.text("w")] == ["■ HK 1 s", "inotify"]
    strip.show([HealthCell("hk", "HK", "130 s", Status.STALE), HealthCell("w", "", "polling", None)])
    assert [strip.text("hk"), strip.text("w")] == ["◷ HK 130 s", "polling"]


def test_a_shorter_text_leaves_the_next_segment_in_place(strip: HealthStrip, root: tk.Tk) -> None:
    places = []
    for text in ("10 s", "9 s"):
        strip.show([HealthCell("hk", "HK", text), HealthCell("im", "images", "1 s")])
        root.update()
        places.append(strip.segments["im"].x)
    assert places[0] == places[1]


def test_gaps_are_even_whatever_was_said_before(strip: HealthStrip, root: tk.Tk) -> None:
    root.geometry("900x100")
    root.update()
    gaps = []
    for text in ("none for 12 min", "11 s"):
        strip.show([HealthCell("hk", "HK", text), HealthCell("log", "EXPLOG", "42 s"), HealthCell("im", "images", "1")])
        hk, explog, images = strip.segments.values()
        gaps.append((explog.x - hk.x - hk.width, images.x - explog.x - explog.width))
    assert len({gap for pair in gaps for gap in pair}) == 1


def test_a_narrow_window_gets_more_lines_and_nothing_is_cut(strip: HealthStrip, root: tk.Tk) -> None:
    cells = [HealthCell(f"c{at}", "label", "00 min", Status.IN_LIMITS) for at in range(8)]
    heights = []
    for width in (1400, 500):
        root.geometry(f"{width}x200")
        strip.show(cells)
        root.update()
        heights.append(strip.winfo_height())
        assert all(one.x + one.width <= width for one in strip.segments.values())
    assert heights[1] >= 2 * heights[0]


def test_only_what_changed_is_drawn(strip: HealthStrip, root: tk.Tk) -> None:
    def show(age: str) -> None:
        strip.show([HealthCell("hk", "HK", age, Status.IN_LIMITS), HealthCell("im", "images", "1 min")])
        root.update()

    show("10 s")
    texts = {strip.itemcget(item, "text"): item for item in strip.find_all() if strip.type(item) == "text"}
    for text in ("10 s", "1 min"):
        strip.itemconfigure(texts[text], fill="#123456")
    show("11 s")
    assert strip.itemcget(texts["10 s"], "text") == "11 s"
    assert strip.itemcget(texts["10 s"], "fill") != "#123456"
    assert strip.itemcget(texts["1 min"], "fill") == "#123456"


def test_a_segment_that_was_gone_is_drawn_again(strip: HealthStrip) -> None:
    cells = [HealthCell("hk", "HK", "1 s"), HealthCell("bad", "", "3 bad lines", Status.WARNING)]
    for shown in (cells, cells[:1], cells):
        strip.show(shown)
        texts = [strip.itemcget(item, "text") for item in strip.find_all()
                 if strip.type(item) == "text" and strip.itemcget(item, "state") != "hidden"]  # fmt: skip
        assert ("3 bad lines" in texts) is (len(shown) == 2)


def test_what_is_wrong_is_filled(strip: HealthStrip) -> None:
    strip.show([HealthCell("hk", "HK", "none for 2 min", Status.STALE), HealthCell("im", "images", "1 s")])
    colour = theme.LOOKS[Status.STALE].colour
    filled = [item for item in strip.find_all() if strip.type(item) == "rectangle" and strip.itemcget(item, "fill")]
    assert [strip.itemcget(item, "fill") for item in filled] == [colour]


def test_a_tip_tells_more(strip: HealthStrip, root: tk.Tk, wait_until: Callable[..., None]) -> None:
    strip.show([HealthCell("hk", "HK", "1 s", Status.STALE, tip="3 rows")])
    root.update()
    strip.event_generate("<Motion>", x=strip.segments["hk"].x + 5, y=5)

    def shown() -> bool:
        root.update()
        return tip(strip) == "HK: stale\n3 rows"

    wait_until(shown)
    strip.event_generate("<Motion>", x=strip.segments["hk"].x + 500, y=5)
    root.update()
    assert tip(strip) == ""


def test_an_unchanged_segment_makes_no_tk_call(strip: HealthStrip, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [HealthCell("hk", "HK", "1 s", Status.IN_LIMITS, tip="3 rows")]
    strip.show(cells)
    with monkeypatch.context() as without:
        without.setattr(strip, "tk", None)
        strip.show([replace(cells[0], tip="4 rows")])


def test_segments_come_and_go(strip: HealthStrip, root: tk.Tk) -> None:
    strip.show([HealthCell("a", "a"), HealthCell("b", "b")])
    strip.show([HealthCell("c", "c"), HealthCell("b", "b")])
    root.update()
    assert [strip.text(key) for key in strip.segments] == ["○ c", "○ b"]
    strip.show([HealthCell("b", "b")])
    shown = [item for item in strip.find_all() if strip.itemcget(item, "state") == "normal"]
    assert [strip.itemcget(item, "text") for item in shown if strip.type(item) == "text"] == ["○", "b", ""]


def test_a_click_on_a_segment_does_what_belongs_to_it(root: tk.Tk) -> None:
    clicked: list[str] = []
    strip = HealthStrip(root, theme.apply(root, dark=False), {"copies": lambda: clicked.append("copies")})
    strip.pack(fill="x")
    root.geometry("700x100")
    root.update()
    strip.show([HealthCell("hk", "HK", "1 s"), HealthCell("copies", "backup", "fails")])
    root.update()
    for key in ("hk", "copies"):
        strip.event_generate("<Motion>", x=strip.segments[key].x + 2, y=5)
        strip.event_generate("<Button-1>", x=strip.segments[key].x + 2, y=5)
    assert clicked == ["copies"]
    assert str(strip.cget("cursor")) == "hand2"
