"""The columns of a table: which there are, which are shown, their headings, widths and sort marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from tkinter import ttk
from typing import Any, Literal

from eyegore.widgets.lists.column_widths import usable_widths
from eyegore.widgets.lists.row_order import is_number
from eyegore.widgets.theme import Theme

WIDEST_EM = 18
"""Widest a column makes itself [em]; a person may drag it wider."""


class RowColumns:
    """Columns of ``tree``; ``on_click`` gets the name when a heading is clicked, ``arrow`` tells how it is sorted.

    ``cursor`` is the column that keys act on, "" until one was chosen. ``longest``
    is by name the longest text that may come into a column whose cells change.
    """

    def __init__(
        self, tree: ttk.Treeview, theme: Theme, on_click: Callable[[str], object], arrow: Callable[[str], str]
    ) -> None:
        self._tree = tree
        self._theme = theme
        self._em = theme.em
        self._on_click, self._arrow = on_click, arrow
        self.names: tuple[str, ...] = ()
        self.usual: tuple[str, ...] = ()
        self.shown: list[str] = []
        self.cursor = ""
        self.places: tuple[int, ...] = ()
        self.longest: dict[str, str] = {}
        self._chosen: list[str] = []
        self._widths: dict[str, int] = {}
        self._right: dict[str, bool] = {}

    def set_names(self, names: Sequence[str], usual: Sequence[str]) -> None:
        """Set the columns of the file and those shown until a person chooses; an earlier choice stays."""
        self.names = tuple(names)
        self.usual = tuple(name for name in usual if name in self.names) or self.names
        self.shown = [name for name in self._chosen if name in self.names] or list(self.usual)
        if self.cursor not in self.shown:
            self.cursor = ""

    def choose(self, names: Sequence[str]) -> bool:
        """Show these columns in this order; False when none of them exists."""
        known = [name for name in dict.fromkeys(names) if name in self.names]
        if not known and self.names:
            return False
        self._chosen = known or list(names)
        self.shown = known
        if self.cursor not in known:
            self.cursor = ""
        return True

    def in_tree(self) -> bool:
        """Whether the tree holds the cells of all shown columns, so that they need only be displayed."""
        return set(self.shown) <= set(self._tree["columns"])

    def install(self) -> None:
        """Give an empty tree the shown columns."""
        self._tree.configure(displaycolumns=())
        self._tree.configure(columns=self.shown)
        self.places = tuple(self.names.index(name) for name in self.shown)
        self.display()

    def display(self) -> None:
        """Show the columns in their order, with headings and widths."""
        self._tree.configure(displaycolumns=self.shown)
        for name in self.shown:
            self._tree.heading(name, command=lambda name=name: self._on_click(name))  # type: ignore[misc]
            self._size(name)
        self.mark()

    def mark(self) -> None:
        """Write the headings: an arrow on the sorted column, brackets around the one that keys act on."""
        for name in self.shown:
            text = f"‹{name}›" if name == self.cursor else name
            self._tree.heading(name, text=text + self._arrow(name))

    def fit(self, rows: Sequence[Sequence[str]]) -> None:
        """Find width and alignment of shown columns from some rows; those found before stay."""
        for name in self.shown:
            if name in self._right or not rows:
                continue
            place = self.names.index(name)
            cells = [row[place] for row in rows if place < len(row) and row[place].strip()]
            if not cells:
                continue
            self._right[name] = all(is_number(cell) for cell in cells)
            widest = max([*cells, self.longest.get(name, "")], key=len) + "0"
            self._widths.setdefault(name, self._width(name, widest))
            self._size(name)

    def keep_widths(self) -> None:
        """Remember the widths as a person has dragged them."""
        for name in self._tree["displaycolumns"]:
            if name in self._widths:
                self._widths[name] = int(self._tree.column(name, "width"))

    def rescale(self) -> None:
        """Keep the widths in proportion to the font, when that has another size."""
        ratio, self._em = self._theme.em / self._em, self._theme.em
        if ratio != 1:
            self.keep_widths()
            self._widths = {name: round(width * ratio) for name, width in self._widths.items()}
            for name in self.shown:
                self._size(name)

    def step_cursor(self, step: int) -> str:
        """Move the cursor and return the column it is on."""
        if self.shown:
            at = self.shown.index(self.cursor) + step if self.cursor else (0 if step > 0 else -1)
            self.cursor = self.shown[at % len(self.shown)]
            self.mark()
        return self.cursor

    def move(self, step: int) -> None:
        """Move the column under the cursor to the left or right."""
        if self.cursor not in self.shown:
            return
        order = list(self.shown)
        at = order.index(self.cursor)
        order.insert(max(0, at + step), order.pop(at))
        self.keep_widths()
        self.choose(order)
        self.display()

    def layout(self) -> dict[str, Any]:
        """What a person chose, JSON-able; widths in em."""
        self.keep_widths()
        widths = {name: round(width / self._theme.em, 2) for name, width in self._widths.items() if name in self.shown}
        chosen = self._chosen or list(self.usual)
        return {"columns": chosen, "widths": widths}

    def restore(self, layout: Mapping[str, Any]) -> None:
        """Take back what :meth:`layout` gave, as far as it is usable; also before the columns are known."""
        widths, columns = usable_widths(layout.get("widths")), layout.get("columns")
        self._widths |= {name: round(width * self._theme.em) for name, width in widths.items()}
        if isinstance(columns, list):
            self.choose([str(name) for name in columns])

    def _width(self, name: str, widest: str) -> int:
        theme = self._theme
        glyph = theme.measure("◆ ") if name == self.shown[0] else 0
        heading = theme.measure(f"‹{name}› ↓") + theme.em
        return max(heading, min(theme.measure(widest) + theme.em + glyph, WIDEST_EM * theme.em))

    def _size(self, name: str) -> None:
        anchor: Literal["e", "w"] = "e" if self._right.get(name) else "w"
        width = self._widths.get(name) or self._width(name, "")
        self._tree.column(name, width=width, minwidth=self._theme.em * 2, stretch=False, anchor=anchor)
        self._tree.heading(name, anchor=anchor)
