"""The grounds of the rows of the exposure log."""

from __future__ import annotations

from collections.abc import Mapping
from tkinter import ttk
from typing import Any

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import RowCell
from eyegore.widgets.lists.row_signs import RowSigns
from eyegore.widgets.theme import Theme


class Stripes(RowSigns[RowCell]):
    """The grounds of the rows: those of one group are alike, neighbouring groups differ, a status tints."""

    def __init__(self, tree: ttk.Treeview, theme: Theme) -> None:
        super().__init__(tree, theme)
        self.groups: dict[str, int] = {}

    def kind(self, cell: RowCell) -> str:
        """Rows of one tint and stripe are alike."""
        return f"{cell.tint}/{self.groups.setdefault(cell.group, len(self.groups) % 2)}"

    def look(self, cell: RowCell) -> Mapping[str, Any]:
        """The ground of a row."""
        ground = ("surface", "stripe")[self.groups[cell.group]]
        return {"background": self._theme.tint(Status(cell.tint), ground) if cell.tint else self._theme.colour(ground)}

    def forget(self) -> None:
        """There are no rows any more."""
        self.groups.clear()
        self._kinds.clear()
