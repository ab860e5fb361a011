"""The window with the list of alarms: it comes and goes by a key, and remembers its place."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from eyegore.widgets import keys
from eyegore.widgets.alarm_cells import AlarmCell
from eyegore.widgets.alarm_list import AlarmList
from eyegore.widgets.alarm_menu import AlarmActions
from eyegore.widgets.screen_fit import TITLE_BAR, fit
from eyegore.widgets.theme import Theme

TITLE = "Alarms — Eyegore"
WIDE, HIGH = 104, 31
"""Size of the first time [em], as far as the screen has room."""


class AlarmWindow(tk.Toplevel):
    """Holds an :class:`AlarmList` for the main window ``root``.

    ``elsewhere`` are actions of the key table that work in the main window and here; ``layout`` is what
    :meth:`layout` gave the last time; ``on_close`` is called with it when a person closes the window.
    """

    def __init__(
        self,
        root: tk.Tk,
        theme: Theme,
        actions: AlarmActions,
        *,
        elsewhere: Mapping[str, Callable[[], object]],
        layout: Mapping[str, Any],
        on_close: Callable[[dict[str, Any]], object],
    ) -> None:
        super().__init__(root, background=theme.colour("background"))
        self.withdraw()  # until it has its place
        self._main, self._theme, self._on_close = root, theme, on_close
        self._told = ""
        self.title(TITLE)
        self.list = AlarmList(self, theme, actions)
        self.list.pack(fill="both", expand=True)
        inner = layout.get("list")
        if isinstance(inner, Mapping):
            self.list.restore(inner)
        screen = self.winfo_screenwidth(), self.winfo_screenheight() - TITLE_BAR
        self.geometry(fit(str(layout.get("geometry", "")), screen) or self._first_place(screen))
        self.minsize(30 * theme.em, 18 * theme.em)
        for action, act in elsewhere.items():
            keys.bind(self, action, act)
        keys.bind(self, "find", self.list.focus_filter)
        keys.bind(self, "alarm list", self.close)
        keys.bind(self, "leave", self.close)
        self.protocol("WM_DELETE_WINDOW", self.close)
        self.deiconify()

    def show(self, cells: Iterable[AlarmCell], *, known: bool, silent_until: str) -> None:
        """Show these alarms; ``silent_until`` is the time of day at which the sound comes back, "" when it is on."""
        self.list.show(cells, known=known)
        self.list.bar.show_silence(silent_until)
        sound = f"sound off until {silent_until} — " if silent_until else ""
        title = f"{self.list.heading}{sound}{TITLE}"
        if title != self._told:
            self._told = title
            self.title(title)

    def layout(self) -> dict[str, Any]:
        """Where the window is and how the list is arranged, JSON-able."""
        return {"geometry": self.geometry(), "list": self.list.layout()}

    def close(self) -> None:
        """Close, and give the keys back to the main window."""
        layout = self.layout()
        self.destroy()
        self._on_close(layout)
        self._main.lift()
        before = self._main.focus_lastfor() or self._main
        before.focus_force()  # from one of our windows to another: a person asked for it

    def _first_place(self, screen: tuple[int, int]) -> str:
        """Along the lower edge of the main window: its flags stay in sight."""
        em, root = self._theme.em, self._main
        width, height = min(WIDE * em, screen[0]), min(HIGH * em, screen[1] * 6 // 10)
        x = root.winfo_rootx() + max(0, root.winfo_width() - width) // 2
        y = root.winfo_rooty() + root.winfo_height() - height - TITLE_BAR
        return fit(f"{width}x{height}+{max(0, x)}+{max(0, y)}", screen)
