"""The line that tells whether data are arriving and who watches; nothing in it is green by default."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk

from eyegore.widgets.cells import HealthCell, Status
from eyegore.widgets.theme import Theme
from eyegore.widgets.tooltip import Tooltip

_LOUD = frozenset({Status.WARNING, Status.CRITICAL, Status.INVALID, Status.STALE})


class HealthStrip(ttk.Frame):
    """Segments side by side: sign, label, text. A segment that has not changed makes no Tk call."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, padding=(theme.em // 2, 2))
        self.theme = theme
        self._segments: dict[str, _Segment] = {}
        self.bind("<<ThemeChanged>>", lambda event: self._themed())

    def show(self, cells: Sequence[HealthCell]) -> None:
        """Show these segments in this order."""
        wanted = [cell.key for cell in cells]
        if wanted != list(self._segments):
            for key in set(self._segments) - set(wanted):
                self._segments.pop(key).destroy()
            self._segments = {key: self._segments.get(key) or _Segment(self, self.theme) for key in wanted}
            for segment in self._segments.values():
                segment.pack_forget()
                segment.pack(side="left", padx=(0, self.theme.em))
        for cell in cells:
            self._segments[cell.key].show(cell)

    def text(self, key: str) -> str:
        """What one segment says, sign included."""
        return self._segments[key].said

    def _themed(self) -> None:
        for segment in self._segments.values():
            segment.paint()


class _Segment(ttk.Frame):
    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        self.theme = theme
        self._cell: HealthCell | None = None
        self._widest = 0
        self._sign = ttk.Label(self)
        self._label = ttk.Label(self, style="Dim.TLabel")
        self._text = ttk.Label(self)
        tip = Tooltip(self, theme)
        for widget in (self._sign, self._label, self._text):
            widget.pack(side="left", padx=(0, 4))
            widget.bind("<Enter>", lambda event: tip.soon(self._tip_text, event.x_root, event.y_root))
            widget.bind("<Leave>", lambda event: tip.hide())

    @property
    def said(self) -> str:
        """Sign, label and text as they stand."""
        return " ".join(filter(None, (str(one.cget("text")) for one in (self._sign, self._label, self._text))))

    def show(self, cell: HealthCell) -> None:
        before, self._cell = self._cell, cell
        if before is None or before.label != cell.label:
            self._label.configure(text=cell.label)
        if before is None or before.text != cell.text:
            self._widest = max(self._widest, len(cell.text))  # ages grow and shrink: what follows must not jump about
            self._text.configure(text=cell.text, width=self._widest)
        if before is None or before.status is not cell.status:
            self.paint()

    def paint(self) -> None:
        """Take the colour of the status."""
        if self._cell is None:
            return
        status = self._cell.status
        if status is None:
            self._sign.configure(text="")
        else:
            self._sign.configure(text=self.theme.glyph(status), foreground=self.theme.colour(status))
        loud = status is not None and status in _LOUD
        self._text.configure(style="Bold.TLabel" if loud else "TLabel")

    def _tip_text(self) -> str:
        if self._cell is None:
            return ""
        word = f"{self._cell.label}: {self._cell.status.value}" if self._cell.status else ""
        return "\n".join(filter(None, (word, self._cell.tip)))
