"""Buttons for how much of the newest is shown, and the way back to it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from eyegore.widgets.charts.time_window import TimeWindow
from eyegore.widgets.theme import Theme


class RangeButtons(ttk.Frame):
    """``choose`` is called with the stretch chosen, ``go_live`` when what is newest shall be shown again."""

    def __init__(
        self, parent: tk.Misc, theme: Theme, choose: Callable[[float], object], go_live: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._theme, self._choose = theme, choose
        self._chosen = tk.StringVar(self)
        self._ranges: Sequence[tuple[str, float]] = ()
        self._buttons: list[ttk.Radiobutton] = []
        self._back = ttk.Button(self, text="back to live", style="Call.TButton", command=go_live)

    def offer(self, ranges: Sequence[tuple[str, float]]) -> None:
        """Show a button for each range: its words, and its stretch (inf for everything)."""
        for button in self._buttons:
            button.destroy()
        self._back.pack_forget()
        self._ranges, self._buttons = ranges, []
        for name, span in reversed(ranges):
            button = ttk.Radiobutton(
                self,
                text=name,
                value=name,
                variable=self._chosen,
                style="Quiet.Toolbutton",
                command=lambda span=span: self._choose(span),  # type: ignore[misc]
            )
            button.pack(side="right")
            self._buttons.append(button)

    def say(self, window: TimeWindow) -> None:
        """Mark the range of a window that follows; offer the way back from a stretch that does not."""
        chosen = next(name for name, one in self._ranges if one >= window.span) if window.live else ""
        if self._chosen.get() != chosen:
            self._chosen.set(chosen)
        if window.live is bool(self._back.winfo_manager()):
            if window.live:
                self._back.pack_forget()
            else:
                self._back.pack(side="right", padx=(0, self._theme.em // 2))
