"""Columns, order, counts and texts of the list of targets and of the list of their files."""

from __future__ import annotations

import math
from collections.abc import Sequence

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import CopyCell, FileCell
from eyegore.widgets.lists.columns import Column, text_column
from eyegore.widgets.lists.row_order import SortValue


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
