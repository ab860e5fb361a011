"""A small text beside the pointer."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from eyegore.widgets.theme import Theme

DELAY_MS = 500


class Tooltip:
    """Shows a text after the pointer has rested; it never takes the focus.

    The text is asked for when it is shown, so what changes meanwhile costs nothing.
    """

    def __init__(self, widget: tk.Misc, theme: Theme) -> None:
        self._widget = widget
        self._theme = theme
        self._job: str | None = None
        self._window: tk.Toplevel | None = None
        self._label: tk.Label | None = None
        widget.bind("<Destroy>", lambda event: self.hide() if event.widget is widget else None, add="+")

    def soon(self, text: Callable[[], str], x_root: int, y_root: int) -> None:
        """Show what ``text`` gives after a short rest, near this place of the screen."""
        self.hide()
        self._job = self._widget.after(DELAY_MS, lambda: self.show(text(), x_root, y_root))

    def show(self, text: str, x_root: int, y_root: int) -> None:
        """Show a text now."""
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

    def hide(self) -> None:
        """Take the text away, or do not let it come."""
        if self._job is not None:
            self._widget.after_cancel(self._job)
            self._job = None
        if self._window is not None and self._window.winfo_exists():
            self._window.wm_withdraw()
