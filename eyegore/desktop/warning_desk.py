"""The warnings in the window: their state for the health strip, and the list of what was sent."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from eyegore.messages.warnings import WarningLine, WarningsState
from eyegore.presenters.warnings import closing_question, warning_cell, warnings_cells
from eyegore.widgets.cells.flags import HealthCell
from eyegore.widgets.cells.lists import WarningCell
from eyegore.widgets.lists.list_window import ListDesk, ListKind
from eyegore.widgets.theme import Theme

if TYPE_CHECKING:  # imported when the list is wanted: the first window comes first
    from eyegore.widgets.warnings.warning_list import WarningList

KEPT = 2000
"""Warnings kept; all are in the journal."""
TITLE = "Warnings sent — Eyegore"


class WarningDesk(ListDesk["WarningList"]):
    """Keeps the newest ``kept`` warnings, and shows them."""

    def __init__(
        self, root: tk.Tk, theme: Theme, elsewhere: Mapping[str, Callable[[], object]], kept: int = KEPT
    ) -> None:

        def build(window: tk.Misc) -> WarningList:
            from eyegore.widgets.warnings.warning_list import WarningList

            return WarningList(window, theme)

        super().__init__(root, theme, ListKind(TITLE, "warning list", build), elsewhere)
        self._kept = kept
        self._cells: dict[str, WarningCell] = {}
        self._state: WarningsState | None = None
        self._changed = False

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

    def opened(self) -> None:
        """Fill the list with the next :meth:`flush`."""
        self._changed = True

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
