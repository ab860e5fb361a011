"""Canvas items of one kind, made once and used again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eyegore.widgets.many_calls import ManyCalls


class ItemPool:
    """As many items as were ever needed at once: those not needed now are hidden, none is deleted.

    ``calls`` are those of the canvas; what is to change is added to them, and shows when they are run.
    """

    def __init__(self, calls: ManyCalls, make: Callable[[], int]) -> None:
        self._calls = calls
        self._make = make
        self._items: list[int] = []
        self._shown = 0
        self._options: dict[str, str | int] = {}

    def place(self, coordinates: Sequence[Sequence[int]]) -> None:
        """Show one item for each list of coordinates."""
        calls = self._calls
        while len(self._items) < len(coordinates):
            self._items.append(self._make())
            calls.dress(self._items[-1], state="hidden", **self._options)
        for item, places in zip(self._items, coordinates, strict=False):
            calls.move(item, *places)
        for item in self._items[self._shown : len(coordinates)]:
            calls.dress(item, state="normal")
        for item in self._items[len(coordinates) : self._shown]:
            calls.dress(item, state="hidden")
        self._shown = len(coordinates)

    def paint(self, **options: str | int) -> None:
        """Change options (colours) of all items, also of those to come."""
        self._options = options
        for item in self._items:
            self._calls.dress(item, **options)
