"""The line of tools of a table: filter box, follow or pause, counts, choice of columns."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from eyegore.widgets.lists.filter_box import FilterBox
from eyegore.widgets.theme import Theme
from eyegore.widgets.tree.menus import ColumnMenu


class RowTools(ttk.Frame):
    """Tools of a table; ``on_filter`` and ``on_leave`` are for the filter box."""

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
        self.filter = FilterBox(self, theme, on_filter, on_leave, leaving=("<Return>", "<Down>"))
        self.filter.pack(side="left")
        follow = ttk.Checkbutton(self, text="follow", variable=self.following, command=on_follow)
        follow.pack(side="left", padx=em)
        self._chooser = ttk.Menubutton(self, text="columns", style="Quiet.TMenubutton", width=-1)
        self._chooser.pack(side="right")
        self.column_menu = ColumnMenu(self._chooser, theme, on_columns)
        self._chooser["menu"] = self.column_menu
        self._count = ttk.Label(self, style="Dim.TLabel")
        self._count.pack(side="left")

    @property
    def count(self) -> str:
        """The counts as they are shown."""
        return str(self._count["text"])

    def tell(self, text: str) -> None:
        """Show the counts; the same text again costs nothing."""
        if text != self.count:
            self._count.configure(text=text)

    def choose_columns(self) -> None:
        """Post the menu of columns."""
        self.column_menu.tk_popup(self._chooser.winfo_rootx(), self._chooser.winfo_rooty())
