"""What is scrolled: a table of rows with its bars, and two texts side by side."""

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


LINES = 9
"""Usual height."""
Piece = tuple[str, str]
"""A text and the tag it is written with: "bold", "dim", "todo" (a line with some space above) or ""."""


class TwoTexts(ttk.Frame):
    """Written with :meth:`write`; the shares of the width are ``left`` and ``right``."""

    def __init__(self, parent: tk.Misc, theme: Theme, left: int = 3, right: int = 2, lines: int = LINES) -> None:
        super().__init__(parent, style="Surface.TFrame")
        self._theme, self._lines = theme, lines
        self._said: dict[tk.Text, Sequence[Piece]] = {}
        for place, weight in ((0, left), (2, right)):
            self.columnconfigure(place, weight=weight, uniform="half")
            self.columnconfigure(place + 1, minsize=round(1.4 * theme.em))  # of the bar, where there is one
        self.rowconfigure(0, weight=1)
        self._left, self._right = self._text(0), self._text(2)
        self.bind("<<ThemeChanged>>", lambda event: self._paint())
        self._paint()

    def write(self, left: Sequence[Piece], right: Sequence[Piece]) -> None:
        """Show these texts; the same again makes no call of Tk."""
        self._write(self._left, left)
        self._write(self._right, right)

    @property
    def said(self) -> str:
        """All that is shown."""
        return "\n".join("".join(text for text, _ in self._said.get(one, ())) for one in (self._left, self._right))

    def _text(self, column: int) -> tk.Text:
        em = self._theme.em
        text = tk.Text(
            self, height=self._lines, width=1, wrap="word", font=self._theme.font, padx=em // 2, pady=em // 3,
            state="disabled", takefocus=False, cursor="",
        )  # fmt: skip
        bar = ShyBar(self, orient="vertical", command=text.yview)
        bar.grid(row=0, column=column + 1, sticky="ns")
        text.configure(yscrollcommand=bar.set)
        text.bind("<<WidgetViewSync>>", lambda event: bar.set(*text.yview()))  # Tk counts the lines of a text later
        text.grid(row=0, column=column, sticky="nsew", padx=(0 if column == 0 else 1, 0), pady=(1, 0))
        return text

    def _paint(self) -> None:
        for text in (self._left, self._right):
            text.tag_configure("bold", font=self._theme.bold)
            text.tag_configure("dim", foreground=self._theme.colour("dim"))
            text.tag_configure("todo", spacing1=self._theme.em // 3)

    def _write(self, text: tk.Text, pieces: Sequence[Piece]) -> None:
        if self._said.get(text) == pieces:
            return
        self._said[text] = pieces
        text.configure(state="normal")
        text.delete("1.0", "end")
        for words, tag in pieces:
            text.insert("end", words, tag)
        text.configure(state="disabled")
