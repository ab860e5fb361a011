"""Tips on the rows of a table or on the cells of some columns, asked for when the pointer rests there."""

from __future__ import annotations

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
        Tooltip(tree, theme, self._at, self._tip)

    def _at(self, x: int, y: int) -> tuple[str, str] | None:
        """Key of the row and name of the column, "" for one without tips of its own, at a place in the tree."""
        row = self._tree.identify_row(y)
        if not row or self._tree.identify_region(x, y) not in ("cell", "tree"):
            return None
        column = str(self._tree.column(self._tree.identify_column(x), "id")) if self.by_column else ""
        return row, column if column in self.by_column else ""

    def _tip(self, under: tuple[str, str]) -> str:
        row, column = under
        tell = self.by_column.get(column, self._of_row)
        return tell(row) if tell is not None else ""
