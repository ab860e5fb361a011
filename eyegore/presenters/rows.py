"""Rows of the exposure log, and the cells that tell how the copies of exposures stand; pure: values in, cells out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from functools import partial

from eyegore.messages.copies import ExposureCopies, Role
from eyegore.messages.events import Exposure
from eyegore.presenters.copy_book import LONGEST, UNKNOWN, CopyBook
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


class CopyRows:
    """A column for each role that the copies of ``book`` have; what changed is found without looking at the rest."""

    def __init__(self, book: CopyBook) -> None:
        self._book = book
        self._keys: dict[int, set[str]] = {}
        self._obsids: dict[str, int] = {}
        self._changed: set[int] = set()
        self.columns = tuple(role.value for role in book.roles)
        self.at_first = dict.fromkeys(self.columns, UNKNOWN)
        """What stands in new rows until it is their turn."""

    def add(self, rows: Iterable[Exposure]) -> None:
        """Note new rows of the log: all rows of their exposures are to be looked at."""
        for row in rows if self.columns else ():
            key = row_key(row)
            self._keys.setdefault(row.obsid, set()).add(key)
            self._obsids[key] = row.obsid
            self._changed.add(row.obsid)

    def take(self, news: ExposureCopies) -> None:
        """Note how exposures stand."""
        self._changed.update(self._book.take_exposures(news))

    def cells(self, key: str) -> dict[str, str]:
        """The cells of one row, by column."""
        obsid = self._obsids.get(key, -1)
        rows = len(self._keys.get(obsid, ()))
        return {role.value: self._book.exposure_text(role, obsid, rows) for role in self._book.roles}

    def dress(self, tips: MutableMapping[str, Callable[[str], str]], longest: MutableMapping[str, str]) -> None:
        """Let the columns of a table have tips, and room for their texts."""
        for role in self._book.roles:
            tips[role.value] = partial(self._tip, role)
            longest[role.value] = LONGEST

    def _tip(self, role: Role, key: str) -> str:
        obsid = self._obsids.get(key)
        return "" if obsid is None else f"ObsID {obsid}\n{self._book.exposure_tip(role, obsid)}"

    def changed(self) -> list[str]:
        """Keys of the rows that may have changed since the last call."""
        changed, self._changed = self._changed, set()
        return [key for obsid in changed for key in self._keys.get(obsid, ())]
