"""What the exposure table shows: one row of text cells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RowCell:
    """One row of the table; ``cells`` follows the columns of the file.

    ``key`` identifies the row for life; rows of one ``group`` (ObsID) share a stripe; ``tint`` is the value of a
    :class:`~eyegore.widgets.cells.flags.Status`, "" for none.
    """

    key: str
    cells: tuple[str, ...]
    group: str
    tint: str = ""
