"""The parameters of a picture in one row: colour, name, value, and a button that takes it out."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from tkinter import ttk

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.theme import Theme


@dataclass(frozen=True)
class Readout:
    """One parameter; ``status`` colours its value and puts the sign before it, None leaves it plain."""

    name: str
    colour: str
    value: str = ""
    status: Status | None = None


class ReadoutBar(ttk.Frame):
    """Chips that wrap to as many rows as they need; ``remove`` is called with the name."""

    def __init__(self, parent: tk.Misc, theme: Theme, remove: Callable[[str], object]) -> None:
        super().__init__(parent)
        self.theme = theme
        self._remove = remove
        self._chips: dict[str, _Chip] = {}
        self._widths: list[int] = []
        self.bind("<Configure>", lambda event: self._arrange())

    @property
    def texts(self) -> Mapping[str, str]:
        """What is said of each parameter."""
        return {name: str(chip.value["text"]) for name, chip in self._chips.items()}

    def show(self, readouts: Sequence[Readout]) -> None:
        """Show these; chips of the same parameters are kept."""
        names = [one.name for one in readouts]
        if names != list(self._chips):
            for chip in self._chips.values():
                chip.destroy()
            self._chips = {one: _Chip(self, self.theme, one, self._remove) for one in names}
            self._widths = []
        for one in readouts:
            self._chips[one.name].show(one)
        self._arrange()

    def chosen(self) -> str | None:
        """The parameter whose button has the keys."""
        focus = str(self.focus_get() or "")
        return next((name for name, chip in self._chips.items() if focus.startswith(f"{chip}.")), None)

    def _arrange(self) -> None:
        widths = [chip.winfo_reqwidth() for chip in self._chips.values()]
        room = max(self.winfo_width(), 1)
        if widths == self._widths[1:] and self._widths[:1] == [room]:
            return
        self._widths = [room, *widths]
        x = y = 0
        tall = 2 * self.theme.line
        for chip, width in zip(self._chips.values(), widths, strict=True):
            tall = chip.winfo_reqheight() or tall
            if x and x + width > room:
                x, y = 0, y + tall
            chip.place(x=x, y=y)
            x += width + self.theme.em
        self.configure(height=y + tall)


class _Chip(ttk.Frame):
    """A stroke in the colour of the curve, the name, the value, a button."""

    def __init__(self, parent: tk.Misc, theme: Theme, name: str, remove: Callable[[str], object]) -> None:
        super().__init__(parent)
        self.theme = theme
        self._stroke = tk.Canvas(self, width=round(1.2 * theme.em), height=theme.line, highlightthickness=0)
        self._line = self._stroke.create_line(
            0, theme.line // 2, round(1.2 * theme.em), theme.line // 2, width=theme.pixels(3)
        )
        self._stroke.pack(side="left", padx=(0, theme.em // 3))
        ttk.Label(self, text=name, style="Bold.TLabel").pack(side="left")
        self.value = ttk.Label(self, width=-14, anchor="w")
        self.value.pack(side="left", padx=theme.em // 2)
        ttk.Button(self, text="×", style="Quiet.TButton", command=lambda: remove(name)).pack(side="left")

    def show(self, readout: Readout) -> None:
        """Take colour and value."""
        theme, status = self.theme, readout.status
        self._stroke.configure(background=theme.colour("background"))
        self._stroke.itemconfigure(self._line, fill=readout.colour)
        text = f"{theme.glyph(status)} {readout.value}" if status is not None else readout.value
        colour = theme.colour(status) if status is not None else theme.colour("text")
        if str(self.value["text"]) != text or str(self.value["foreground"]) != colour:
            self.value.configure(text=text, foreground=colour)
