"""One line that tells what is being copied, with a bar."""

from __future__ import annotations

import math
import tkinter as tk
from tkinter import ttk

from eyegore.widgets.theme import Theme


class WorkLine(ttk.Frame):
    """Written with :meth:`show`; the same again makes no call of Tk."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        em = theme.em
        self._bar = ttk.Progressbar(self, maximum=1000, length=14 * em)
        self._bar.pack(side="left", padx=(em // 2, em // 2), pady=em // 4)
        self._label = ttk.Label(self, anchor="w")
        self._label.pack(side="left", fill="x", expand=True)
        self._shown: tuple[str, int] = ("", -1)

    @property
    def said(self) -> str:
        """What stands beside the bar."""
        return self._shown[0]

    @property
    def share(self) -> float:
        """How far the bar is, 0 .. 1."""
        return max(self._shown[1], 0) / 1000

    def show(self, text: str, share: float) -> None:
        """Show a text, and the bar at ``share`` (0 .. 1, NaN for an empty one)."""
        place = 0 if math.isnan(share) else round(1000 * share)
        if (text, place) == self._shown:
            return
        self._shown = text, place
        self._label.configure(text=text, style="Dim.TLabel" if math.isnan(share) else "TLabel")
        self._bar.configure(value=place)
