"""The filter box of a table: several words, each anywhere in the row or, as ``column:text``, in one column."""

from __future__ import annotations

from collections.abc import Sequence


class RowFilter:
    """Every word of ``text`` must be found, whatever the case; without words every row matches.

    A plain word is sought in the ``shown`` columns, so that what matches can be seen. In ``column:text`` the column
    may be hidden and its name cut short; when no column begins like that the whole word is plain (``21:54``).
    """

    def __init__(self, text: str, columns: Sequence[str], shown: Sequence[str]) -> None:
        self._plain: list[str] = []
        self._named: list[tuple[tuple[int, ...], str]] = []
        self._places = [i for i, column in enumerate(columns) if column in shown]
        for word in text.casefold().split():
            name, colon, wanted = word.partition(":")
            places = _columns_named(name, columns) if colon and name else ()
            if places:
                self._named.append((places, wanted))
            else:
                self._plain.append(word)

    def __bool__(self) -> bool:
        return bool(self._plain or self._named)

    def matches(self, cells: Sequence[str]) -> bool:
        """Whether a row passes."""
        for places, wanted in self._named:
            if not any(i < len(cells) and wanted in cells[i].casefold() for i in places):
                return False
        if not self._plain:
            return True
        text = "\t".join([cells[i] for i in self._places if i < len(cells)]).casefold()
        return all(word in text for word in self._plain)


def _columns_named(name: str, columns: Sequence[str]) -> tuple[int, ...]:
    """Places of the column of this name or, without one, of all that begin with it."""
    exact = tuple(i for i, column in enumerate(columns) if column.casefold() == name)
    return exact or tuple(i for i, column in enumerate(columns) if column.casefold().startswith(name))
