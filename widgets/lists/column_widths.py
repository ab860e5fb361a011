"""How wide the columns of a list are: as wide as their texts, or as a person dragged them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from tkinter import ttk
from typing import Generic

from eyegore.widgets.lists.cell_columns import C, Column, places_of
from eyegore.widgets.theme import Theme


def usable_widths(layout: object) -> dict[str, float]:
    """The widths of a remembered layout [em] that can be those of columns, by name."""
    widths = layout.items() if isinstance(layout, Mapping) else ()
    return {str(name): float(width) for name, width in widths if isinstance(width, int | float) and 1 < width < 200}


class ColumnWidths(Generic[C]):
    """Widens the columns of ``tree`` for longer texts; none gets narrower, so that nothing jitters.

    A column that a person has dragged keeps its width. ``sign`` gives the width of the sign in the first [pixel].
    """

    def __init__(self, tree: ttk.Treeview, theme: Theme, columns: Sequence[Column[C]], sign: Callable[[], int]) -> None:
        self._tree = tree
        self._columns = tuple(columns)
        self._places = places_of(columns)
        self._names = tuple(column.name for column in columns)
        self._theme = theme
        self._sign = sign
        self._longest = [0] * len(self._columns)
        self._dragged: dict[str, float] = {}
        self._before: dict[str, int] = {}
        tree.bind("<ButtonPress-1>", self._pressed, add=True)
        tree.bind("<ButtonRelease-1>", lambda event: self._released(), add=True)

    def begin(self, shown: Sequence[Sequence[str]]) -> None:
        """Measure again, in the font there is now: headings, usual texts and those ``shown``."""
        self._longest = [0] * len(self._columns)
        em = self._theme.em
        for place, column in enumerate(self._columns):
            own = self._dragged.get(column.name)
            self._tree.column(self._places[place], width=round(own * em) if own else 1, minwidth=2 * em)
            self._tree.column(self._places[place], anchor=column.anchor, stretch=column is self._columns[-1])
            self._widen(place, f"{column.name} ↓")
            self._widen(place, column.sample)
        for texts in shown:
            self.fit(texts)

    def fit(self, texts: Sequence[str]) -> None:
        """Make room for the texts of a row; the last column takes what is left."""
        for place, text in enumerate(texts[:-1]):
            if len(text) > self._longest[place]:
                self._widen(place, text)

    def layout(self) -> dict[str, float]:
        """The widths that a person chose, by name of the column [em]."""
        return dict(self._dragged)

    def restore(self, widths: object) -> None:
        """Take back what :meth:`layout` gave, as far as it is usable."""
        for name, width in usable_widths(widths).items():
            if name in self._names:
                self._dragged[name] = width
                self._tree.column(self._places[self._names.index(name)], width=round(width * self._theme.em))

    def _widen(self, place: int, text: str) -> None:
        column, em = self._columns[place], self._theme.em
        self._longest[place] = max(self._longest[place], len(text))
        if column.name in self._dragged:
            return
        sign = self._sign() + em // 2 if place == 0 else 0
        width = min(self._theme.measure(text) + sign + 2 * (em // 3) + 8, round(column.widest * em))
        if width > int(self._tree.column(self._places[place], "width")):
            self._tree.column(self._places[place], width=width)

    def _widths(self) -> dict[str, int]:
        return {
            name: int(self._tree.column(place, "width")) for name, place in zip(self._names, self._places, strict=True)
        }

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        dragging = self._tree.identify_region(event.x, event.y) == "separator"
        self._before = self._widths() if dragging else {}

    def _released(self) -> None:
        """Keep what was dragged; the last column changes by itself."""
        after = self._widths()
        for name, width in list(self._before.items())[:-1]:
            if after[name] != width:
                self._dragged[name] = round(after[name] / self._theme.em, 2)
        self._before = {}
