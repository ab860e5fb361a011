"""A list in a window of its own: it comes, goes, is filled, and remembers where it was."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from eyegore.widgets import theme as themes
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.lists.cell_list import CellList
from eyegore.widgets.lists.columns import text_column
from eyegore.widgets.lists.list_window import ListDesk, ListKind
from eyegore.widgets.lists.row_signs import StatusSigns

Until = Callable[[Callable[[], object]], None]


@dataclass(frozen=True)
class Dewar:
    key: str
    status: Status = Status.IN_LIMITS


class DewarList(CellList[Dewar]):
    def __init__(self, parent: tk.Misc, theme: themes.Theme) -> None:
        columns = [text_column("dewar", "east", lambda one: one.key), text_column("room", "", lambda one: "B 12")]
        super().__init__(parent, theme, "Dewars.Treeview", columns, StatusSigns)
        self.ready()

    def summary(self) -> tuple[str, Status | None]:
        return "2 dewars", Status.WARNING

    def nothing(self) -> str:
        return "no dewar"


class DewarDesk(ListDesk[DewarList]):
    def __init__(self, root: tk.Tk) -> None:
        theme = themes.apply(root, False)
        self.larger = 0
        super().__init__(
            root,
            theme,
            ListKind("Dewars", "alarm list", lambda window: DewarList(window, theme)),
            {"larger": self._enlarge},
        )

    def _enlarge(self) -> None:
        self.larger += 1

    def opened(self) -> None:
        assert self.listed is not None
        self.listed.fill((Dewar("east"), Dewar("west")))


@pytest.fixture
def desk(root: tk.Tk) -> DewarDesk:
    root.geometry("900x600+100+50")
    root.update()
    return DewarDesk(root)


def focused(desk: DewarDesk, root: tk.Tk) -> bool:
    return desk.listed is not None and root.focus_get() is desk.listed.tree


def test_a_list_comes_filled_and_with_the_keys(desk: DewarDesk, root: tk.Tk, until: Until) -> None:
    assert desk.listed is None
    assert desk.layout() == {"open": False}
    desk.open_list()
    assert desk.listed is not None
    assert desk.listed.visible() == ["east", "west"]
    until(lambda: focused(desk, root))


def test_asked_for_again_the_same_list_comes_to_the_front(desk: DewarDesk, root: tk.Tk, until: Until) -> None:
    desk.open_list()
    first = desk.listed
    until(lambda: focused(desk, root))
    root.focus_force()
    until(lambda: root.focus_get() is root)
    desk.open_list()
    assert desk.listed is first
    until(lambda: focused(desk, root))


def test_its_key_closes_it_and_gives_the_keys_back(desk: DewarDesk, root: tk.Tk, until: Until) -> None:
    desk.open_list()
    until(lambda: focused(desk, root))
    assert desk.listed is not None
    desk.listed.tree.event_generate("<F8>")
    assert desk.listed is None
    until(lambda: root.focus_get() is root)


def test_actions_of_the_main_window_work_in_it(desk: DewarDesk, root: tk.Tk, until: Until) -> None:
    desk.open_list()
    until(lambda: focused(desk, root))
    assert desk.listed is not None
    desk.listed.tree.event_generate("<Control-plus>")
    assert desk.larger == 1


@pytest.mark.parametrize("is_open", [True, False])
def test_place_and_order_are_remembered_open_or_closed(
    desk: DewarDesk, root: tk.Tk, until: Until, is_open: bool
) -> None:
    desk.open_list()
    assert desk.listed is not None
    desk.listed.sort_by("dewar", descending=True)
    window = desk.listed.winfo_toplevel()
    window.geometry("500x300+40+60")
    until(lambda: window.geometry().startswith("500x300"))
    place = window.geometry()
    if not is_open:
        window.event_generate("<Escape>")
        until(lambda: desk.listed is None)
    layout = desk.layout()
    assert (layout["open"], layout["geometry"]) == (is_open, place)
    again = DewarDesk(root)
    again.restore(layout)
    assert (again.listed is not None) is is_open
    again.open_list()
    assert again.listed is not None
    assert again.listed.visible() == ["west", "east"]
    until(lambda: again.listed is not None and again.listed.winfo_toplevel().geometry().startswith("500x300"))


def test_a_list_that_was_open_comes_back_without_taking_the_keys(desk: DewarDesk, root: tk.Tk, until: Until) -> None:
    root.focus_force()
    until(lambda: root.focus_get() is root)
    desk.restore({"open": True})
    until(lambda: desk.listed is not None and desk.listed.winfo_viewable())
    assert desk.listed is not None
    assert desk.listed.visible() == ["east", "west"]
    assert root.focus_get() is not desk.listed.tree


@pytest.mark.parametrize("layout", [None, 3, [], {"open": "yes"}, {"list": 7, "geometry": "nowhere"}])
def test_what_cannot_be_read_is_no_layout(desk: DewarDesk, layout: object) -> None:
    desk.restore(layout)
    assert desk.listed is None
    desk.open_list()
    assert desk.listed is not None


def test_the_title_says_what_the_list_says(desk: DewarDesk) -> None:
    desk.open_list()
    assert desk.listed is not None
    assert desk.listed.winfo_toplevel().title() == "▲ 2 dewars — Dewars"
