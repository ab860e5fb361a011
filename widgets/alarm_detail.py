"""What is known of the alarm that is chosen in the list: the facts, what to do, and what happened."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk

from eyegore.widgets.alarm_cells import AlarmCell
from eyegore.widgets.alarm_columns import facts_of
from eyegore.widgets.theme import Theme

LINES = 9
NOTHING = "No alarm is chosen: ↓ or a click chooses one, N the next that nobody has acknowledged."
Piece = tuple[str, str]
"""A text and the tag it is written with."""


class AlarmDetail(ttk.Frame):
    """Two texts side by side, which wrap and scroll: about the alarm, and what happened to it."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, style="Surface.TFrame")
        self._theme = theme
        self._said: dict[tk.Text, Sequence[Piece]] = {}
        for place, weight in ((0, 3), (2, 2)):
            self.columnconfigure(place, weight=weight, uniform="half")
            self.columnconfigure(place + 1, minsize=round(1.4 * theme.em))  # of the bar, where there is one
        self.rowconfigure(0, weight=1)
        self._about, self._story = self._text(0), self._text(2)
        self.bind("<<ThemeChanged>>", lambda event: self._paint())
        self._paint()
        self.show((), some=False)

    def show(self, chosen: Sequence[AlarmCell], some: bool = True) -> None:
        """Tell of the alarm that is chosen, or of the first of several; ``some``: there are alarms to choose from."""
        if not chosen:
            self._write(self._about, [(NOTHING if some else "", "dim")])
            self._write(self._story, [])
            return
        cell = chosen[0]
        self._write(self._about, about(cell, len(chosen) - 1))
        told = [("\n".join(cell.story), "")] if cell.story else [("nothing since Eyegore was started", "dim")]
        self._write(self._story, [("What happened\n", "bold"), *told])

    @property
    def said(self) -> str:
        """All that is shown."""
        return "\n".join("".join(text for text, _ in self._said.get(one, ())) for one in (self._about, self._story))

    def _text(self, column: int) -> tk.Text:
        em = self._theme.em
        text = tk.Text(
            self, height=LINES, width=1, wrap="word", font=self._theme.font, padx=em // 2, pady=em // 3,
            state="disabled", takefocus=False, cursor="",
        )  # fmt: skip
        bar = ttk.Scrollbar(self, orient="vertical", command=text.yview)

        def scrolled(first: float, last: float) -> None:
            bar.set(first, last)
            if float(first) <= 0 and float(last) >= 1:
                bar.grid_remove()
            else:
                bar.grid(row=0, column=column + 1, sticky="ns")

        text.configure(yscrollcommand=scrolled)
        text.bind("<<WidgetViewSync>>", lambda event: scrolled(*text.yview()))  # Tk counts the lines of a text later
        text.grid(row=0, column=column, sticky="nsew", padx=(0 if column == 0 else 1, 0), pady=(1, 0))
        return text

    def _paint(self) -> None:
        for text in (self._about, self._story):
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


def about(cell: AlarmCell, others: int) -> list[Piece]:
    """The facts of an alarm and what to do, for reading; ``others`` are chosen as well."""
    heading, *facts = facts_of(cell)
    also = f" (and {others} more chosen)" if others else ""
    said = [f"“{text}”" for text in (cell.reason, cell.comment) if text]
    pieces = [(f"{heading}{also}\n", "bold"), (" · ".join([*facts, *said]), "")]
    if cell.todo:
        pieces += [("\nWhat to do: ", "bold"), (cell.todo, "todo")]
    return pieces
