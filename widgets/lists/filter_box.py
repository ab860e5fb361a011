"""The filter of a table: several words, each anywhere in the row or, as ``column:text``, in one column."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from eyegore.widgets.calls import Later
from eyegore.widgets.theme import Theme

TYPING_MS = 150
"""Time after the last key before the filter acts [ms]."""


class FilterBox(ttk.Frame):
    """``on_filter`` is called when ``text`` has changed, ``on_leave`` when a person goes to the rows.

    He does so by Escape, which empties the box, and by the keys of :meth:`leave_by`.
    """

    def __init__(
        self, parent: tk.Misc, theme: Theme, on_filter: Callable[[], object], on_leave: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._later, self._on_leave = Later(self), on_leave
        self.text = tk.StringVar(self)
        ttk.Label(self, text="filter", style="Dim.TLabel").pack(side="left", padx=(0, theme.em // 3))
        self._entry = ttk.Entry(self, textvariable=self.text, width=22)
        self._entry.pack(side="left")
        self.text.trace_add("write", lambda *_: self._later.after_quiet("filter", TYPING_MS, on_filter))
        self._entry.bind("<Escape>", self._escape)
        self.leave_by("<Down>")

    def leave_by(self, sequence: str) -> None:
        """Let one more key lead to the rows."""
        self._entry.bind(sequence, lambda event: self._on_leave())

    def begin(self) -> None:
        """Let a person type."""
        self._entry.focus_set()
        self._entry.selection_range(0, "end")

    def _escape(self, event: tk.Event[tk.Misc]) -> str:
        self.text.set("")
        self._on_leave()
        return "break"


class RowFilter:
    """Every word of ``text`` must be found, whatever the case; without words every row matches.

    A plain word is sought in the ``shown`` columns, so that what matches can be seen. In ``column:text`` the column
    may be hidden and its name cut short; when no column begins like that the whole word is plain (``21:54``).
    """

    def __init__(self, text: str, columns: Sequence[str], shown: Sequence[str]) -> None:
        self._plain: list[str] = []
        self._named: list[tuple[tuple[int, ...], str]] = []
        self._places = [i for i, column in enumerate(columns) if column in shown]
        for word in text.casefold().split():
            name, colon, wanted = word.partition(":")
            places = _columns_named(name, columns) if colon and name else ()
            if places:
                self._named.append((places, wanted))
            else:
                self._plain.append(word)

    def __bool__(self) -> bool:
        return bool(self._plain or self._named)

    def matches(self, cells: Sequence[str]) -> bool:
        """Whether a row passes."""
        for places, wanted in self._named:
            if not any(i < len(cells) and wanted in cells[i].casefold() for i in places):
                return False
        if not self._plain:
            return True
        text = "\t".join([cells[i] for i in self._places if i < len(cells)]).casefold()
        return all(word in text for word in self._plain)


def _columns_named(name: str, columns: Sequence[str]) -> tuple[int, ...]:
    """Places of the column of this name or, without one, of all that begin with it."""
    exact = tuple(i for i, column in enumerate(columns) if column.casefold() == name)
    return exact or tuple(i for i, column in enumerate(columns) if column.casefold().startswith(name))
