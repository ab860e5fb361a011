"""Tips on the rows of a table or on the cells of some columns, asked for when the pointer rests there."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from eyegore.widgets.theme import Theme
from eyegore.widgets.tooltip import Tooltip


class RowTips:
    """``by_column`` gives, by its name, what tells the tip of a row by its key, ``of_row`` that of the others.

    A tip "" is none.
    """

    def __init__(self, tree: ttk.Treeview, theme: Theme, of_row: Callable[[str], str] | None = None) -> None:
        self._tree, self._of_row = tree, of_row
        self.by_column: dict[str, Callable[[str], str]] = {}
        self._tooltip = Tooltip(tree, theme)
        self._under = ("", "")
        tree.bind("<Motion>", self._hover, add="+")
        for sequence in ("<Leave>", "<Unmap>", "<ButtonPress>", "<KeyPress>", "<MouseWheel>"):
            tree.bind(sequence, lambda event: self._hide(), add="+")

    def _hover(self, event: tk.Event[tk.Misc]) -> None:
        under = self._at(event.x, event.y)
        if under == self._under:
            return
        self._under = under
        self._tooltip.hide()
        row, column = under
        tell = self.by_column.get(column, self._of_row)
        if row and tell is not None:
            self._tooltip.soon(lambda: tell(row), event.x_root, event.y_root)

    def _at(self, x: int, y: int) -> tuple[str, str]:
        """Key of the row and name of the column, "" for one without tips of its own, at a place in the tree."""
        row = self._tree.identify_row(y)
        if not row or self._tree.identify_region(x, y) not in ("cell", "tree"):
            return "", ""
        column = str(self._tree.column(self._tree.identify_column(x), "id")) if self.by_column else ""
        return row, column if column in self.by_column else ""

    def _hide(self) -> None:
        self._under = ("", "")
        self._tooltip.hide()
