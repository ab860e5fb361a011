"""Values along a row or a column of what is on the screen, in line with it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence

from eyegore.widgets.calls import ManyCalls
from eyegore.widgets.theme import Theme


class ProfilePlot(tk.Canvas):
    """A curve from the lowest to the highest value of each step; ``upright`` ones run downwards."""

    def __init__(self, parent: tk.Misc, theme: Theme, *, upright: bool) -> None:
        across = 6 * theme.em
        super().__init__(parent, width=across if upright else 1, height=1 if upright else across, highlightthickness=0)
        self._theme, self._upright = theme, upright
        self._line = self.create_line(0, 0, 0, 0, state="hidden")
        self._texts = [self.create_text(0, 0, font=theme.small) for _ in range(2)]
        self.bind("<<ThemeChanged>>", lambda event: self.paint())
        self.paint()

    def paint(self) -> None:
        """Take the colours of the theme."""
        self.configure(background=self._theme.colour("surface"))
        self.itemconfigure(self._line, fill=self._theme.colour("curve"))
        for text in self._texts:
            self.itemconfigure(text, fill=self._theme.colour("dim"))

    @property
    def texts(self) -> tuple[str, ...]:
        """The lowest and the highest value, as they are written."""
        return tuple(str(self.tk.call(str(self), "itemcget", text, "-text")) for text in self._texts)

    def clear(self) -> None:
        """Show nothing."""
        self.itemconfigure(self._line, state="hidden")
        for text in self._texts:
            self.itemconfigure(text, text="")

    def show(self, low: Sequence[float], high: Sequence[float], start: float, step: float) -> None:
        """Show values of which the first begins at ``start`` [screen pixel] and each is ``step`` wide."""
        known = [value for value in (*low, *high) if value == value]
        if not known:
            self.clear()
            return
        least, most = min(known), max(known)
        room, gap = (self.winfo_width() if self._upright else self.winfo_height()), self._theme.em // 2
        scale = (room - 2 * gap - self._theme.small_line) / (most - least or 1.0)
        points: list[float] = []
        for number, (lower, higher) in enumerate(zip(low, high, strict=True)):
            if lower != lower or higher != higher:
                continue
            along = start + number * step
            if step >= 2 or lower == higher:
                pairs = [(along, higher), (along + step, higher)]
            else:
                pairs = [(along, lower), (along, higher)]
            for place, value in pairs:
                off = gap + (value - least) * scale
                points += (off, place) if self._upright else (place, room - off)
        calls = ManyCalls(self)
        if len(points) >= 4:
            calls.move(self._line, *points)
        calls.dress(self._line, state="normal" if len(points) >= 4 else "hidden")
        lowest, highest = self._texts
        if self._upright:
            places = ((2, 2, "nw"), (room - 2, 2 + self._theme.small_line, "ne"))
        else:
            places = ((2, room - 2, "sw"), (2, 2, "nw"))
        for text, value, (x, y, anchor) in zip((lowest, highest), (least, most), places, strict=True):
            calls.move(text, x, y)
            calls.dress(text, text=f"{value:.6g}", anchor=anchor)
        calls.run()
