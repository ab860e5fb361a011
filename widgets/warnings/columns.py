"""What the list of warnings shows of one: columns, order, counts, the text beside the pointer and the one to copy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import shorten

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import WarningCell
from eyegore.widgets.lists.columns import Column, text_column

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
