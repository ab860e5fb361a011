"""A question with a few answers to choose from and a field to type in."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
        self._done = done
        self.offer(choices, chosen, "top", wording.about)
        self.appear(parent)

    def confirmed(self) -> None:
        """Tell the choice."""
        self._done(self.chosen.get(), self.answer)
