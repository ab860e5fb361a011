"""The OOL flags: one for each parameter, in the order of the file, with the summary above."""

from __future__ import annotations

import tkinter as tk
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tkinter import ttk

from eyegore.widgets import keys
from eyegore.widgets.cells import FlagCell, Status
from eyegore.widgets.flag_board import FlagBoard
from eyegore.widgets.theme import Theme
from eyegore.widgets.tooltip import Tooltip


def _nothing(*names: str) -> None:
    """What an action does when nobody listens."""


@dataclass(frozen=True)
class FlagActions:
    """What a person does to flags; the callables get the name of the parameter."""

    lower: Callable[[str], object] = _nothing
    mute: Callable[[str], object] = _nothing
    plot: Callable[[str], object] = _nothing
    reset_all: Callable[[], object] = _nothing
    help: Callable[[], object] = _nothing


class FlagPanel(ttk.Frame):
    """The pane "OOL flags". Left click lowers or acknowledges, middle click mutes or unmutes, right click plots."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: FlagActions | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._actions = actions or FlagActions()
        header = ttk.Frame(self, padding=(theme.em // 2, 1))
        header.pack(fill="x")
        ttk.Label(header, text="OOL flags", style="Bold.TLabel").pack(side="left")
        for text, act in (("?", "help"), ("Reset all", "reset_all")):
            ttk.Button(
                header,
                text=text,
                style="Quiet.TButton",
                command=lambda act=act: getattr(self._actions, act)(),  # type: ignore[misc]
                takefocus=False,
            ).pack(side="right")
        self._sign = ttk.Label(header)
        self._sign.pack(side="left", padx=(theme.em, 4))
        self._summary = ttk.Label(header)
        self._summary.pack(side="left")
        self.board = FlagBoard(self, theme)
        self.board.pack(fill="both", expand=True)
        self._tip = Tooltip(self.board, theme)
        self._under: int | None = None
        self._said: object = None
        self._bind_hands()

    def show(self, cells: Sequence[FlagCell]) -> None:
        """Show these flags; one that looks as before costs nothing."""
        self.board.show(cells)
        summary, status = summary_of(cells)
        if self._said != (summary, status):
            self._said = summary, status
            self._summary.configure(text=summary, style="Bold.TLabel" if status else "Dim.TLabel")
            glyph, colour = (self.theme.glyph(status), self.theme.colour(status)) if status else ("", "")
            self._sign.configure(text=glyph, foreground=colour)

    @property
    def summary(self) -> str:
        """The line above the flags."""
        return str(self._summary.cget("text"))

    def _bind_hands(self) -> None:
        board = self.board
        board.bind("<Button-1>", lambda event: self._clicked(event, self._actions.lower))
        board.bind("<Button-2>", lambda event: self._clicked(event, self._actions.mute))
        board.bind("<Button-3>", lambda event: self._clicked(event, self._actions.plot))
        board.bind("<Motion>", self._hover)
        board.bind("<Leave>", lambda event: self._unhover())
        for sequence, across, down in (("<Left>", -1, 0), ("<Right>", 1, 0), ("<Up>", 0, -1), ("<Down>", 0, 1)):
            board.bind(sequence, lambda event, across=across, down=down: board.move(across, down))  # type: ignore[misc]
        keys.bind(board, "acknowledge", lambda: self._focused(self._actions.lower))
        keys.bind(board, "mute", lambda: self._focused(self._actions.mute))
        keys.bind(board, "plot", lambda: self._focused(self._actions.plot))
        keys.bind(board, "next raised", board.next_raised)
        keys.bind(board, "reset all", lambda: self._actions.reset_all())

    def _clicked(self, event: tk.Event[tk.Misc], act: Callable[[str], object]) -> None:
        self._tip.hide()
        self.board.focus_set()
        at = self.board.at(event.x, event.y)
        if at is not None:
            self.board.choose(at)
            act(self.board.cells[at].name)

    def _focused(self, act: Callable[[str], object]) -> None:
        if self.board.chosen is not None:
            act(self.board.cells[self.board.chosen].name)

    def _hover(self, event: tk.Event[tk.Misc]) -> None:
        at = self.board.at(event.x, event.y)
        if at == self._under:
            return
        self._unhover()
        self._under = at
        if at is not None:
            self._tip.soon(lambda: self._tip_text(at), event.x_root, event.y_root)

    def _unhover(self) -> None:
        self._under = None
        self._tip.hide()

    def _tip_text(self, at: int) -> str:
        return tip_text(self.board.cells[at]) if at < len(self.board.cells) else ""


def summary_of(cells: Sequence[FlagCell]) -> tuple[str, Status | None]:
    """The line above the flags, and the status it is coloured by (None: nothing to worry about)."""
    count = Counter(cell.status for cell in cells)
    latched = sum(cell.latched for cell in cells)
    parts = [f"{count[Status.CRITICAL]} CRITICAL", f"{count[Status.WARNING]} WARNING"]
    parts += [f"{count[status]} {status.value}" for status in (Status.INVALID, Status.STALE) if count[status]]
    parts += [f"{latched} back in limits"] if latched else []
    parts += [f"{count[Status.MUTED]} muted"] if count[Status.MUTED] else []
    worst = (Status.CRITICAL, Status.WARNING, Status.INVALID, Status.STALE)
    return " · ".join(parts), next((status for status in worst if count[status]), None)


def tip_text(cell: FlagCell) -> str:
    """What is known of one flag, a line each."""
    word = "back in limits, not lowered yet" if cell.latched else cell.status.value
    if cell.status is Status.MUTED and cell.live is not None:
        word = f"muted, {cell.live.value} now"
    lines = [f"{cell.name}: {cell.text or word}"]
    for label, text in (("value", cell.value), ("limit", cell.limit), ("since", cell.since), ("worst", cell.worst)):
        if text:
            lines.append(f"{label} {text}")
    return "\n".join(lines)
