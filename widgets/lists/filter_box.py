"""The field in which a person says which rows of a table are shown."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from eyegore.widgets.later import Later
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
