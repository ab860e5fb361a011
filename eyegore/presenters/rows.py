"""Rows of the exposure log. Pure: values in, cells out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from eyegore.messages.events import Exposure
from eyegore.widgets.cells.lists import RowCell

SHOWN_FIRST = (
    "ObsID", "CCD", "test", "date", "retake", "HK", "image", "backup", "broadcast", "exptime", "wave", "source",
    "rdmode", "vend", "chinj", "flushes", "mirr_pos", "IG1_1_T", "OD_1_T", "RD_T", "IDL", "IDH",
)  # fmt: skip
"""Columns of the exposure table shown until the user chooses others; those a log does not have are left out."""


def exposure_columns(known: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
    """Columns of the table when a log with other columns joins: those known, then the new ones."""
    return tuple(dict.fromkeys((*known, *columns)))


def shown_first(columns: Iterable[str]) -> list[str]:
    """The columns shown until the user chooses, in the spelling of this log."""
    spelling = {column.casefold(): column for column in columns}
    return [spelling[name.casefold()] for name in SHOWN_FIRST if name.casefold() in spelling]


def row_cell(
    exposure: Exposure, columns: Sequence[str], also: Mapping[str, str] | None = None, tint: str = ""
) -> RowCell:
    """One row of the exposure table; ``columns`` are those of the table, ``also`` has cells no log has."""
    also, count = also or {}, len(exposure.columns)
    cells = exposure.cells
    if len(cells) == count and tuple(columns[:count]) == exposure.columns:
        cells = (*cells, *(also.get(column, "") for column in columns[count:]))
    else:
        by_name = {**dict(zip(exposure.columns, cells, strict=False)), **also}
        cells = tuple(by_name.get(column, "") for column in columns)
    return RowCell(key=row_key(exposure), cells=cells, group=str(exposure.obsid), tint=tint)


def row_key(exposure: Exposure) -> str:
    """What tells a row of the table from others."""
    return f"{exposure.obsid}/{exposure.ccd}"
