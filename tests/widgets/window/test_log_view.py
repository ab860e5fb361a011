from __future__ import annotations

import logging
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

import pytest

from eyegore.widgets import theme as themes
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import LogCell
from eyegore.widgets.window.log_view import LogView

from ..on_screen import widgets

Until = Callable[[Callable[[], object]], None]


def lines(first: int, count: int, level: int = logging.INFO) -> list[LogCell]:
    return [LogCell("21:54:05", level, f"line {number}") for number in range(first, first + count)]


@pytest.fixture
def view(root: tk.Tk, theme: themes.Theme) -> LogView:
    root.geometry("500x200")
    log_view = LogView(root, theme, kept=100)
    log_view.pack(fill="both", expand=True)
    root.update()
    return log_view


def text_of(view: LogView) -> list[str]:
    return str(view.text.get("1.0", "end-1c")).splitlines()


def top_line(view: LogView) -> str:
    return str(view.text.get("@0,0 linestart", "@0,0 lineend")).rsplit("\t", 1)[-1]


def test_only_the_last_lines_are_kept(view: LogView) -> None:
    view.append(lines(0, 90))
    view.append(lines(90, 30))
    shown = text_of(view)
    assert len(shown) == 100
    assert shown[0].endswith("line 20")
    assert shown[-1].endswith("line 119")
    view.append(lines(120, 500))
    assert [one.rsplit("\t", 1)[-1] for one in text_of(view)] == [f"line {n}" for n in range(520, 620)]


def test_the_view_follows_at_the_end(view: LogView, until: Until) -> None:
    view.append(lines(0, 60))
    until(lambda: view.text.yview()[1] == 1.0)
    view.append(lines(60, 5))
    until(lambda: view.text.yview()[1] == 1.0)


@pytest.mark.parametrize("change", ["size", "text"])
def test_the_view_still_follows_after_its_size_or_that_of_the_text_changed(
    view: LogView, root: tk.Tk, until: Until, change: str
) -> None:
    view.append(lines(0, 60))
    until(lambda: view.text.yview()[1] == 1.0)
    if change == "size":
        root.geometry("500x120")
    else:
        themes.apply(root, dark=False, scale=1.5)
    root.update()
    root.update()
    until(lambda: view.text.yview()[1] == 1.0)


def test_what_is_being_read_stays_in_place(view: LogView, until: Until) -> None:
    view.append(lines(0, 100))
    until(lambda: view.text.yview()[1] == 1.0)
    view.text.yview("61.0")
    until(lambda: top_line(view) == "line 60")
    view.append(lines(100, 30))  # thirty lines above it go
    view.update()
    assert top_line(view) == "line 60"


def test_less_can_be_shown_and_copied(view: LogView, root: tk.Tk) -> None:
    view.append([*lines(0, 2), *lines(2, 1, logging.WARNING), *lines(3, 1, logging.CRITICAL)])
    (chooser,) = (one for one in widgets(view) if isinstance(one, ttk.Menubutton))
    for name, left in (("warnings and worse", [2, 3]), ("errors only", [3]), ("everything", [0, 1, 2, 3])):
        chooser.nametowidget(chooser["menu"]).invoke(name)
        assert [line.text for line in view.lines()] == [f"line {number}" for number in left]
        seen = str(view.text.tk.call(str(view.text), "get", "-displaychars", "1.0", "end-1c")).splitlines()
        assert [one.rsplit("\t", 1)[-1] for one in seen if one] == [f"line {number}" for number in left]
        view.copy()
        assert root.clipboard_get().splitlines() == [f"21:54:05  line {number}" for number in left]


def test_a_selection_is_copied_alone(view: LogView, root: tk.Tk) -> None:
    view.append(lines(0, 3))
    view.text.tag_add("sel", "2.0", "2.8")
    view.copy()
    assert root.clipboard_get() == "21:54:05"


@pytest.mark.parametrize(
    ("cell", "sign"),
    [
        (LogCell("", logging.INFO, "x"), ""),
        (LogCell("", logging.WARNING, "x"), "▲"),
        (LogCell("", logging.ERROR, "x"), "◆"),
        (LogCell("", logging.INFO, "x", Status.IN_LIMITS), "■"),
    ],
)
def test_a_sign_stands_before_what_matters(view: LogView, cell: LogCell, sign: str) -> None:
    view.append([cell])
    assert text_of(view) == [f"\t{sign}\tx"]


def test_the_text_cannot_be_changed(view: LogView) -> None:
    view.append(lines(0, 1))
    view.text.focus_force()
    view.update()
    view.text.event_generate("<x>")
    view.update()
    assert text_of(view) == ["21:54:05\t\tline 0"]
