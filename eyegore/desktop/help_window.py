"""The window that explains keys and signs, made from the tables they are bound and drawn with."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from eyegore.widgets import keys
from eyegore.widgets.cells import Status
from eyegore.widgets.theme import Theme

MEANINGS = {
    Status.IN_LIMITS: "checked, fresh, in limits; with a frame: was out of limits, nobody has lowered it yet",
    Status.WARNING: "out of limits, WARNING; blinking: nobody has acknowledged it yet",
    Status.CRITICAL: "out of limits, CRITICAL; blinking: nobody has acknowledged it yet",
    Status.INVALID: "no valid reading: not a number, a “no reading” value, or one no sensor can give",
    Status.STALE: "no new sample in time: what it was is not what it is",
    Status.UNCHECKED: "no limit: shown, not judged",
    Status.UNKNOWN: "nothing came yet",
    Status.MUTED: "shelved for a while: checking goes on, its dot tells what it would show",
}


class HelpWindow(tk.Toplevel):
    """Keys by pane, and what each sign means."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, background=theme.colour("background"))
        self.title("Keys and signs — Eyegore")
        em = theme.em
        self.bind("<Escape>", lambda _event: self.destroy())
        signs = ttk.Frame(self, padding=em)
        signs.pack(side="top", fill="x")
        ttk.Label(signs, text="Signs", style="Bold.TLabel").grid(row=0, column=0, columnspan=3, sticky="w")
        for row, (status, meaning) in enumerate(MEANINGS.items(), start=1):
            ttk.Label(signs, text=theme.glyph(status), foreground=theme.colour(status)).grid(
                row=row, column=0, padx=em // 2
            )
            ttk.Label(signs, text=status.value).grid(row=row, column=1, sticky="w", padx=(0, em))
            ttk.Label(signs, text=meaning, style="Dim.TLabel").grid(row=row, column=2, sticky="w")
        columns = ttk.Frame(self, padding=(em, 0, em, em))
        columns.pack(side="top", fill="both", expand=True)
        places: tuple[tuple[int, tuple[str, ...]], ...] = (
            (0, ("Everywhere",)),
            (1, ("HK plots", "OOL flags")),
            (2, ("Exposures", "Images")),
        )
        places += ((3, ("Alarm list", "History")),)
        rows = dict(keys.help_rows())
        for column, headings in places:
            frame = ttk.Frame(columns)
            frame.grid(row=0, column=column, sticky="n", padx=(0, 2 * em))
            at = 0
            for heading in headings:
                ttk.Label(frame, text=heading, style="Bold.TLabel").grid(row=at, column=0, columnspan=2, sticky="w")
                for at, (pressed, does) in enumerate(rows[heading], start=at + 1):  # noqa: B020
                    ttk.Label(frame, text=pressed).grid(row=at, column=0, sticky="w", padx=(0, em))
                    ttk.Label(frame, text=does, style="Dim.TLabel").grid(row=at, column=1, sticky="w")
                at += 1
