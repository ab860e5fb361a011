"""The alarms that are not normal, as a table: what is wrong, since when, how bad, and who has seen it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from tkinter import ttk
from typing import Any

from eyegore.widgets import keys
from eyegore.widgets.alarm_bar import AlarmBar
from eyegore.widgets.alarm_cells import AlarmCell
from eyegore.widgets.alarm_columns import COLUMNS, NAMES, Showing, counts_of, in_order, texts_of, tip_of
from eyegore.widgets.alarm_detail import AlarmDetail
from eyegore.widgets.alarm_menu import AlarmActions, AlarmMenu
from eyegore.widgets.alarm_signs import AlarmSigns
from eyegore.widgets.alarm_widths import PLACES, AlarmWidths
from eyegore.widgets.later import Later
from eyegore.widgets.row_filter import RowFilter
from eyegore.widgets.scrolled_tree import ScrolledTree
from eyegore.widgets.theme import Theme
from eyegore.widgets.tooltip import Tooltip

BLINK_MS = 600
TYPING_MS = 150
"""Time after the last key in the filter box before the filter acts [ms]."""
STYLE = "Alarms.Treeview"


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
        self._shown: list[str] = []
        self._said: object = None
        self.showing = Showing.ALL
        self._under = ""
        self.sorted_by, self.descending = "", False
        self._later = Later(self)
        actions = actions or AlarmActions()
        self._build_tools(self if tools is None else tools, alone=tools is None)
        self.detail = AlarmDetail(self, theme)
        self.detail.pack(side="bottom", fill="x")
        self.bar = AlarmBar(self, theme, lambda action: self._menu.act(action), actions.silence)
        self.bar.pack(side="bottom", fill="x", pady=theme.em // 4)
        self._build_tree()
        self._menu = AlarmMenu(self.tree, actions, self.selected, self.sort_next)
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
        self._shows = ttk.Button(line, style="Quiet.TButton", command=self.show_next, takefocus=False)
        self._shows.pack(side="right")
        self.filter_text.trace_add("write", lambda *_: self._later.after_quiet("filter", TYPING_MS, self._arrange))
        self._entry.bind("<Escape>", self._leave_filter)
        # Return stays here: pressed twice it would acknowledge
        self._entry.bind("<Down>", lambda event: self.tree.focus_set())

    def _build_tree(self) -> None:
        self.tree = ScrolledTree(self, STYLE, "tree headings", NAMES[1:])
        for place, column in enumerate(COLUMNS):
            self.tree.heading(PLACES[place], anchor=column.anchor, command=partial(self.sort_next, column.name))
        self._empty = ttk.Label(self.tree, style="Surface.TLabel")
        self._tip = Tooltip(self.tree, self._theme)
        self._signs = AlarmSigns(self.tree, self._theme)
        self._widths = AlarmWidths(self.tree, self._theme, lambda: self._signs.icon(None).width())

    def _bind_events(self) -> None:
        tree = self.tree
        tree.bind("<Motion>", self._hover)
        for leaving in ("<Leave>", "<Unmap>", "<Button>"):
            tree.bind(leaving, lambda event: self._unhover(), add=True)
        tree.bind("<FocusIn>", lambda event: self._select_a_row())
        tree.bind("<<TreeviewSelect>>", lambda event: self._tell_chosen())
        for sequence in ("<Up>", "<Down>"):
            tree.bind(sequence, lambda event: self._choose_here())
        keys.bind(tree, "next alarm", self.next_waiting)
        keys.bind(tree, "show alarms", self.show_next)
        tree.bind("<<ThemeChanged>>", lambda event: self._paint())

    def _paint(self) -> None:
        theme, style, third = self._theme, ttk.Style(self), self._theme.em // 3
        padding: list[Any] = [("Treeitem.image", {"side": "left"}), ("Treeitem.text", {"side": "left"})]
        style.layout(f"{STYLE}.Item", [("Treeitem.padding", {"sticky": "nswe", "children": padding})])  # nothing folds
        style.configure(f"{STYLE}.Item", padding=(third + 2, 0))
        self.tree.space(theme, third)
        self._empty.configure(foreground=theme.colour("dim"))
        self._signs.paint()
        self._widths.begin([texts for texts, _ in self._looks.values()])
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
            look = texts_of(cell), self._signs.tag(cell)
            before = self._looks.get(cell.key)
            if look == before:
                continue
            self._looks[cell.key] = look
            self._widths.fit(look[0])
            word, values = f" {look[0][0]}", look[0][1:]
            if before is None:
                self.tree.insert("", "end", iid=cell.key, text=word, values=values, tags=look[1])
            else:
                self.tree.item(cell.key, text=word, values=values, tags=look[1])
        self._arrange()
        self._tell_chosen()
        if not self.tree.focus() and self.focus_get() is self.tree:
            self._select_a_row()
        if any(cell.blink for cell in given):
            self._later.after("blink", BLINK_MS, self._blink)

    def _blink(self) -> None:
        blinking = any(cell.blink for cell in self._given)
        self._signs.blink(blinking)
        if blinking:
            self._later.after("blink", BLINK_MS, self._blink)

    @property
    def counts(self) -> str:
        """The line of counts as it is shown."""
        return str(self._counts["text"])

    @property
    def lit(self) -> bool:
        """Whether what blinks is in its bright phase."""
        return self._signs.lit

    @property
    def heading(self) -> str:
        """What the title of a window says of it, "" when nothing is out: sign and counts."""
        _, status = counts_of(self._given)
        return f"{self._theme.glyph(status)} {counts_of(self._given)[0]} — " if status else ""

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
        cells = in_order(filter(self.showing.takes, self._given), self.sorted_by, self.descending)
        shown = [cell.key for cell in cells if wanted.matches(self._looks[cell.key][0])]
        if shown != self._shown:
            passing = set(shown)
            if hidden := [key for key in self._shown if key not in passing]:
                self.tree.selection_remove(hidden)  # what cannot be seen cannot be acknowledged
        if tuple(shown) != self.tree.get_children():
            self.tree.tk.call(str(self.tree), "children", "", tuple(shown))
            if self.tree.focus() in self.tree.selection():
                self.tree.see(self.tree.focus())  # what was chosen may have got another place
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
            nothing = "no alarm: what is checked is in limits" if self._known else "nothing known yet"
            kind = "" if self.showing is Showing.ALL else f" that is {self.showing.value}"
            hidden = "no alarm matches the filter" if self.filter_text.get() else f"no alarm{kind}"
            empty = hidden if self._given else nothing
        said = text, status, empty, self.showing
        if self._said == said:
            return
        self._said = said
        self._counts.configure(text=text, style="Bold.TLabel" if status else "Dim.TLabel")
        self._shows.configure(text=f"show: {self.showing.value} ({keys.accelerator('show alarms')})")
        self._shows.configure(style="Quiet.TButton" if self.showing is Showing.ALL else "Call.TButton")
        glyph, colour = (self._theme.glyph(status), self._theme.colour(status)) if status else ("", "")
        self._sign.configure(text=glyph, foreground=colour)
        self._empty.configure(text=empty)
        if empty:
            self._empty.place(relx=0.5, rely=0.5, anchor="center")
        else:
            self._empty.place_forget()

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

    def show_next(self) -> None:
        """Show all alarms; then those nobody has acknowledged; then the shelved ones."""
        self.showing = self.showing.next()
        self._arrange()
        self._tell_chosen()

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

    # --- layout ------------------------------------------------------------------------------------------------------

    def layout(self) -> dict[str, Any]:
        """What a person chose, JSON-able. What hides alarms is not remembered."""
        return {"sort": self.sorted_by, "descending": self.descending, "widths": self._widths.layout()}

    def restore(self, layout: Mapping[str, Any]) -> None:
        """Take back what :meth:`layout` gave, as far as it is usable."""
        self._widths.restore(layout.get("widths"))
        sort = layout.get("sort")
        if sort in NAMES:
            self.sort_by(str(sort), layout.get("descending") is True)

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

    def next_waiting(self) -> None:
        """Choose the next alarm that nobody has acknowledged, from the top again after the last."""
        focus = self.tree.focus()
        at = self._shown.index(focus) + 1 if focus in self.tree.selection() and focus in self._shown else 0
        for key in self._shown[at:] + self._shown[:at]:
            if self._cells[key].open:
                self.tree.selection_set(key)
                self.tree.focus(key)
                self.tree.see(key)
                break

    def _tell_chosen(self) -> None:
        chosen = self.selected()
        self.detail.show(chosen, some=bool(self._shown))
        self.bar.show(chosen)

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
