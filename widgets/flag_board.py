"""The flags themselves, drawn on one canvas: signs and names in columns read downwards."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eyegore.widgets.cells import FlagCell, Status
from eyegore.widgets.theme import Theme

BLINK_MS = 600
GAP = 10
"""Between the columns [pixel]."""
_DIM = frozenset({Status.UNCHECKED, Status.UNKNOWN, Status.STALE, Status.MUTED})
_FILLED = frozenset({Status.WARNING, Status.CRITICAL, Status.INVALID})


@dataclass(frozen=True)
class Slot:
    """Where a flag lies [pixel]; ``column`` and ``row`` for moving about."""

    x: int
    y: int
    width: int
    height: int
    column: int
    row: int


def columns_of(widths: Sequence[int], room: int) -> list[range]:
    """The fewest rows whose columns, each as wide as its widest entry, fit into ``room`` [pixel]."""
    for rows in range(1, len(widths) + 1):
        columns = [range(at, min(at + rows, len(widths))) for at in range(0, len(widths), rows)]
        if sum(max(widths[at] for at in column) for column in columns) <= room:
            return columns
    return [range(len(widths))] if widths else []


@dataclass(frozen=True)
class _Items:
    box: int
    glyph: int
    name: int
    dot: int


class FlagBoard(tk.Canvas):
    """Draws :class:`FlagCell` values. A flag that looks as before makes no Tk call."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, width=1, height=1, highlightthickness=0, borderwidth=0, takefocus=True)
        self.theme = theme
        self.cells: tuple[FlagCell, ...] = ()
        self.grouped = False
        self._given: tuple[FlagCell, ...] = ()
        self.chosen: int | None = None
        self._looks: list[object] = []
        self._items: list[_Items] = []
        self._headings: list[int] = []
        self._slots: list[Slot] = []
        self._lit = True
        self._blinking: str | None = None
        self._ring = self.create_rectangle(0, 0, 0, 0, state="hidden")
        self._empty = self.create_text(0, 0, anchor="nw", font=theme.small, text="no parameters yet")
        self.bind("<Configure>", lambda event: self._arrange())
        self.bind("<<ThemeChanged>>", lambda event: self._themed())
        self.bind("<FocusIn>", lambda event: self._show_ring())
        self.bind("<FocusOut>", lambda event: self.itemconfigure(self._ring, state="hidden"))
        self.bind("<Destroy>", lambda event: self._stop_blinking())
        for sequence, step in (("<Button-4>", -1), ("<Button-5>", 1)):
            self.bind(sequence, lambda event, step=step: self.yview_scroll(step, "units"))  # type: ignore[misc]

    # --- from outside ------------------------------------------------------------------------------------------------

    def show(self, cells: Iterable[FlagCell]) -> None:
        """Show exactly these flags: in this order, or by group."""
        given = self._given = tuple(cells)
        if self.grouped:
            groups = list(dict.fromkeys(cell.group for cell in given))
            given = tuple(sorted(given, key=lambda cell: groups.index(cell.group)))
        before, self.cells = self.cells, given
        if [(cell.name, cell.group) for cell in before] != [(cell.name, cell.group) for cell in given]:
            self._make_items()
        for at in range(len(given)):
            self._draw(at)
        blinks = any(cell.blink for cell in given)
        if blinks and self._blinking is None:
            self._blinking = self.after(BLINK_MS, self._blink)
        elif not blinks:
            self._stop_blinking()

    def group(self, grouped: bool) -> None:
        """Order the flags by group, with headings, or as they were given."""
        self.grouped = grouped
        self.cells = ()
        self.show(self._given)

    def at(self, x: int, y: int) -> int | None:
        """Which flag lies at a place of the window, None when none."""
        place_x, place_y = self.canvasx(x), self.canvasy(y)
        for at, slot in enumerate(self._slots):
            if slot.x <= place_x < slot.x + slot.width and slot.y <= place_y < slot.y + slot.height:
                return at
        return None

    def slot(self, at: int) -> Slot:
        """Where a flag lies."""
        return self._slots[at]

    def choose(self, at: int) -> None:
        """Put the ring on a flag."""
        self.chosen = at
        self._show_ring()

    def move(self, across: int, down: int) -> None:
        """Move the ring by columns and rows."""
        if not self._slots:
            return
        if self.chosen is None:
            self.choose(0)
            return
        if down:
            self.choose(min(max(self.chosen + down, 0), len(self._slots) - 1))
            return
        here = self._slots[self.chosen]
        beside = [at for at, slot in enumerate(self._slots) if slot.column == here.column + across]
        if beside:
            self.choose(min(beside, key=lambda at: abs(self._slots[at].row - here.row)))

    def next_raised(self) -> None:
        """Put the ring on the next flag that wants something of a person."""
        count = len(self.cells)
        start = -1 if self.chosen is None else self.chosen
        for step in range(1, count + 1):
            cell = self.cells[(start + step) % count]
            if cell.latched or cell.status in _FILLED:
                self.choose((start + step) % count)
                return

    # --- items -------------------------------------------------------------------------------------------------------

    def _make_items(self) -> None:
        """Items for flags of other names; those there are used again."""
        while len(self._items) < len(self.cells):
            self._items.append(
                _Items(
                    self.create_rectangle(0, 0, 0, 0),
                    self.create_text(0, 0, anchor="center"),
                    self.create_text(0, 0, anchor="w"),
                    self.create_oval(0, 0, 0, 0, width=0),
                )
            )
        groups = self._group_starts()
        while len(self._headings) < len(groups):
            self._headings.append(self.create_text(0, 0, anchor="w"))
        for at, items in enumerate(self._items):
            self.itemconfigure(items.name, text=self.cells[at].name if at < len(self.cells) else "")
            if at >= len(self.cells):
                for item in (items.box, items.dot):
                    self.itemconfigure(item, state="hidden")
                self.itemconfigure(items.glyph, text="")
        for at, heading in enumerate(self._headings):
            self.itemconfigure(heading, text=self.cells[groups[at]].group if at < len(groups) else "")
        self.itemconfigure(self._empty, state="hidden" if self.cells else "normal")
        self.tag_raise(self._ring)
        self.chosen = None
        self._looks = [None] * len(self.cells)
        self.itemconfigure(self._ring, state="hidden")
        self._themed()

    def _themed(self) -> None:
        colour = self.theme.colour
        self.configure(background=colour("surface"))
        self.itemconfigure(self._ring, outline=colour("accent"))
        for item in (self._empty, *self._headings):
            self.itemconfigure(item, fill=colour("dim"))
        self._looks = [None] * len(self.cells)
        self._arrange()
        for at in range(len(self.cells)):
            self._draw(at)

    def _arrange(self) -> None:
        """Columns as `ls` makes them, in the largest type with which everything is seen."""
        theme = self.theme
        margin = theme.em // 2
        self.coords(self._empty, margin, margin)
        starts = self._group_starts()
        names = [cell.name for cell in self.cells]
        entries: list[tuple[bool, int]] = []
        for at in range(len(names)):
            if at in starts:
                entries.append((True, at))
            entries.append((False, at))
        room = max(1, self.winfo_width() - 2 * margin)
        font, pitch = theme.small, theme.small_line + 3
        columns: list[range] = []
        widths: list[int] = []
        for font, extra in ((theme.font, 4), (theme.small, 3), (theme.small, 1), (theme.tiny, 1)):
            pitch = theme.linespace(font) + extra
            texts = [self.cells[at].group if heading else names[at] for heading, at in entries]
            widths = [theme.measure(text, font) + pitch + GAP for text in texts]
            columns = columns_of(widths, room)
            if columns and len(columns[0]) * pitch <= self.winfo_height():
                break
        self._slots = [Slot(0, 0, 0, 0, 0, 0)] * len(names)
        x = margin
        for column, members in enumerate(columns):
            width = max(widths[entry] for entry in members)
            for row, entry in enumerate(members):
                heading, at = entries[entry]
                if heading:
                    item = self._headings[starts.index(at)]
                    self.coords(item, x + pitch // 4, row * pitch + pitch // 2)
                    self.itemconfigure(item, font=font)
                else:
                    self._slots[at] = Slot(x, row * pitch, width - GAP // 2, pitch, column, row)
                    self._put(at, font)
            x += width
        height = max((len(column) for column in columns), default=0) * pitch
        self.configure(scrollregion=(0, 0, room, max(height, 1)), yscrollincrement=pitch)
        self._show_ring()

    def _put(self, at: int, font: str) -> None:
        slot, items = self._slots[at], self._items[at]
        middle = slot.y + slot.height // 2
        self.coords(items.box, slot.x, slot.y, slot.x + slot.width - 1, slot.y + slot.height - 2)
        self.coords(items.glyph, slot.x + slot.height // 2 + 1, middle)
        self.coords(items.name, slot.x + slot.height + 1, middle)
        right, radius = slot.x + slot.width - 4, max(3, slot.height // 6)
        self.coords(items.dot, right - radius, middle - radius, right + radius, middle + radius)
        for item in (items.glyph, items.name):
            self.itemconfigure(item, font=font)

    def _draw(self, at: int) -> None:
        """Colour one flag, if it does not look so already."""
        cell = self.cells[at]
        lit = self._lit or not cell.blink
        look = (cell.status, cell.latched, cell.live, lit)
        if self._looks[at] == look:
            return
        self._looks[at] = look
        theme, items = self.theme, self._items[at]
        colour, text = theme.colour(cell.status), theme.colour("dim" if cell.status in _DIM else "text")
        box_fill, box_line, glyph = "", "", colour
        if cell.status in _FILLED:
            box_line = colour
            if lit:
                box_fill, text = colour, theme.ink(cell.status)
                glyph = text
        elif cell.latched:
            box_line = theme.colour(cell.live or Status.CRITICAL)
        dot = theme.colour(cell.live) if cell.status is Status.MUTED and cell.live else None
        self.itemconfigure(items.box, fill=box_fill, outline=box_line, state="normal" if box_line else "hidden")
        self.itemconfigure(items.glyph, text=theme.glyph(cell.status), fill=glyph)
        self.itemconfigure(items.name, fill=text)
        self.itemconfigure(items.dot, fill=dot or "", state="normal" if dot else "hidden")

    def _show_ring(self) -> None:
        if self.chosen is None or self.chosen >= len(self._slots):
            return
        slot = self._slots[self.chosen]
        self.coords(self._ring, slot.x - 2, slot.y - 1, slot.x + slot.width + 1, slot.y + slot.height - 1)
        self.itemconfigure(self._ring, state="normal" if self.focus_get() is self else "hidden")

    def _blink(self) -> None:
        self._blinking = self.after(BLINK_MS, self._blink)
        self._lit = not self._lit
        for at, cell in enumerate(self.cells):
            if cell.blink:
                self._draw(at)

    def _stop_blinking(self) -> None:
        if self._blinking is not None:
            self.after_cancel(self._blinking)
            self._blinking = None
        self._lit = True

    def _group_starts(self) -> list[int]:
        """Where a group begins that gets a heading."""
        groups = [cell.group for cell in self.cells] if self.grouped else []
        return [at for at, group in enumerate(groups) if group and (at == 0 or groups[at - 1] != group)]
