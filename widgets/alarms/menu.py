"""What a person does to alarms of the list, by key, mouse and menu."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from tkinter import ttk

from eyegore.widgets import keys
from eyegore.widgets.alarms.columns import NAMES
from eyegore.widgets.cells.alarms import AlarmCell, Standing
from eyegore.widgets.lists.list_menu import ListMenu

Act = Callable[[list[AlarmCell]], object]


def _nothing(cells: list[AlarmCell]) -> None:
    """What an action does when nobody listens."""


FITS: Mapping[str, Callable[[AlarmCell], bool]] = {
    "acknowledge alarms": lambda cell: cell.open,
    "comment alarms": lambda cell: True,
    "shelve alarms": lambda cell: True,
    "unshelve alarms": lambda cell: cell.standing is Standing.SHELVED,
    "plot alarms": lambda cell: True,
}
"""Which alarms an action of the key table can be done to."""


@dataclass(frozen=True)
class AlarmActions:
    """What a person does to the selected alarms; each gets those it can be done to, from top to bottom.

    ``silence`` turns the sound off for a while, or on; None where there is no sound.
    """

    acknowledge: Act = _nothing
    shelve: Act = _nothing
    unshelve: Act = _nothing
    comment: Act = _nothing
    plot: Act = _nothing
    silence: Callable[[], object] | None = None


class AlarmMenu(ListMenu):
    """Keys, clicks and menu of ``tree``; ``selected`` gives the alarms meant, ``sort`` gets the name of a column."""

    def __init__(
        self,
        tree: ttk.Treeview,
        actions: AlarmActions,
        selected: Callable[[], list[AlarmCell]],
        sort: Callable[[str], object],
    ) -> None:
        super().__init__(tree, NAMES, sort, "alarm menu")
        self._selected = selected
        self._acts: Mapping[str, Act] = {
            "acknowledge alarms": actions.acknowledge,
            "comment alarms": actions.comment,
            "shelve alarms": actions.shelve,
            "unshelve alarms": actions.unshelve,
            "plot alarms": actions.plot,
        }
        for action in self._acts:
            keys.bind(tree, action, partial(self.act, action))
        keys.bind(tree, "select all alarms", self.select_all)
        tree.bind("<Double-1>", self._double_click)

    def act(self, action: str) -> None:
        """Do what an action of the key table says, to those selected that it can be done to."""
        if cells := [cell for cell in self._selected() if FITS[action](cell)]:
            self._acts[action](cells)

    def _double_click(self, event: tk.Event[tk.Misc]) -> str | None:
        if self._tree.identify_region(event.x, event.y) == "heading" or not self._tree.identify_row(event.y):
            return None  # a heading, or beside the rows
        self.act("plot alarms")
        return "break"

    def add_actions(self) -> None:
        """Offer what can be done to the alarms selected."""
        selected = self._selected()
        for action in self._acts:
            self.add_action(action, partial(self.act, action), any(map(FITS[action], selected)))
