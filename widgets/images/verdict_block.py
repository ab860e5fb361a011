"""The verdict on one CCD and the numbers of its quadrants, as items on a canvas."""

from __future__ import annotations

import tkinter as tk
from enum import Enum
from typing import NamedTuple

from eyegore.widgets.calls import ManyCalls
from eyegore.widgets.cells.images import NumberCell, VerdictCell
from eyegore.widgets.theme import Theme

LETTERS = ("E", "F", "G", "H")
SAMPLES = ("00000", "0.00", "00000", "0000", "0000")
"""As wide as numbers are, by column; the sign of one out of limits stands in the gap before it."""
WIDEST = "□ NOT CHECKED"
HEADS = ("offset", "noise", "fluence", "sat", "lost")


class Form(Enum):
    """How much is shown."""

    FULL = "a line for each quadrant"
    SUMMED = "a line for each quadrant, its counts in one for the CCD"
    NARROW = "two lines for each quadrant"
    PLATE = "the verdict alone"


class Size(NamedTuple):
    """Room that a form needs [pixel]."""

    width: int
    height: int


def needed(theme: Theme, form: Form) -> Size:
    """Room for a block in this form."""
    gap, line = _gap(theme), theme.small_line
    wide = theme.measure(WIDEST, theme.small) + gap
    columns = _widths(theme)
    letter = theme.measure("H", theme.small)
    if form is Form.PLATE:
        return Size(wide, line + gap)
    if form is Form.FULL:
        return Size(max(wide, letter + sum(columns) + gap * len(columns)), line * (2 + len(LETTERS)) + gap)
    if form is Form.SUMMED:
        return Size(max(wide, letter + sum(columns[:3]) + 3 * gap), line * (3 + len(LETTERS)) + gap)
    narrow = letter + max(columns[0] + columns[1] + 2 * gap, columns[2] + gap)
    return Size(max(wide, narrow), line * (4 + 2 * len(LETTERS)) + gap)


def _gap(theme: Theme) -> int:
    return max(4, 2 * theme.em // 3)


def _widths(theme: Theme) -> list[int]:
    """Of the columns; the first and the third are as wide as each other, as one may stand below the other."""
    samples, heads = theme.measure_all(SAMPLES, theme.small), theme.measure_all(HEADS, theme.small)
    offset, noise, other, *counts = (max(sample, head) for sample, head in zip(samples, heads, strict=True))
    return [max(offset, other), noise, max(offset, other), *counts]


class VerdictBlock:
    """Items made once; what did not change makes no call of Tk."""

    def __init__(self, canvas: tk.Canvas, theme: Theme, ccd: int) -> None:
        self.cell = VerdictCell(ccd)
        self.form = Form.PLATE
        self._canvas, self._theme = canvas, theme
        self.tags = (f"verdict{ccd}", *(f"numbers{ccd}{letter}" for letter in LETTERS))
        """Of the plate, and of the numbers of each quadrant."""
        self._plate = canvas.create_rectangle(0, 0, 0, 0, width=0, tags=self.tags[0])
        self._words = canvas.create_text(0, 0, anchor="w", font=theme.small, tags=self.tags[0])
        self._heads = [canvas.create_text(0, 0, anchor="e", font=theme.small) for _ in HEADS]
        self._letters = [
            canvas.create_text(0, 0, anchor="w", text=letter, font=theme.small, tags=tag)
            for letter, tag in zip(LETTERS, self.tags[1:], strict=True)
        ]
        self._numbers = [
            [canvas.create_text(0, 0, anchor="e", font=theme.small, tags=tag) for _ in HEADS] for tag in self.tags[1:]
        ]
        self._total = canvas.create_text(0, 0, anchor="w", font=theme.small, tags=self.tags[0])
        self._told: dict[int, tuple[str, str]] = {}
        self._place = 0, 0
        self._plate_at: tuple[int, int, int, int] | None = None
        self._calls = ManyCalls(canvas)
        self.show(self.cell)

    def paint(self) -> None:
        """Take the colours from the theme."""
        self._told.clear()
        for item in (*self._heads, *self._letters):
            self._canvas.itemconfigure(item, fill=self._theme.colour("dim"))
        self.show(self.cell)

    def show(self, cell: VerdictCell) -> None:
        """Take the cell and show its texts."""
        taller = bool(cell.heads[2]) is not bool(self.cell.heads[2])
        self.cell = cell
        if taller and self.form is Form.NARROW:
            self.place(*self._place, self.form)
            return
        theme = self._theme
        self._text(
            self._words, f"{theme.glyph(cell.status)} {cell.words}" if cell.words else "", theme.ink(cell.status)
        )
        plate = theme.colour(cell.status) if cell.words else ""
        if self._told.get(self._plate, ("", ""))[1] != plate:
            self._told[self._plate] = "", plate
            self._calls.dress(self._plate, fill=plate)
        self._place_plate()
        shown = self.form is not Form.PLATE and bool(cell.quadrants)
        summed = self.form in (Form.SUMMED, Form.NARROW)
        folded = 3 if summed else len(HEADS)
        for place, head in enumerate(self._heads):
            self._text(head, cell.heads[place] if shown and place < folded else "", theme.colour("dim"))
        by_letter = {quadrant.letter: quadrant.numbers for quadrant in cell.quadrants}
        for letter, name, row in zip(LETTERS, self._letters, self._numbers, strict=True):
            self._text(name, letter if shown else "", theme.colour("dim"))
            numbers = by_letter.get(letter, ())
            for place, item in enumerate(row):
                seen = shown and place < min(len(numbers), folded)
                self._number(item, numbers[place] if seen else NumberCell())
        self._number(self._total, cell.total if shown and summed else NumberCell())
        self._calls.run()

    def _number(self, item: int, number: NumberCell) -> None:
        theme, status = self._theme, number.status
        if status is None:
            self._text(item, number.text, theme.colour("text"))
        else:
            self._text(item, f"{theme.glyph(status)}{number.text}", theme.colour(status))

    def _text(self, item: int, text: str, colour: str) -> None:
        if self._told.get(item) != (text, colour):
            self._told[item] = text, colour
            self._calls.dress(item, text=text, fill=colour)

    def place(self, x: int, y: int, form: Form) -> None:
        """Move everything to where the upper left corner is at (x, y)."""
        self.form, self._place = form, (x, y)
        theme = self._theme
        gap, line, widths = _gap(theme), theme.small_line, _widths(theme)
        first = x + theme.measure("H", theme.small)
        self._calls.move(self._words, x + gap // 2, y + line // 2 + 1)
        ends: list[tuple[int, int]] = []
        end = first
        for place, width in enumerate(widths):
            if form is Form.NARROW and place == 2:
                end = first
            end += gap + width
            ends.append((end, line if form is Form.NARROW and place == 2 else 0))
        top = y + line + gap // 2 + line // 2
        step = 2 * line if form is Form.NARROW and self.cell.heads[2] else line
        for head, (right, down) in zip(self._heads, ends, strict=True):
            self._calls.move(head, right, top + down)
        top += step
        for number, (letter, row) in enumerate(zip(self._letters, self._numbers, strict=True)):
            self._calls.move(letter, x, top + number * step)
            for item, (right, down) in zip(row, ends, strict=True):
                self._calls.move(item, right, top + number * step + down)
        self._calls.move(self._total, x, top + len(LETTERS) * step)
        self.show(self.cell)

    def _place_plate(self) -> None:
        """Behind the words."""
        gap, half = _gap(self._theme), self._theme.small_line // 2
        x, y = self._place[0] + gap // 2, self._place[1] + half + 1
        width = self._theme.measure(f"{self._theme.glyph(self.cell.status)} {self.cell.words}", self._theme.small)
        wanted = x - gap // 2, y - half, x + width + gap // 2, y + half + 1
        if self._plate_at != wanted:
            self._plate_at = wanted
            self._calls.move(self._plate, *wanted)
