"""Calls of Tk that are made later, and many that are made as one."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any


class Later:
    """Named delayed calls of one widget; all are taken back when it is destroyed."""

    def __init__(self, widget: tk.Misc) -> None:
        self._widget = widget
        self._jobs: dict[str, str] = {}
        widget.bind("<Destroy>", self._destroyed, add=True)

    def when_idle(self, name: str, act: Callable[[], object]) -> None:
        """Call ``act`` when nothing else is to be done; not again while it waits."""
        if name not in self._jobs:
            self._jobs[name] = self._widget.after_idle(self._run, name, act)

    def after(self, name: str, delay_ms: int, act: Callable[[], object]) -> None:
        """Call ``act`` in a while; not again while it waits."""
        if name not in self._jobs:
            self._jobs[name] = self._widget.after(delay_ms, self._run, name, act)

    def after_quiet(self, name: str, delay_ms: int, act: Callable[[], object]) -> None:
        """Call ``act`` once it has not been asked for during a while."""
        if name in self._jobs:
            self._widget.after_cancel(self._jobs.pop(name))
        self.after(name, delay_ms, act)

    def waits(self, name: str) -> bool:
        """Whether a call waits for its turn."""
        return name in self._jobs

    def _run(self, name: str, act: Callable[[], object]) -> None:
        del self._jobs[name]
        act()

    def _destroyed(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self._widget:
            for job in self._jobs.values():
                self._widget.after_cancel(job)
            self._jobs.clear()


_EACH = ("commands", "lmap command $commands {{*}$command}")
"""A function of Tcl: words go through as they are, nothing in them is evaluated."""


class ManyCalls:
    """Commands of one widget, collected with :meth:`add` and made with :meth:`run`, in order.

    After each call Python takes its lock back, and waits for it as long as a busy worker holds it: a hundred calls wait
    a hundred times, one script of a hundred commands waits once.
    """

    def __init__(self, widget: tk.Misc) -> None:
        self._widget = widget
        self._path = str(widget)
        self._commands: list[tuple[Any, ...]] = []

    def add(self, *words: Any) -> None:
        """Note a command of the widget, e.g. ``"raise", item``."""
        self._commands.append((self._path, *words))

    def move(self, item: int, *places: float) -> None:
        """Note coordinates of a canvas item."""
        self.add("coords", item, *places)

    def dress(self, item: int, **options: Any) -> None:
        """Note options of a canvas item."""
        self.add("itemconfigure", item, *(word for name, value in options.items() for word in (f"-{name}", value)))

    def run(self) -> tuple[Any, ...]:
        """Make the calls; what each of them gave."""
        commands, self._commands = tuple(self._commands), []
        if not commands:
            return ()
        given = self._widget.tk.call("apply", _EACH, commands)
        return tuple(self._widget.tk.splitlist(given))


def measured(widget: tk.Misc, texts: tuple[str, ...], font: str) -> list[int]:
    """Widths of many texts [pixel] in one font."""
    commands = tuple(("font", "measure", font, text) for text in texts)
    given = widget.tk.call("apply", _EACH, commands)
    return [int(width) for width in widget.tk.splitlist(given)]


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
