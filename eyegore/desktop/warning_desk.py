"""The warnings in the window: their state for the health strip, and the list of what was sent."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable, Mapping
from typing import Any

from eyegore.messages.events import WarningLine, WarningsState
from eyegore.presenters.warnings import closing_question, warning_cell, warnings_cells
from eyegore.widgets.cells.flags import HealthCell
from eyegore.widgets.cells.warnings import WarningCell
from eyegore.widgets.lists.list_window import ListWindow
from eyegore.widgets.theme import Theme
from eyegore.widgets.warnings.warning_list import WarningList

KEPT = 2000
"""Warnings kept; all are in the journal."""
TITLE = "Warnings sent — Eyegore"


class WarningDesk:
    """Keeps the newest ``kept`` warnings. ``elsewhere`` are actions of the main window that work in the list, too."""

    def __init__(
        self, root: tk.Tk, theme: Theme, elsewhere: Mapping[str, Callable[[], object]], kept: int = KEPT
    ) -> None:
        self._root, self._theme, self._elsewhere, self._kept = root, theme, elsewhere, kept
        self._cells: dict[str, WarningCell] = {}
        self._state: WarningsState | None = None
        self._changed = False
        self._window: ListWindow[WarningList] | None = None
        self._layout: dict[str, Any] = {}

    # --- what the monitor tells --------------------------------------------------------------------------------------

    def take(self, event: WarningLine | WarningsState) -> None:
        """Note what became of a warning, or how the warnings stand; nothing is drawn yet."""
        self._changed = True
        if isinstance(event, WarningsState):
            self._state = event
            return
        self._cells[event.key] = warning_cell(event)
        if len(self._cells) > self._kept:  # what is still to be sent goes last
            oldest = min(self._cells.values(), key=lambda cell: (cell.open, cell.made))
            del self._cells[oldest.key]

    def clear(self) -> None:
        """Forget the warnings, for another session."""
        self._cells.clear()
        self._state, self._changed = None, True

    def flush(self) -> None:
        """Show what is new."""
        if self._changed and self._window is not None:
            self._window.list.show(self._cells.values(), self._state is not None)
            self._window.tell()
        self._changed = False

    @property
    def duty_ends(self) -> float:
        """When the shift of the one on duty ends [unix s], NaN when nobody knows."""
        ends = self._state.duty_ends if self._state is not None else math.nan
        return ends if math.isfinite(ends) else math.nan

    def strip_cells(self) -> list[HealthCell]:
        """The segments of the health strip."""
        return warnings_cells(self._state)

    @property
    def question(self) -> str:
        """What is to be asked before the window closes, "" for nothing: no warning can be lost."""
        return closing_question(self._state) if self._state is not None and self._state.channels else ""

    @property
    def listed(self) -> WarningList | None:
        """The list, while it is open."""
        return self._window.list if self._window is not None else None

    # --- the window --------------------------------------------------------------------------------------------------

    def open_list(self) -> None:
        """Open the list of what was sent, or bring it to the front."""
        if self._window is None:
            self._window = self._make_window()
        self._window.come()

    def _make_window(self) -> ListWindow[WarningList]:
        self._changed = True
        return ListWindow(
            self._root,
            self._theme,
            TITLE,
            lambda window: WarningList(window, self._theme),
            action="warning list",
            elsewhere=self._elsewhere,
            layout=self._layout,
            on_close=self._closed,
        )

    def _closed(self, layout: dict[str, Any]) -> None:
        self._layout, self._window = layout, None

    def layout(self) -> dict[str, Any]:
        """What the list remembers, JSON-able."""
        layout = self._layout if self._window is None else self._window.layout()
        return {**layout, "open": self._window is not None}

    def restore(self, layout: object) -> None:
        """Take back what :meth:`layout` gave; the list opens if it was open, and takes no keys."""
        self._layout = dict(layout) if isinstance(layout, Mapping) else {}
        if self._layout.get("open") is True:
            self._window = self._make_window()
