"""The copies: a row for each target, and below it the one that is chosen with its files."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable, Iterable, Mapping, Sequence
from tkinter import ttk
from typing import Any

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import CopyCell, FileCell
from eyegore.widgets.lists.cell_list import CellList
from eyegore.widgets.lists.columns import Column, text_column
from eyegore.widgets.lists.list_menu import TextMenu
from eyegore.widgets.lists.row_order import SortValue
from eyegore.widgets.lists.row_signs import StatusSigns
from eyegore.widgets.lists.scrolled import Piece, TwoTexts
from eyegore.widgets.theme import Theme


def _number(value: float) -> SortValue | None:
    return None if math.isnan(value) else (0, value)


TARGETS: tuple[Column[CopyCell], ...] = (
    text_column("state", "nothing yet", lambda cell: cell.state),
    text_column("role", "broadcast", lambda cell: cell.role),
    text_column("target", "/mnt/backup", lambda cell: cell.key, widest=20),
    Column("queue", "3000 files, 105 GB", lambda cell: cell.queue, lambda cell: _number(cell.queue_bytes), "e"),
    Column("lag", "12 min", lambda cell: cell.lag, lambda cell: _number(cell.lag_s), "e"),
    Column("rate", "100.2 MB/s", lambda cell: cell.rate_text, lambda cell: _number(cell.rate), "e"),
    Column("all there", "120 min ago", lambda cell: cell.success, lambda cell: _number(cell.succeeded), "e"),
    Column("free", "212 GB", lambda cell: cell.free_text, lambda cell: _number(cell.free), "e", 19),
    text_column("error", "", lambda cell: cell.error),
)
"""Of the targets, from left to right; the last takes the room that is left."""

FILES: tuple[Column[FileCell], ...] = (
    text_column("state", "being written", lambda cell: cell.state),
    text_column("ObsID", "20103", lambda cell: cell.obsid, "e"),
    text_column("file", "EUC_20103_140319D215405T_ROE1_CCD2.fits", lambda cell: cell.file, widest=26),
    Column("size", "35.4 MB", lambda cell: cell.size_text, lambda cell: _number(cell.size), "e"),
    Column("since", "14/Mar 21:54:05", lambda cell: cell.since_text, lambda cell: _number(cell.since)),
    text_column("reason", "", lambda cell: cell.reason),
)
"""Of the files of one target."""


def targets_counted(cells: Sequence[CopyCell]) -> tuple[str, Status | None]:
    """The line of counts; it is coloured while something is wrong."""
    failing = [cell for cell in cells if cell.status is Status.WARNING]
    well = sum(cell.status is Status.IN_LIMITS for cell in cells)
    text = f"{len(cells)} target{'' if len(cells) == 1 else 's'} · {well} with everything there and verified"
    return (f"{text} · {len(failing)} in trouble", Status.WARNING) if failing else (text, None)


def target_text(cell: CopyCell) -> str:
    """One target for pasting elsewhere."""
    heading, words = cell.trouble
    trouble = [f"{heading}: {words}"] if words else []
    return "\n".join(
        [f"{cell.role} {cell.key}: {cell.state}", *cell.facts, *([cell.work] if cell.work else []), *trouble]
    )


def file_text(cell: FileCell) -> str:
    """One file for pasting elsewhere."""
    whose = f"ObsID {cell.obsid}" if cell.obsid else ""
    return "\t".join(
        part for part in (cell.state, whose, cell.file, cell.size_text, cell.since_text, cell.reason) if part
    )


LEAST_ROWS, MOST_ROWS = 2, 6
NOTHING = "nothing is copied: the options -r and -B copy the folder to other places"


class WorkLine(ttk.Frame):
    """What is being copied, with a bar. Written with :meth:`show`; the same again makes no call of Tk."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        em = theme.em
        self._bar = ttk.Progressbar(self, maximum=1000, length=14 * em)
        self._bar.pack(side="left", padx=(em // 2, em // 2), pady=em // 4)
        self._label = ttk.Label(self, anchor="w")
        self._label.pack(side="left", fill="x", expand=True)
        self._shown: tuple[str, int] = ("", -1)

    def show(self, text: str, share: float) -> None:
        """Show a text, and the bar at ``share`` (0 .. 1, NaN for an empty one)."""
        place = 0 if math.isnan(share) else round(1000 * share)
        if (text, place) == self._shown:
            return
        self._shown = text, place
        self._label.configure(text=text, style="Dim.TLabel" if math.isnan(share) else "TLabel")
        self._bar.configure(value=place)


def _menu(rows: CellList[Any], look: Callable[[], object], text: Callable[[], str]) -> TextMenu:
    return TextMenu(
        rows.tree, rows.names, rows.sort_next, "file menu", text, "copy text", "select all files",
        {"look at copies": look},
    )  # fmt: skip


class FileList(CellList[FileCell]):
    """The files of one target that are worth a line: those that wait or differ, those that are not whole.

    Shown with :meth:`show`, with the line that counts them all, also those that have no row.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, look: Callable[[], object]) -> None:
        super().__init__(
            parent, theme, "Files.Treeview", FILES, StatusSigns, tip=lambda cell: file_text(cell).replace("\t", "\n")
        )
        self._said_of = "", ""
        _menu(self, look, lambda: "\n".join(file_text(cell) for cell in self.selected()))
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


class CopyList(CellList[CopyCell]):
    """One target is always chosen. ``look`` is called to look at all copies now."""

    def __init__(self, parent: tk.Misc, theme: Theme, look: Callable[[], object]) -> None:
        super().__init__(parent, theme, "Copies.Treeview", TARGETS, StatusSigns, tip=target_text, filtered=False)
        menu = _menu(self, look, lambda: "\n\n".join(target_text(cell) for cell in self.selected()))
        self.add_tool("look at copies", look, "look now")
        self.add_tool("copy text", menu.copy, "copy")
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
