"""The question what is to be said about alarms, with or without acknowledging them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from eyegore.widgets.dialogs.question import QuestionWindow
from eyegore.widgets.theme import Theme


class CommentDialog(QuestionWindow):
    """Asks for a comment; ``done`` gets it and whether to acknowledge as well.

    ``acknowledge`` tells that there is something to acknowledge: it is then done unless the person says otherwise.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        names: Sequence[str],
        done: Callable[[str, bool], object],
        *,
        acknowledge: bool = True,
    ) -> None:
        title, button = ("Acknowledge with a comment", "Confirm") if acknowledge else ("Comment alarms", "Comment")
        super().__init__(parent, theme, title, names, "Comment", button)
        self._done = done
        self.acknowledges = tk.BooleanVar(self, acknowledge)
        if acknowledge:
            ttk.Checkbutton(self.body, text="acknowledge", variable=self.acknowledges).pack(anchor="w")
        self.appear(parent)

    def problem(self) -> str:
        """What is missing."""
        return "" if self.answer else "what you see, did, or wait for"

    def confirmed(self) -> None:
        """Tell the comment."""
        self._done(self.answer, self.acknowledges.get())
