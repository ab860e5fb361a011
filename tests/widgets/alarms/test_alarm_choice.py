"""The alarm list in the hands of a person: what is chosen, what is told of it, what is remembered."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from eyegore.widgets import theme as themes
from eyegore.widgets.alarms.actions import AlarmActions
from eyegore.widgets.alarms.alarm_list import AlarmList
from eyegore.widgets.alarms.columns import Showing, person_text, tip_of
from eyegore.widgets.cells.lists import Standing

from ..on_screen import drag_edge, texts
from .test_alarm_list import ACKED, CELLS, SHELF, SHELVED, UNACK, C, cell, press

Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def unshelved() -> list[str]:
    return []


@pytest.fixture
def view(root: tk.Tk, theme: themes.Theme, unshelved: list[str]) -> AlarmList:
    root.geometry("1300x560+0+0")
    made = AlarmList(root, theme, AlarmActions(unshelve=lambda cells: unshelved.extend(one.key for one in cells)))
    made.pack(fill="both", expand=True)
    made.show(CELLS)
    root.update()
    return made


def test_n_goes_round_what_nobody_has_acknowledged(view: AlarmList) -> None:
    seen = []
    for _ in range(4):
        press(view, "<n>")
        seen += [one.key for one in view.selected()]
    assert seen == ["warn", "back", "old", "warn"]  # the first row is chosen when the keys come


def test_v_shows_all_then_what_waits_then_the_shelf(view: AlarmList) -> None:
    seen = []
    for _ in Showing:
        press(view, "<v>")
        seen.append((view.showing, view.visible()))
    assert seen == [
        (Showing.WAITING, ["old", "warn", "back"]),
        (Showing.SHELVED, ["shelf"]),
        (Showing.ALL, ["old", "warn", "back", "acked", "shelf"]),
    ]
    view.show_next()
    assert view.counts.endswith("(3 of 5 shown)")
    view.show([CELLS[1]])
    assert texts(view.tree) == ["no alarm that is not acknowledged"]


def test_keys_work_on_alarms_that_come_after_the_list_was_opened(
    root: tk.Tk, theme: themes.Theme, until: Until
) -> None:
    view = AlarmList(root, theme)
    view.pack()
    view.tree.focus_force()
    until(lambda: root.focus_get() is view.tree)
    view.show(CELLS)
    assert [one.key for one in view.selected()] == ["old"]


def test_what_to_do_and_what_happened_stand_below(view: AlarmList) -> None:
    told = replace(CELLS[0], todo="call Ben", story=("03:01:00  raised",), age="12 min", since="02:49:00")
    view.show([told, *CELLS[1:]])
    assert view.detail.said.startswith("No alarm is chosen")
    view.tree.selection_set("old")
    view.update()
    for words in ("CRITICAL old", "What to do: call Ben", "since 02:49:00 (12 min ago)", "03:01:00  raised"):
        assert words in view.detail.said
    assert "call Ben" in tip_of(told)
    view.tree.selection_set("old", "warn")
    view.update()
    assert "(and 1 more chosen)" in view.detail.said


def test_buttons_offer_what_can_be_done_and_do_it(view: AlarmList, unshelved: list[str]) -> None:
    def possible() -> list[str]:
        view.update()
        return [action for action, button in view.bar.buttons.items() if button.instate(["!disabled"])]

    assert possible() == []
    view.tree.selection_set("acked")
    assert possible() == ["comment alarms", "shelve alarms", "plot alarms"]
    view.tree.selection_set("shelf")
    assert "unshelve alarms" in possible()
    view.bar.buttons["unshelve alarms"].invoke()
    assert unshelved == ["shelf"]


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (ACKED, "anna · “seen”"),
        (UNACK, "earlier anna · “seen”"),
        (SHELVED, "shelved by ben · “pump”"),
    ],
)
def test_who_stands_behind_an_alarm(standing: Standing, words: str) -> None:
    whose = cell("a", C, standing, 1, acknowledged_by="anna", comment="seen", shelved_by="ben", reason="pump")
    assert person_text(whose) == words


def test_a_dragged_width_and_the_order_are_kept_and_what_hides_is_not(
    view: AlarmList, root: tk.Tk, theme: themes.Theme
) -> None:
    drag_edge(view.tree, "old", "state", 5 * theme.em)
    view.sort_by("since", descending=True)
    view.show_next()
    layout = view.layout()
    width = int(view.tree.column("state", "width"))
    assert set(layout["widths"]) == {"state"}
    again = AlarmList(root, theme)
    again.restore(layout)
    again.show([replace(SHELF, shelved_until="a very long time to come, longer than any other")])
    assert abs(int(again.tree.column("state", "width")) - width) <= 1
    assert (again.sorted_by, again.descending, again.showing) == ("since", True, Showing.ALL)


@pytest.mark.parametrize(
    "layout", [{}, {"sort": "colour", "widths": 3}, {"widths": {"state": "x", "no": 5}, "sort": 1}]
)
def test_a_layout_that_is_not_one_is_not_used(view: AlarmList, layout: dict[str, Any]) -> None:
    view.restore(layout)
    assert (view.sorted_by, view.layout()["widths"]) == ("", {})
