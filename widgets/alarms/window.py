"""The window with the list of alarms."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from eyegore.widgets.alarms.alarm_list import AlarmList
from eyegore.widgets.alarms.menu import AlarmActions
from eyegore.widgets.cells.alarms import AlarmCell
from eyegore.widgets.lists.list_window import ListWindow
from eyegore.widgets.theme import Theme

TITLE = "Alarms — Eyegore"


class AlarmWindow(ListWindow[AlarmList]):
    """Holds an :class:`AlarmList`."""

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
        super().__init__(
            root,
            theme,
            TITLE,
            lambda window: AlarmList(window, theme, actions),
            action="alarm list",
            elsewhere=elsewhere,
            layout=layout,
            on_close=on_close,
        )

    def show(self, cells: Iterable[AlarmCell], *, known: bool, silent_until: str) -> None:
        """Show these alarms; ``silent_until`` is the time of day at which the sound comes back, "" when it is on."""
        self.list.show(cells, known=known)
        self.list.bar.show_silence(silent_until)
        self.tell(f"sound off until {silent_until} — " if silent_until else "")
