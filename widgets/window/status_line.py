"""The last line of the log at the bottom of the window, and the button that opens the log."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from eyegore.widgets import keys
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.theme import Theme


class StatusLine(ttk.Frame):
    """One line of text, cut at the right when there is no room for it."""

    def __init__(self, parent: tk.Misc, theme: Theme, on_log: Callable[[], object]) -> None:
        super().__init__(parent)
        self._theme = theme
        half = theme.em // 2
        self._button = ttk.Button(self, style="Quiet.TButton", command=on_log, takefocus=False)
        self._button.pack(side="right", padx=half // 2)
        self._glyph = ttk.Label(self)
        self._glyph.pack(side="left", padx=(half, half // 2))
        self._text = ttk.Label(self, anchor="w", width=10)  # asks for little, gets all there is
        self._text.pack(side="left", fill="x", expand=True)
        self.set_open(False)

    def say(self, text: str, status: Status | None) -> None:
        """Show one line; a status puts its sign in front."""
        line = " ".join(text.split())
        self._text.configure(text=line)
        if status is None:
            self._glyph.configure(text="")
        else:
            self._glyph.configure(text=self._theme.glyph(status), foreground=self._theme.colour(status))

    def set_open(self, is_open: bool) -> None:
        """Let the button show which way the log goes."""
        self._button.configure(text=f"log {'▾' if is_open else '▴'}  {keys.accelerator('log')}")
