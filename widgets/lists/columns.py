"""Columns of a list of frozen cells: what they show of a cell, what they sort it by, and how wide they are."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from tkinter import ttk
from typing import Generic, Literal, Protocol, TypeVar

from eyegore.widgets.lists.row_order import SortValue, sort_value
from eyegore.widgets.theme import Theme


class Keyed(Protocol):
    """A cell that is told from others by its key."""

    @property
    def key(self) -> str:
        """What tells it from others."""
        ...


C = TypeVar("C", bound=Keyed)


@dataclass(frozen=True)
class Column(Generic[C]):
    """One column; ``sample`` is a usual text, for the width. ``value`` is what to sort by, None for an empty cell.

    ``widest`` is how wide it makes itself [em]; a person may drag it wider.
    """

    name: str
    sample: str
    text: Callable[[C], str]
    value: Callable[[C], SortValue | None]
    anchor: Literal["w", "e"] = "w"
    widest: float = 15.0


def text_column(
    name: str, sample: str, text: Callable[[C], str], anchor: Literal["w", "e"] = "w", widest: float = 15.0
) -> Column[C]:
    """A column that sorts by what it shows; of a number with its unit by the number."""
    if anchor == "w":
        return Column(name, sample, text, lambda cell: sort_value(text(cell)), anchor, widest)
    return Column(name, sample, text, lambda cell: sort_value(text(cell).partition(" ")[0]), anchor, widest)


def usable_widths(layout: object) -> dict[str, float]:
    """The widths of a remembered layout [em] that can be those of columns, by name."""
    widths = layout.items() if isinstance(layout, Mapping) else ()
    return {str(name): float(width) for name, width in widths if isinstance(width, int | float) and 1 < width < 200}


class ColumnWidths(Generic[C]):
    """Widens the columns of ``tree`` for longer texts; none gets narrower, so that nothing jitters.

    A column that a person has dragged keeps its width; with ``stretch`` the last takes what the others leave.
    ``sign`` gives the width of the sign in the first [pixel].
    """

    def __init__(self, tree: ttk.Treeview, theme: Theme, sign: Callable[[], int], *, stretch: bool) -> None:
        self._tree = tree
        self._theme = theme
        self._sign = sign
        self._stretch = stretch
        self._columns: tuple[Column[C], ...] = ()
        self._places: Mapping[str, str] = {}
        self._longest: list[int] = []
        self._dragged: dict[str, float] = {}
        self._before: dict[str, int] = {}
        tree.bind("<ButtonPress-1>", self._pressed, add=True)
        tree.bind("<ButtonRelease-1>", lambda event: self._released(), add=True)

    def install(self, columns: tuple[Column[C], ...], places: Mapping[str, str]) -> None:
        """Care for these columns; ``places`` tells where in the tree each is, by its name."""
        self._columns, self._places = columns, places
        self.begin(())

    def begin(self, shown: Iterable[Sequence[str]]) -> None:
        """Measure again, in the font there is now: headings, usual texts and those ``shown``."""
        self._longest = [0] * len(self._columns)
        em = self._theme.em
        for place, column in enumerate(self._columns):
            own, stretch = self._dragged.get(column.name), self._stretch and column is self._columns[-1]
            there = self._places[column.name]
            self._tree.column(there, width=round(own * em) if own else 1, minwidth=2 * em, stretch=stretch)
            self._tree.column(there, anchor=column.anchor)
            self._widen(place, f"{column.name} ↓")
            self._widen(place, column.sample)
        for texts in shown:
            self.fit(texts)

    def fit(self, texts: Sequence[str]) -> None:
        """Make room for the texts of a row, but for a last column that takes what is left."""
        for place, text in enumerate(texts[:-1] if self._stretch else texts):
            if len(text) > self._longest[place]:
                self._widen(place, text)

    def layout(self) -> dict[str, float]:
        """The widths that a person chose, by name of the column [em]."""
        return {name: width for name, width in self._dragged.items() if name in self._places}

    def restore(self, widths: object) -> None:
        """Take back what :meth:`layout` gave, as far as it is usable."""
        self._dragged |= usable_widths(widths)
        for name, place in self._places.items():
            if name in self._dragged:
                self._tree.column(place, width=round(self._dragged[name] * self._theme.em))

    def _widen(self, place: int, text: str) -> None:
        column, em = self._columns[place], self._theme.em
        self._longest[place] = max(self._longest[place], len(text))
        if column.name in self._dragged:
            return
        sign = self._sign() + em // 2 if place == 0 else 0
        width = min(self._theme.measure(text) + sign + 2 * (em // 3) + 8, round(column.widest * em))
        if width > int(self._tree.column(self._places[column.name], "width")):
            self._tree.column(self._places[column.name], width=width)

    def _widths(self) -> dict[str, int]:
        return {name: int(self._tree.column(place, "width")) for name, place in self._places.items()}

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        dragging = self._tree.identify_region(event.x, event.y) == "separator"
        self._before = self._widths() if dragging else {}

    def _released(self) -> None:
        """Keep what was dragged; a last column that takes what is left changes by itself."""
        after = self._widths()
        for name, width in list(self._before.items())[: -1 if self._stretch else None]:
            if after[name] != width:
                self._dragged[name] = round(after[name] / self._theme.em, 2)
        self._before = {}
