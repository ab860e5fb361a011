"""What a person does to alarms of the list, by key, mouse, menu and the line of buttons below it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from tkinter import ttk

from eyegore.widgets import keys
from eyegore.widgets.cells.lists import AlarmCell, Standing
from eyegore.widgets.lists.list_menu import ListMenu
from eyegore.widgets.theme import Theme

Act = Callable[[list[AlarmCell]], object]


def _nothing(cells: list[AlarmCell]) -> None:
    """What an action does when nobody listens."""


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


@dataclass(frozen=True)
class Offer:
    """The word on a button, the alarms that what it says can be done to, and what does it."""

    word: str
    fits: Callable[[AlarmCell], bool]
    act: Callable[[AlarmActions], Act]


OFFERS: Mapping[str, Offer] = {
    "acknowledge alarms": Offer("Acknowledge", lambda cell: cell.open, lambda do: do.acknowledge),
    "comment alarms": Offer("Comment…", lambda cell: True, lambda do: do.comment),
    "shelve alarms": Offer("Shelve…", lambda cell: True, lambda do: do.shelve),
    "unshelve alarms": Offer("Unshelve", lambda cell: cell.standing is Standing.SHELVED, lambda do: do.unshelve),
    "plot alarms": Offer("Plot", lambda cell: True, lambda do: do.plot),
}
"""By action of the key table."""


class AlarmMenu(ListMenu):
    """Keys, clicks and menu of ``tree``; ``selected`` gives the alarms meant, ``sort`` gets the name of a column."""

    def __init__(
        self,
        tree: ttk.Treeview,
        names: Sequence[str],
        actions: AlarmActions,
        selected: Callable[[], list[AlarmCell]],
        sort: Callable[[str], object],
    ) -> None:
        super().__init__(tree, names, sort, "alarm menu")
        self._selected = selected
        self._actions = actions
        for action in OFFERS:
            keys.bind(tree, action, partial(self.act, action))
        keys.bind(tree, "select all alarms", self.select_all)
        tree.bind("<Double-1>", self._double_click)

    def act(self, action: str) -> None:
        """Do what an action of the key table says, to those selected that it can be done to."""
        if cells := [cell for cell in self._selected() if OFFERS[action].fits(cell)]:
            OFFERS[action].act(self._actions)(cells)

    def _double_click(self, event: tk.Event[tk.Misc]) -> str | None:
        if self._tree.identify_region(event.x, event.y) == "heading" or not self._tree.identify_row(event.y):
            return None  # a heading, or beside the rows
        self.act("plot alarms")
        return "break"

    def add_actions(self) -> None:
        """Offer what can be done to the alarms selected."""
        selected = self._selected()
        for action, offer in OFFERS.items():
            self.add_action(action, partial(self.act, action), any(map(offer.fits, selected)))


class AlarmBar(ttk.Frame):
    """``act`` gets the action of the key table that is asked for; without ``silence`` nothing is said of the sound."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        act: Callable[[str], object],
        silence: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(parent)
        self._possible: dict[str, bool] = dict.fromkeys(OFFERS, True)
        self.buttons: dict[str, ttk.Button] = {}
        for action, offer in OFFERS.items():
            text = f"{offer.word} ({keys.accelerator(action)})"
            button = ttk.Button(self, text=text, style="Quiet.TButton", command=partial(act, action), takefocus=False)
            button.pack(side="left", padx=(theme.em // 3, 0))
            self.buttons[action] = button
        self._sound = ttk.Button(self, style="Quiet.TButton", command=silence or (lambda: None), takefocus=False)
        if silence is not None:
            self._sound.pack(side="right", padx=theme.em // 3)
        self._until: str | None = None
        self.show_silence("")
        self.show(())

    def show(self, chosen: Sequence[AlarmCell]) -> None:
        """Offer what can be done to these alarms."""
        for action, button in self.buttons.items():
            possible = any(map(OFFERS[action].fits, chosen))
            if possible is not self._possible[action]:
                self._possible[action] = possible
                button.state(["!disabled" if possible else "disabled"])

    def show_silence(self, until: str) -> None:
        """Say until when the sound is silent, "" when it is not."""
        if until == self._until:
            return
        self._until = until
        key = keys.accelerator("silence")
        text = f"‖ sound off until {until}: sound on ({key})" if until else f"Silence the sound ({key})"
        self._sound.configure(text=text, style="Call.TButton" if until else "Quiet.TButton")
