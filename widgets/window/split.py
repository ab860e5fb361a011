"""Two widgets with a sash between them that keeps its place in proportion when the window changes.

Not a paned window of Tk: those share out a change by what their contents ask for, and so lose the proportion whenever a
side is hidden, torn off or gets new contents.
"""

from __future__ import annotations

import tkinter as tk
from typing import Literal

from eyegore.widgets.theme import Theme

STEP = 0.02
"""How far one press of a key moves a sash."""


class Split(tk.Frame):
    """Sash at ``fraction`` of the length; each side keeps at least ``least`` [pixel] where there is room.

    Either side may be shown alone, and then has everything. The sides are made by the caller, as children of the split.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        orient: Literal["horizontal", "vertical"],
        fraction: float,
        least: int,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._upright = orient == "vertical"
        self._least = least
        self._sides: tuple[tk.Widget, ...] = ()
        self.fraction = fraction
        self.thickness = max(4, theme.em // 3)
        self.sash = tk.Frame(self, cursor="sb_v_double_arrow" if self._upright else "sb_h_double_arrow")
        self.sash.bind("<B1-Motion>", self._dragged)
        self.sash.bind("<Enter>", lambda event: self.sash.configure(background=theme.colour("line")))
        self.sash.bind("<Leave>", lambda event: self.sash.configure(background=theme.colour("background")))
        self.bind("<Configure>", lambda event: self._place())

    @property
    def sides(self) -> tuple[tk.Widget, ...]:
        """What is shown, in order."""
        return self._sides

    def show(self, *sides: tk.Widget) -> None:
        """Show these one or two widgets (or none) and no other."""
        for side in self._sides:
            if side not in sides:
                side.place_forget()
        self._sides = sides
        self._place()

    def move(self, fraction: float) -> None:
        """Put the sash at a fraction of the length."""
        self.fraction = min(max(fraction, 0.02), 0.98)
        self._place()

    def _length(self) -> int:
        return self.winfo_height() if self._upright else self.winfo_width()

    def _place(self) -> None:
        if len(self._sides) < 2:
            self.sash.place_forget()
            for side in self._sides:
                side.place(x=0, y=0, relwidth=1, relheight=1, width=0, height=0)
            return
        length = max(self._length(), 1)
        least = min(self._least, length // 3)
        at = min(max(round(self.fraction * length), least), length - least)
        first, second = self._sides
        half = self.thickness // 2
        after = at - half + self.thickness
        parts: tuple[tuple[tk.Widget, int, int], ...] = (
            (first, 0, at - half),
            (self.sash, at - half, self.thickness),
            (second, after, length - after),
        )
        for widget, start, extent in parts:
            if self._upright:
                widget.place(x=0, y=start, relwidth=1, width=0, relheight=0, height=max(1, extent))
            else:
                widget.place(x=start, y=0, relheight=1, height=0, relwidth=0, width=max(1, extent))

    def _dragged(self, event: tk.Event[tk.Misc]) -> None:
        pointer = event.y_root - self.winfo_rooty() if self._upright else event.x_root - self.winfo_rootx()
        length = self._length()
        least = min(self._least, length // 3)
        self.move(min(max(pointer, least), length - least) / max(length, 1))
