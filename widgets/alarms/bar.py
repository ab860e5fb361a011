"""The line of buttons below the alarm list: what can be done, with the key that does it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import ttk

from eyegore.widgets import keys
from eyegore.widgets.alarms.menu import FITS
from eyegore.widgets.cells.alarms import AlarmCell
from eyegore.widgets.theme import Theme

_WORDS = {
    "acknowledge alarms": "Acknowledge",
    "comment alarms": "Comment…",
    "shelve alarms": "Shelve…",
    "unshelve alarms": "Unshelve",
    "plot alarms": "Plot",
}


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
        self._possible: dict[str, bool] = dict.fromkeys(_WORDS, True)
        self.buttons: dict[str, ttk.Button] = {}
        for action, word in _WORDS.items():
            text = f"{word} ({keys.accelerator(action)})"
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
            possible = any(map(FITS[action], chosen))
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
