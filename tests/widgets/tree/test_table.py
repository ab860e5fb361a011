from __future__ import annotations

import json
import tkinter as tk
from collections.abc import Callable
from typing import Any

import pytest

from eyegore.widgets import theme as themes
from eyegore.widgets.cells.lists import RowCell
from eyegore.widgets.tree.table import AT_ONCE, RowTable

from ..on_screen import drag_edge, entry, texts

Until = Callable[[Callable[[], object]], None]
COLUMNS = ("ObsID", "CCD", "test", "exptime", "note")


def rows(first: int, count: int) -> list[RowCell]:
    """Rows of three CCDs an ObsID, with exposure times that neither rise nor fall."""
    return [row(number) for number in range(first, first + count)]


def row(number: int, note: str = "", tint: str = "") -> RowCell:
    obsid, ccd = 100 + number // 3, f"CCD{number % 3 + 1}"
    exptime = "" if number % 10 == 9 else f"{number * 7 % 11}e{number % 2}"
    return RowCell(f"{obsid}/{ccd}", (str(obsid), ccd, "PTC01", exptime, note), str(obsid), tint)


@pytest.fixture
def opened() -> list[list[str]]:
    return []


@pytest.fixture
def table(root: tk.Tk, theme: themes.Theme, opened: list[list[str]]) -> RowTable:
    root.geometry("700x300")
    view = RowTable(root, theme, on_open=opened.append)
    view.pack(fill="both", expand=True)
    view.set_columns(COLUMNS, ("ObsID", "CCD", "exptime"))
    root.update()
    return view


def key_press(table: RowTable, sequence: str) -> None:
    table.tree.focus_force()
    table.update()
    table.tree.event_generate(sequence)
    table.update()


def heading(table: RowTable, column: str) -> str:
    return str(table.tree.heading(column, "text"))


def test_chosen_columns_are_shown_first(table: RowTable) -> None:
    assert tuple(table.tree["displaycolumns"]) == ("ObsID", "CCD", "exptime")
    assert table.columns.names == COLUMNS


def test_few_rows_are_there_at_once_and_counted(table: RowTable) -> None:
    table.append(rows(0, 6))
    assert list(table.tree.get_children()) == [one.key for one in rows(0, 6)]
    assert table.tree.set("100/CCD2", "CCD") == "CCD2"
    assert table.counts == "2 ObsIDs · 6 rows"


def test_many_rows_arrive_in_slices(table: RowTable, until: Until) -> None:
    table.append(rows(0, 3000))
    assert len(table.tree.get_children()) < 3000
    until(lambda: len(table.tree.get_children()) == 3000)
    assert table.visible() == [one.key for one in rows(0, 3000)]
    assert table.counts == "1000 ObsIDs · 3000 rows"


def test_rows_that_come_while_the_table_fills_are_kept_in_order(table: RowTable, until: Until) -> None:
    table.append(rows(0, 10 * AT_ONCE))
    table.append(rows(10 * AT_ONCE, 3))
    table.append([row(5, "again")])
    until(lambda: "loading" not in table.counts)
    assert list(table.tree.get_children()) == [one.key for one in rows(0, 10 * AT_ONCE + 3)]


@pytest.mark.parametrize("descending", [False, True])
def test_sorting_is_kept_while_rows_arrive(table: RowTable, descending: bool) -> None:
    table.append(rows(0, 30))
    table.sort_by("exptime", descending)
    table.append(rows(30, 30))
    everything = rows(0, 60)
    filled = [one for one in everything if one.cells[3]]
    wanted = sorted(filled, key=lambda one: float(one.cells[3]), reverse=descending)
    wanted += [one for one in everything if not one.cells[3]]
    assert list(table.tree.get_children()) == [one.key for one in wanted]
    assert heading(table, "exptime") == f"exptime {'↓' if descending else '↑'}"


def test_a_heading_sorts_up_then_down_then_in_file_order(table: RowTable, root: tk.Tk) -> None:
    table.append(rows(0, 12))
    orders = []
    for _ in range(3):
        root.tk.call(*root.tk.splitlist(str(table.tree.heading("exptime", "command"))))
        orders.append((table.sorted_by, table.descending))
    assert orders == [("exptime", False), ("exptime", True), ("", False)]
    assert table.visible() == [one.key for one in rows(0, 12)]


def test_a_column_is_chosen_and_sorted_by_keys(table: RowTable) -> None:
    table.append(rows(0, 12))
    for sequence in ("<Right>", "<Right>", "<Right>", "<o>", "<o>"):
        key_press(table, sequence)
    assert (table.sorted_by, table.descending) == ("exptime", True)
    assert heading(table, "exptime") == "‹exptime› ↓"


def test_a_column_is_moved_by_keys(table: RowTable) -> None:
    table.append(rows(0, 3))
    for sequence in ("<Right>", "<Shift-Right>"):
        key_press(table, sequence)
    assert table.columns.shown == ["CCD", "ObsID", "exptime"]
    assert table.tree.set("100/CCD1", "ObsID") == "100"


def test_an_unknown_column_is_refused(table: RowTable) -> None:
    with pytest.raises(KeyError, match="wave"):
        table.sort_by("wave")


def test_the_filter_hides_rows_also_those_to_come(table: RowTable, until: Until) -> None:
    table.append(rows(0, 12))
    table.filter_text.set("ccd:CCD2 10")
    until(lambda: len(table.visible()) == 4)
    assert table.counts == "4 ObsIDs · 12 rows (4 of 12 shown)"
    table.append(rows(12, 3))
    assert list(table.tree.get_children())[-1] == "104/CCD2"
    assert len(table.tree.get_children()) == 5
    table.filter_text.set("")
    until(lambda: len(table.tree.get_children()) == 15)
    assert table.visible() == [one.key for one in rows(0, 15)]


def test_escape_empties_the_filter_and_goes_back_to_the_rows(table: RowTable, root: tk.Tk, until: Until) -> None:
    table.append(rows(0, 3))
    table.focus_filter()
    root.focus_force()
    until(lambda: True)
    entry(table).focus_force()
    table.filter_text.set("nothing like it")
    until(lambda: not table.visible())
    entry(table).event_generate("<Escape>")
    until(lambda: len(table.visible()) == 3)
    assert root.focus_get() is table.tree


def test_a_row_is_replaced_in_place_and_moves_when_sorted(table: RowTable) -> None:
    table.append(rows(0, 6))
    table.sort_by("note")
    table.append([row(4, note="a", tint="critical")])
    assert table.visible()[0] == row(4).key
    assert table.tree.set(row(4).key, "ObsID") == "◆ 101"
    assert list(table.tree.item(row(4).key, "tags")) == ["critical/1"]
    table.sort_by("")
    assert table.visible() == [one.key for one in rows(0, 6)]


def test_a_known_row_that_is_appended_again_is_not_doubled(table: RowTable) -> None:
    table.append(rows(0, 3))
    table.append([row(1, note="new"), row(3)])
    assert table.counts == "2 ObsIDs · 4 rows"
    table.show_columns(("ObsID", "note"))
    assert table.tree.set(row(1).key, "note") == "new"


def test_rows_of_one_obsid_share_a_stripe(table: RowTable) -> None:
    table.append(rows(0, 9))
    stripes = [table.tree.item(one.key, "tags")[0] for one in rows(0, 9)]
    assert stripes == ["/0"] * 3 + ["/1"] * 3 + ["/0"] * 3


def test_a_hidden_column_can_be_shown_and_hidden_again(table: RowTable) -> None:
    table.append([row(0, note="hello")])
    table.tree.selection_set(row(0).key)
    table.column_menu.invoke("note")
    assert table.tree.selection() == (row(0).key,)
    assert table.columns.shown == ["ObsID", "CCD", "exptime", "note"]
    assert table.tree.set(row(0).key, "note") == "hello"
    table.column_menu.invoke("CCD")
    assert tuple(table.tree["displaycolumns"]) == ("ObsID", "exptime", "note")
    table.column_menu.invoke("usual columns")
    assert table.columns.shown == ["ObsID", "CCD", "exptime"]


def test_the_last_column_cannot_be_hidden(table: RowTable) -> None:
    table.show_columns(["CCD"])
    table.column_menu.invoke("CCD")
    assert table.columns.shown == ["CCD"]


def test_new_columns_of_the_file_keep_the_cells_of_old_rows(table: RowTable, until: Until) -> None:
    table.append(rows(0, 3))
    table.set_columns(("wave", *COLUMNS), ("ObsID", "wave", "CCD"))
    until(lambda: len(table.tree.get_children()) == 3)
    assert table.tree.set(row(1).key, "CCD") == "CCD2"
    assert table.tree.set(row(1).key, "wave") == ""


def test_what_a_person_chose_is_remembered(table: RowTable, root: tk.Tk, theme: themes.Theme, until: Until) -> None:
    table.append(rows(0, 12))
    table.show_columns(("exptime", "note", "ObsID"))
    table.sort_by("exptime", descending=True)
    until(lambda: len(table.visible()) == 12)
    drag_edge(table.tree, table.visible()[0], "exptime", 77)
    width = int(table.tree.column("exptime", "width"))
    layout = json.loads(json.dumps(table.layout()))
    other = RowTable(root, theme)
    other.restore(layout)
    other.set_columns(COLUMNS, ("ObsID",))
    other.append(rows(0, 12))
    until(lambda: len(other.visible()) == 12)
    assert other.columns.shown == ["exptime", "note", "ObsID"]
    assert other.visible() == table.visible()
    assert other.tree.column("exptime", "width") == pytest.approx(width, abs=1)
    assert width > int(table.tree.column("note", "width"))


@pytest.mark.parametrize(
    "layout",
    [{}, {"columns": 3, "widths": [1], "sort": 5}, {"columns": ["moon"], "widths": {"CCD": -4}, "sort": "moon"}],
)
def test_a_layout_that_fits_nothing_does_no_harm(table: RowTable, layout: dict[str, object]) -> None:
    table.restore(layout)
    table.append(rows(0, 3))
    assert table.columns.shown == ["ObsID", "CCD", "exptime"]
    assert table.visible() == [one.key for one in rows(0, 3)]


def newest_in_sight(table: RowTable, key: str) -> bool:
    return bool(table.tree.bbox(key))


def test_the_table_follows_until_a_person_scrolls_away(table: RowTable, until: Until) -> None:
    table.append(rows(0, 60))
    until(lambda: newest_in_sight(table, row(59).key))
    key_press(table, "<Home>")
    until(lambda: not table.following.on.get())
    table.append(rows(60, 3))
    table.update()
    assert not newest_in_sight(table, row(62).key)
    assert table.counts.endswith("· 3 new below")
    key_press(table, "<space>")
    until(lambda: newest_in_sight(table, row(62).key))
    assert table.following.on.get()
    assert "new" not in table.counts


def test_scrolling_within_the_last_rows_does_not_pause(table: RowTable, until: Until) -> None:
    table.append(rows(0, 60))
    until(lambda: newest_in_sight(table, row(59).key))
    key_press(table, "<Up>")
    assert table.following.on.get()


def test_following_goes_where_the_sorting_puts_the_newest(table: RowTable, until: Until) -> None:
    table.append(rows(0, 60))
    table.sort_by("ObsID", descending=True)
    table.append(rows(60, 3))
    until(lambda: newest_in_sight(table, row(62).key))
    assert table.visible()[:3] == [one.key for one in rows(60, 3)]


def test_a_double_click_opens_the_row_but_not_a_heading_or_nothing(
    table: RowTable, opened: list[list[str]], until: Until
) -> None:
    table.append(rows(0, 3))
    until(lambda: table.tree.bbox(row(1).key, "CCD"))
    x, y, width, height = table.tree.bbox(row(1).key, "CCD")
    places = [(x + width // 2, y + height // 2), (x + 3, 4), (x + 3, table.tree.winfo_height() - 8)]
    for at_x, at_y in places:
        for _ in range(2):
            table.tree.event_generate("<Button-1>", x=at_x, y=at_y)
            table.tree.event_generate("<ButtonRelease-1>", x=at_x, y=at_y)
    assert opened == [[row(1).key]]


def test_return_opens_the_selected_rows(table: RowTable, opened: list[list[str]]) -> None:
    table.append(rows(0, 6))
    table.tree.selection_set(row(1).key, row(2).key)
    key_press(table, "<Return>")
    assert opened == [[row(1).key, row(2).key]]


def test_rows_are_copied_as_shown(table: RowTable, root: tk.Tk) -> None:
    table.append([row(0), row(1, tint="warning"), row(2)])
    table.tree.selection_set(row(2).key, row(1).key)
    key_press(table, "<Control-c>")
    assert root.clipboard_get() == "100\tCCD2\t7e1\n100\tCCD3\t3e0"


def entries(menu: tk.Menu) -> list[str]:
    """What a menu offers, "-" for a line."""
    kinds = [menu.type(place) for place in range(int(menu.index("end") or 0) + 1)]
    return ["-" if kind == "separator" else str(menu.entrycget(place, "label")) for place, kind in enumerate(kinds)]


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[tk.Menu]:
    menus: list[tk.Menu] = []
    monkeypatch.setattr(tk.Menu, "tk_popup", lambda menu, x, y: menus.append(menu))
    return menus


def test_the_menu_of_a_cell_opens_copies_and_sorts(
    table: RowTable, opened: list[list[str]], posted: list[tk.Menu], until: Until
) -> None:
    table.append(rows(0, 6))
    until(lambda: table.tree.bbox(row(1).key, "CCD"))
    x, y, width, height = table.tree.bbox(row(1).key, "CCD")
    table.tree.event_generate("<Button-3>", x=x + width // 2, y=y + height // 2)
    (menu,) = posted
    copies, sorts = ["Open in DS9", "Copy row", "Copy CCD"], ["Sort by CCD ↑", "Sort by CCD ↓", "Order of the file"]
    assert entries(menu) == [*copies, "-", *sorts, "-", "Follow or pause", "Show columns…"]
    menu.invoke(0)
    assert opened == [[row(1).key]]
    menu.invoke(2)
    assert table.clipboard_get() == "CCD2"
    menu.invoke(5)
    assert (table.sorted_by, table.descending, table.visible()[0]) == ("CCD", True, row(2).key)


def test_the_menu_key_means_the_row_and_column_that_keys_act_on(table: RowTable, posted: list[tk.Menu]) -> None:
    table.append(rows(0, 6))
    for sequence in ("<Home>", "<Control-a>", "<Right>", "<Menu>"):
        key_press(table, sequence)
    assert entries(posted[0])[:3] == ["Open 6 rows in DS9", "Copy 6 rows", "Copy ObsID"]


def test_beside_the_rows_the_menu_offers_no_cell(table: RowTable, posted: list[tk.Menu]) -> None:
    table.tree.event_generate("<Button-3>", x=table.tree.winfo_width() - 4, y=table.tree.winfo_height() - 4)
    (menu,) = posted
    assert entries(menu)[:3] == ["Open in DS9", "Copy row", "-"]
    assert menu.entrycget(0, "state") == "disabled"


def test_clearing_forgets_everything(table: RowTable) -> None:
    table.append(rows(0, 6))
    table.clear()
    table.append(rows(0, 3))
    assert table.counts == "1 ObsIDs · 3 rows"
    assert list(table.tree.get_children()) == [one.key for one in rows(0, 3)]


def test_the_theme_colours_a_table_that_was_cleared(table: RowTable, root: tk.Tk) -> None:
    table.append([row(0, tint="warning"), *rows(1, 5)])
    grounds = [str(table.tree.tag_configure(tag, "background")) for tag in ("warning/0", "/1")]
    table.clear()
    themes.apply(root, dark=True)
    root.update()
    table.append([row(0, tint="warning"), *rows(1, 5)])
    assert grounds != [str(table.tree.tag_configure(tag, "background")) for tag in ("warning/0", "/1")]


def test_destroying_while_filling_leaves_no_call_behind(root: tk.Tk, theme: themes.Theme) -> None:
    table = RowTable(root, theme)
    table.set_columns(COLUMNS)
    table.append(rows(0, 1000))
    table.destroy()
    root.update()  # a call left behind would be reported and fail the test


def test_appending_costs_the_same_number_of_tk_calls_at_any_length(
    table: RowTable, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    calls: list[tuple[object, ...]] = []
    costs = []
    for length in (30, 3000):
        table.append(rows(0, length))
        until(lambda: "loading" not in table.counts)
        real = table.tree.tk

        class Counting:
            def call(self, *arguments: object, real: Any = real) -> object:
                calls.append(arguments)
                return real.call(*arguments)

            def __getattr__(self, name: str, real: object = real) -> object:
                return getattr(real, name)

        with monkeypatch.context() as patch:
            patch.setattr(table.tree, "tk", Counting())
            calls.clear()
            table.append(rows(length, 3))
            costs.append(len(calls))
    assert costs[0] == costs[1] <= 8


def test_what_the_filter_hides_is_not_selected_and_an_empty_table_says_why(table: RowTable, until: Until) -> None:
    table.append(rows(0, 6))
    table.tree.selection_set(row(0).key, row(1).key)
    table.filter_text.set("CCD2")
    until(lambda: table.tree.selection() == (row(1).key,))
    table.filter_text.set("nothing like it")
    until(lambda: "no row matches the filter" in texts(table))
    assert table.tree.selection() == ()


def test_a_column_widens_for_a_longer_text(table: RowTable) -> None:
    table.append(rows(0, 3))
    table.show_columns(("ObsID", "note"))
    before = int(table.tree.column("note", "width"))
    table.append([row(3, note="a lamp that was on all night")])
    assert int(table.tree.column("note", "width")) > before
