"""Menus of a table: which columns are shown, and what can be done with a row."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from tkinter import ttk

from eyegore.widgets import keys
from eyegore.widgets.cells.lists import RowCell
from eyegore.widgets.lists.list_menu import ListMenu
from eyegore.widgets.theme import Theme
from eyegore.widgets.tree.columns import RowColumns, text_at


class ColumnMenu(tk.Menu):
    """Check marks for all columns, broken into as many stacks as the screen needs; ``on_choose`` gets the new list.

    Its button is put at the right of ``tools``. A column switched on joins at the right, the others keep their order.
    """

    def __init__(self, tools: tk.Misc, theme: Theme, on_choose: Callable[[list[str]], object]) -> None:
        self._button = ttk.Menubutton(tools, text="columns", style="Quiet.TMenubutton", width=-1)
        self._button.pack(side="right")
        super().__init__(self._button, tearoff=False)
        self._button["menu"] = self
        self._theme = theme
        self._on_choose = on_choose
        self._shown: list[str] = []
        self._marks: dict[str, tk.BooleanVar] = {}

    def set_columns(self, names: Sequence[str], shown: Sequence[str], usual: Sequence[str]) -> None:
        """Show what there is to choose from."""
        self._shown = list(shown)
        if tuple(self._marks) == tuple(names):
            for name, mark in self._marks.items():
                mark.set(name in shown)
            return
        self.delete(0, "end")
        self._marks = {name: tk.BooleanVar(self, name in shown) for name in names}
        self.add_command(label="usual columns", command=lambda: self._on_choose(list(usual)))
        self.add_command(label="all columns", command=lambda: self._on_choose(list(names)))
        most = max(8, round(0.75 * self.winfo_screenheight() / (self._theme.line * 1.35)))
        entries = len(names) + 2
        high = -(-entries // -(-entries // most))  # stacks of one height
        for i, (name, mark) in enumerate(self._marks.items(), start=2):
            toggled = partial(self._toggled, name)
            self.add_checkbutton(label=name, variable=mark, command=toggled, columnbreak=i % high == 0)

    def come(self) -> None:
        """Open below the button."""
        self.tk_popup(self._button.winfo_rootx(), self._button.winfo_rooty())

    def _toggled(self, name: str) -> None:
        shown = self._shown
        wanted = [*shown, name] if self._marks[name].get() else [one for one in shown if one != name]
        if wanted:
            self._on_choose(wanted)
        else:  # the last one stays
            self._marks[name].set(True)


@dataclass(frozen=True)
class RowActions:
    """What the menu of a row asks of the table; ``sort`` gets a column ("" for the order of the file)."""

    open: Callable[[list[str]], object]
    sort: Callable[[str, bool], object]
    follow: Callable[[], object]
    choose_columns: Callable[[], object]


class RowMenu(ListMenu):
    """Opening and copying rows of ``tree`` by mouse, key and menu; ``row`` gives the row of a key."""

    def __init__(
        self, tree: ttk.Treeview, columns: RowColumns, row: Callable[[str], RowCell], actions: RowActions
    ) -> None:
        super().__init__(tree, (), lambda column: actions.sort(column, False), "row menu")
        self._columns = columns
        self._row = row
        self._actions = actions
        keys.bind(tree, "display", self._open)
        tree.bind("<Double-1>", self._double_click)
        keys.bind(tree, "copy rows", self._copy_rows)
        tree.bind("<Control-a>", lambda event: self.select_all())

    def _open(self) -> None:
        selected = list(self._tree.selection()) or [key for key in (self._tree.focus(),) if key]
        if selected:
            self._actions.open(selected)

    def _double_click(self, event: tk.Event[tk.Misc]) -> str | None:
        key = self._tree.identify_row(event.y)
        if self._tree.identify_region(event.x, event.y) != "cell" or not key:  # a heading, or beside the rows
            return None
        self._actions.open([key])
        return "break"

    def _menu_key(self, column: str = "") -> None:
        """The row that the keyboard is at is meant, in the column that keys act on."""
        key = self._tree.focus()
        if key and key not in self._tree.selection():
            self._tree.selection_set(key)
        super()._menu_key(self._columns.cursor)

    def add_actions(self) -> None:
        """Offer to open and copy the rows selected, and to copy a cell."""
        (key, column), rows = self._at, len(self._tree.selection())
        self.add_action("display", self._open, rows > 0, "Open in DS9" if rows < 2 else f"Open {rows} rows in DS9")
        self.add_action("copy rows", self._copy_rows, rows > 0, "Copy row" if rows < 2 else f"Copy {rows} rows")
        if column and key:
            self.add_command(label=f"Copy {column}", command=lambda: self.copy_text(self._cell(self._row(key), column)))

    def add_orders(self) -> None:
        """Offer to sort by the column under the pointer, to follow and to choose columns."""
        do, column = self._actions, self._at[1]
        if column:
            self.add_command(label=f"Sort by {column} ↑", command=lambda: do.sort(column, False))
            self.add_command(label=f"Sort by {column} ↓", command=lambda: do.sort(column, True))
        self.add_command(label="Order of the file", command=lambda: do.sort("", False))
        self.add_separator()
        self.add_action("follow", do.follow, label="Follow or pause")
        self.add_action("columns", do.choose_columns, label="Show columns…")

    def _copy_rows(self) -> None:
        """Selected rows, shown columns, from top to bottom, as tab-separated text."""
        selected = set(self._tree.selection())
        rows = [self._row(key) for key in self._tree.get_children() if key in selected]
        self.copy_text("\n".join("\t".join(self._cell(row, name) for name in self._columns.shown) for row in rows))

    def _cell(self, row: RowCell, column: str) -> str:
        return text_at(self._columns.names.index(column))(row)
