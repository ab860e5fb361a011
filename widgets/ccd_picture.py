"""One CCD on a canvas: image, quadrant boundaries, quadrant letters, caption."""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING

from eyegore.widgets.cells import Status
from eyegore.widgets.image_cells import ImageCell
from eyegore.widgets.theme import Theme
from eyegore.widgets.tiling import Tile

if TYPE_CHECKING:
    from PIL import ImageTk

QUADRANTS = (("E", 0, 0), ("F", 1, 0), ("H", 0, 1), ("G", 1, 1))
"""Letter, and corner of the detector as it is drawn (right, bottom)."""


class CcdPicture:
    """Items of one CCD on ``canvas``, made once; the photo is made anew only when its size changes."""

    def __init__(self, canvas: tk.Canvas, theme: Theme, ccd: int) -> None:
        self.ccd = ccd
        self.cell = ImageCell(ccd)
        self.tile = Tile(0, 0, 1, 1)
        self._canvas = canvas
        self._theme = theme
        self._photo: ImageTk.PhotoImage | None = None
        self._photo_size = (0, 0)
        self._frame = canvas.create_rectangle(0, 0, 1, 1, width=1)
        self._image = canvas.create_image(0, 0, anchor="nw", state="hidden")
        self._halves = [canvas.create_line(0, 0, 1, 1, dash=(2, 4), state="hidden") for _ in range(2)]
        self._letters = [canvas.create_text(0, 0, text=letter, font=theme.small) for letter, _, _ in QUADRANTS]
        self._caption = canvas.create_text(0, 0, text=f"CCD{ccd}", anchor="s", font=theme.small_bold)
        self._words = canvas.create_text(0, 0, justify="center", font=theme.font)
        self._note = canvas.create_text(0, 0, anchor="n", font=theme.small)
        self.paint()

    def paint(self) -> None:
        """Take the colours from the theme."""
        canvas, colour = self._canvas, self._theme.colour
        canvas.itemconfigure(self._frame, outline=colour("line"))
        for half in self._halves:
            canvas.itemconfigure(half, fill=colour("accent"))
        for text in (*self._letters, self._words):
            canvas.itemconfigure(text, fill=colour("dim"))
        canvas.itemconfigure(self._caption, fill=colour("text"))
        canvas.itemconfigure(self._note, fill=colour("text"))

    def place(self, tile: Tile) -> None:
        """Move everything to a place of the canvas; the image follows with :meth:`draw`."""
        self.tile = tile
        canvas, gap = self._canvas, max(2, self._theme.em // 6)
        x, y, width, height = tile
        middle_x, middle_y, right, bottom = x + width // 2, y + height // 2, x + width, y + height
        canvas.coords(self._frame, x - 1, y - 1, right, bottom)
        canvas.coords(self._image, x, y)
        canvas.coords(self._halves[0], middle_x, y, middle_x, bottom)
        canvas.coords(self._halves[1], x, middle_y, right, middle_y)
        for item, (_, rightwards, below) in zip(self._letters, QUADRANTS, strict=True):
            canvas.coords(item, right if rightwards else x, bottom + gap if below else y - gap)
            canvas.itemconfigure(item, anchor=f"{'n' if below else 's'}{'e' if rightwards else 'w'}")
        canvas.coords(self._caption, middle_x, y - gap)
        canvas.coords(self._note, middle_x, bottom + gap)
        canvas.coords(self._words, middle_x, middle_y)
        canvas.itemconfigure(self._words, width=max(width - 2 * gap, 1))
        for half in self._halves:
            canvas.itemconfigure(half, width=self._theme.pixels(1))

    def show(self, cell: ImageCell, common_title: str) -> None:
        """Take the cell; its texts are shown at once, its image with :meth:`draw`."""
        self.cell = cell
        canvas = self._canvas
        has_image = bool(cell.grey)
        seen = "normal" if has_image else "hidden"
        for item in (self._image, *self._halves):
            canvas.itemconfigure(item, state=seen)
        canvas.itemconfigure(self._words, text="" if has_image else cell.problem or "no image yet")
        note = cell.title if cell.title != common_title else ""
        if has_image and cell.problem:
            note = f"{self._theme.glyph(Status.WARNING)} {cell.problem}"
        canvas.itemconfigure(self._note, text=note)

    def draw(self) -> None:
        """Bring the image to the size of the tile and onto the canvas."""
        from PIL import Image, ImageTk  # not before the first image: the window comes first

        cell, size = self.cell, (self.tile.width, self.tile.height)
        if not cell.grey:
            return
        image = Image.frombytes("L", (cell.width, cell.height), cell.grey)
        if image.size != size:
            enlarged = min(size[0] / cell.width, size[1] / cell.height)
            if enlarged < 1:
                how = Image.Resampling.BOX
            else:  # many times enlarged, pixels are to be seen as such
                how = Image.Resampling.BILINEAR if enlarged < 3 else Image.Resampling.NEAREST
            image = image.resize(size, how)
        if self._photo is None or self._photo_size != size:
            self._photo, self._photo_size = ImageTk.PhotoImage("L", size, master=self._canvas), size
            self._canvas.itemconfigure(self._image, image=str(self._photo))
        self._photo.paste(image)
