"""The flags themselves, drawn on one canvas: signs and names in columns read downwards."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterable
from dataclasses import dataclass

from eyegore.widgets.calls import ManyCalls
from eyegore.widgets.cells.flags import FlagCell, Status
from eyegore.widgets.flags.layout import Slot, lay_out
from eyegore.widgets.theme import Theme

BLINK_MS = 600
_DIM = frozenset({Status.UNCHECKED, Status.UNKNOWN, Status.STALE, Status.MUTED, Status.OUT_OF_SERVICE})
_FILLED = frozenset({Status.WARNING, Status.CRITICAL, Status.INVALID})


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
        self._calls = ManyCalls(self)
        self._items: list[_Items] = []
        self._headings: list[int] = []
        self._slots: list[Slot] = []
        self.lit = True  # the bright phase of blinking
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
        self._draw_all()
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
        self._see(at)

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
        calls, groups = self._calls, self._group_starts()
        for _ in range(len(self.cells) - len(self._items)):
            calls.add("create", "rectangle", 0, 0, 0, 0, "-tags", "box")
            calls.add("create", "text", 0, 0, "-anchor", "center", "-tags", "glyph")
            calls.add("create", "text", 0, 0, "-anchor", "w", "-tags", "name")
            calls.add("create", "oval", 0, 0, 0, 0, "-width", 0, "-tags", "dot")
        made = [int(item) for item in calls.run()]
        self._items += [_Items(*made[at : at + 4]) for at in range(0, len(made), 4)]
        for _ in range(len(groups) - len(self._headings)):
            calls.add("create", "text", 0, 0, "-anchor", "w", "-tags", "name")
        self._headings += [int(item) for item in calls.run()]
        for at, items in enumerate(self._items):
            calls.dress(items.name, text=self.cells[at].name if at < len(self.cells) else "")
            if at >= len(self.cells):
                for item in (items.box, items.dot):
                    calls.dress(item, state="hidden")
                calls.dress(items.glyph, text="")
        for at, heading in enumerate(self._headings):
            calls.dress(heading, text=self.cells[groups[at]].group if at < len(groups) else "")
        calls.dress(self._empty, state="hidden" if self.cells else "normal")
        calls.add("raise", self._ring)
        calls.dress(self._ring, state="hidden")
        self.chosen = None
        self._themed()

    def _themed(self) -> None:
        colour, calls = self.theme.colour, self._calls
        calls.add("configure", "-background", colour("surface"))
        calls.dress(self._ring, outline=colour("accent"), width=self.theme.pixels(2))
        for item in (self._empty, *self._headings):
            calls.dress(item, fill=colour("dim"))
        self._looks = [None] * len(self.cells)
        self._arrange()
        self._draw_all()

    def _arrange(self) -> None:
        """Put everything in its place."""
        theme, calls = self.theme, self._calls
        margin = theme.em // 2
        calls.move(self._empty, margin, margin)
        starts = self._group_starts()
        names = [cell.name for cell in self.cells]
        room = self.winfo_width(), self.winfo_height()
        layout = lay_out(names, {at: self.cells[at].group for at in starts}, theme, room)
        self._slots = list(layout.slots)
        for item, at in zip(self._headings, starts, strict=False):
            calls.move(item, *layout.headings[at])
            calls.dress(item, font=layout.font)
        for at in range(len(names)):
            self._put(at, layout.font)
        height = max(layout.height, 1)
        calls.add("configure", "-scrollregion", (0, 0, max(room[0], 1), height), "-yscrollincrement", layout.pitch)
        calls.run()
        self._show_ring()

    def _put(self, at: int, font: str) -> None:
        slot, items, calls = self._slots[at], self._items[at], self._calls
        middle = slot.y + slot.height // 2
        calls.move(items.box, slot.x, slot.y, slot.x + slot.width - 1, slot.y + slot.height - 2)
        calls.move(items.glyph, slot.x + slot.height // 2 + 1, middle)
        calls.move(items.name, slot.x + slot.height + 1, middle)
        right, radius = slot.x + slot.width - slot.height // 2, slot.height // 4
        calls.move(items.dot, right - radius, middle - radius, right + radius, middle + radius)
        for item in (items.glyph, items.name):
            calls.dress(item, font=font)

    def _draw_all(self) -> None:
        """Colour the flags that do not look so already."""
        for at in range(len(self.cells)):
            self._draw(at)
        self._calls.run()

    def _draw(self, at: int) -> None:
        """Raised: filled, and framed as long as nobody has acknowledged it. Back in limits: framed in what it was."""
        cell, theme, calls = self.cells[at], self.theme, self._calls
        status, lit = cell.status, self.lit or not cell.blink
        look = (status, cell.latched, cell.blink, cell.pending, cell.live, lit)
        if self._looks[at] == look:
            return
        self._looks[at] = look
        fill, line, width = "", "", 1
        glyph, text = theme.colour(status), theme.colour("dim" if status in _DIM else "text")
        if status in _FILLED:
            fill = line = theme.colour(status) if lit else theme.deep(status)
            glyph = text = theme.ink(status)
            if cell.blink:
                line, width = theme.colour("text"), theme.pixels(2)
        elif status is Status.STALE:
            fill = line = theme.tint(status)
            text = theme.colour("text")
        elif status in (Status.MUTED, Status.OUT_OF_SERVICE):
            fill = line = theme.colour("raised")
        if cell.latched and status not in _FILLED:
            line, width = theme.colour(cell.live or Status.CRITICAL), theme.pixels(2)
            fill = fill or theme.tint(cell.live or Status.CRITICAL, share=0.1)
        dot = theme.colour(cell.live) if status is Status.MUTED and cell.live else ""
        if cell.pending:
            dot = theme.colour(Status.WARNING)
        items = self._items[at]
        calls.dress(items.box, fill=fill, outline=line, width=width, state="normal" if line else "hidden")
        calls.dress(items.glyph, text=theme.glyph(status), fill=glyph)
        calls.dress(items.name, fill=text)
        calls.dress(items.dot, fill=dot, state="normal" if dot else "hidden")

    def _see(self, at: int) -> None:
        """Scroll until a flag is in view."""
        slot, top, room = self._slots[at], int(self.canvasy(0)), self.winfo_height()
        if slot.y < top or slot.y + slot.height > top + room:
            rows = -(-(slot.y + slot.height - room) // slot.height) if slot.y >= top else slot.row
            self.yview("scroll", rows - top // slot.height, "units")

    def _show_ring(self) -> None:
        if self.chosen is None or self.chosen >= len(self._slots):
            return
        slot = self._slots[self.chosen]
        self.coords(self._ring, slot.x - 2, slot.y - 1, slot.x + slot.width + 1, slot.y + slot.height - 1)
        self.itemconfigure(self._ring, state="normal" if self.focus_get() is self else "hidden")

    def _blink(self) -> None:
        self._blinking = self.after(BLINK_MS, self._blink)
        self.lit = not self.lit
        for at, cell in enumerate(self.cells):
            if cell.blink:
                self._draw(at)
        self._calls.run()

    def _stop_blinking(self) -> None:
        if self._blinking is not None:
            self.after_cancel(self._blinking)
            self._blinking = None
        self.lit = True

    def _group_starts(self) -> list[int]:
        """Where a group begins that gets a heading."""
        groups = [cell.group for cell in self.cells] if self.grouped else []
        return [at for at, group in enumerate(groups) if group and (at == 0 or groups[at - 1] != group)]
