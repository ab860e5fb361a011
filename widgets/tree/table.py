"""The exposure log as a table: typed sorting, filter, follow or pause, columns to choose from.

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
from typing import Any

from eyegore.widgets import keys
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.rows import RowCell
from eyegore.widgets.lists.row_filter import RowFilter
from eyegore.widgets.lists.row_order import RowOrder, SortValue, sort_value
from eyegore.widgets.lists.scrolled_tree import ScrolledTree
from eyegore.widgets.lists.sorted_table import SortedTable
from eyegore.widgets.theme import Theme
from eyegore.widgets.tree.changes import PAUSE_MS, SLICE_S, RowChanges, TextsOf
from eyegore.widgets.tree.columns import RowColumns
from eyegore.widgets.tree.menus import RowActions, RowMenu
from eyegore.widgets.tree.tools import RowTools

AT_ONCE = 60
"""Rows that are put in the tree in the call that brings them; more come in slices."""
SAMPLE = 200
"""Rows looked at to find the width and alignment of a column."""


class RowTable(SortedTable):
    """Table of :class:`RowCell`; ``on_open`` gets the keys of opened rows, ``tint_of`` gives the tint for a key.

    ``tools`` is where filter, follow and columns go (the header of a pane); without it they get a line of their own.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        on_open: Callable[[list[str]], object] = lambda keys: None,
        tools: tk.Misc | None = None,
    ) -> None:
        super().__init__(parent, theme)
        self._on_open = on_open
        self._rows: dict[str, RowCell] = {}
        self._serials: dict[str, int] = {}
        self._stripes: dict[str, int] = {}
        self._waiting: deque[str] = deque()
        self._order = RowOrder()
        self._wanted = RowFilter("", (), ())
        self._newest = ""
        self._unseen = 0
        self._selected: tuple[str, ...] = ()
        self.tint_of: Callable[[str], str] | None = None
        self._changes = RowChanges(self._later, self._change_row, lambda: self._calls.run())
        self.tools = RowTools(
            self if tools is None else tools,
            theme,
            on_filter=self.arrange,
            on_leave=lambda: self.tree.focus_set(),
            on_follow=self._follow_changed,
            on_columns=self.show_columns,
        )
        self.tools.pack(side="top", fill="x", expand=tools is not None, padx=(theme.em // 2, theme.em // 3))
        self._build_tree()
        self._bind_keys()
        self.paint()
        self._tell_count()

    # --- building ------------------------------------------------------------------------------------------------

    def _build_tree(self) -> None:
        tree = ScrolledTree(self, "Rows.Treeview", "headings", on_scroll=self._scroll_by_hand)
        self.have(tree, self.tools.filter)
        self.columns = RowColumns(self.tree, self._theme, self.sort_next, self.arrow)
        actions = RowActions(self._on_open, self.sort_by, self.toggle_follow, self.tools.choose_columns)
        self._row_menu = RowMenu(self.tree, self.columns, self._rows.__getitem__, actions)

    def _bind_keys(self) -> None:
        tree = self.tree
        keys.bind(tree, "follow", self.toggle_follow)
        keys.bind(tree, "sort", lambda: self.sort_next(self.columns.cursor or self.columns.step_cursor(1)))
        keys.bind(tree, "columns", self.tools.choose_columns)
        for side, step in (("left", -1), ("right", 1)):
            keys.bind(tree, f"column {side}", partial(self.columns.step_cursor, step))
            keys.bind(tree, f"move column {side}", partial(self.columns.move, step))
        tree.bind("<Home>", lambda event: self._jump(0))
        tree.bind("<End>", lambda event: self._jump(-1))
        for sequence in ("<Button-4>", "<MouseWheel>", "<Prior>", "<Up>"):
            tree.bind(sequence, lambda event: self._later.when_idle("away", self._pause_if_away))
        tree.bind("<FocusIn>", lambda event: self._focus_a_row())
        tree.bind("<Configure>", lambda event: self._follow_soon())

    def paint(self) -> None:
        """Take the colours and sizes of the theme there is now."""
        self.tree.space(self._theme, self._theme.em // 2)
        self.columns.rescale()
        for stripe, ground in enumerate(("surface", "stripe")):
            self.tree.tag_configure(f"/{stripe}", background=self._theme.colour(ground))
            for status in Status:
                self.tree.tag_configure(f"{status.value}/{stripe}", background=self._theme.tint(status, ground))

    # --- rows ----------------------------------------------------------------------------------------------------

    def set_columns(self, columns: Sequence[str], shown_first: Sequence[str] = ()) -> None:
        """Set the columns of the file, and those shown at first (all when none of ``shown_first`` is there).

        Rows already here keep their cells, by name; what a person chose to see stays chosen.
        """
        new, old = tuple(columns), {name: i for i, name in enumerate(self.names)}
        if new == self.names:
            return
        for key, row in self._rows.items():
            cells = [row.cells[old[name]] if old.get(name, len(row.cells)) < len(row.cells) else "" for name in new]
            self._rows[key] = RowCell(key, tuple(cells), row.group, row.tint)
        self.names = new
        self.columns.set_names(new, shown_first)
        if self.sorted_by not in new:
            self.sorted_by, self.descending = "", False
        self._refill()

    def append(self, rows: Sequence[RowCell]) -> None:
        """Add rows at the end of the file; a row whose key is known replaces that row."""
        known = [row for row in rows if row.key in self._rows]
        for row in rows:
            if row.key not in self._rows:
                self._serials[row.key] = len(self._serials)
                self._stripes.setdefault(row.group, len(self._stripes) % 2)
                self._rows[row.key] = row
                self._waiting.append(row.key)
        if known:
            self.replace(known)
        if len(self._waiting) <= AT_ONCE:
            self._fill(whole=True)
        else:
            self._fill_soon()

    def replace(self, rows: Sequence[RowCell]) -> None:
        """Give known rows new cells, group or tint; unknown ones are added."""
        for row in rows:
            if row.key not in self._rows:
                self.append([row])
                continue
            self._rows[row.key] = row
            self._stripes.setdefault(row.group, len(self._stripes) % 2)
            if not self.tree.exists(row.key):  # it waits for its turn
                continue
            self.tree.item(row.key, values=self._values(row), tags=self._tag(row))
            self.tree.detach(row.key)
            if row.key in self._order:
                self._order.remove(row.key)
            if (index := self._admit(row)) is not None:
                self.tree.move(row.key, "", index)
        self._tell_count()

    def change(self, rows: Iterable[str], texts_of: TextsOf) -> None:
        """Give rows, by key, other texts in some columns; many take several turns of Tk."""
        self._changes.add(rows, texts_of)

    def _change_row(self, key: str, texts: Mapping[str, str]) -> None:
        row, names = self._rows.get(key), self.names
        if row is None:
            return
        cells = list(row.cells)
        places = {names.index(name): name for name in texts if name in names}
        new = {place: name for place, name in places.items() if place < len(cells) and cells[place] != texts[name]}
        tint = self.tint_of(key) if self.tint_of else row.tint
        if not new and tint == row.tint:
            return
        for place, name in new.items():
            cells[place] = texts[name]
        tinted, row = tint != row.tint, replace(row, cells=tuple(cells), tint=tint)
        if self.sorted_by in new.values() or self._wanted:
            self.replace([row])
            return
        self._rows[key] = row
        if tinted and key in self._order:
            self._calls.add("item", key, "-values", self._values(row), "-tags", self._tag(row))
        elif key in self._order:  # else its turn comes
            for name in (name for place, name in new.items() if place in self.columns.places):
                self._calls.add("set", key, name, texts[name])

    def clear(self) -> None:
        """Forget all rows."""
        self._changes.clear()
        held = [key for key in self._rows if self.tree.exists(key)]
        self._rows.clear()
        self._serials.clear()
        self._stripes.clear()
        self._waiting.clear()
        self._order.fill(())
        self._newest, self._unseen = "", 0
        self.tree.delete(*held)
        self._tell_count()

    def _refill(self) -> None:
        """Empty the tree and fill it with the columns now shown."""
        self.columns.keep_widths()
        self._selected = self._selected or self.tree.selection()
        self.tree.delete(*(key for key in self._rows if self.tree.exists(key)))
        self.columns.install()
        self.tools.column_menu.set_columns(self.names, self.columns.shown, self.columns.usual)
        self._wanted = RowFilter(self.filter_text.get(), self.names, self.columns.shown)
        self._order = RowOrder(self.descending)
        self._waiting = deque(self._rows)
        self._newest = ""
        self.columns.fit([row.cells for row in islice(self._rows.values(), SAMPLE)])
        if len(self._waiting) <= AT_ONCE:
            self._fill(whole=True)
        else:
            self._fill_soon()

    def _fill_soon(self) -> None:
        self._later.after("fill", PAUSE_MS, self._fill)

    def _fill(self, whole: bool = False) -> None:
        """Put waiting rows in the tree, for one slice of time or all of them."""
        if not len(self._order):
            self.columns.fit([row.cells for row in islice(self._rows.values(), SAMPLE)])
        end = time.monotonic() + SLICE_S
        insert, name = self.tree.tk.call, str(self.tree)  # three times quicker than Treeview.insert
        while self._waiting and (whole or time.monotonic() < end):
            row = self._rows[self._waiting.popleft()]
            index = self._admit(row)
            place = "end" if index is None or index == len(self._order) - 1 else index
            insert(name, "insert", "", place, "-id", row.key, "-values", self._values(row), "-tags", self._tag(row))
            if index is None:
                self.tree.detach(row.key)
            else:
                self._newest = row.key
                self._unseen += not self.tools.following.get()
        if self._waiting:
            self._fill_soon()
        elif self._selected:
            self.tree.selection_set([key for key in self._selected if key in self._order])
            self._selected = ()
        self._tell_count()
        self._follow_soon()

    def _admit(self, row: RowCell) -> int | None:
        """Enter a row in the order; its place, None when the filter hides it."""
        if not self._wanted.matches(row.cells):
            return None
        return self._order.insert(row.key, self._sort_value(row), self._serials[row.key])

    def _values(self, row: RowCell) -> tuple[str, ...]:
        cells = row.cells
        values = [cells[i] if i < len(cells) else "" for i in self.columns.places]
        if row.tint and values:
            values[0] = f"{self._theme.glyph(Status(row.tint))} {values[0]}"
        return tuple(values)

    def _tag(self, row: RowCell) -> str:
        return f"{row.tint}/{self._stripes[row.group]}"

    def _sort_value(self, row: RowCell) -> SortValue | None:
        if not self.sorted_by:
            return 0, 0.0  # equal: the order of arrival decides
        place = self.names.index(self.sorted_by)
        return sort_value(row.cells[place]) if place < len(row.cells) else None

    # --- order and filter ----------------------------------------------------------------------------------------

    def mark_headings(self) -> None:
        """Write the headings, with an arrow on the column that is sorted by."""
        self.columns.mark()

    def visible(self) -> list[str]:
        """Keys of the rows that pass the filter, from top to bottom."""
        return list(self._order)

    def arrange(self) -> None:
        """Filter and order all rows that are in the tree, in one call of Tk."""
        self._wanted = RowFilter(self.filter_text.get(), self.names, self.columns.shown)
        waiting = set(self._waiting)
        here = [row for row in self._rows.values() if row.key not in waiting and self._wanted.matches(row.cells)]
        self._order = RowOrder(self.descending)
        self._order.fill((row.key, self._sort_value(row), self._serials[row.key]) for row in here)
        self.tree.tk.call(str(self.tree), "children", "", tuple(self._order))
        self._newest = max(self._order, key=self._serials.__getitem__, default="")
        self._tell_count()
        self._follow_soon()

    # --- columns -------------------------------------------------------------------------------------------------

    def show_columns(self, names: Sequence[str]) -> None:
        """Show these columns in this order."""
        if not self.columns.choose(names):
            return
        if self.columns.in_tree():
            self.columns.keep_widths()
            self.columns.display()
            self.tools.column_menu.set_columns(self.names, self.columns.shown, self.columns.usual)
            if self._wanted:
                self.arrange()
        else:
            self._refill()

    def layout(self) -> dict[str, Any]:
        """What a person chose, JSON-able."""
        return self.columns.layout() | super().layout()

    def restore(self, layout: Mapping[str, Any]) -> None:
        """Take back what :meth:`layout` gave; before or after the columns are known."""
        super().restore(layout)
        self.columns.restore(layout)
        if self.names:
            self._refill()

    # --- following -----------------------------------------------------------------------------------------------

    def toggle_follow(self) -> None:
        """Follow new rows, or pause."""
        self.tools.following.set(not self.tools.following.get())
        self._follow_changed()

    def _follow_changed(self) -> None:
        self._unseen = 0
        self._tell_count()
        self._follow_soon()

    def _follow_soon(self) -> None:
        if self.tools.following.get() and self._newest:
            self._later.when_idle("follow", self._follow)

    def _follow(self) -> None:
        if self.tools.following.get() and self._newest:
            self.tree.see(self._newest)

    def _scroll_by_hand(self, *args: Any) -> None:
        self.tree.yview(*args)
        self._later.when_idle("away", self._pause_if_away)

    def _pause_if_away(self) -> None:
        """Stop following once a person has scrolled the newest row out of sight."""
        self.tree.yview()  # brings what Tk knows about the place of rows up to date
        if self.tools.following.get() and self._newest and not self.tree.bbox(self._newest):
            self.tools.following.set(False)
            self._follow_changed()

    def _tell_count(self) -> None:
        text = f"{len(self._stripes)} ObsIDs · {len(self._rows)} rows"
        if self._wanted:
            text += f" ({len(self._order)} shown)"
        elif self._waiting:
            text += " · loading"
        if self._unseen and not self.tools.following.get():
            text += f" · {self._unseen} new below" if not self.sorted_by else f" · {self._unseen} new"
        self.tools.tell(text)

    # --- keys ----------------------------------------------------------------------------------------------------

    def _jump(self, end: int) -> str:
        """Go to the first or last row."""
        rows = self.tree.get_children()
        if rows:
            self.tree.focus(rows[end])
            self.tree.selection_set(rows[end])
            self.tree.see(rows[end])
            self._later.when_idle("away", self._pause_if_away)
        return "break"

    def _focus_a_row(self) -> None:
        """Without a row in focus the arrow keys of a tree do nothing."""
        rows = self.tree.get_children()
        if rows and not self.tree.focus():
            self.tree.focus(self._newest or rows[0])
