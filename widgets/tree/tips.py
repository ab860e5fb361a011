"""Tips on the cells of one column of a table, asked for when the pointer rests on one."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from eyegore.widgets.theme import Theme
from eyegore.widgets.tooltip import Tooltip


class RowTips:
    """``by_column`` gives, by its name, what tells the tip of a row by its key; "" for none."""

    def __init__(self, tree: ttk.Treeview, theme: Theme) -> None:
        self._tree = tree
        self.by_column: dict[str, Callable[[str], str]] = {}
        self.tooltip = Tooltip(tree, theme)
        self._under = ("", "")
        tree.bind("<Motion>", self._hover, add="+")
        for sequence in ("<Leave>", "<ButtonPress>", "<KeyPress>", "<MouseWheel>"):
            tree.bind(sequence, lambda event: self._hide(), add="+")

    def _hover(self, event: tk.Event[tk.Misc]) -> None:
        under = self._at(event.x, event.y)
        if under == self._under:
            return
        self._under = under
        self.tooltip.hide()
        row, column = under
        if column in self.by_column:
            self.tooltip.soon(lambda: self.by_column[column](row), event.x_root, event.y_root)

    def _at(self, x: int, y: int) -> tuple[str, str]:
        """Key of the row and name of the column at a place in the tree."""
        row = self._tree.identify_row(y)
        if not row or self._tree.identify_region(x, y) != "cell":
            return "", ""
        return row, str(self._tree.column(self._tree.identify_column(x), "id"))

    def _hide(self) -> None:
        self._under = ("", "")
        self.tooltip.hide()
