"""The columns of the exposure log: which there are, which are shown, in which order, and the one that keys act on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from eyegore.widgets.cells.lists import RowCell
from eyegore.widgets.lists.columns import Column
from eyegore.widgets.lists.row_order import is_number, sort_value

WIDEST_EM = 18
"""Widest a column makes itself [em]; a person may drag it wider."""


class RowColumns:
    """Columns ``names`` of the file; ``cursor`` is the one that keys act on, "" until one was chosen.

    ``longest`` is by name the longest text that may come into a column whose cells change.
    """

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.usual: tuple[str, ...] = ()
        self.shown: list[str] = []
        self.cursor = ""
        self.longest: dict[str, str] = {}
        self._chosen: list[str] = []
        self._right: dict[str, bool] = {}

    def set_names(self, names: Sequence[str], usual: Sequence[str]) -> None:
        """Set the columns of the file and those shown until a person chooses; an earlier choice stays."""
        self.names = tuple(names)
        self.usual = tuple(name for name in usual if name in self.names) or self.names
        self._show([name for name in self._chosen if name in self.names] or list(self.usual))

    def choose(self, names: Sequence[str]) -> bool:
        """Show these columns in this order; False when none of them exists."""
        known = [name for name in dict.fromkeys(names) if name in self.names]
        if not known and self.names:
            return False
        self._chosen = known or list(names)
        self._show(known)
        return True

    def _show(self, names: list[str]) -> None:
        self.shown = names
        if self.cursor not in names:
            self.cursor = ""

    def align(self, rows: Sequence[RowCell]) -> bool:
        """Find from some rows which shown columns hold numbers only; what was found before stays. Whether it is new."""
        before = len(self._right)
        for name in self.shown:
            text = text_at(self.names.index(name))
            cells = [] if name in self._right else [cell for row in rows if (cell := text(row).strip())]
            if cells:
                self._right[name] = all(map(is_number, cells))
        return len(self._right) > before

    def as_columns(self) -> list[Column[RowCell]]:
        """Those shown as columns of a list; numbers stand at the right."""
        return [self._as_column(name, text_at(self.names.index(name))) for name in self.shown]

    def _as_column(self, name: str, text: Callable[[RowCell], str]) -> Column[RowCell]:
        sample = max(f"‹{name}› ↓", self.longest.get(name, ""), key=len)
        anchor: Literal["e", "w"] = "e" if self._right.get(name) else "w"
        return Column(name, sample, text, lambda row: sort_value(text(row)), anchor, WIDEST_EM)

    def step_cursor(self, step: int) -> None:
        """Move the cursor."""
        if self.shown:
            at = self.shown.index(self.cursor) + step if self.cursor else (0 if step > 0 else -1)
            self.cursor = self.shown[at % len(self.shown)]

    def moved(self, step: int) -> list[str]:
        """Those shown, with the column under the cursor more to the left or right."""
        order = list(self.shown)
        if self.cursor in order:
            at = order.index(self.cursor)
            order.insert(max(0, at + step), order.pop(at))
        return order

    def layout(self) -> list[str]:
        """What a person chose."""
        return self._chosen or list(self.usual)

    def restore(self, columns: object) -> None:
        """Take back what :meth:`layout` gave, as far as it is usable; also before the columns are known."""
        if isinstance(columns, list):
            self.choose([str(name) for name in columns])


def text_at(place: int) -> Callable[[RowCell], str]:
    """What gives the text of a row in one column; "" where the row is shorter."""
    return lambda row: row.cells[place] if place < len(row.cells) else ""
