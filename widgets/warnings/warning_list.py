"""The warnings as a table: what went out, to whom, when, and what became of it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterable

from eyegore.widgets import keys
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import WarningCell
from eyegore.widgets.lists.cell_list import CellList
from eyegore.widgets.lists.list_menu import TextMenu
from eyegore.widgets.lists.row_signs import StatusSigns
from eyegore.widgets.lists.scrolled import TwoTexts
from eyegore.widgets.theme import Theme
from eyegore.widgets.warnings.columns import COLUMNS, copy_of, counts_of, tip_of, title_of, usual

NOTHING = "No warning is chosen: ↓ or a click chooses one, N the next that did not get there."


class WarningList(CellList[WarningCell]):
    """Below the table stands the one that is chosen: what is known of it, and the whole text that went out."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, theme, "Warnings.Treeview", COLUMNS, StatusSigns, tip=tip_of, usual=usual)
        self._armed = False
        menu = TextMenu(
            self.tree, self.names, self.sort_next, "warning menu", lambda: copy_of(self.selected()),
            "copy warnings", "select all warnings",
        )  # fmt: skip
        self.add_tool("copy warnings", menu.copy, "copy")
        self.detail = TwoTexts(self, theme, 2, 3)
        self.below(self.detail)
        keys.bind(self.tree, "next lost warning", lambda: self.choose_next(lambda cell: cell.lost))
        self.ready()
        self.chosen([])

    def show(self, cells: Iterable[WarningCell], armed: bool) -> None:
        """Show exactly these; ``armed`` tells that warnings are sent."""
        self._armed = armed
        self.fill(tuple(cells))

    def summary(self) -> tuple[str, Status | None]:
        """How many there are, wait and failed."""
        return counts_of(self._given) if self._given else ("", None)

    def nothing(self) -> str:
        """Why there are no rows."""
        if self._given:
            return "no warning matches the filter"
        return "nothing was sent yet" if self._armed else "warnings are off: the option -W switches them on"

    def chosen(self, cells: list[WarningCell]) -> None:
        """Show the whole of the one that is chosen, or of the first of several."""
        if not cells:
            self.detail.write([(NOTHING if self._order else "", "dim")], [])
            return
        cell = cells[0]
        also = f" (and {len(cells) - 1} more chosen)" if len(cells) > 1 else ""
        about = [(f"{title_of(cell)}{also}\n", "bold"), ("\n".join(cell.facts), "")]
        self.detail.write(about, [(f"{cell.heading}: {cell.subject}\n", "bold"), (cell.text, "")])
