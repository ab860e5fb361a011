"""What a person does with rows of the lists of copies, by key, mouse and menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from tkinter import ttk

from eyegore.widgets import keys
from eyegore.widgets.lists.list_menu import ListMenu


class CopyMenu(ListMenu):
    """Keys and menu of ``tree``; ``text`` gives the selected rows as text; ``look`` looks at all copies now."""

    def __init__(
        self,
        tree: ttk.Treeview,
        names: Sequence[str],
        text: Callable[[], str],
        sort: Callable[[str], object],
        look: Callable[[], object],
    ) -> None:
        super().__init__(tree, names, sort, "file menu")
        self._text, self._look = text, look
        keys.bind(tree, "copy text", self.copy)
        keys.bind(tree, "select all files", self.select_all)

    def add_actions(self) -> None:
        """Offer what can be done."""
        self.add_action("look at copies", self._look)
        self.add_action("copy text", self.copy, bool(self._text()))
        self.add_action("select all files", self.select_all)

    def copy(self) -> None:
        """Copy the selected rows as text."""
        self.copy_text(self._text())
