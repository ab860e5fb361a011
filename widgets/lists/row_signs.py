"""Colours and signs of the rows of a list."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Mapping
from tkinter import ttk
from typing import Any, Generic, Protocol, TypeVar

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import RowCell
from eyegore.widgets.lists.columns import C, Keyed
from eyegore.widgets.signs import SIZES, icons
from eyegore.widgets.theme import Theme


class RowSigns(Generic[C]):
    """The tags of ``tree``: each is a kind of row. Whoever inherits says which kinds there are and how they look."""

    def __init__(self, tree: ttk.Treeview, theme: Theme) -> None:
        self._tree = tree
        self._theme = theme
        self._icons: dict[Status | None, tk.PhotoImage] = {}
        self._kinds: dict[str, C] = {}

    def kind(self, cell: C) -> str:
        """The name of the kind of row of a cell; no blanks in it: Tk takes a list."""
        raise NotImplementedError

    def look(self, cell: C) -> Mapping[str, Any]:
        """The colours and the image of a cell's kind of row."""
        raise NotImplementedError

    def tag(self, cell: C) -> str:
        """The tag of the row of a cell."""
        kind = self.kind(cell)
        if kind not in self._kinds:
            self._kinds[kind] = cell
            self._tree.tag_configure(kind, **self.look(cell))
        return kind

    def paint(self) -> None:
        """Take the colours and sizes of the theme there is now."""
        self._icons.clear()
        for kind, cell in self._kinds.items():
            self._tree.tag_configure(kind, **self.look(cell))

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

    def kind(self, cell: J) -> str:
        """Rows of one status are alike."""
        return cell.status.name

    def look(self, cell: J) -> Mapping[str, Any]:
        """Colours and sign of a status."""
        status, theme = cell.status, self._theme
        ground = theme.tint(status) if status in _LOUD else theme.colour("surface")
        ink = theme.colour("dim" if status is Status.OUT_OF_SERVICE else "text")
        return {"background": ground, "foreground": ink, "image": self.icon(status)}


class Stripes(RowSigns[RowCell]):
    """The grounds of the rows: those of one group are alike, neighbouring groups differ, a status tints."""

    def __init__(self, tree: ttk.Treeview, theme: Theme) -> None:
        super().__init__(tree, theme)
        self.groups: dict[str, int] = {}

    def kind(self, cell: RowCell) -> str:
        """Rows of one tint and stripe are alike."""
        return f"{cell.tint}/{self.groups.setdefault(cell.group, len(self.groups) % 2)}"

    def look(self, cell: RowCell) -> Mapping[str, Any]:
        """The ground of a row."""
        ground = ("surface", "stripe")[self.groups[cell.group]]
        return {"background": self._theme.tint(Status(cell.tint), ground) if cell.tint else self._theme.colour(ground)}

    def forget(self) -> None:
        """There are no rows any more."""
        self.groups.clear()
        self._kinds.clear()
