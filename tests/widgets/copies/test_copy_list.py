"""The list of the copies."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from tkinter import ttk

import pytest

from eyegore.widgets import theme as themes
from eyegore.widgets.calls import ManyCalls
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import CopyCell, FileCell
from eyegore.widgets.copies.copy_list import MOST_ROWS, NOTHING, CopyList

from ..on_screen import texts, widgets

Until = Callable[[Callable[[], object]], None]
NAN = math.nan


def file(name: str, size: float, state: str = "waiting", status: Status = Status.UNCHECKED) -> FileCell:
    return FileCell(f"file/{name}", status, state, "7", name, size, f"{size:.0f} MB", 5.0, "21:54", "")


FULL = replace(file("EUC_8.fits", 35.0, "failed", Status.WARNING), reason="the target is full")
FILES = (FULL, file("EUC_7.fits", 35.0), file("HK_7.txt", 3.0))
DISK = CopyCell("/mnt/disk", Status.IN_LIMITS, "verified", "backup", 0.0, "", 0.0, "", NAN, "", 50.0, "12 s ago", 9e9,
                "9.0 GB", "", facts=("12 of 12",), trouble=("nothing is wrong", ""),
                no_files="all is there")  # fmt: skip
GATE = CopyCell("gate", Status.WARNING, "fails", "broadcast", 73.0, "3 files, 73 MB", 60.0, "60 s", 11e6, "11 MB/s",
                NAN, "not yet", NAN, "", "no route", 0.25, "copying EUC_7.fits", ("9 of 12",),
                ("what is wrong", "no route"), FILES, "3 files to be copied")  # fmt: skip


@pytest.fixture
def looks() -> list[str]:
    return []


@pytest.fixture
def view(root: tk.Tk, theme: themes.Theme, looks: list[str]) -> CopyList:
    root.geometry("1300x600")
    made = CopyList(root, theme, lambda: looks.append("look"))
    made.pack(fill="both", expand=True)
    made.show([DISK, GATE])
    root.update()
    return made


def press(view: CopyList, widget: tk.Misc, sequence: str) -> None:
    widget.focus_force()
    view.update()
    widget.event_generate(sequence)
    view.update()


def choose(view: CopyList, key: str) -> None:
    view.tree.selection_set(key)
    view.tree.focus(key)
    view.update()


def work(view: CopyList) -> tuple[list[str], float]:
    """What stands beside the bar, and how far that is."""
    (bar,) = (one for one in widgets(view.work) if isinstance(one, ttk.Progressbar))
    return texts(view.work), float(bar["value"]) / float(bar["maximum"])


def test_a_row_for_each_target_the_first_is_chosen(view: CopyList) -> None:
    assert view.visible() == ["/mnt/disk", "gate"]
    assert view.tree.item("gate", "text").strip() == "fails"
    assert view.tree.item("gate", "values")[2:6] == ("3 files, 73 MB", "60 s", "11 MB/s", "not yet")
    assert [cell.key for cell in view.selected()] == ["/mnt/disk"]
    assert view.counts == "2 targets · 1 with everything there and verified · 1 in trouble"
    assert view.heading.startswith("▲ 2 targets")
    assert texts(view.files.tree) == ["all is there"]
    assert work(view) == (["nothing is being copied now"], 0)


def test_below_stands_the_one_that_is_chosen_with_its_files(view: CopyList) -> None:
    choose(view, "gate")
    assert view.detail.said == "broadcast gate\n9 of 12\nwhat is wrong\nno route"
    assert work(view) == (["copying EUC_7.fits"], 0.25)
    assert view.files.visible() == ["file/EUC_8.fits", "file/EUC_7.fits", "file/HK_7.txt"]
    assert view.files.counts == "3 files to be copied"
    choose(view, "/mnt/disk")
    assert view.files.visible() == []


def test_what_comes_in_keeps_the_choice_and_the_place_in_the_queue(view: CopyList) -> None:
    choose(view, "gate")
    view.files.tree.selection_set("file/HK_7.txt")
    view.show([DISK, replace(GATE, share=0.5, work="copying more", files=FILES[1:])])
    view.update()
    assert [cell.key for cell in view.selected()] == ["gate"]
    assert [cell.file for cell in view.files.selected()] == ["HK_7.txt"]
    assert work(view) == (["copying more"], 0.5)


def test_files_are_sorted_and_filtered_by_key_and_mouse(view: CopyList, until: Until) -> None:
    choose(view, "gate")
    view.files.sort_by("size")
    assert view.files.visible()[0] == "file/HK_7.txt"
    view.focus_filter()
    view.files.filter_text.set("state:failed")
    until(lambda: view.files.visible() == ["file/EUC_8.fits"])


def test_both_lists_are_copied_as_text(view: CopyList) -> None:
    choose(view, "gate")
    press(view, view.tree, "<Control-c>")
    assert view.clipboard_get() == "broadcast gate: fails\n9 of 12\ncopying EUC_7.fits\nwhat is wrong: no route"
    view.files.tree.selection_set("file/EUC_8.fits")
    press(view, view.files.tree, "<Control-c>")
    assert view.clipboard_get() == "failed\tObsID 7\tEUC_8.fits\t35 MB\t21:54\tthe target is full"


def test_the_menu_looks_now(view: CopyList, looks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[tk.Menu] = []
    monkeypatch.setattr(tk.Menu, "tk_popup", lambda menu, x, y: posted.append(menu))
    press(view, view.tree, "<Shift-F10>")
    posted[0].invoke(0)
    assert looks == ["look"]


def test_many_targets_get_more_rows_but_not_all_the_room(view: CopyList) -> None:
    view.show([replace(DISK, key=f"/mnt/{n}") for n in range(20)])
    assert int(str(view.tree.cget("height"))) == MOST_ROWS


def test_without_targets_it_says_how_to_copy(view: CopyList) -> None:
    view.show([])
    assert (texts(view.tree), view.detail.said.strip(), view.files.visible()) == ([NOTHING], "", [])


def test_the_layout_has_both_lists(view: CopyList, root: tk.Tk, theme: themes.Theme) -> None:
    view.sort_by("lag", descending=True)
    view.files.sort_by("size")
    other = CopyList(root, theme, lambda: None)
    other.restore(view.layout())
    assert (other.sorted_by, other.descending, other.files.sorted_by) == ("lag", True, "size")
    other.restore({"files": 7, "sort": "nothing"})
    assert other.sorted_by == "lag"


def test_what_is_as_before_makes_no_call_of_tk(view: CopyList, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(view, "gate")
    changed: list[tuple[object, ...]] = []
    monkeypatch.setattr(ManyCalls, "add", lambda *args: changed.append(args))
    monkeypatch.setattr(ttk.Progressbar, "configure", lambda *args, **options: changed.append(args))
    view.show([replace(DISK), replace(GATE)])
    assert changed == []
