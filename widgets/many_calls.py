"""Many small calls of Tk made as one.

After each call Python takes its lock back, and waits for it as long as a busy worker holds it: a hundred calls wait a
hundred times, one script of a hundred commands waits once.
"""

from __future__ import annotations

import tkinter as tk
from typing import Any

_EACH = ("commands", "lmap command $commands {{*}$command}")
"""A function of Tcl: words go through as they are, nothing in them is evaluated."""


class ManyCalls:
    """Commands of one widget, collected with :meth:`add` and made with :meth:`run`, in order."""

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
