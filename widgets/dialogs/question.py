"""A small window that asks for a line of text and waits without holding anything up."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tkinter import ttk
from typing import Literal

from eyegore.widgets.theme import Theme

MOST_NAMES = 4


class QuestionWindow(tk.Toplevel):
    """A title, what it is about, a field and two buttons; Return confirms, Escape closes.

    It is opened by what a person did, and takes the keyboard only where Eyegore has it. Whoever inherits adds what
    else is asked to ``body``, as by :meth:`offer`, says what is wrong in :meth:`problem`, and does what was asked for
    in :meth:`confirmed`.
    """

    def __init__(
        self, parent: tk.Misc, theme: Theme, title: str, names: Sequence[str], field: str, button: str
    ) -> None:
        super().__init__(parent, background=theme.colour("background"))
        self.withdraw()  # until it has its place
        self.title(title)
        self.theme = theme
        self.names = tuple(names)
        self._asker = parent.focus_get()
        self.chosen = tk.IntVar(self, 0)
        em = theme.em
        frame = ttk.Frame(self, padding=em)
        frame.pack(fill="both", expand=True)
        ttk.Label(frame, text=names_text(names), style="Bold.TLabel").pack(anchor="w", pady=(0, em // 2))
        self.body = ttk.Frame(frame)
        self.body.pack(fill="x")
        ttk.Label(frame, text=field).pack(anchor="w", pady=(em // 2, em // 4))
        self.text = tk.StringVar(self)
        self.entry = ttk.Entry(frame, textvariable=self.text, width=44)
        self.entry.pack(fill="x")
        self._hint = ttk.Label(frame, style="SmallDim.TLabel")
        self._hint.pack(anchor="w", pady=(em // 4, em // 2))
        buttons = ttk.Frame(frame)
        buttons.pack(fill="x")
        self.confirm_button = ttk.Button(buttons, text=button, command=self.confirm)  # first for the Tab key
        ttk.Button(buttons, text="Cancel", command=self.leave).pack(side="right")
        self.confirm_button.pack(side="right", padx=em // 2)
        self.text.trace_add("write", lambda *_: self.check())
        for sequence in ("<Return>", "<KP_Enter>"):
            self.bind(sequence, self._return)
        self.bind("<Escape>", lambda event: self.leave())
        self.protocol("WM_DELETE_WINDOW", self.leave)

    def offer(self, choices: Sequence[str], chosen: int, side: Literal["top", "left"], about: str) -> None:
        """Put choices into the body, beside or below each other; ↑ and ↓ choose. ``about`` is a small line below."""
        self._count, em = len(choices), self.theme.em
        self.chosen.set(chosen)
        row = ttk.Frame(self.body)
        row.pack(anchor="w")
        for place, choice in enumerate(choices):
            one = ttk.Radiobutton(row, text=choice, value=place, variable=self.chosen, command=self.check)
            one.pack(side=side, anchor="w", padx=(0, em), pady=(0, em // 4))
        if about:
            ttk.Label(self.body, text=about, style="SmallDim.TLabel").pack(anchor="w")
        for sequence, step in (("<Up>", -1), ("<Down>", 1)):
            self.bind(sequence, lambda event, step=step: self.step(step))  # type: ignore[misc]

    def step(self, step: int) -> str:
        """Choose the next or previous one."""
        self.chosen.set((self.chosen.get() + step) % self._count)
        self.check()
        return "break"

    def problem(self) -> str:
        """Why the answer cannot be taken yet, "" when it can."""
        return ""

    def confirmed(self) -> None:
        """Do what was asked for; the window goes right after."""

    def appear(self, parent: tk.Misc) -> None:
        """Show the window over the one it belongs to."""
        self.check()
        over = parent.winfo_toplevel()
        self.update_idletasks()
        self.resizable(False, False)
        x = over.winfo_rootx() + (over.winfo_width() - self.winfo_reqwidth()) // 2
        y = over.winfo_rooty() + (over.winfo_height() - self.winfo_reqheight()) // 3
        self.geometry(f"+{max(0, x)}+{max(0, y)}")
        if over.winfo_viewable():
            self.transient(over)
        self.deiconify()
        self.entry.focus_set()

    def come_back(self) -> None:
        """Come to the front, for a person who asks for it again."""
        self.bell()
        self.lift()
        self.entry.focus_force()

    def leave(self) -> None:
        """Close, and give the keys back to what had them."""
        self.destroy()
        if self._asker is not None and self._asker.winfo_exists():
            self._asker.focus_force()  # the person is here: it was closed by key or click

    def check(self) -> None:
        """Let the answer be confirmed, or say what is missing."""
        problem = self.problem()
        self._hint.configure(text=problem)
        self.confirm_button.state(["disabled" if problem else "!disabled"])

    def confirm(self) -> None:
        """Close and do what was asked for, if the answer is complete."""
        if self.problem():
            self.bell()
            return
        self.withdraw()
        try:
            self.confirmed()
        finally:
            self.leave()

    @property
    def answer(self) -> str:
        """The text as it was typed, without the blanks around it."""
        return self.text.get().strip()

    def _return(self, event: tk.Event[tk.Misc]) -> str:
        """Return on a button presses that button."""
        if isinstance(event.widget, ttk.Button):
            event.widget.invoke()
        else:
            self.confirm()
        return "break"


def names_text(names: Sequence[str]) -> str:
    """The names of what a question is about; of many the first, and how many more."""
    unique = list(dict.fromkeys(names))
    if len(unique) <= MOST_NAMES:
        return ", ".join(unique)
    return f"{', '.join(unique[:MOST_NAMES])} and {len(unique) - MOST_NAMES} more"


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
