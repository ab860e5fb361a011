"""The warnings as a table: what went out, to whom, when, and what became of it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterable, Sequence
from textwrap import shorten

from eyegore.widgets import keys
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import WarningCell
from eyegore.widgets.lists.cell_list import CellList
from eyegore.widgets.lists.columns import Column, text_column
from eyegore.widgets.lists.list_menu import TextMenu
from eyegore.widgets.lists.row_signs import StatusSigns
from eyegore.widgets.lists.scrolled import TwoTexts
from eyegore.widgets.theme import Theme

TIP_WIDTH = 300
"""Longest text in a tip [characters]; all of it stands below the table."""


def attempts_text(cell: WarningCell) -> str:
    """How often it was tried, "" where it was not yet."""
    return str(cell.attempts) if cell.attempts else ""


COLUMNS: tuple[Column[WarningCell], ...] = (
    text_column("state", "being sent", lambda cell: cell.state),
    Column("time", "14/Mar 21:54:05", lambda cell: cell.time, lambda cell: (0, cell.made)),
    text_column("person", "Ana", lambda cell: cell.person, widest=9),
    text_column("channel", "email", lambda cell: cell.channel, widest=6),
    text_column("address", "+49 170 1234567", lambda cell: cell.address, widest=13),
    text_column("subject", "CRITICAL CCD2_TEMP_B", lambda cell: cell.subject, widest=20),
    text_column("attempts", "2", attempts_text, "e"),
    text_column("provider’s answer", "", lambda cell: cell.answer),
)
"""The columns from left to right; the last takes the room that is left."""


def usual(cell: WarningCell) -> tuple[float, str]:
    """The usual order: the newest first."""
    return -cell.made, cell.key


def counts_of(cells: Sequence[WarningCell]) -> tuple[str, Status | None]:
    """The line of counts; it is coloured while something that fails is tried again."""
    parts = [f"{len(cells)} warning{'' if len(cells) == 1 else 's'}"]
    waiting = [cell for cell in cells if cell.open]
    lost = sum(cell.lost for cell in cells)
    if waiting:
        parts.append(f"{len(waiting)} on the way")
    if lost:
        parts.append(f"{lost} did not get there")
    failing = any(cell.status is Status.WARNING for cell in waiting)
    return " · ".join(parts), Status.WARNING if failing else None


def title_of(cell: WarningCell) -> str:
    """State, channel and person in a line."""
    return f"{cell.state}: {cell.channel} to {cell.person}"


def tip_of(cell: WarningCell) -> str:
    """What is known of one warning, and how its text begins."""
    return "\n".join([title_of(cell), *cell.facts, "", shorten(cell.text, TIP_WIDTH, placeholder=" …")]).rstrip()


def copy_of(cells: Iterable[WarningCell]) -> str:
    """Warnings for pasting elsewhere: what is known of each, then all that went out."""
    blocks = ["\n".join([title_of(cell), *cell.facts, "", cell.subject, cell.text.rstrip()]) for cell in cells]
    return "\n\n----\n\n".join(blocks)


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
