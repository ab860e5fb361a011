"""The alarms that are not normal, as a table: what is wrong, since when, how bad, and who has seen it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterable, Sequence
from functools import partial
from tkinter import ttk
from typing import Any

from eyegore.widgets.alarm_cells import AlarmCell, Standing
from eyegore.widgets.alarm_columns import COLUMNS, NAMES, counts_of, in_order, texts_of, tip_of
from eyegore.widgets.alarm_menu import AlarmActions, AlarmMenu
from eyegore.widgets.blend import blend
from eyegore.widgets.cells import Status
from eyegore.widgets.later import Later
from eyegore.widgets.row_filter import RowFilter
from eyegore.widgets.state_icon import SIZES, icons
from eyegore.widgets.theme import Theme
from eyegore.widgets.tooltip import Tooltip

BLINK_MS = 600
TYPING_MS = 150
"""Time after the last key in the filter box before the filter acts [ms]."""
TINT, STRONG = 0.18, 0.5
"""Share of the severity's colour in the background of a row that is out, and of one that blinks."""
WIDEST_EM = 22
"""Widest a column makes itself [em]; a person may drag it wider."""
STYLE = "Alarms.Treeview"
PLACES = ("#0", *NAMES[1:])
"""Names of the columns in the tree: the first is that of the signs."""


class AlarmList(ttk.Frame):
    """The pane "Alarms". Rows are changed where they are: selection and place stay; what is as before costs nothing.

    ``tools`` is where filter and counts go (the header of a pane); without it they get a line of their own.
    """

    def __init__(
        self, parent: tk.Misc, theme: Theme, actions: AlarmActions | None = None, tools: tk.Misc | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._given: tuple[AlarmCell, ...] = ()
        self._known = False
        self._cells: dict[str, AlarmCell] = {}
        self._looks: dict[str, tuple[tuple[str, ...], str]] = {}
        self._tags: dict[str, tuple[Standing, Status, bool]] = {}
        self._icons: dict[Status | None, tk.PhotoImage] = {}
        self._shown: list[str] = []
        self._longest = [0] * len(COLUMNS)
        self._said: object = None
        self._lit = True
        self._under = ""
        self.sorted_by, self.descending = "", False
        self._later = Later(self)
        self._build_tools(self if tools is None else tools, alone=tools is None)
        self._build_tree()
        AlarmMenu(self.tree, actions or AlarmActions(), self.selected, self.sort_next)
        self._bind_events()
        self._paint()
        self._tell()

    # --- building ----------------------------------------------------------------------------------------------------

    def _build_tools(self, parent: tk.Misc, alone: bool) -> None:
        em = self._theme.em
        line = ttk.Frame(parent)
        line.pack(side="top", fill="x", expand=not alone, padx=(em // 2, em // 3))
        self._sign = ttk.Label(line)
        self._sign.pack(side="left", padx=(0, 4))
        self._counts = ttk.Label(line)
        self._counts.pack(side="left")
        self.filter_text = tk.StringVar(self)
        self._entry = ttk.Entry(line, textvariable=self.filter_text, width=22)
        self._entry.pack(side="right")
        ttk.Label(line, text="filter", style="Dim.TLabel").pack(side="right", padx=(em, em // 3))
        self.filter_text.trace_add("write", lambda *_: self._later.after_quiet("filter", TYPING_MS, self._arrange))
        self._entry.bind("<Escape>", self._leave_filter)
        # Return stays here: pressed twice it would acknowledge
        self._entry.bind("<Down>", lambda event: self.tree.focus_set())

    def _build_tree(self) -> None:
        body = ttk.Frame(self, style="Surface.TFrame")
        body.pack(side="top", fill="both", expand=True)
        body.rowconfigure(0, weight=1)
        body.columnconfigure(0, weight=1)
        self.tree = ttk.Treeview(
            body, style=STYLE, show="tree headings", selectmode="extended", height=4, columns=NAMES[1:]
        )
        self.tree.grid(row=0, column=0, sticky="nsew")
        down = ttk.Scrollbar(body, orient="vertical", command=self.tree.yview)
        down.grid(row=0, column=1, sticky="ns")
        across = ttk.Scrollbar(body, orient="horizontal", command=self.tree.xview)

        def scrolled_across(first: float, last: float) -> None:
            across.set(first, last)
            if float(first) <= 0 and float(last) >= 1:
                across.grid_remove()
            else:
                across.grid(row=1, column=0, sticky="ew")

        self.tree.configure(yscrollcommand=down.set, xscrollcommand=scrolled_across)
        for place, column in enumerate(COLUMNS):
            self.tree.heading(PLACES[place], anchor=column.anchor, command=partial(self.sort_next, column.name))
        self._empty = ttk.Label(self.tree, style="Surface.TLabel")
        self._tip = Tooltip(self.tree, self._theme)

    def _bind_events(self) -> None:
        tree = self.tree
        tree.bind("<Motion>", self._hover)
        for leaving in ("<Leave>", "<Unmap>", "<Button>"):
            tree.bind(leaving, lambda event: self._unhover(), add=True)
        tree.bind("<FocusIn>", lambda event: self._select_a_row())
        tree.bind("<<ThemeChanged>>", lambda event: self._paint())

    def _paint(self) -> None:
        theme, style, third = self._theme, ttk.Style(self), self._theme.em // 3
        padding: list[Any] = [("Treeitem.image", {"side": "left"}), ("Treeitem.text", {"side": "left"})]
        style.layout(f"{STYLE}.Item", [("Treeitem.padding", {"sticky": "nswe", "children": padding})])  # nothing folds
        for part, inner in (("Item", (third + 2, 0)), ("Cell", (third, 0))):
            style.configure(f"{STYLE}.{part}", padding=inner)
        heading = (third + 4, third // 2, third, third // 2)  # Tk itself moves the text of a cell by 4
        style.configure(f"{STYLE}.Heading", font=theme.font, padding=heading)
        self._empty.configure(foreground=theme.colour("dim"))
        self._icons.clear()
        self._longest = [0] * len(COLUMNS)
        for place, column in enumerate(COLUMNS):
            self.tree.column(PLACES[place], width=1, minwidth=2 * theme.em, anchor=column.anchor)
            self.tree.column(PLACES[place], stretch=column is COLUMNS[-1])
            self._widen(place, f"{column.name} ↓")
            self._widen(place, column.sample)
        for tag in self._tags:
            self._paint_tag(tag)
        for texts, _ in self._looks.values():
            self._fit(texts)
        self._mark_headings()

    # --- rows --------------------------------------------------------------------------------------------------------

    def show(self, cells: Iterable[AlarmCell], known: bool = False) -> None:
        """Show exactly these alarms; ``known`` tells that every parameter was judged, so that none means none."""
        given = tuple(cells)
        if given == self._given and known == self._known:
            return
        self._given, self._known = given, known
        self._cells = {cell.key: cell for cell in given}
        gone = [key for key in self._looks if key not in self._cells]
        if gone:
            self._forget(gone)
        for cell in given:
            look = texts_of(cell), self._tag(cell)
            before = self._looks.get(cell.key)
            if look == before:
                continue
            self._looks[cell.key] = look
            self._fit(look[0])
            word, values = f" {look[0][0]}", look[0][1:]
            if before is None:
                self.tree.insert("", "end", iid=cell.key, text=word, values=values, tags=look[1])
            else:
                self.tree.item(cell.key, text=word, values=values, tags=look[1])
        self._arrange()
        if any(cell.blink for cell in given):
            self._later.after("blink", BLINK_MS, self._blink)

    @property
    def counts(self) -> str:
        """The line of counts as it is shown."""
        return str(self._counts["text"])

    @property
    def empty_text(self) -> str:
        """What stands in the place of rows, "" when there are rows."""
        return str(self._empty["text"]) if self._empty.winfo_manager() else ""

    def selected(self) -> list[AlarmCell]:
        """The alarms selected, from top to bottom."""
        chosen = set(self.tree.selection())
        return [self._cells[key] for key in self._shown if key in chosen]

    def visible(self) -> list[str]:
        """Keys of the alarms that pass the filter, from top to bottom."""
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

    def _arrange(self) -> None:
        """Filter and order the rows, in one call of Tk if their order changed."""
        wanted = RowFilter(self.filter_text.get(), NAMES, NAMES)
        cells = in_order(self._given, self.sorted_by, self.descending)
        shown = [cell.key for cell in cells if wanted.matches(self._looks[cell.key][0])]
        if shown != self._shown:
            passing = set(shown)
            if hidden := [key for key in self._shown if key not in passing]:
                self.tree.selection_remove(hidden)  # what cannot be seen cannot be acknowledged
        if tuple(shown) != self.tree.get_children():
            self.tree.tk.call(str(self.tree), "children", "", tuple(shown))
        self._shown = shown
        self._tell()

    def _tell(self) -> None:
        """Write the counts and, without rows, why there are none."""
        text, status = counts_of(self._given)
        if not self._given:
            text = "no alarm" if self._known else ""
        elif len(self._shown) < len(self._given):
            text += f" ({len(self._shown)} of {len(self._given)} shown)"
        empty = ""
        if not self._shown:
            nothing = "no alarm" if self._known else "nothing known yet"
            empty = "no alarm matches the filter" if self._given else nothing
        if self._said == (text, status, empty):
            return
        self._said = text, status, empty
        self._counts.configure(text=text, style="Bold.TLabel" if status else "Dim.TLabel")
        glyph, colour = (self._theme.glyph(status), self._theme.colour(status)) if status else ("", "")
        self._sign.configure(text=glyph, foreground=colour)
        self._empty.configure(text=empty)
        if empty:
            self._empty.place(relx=0.5, rely=0.5, anchor="center")
        else:
            self._empty.place_forget()

    # --- looks -------------------------------------------------------------------------------------------------------

    def _tag(self, cell: AlarmCell) -> str:
        tag = f"{cell.standing.name}/{cell.severity.name}/{cell.blink}"  # no blanks: Tk takes a list
        if tag not in self._tags:
            self._tags[tag] = cell.standing, cell.severity, cell.blink
            self._paint_tag(tag)
        return tag

    def _paint_tag(self, tag: str) -> None:
        """Colours and sign of a kind of row; the sign keeps its colour where a row is selected."""
        standing, severity, blink = self._tags[tag]
        ground, ink = self._theme.colour("surface"), self._theme.colour("text")
        if standing in (Standing.UNACKNOWLEDGED, Standing.ACKNOWLEDGED):
            strong = blink and self._lit
            ground = blend(self, ground, self._theme.colour(severity), STRONG if strong else TINT)
        elif standing is Standing.SHELVED:
            ink = self._theme.colour("dim")
        sign = {Standing.BACK: Status.IN_LIMITS, Standing.SHELVED: Status.MUTED}.get(standing, severity)
        icon = self._icon(sign if self._lit or not blink else None)
        self.tree.tag_configure(tag, background=ground, foreground=ink, image=icon)

    def _icon(self, status: Status | None) -> tk.PhotoImage:
        """The sign of a status as high as a line; None gives an empty one."""
        if status not in self._icons:
            size = max(size for size in (*SIZES, min(SIZES)) if size <= max(self._theme.line, min(SIZES)))
            drawn = {image.width(): image for image in icons(self, status)} if status else {}
            self._icons[status] = drawn.get(size) or tk.PhotoImage(master=self, width=size, height=size)
        return self._icons[status]

    def _blink(self) -> None:
        """Light or dim what blinks; the rows themselves are not touched."""
        self._lit = not self._lit
        blinking = any(cell.blink for cell in self._given)
        self._lit |= not blinking
        for tag, (_, _, blink) in self._tags.items():
            if blink:
                self._paint_tag(tag)
        if blinking:
            self._later.after("blink", BLINK_MS, self._blink)

    def _fit(self, texts: Sequence[str]) -> None:
        """Widen columns for longer texts; none gets narrower, so that nothing jitters."""
        for place, text in enumerate(texts[:-1]):
            if len(text) > self._longest[place]:
                self._widen(place, text)

    def _widen(self, place: int, text: str) -> None:
        em = self._theme.em
        self._longest[place] = max(self._longest[place], len(text))
        sign = self._icon(None).width() + em // 2 if place == 0 else 0
        width = min(self._theme.measure(text) + sign + 2 * (em // 3) + 8, WIDEST_EM * em)
        if width > int(self.tree.column(PLACES[place], "width")):
            self.tree.column(PLACES[place], width=width)

    # --- order and filter --------------------------------------------------------------------------------------------

    def sort_by(self, column: str, descending: bool = False) -> None:
        """Sort by a column, "" for the usual order: what nobody has acknowledged and is CRITICAL, then newest first."""
        if column and column not in NAMES:
            raise KeyError(f"no column {column!r} to sort by")
        self.sorted_by, self.descending = column, descending and bool(column)
        self._mark_headings()
        self._arrange()

    def sort_next(self, column: str) -> None:
        """Sort by a column; if it is already, the other way round; then in the usual order again."""
        if self.sorted_by != column:
            self.sort_by(column)
        elif not self.descending:
            self.sort_by(column, descending=True)
        else:
            self.sort_by("")

    def focus_filter(self) -> None:
        """Let a person type in the filter box."""
        self._entry.focus_set()
        self._entry.selection_range(0, "end")

    def _mark_headings(self) -> None:
        arrow = " ↓" if self.descending else " ↑"
        for place, name in zip(PLACES, NAMES, strict=True):
            self.tree.heading(place, text=name + (arrow if name == self.sorted_by else ""))

    def _leave_filter(self, event: tk.Event[tk.Misc]) -> str:
        self.filter_text.set("")
        self.tree.focus_set()
        return "break"

    # --- hands -------------------------------------------------------------------------------------------------------

    def _select_a_row(self) -> None:
        """Without a row in focus the arrow keys of a tree do nothing."""
        if self._shown and self.tree.focus() not in self._shown:
            self.tree.focus(self._shown[0])
            self.tree.selection_set(self._shown[0])

    def _hover(self, event: tk.Event[tk.Misc]) -> None:
        key = self.tree.identify_row(event.y)
        if key != self._under:
            self._unhover()
            self._under = key
            if key:
                self._tip.soon(lambda: self._tip_text(key), event.x_root, event.y_root)

    def _unhover(self) -> None:
        self._under = ""
        self._tip.hide()

    def _tip_text(self, key: str) -> str:
        return tip_of(self._cells[key]) if key in self._cells else ""
