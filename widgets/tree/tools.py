"""The line of tools of a table: filter box, follow or pause, counts, choice of columns."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from eyegore.widgets.theme import Theme
from eyegore.widgets.tree.menus import ColumnMenu


class RowTools(ttk.Frame):
    """Tools of a table; ``on_filter`` is called at every key, ``on_leave`` when the filter box is left for the rows."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        on_filter: Callable[[], object],
        on_leave: Callable[[], object],
        on_follow: Callable[[], object],
        on_columns: Callable[[list[str]], object],
    ) -> None:
        super().__init__(parent)
        em = theme.em
        self.following = tk.BooleanVar(self, True)
        self.filter_text = tk.StringVar(self)
        self._on_leave = on_leave
        ttk.Label(self, text="filter", style="Dim.TLabel").pack(side="left", padx=(0, em // 3))
        self._entry = ttk.Entry(self, textvariable=self.filter_text, width=22)
        self._entry.pack(side="left")
        follow = ttk.Checkbutton(self, text="follow", variable=self.following, command=on_follow)
        follow.pack(side="left", padx=em)
        self._chooser = ttk.Menubutton(self, text="columns", style="Quiet.TMenubutton", width=-1)
        self._chooser.pack(side="right")
        self.column_menu = ColumnMenu(self._chooser, theme, on_columns)
        self._chooser["menu"] = self.column_menu
        self._count = ttk.Label(self, style="Dim.TLabel")
        self._count.pack(side="left")
        self._entry.bind("<Escape>", self._escape)
        for sequence in ("<Return>", "<Down>"):
            self._entry.bind(sequence, lambda event: on_leave())
        self.filter_text.trace_add("write", lambda *_: on_filter())

    @property
    def count(self) -> str:
        """The counts as they are shown."""
        return str(self._count["text"])

    def tell(self, text: str) -> None:
        """Show the counts; the same text again costs nothing."""
        if text != self.count:
            self._count.configure(text=text)

    def focus_filter(self) -> None:
        """Let a person type in the filter box."""
        self._entry.focus_set()
        self._entry.selection_range(0, "end")

    def choose_columns(self) -> None:
        """Post the menu of columns."""
        self.column_menu.tk_popup(self._chooser.winfo_rootx(), self._chooser.winfo_rooty())

    def _escape(self, event: tk.Event[tk.Misc]) -> str:
        self.filter_text.set("")
        self._on_leave()
        return "break"
