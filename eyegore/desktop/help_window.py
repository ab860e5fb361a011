"""The window that explains keys and signs, made from the tables they are bound and drawn with."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from eyegore.widgets import keys
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.theme import Theme

MEANINGS = {
    Status.IN_LIMITS: "in limits; framed: was out, nobody has lowered it yet; amber dot: out, but not yet for long",
    Status.WARNING: "out of limits, WARNING; blinking: nobody has acknowledged it yet",
    Status.CRITICAL: "out of limits, CRITICAL; blinking: nobody has acknowledged it yet",
    Status.INVALID: "no valid reading: not a number, a “no reading” value, or one no sensor can give",
    Status.STALE: "no new sample in time: what it was is not what it is",
    Status.UNCHECKED: "no limit: shown, not judged",
    Status.UNKNOWN: "nothing came yet",
    Status.OUT_OF_SERVICE: "taken out by the limit table: not judged",
    Status.MUTED: "shelved for a while: checking goes on, its dot tells what it would show",
}


PAGES: tuple[tuple[str, ...], ...] = (
    ("Everywhere", "HK plots", "OOL flags"),
    ("Exposures", "Copies"),
    ("Images", "Image window"),
    ("Alarm list", "Warnings sent"),
    ("History",),
)
"""Headings of the key table that stand on a page together: it is not wider than a small screen."""


class HelpWindow(tk.Toplevel):
    """Pages: what each sign means, and the keys by pane; Ctrl-Tab and the arrows turn them."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, background=theme.colour("background"))
        self.title("Keys and signs — Eyegore")
        self.bind("<Escape>", lambda _event: self.destroy())
        self.pages = ttk.Notebook(self)
        self.pages.pack(fill="both", expand=True, padx=theme.em // 2, pady=theme.em // 2)
        self.pages.add(_signs_page(self.pages, theme), text="Signs")
        for headings in PAGES:
            self.pages.add(_keys_page(self.pages, theme, headings), text=", ".join(headings))
        self.pages.enable_traversal()
        self.bind("<FocusIn>", lambda event: self.pages.focus_set() if event.widget is self else None)


def _signs_page(parent: tk.Misc, theme: Theme) -> ttk.Frame:
    em = theme.em
    signs = ttk.Frame(parent, padding=em)
    for row, (status, meaning) in enumerate(MEANINGS.items()):
        ttk.Label(signs, text=theme.glyph(status), foreground=theme.colour(status)).grid(
            row=row, column=0, padx=em // 2
        )
        ttk.Label(signs, text=status.value).grid(row=row, column=1, sticky="w", padx=(0, em))
        ttk.Label(signs, text=meaning, style="Dim.TLabel").grid(row=row, column=2, sticky="w")
    return signs


def _keys_page(parent: tk.Misc, theme: Theme, headings: tuple[str, ...]) -> ttk.Frame:
    em = theme.em
    page = ttk.Frame(parent, padding=em)
    rows = dict(keys.help_rows())
    for column, heading in enumerate(headings):
        frame = ttk.Frame(page)
        frame.grid(row=0, column=column, sticky="n", padx=(0, 2 * em))
        ttk.Label(frame, text=heading, style="Bold.TLabel").grid(row=0, column=0, columnspan=2, sticky="w")
        for at, (pressed, does) in enumerate(rows[heading], start=1):
            ttk.Label(frame, text=pressed).grid(row=at, column=0, sticky="w", padx=(0, em))
            ttk.Label(frame, text=does, style="Dim.TLabel").grid(row=at, column=1, sticky="w")
    return page
