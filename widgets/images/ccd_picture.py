"""One CCD on a canvas: image in the frame of its verdict, numbers, boundaries, letters, caption; room for several."""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING, NamedTuple

from eyegore.widgets.calls import ManyCalls
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.images import ImageCell, VerdictCell
from eyegore.widgets.images.verdict_block import LETTERS, Form, VerdictBlock, needed
from eyegore.widgets.theme import Theme

if TYPE_CHECKING:
    from PIL import ImageTk


class Tile(NamedTuple):
    """Room of one picture [pixel]; lines of text fit above and below it."""

    x: int
    y: int
    width: int
    height: int


class Margin(NamedTuple):
    """Room [pixel] for what is told of a picture: on its right, below it, in height and in width altogether."""

    right: int = 0
    below: int = 0
    tall: int = 0
    wide: int = 0


NONE = Margin()


def tiles(count: int, room: tuple[int, int], aspect: float, gap: int, line: int, margin: Margin = NONE) -> list[Tile]:
    """Places of ``count`` pictures of ``aspect`` (width over height), as large as can be, in the middle of the room.

    Between them, and at the edge, a ``gap``; above and below each a ``line`` of text. A side is never below 1 pixel.
    """
    width, height = room
    best = 0.0
    chosen = (1, count)
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        across = (width - gap * (columns + 1)) / columns - margin.right
        down = (height - gap * (rows + 1)) / rows
        wide = min(across, (down - 2 * line - margin.below) * aspect)
        if wide > best and down >= margin.tall and across + margin.right >= margin.wide:
            best, chosen = wide, (columns, rows)
    columns, rows = chosen
    wide, high = max(1, int(best)), max(1, int(best / aspect))
    aside = max(0, margin.wide - wide - margin.right)
    step_x = wide + margin.right + aside + gap
    step_y = max(high + 2 * line + margin.below, margin.tall) + gap
    left = max(gap, (width - columns * step_x + gap) // 2) + aside // 2
    top = max(gap // 2, (height - rows * step_y + gap) // 2)
    return [Tile(left + i % columns * step_x, top + i // columns * step_y + line, wide, high) for i in range(count)]


QUADRANTS = (("E", 0, 0), ("F", 1, 0), ("H", 0, 1), ("G", 1, 1))
"""Letter, and corner of the detector as it is drawn (right, bottom)."""


class CcdPicture:
    """Items of one CCD on ``canvas``, made once; the photo is made anew only when its size changes.

    They have the tag "ccd1" (its number), and "frame", "image", "letter", "words", "note" or "edge".
    """

    def __init__(self, canvas: tk.Canvas, theme: Theme, ccd: int) -> None:
        self.ccd = ccd
        self.cell = ImageCell(ccd)
        self.tile = Tile(0, 0, 1, 1)
        self._canvas = canvas
        self._theme = theme
        self.palette = b""
        """Red, green and blue of the 256 levels; none for grey."""
        self.outlined = True
        self._photo: ImageTk.PhotoImage | None = None
        self._photo_kind: tuple[str, tuple[int, int]] = "", (0, 0)
        self._frame = canvas.create_rectangle(0, 0, 1, 1, width=1, tags=(f"ccd{ccd}", "frame"))
        self._image = canvas.create_image(0, 0, anchor="nw", state="hidden", tags=(f"ccd{ccd}", "image"))
        self._edges: list[int] = []
        tags = f"ccd{ccd}", "letter"
        self._letters = [canvas.create_text(0, 0, text=one, font=theme.small, tags=tags) for one, _, _ in QUADRANTS]
        self._caption = canvas.create_text(0, 0, text=f"CCD{ccd}", anchor="s", font=theme.small_bold)
        self._words = canvas.create_text(0, 0, justify="center", font=theme.font, tags=(f"ccd{ccd}", "words"))
        self._note = canvas.create_text(0, 0, anchor="n", font=theme.small, tags=(f"ccd{ccd}", "note"))
        self.block = VerdictBlock(canvas, theme, ccd)
        self.paint()

    def paint(self) -> None:
        """Take the colours from the theme."""
        canvas, colour = self._canvas, self._theme.colour
        self._image_verdict()
        for edge in self._edges:
            canvas.itemconfigure(edge, fill=colour("accent"))
        for text in (*self._letters, self._words):
            canvas.itemconfigure(text, fill=colour("dim"))
        canvas.itemconfigure(self._caption, fill=colour("text"))
        canvas.itemconfigure(self._note, fill=colour("text"))
        self.block.paint()

    def place(self, tile: Tile, form: Form, beside: bool) -> None:
        """Move everything to a place of the canvas; the image follows with :meth:`draw`.

        The numbers stand in this form, beside the picture or below it.
        """
        self.tile = tile
        canvas, gap = self._canvas, max(2, self._theme.em // 6)
        x, y, width, height = tile
        middle_x, middle_y, right, bottom = x + width // 2, y + height // 2, x + width, y + height
        thick = self._theme.pixels(3)
        canvas.coords(self._frame, x - thick / 2, y - thick / 2, right + thick / 2 - 1, bottom + thick / 2 - 1)
        canvas.itemconfigure(self._frame, width=thick)
        canvas.coords(self._image, x, y)
        self._place_edges()
        for item, (_, rightwards, below) in zip(self._letters, QUADRANTS, strict=True):
            canvas.coords(item, right if rightwards else x, bottom + gap if below else y - gap)
            canvas.itemconfigure(item, anchor=f"{'n' if below else 's'}{'e' if rightwards else 'w'}")
        canvas.coords(self._caption, middle_x, y - gap)
        canvas.coords(self._note, middle_x, bottom + gap)
        canvas.coords(self._words, middle_x, middle_y)
        canvas.itemconfigure(self._words, width=max(width - 2 * gap, 1))
        self._fit_words()
        gap += thick
        line = self._theme.small_line
        if beside:
            self.block.place(right + gap, y - line, form)
        else:
            wide = needed(self._theme, form).width
            self.block.place(middle_x - wide // 2, bottom + line + gap // 2, form)

    def judged(self, cell: VerdictCell) -> None:
        """Show what was found out about the image."""
        if cell != self.block.cell:
            self.block.show(cell)
            self._image_verdict()

    def _image_verdict(self) -> None:
        cell, theme = self.block.cell, self._theme
        colour = theme.colour(cell.status) if cell.words else theme.colour("line")
        self._canvas.itemconfigure(self._frame, outline=colour)

    def letter_at(self, x: int, y: int) -> str | None:
        """The quadrant under a place of the canvas, or whose numbers are; "" on the verdict, None elsewhere."""
        tile = self.tile
        if tile.x <= x < tile.x + tile.width and tile.y <= y < tile.y + tile.height:
            right, below = x >= tile.x + tile.width // 2, y >= tile.y + tile.height // 2
            return next(letter for letter, *corner in QUADRANTS if corner == [right, below])
        tags = self._canvas.gettags("current")
        plate, *numbers = self.block.tags
        if plate in tags:
            return ""
        return next((letter for letter, tag in zip(LETTERS, numbers, strict=True) if tag in tags), None)

    def outline(self, on: bool) -> None:
        """Draw the boundaries of quadrants and sections, or do not."""
        self.outlined = on
        self._place_edges()

    def _place_edges(self) -> None:
        """The boundaries of the quadrants dashed, those of the sections dotted."""
        canvas, (x, y, width, height) = self._canvas, self.tile
        across, down = self.cell.edges if self.cell.grey and self.outlined else ((), ())
        ends: list[tuple[float, float, float, float]] = [
            (x + width * one, y, x + width * one, y + height) for one in across
        ]
        ends += [(x, y + height * one, x + width, y + height * one) for one in down]
        while len(self._edges) < len(ends):
            tags = f"ccd{self.ccd}", "edge"
            self._edges.append(canvas.create_line(0, 0, 1, 1, fill=self._theme.colour("accent"), tags=tags))
            canvas.tag_raise(self._edges[-1], self._image)
        calls = ManyCalls(canvas)
        for place, item in enumerate(self._edges):
            if place < len(ends):
                calls.move(item, *ends[place])
                half = place in (0, len(across))
                calls.dress(item, state="normal", dash=(4, 3) if half else (1, 4), width=self._theme.pixels(1))
            else:
                calls.dress(item, state="hidden")
        calls.run()

    def show(self, cell: ImageCell, common_title: str) -> None:
        """Take the cell; its texts are shown at once, its image with :meth:`draw`."""
        self.cell = cell
        canvas = self._canvas
        has_image = bool(cell.grey)
        canvas.itemconfigure(self._image, state="normal" if has_image else "hidden")
        self._place_edges()
        self._fit_words()
        note = cell.title if cell.title != common_title else ""
        if has_image and cell.problem:
            note = f"{self._theme.glyph(Status.WARNING)} {cell.problem}"
        canvas.itemconfigure(self._note, text=note)

    def _fit_words(self) -> None:
        """As much of what is wrong as there is room for in the place of the image; the tip has all of it."""
        canvas, tile = self._canvas, self.tile
        if self.cell.grey:
            canvas.itemconfigure(self._words, text="")
            return
        problem = self.cell.problem or "no image yet"
        for words in (problem, problem.partition(":")[0], "no image"):
            canvas.itemconfigure(self._words, text=words)
            left, top, right, bottom = canvas.bbox(self._words)
            if right - left <= tile.width and bottom - top <= tile.height:
                return

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
        kind = ("RGB" if self.palette else "L"), size
        if self.palette:
            image.putpalette(self.palette)
            image = image.convert("RGB")
        if self._photo is None or self._photo_kind != kind:
            self._photo, self._photo_kind = ImageTk.PhotoImage(*kind, master=self._canvas), kind
            self._canvas.itemconfigure(self._image, image=str(self._photo))
        self._photo.paste(image)
