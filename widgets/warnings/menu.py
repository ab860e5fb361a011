"""What a person does with warnings of the list, by key, mouse and menu."""

from __future__ import annotations

from collections.abc import Callable
from tkinter import ttk

from eyegore.widgets import keys
from eyegore.widgets.cells.warnings import WarningCell
from eyegore.widgets.lists.list_menu import ListMenu
from eyegore.widgets.warnings.columns import NAMES, copy_of


class WarningMenu(ListMenu):
    """Keys and menu of ``tree``; ``selected`` gives the warnings meant, ``sort`` gets the name of a column."""

    def __init__(
        self,
        tree: ttk.Treeview,
        selected: Callable[[], list[WarningCell]],
        sort: Callable[[str], object],
    ) -> None:
        super().__init__(tree, NAMES, sort, "warning menu")
        self._selected = selected
        keys.bind(tree, "copy warnings", self.copy)
        keys.bind(tree, "select all warnings", self.select_all)

    def add_actions(self) -> None:
        """Offer what can be done."""
        self.add_action("copy warnings", self.copy, bool(self._selected()))
        self.add_action("select all warnings", self.select_all)

    def copy(self) -> None:
        """Copy the selected warnings whole."""
        self.copy_text(copy_of(self._selected()))
