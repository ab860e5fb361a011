"""A sign and a text that sums up what stands below, in a line of tools."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.theme import Theme


class SignedLine(ttk.Frame):
    """Told with :meth:`tell`: bold and with the sign of a status, or dim where there is nothing to worry about."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._told: tuple[str, Status | None] | None = None
        self._sign, self._label = ttk.Label(self), ttk.Label(self)
        self._sign.pack(side="left", padx=(0, 4))
        self._label.pack(side="left")

    @property
    def text(self) -> str:
        """The text as it is shown."""
        return str(self._label["text"])

    def tell(self, text: str, status: Status | None) -> None:
        """Say this; the same again makes no call of Tk."""
        if self._told == (text, status):
            return
        self._told = text, status
        self._label.configure(text=text, style="Bold.TLabel" if status else "Dim.TLabel")
        glyph, colour = (self._theme.glyph(status), self._theme.colour(status)) if status else ("", "")
        self._sign.configure(text=glyph, foreground=colour)
