"""The menu of the rows of a list, by mouse and key."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from tkinter import ttk
from types import MappingProxyType

from eyegore.widgets import keys


class ListMenu(tk.Menu):
    """Menu of ``tree``, opened by the right button and the keys of ``opened_by``; ``sort`` gets the name of a column.

    Whoever inherits puts what can be done to rows into it with :meth:`add_actions`.
    """

    def __init__(self, tree: ttk.Treeview, names: Sequence[str], sort: Callable[[str], object], opened_by: str) -> None:
        super().__init__(tree, tearoff=False)
        self._tree = tree
        self._at = "", ""
        self._orders = tk.Menu(self, tearoff=False)
        self._orders.add_command(label="usual order", command=partial(sort, ""))
        for name in names:
            self._orders.add_command(label=name, command=partial(sort, name))
        keys.bind(tree, opened_by, self._menu_key)
        tree.bind("<Button-3>", self._right_click)

    def add_actions(self) -> None:
        """Add what can be done to the rows selected now."""
        raise NotImplementedError

    def add_orders(self) -> None:
        """Add the orders in which the rows can be brought."""
        self.add_cascade(label="Sort by", menu=self._orders)

    def add_action(self, action: str, act: Callable[[], object], possible: bool = True, label: str = "") -> None:
        """Add an action of the key table, under its own name or another."""
        self.add_command(
            label=label or keys.binding(action).label,
            accelerator=keys.accelerator(action),
            command=act,
            state="normal" if possible else "disabled",
        )

    def select_all(self) -> None:
        """Select all rows that are shown."""
        self._tree.selection_set(self._tree.get_children())

    def copy_text(self, text: str) -> None:
        """Give a text to the clipboard; nothing is not copied."""
        if text:
            self.clipboard_clear()
            self.clipboard_append(text)

    def _right_click(self, event: tk.Event[tk.Misc]) -> None:
        key = self._tree.identify_row(event.y)
        self._tree.focus_set()
        if key and key not in self._tree.selection():
            self._tree.selection_set(key)
            self._tree.focus(key)
        place = self._tree.identify_column(event.x)  # "" beside the columns
        self._post(event.x_root, event.y_root, key, str(self._tree.column(place, "id")) if place else "")

    def _menu_key(self, column: str = "") -> None:
        focus = self._tree.focus()
        box = self._tree.bbox(focus) if focus else ""
        x, y = (box[0], box[1] + box[3]) if box else (0, 0)
        self._post(self._tree.winfo_rootx() + x, self._tree.winfo_rooty() + y, focus, column)

    def _post(self, x: int, y: int, key: str, column: str) -> None:
        """Show the menu for the selected rows, and for the cell of one row in one column ("" for none)."""
        self._at = key, column
        self.delete(0, "end")
        self.add_actions()
        self.add_separator()
        self.add_orders()
        self.tk_popup(x, y)


class TextMenu(ListMenu):
    """Copies the rows selected: ``copy`` and ``select_all`` are the actions of the key table, ``text`` gives the words.

    ``also`` are actions that stand before them and have no key in the list.
    """

    def __init__(
        self,
        tree: ttk.Treeview,
        names: Sequence[str],
        sort: Callable[[str], object],
        opened_by: str,
        text: Callable[[], str],
        copy: str,
        select_all: str,
        also: Mapping[str, Callable[[], object]] = MappingProxyType({}),
    ) -> None:
        super().__init__(tree, names, sort, opened_by)
        self._text, self._also, self._names = text, also, (copy, select_all)
        keys.bind(tree, copy, self.copy)
        keys.bind(tree, select_all, self.select_all)

    def add_actions(self) -> None:
        """Offer what can be done."""
        copy, select_all = self._names
        for action, act in self._also.items():
            self.add_action(action, act)
        self.add_action(copy, self.copy, bool(self._text()))
        self.add_action(select_all, self.select_all)

    def copy(self) -> None:
        """Copy the selected rows as text."""
        self.copy_text(self._text())
