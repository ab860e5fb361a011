"""Colours and signs of the rows of a list."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Generic, Protocol, TypeVar

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.lists.cell_columns import C, Keyed
from eyegore.widgets.state_icon import SIZES, icons
from eyegore.widgets.theme import Theme


class RowSigns(Generic[C]):
    """The tags of ``tree``: each is a kind of row. Whoever inherits says which kinds there are."""

    def __init__(self, tree: ttk.Treeview, theme: Theme) -> None:
        self._tree = tree
        self._theme = theme
        self._icons: dict[Status | None, tk.PhotoImage] = {}

    def tag(self, cell: C) -> str:
        """The tag of the row of a cell; no blanks in it: Tk takes a list."""
        raise NotImplementedError

    def paint(self) -> None:
        """Take the colours and sizes of the theme there is now."""
        self._icons.clear()

    def icon(self, status: Status | None) -> tk.PhotoImage:
        """The sign of a status as high as a line; None gives an empty one."""
        if status not in self._icons:
            size = max(size for size in (*SIZES, min(SIZES)) if size <= max(self._theme.line, min(SIZES)))
            drawn = {image.width(): image for image in icons(self._tree, status)} if status else {}
            self._icons[status] = drawn.get(size) or tk.PhotoImage(master=self._tree, width=size, height=size)
        return self._icons[status]


class Judged(Keyed, Protocol):
    """A cell that has a status."""

    @property
    def status(self) -> Status:
        """What its row is coloured by."""
        ...


J = TypeVar("J", bound=Judged)
_LOUD = (Status.WARNING, Status.CRITICAL)


class StatusSigns(RowSigns[J]):
    """The sign of the status before each row; what fails is tinted, what is not needed any more is dim."""

    def __init__(self, tree: ttk.Treeview, theme: Theme) -> None:
        super().__init__(tree, theme)
        self._tags: dict[str, Status] = {}

    def tag(self, cell: J) -> str:
        """The tag of the row of a cell."""
        tag = cell.status.name
        if tag not in self._tags:
            self._tags[tag] = cell.status
            self._paint_tag(tag)
        return tag

    def paint(self) -> None:
        """Take the colours and sizes of the theme there is now."""
        super().paint()
        for tag in self._tags:
            self._paint_tag(tag)

    def _paint_tag(self, tag: str) -> None:
        status, theme = self._tags[tag], self._theme
        ground = theme.tint(status) if status in _LOUD else theme.colour("surface")
        ink = theme.colour("dim" if status is Status.OUT_OF_SERVICE else "text")
        self._tree.tag_configure(tag, background=ground, foreground=ink, image=self.icon(status))
