"""The question which DS9 images go to."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from eyegore.widgets.dialogs.question import QuestionWindow
from eyegore.widgets.theme import Theme


class Ds9Dialog(QuestionWindow):
    """Asks for one of ``choices`` or a name that is typed; ``done`` gets the place of the choice and the name.

    Parameters
    ----------
    choices
        What there is to choose from, in words.
    chosen
        The place of the one in use.
    now
        What is in use, in a sentence.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        choices: Sequence[str],
        chosen: int,
        now: str,
        done: Callable[[int, str], object],
    ) -> None:
        super().__init__(parent, theme, "DS9 to use", [now], "or another, by its title or host:port", "Use")
        self._done, self._count = done, len(choices)
        self.chosen = tk.IntVar(self, chosen)
        for place, choice in enumerate(choices):
            button = ttk.Radiobutton(self.body, text=choice, value=place, variable=self.chosen)
            button.pack(anchor="w", pady=(0, theme.em // 4))
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
