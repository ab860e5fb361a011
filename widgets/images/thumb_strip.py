"""Small pictures of the ObsIDs of a session in a row, each with the sign of its verdict."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.theme import Theme

if TYPE_CHECKING:
    from PIL import ImageTk


@dataclass(frozen=True)
class ThumbCell:
    """One ObsID; ``grey`` are ``height`` rows of ``width`` bytes, none while there is no picture."""

    obsid: int
    status: Status = Status.UNKNOWN
    width: int = 0
    height: int = 0
    grey: bytes = b""


class ThumbStrip(tk.Canvas):
    """As many as fit; ``chosen`` is called with the ObsID that was clicked on."""

    def __init__(self, parent: tk.Misc, theme: Theme, chosen: Callable[[int], object]) -> None:
        self._theme = theme
        self.side = 4 * theme.em
        """Room of one picture [pixel]."""
        super().__init__(parent, width=1, height=self.side + theme.small_line + theme.em // 2, highlightthickness=0)
        self._chosen = chosen
        self._places: list[_Place] = []
        self._shown: list[ThumbCell] = []
        self.bind("<Button-1>", self._clicked)
        self.bind("<<ThemeChanged>>", lambda event: self.paint())
        self.paint()

    def paint(self) -> None:
        """Take the colours of the theme."""
        self.configure(background=self._theme.colour("surface"))
        for place in self._places:
            place.told = None

    @property
    def step(self) -> int:
        """From one picture to the next [pixel]."""
        return max(self.side, self._theme.measure("▲ 00000", self._theme.small)) + self._theme.em // 2

    @property
    def room(self) -> int:
        """How many fit."""
        return max(1, self.winfo_width() // self.step)

    @property
    def cells(self) -> Sequence[ThumbCell]:
        """What is shown, from the left."""
        return self._shown

    def show(self, cells: Sequence[ThumbCell], current: int | None) -> None:
        """Show these, the current one in a frame; what did not change makes no call of Tk."""
        self._shown = list(cells[: self.room])
        while len(self._places) < len(self._shown):
            self._places.append(_Place(self, self._theme))
        for number, place in enumerate(self._places):
            cell = self._shown[number] if number < len(self._shown) else None
            place.show(cell, cell is not None and cell.obsid == current, number * self.step + self._theme.em // 4)

    def _clicked(self, event: tk.Event[tk.Misc]) -> None:
        number = event.x // self.step
        if 0 <= number < len(self._shown):
            self._chosen(self._shown[number].obsid)


class _Place:
    """Items of one small picture."""

    def __init__(self, strip: ThumbStrip, theme: Theme) -> None:
        self.told: tuple[ThumbCell | None, bool, int] | None = None
        self._strip, self._theme = strip, theme
        self._photo: ImageTk.PhotoImage | None = None
        self._frame = strip.create_rectangle(0, 0, 0, 0)
        self._image = strip.create_image(0, 0, anchor="nw")
        self._text = strip.create_text(0, 0, anchor="nw", font=theme.small)

    def show(self, cell: ThumbCell | None, current: bool, x: int) -> None:
        if self.told == (cell, current, x):
            return
        self.told = cell, current, x
        strip, theme = self._strip, self._theme
        items = (self._frame, self._image, self._text)
        for item in items:
            strip.itemconfigure(item, state="hidden" if cell is None else "normal")
        if cell is None:
            return
        top, side = theme.em // 4, strip.side
        strip.coords(self._frame, x - 1, top - 1, x + side, top + side)
        strip.itemconfigure(
            self._frame, outline=theme.colour("accent" if current else "line"), width=theme.pixels(3 if current else 1)
        )
        strip.coords(self._image, x, top)
        strip.coords(self._text, x, top + side + 1)
        strip.itemconfigure(self._text, text=f"{theme.glyph(cell.status)} {cell.obsid}", fill=theme.colour(cell.status))
        self._draw(cell)

    def _draw(self, cell: ThumbCell) -> None:
        from PIL import Image, ImageTk

        if not cell.grey:
            self._strip.itemconfigure(self._image, state="hidden")
            return
        image = Image.frombytes("L", (cell.width, cell.height), cell.grey).resize((self._strip.side, self._strip.side))
        if self._photo is None:
            self._photo = ImageTk.PhotoImage("L", image.size, master=self._strip)
            self._strip.itemconfigure(self._image, image=str(self._photo))
        self._photo.paste(image)
