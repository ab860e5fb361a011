"""A small text beside the pointer."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Generic, TypeVar

from eyegore.widgets.theme import Theme

DELAY_MS = 500

T = TypeVar("T")


class Tooltip(Generic[T]):
    """Shows a text after the pointer has rested on something; it never takes the focus.

    ``at`` gives what lies at a place of the widget, None for nothing, ``text`` what is told of it, "" for nothing; that
    is asked for when it is shown, so what changes meanwhile costs nothing.
    """

    def __init__(
        self, widget: tk.Misc, theme: Theme, at: Callable[[int, int], T | None], text: Callable[[T], str]
    ) -> None:
        self._widget, self._theme, self._at, self._text = widget, theme, at, text
        self._under: object = None
        self._job: str | None = None
        self._window: tk.Toplevel | None = None
        self._label: tk.Label | None = None
        widget.bind("<Motion>", self._hover, add="+")
        for sequence in ("<Leave>", "<Unmap>", "<ButtonPress>", "<KeyPress>", "<MouseWheel>"):
            widget.bind(sequence, lambda event: self.hide(), add="+")
        widget.bind("<Destroy>", lambda event: self.hide() if event.widget is widget else None, add="+")

    def hide(self) -> None:
        """Take the text away, or do not let it come."""
        self._under = None
        if self._job is not None:
            self._widget.after_cancel(self._job)
            self._job = None
        if self._window is not None and self._window.winfo_exists():
            self._window.wm_withdraw()

    def _hover(self, event: tk.Event[tk.Misc]) -> None:
        under = self._at(event.x, event.y)
        if under == self._under:
            return
        self.hide()
        self._under = under
        if under is not None:
            x, y = event.x_root, event.y_root
            self._job = self._widget.after(DELAY_MS, lambda: self._show(self._text(under), x, y))

    def _show(self, text: str, x_root: int, y_root: int) -> None:
        self._job = None
        if not text:
            return
        if self._window is None or self._label is None:
            self._window = tk.Toplevel(self._widget)
            self._window.wm_overrideredirect(True)
            self._label = tk.Label(self._window, justify="left", font=self._theme.small, padx=8, pady=5)
            self._label.pack()
        theme, em = self._theme, self._theme.em
        self._label.configure(text=text, background=theme.colour("tip"), foreground=theme.colour("text"))
        self._label.update_idletasks()
        width, height = self._label.winfo_reqwidth(), self._label.winfo_reqheight()
        x = min(x_root + em, self._widget.winfo_screenwidth() - width)
        below = y_root + em
        y = below if below + height <= self._widget.winfo_screenheight() else y_root - em - height
        self._window.wm_geometry(f"+{max(0, x)}+{max(0, y)}")
        self._window.wm_deiconify()
        self._window.lift()


class RowTips:
    """``by_column`` gives, by its name, what tells the tip of a row by its key, ``of_row`` that of the others.

    A tip "" is none.
    """

    def __init__(self, tree: ttk.Treeview, theme: Theme, of_row: Callable[[str], str] | None = None) -> None:
        self._tree, self._of_row = tree, of_row
        self.by_column: dict[str, Callable[[str], str]] = {}
        Tooltip(tree, theme, self._at, self._tip)

    def _at(self, x: int, y: int) -> tuple[str, str] | None:
        """Key of the row and name of the column, "" for one without tips of its own, at a place in the tree."""
        row = self._tree.identify_row(y)
        if not row or self._tree.identify_region(x, y) not in ("cell", "tree"):
            return None
        column = str(self._tree.column(self._tree.identify_column(x), "id")) if self.by_column else ""
        return row, column if column in self.by_column else ""

    def _tip(self, under: tuple[str, str]) -> str:
        row, column = under
        tell = self.by_column.get(column, self._of_row)
        return tell(row) if tell is not None else ""
