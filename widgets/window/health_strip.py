"""The line that tells whether data are arriving and who watches; nothing in it is green by default."""

from __future__ import annotations

import re
import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eyegore.widgets.calls import ManyCalls
from eyegore.widgets.cells.flags import HealthCell, Status
from eyegore.widgets.theme import Theme
from eyegore.widgets.tooltip import Tooltip

_LOUD = frozenset({Status.WARNING, Status.CRITICAL, Status.INVALID, Status.STALE})
_ITEMS = 4
"""Of a segment: ground, sign, label, text."""


@dataclass(frozen=True)
class Segment:
    """Where a segment lies [pixel], from its sign to the end of its text; ``label`` and ``text`` begin there."""

    x: int
    y: int
    width: int
    label: int
    text: int


class HealthStrip(tk.Canvas):
    """Segments side by side: sign, label, text; on further lines where the window is narrow.

    One canvas instead of many small widgets: what has not changed makes no Tk call, what has makes one.
    ``on_click`` is what a click on a segment does, by its key.
    """

    def __init__(
        self, parent: tk.Misc, theme: Theme, on_click: Mapping[str, Callable[[], object]] | None = None
    ) -> None:
        super().__init__(parent, width=1, height=1, highlightthickness=0, borderwidth=0)
        self.theme = theme
        self._on_click = dict(on_click or {})
        self.segments: dict[str, Segment] = {}
        self._cells: tuple[HealthCell, ...] = ()
        self._items: list[int] = []
        self._drawn: list[tuple[object, ...]] = []
        """Where each segment that is shown lies, and what it says."""
        self._calls = ManyCalls(self)
        self._tip = Tooltip(self, theme, lambda x, y: self.at(x, y) or None, self._tip_text)
        self._arrange()
        self.bind("<Configure>", lambda event: self._arrange())
        self.bind("<<ThemeChanged>>", lambda event: self._paint())
        self.bind("<Motion>", self._point, add="+")
        self.bind("<Button-1>", self._clicked)

    def show(self, cells: Sequence[HealthCell]) -> None:
        """Show these segments in this order."""
        before, self._cells = self._cells, tuple(cells)
        if [_look(cell) for cell in before] != [_look(cell) for cell in cells]:
            self._arrange()

    def text(self, key: str) -> str:
        """What one segment says, sign included."""
        cell = next(cell for cell in self._cells if cell.key == key)
        sign = self.theme.glyph(cell.status) if cell.status else ""
        return " ".join(filter(None, (sign, cell.label, cell.text)))

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _paint(self) -> None:
        """Take the colours and fonts of the theme."""
        self._drawn = []
        self._arrange()

    def _arrange(self) -> None:
        """Lay the segments out, and draw those that say or lie other than before."""
        theme, calls = self.theme, self._calls
        missing = _ITEMS * len(self._cells) - len(self._items)
        for at in range(max(missing, 0)):
            calls.add("create", *(("text", 0, 0, "-anchor", "w") if at % _ITEMS else ("rectangle", 0, 0, 0, 0)))
        self._items += [int(item) for item in calls.run()]
        pitch, margin = theme.line + theme.pixels(6), theme.em // 2
        lines = self._lay_out(max(self.winfo_width(), 1) - margin, margin)
        calls.add("configure", "-background", theme.colour("background"), "-height", lines * pitch)
        before, self._drawn = self._drawn, [(self.segments[cell.key], *_look(cell)) for cell in self._cells]
        for at, (cell, looks) in enumerate(zip(self._cells, self._drawn, strict=True)):
            if looks not in before[at : at + 1]:
                self._draw(cell, self._items[_ITEMS * at : _ITEMS * (at + 1)], pitch)
        for item in self._items[_ITEMS * len(self._cells) : _ITEMS * len(before)]:
            calls.dress(item, state="hidden")
        calls.run()

    def _lay_out(self, room: int, margin: int) -> int:
        """Find the places; how many lines it takes."""
        theme, cells = self.theme, self._cells
        part, between = theme.em // 3, round(1.6 * theme.em)
        signs = theme.measure_all([theme.glyph(cell.status) if cell.status else "" for cell in cells], theme.font)
        labels = theme.measure_all([cell.label for cell in cells], theme.font)
        texts = theme.measure_all([_widest(cell.text) for cell in cells], theme.bold)
        self.segments = {}
        x, line = margin, 0
        for cell, sign, label, text in zip(cells, signs, labels, texts, strict=True):
            to_label = sign + part if sign else 0
            to_text = to_label + (label + part if label else 0)
            width = to_text + text
            if x > margin and x + width > room:
                x, line = margin, line + 1
            self.segments[cell.key] = Segment(x, line, width, x + to_label, x + to_text)
            x += width + between
        return line + 1

    def _draw(self, cell: HealthCell, items: Sequence[int], pitch: int) -> None:
        theme, calls, place = self.theme, self._calls, self.segments[cell.key]
        ground, sign, label, text = items
        middle, part = place.y * pitch + pitch // 2, theme.em // 3
        loud = cell.status in _LOUD
        glyph = theme.glyph(cell.status) if cell.status else ""
        colour = theme.colour(cell.status) if cell.status else theme.colour("text")
        ink = theme.ink(cell.status) if cell.status and loud else ""
        calls.move(ground, place.x - part, middle - pitch // 2 + 1,
                  place.x + place.width + part, middle + pitch // 2 - 2)  # fmt: skip
        calls.dress(ground, fill=colour if loud else "", width=0, state="normal")
        for item, x, words, fill, font in (
            (sign, place.x, glyph, ink or colour, theme.font),
            (label, place.label, cell.label, ink or theme.colour("dim"), theme.font),
            (text, place.text, cell.text, ink or theme.colour("text"), theme.bold if loud else theme.font),
        ):
            calls.move(item, x, middle)
            calls.dress(item, text=words, fill=fill, font=font, state="normal")

    # --- hands -------------------------------------------------------------------------------------------------------

    def at(self, x: int, y: int) -> str:
        """Key of the segment at a place of the strip, "" where there is none."""
        line = y // (self.theme.line + self.theme.pixels(6))
        found = (key for key, one in self.segments.items() if one.y == line and one.x <= x <= one.x + one.width)
        return next(found, "")

    def _point(self, event: tk.Event[tk.Misc]) -> None:
        self.configure(cursor="hand2" if self.at(event.x, event.y) in self._on_click else "")

    def _clicked(self, event: tk.Event[tk.Misc]) -> None:
        act = self._on_click.get(self.at(event.x, event.y))
        if act is not None:
            self._tip.hide()
            act()

    def _tip_text(self, key: str) -> str:
        cell = next((cell for cell in self._cells if cell.key == key), None)
        if cell is None:
            return ""
        told = cell.status in _LOUD or cell.status is Status.UNKNOWN
        word = cell.status.value if cell.status and told else ""
        return "\n".join(filter(None, (f"{cell.label}: {word}" if cell.label and word else word, cell.tip)))


def _look(cell: HealthCell) -> tuple[object, ...]:
    return cell.key, cell.label, cell.text, cell.status


def _widest(text: str) -> str:
    """The text with its numbers at two figures or more: ages count up, and what follows must not jump about."""
    return re.sub(r"\b\d\b", "00", text)
