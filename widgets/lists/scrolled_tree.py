"""A table of rows with its scroll bars, and the space in its cells and headings."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk
from typing import Literal

from eyegore.widgets.theme import Theme


class ShyBar(ttk.Scrollbar):
    """A scroll bar in a grid that is there only while there is something to scroll to."""

    def set(self, first: float | str, last: float | str) -> None:
        """Show which part is in sight."""
        super().set(first, last)
        if float(first) <= 0 and float(last) >= 1:
            self.grid_remove()
        else:
            self.grid()


class ScrolledTree(ttk.Treeview):
    """Fills what its parent has left; the bar below is there only while there is something to scroll to.

    Whoever drags the bar at the side makes the event ``<<ScrolledByHand>>``.
    """

    def __init__(
        self,
        parent: tk.Misc,
        style: str,
        show: Literal["headings", "tree headings"],
        columns: Sequence[str] = (),
    ) -> None:
        body = ttk.Frame(parent, style="Surface.TFrame")
        body.pack(side="top", fill="both", expand=True)
        body.rowconfigure(0, weight=1)
        body.columnconfigure(0, weight=1)
        super().__init__(body, style=style, show=show, selectmode="extended", height=4, columns=tuple(columns))
        self._style = style
        self.grid(row=0, column=0, sticky="nsew")
        down = ttk.Scrollbar(body, orient="vertical", command=self._scroll_by_hand)
        down.grid(row=0, column=1, sticky="ns")
        across = ShyBar(body, orient="horizontal", command=self.xview)
        across.grid(row=1, column=0, sticky="ew")
        self.configure(yscrollcommand=down.set, xscrollcommand=across.set)

    def _scroll_by_hand(self, *where: str) -> None:
        self.yview(*where)
        self.event_generate("<<ScrolledByHand>>")

    def space(self, theme: Theme, inner: int) -> None:
        """Leave ``inner`` [pixel] free on both sides of cells and headings."""
        style, above = ttk.Style(self), theme.em // 6
        style.configure(f"{self._style}.Cell", padding=(inner, 0))
        heading = (inner + 4, above, inner, above)  # Tk itself moves the text of a cell by 4
        style.configure(f"{self._style}.Heading", font=theme.font, padding=heading)
