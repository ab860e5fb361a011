"""A table that a person sorts and filters: what the lists of cells and the exposure log have in common."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from tkinter import ttk
from typing import Any

from eyegore.widgets.later import Later
from eyegore.widgets.lists.filter_box import FilterBox
from eyegore.widgets.lists.row_tips import RowTips
from eyegore.widgets.lists.scrolled_tree import ScrolledTree
from eyegore.widgets.many_calls import ManyCalls
from eyegore.widgets.theme import Theme


class SortedTable(ttk.Frame):
    """Sorted by the column ``sorted_by`` of ``names``, "" for the usual order.

    Whoever inherits makes :meth:`have` tree and filter box, and brings rows into order.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, names: tuple[str, ...] = ()) -> None:
        super().__init__(parent)
        self._theme, self._later = theme, Later(self)
        self.names, self.sorted_by, self.descending = names, "", False

    def have(self, tree: ScrolledTree, box: FilterBox, tip_of: Callable[[str], str] | None = None) -> None:
        """Show rows in this tree; ``tip_of`` gives the text beside the pointer for the key of a row."""
        self.tree, self._box, self.filter_text = tree, box, box.text
        self.tips, self._calls = RowTips(tree, self._theme, tip_of), ManyCalls(tree)
        tree.bind("<<ThemeChanged>>", lambda event: self.paint())

    def arrange(self) -> None:
        """Filter and order the rows, in one call of Tk."""
        raise NotImplementedError

    def mark_headings(self) -> None:
        """Write the headings, each with its :meth:`arrow`."""
        raise NotImplementedError

    def paint(self) -> None:
        """Take the colours and sizes of the theme there is now."""
        raise NotImplementedError

    def focus_filter(self) -> None:
        """Let a person type in the filter box."""
        self._box.begin()

    def sort_by(self, column: str, descending: bool = False) -> None:
        """Sort by a column, "" for the usual order; rows that come later join in their place."""
        if column and column not in self.names:
            raise KeyError(f"no column {column!r} to sort by")
        self.sorted_by, self.descending = column, descending and bool(column)
        self.mark_headings()
        self.arrange()

    def sort_next(self, column: str) -> None:
        """Sort by a column; if it is already, the other way round; then in the usual order again."""
        if self.sorted_by != column:
            self.sort_by(column)
        else:
            self.sort_by("" if self.descending else column, descending=True)

    def arrow(self, column: str) -> str:
        """What follows the name of a column in its heading: how it is sorted."""
        if column != self.sorted_by:
            return ""
        return " ↓" if self.descending else " ↑"

    def layout(self) -> dict[str, Any]:
        """What a person chose, JSON-able. What hides rows is not remembered."""
        return {"sort": self.sorted_by, "descending": self.descending}

    def restore(self, layout: Mapping[str, Any]) -> None:
        """Take back what :meth:`layout` gave, as far as it is usable."""
        sort = layout.get("sort")
        if isinstance(sort, str) and (not self.names or sort in ("", *self.names)):
            self.sorted_by, self.descending = sort, bool(sort) and layout.get("descending") is True
