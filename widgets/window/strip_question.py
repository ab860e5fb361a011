"""A question that waits below the health strip, and holds nothing up."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.theme import Theme


class StripQuestion(tk.Frame):
    """Not seen until something is asked. C, or the left button, says yes; Escape, K or the right one takes it back.

    The keyboard is at the right button, so that a careless Return changes nothing.
    """

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._yes: Callable[[], object] = lambda: None
        self._asker: tk.Misc | None = None
        em = theme.em
        self._sign = tk.Label(self, text=theme.glyph(Status.WARNING))
        self._sign.pack(side="left", padx=(em // 2, em // 3))
        self._text = tk.Label(self, font=theme.bold)
        self._text.pack(side="left", pady=em // 3)
        self.no_button = ttk.Button(self, command=self.take_back)
        self.yes_button = ttk.Button(self, command=self.confirm)
        self.no_button.pack(side="right", padx=(em // 3, em // 2))
        self.yes_button.pack(side="right")
        for button in (self.yes_button, self.no_button):
            for sequence in ("<Return>", "<KP_Enter>"):
                button.bind(sequence, self._pressed)
            for sequence in ("<c>", "<C>"):
                button.bind(sequence, lambda event: self._answered(self.confirm))
            for sequence in ("<k>", "<K>", "<Escape>"):
                button.bind(sequence, lambda event: self._answered(self.take_back))
        self.bind("<<ThemeChanged>>", lambda event: self._paint())
        self._paint()

    def ask(self, text: str, yes: str, no: str, act: Callable[[], object]) -> None:
        """Ask whether to ``act``; asked again while it waits for its answer, the question comes to the front."""
        window = self.winfo_toplevel()
        if not self.asking:
            self._asker = self.focus_get()
            self.pack(side="bottom", fill="x")
        self._text.configure(text=text)
        self._yes = act
        self.yes_button.configure(text=f"{yes} (C)")
        self.no_button.configure(text=f"{no} (Esc)")
        if window.state() == "iconic":
            window.deiconify()
        window.lift()
        if self.tk.call("focus"):  # Eyegore has the keyboard: a person is here
            self.no_button.focus_force()
        else:
            self.no_button.focus_set()

    @property
    def asking(self) -> bool:
        """Whether a question waits for its answer."""
        return bool(self.winfo_manager())

    @property
    def said(self) -> str:
        """What is asked, "" for nothing."""
        return str(self._text["text"]) if self.asking else ""

    def confirm(self) -> None:
        """Do what was asked about."""
        self.pack_forget()
        self._yes()

    def take_back(self) -> None:
        """Do nothing, and give the keys back to what had them."""
        self.pack_forget()
        if self._asker is not None and self._asker.winfo_exists():
            self._asker.focus_set()

    def _answered(self, answer: Callable[[], object]) -> str:
        answer()
        return "break"

    def _pressed(self, event: tk.Event[tk.Misc]) -> str:
        """Return presses the button that the keyboard is at."""
        return self._answered(self.confirm if event.widget is self.yes_button else self.take_back)

    def _paint(self) -> None:
        ground = self._theme.tint(Status.WARNING, "background", 0.5)
        for one in (self, self._sign, self._text):
            one.configure(background=ground)
        for label in (self._sign, self._text):
            label.configure(foreground=self._theme.colour("text"))
