"""Tips on the cells of a table, and cells that change."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

import pytest

from eyegore.widgets import theme as themes
from eyegore.widgets.cells.lists import RowCell
from eyegore.widgets.tree.table import RowTable

from ..on_screen import tip

Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def table(root: tk.Tk, theme: themes.Theme) -> RowTable:
    root.geometry("700x300")
    view = RowTable(root, theme)
    view.pack(fill="both", expand=True)
    view.set_columns(("ObsID", "HK"))
    view.append([RowCell(str(number), (str(number), "unknown"), str(number)) for number in range(4)])
    root.update()
    return view


def point(table: RowTable, row: str, column: str) -> None:
    box = table.tree.bbox(row, column)
    assert box
    x, y, width, height = box
    table.tree.event_generate("<Motion>", x=x + width // 2, y=y + height // 2)
    table.update()


def test_a_tip_belongs_to_the_cell_under_the_pointer(table: RowTable, until: Until) -> None:
    table.tips.by_column["HK"] = lambda key: f"why {key}"
    point(table, "2", "HK")
    until(lambda: tip(table) == "why 2")
    point(table, "1", "HK")
    until(lambda: tip(table) == "why 1")
    point(table, "1", "ObsID")
    assert tip(table) == ""


def test_without_a_reason_there_is_no_tip(table: RowTable, until: Until) -> None:
    asked: list[str] = []
    table.tips.by_column["HK"] = lambda key: asked.append(key) or ""  # type: ignore[func-returns-value]
    point(table, "2", "HK")
    until(lambda: asked == ["2"])
    assert tip(table) == ""


def test_cells_change_in_their_place_and_join_the_order(table: RowTable, until: Until) -> None:
    table.change(["1", "7"], lambda key: {"HK": "clean", "none": "x"})
    until(lambda: table.tree.set("1", "HK") == "clean")
    assert table.visible() == ["0", "1", "2", "3"]
    table.sort_by("HK")
    assert table.visible() == ["1", "0", "2", "3"]
    table.change(["3"], lambda key: {"HK": "a compromise"})
    until(lambda: table.visible() == ["3", "1", "0", "2"])


def test_a_column_is_as_wide_as_what_will_come_into_it(root: tk.Tk, theme: themes.Theme) -> None:
    widths = []
    for longest in ("", "compromised by much"):
        view = RowTable(root, theme)
        view.columns.longest["HK"] = longest
        view.set_columns(("ObsID", "HK"))
        view.append([RowCell("1", ("1", "clean"), "1")])
        widths.append(int(view.tree.column("HK", "width")))
    assert widths[1] >= theme.measure("compromised by much") > widths[0]
