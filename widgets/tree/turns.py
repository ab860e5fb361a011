"""What the exposure log does when Tk has had its turn: following the newest row, changing cells a slice at a time."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Iterable, Mapping
from tkinter import ttk

from eyegore.widgets.calls import Later


class Following:
    """Follows the ``newest`` row of ``tree`` while ``on`` is set; ``unseen`` rows came while it was not.

    ``changed`` is called when following has begun or ended.
    """

    def __init__(self, tree: ttk.Treeview, later: Later, changed: Callable[[], object]) -> None:
        self._tree, self._later, self._changed = tree, later, changed
        self.on = tk.BooleanVar(tree, True)
        self.newest, self.unseen = "", 0
        for sequence in ("<Button-4>", "<MouseWheel>", "<Prior>", "<Up>", "<<ScrolledByHand>>"):
            tree.bind(sequence, lambda event: self.look_away(), add=True)
        tree.bind("<Configure>", lambda event: self.soon())

    def came(self, key: str) -> None:
        """Note the row that is the newest now."""
        self.newest = key
        self.unseen += not self.on.get()

    def forget(self) -> None:
        """There is no row any more."""
        self.newest, self.unseen = "", 0

    def toggle(self) -> None:
        """Follow new rows, or pause."""
        self.on.set(not self.on.get())
        self.begin()

    def begin(self) -> None:
        """What came until now counts as seen."""
        self.unseen = 0
        self._changed()
        self.soon()

    def soon(self) -> None:
        """Bring the newest row into sight when Tk has had its turn."""
        if self.on.get() and self.newest:
            self._later.when_idle("follow", self._follow)

    def _follow(self) -> None:
        if self.on.get() and self.newest:
            self._tree.see(self.newest)

    def look_away(self) -> None:
        """Stop following if a person has scrolled the newest row out of sight."""
        self._later.when_idle("away", self._pause_if_away)

    def _pause_if_away(self) -> None:
        self._tree.yview()  # brings what Tk knows about the place of rows up to date
        if self.on.get() and self.newest and not self._tree.bbox(self.newest):
            self.on.set(False)
            self.begin()


SLICE_S = 0.012
"""Time of one slice of filling or changing a table [s]: far below what a person feels."""
PAUSE_MS = 4
"""Time between slices, in which the window redraws and answers [ms]."""

TextsOf = Callable[[str], Mapping[str, str]]
"""From the key of a row to texts by column."""


class RowChanges:
    """``change`` is called with a row and its texts by column, of the later rows when Tk has had its turn.

    ``finish`` is called after each slice.
    """

    def __init__(
        self, later: Later, change: Callable[[str, Mapping[str, str]], object], finish: Callable[[], object]
    ) -> None:
        self._later, self._change, self._finish = later, change, finish
        self._waiting: dict[str, TextsOf] = {}

    def add(self, rows: Iterable[str], texts_of: TextsOf) -> None:
        """Let these rows have the texts that they have when it is their turn."""
        turn_comes = bool(self._waiting)
        self._waiting.update(dict.fromkeys(rows, texts_of))
        if not turn_comes:
            self._some()

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()

    def _some(self) -> None:
        end = time.monotonic() + SLICE_S
        while self._waiting and time.monotonic() < end:
            key, texts_of = self._waiting.popitem()  # the newest first: they are looked at
            self._change(key, texts_of(key))
        self._finish()
        if self._waiting:
            self._later.after("changes", PAUSE_MS, self._some)
