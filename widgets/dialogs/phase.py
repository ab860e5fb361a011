"""The question which phase the camera is in."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from eyegore.widgets.dialogs.question import QuestionWindow
from eyegore.widgets.theme import Theme


class PhaseDialog(QuestionWindow):
    """Asks for one of ``phases``; ``done`` gets its place among them and the comment.

    Parameters
    ----------
    phases
        Their names; the first stands for "as the temperature tells".
    chosen
        The place of the one in use.
    now
        What is known of the phase, in a sentence.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        phases: Sequence[str],
        chosen: int,
        now: str,
        done: Callable[[int, str], object],
    ) -> None:
        super().__init__(parent, theme, "Phase of the camera", [now], "Comment", "Choose")
        self._done, self._count = done, len(phases)
        self.chosen = tk.IntVar(self, chosen)
        for place, phase in enumerate(phases):
            choice = ttk.Radiobutton(self.body, text=phase, value=place, variable=self.chosen)
            choice.pack(anchor="w", pady=(0, theme.em // 4))
        about = "which limits hold can depend on it; ↑ ↓ choose"
        ttk.Label(self.body, text=about, style="SmallDim.TLabel").pack(anchor="w")
        for sequence, step in (("<Up>", -1), ("<Down>", 1)):
            self.bind(sequence, lambda event, step=step: self.step(step))  # type: ignore[misc]
        self.appear(parent)

    def step(self, step: int) -> str:
        """Choose the next or previous phase."""
        self.chosen.set((self.chosen.get() + step) % self._count)
        return "break"

    def confirmed(self) -> None:
        """Tell the choice."""
        self._done(self.chosen.get(), self.answer)
