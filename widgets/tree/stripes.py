"""The grounds of the rows of the exposure log."""

from __future__ import annotations

from tkinter import ttk

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.rows import RowCell
from eyegore.widgets.lists.row_signs import RowSigns
from eyegore.widgets.theme import Theme


class Stripes(RowSigns[RowCell]):
    """The grounds of the rows: those of one group are alike, neighbouring groups differ, a status tints."""

    def __init__(self, tree: ttk.Treeview, theme: Theme) -> None:
        super().__init__(tree, theme)
        self.groups: dict[str, int] = {}

    def tag(self, cell: RowCell) -> str:
        """The tag of a row."""
        return f"{cell.tint}/{self.groups.setdefault(cell.group, len(self.groups) % 2)}"

    def paint(self) -> None:
        """Take the colours and sizes of the theme there is now."""
        super().paint()
        for stripe, ground in enumerate(("surface", "stripe")):
            self._tree.tag_configure(f"/{stripe}", background=self._theme.colour(ground))
            for status in Status:
                self._tree.tag_configure(f"{status.value}/{stripe}", background=self._theme.tint(status, ground))
