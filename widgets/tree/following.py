"""The newest row kept in sight, until a person scrolls it away."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
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
