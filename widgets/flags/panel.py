"""The OOL flags: one for each parameter, in the order of the file, with the summary above."""

from __future__ import annotations

import tkinter as tk
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from tkinter import ttk

from eyegore.widgets import keys
from eyegore.widgets.cells.flags import FlagCell, Status
from eyegore.widgets.flags.board import FlagBoard
from eyegore.widgets.lists.scrolled import ShyBar
from eyegore.widgets.signs import SignedLine
from eyegore.widgets.theme import Theme
from eyegore.widgets.tooltip import Tooltip

Act = Callable[[str], object]


def _nothing(*names: str) -> None:
    """What an action does when nobody listens."""


@dataclass(frozen=True)
class FlagActions:
    """What a person does to flags; those of one flag get the name of the parameter."""

    lower: Act = _nothing
    mute: Act = _nothing
    plot: Act = _nothing
    reset_all: Callable[[], object] = _nothing
    help: Callable[[], object] = _nothing


class FlagPanel(ttk.Frame):
    """The pane "OOL flags". Left click lowers or acknowledges, middle click shelves or takes back, right click plots.

    ``tools`` is where the summary and the buttons go (the header of a pane); without it they get a line of their own.
    """

    def __init__(
        self, parent: tk.Misc, theme: Theme, actions: FlagActions | None = None, tools: tk.Misc | None = None
    ) -> None:
        super().__init__(parent)
        actions = actions or FlagActions()
        line = ttk.Frame(self if tools is None else tools)
        line.pack(fill="x", expand=tools is not None)
        for text, act in (("?", actions.help), ("Reset all", actions.reset_all)):
            ttk.Button(line, text=text, style="Quiet.TButton", command=act, takefocus=False).pack(side="right")
        self._summary = SignedLine(line, theme)
        self._summary.pack(side="left", padx=(theme.em // 2, 0))
        body = ttk.Frame(self)
        body.pack(fill="both", expand=True)
        body.rowconfigure(0, weight=1)
        body.columnconfigure(0, weight=1)
        self.board = FlagBoard(body, theme)
        bar = ShyBar(body, orient="vertical", command=self.board.yview)
        bar.grid(row=0, column=1, sticky="ns")
        self.board.configure(yscrollcommand=bar.set)
        self.board.grid(row=0, column=0, sticky="nsew")
        self._tip = Tooltip(self.board, theme, self.board.at, self._tip_text)
        self._bind_clicks(actions)
        self._bind_keys(actions)

    def show(self, cells: Iterable[FlagCell]) -> None:
        """Show these flags, in this order; one that looks as before makes no Tk call."""
        self.board.show(cells)
        self._summary.tell(*summary_of(self.board.cells))

    def _bind_clicks(self, actions: FlagActions) -> None:
        board = self.board
        board.bind("<Button-1>", lambda event: self._clicked(event, actions.lower))
        board.bind("<Button-2>", lambda event: self._clicked(event, actions.mute))
        board.bind("<Button-3>", lambda event: self._clicked(event, actions.plot))

    def _bind_keys(self, actions: FlagActions) -> None:
        board = self.board
        for sequence, across, down in (("<Left>", -1, 0), ("<Right>", 1, 0), ("<Up>", 0, -1), ("<Down>", 0, 1)):
            board.bind(sequence, lambda event, across=across, down=down: board.move(across, down))  # type: ignore[misc]
        keys.bind(board, "acknowledge", lambda: self._chosen(actions.lower))
        keys.bind(board, "mute", lambda: self._chosen(actions.mute))
        keys.bind(board, "plot", lambda: self._chosen(actions.plot))
        keys.bind(board, "next raised", board.next_raised)
        keys.bind(board, "group", lambda: board.group(not board.grouped))
        keys.bind(board, "reset all", actions.reset_all)

    def _clicked(self, event: tk.Event[tk.Misc], act: Act) -> None:
        self._tip.hide()
        self.board.focus_set()
        at = self.board.at(event.x, event.y)
        if at is not None:
            self.board.choose(at)
            act(self.board.cells[at].name)

    def _chosen(self, act: Act) -> None:
        if self.board.chosen is not None:
            act(self.board.cells[self.board.chosen].name)

    def _tip_text(self, at: int) -> str:
        return tip_text(self.board.cells[at]) if at < len(self.board.cells) else ""


def summary_of(cells: Iterable[FlagCell]) -> tuple[str, Status | None]:
    """The line above the flags, and the status it is coloured by (None: nothing to worry about)."""
    cells = list(cells)
    count = Counter(cell.status for cell in cells)
    latched = sum(cell.latched for cell in cells)
    parts = [f"{count[Status.CRITICAL]} CRITICAL", f"{count[Status.WARNING]} WARNING"]
    parts += [f"{count[status]} {status.value}" for status in (Status.INVALID, Status.STALE) if count[status]]
    parts += [f"{latched} back to normal"] if latched else []
    quiet = (Status.MUTED, Status.OUT_OF_SERVICE)
    parts += [f"{count[status]} {status.value}" for status in quiet if count[status]]
    worst = (Status.CRITICAL, Status.WARNING, Status.INVALID, Status.STALE)
    return " · ".join(parts), next((status for status in worst if count[status]), None)


def tip_text(cell: FlagCell) -> str:
    """What is known of one flag, a line each."""
    word = "back to normal, not lowered yet" if cell.latched else cell.status.value
    if cell.status is Status.MUTED and cell.live is not None:
        word = f"shelved, {cell.live.value} now"
    lines = [f"{cell.name}: {cell.text or word}"]
    for label, text in (("value", cell.value), ("limit", cell.limit), ("since", cell.since), ("worst", cell.worst)):
        if text:
            lines.append(f"{label} {text}")
    if cell.blink:
        lines.append(f"what to do: {keys.accelerator('alarm list')}")
    return "\n".join(lines)
