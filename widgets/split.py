"""Two widgets with a sash between them that keeps its place in proportion when the window changes."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Literal

from eyegore.widgets.later import Later

STEP = 0.02
"""How far one press of a key moves a sash."""


class Split(ttk.PanedWindow):
    """Sash at ``fraction`` of the length; each side keeps at least ``least`` [pixel] where there is room.

    Either side may be shown alone, and then has everything. The sides are made by the caller, as children of the split.
    """

    def __init__(
        self,
        parent: tk.Misc,
        orient: Literal["horizontal", "vertical"],
        fraction: float,
        least: int,
    ) -> None:
        super().__init__(parent, orient=orient)
        self.upright = orient == "vertical"
        self.fraction = fraction
        self.least = least
        self._sides: tuple[tk.Widget, ...] = ()
        self._later = Later(self)
        self.bind("<Configure>", lambda event: self._later.when_idle("place", self._place))
        self.bind("<Map>", lambda event: self._later.when_idle("place", self._place))
        for sequence in ("<B1-Motion>", "<ButtonRelease-1>"):  # after the class has moved the sash
            self.bind(sequence, lambda event: self._later.when_idle("take", self._take))

    @property
    def sides(self) -> tuple[tk.Widget, ...]:
        """What is shown, in order."""
        return self._sides

    def show(self, *sides: tk.Widget) -> None:
        """Show these one or two widgets (or none) and no other."""
        if sides == self._sides:
            return
        for side in self._sides:
            self.forget(side)
        for side in sides:
            self.add(side, weight=1)
        self._sides = sides
        self._weigh()
        self._later.when_idle("place", self._place)

    def move(self, fraction: float) -> None:
        """Put the sash at a fraction of the length."""
        self.fraction = min(max(fraction, 0.02), 0.98)
        self._weigh()
        self._place()

    def _length(self) -> int:
        return self.winfo_height() if self.upright else self.winfo_width()

    def _weigh(self) -> None:
        """Let Tk share out a change of size as the fraction does, so that nothing jumps before it is placed."""
        if len(self._sides) == 2:
            self.tk.call(str(self), "pane", self._sides[0], "-weight", round(1000 * self.fraction))
            self.tk.call(str(self), "pane", self._sides[1], "-weight", round(1000 * (1 - self.fraction)))

    def _place(self) -> None:
        length = self._length()
        if len(self._sides) < 2 or length < 10:
            return
        least = min(self.least, length // 3)
        wanted = min(max(round(self.fraction * length), least), length - least)
        if self._sash() != wanted:
            self._sash(wanted)

    def _take(self) -> None:
        """The sash was moved by hand: from now on that is its place."""
        if len(self._sides) == 2 and self._length() >= 10:
            self.fraction = self._sash() / self._length()
            self._weigh()
            self._place()

    def _sash(self, *place: int) -> int:
        """Where the sash is [pixel]; with a place, put it there first."""
        return int(self.tk.call(str(self), "sashpos", 0, *place))
