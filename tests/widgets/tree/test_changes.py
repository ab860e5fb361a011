"""Cells of the exposure table that change after their rows came."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

import pytest

from eyegore.widgets import theme as themes
from eyegore.widgets.cells.lists import RowCell
from eyegore.widgets.tree import turns
from eyegore.widgets.tree.table import RowTable

Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def table(root: tk.Tk, theme: themes.Theme, until: Until) -> RowTable:
    root.geometry("700x300")
    view = RowTable(root, theme)
    view.pack(fill="both", expand=True)
    view.set_columns(("ObsID", "backup", "note"), ("ObsID", "backup"))
    view.append([RowCell(str(n), (str(n), "waiting", ""), str(n)) for n in range(300)])
    until(lambda: len(view.visible()) == 300)
    return view


def shown(table: RowTable, key: str) -> str:
    return str(table.tree.set(key, "backup"))


def test_only_rows_that_changed_are_written(table: RowTable) -> None:
    table.tree.selection_set("7")
    table.change(["7", "no such row"], lambda key: {"backup": f"verified {key}", "no such column": "x"})
    assert (shown(table, "7"), shown(table, "8")) == ("verified 7", "waiting")
    assert table.tree.selection() == ("7",)


def test_many_take_several_turns_the_newest_first(
    table: RowTable, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "SLICE_S", 0.0)
    monkeypatch.setattr(turns.time, "monotonic", iter(range(10**6)).__next__)
    table.change(map(str, range(300)), lambda key: {"backup": "verified"})
    assert [shown(table, key) for key in ("0", "299")] == ["waiting", "waiting"]
    monkeypatch.undo()
    until(lambda: shown(table, "0") == "verified")
    assert {shown(table, str(n)) for n in range(300)} == {"verified"}


def test_a_row_finds_its_place_where_the_table_is_sorted_by_what_changed(table: RowTable) -> None:
    table.sort_by("backup")
    table.change(["7"], lambda key: {"backup": "differs"})
    assert table.visible()[0] == "7"
    assert table.tree.get_children()[0] == "7"


def test_the_filter_sees_what_changed(table: RowTable, until: Until) -> None:
    table.filter_text.set("backup:differs")
    until(lambda: table.visible() == [])
    table.change(["7"], lambda key: {"backup": "differs"})
    assert table.visible() == ["7"]


def test_a_hidden_column_changes_too(table: RowTable, until: Until) -> None:
    table.change(["7"], lambda key: {"note": "later"})
    table.show_columns(("ObsID", "note"))
    until(lambda: table.tree.exists("7") and table.tree.set("7", "note") == "later")


def test_what_waits_is_forgotten_with_the_rows(table: RowTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "SLICE_S", -1.0)
    asked: list[str] = []

    def text(key: str) -> dict[str, str]:
        asked.append(key)
        return {"backup": "verified"}

    table.change(map(str, range(300)), text)
    table.clear()
    monkeypatch.undo()
    table.append([RowCell("7", ("7", "waiting", ""), "7")])
    table.update()
    assert (asked, shown(table, "7")) == ([], "waiting")


def test_rows_that_come_while_others_wait_cost_no_slice_of_their_own(
    table: RowTable, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "SLICE_S", 1.5)  # one row for each look at the clock
    monkeypatch.setattr(turns.time, "monotonic", iter(range(10**6)).__next__)
    asked: list[str] = []

    def texts(key: str) -> dict[str, str]:
        asked.append(key)
        return {"backup": "verified"}

    table.change(["1", "2"], texts)
    table.change(["3"], texts)
    assert asked == ["2"]
    monkeypatch.undo()
    until(lambda: shown(table, "1") == shown(table, "2") == shown(table, "3") == "verified")
