"""Canvas items of one kind, made once and used again."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence


class ItemPool:
    """As many items as were ever needed at once: those not needed now are hidden, none is deleted."""

    def __init__(self, canvas: tk.Canvas, make: Callable[[], int]) -> None:
        self._canvas = canvas
        self._make = make
        self._items: list[int] = []
        self._shown = 0

    @property
    def shown(self) -> int:
        """How many items are visible."""
        return self._shown

    def place(self, coordinates: Sequence[Sequence[int]]) -> None:
        """Show one item for each list of coordinates."""
        canvas = self._canvas
        while len(self._items) < len(coordinates):
            self._items.append(self._make())
            canvas.itemconfigure(self._items[-1], state="hidden")
        for item, places in zip(self._items, coordinates, strict=False):
            canvas.tk.call(str(canvas), "coords", item, tuple(places))
        for item in self._items[self._shown : len(coordinates)]:
            canvas.itemconfigure(item, state="normal")
        for item in self._items[len(coordinates) : self._shown]:
            canvas.itemconfigure(item, state="hidden")
        self._shown = len(coordinates)

    def paint(self, **options: str | int) -> None:
        """Change options (colours) of all items."""
        for item in self._items:
            self._canvas.itemconfigure(item, options)
