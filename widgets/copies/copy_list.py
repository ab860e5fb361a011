"""The copies: a row for each target, and below it the one that is chosen with its files."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Mapping
from tkinter import ttk
from typing import Any

from eyegore.widgets import keys
from eyegore.widgets.cells.copies import CopyCell
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.copies.columns import TARGET_NAMES, TARGETS, target_text, targets_counted
from eyegore.widgets.copies.file_list import FileList
from eyegore.widgets.copies.menu import CopyMenu
from eyegore.widgets.lists.cell_list import CellList
from eyegore.widgets.lists.row_signs import StatusSigns
from eyegore.widgets.lists.two_texts import Piece, TwoTexts
from eyegore.widgets.theme import Theme
from eyegore.widgets.window.work_line import WorkLine

STYLE = "Copies.Treeview"
LEAST_ROWS, MOST_ROWS = 2, 6
NOTHING = "nothing is copied: the options -r and -B copy the folder to other places"


class CopyList(CellList[CopyCell]):
    """One target is always chosen. ``look`` is called to look at all copies now."""

    def __init__(self, parent: tk.Misc, theme: Theme, look: Callable[[], object]) -> None:
        super().__init__(parent, theme, STYLE, TARGETS, StatusSigns, filtered=False)
        self._menu = CopyMenu(self.tree, TARGET_NAMES, self._text, self.sort_next, look)
        for text, act in (
            (f"look now ({keys.accelerator('look at copies')})", look),
            (f"copy ({keys.accelerator('copy text')})", self._menu.copy),
        ):
            button = ttk.Button(self.tools, text=text, style="Quiet.TButton", command=act, takefocus=False)
            button.pack(side="right")
        body = self.tree.master
        assert isinstance(body, ttk.Frame)
        body.pack_configure(expand=False, fill="x")  # the files below take the room
        self._rows = LEAST_ROWS
        self.tree.configure(height=self._rows)
        self.work = WorkLine(self, theme)
        self.detail = TwoTexts(self, theme, 1, 1, lines=5)
        self.files = FileList(self, theme, look)
        self.work.pack(side="top", fill="x")
        self.detail.pack(side="top", fill="x")
        self.files.pack(side="top", fill="both", expand=True)
        self.ready()
        self.chosen([])

    def show(self, cells: Iterable[CopyCell]) -> None:
        """Show exactly these."""
        given = tuple(cells)
        rows = min(max(len(given), LEAST_ROWS), MOST_ROWS)
        if rows != self._rows:
            self._rows = rows
            self.tree.configure(height=rows)
        self.fill(given)
        if given and not self.tree.selection():
            self.tree.selection_set(self.visible()[0])
            self.tree.focus(self.visible()[0])

    def focus_filter(self) -> None:
        """Let a person type in the filter of the files."""
        self.files.focus_filter()

    def layout(self) -> dict[str, Any]:
        """What a person chose, JSON-able."""
        return {**super().layout(), "files": self.files.layout()}

    def restore(self, layout: Mapping[str, Any]) -> None:
        """Take back what :meth:`layout` gave, as far as it is usable."""
        super().restore(layout)
        files = layout.get("files")
        if isinstance(files, Mapping):
            self.files.restore(files)

    def summary(self) -> tuple[str, Status | None]:
        """How many there are, and how many are in trouble."""
        return targets_counted(self._given) if self._given else ("", None)

    def nothing(self) -> str:
        """Why there are no rows."""
        return NOTHING

    def tip_of(self, cell: CopyCell) -> str:
        """What is known of one."""
        return target_text(cell)

    def chosen(self, cells: list[CopyCell]) -> None:
        """Show the one that is chosen, or the first of several."""
        if not cells:
            self.work.show("", float("nan"))
            self.detail.write([], [])
            self.files.show((), "", "")
            return
        cell = cells[0]
        self.work.show(cell.work or "nothing is being copied now", cell.share)
        heading, words = cell.trouble
        wrong = cell.status is Status.WARNING
        about: list[Piece] = [(f"{cell.role} {cell.key}\n", "bold"), ("\n".join(cell.facts), "")]
        trouble: list[Piece] = [(f"{heading}\n", "bold" if wrong else "dim"), (words, "" if wrong else "dim")]
        self.detail.write(about, trouble)
        self.files.show(cell.files, cell.counts, cell.no_files)

    def _text(self) -> str:
        return "\n\n".join(target_text(cell) for cell in self.selected())
