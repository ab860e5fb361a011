"""The health strip."""

from __future__ import annotations

import tkinter as tk

import pytest

from eyegore.widgets import theme
from eyegore.widgets.cells import HealthCell, Status
from eyegore.widgets.health_strip import HealthStrip


@pytest.fixture
def strip(root: tk.Tk) -> HealthStrip:
    made = HealthStrip(root, theme.apply(root, dark=False))
    made.pack(fill="x")
    return made


def test_nothing_is_green_by_default(strip: HealthStrip) -> None:
    strip.show([HealthCell("hk", "HK")])
    assert strip.text("hk") == "○ HK"
    assert strip._segments["hk"]._sign["foreground"] != theme.LOOKS[Status.IN_LIMITS].colour


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
        places.append(strip._segments["im"].winfo_x())
    assert places[0] == places[1]


def test_an_unchanged_segment_makes_no_tk_call(strip: HealthStrip, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [HealthCell("hk", "HK", "1 s", Status.IN_LIMITS)]
    strip.show(cells)
    monkeypatch.setattr(tk.Misc, "_configure", lambda *args: pytest.fail("a Tk call"))
    strip.show(cells)


def test_segments_come_and_go(strip: HealthStrip, root: tk.Tk) -> None:
    strip.show([HealthCell("a", "a"), HealthCell("b", "b")])
    strip.show([HealthCell("c", "c"), HealthCell("b", "b")])
    root.update()
    assert [child.said for child in strip.pack_slaves()] == ["○ c", "○ b"]  # type: ignore[attr-defined]
