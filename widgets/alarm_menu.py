"""What a person does to alarms of the list, by key, mouse and menu."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from tkinter import ttk
from typing import Literal

from eyegore.widgets import keys
from eyegore.widgets.alarm_cells import AlarmCell, Standing
from eyegore.widgets.alarm_columns import NAMES

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


class AlarmMenu(tk.Menu):
    """Keys, clicks and menu of ``tree``; ``selected`` gives the alarms meant, ``sort`` gets the name of a column."""

    def __init__(
        self,
        tree: ttk.Treeview,
        actions: AlarmActions,
        selected: Callable[[], list[AlarmCell]],
        sort: Callable[[str], object],
    ) -> None:
        super().__init__(tree, tearoff=False)
        self._tree = tree
        self._selected = selected
        self._orders = tk.Menu(self, tearoff=False)
        self._orders.add_command(label="usual order", command=partial(sort, ""))
        for name in NAMES:
            self._orders.add_command(label=name, command=partial(sort, name))
        self._acts: Mapping[str, Act] = {
            "acknowledge alarms": actions.acknowledge,
            "comment alarms": actions.comment,
            "shelve alarms": actions.shelve,
            "unshelve alarms": actions.unshelve,
            "plot alarms": actions.plot,
        }
        for action in self._acts:
            keys.bind(tree, action, partial(self.act, action))
        keys.bind(tree, "select all alarms", lambda: tree.selection_set(tree.get_children()))
        keys.bind(tree, "alarm menu", self._menu_key)
        tree.bind("<Button-3>", self._right_click)
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

    def _right_click(self, event: tk.Event[tk.Misc]) -> None:
        key = self._tree.identify_row(event.y)
        self._tree.focus_set()
        if key and key not in self._tree.selection():
            self._tree.selection_set(key)
            self._tree.focus(key)
        self._post(event.x_root, event.y_root)

    def _menu_key(self) -> None:
        focus = self._tree.focus()
        box = self._tree.bbox(focus) if focus else ""
        x, y = (box[0], box[1] + box[3]) if box else (0, 0)
        self._post(self._tree.winfo_rootx() + x, self._tree.winfo_rooty() + y)

    def _post(self, x: int, y: int) -> None:
        selected = self._selected()
        self.delete(0, "end")
        for action in self._acts:
            possible: Literal["normal", "disabled"] = "normal" if any(map(FITS[action], selected)) else "disabled"
            self.add_command(
                label=keys.binding(action).label,
                accelerator=keys.accelerator(action),
                command=partial(self.act, action),
                state=possible,
            )
        self.add_separator()
        self.add_cascade(label="Sort by", menu=self._orders)
        self.tk_popup(x, y)
