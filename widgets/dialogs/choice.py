"""A question with a few answers to choose from and a field to type in."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tkinter import ttk

from eyegore.widgets.dialogs.question import QuestionWindow
from eyegore.widgets.theme import Theme


@dataclass(frozen=True)
class Wording:
    """Title, the words above the field and on the button, and a small line below the choices."""

    title: str
    field: str
    button: str
    about: str = ""


PHASE = Wording("Phase of the camera", "Comment", "Choose", "which limits hold can depend on it; ↑ ↓ choose")
DS9 = Wording("DS9 to use", "or another, by its title or host:port", "Use")


class ChoiceDialog(QuestionWindow):
    """Asks for one of ``choices``, in words, of which the one at the place ``chosen`` is in use.

    ``now`` tells what is in use in a sentence; ``done`` gets the place of the choice and what was typed.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        wording: Wording,
        choices: Sequence[str],
        chosen: int,
        now: str,
        done: Callable[[int, str], object],
    ) -> None:
        super().__init__(parent, theme, wording.title, [now], wording.field, wording.button)
        self._done, self._count = done, len(choices)
        self.chosen = tk.IntVar(self, chosen)
        for place, choice in enumerate(choices):
            button = ttk.Radiobutton(self.body, text=choice, value=place, variable=self.chosen)
            button.pack(anchor="w", pady=(0, theme.em // 4))
        if wording.about:
            ttk.Label(self.body, text=wording.about, style="SmallDim.TLabel").pack(anchor="w")
        for sequence, step in (("<Up>", -1), ("<Down>", 1)):
            self.bind(sequence, lambda event, step=step: self.step(step))  # type: ignore[misc]
        self.appear(parent)

    def step(self, step: int) -> str:
        """Choose the next or previous one."""
        self.chosen.set((self.chosen.get() + step) % self._count)
        return "break"

    def confirmed(self) -> None:
        """Tell the choice."""
        self._done(self.chosen.get(), self.answer)
