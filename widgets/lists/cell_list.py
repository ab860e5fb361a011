"""A list of frozen cells as a table, with filter, counts, order and a tip."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from tkinter import ttk
from typing import Any, Generic

from eyegore.widgets import keys
from eyegore.widgets.calls import Later, ManyCalls
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.lists.columns import C, Column, ColumnWidths
from eyegore.widgets.lists.filter_box import FilterBox, RowFilter
from eyegore.widgets.lists.row_order import RowOrder, SortValue
from eyegore.widgets.lists.row_signs import RowSigns
from eyegore.widgets.lists.scrolled import ScrolledTree
from eyegore.widgets.signs import SignedLine
from eyegore.widgets.theme import Theme
from eyegore.widgets.tooltip import RowTips

USUAL: SortValue = 0, 0.0
"""What all cells are sorted by where no column is chosen: what is usual decides."""


class CellList(ttk.Frame, Generic[C]):
    """Rows are changed where they are: selection and place stay; what is as before costs nothing.

    Sorted by the column ``sorted_by`` of ``names``, "" for the usual order. ``tools`` is where filter and counts go
    (the header of a pane); without it they get a line of their own; a short list needs no filter (``filtered``).
    Without ``signed`` no signs stand before the rows. ``tip`` gives the text beside the pointer, ``usual`` what cells
    are usually sorted by; nothing leaves them as they were given. Whoever inherits puts what stands below the table
    there with :meth:`below`, calls :meth:`ready`, and says what is counted.
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
        tip: Callable[[C], str] = lambda cell: "",
        usual: Callable[[C], tuple[Any, ...]] = lambda cell: (),
        filtered: bool = True,
        signed: bool = True,
    ) -> None:
        super().__init__(parent)
        self._theme, self._later, self._style, self._signed = theme, Later(self), style, signed
        self.names, self.sorted_by, self.descending = tuple(column.name for column in columns), "", False
        self._tip, self._usual = tip, usual
        self._given: tuple[C, ...] = ()
        self._cells: dict[str, C] = {}
        self._looks: dict[str, tuple[tuple[str, ...], str]] = {}
        self._order, self._wanted = RowOrder(), RowFilter("", (), ())
        self.tools = ttk.Frame(self if tools is None else tools)
        self.tools.pack(side="top", fill="x", expand=tools is not None, padx=(theme.em // 2, theme.em // 3))
        self._counts = SignedLine(self.tools, theme)
        self._counts.pack(side="left")
        # Return stays in the box: pressed twice it would act on a row
        self._box = FilterBox(self.tools, theme, on_filter=self.arrange, on_leave=lambda: self.tree.focus_set())
        if filtered:
            self._box.pack(side="right", padx=(theme.em, 0))
        self.filter_text = self._box.text
        self.tree = ScrolledTree(self, style, "tree headings" if signed else "headings")
        self.tips, self._calls = RowTips(self.tree, theme, self._tip_text), ManyCalls(self.tree)
        self._empty = ttk.Label(self.tree, style="Surface.TLabel")
        self._signs = signs(self.tree, theme)
        self._widths: ColumnWidths[C] = ColumnWidths(
            self.tree, theme, lambda: self._signs.icon(None).width(), stretch=signed
        )
        self._install(columns)
        self._bind_events()

    # --- what whoever inherits says ----------------------------------------------------------------------------------

    def summary(self) -> tuple[str, Status | None]:
        """The counts of what was given, and the status they are coloured by."""
        raise NotImplementedError

    def nothing(self) -> str:
        """Why there are no rows."""
        raise NotImplementedError

    def takes(self, cell: C) -> bool:
        """Whether a cell is shown, whatever the filter says."""
        return True

    def cells_of(self, cell: C) -> tuple[str, ...]:
        """The texts of all columns, that the filter sees."""
        return self._looks[cell.key][0]

    def sought(self) -> Sequence[str]:
        """The columns that the filter looks into where none is named."""
        return self.names

    def chosen(self, cells: list[C]) -> None:
        """Tell of what is selected now."""

    def below(self, widget: tk.Widget, gap: int = 0) -> None:
        """Put a widget below the table, above what is there already; ``gap`` [pixel] above and below it."""
        widget.pack(side="bottom", fill="x", pady=gap, before=self.tree.master)

    def add_tool(self, action: str, act: Callable[[], object], word: str) -> ttk.Button:
        """Put a button for an action of the key table in the line of tools, with its key."""
        text = f"{word} ({keys.accelerator(action)})"
        button = ttk.Button(self.tools, text=text, style="Quiet.TButton", command=act, takefocus=False)
        button.pack(side="right")
        return button

    def ready(self) -> None:
        """Colour what is built, and show that nothing is known."""
        self.paint()
        self._tell()

    # --- building ----------------------------------------------------------------------------------------------------

    def _bind_events(self) -> None:
        tree = self.tree
        tree.bind("<<ThemeChanged>>", lambda event: self.paint())
        tree.bind("<FocusIn>", lambda event: self._enter())
        tree.bind("<<TreeviewSelect>>", lambda event: self.chosen(self.selected()))
        for sequence in ("<Up>", "<Down>"):
            tree.bind(sequence, lambda event: self._choose_here())

    def _install(self, columns: Sequence[Column[C]]) -> None:
        """Give an empty table these columns; where there are signs the first is theirs."""
        self._columns = tuple(columns)
        self._places = {column.name: column.name for column in columns}
        if self._signed:
            self._places[columns[0].name] = "#0"
        self.tree.configure(displaycolumns=())
        self.tree.configure(columns=[place for place in self._places.values() if place != "#0"])
        self.tree.configure(displaycolumns="#all")
        for column in columns:
            place, click = self._places[column.name], partial(self.sort_next, column.name)
            self.tree.heading(place, anchor=column.anchor, command=click)
        self._widths.install(self._columns, self._places)

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
            self._enter()

    def _fill_row(self, cell: C) -> None:
        """Note what Tk is to be told of a row, at the end when it is new."""
        before = self._looks.get(cell.key)
        if (words := self._words(cell)) != ():
            self._calls.add(*(("insert", "", "end", "-id", cell.key) if before is None else ("item", cell.key)), *words)

    def _words(self, cell: C) -> tuple[Any, ...]:
        """What Tk is told of the look of a row, with room made for its texts; nothing when it looks as before."""
        look = tuple([column.text(cell) for column in self._columns]), self._signs.tag(cell)
        if look == self._looks.get(cell.key):
            return ()
        self._looks[cell.key] = look
        texts, tag = look
        self._widths.fit(texts)
        shown = ("-text", f" {texts[0]}", "-values", texts[1:]) if self._signed else ("-values", texts)
        return *shown, "-tags", tag

    @property
    def counts(self) -> str:
        """The line of counts as it is shown."""
        return self._counts.text

    @property
    def heading(self) -> str:
        """What the title of a window says of it, "" when there is nothing to say: sign and counts."""
        text, status = self.summary()
        return f"{self._theme.glyph(status)} {text} — " if status else ""

    def selected(self) -> list[C]:
        """The cells selected, from top to bottom."""
        chosen = set(self.tree.selection())
        return [self._cells[key] for key in self._order if key in chosen]

    def visible(self) -> list[str]:
        """Keys of the cells that pass the filter, from top to bottom."""
        return list(self._order)

    def _forget(self, gone: Sequence[str]) -> None:
        """Take rows out; the keyboard stays near where it was, but selects nothing that nobody chose."""
        shown, focus = self.visible(), self.tree.focus()
        at = shown.index(focus) if focus in gone and focus in self._order else -1
        self.tree.delete(*gone)
        for key in gone:
            del self._looks[key]
            if key in self._order:
                self._order.remove(key)
        if at >= 0 and self._order:
            shown = self.visible()
            self.tree.focus(shown[min(at, len(shown) - 1)])

    def arrange(self) -> None:
        """Filter and order the rows, in one call of Tk if their order changed."""
        self._wanted = RowFilter(self.filter_text.get(), self.names, self.sought())
        before, self._order = self._order, RowOrder(self.descending)
        cells = [
            cell for cell in self._cells.values() if self.takes(cell) and self._wanted.matches(self.cells_of(cell))
        ]
        self._order.fill((cell.key, self.sort_value(cell), self._usual(cell)) for cell in cells)
        if hidden := [key for key in before if key not in self._order]:
            self.tree.selection_remove(hidden)  # nothing is done to what cannot be seen
        if (shown := tuple(self._order)) != self.tree.get_children():
            self.tree.tk.call(str(self.tree), "children", "", shown)
            if self.tree.focus() in self.tree.selection():
                self.tree.see(self.tree.focus())  # what was chosen may have got another place
        self._tell()

    def _tell(self) -> None:
        """Write the counts and, without rows, why there are none."""
        text, status = self.summary()
        if len(self._order) < len(self._looks):
            text += f" ({len(self._order)} of {len(self._looks)} shown)"
        empty = "" if self._order else self.nothing()
        self._counts.tell(text, status)
        if empty == self._empty["text"]:
            return
        self._empty.configure(text=empty)
        if empty:
            self._empty.place(relx=0.5, rely=0.5, anchor="center")
        else:
            self._empty.place_forget()

    # --- order and layout --------------------------------------------------------------------------------------------

    def mark_headings(self) -> None:
        """Write the headings."""
        for name, place in self._places.items():
            self.tree.heading(place, text=self.heading_of(name))

    def heading_of(self, name: str) -> str:
        """The heading of a column, with an arrow where the list is sorted by it."""
        arrow = " ↓" if self.descending else " ↑"
        return name + (arrow if name == self.sorted_by else "")

    def sort_value(self, cell: C) -> SortValue | None:
        """What a cell is sorted by now, before what is usual."""
        column = next((column for column in self._columns if column.name == self.sorted_by), None)
        return column.value(cell) if column else USUAL

    def sort_by(self, column: str, descending: bool = False) -> None:
        """Sort by a column, "" for the usual order; rows that come later join in their place."""
        if column and column not in self.names:
            raise KeyError(f"no column {column!r} to sort by")
        self.sorted_by, self.descending = column, descending and bool(column)
        self.mark_headings()
        self.arrange()

    def sort_next(self, column: str) -> None:
        """Sort by a column; if it is already, the other way round; then in the usual order again."""
        if self.sorted_by != column:
            self.sort_by(column)
        else:
            self.sort_by("" if self.descending else column, descending=True)

    def layout(self) -> dict[str, Any]:
        """What a person chose, JSON-able. What hides rows is not remembered."""
        return {"sort": self.sorted_by, "descending": self.descending, "widths": self._widths.layout()}

    def restore(self, layout: Mapping[str, Any]) -> None:
        """Take back what :meth:`layout` gave, as far as it is usable."""
        self._widths.restore(layout.get("widths"))
        sort = layout.get("sort")
        if isinstance(sort, str) and (not self.names or sort in ("", *self.names)):
            self.sorted_by, self.descending = sort, bool(sort) and layout.get("descending") is True
        self.mark_headings()
        self.arrange()

    # --- hands -------------------------------------------------------------------------------------------------------

    def focus_filter(self) -> None:
        """Let a person type in the filter box."""
        self._box.begin()

    def _enter(self) -> None:
        """Without a row in focus the arrow keys of a tree do nothing."""
        if self._order and self.tree.focus() not in self._order:
            self._choose(next(iter(self._order)))

    def _choose_here(self) -> str | None:
        """Where nothing is chosen an arrow chooses the row the keyboard is at, not the one beside it."""
        focus = self.tree.focus()
        if self.tree.selection() or focus not in self._order:
            return None
        return self._choose(focus)

    def _choose(self, key: str) -> str:
        """Select one row and bring the keyboard to it."""
        self.tree.selection_set(key)
        self.tree.focus(key)
        self.tree.see(key)
        return "break"

    def choose_next(self, wanted: Callable[[C], bool]) -> None:
        """Choose the next row that is wanted, from the top again after the last."""
        focus, shown = self.tree.focus(), self.visible()
        at = shown.index(focus) + 1 if focus in self.tree.selection() and focus in shown else 0
        if found := next((key for key in shown[at:] + shown[:at] if wanted(self._cells[key])), ""):
            self._choose(found)

    def _tip_text(self, key: str) -> str:
        return self._tip(self._cells[key]) if key in self._cells else ""
