"""The exposure log as a list: columns to choose from, follow or pause, rows that come and change in slices.

The tree holds the cells of the shown columns only (all 81 would take three times the memory).
"""

from __future__ import annotations

import time
import tkinter as tk
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from tkinter import ttk
from typing import Any

from eyegore.widgets import keys
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import RowCell
from eyegore.widgets.lists.cell_list import USUAL, CellList
from eyegore.widgets.lists.row_order import SortValue, sort_value
from eyegore.widgets.lists.row_signs import Stripes
from eyegore.widgets.theme import Theme
from eyegore.widgets.tree.columns import RowColumns, text_at
from eyegore.widgets.tree.menus import ColumnMenu, RowActions, RowMenu
from eyegore.widgets.tree.turns import PAUSE_MS, SLICE_S, Following, RowChanges, TextsOf

AT_ONCE = 60
"""Rows that are put in the tree in the call that brings them; more come in slices."""
SAMPLE = 200
"""Rows looked at to find the alignment of a column."""


class RowTable(CellList[RowCell]):
    """``on_open`` gets the keys of opened rows, ``tint_of`` gives the tint for a key.

    Usually rows stand as they came. Those whose turn has not come yet are no rows of the tree; :meth:`change` and
    :meth:`append` cost the same however many there are.
    """

    _signs: Stripes

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        on_open: Callable[[list[str]], object] = lambda keys: None,
        tools: tk.Misc | None = None,
    ) -> None:
        super().__init__(
            parent,
            theme,
            "Rows.Treeview",
            (),
            Stripes,
            tools,
            usual=lambda row: (self._serials[row.key],),
            signed=False,
        )
        self._serials: dict[str, int] = {}
        self._waiting: deque[str] = deque()
        self._selected: tuple[str, ...] = ()
        self.tint_of: Callable[[str], str] | None = None
        self.columns = RowColumns()
        self._changes = RowChanges(self._later, self._change_row, self._changed_some)
        self.following = Following(self.tree, self._later, self._tell)
        follow = ttk.Checkbutton(self.tools, text="follow", variable=self.following.on, command=self.following.begin)
        self._box.pack(side="left", before=self._counts)
        self._box.leave_by("<Return>")
        follow.pack(side="left", padx=theme.em, before=self._counts)
        self.column_menu = ColumnMenu(self.tools, theme, self.show_columns)
        actions = RowActions(on_open, self.sort_by, self.following.toggle, self.column_menu.come)
        self._row_menu = RowMenu(self.tree, self.columns, self._cells.__getitem__, actions)
        self._bind_keys()
        self.ready()

    def _bind_keys(self) -> None:
        tree = self.tree
        keys.bind(tree, "follow", self.following.toggle)
        keys.bind(tree, "sort", self._sort_here)
        keys.bind(tree, "columns", self.column_menu.come)
        for side, step in (("left", -1), ("right", 1)):
            keys.bind(tree, f"column {side}", partial(self._step_cursor, step))
            keys.bind(tree, f"move column {side}", partial(self._move_column, step))
        tree.bind("<Home>", lambda event: self._jump(0))
        tree.bind("<End>", lambda event: self._jump(-1))

    # --- what the list says of rows ------------------------------------------------------------------------------

    def summary(self) -> tuple[str, Status | None]:
        """How many rows there are, and how many came while nobody followed."""
        text = f"{len(self._signs.groups)} ObsIDs · {len(self._cells)} rows"
        if self._waiting and not self._wanted:
            text += " · loading"
        if self.following.unseen:
            text += f" · {self.following.unseen} new below" if not self.sorted_by else f" · {self.following.unseen} new"
        return text, None

    def nothing(self) -> str:
        """Why there are no rows."""
        return "no row matches the filter" if self._looks else ""

    def takes(self, cell: RowCell) -> bool:
        """Whether the turn of a row has come."""
        return cell.key in self._looks

    def cells_of(self, cell: RowCell) -> tuple[str, ...]:
        """The texts of all columns of the file."""
        return cell.cells

    def sought(self) -> Sequence[str]:
        """The columns that can be seen."""
        return self.columns.shown

    def sort_value(self, cell: RowCell) -> SortValue | None:
        """What a row is sorted by now, by a column that need not be shown."""
        return sort_value(text_at(self.names.index(self.sorted_by))(cell)) if self.sorted_by else USUAL

    def heading_of(self, name: str) -> str:
        """The heading of a column, with brackets around the one that keys act on."""
        heading = super().heading_of(name)
        return heading.replace(name, f"‹{name}›", 1) if name == self.columns.cursor else heading

    # --- rows ----------------------------------------------------------------------------------------------------

    def set_columns(self, columns: Sequence[str], shown_first: Sequence[str] = ()) -> None:
        """Set the columns of the file, and those shown at first (all when none of ``shown_first`` is there).

        Rows already here keep their cells, by name; what a person chose to see stays chosen.
        """
        new, old = tuple(columns), {name: text_at(place) for place, name in enumerate(self.names)}
        if new == self.names:
            return
        for key, row in self._cells.items():
            self._cells[key] = replace(row, cells=tuple(old[name](row) if name in old else "" for name in new))
        self.names = new
        self.columns.set_names(new, shown_first)
        if self.sorted_by not in new:
            self.sorted_by, self.descending = "", False
        self._refill()

    def append(self, rows: Sequence[RowCell]) -> None:
        """Add rows at the end of the file; a row whose key is known replaces that row."""
        known = [row for row in rows if row.key in self._cells]
        for row in rows:
            if row.key not in self._cells:
                self._serials[row.key] = len(self._serials)
                self._signs.tag(row)  # groups differ from their neighbours in the file
                self._cells[row.key] = row
                self._waiting.append(row.key)
        for row in known:
            self._renew(row)
        self._calls.run()
        self._begin_to_fill()

    def _renew(self, row: RowCell) -> None:
        """Give a known row new cells, group or tint, and its place."""
        self._cells[row.key] = row
        if row.key not in self._looks:  # it waits for its turn
            return
        self._fill_row(row)
        self._calls.add("detach", row.key)
        if row.key in self._order:
            self._order.remove(row.key)
        if (index := self._admit(row)) is not None:
            self._calls.add("move", row.key, "", index)

    def change(self, rows: Iterable[str], texts_of: TextsOf) -> None:
        """Give rows, by key, other texts in some columns; many take several turns of Tk."""
        self._changes.add(rows, texts_of)

    def _change_row(self, key: str, texts: Mapping[str, str]) -> None:
        row = self._cells.get(key)
        if row is None:
            return
        cells = list(row.cells)
        for name, text in texts.items():
            if name in self.names and (place := self.names.index(name)) < len(cells):
                cells[place] = text
        new = replace(row, cells=tuple(cells), tint=self.tint_of(key) if self.tint_of else row.tint)
        if new == row:
            return
        if self.sorted_by in texts or self._wanted:
            self._renew(new)
            return
        self._cells[key] = new
        if key in self._looks:  # else its turn comes
            self._fill_row(new)

    def _changed_some(self) -> None:
        self._calls.run()
        self._tell()

    def clear(self) -> None:
        """Forget all rows."""
        self._changes.clear()
        for one in (self._cells, self._serials, self._waiting):
            one.clear()
        self._signs.forget()
        self.following.forget()
        self._empty_tree()
        self.arrange()

    def _empty_tree(self) -> None:
        self.tree.delete(*self._looks)
        self._looks.clear()
        self._order.fill(())

    def _refill(self) -> None:
        """Empty the tree and fill it with the columns now shown."""
        self._selected = self._selected or self.tree.selection()
        self._empty_tree()
        self._waiting = deque(self._cells)
        self.columns.align(self._sample())
        self._install(self.columns.as_columns())
        self._display()
        self.arrange()
        self._begin_to_fill()

    def _sample(self) -> list[RowCell]:
        return list(islice(self._cells.values(), SAMPLE))

    def _begin_to_fill(self) -> None:
        if len(self._waiting) <= AT_ONCE:
            self._fill(whole=True)
        else:
            self._tell()
            self._fill_soon()

    def _fill_soon(self) -> None:
        self._later.after("fill", PAUSE_MS, self._fill)

    def _fill(self, whole: bool = False) -> None:
        """Put waiting rows in the tree, for one slice of time or all of them."""
        if not self._looks and self.columns.align(self._sample()):
            self._install(self.columns.as_columns())
            self.mark_headings()
        end = time.monotonic() + SLICE_S
        insert, name = self.tree.tk.call, str(self.tree)  # three times quicker than Treeview.insert
        while self._waiting and (whole or time.monotonic() < end):
            row = self._cells[self._waiting.popleft()]
            words, index = self._words(row), self._admit(row)
            place = "end" if index is None or index == len(self._order) - 1 else index
            insert(name, "insert", "", place, "-id", row.key, *words)
            if index is None:
                self.tree.detach(row.key)
            else:
                self.following.came(row.key)
        if self._waiting:
            self._fill_soon()
        elif self._selected:
            self.tree.selection_set([key for key in self._selected if key in self._order])
            self._selected = ()
        self._tell()
        self.following.soon()

    def _admit(self, row: RowCell) -> int | None:
        """Enter a row in the order; its place, None when the filter hides it."""
        if not self._wanted.matches(row.cells):
            return None
        return self._order.insert(row.key, self.sort_value(row), self._usual(row))

    def _words(self, cell: RowCell) -> tuple[Any, ...]:
        """What Tk is told of the look of a row: the sign of its tint stands in the first cell."""
        words = super()._words(cell)
        if words and cell.tint:
            _, (first, *others), *tags = words
            return "-values", (f"{self._theme.glyph(Status(cell.tint))} {first}", *others), *tags
        return words

    def arrange(self) -> None:
        """Filter and order all rows that are in the tree, in one call of Tk."""
        super().arrange()
        self.following.newest = max(self._order, key=self._serials.__getitem__, default="")
        self.following.soon()

    # --- columns -------------------------------------------------------------------------------------------------

    def show_columns(self, names: Sequence[str]) -> None:
        """Show these columns in this order."""
        if not self.columns.choose(names):
            return
        if not set(self.columns.shown) <= set(self._places):
            self._refill()
            return
        self._display()
        if self._wanted:
            self.arrange()

    def _display(self) -> None:
        """Show the columns in their order, those whose cells the tree holds."""
        self.tree.configure(displaycolumns=self.columns.shown)
        self.mark_headings()
        self.column_menu.set_columns(self.names, self.columns.shown, self.columns.usual)

    def _step_cursor(self, step: int) -> None:
        self.columns.step_cursor(step)
        self.mark_headings()

    def _move_column(self, step: int) -> None:
        self.show_columns(self.columns.moved(step))

    def _sort_here(self) -> None:
        if not self.columns.cursor:
            self.columns.step_cursor(1)
        self.sort_next(self.columns.cursor)

    def layout(self) -> dict[str, Any]:
        """What a person chose, JSON-able."""
        return {"columns": self.columns.layout()} | super().layout()

    def restore(self, layout: Mapping[str, Any]) -> None:
        """Take back what :meth:`layout` gave; before or after the columns are known."""
        self.columns.restore(layout.get("columns"))
        super().restore(layout)
        if self.names:
            self._refill()

    # --- keys ----------------------------------------------------------------------------------------------------

    def _jump(self, end: int) -> str:
        """Go to the first or last row."""
        if rows := self.tree.get_children():
            self._choose(rows[end])
            self.following.look_away()
        return "break"

    def _enter(self) -> None:
        """The keyboard begins at the newest row; nothing is chosen that nobody chose."""
        if self._order and not self.tree.focus():
            self.tree.focus(self.following.newest)
