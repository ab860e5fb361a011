"""A list of frozen cells as a table, with filter, counts, order and a tip."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from tkinter import ttk
from typing import Any, Generic

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.lists.cell_columns import C, Column, by_column, places_of
from eyegore.widgets.lists.column_widths import ColumnWidths
from eyegore.widgets.lists.filter_box import FilterBox
from eyegore.widgets.lists.row_filter import RowFilter
from eyegore.widgets.lists.row_signs import RowSigns
from eyegore.widgets.lists.scrolled_tree import ScrolledTree
from eyegore.widgets.lists.sorted_table import SortedTable
from eyegore.widgets.theme import Theme


class CellList(SortedTable, Generic[C]):
    """Rows are changed where they are: selection and place stay; what is as before costs nothing.

    ``tools`` is where filter and counts go (the header of a pane); without it they get a line of their own; a short
    list needs no filter (``filtered``). Whoever
    inherits puts what stands below the table there with :meth:`below`, calls :meth:`ready`, and says what is counted
    and in which order rows stand.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        style: str,
        columns: Sequence[Column[C]],
        signs: type[RowSigns[C]],
        tools: tk.Misc | None = None,
        *,
        filtered: bool = True,
    ) -> None:
        super().__init__(parent, theme, tuple(column.name for column in columns))
        self._style = style
        self._columns = tuple(columns)
        self._places = places_of(columns)
        self._given: tuple[C, ...] = ()
        self._cells: dict[str, C] = {}
        self._looks: dict[str, tuple[tuple[str, ...], str]] = {}
        self._shown: list[str] = []
        self._said: object = None
        box = self._build_tools(self if tools is None else tools, alone=tools is None, filtered=filtered)
        self.have(ScrolledTree(self, style, "tree headings", self.names[1:]), box, self._tip_text)
        for place, column in zip(self._places, columns, strict=True):
            self.tree.heading(place, anchor=column.anchor, command=partial(self.sort_next, column.name))
        self._empty = ttk.Label(self.tree, style="Surface.TLabel")
        self._signs = signs(self.tree, theme)
        self._widths = ColumnWidths(self.tree, theme, columns, lambda: self._signs.icon(None).width())
        self._bind_events()

    # --- what whoever inherits says ----------------------------------------------------------------------------------

    def summary(self) -> tuple[str, Status | None]:
        """The counts of what was given, and the status they are coloured by."""
        raise NotImplementedError

    def nothing(self) -> str:
        """Why there are no rows."""
        raise NotImplementedError

    def usual(self, cell: C) -> tuple[Any, ...]:
        """What cells are usually sorted by; nothing leaves them as they were given."""
        return ()

    def takes(self, cell: C) -> bool:
        """Whether a cell is shown, whatever the filter says."""
        return True

    def tip_of(self, cell: C) -> str:
        """The text beside the pointer."""
        raise NotImplementedError

    def chosen(self, cells: list[C]) -> None:
        """Tell of what is selected now."""

    def below(self, widget: tk.Widget, gap: int = 0) -> None:
        """Put a widget below the table, above what is there already; ``gap`` [pixel] above and below it."""
        widget.pack(side="bottom", fill="x", pady=gap, before=self.tree.master)

    def ready(self) -> None:
        """Colour what is built, and show that nothing is known."""
        self.paint()
        self._tell()

    # --- building ----------------------------------------------------------------------------------------------------

    def _build_tools(self, parent: tk.Misc, *, alone: bool, filtered: bool) -> FilterBox:
        em = self._theme.em
        line = self.tools = ttk.Frame(parent)
        line.pack(side="top", fill="x", expand=not alone, padx=(em // 2, em // 3))
        self._sign = ttk.Label(line)
        self._sign.pack(side="left", padx=(0, 4))
        self._counts = ttk.Label(line)
        self._counts.pack(side="left")
        # Return stays in the box: pressed twice it would act on a row
        box = FilterBox(line, self._theme, on_filter=self.arrange, on_leave=lambda: self.tree.focus_set())
        if filtered:
            box.pack(side="right", padx=(em, 0))
        return box

    def _bind_events(self) -> None:
        tree = self.tree
        tree.bind("<FocusIn>", lambda event: self._select_a_row())
        tree.bind("<<TreeviewSelect>>", lambda event: self.chosen(self.selected()))
        for sequence in ("<Up>", "<Down>"):
            tree.bind(sequence, lambda event: self._choose_here())

    def paint(self) -> None:
        """Take the colours and sizes of the theme there is now."""
        theme, style, third = self._theme, ttk.Style(self), self._theme.em // 3
        padding: list[Any] = [("Treeitem.image", {"side": "left"}), ("Treeitem.text", {"side": "left"})]
        style.layout(f"{self._style}.Item", [("Treeitem.padding", {"sticky": "nswe", "children": padding})])  # no folds
        style.configure(f"{self._style}.Item", padding=(third + 2, 0))
        self.tree.space(theme, third)
        self._empty.configure(foreground=theme.colour("dim"))
        self._signs.paint()
        self._widths.begin([texts for texts, _ in self._looks.values()])
        self.mark_headings()

    # --- rows --------------------------------------------------------------------------------------------------------

    def fill(self, given: tuple[C, ...]) -> None:
        """Show exactly these cells; one that is the same object as before is not looked at."""
        before, self._given = self._cells, given
        self._cells = {cell.key: cell for cell in given}
        gone = [key for key in self._looks if key not in self._cells]
        if gone:
            self._forget(gone)
        for cell in given:
            if before.get(cell.key) is not cell:
                self._fill_row(cell)
        self._calls.run()
        self.arrange()
        self.chosen(self.selected())
        if not self.tree.focus() and self.focus_get() is self.tree:
            self._select_a_row()

    def _fill_row(self, cell: C) -> None:
        look = tuple(column.text(cell) for column in self._columns), self._signs.tag(cell)
        before = self._looks.get(cell.key)
        if look == before:
            return
        self._looks[cell.key] = look
        self._widths.fit(look[0])
        word, values = f" {look[0][0]}", look[0][1:]
        row = ("insert", "", "end", "-id", cell.key) if before is None else ("item", cell.key)
        self._calls.add(*row, "-text", word, "-values", values, "-tags", look[1])

    @property
    def counts(self) -> str:
        """The line of counts as it is shown."""
        return str(self._counts["text"])

    @property
    def heading(self) -> str:
        """What the title of a window says of it, "" when there is nothing to say: sign and counts."""
        text, status = self.summary()
        return f"{self._theme.glyph(status)} {text} — " if status else ""

    def selected(self) -> list[C]:
        """The cells selected, from top to bottom."""
        chosen = set(self.tree.selection())
        return [self._cells[key] for key in self._shown if key in chosen]

    def visible(self) -> list[str]:
        """Keys of the cells that pass the filter, from top to bottom."""
        return list(self._shown)

    def _forget(self, gone: Sequence[str]) -> None:
        """Take rows out; the keyboard stays near where it was, but selects nothing that nobody chose."""
        focus = self.tree.focus()
        at = self._shown.index(focus) if focus in gone and focus in self._shown else -1
        self.tree.delete(*gone)
        for key in gone:
            del self._looks[key]
        self._shown = [key for key in self._shown if key in self._looks]
        if at >= 0 and self._shown:
            self.tree.focus(self._shown[min(at, len(self._shown) - 1)])

    def arrange(self) -> None:
        """Filter and order the rows, in one call of Tk if their order changed."""
        wanted = RowFilter(self.filter_text.get(), self.names, self.names)
        cells = sorted(filter(self.takes, self._given), key=self.usual)
        cells = by_column(self._columns, cells, self.sorted_by, self.descending)
        shown = [cell.key for cell in cells if wanted.matches(self._looks[cell.key][0])]
        if shown != self._shown:
            passing = set(shown)
            if hidden := [key for key in self._shown if key not in passing]:
                self.tree.selection_remove(hidden)  # nothing is done to what cannot be seen
        if tuple(shown) != self.tree.get_children():
            self.tree.tk.call(str(self.tree), "children", "", tuple(shown))
            if self.tree.focus() in self.tree.selection():
                self.tree.see(self.tree.focus())  # what was chosen may have got another place
        self._shown = shown
        self._tell()

    def _tell(self) -> None:
        """Write the counts and, without rows, why there are none."""
        text, status = self.summary()
        if len(self._shown) < len(self._given):
            text += f" ({len(self._shown)} of {len(self._given)} shown)"
        empty = "" if self._shown else self.nothing()
        said = text, status, empty
        if self._said == said:
            return
        self._said = said
        self._counts.configure(text=text, style="Bold.TLabel" if status else "Dim.TLabel")
        glyph, colour = (self._theme.glyph(status), self._theme.colour(status)) if status else ("", "")
        self._sign.configure(text=glyph, foreground=colour)
        self._empty.configure(text=empty)
        if empty:
            self._empty.place(relx=0.5, rely=0.5, anchor="center")
        else:
            self._empty.place_forget()

    # --- order and layout --------------------------------------------------------------------------------------------

    def mark_headings(self) -> None:
        """Write the headings, with an arrow on the column that is sorted by."""
        for place, name in zip(self._places, self.names, strict=True):
            self.tree.heading(place, text=name + self.arrow(name))

    def layout(self) -> dict[str, Any]:
        """What a person chose, JSON-able. What hides rows is not remembered."""
        return super().layout() | {"widths": self._widths.layout()}

    def restore(self, layout: Mapping[str, Any]) -> None:
        """Take back what :meth:`layout` gave, as far as it is usable."""
        self._widths.restore(layout.get("widths"))
        super().restore(layout)
        self.mark_headings()
        self.arrange()

    # --- hands -------------------------------------------------------------------------------------------------------

    def _select_a_row(self) -> None:
        """Without a row in focus the arrow keys of a tree do nothing."""
        if self._shown and self.tree.focus() not in self._shown:
            self.tree.focus(self._shown[0])
            self.tree.selection_set(self._shown[0])

    def _choose_here(self) -> str | None:
        """Where nothing is chosen an arrow chooses the row the keyboard is at, not the one beside it."""
        focus = self.tree.focus()
        if self.tree.selection() or focus not in self._shown:
            return None
        self.tree.selection_set(focus)
        self.tree.see(focus)
        return "break"

    def choose_next(self, wanted: Callable[[C], bool]) -> None:
        """Choose the next row that is wanted, from the top again after the last."""
        focus = self.tree.focus()
        at = self._shown.index(focus) + 1 if focus in self.tree.selection() and focus in self._shown else 0
        for key in self._shown[at:] + self._shown[:at]:
            if wanted(self._cells[key]):
                self.tree.selection_set(key)
                self.tree.focus(key)
                self.tree.see(key)
                break

    def _tip_text(self, key: str) -> str:
        return self.tip_of(self._cells[key]) if key in self._cells else ""
