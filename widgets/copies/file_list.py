"""The files of one target that are worth a line: those that wait or differ, those that are not whole."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from eyegore.widgets.cells.copies import FileCell
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.copies.columns import FILE_NAMES, FILES, file_text
from eyegore.widgets.copies.menu import CopyMenu
from eyegore.widgets.lists.cell_list import CellList
from eyegore.widgets.lists.row_signs import StatusSigns
from eyegore.widgets.theme import Theme

STYLE = "Files.Treeview"


class FileList(CellList[FileCell]):
    """Shown with :meth:`show`, with the line that counts them all, also those that have no row."""

    def __init__(self, parent: tk.Misc, theme: Theme, look: Callable[[], object]) -> None:
        super().__init__(parent, theme, STYLE, FILES, StatusSigns)
        self._said_of = "", ""
        self._menu = CopyMenu(self.tree, FILE_NAMES, self._text, self.sort_next, look)
        self.ready()

    def show(self, cells: tuple[FileCell, ...], counts: str, nothing: str) -> None:
        """Show exactly these; ``nothing`` is said where there are none. The same again costs nothing."""
        if cells is not self._given or (counts, nothing) != self._said_of:
            self._said_of = counts, nothing
            self.fill(cells)

    def summary(self) -> tuple[str, Status | None]:
        """How many there are."""
        return self._said_of[0], None

    def nothing(self) -> str:
        """Why there are no rows."""
        return "no file matches the filter" if self._given else self._said_of[1]

    def tip_of(self, cell: FileCell) -> str:
        """What is known of one."""
        return file_text(cell).replace("\t", "\n")

    def _text(self) -> str:
        return "\n".join(file_text(cell) for cell in self.selected())
