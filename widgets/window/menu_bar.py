"""The menu bar, made from a table."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eyegore.widgets import keys

SEPARATOR = "-"
"""Label of an entry that is a line."""


@dataclass(frozen=True)
class MenuEntry:
    """One line of a menu. An action that has a variable among the marks is shown with a check mark."""

    menu: str
    label: str
    action: str = ""
    accelerator: str = ""


def entries_from_keys() -> tuple[MenuEntry, ...]:
    """The entries of the table of keys."""
    return tuple(
        MenuEntry(one.menu, one.label, one.action, keys.accelerator(one.action)) for one in keys.BINDINGS if one.menu
    )


class MenuBar(tk.Menu):
    """Menus in the order of ``menus``, then of the table; an action nobody gave is left out."""

    def __init__(
        self,
        window: tk.Tk | tk.Toplevel,
        entries: Sequence[MenuEntry],
        actions: Mapping[str, Callable[[], object]],
        marks: Mapping[str, tk.BooleanVar],
        menus: Sequence[str] = (),
    ) -> None:
        super().__init__(window, tearoff=False)
        self.menus: dict[str, tk.Menu] = {}
        wanted = [one for one in entries if one.label == SEPARATOR or one.action in actions]
        for name in dict.fromkeys([*menus, *(one.menu for one in wanted)]):
            rows = [one for one in wanted if one.menu == name]
            menu = self.menus[name] = tk.Menu(self, tearoff=False)
            for one in rows:
                self._add(menu, one, actions, marks)
            if rows:
                self.add_cascade(label=name, menu=menu, underline=0)

    def _add(
        self,
        menu: tk.Menu,
        one: MenuEntry,
        actions: Mapping[str, Callable[[], object]],
        marks: Mapping[str, tk.BooleanVar],
    ) -> None:
        if one.label == SEPARATOR:
            menu.add_separator()
            return
        act = actions[one.action]
        if one.action in marks:

            def toggled(mark: tk.BooleanVar = marks[one.action]) -> None:
                mark.set(not mark.get())  # the action itself says how it went
                act()

            menu.add_checkbutton(
                label=one.label, accelerator=one.accelerator, variable=marks[one.action], command=toggled
            )
        else:
            menu.add_command(label=one.label, accelerator=one.accelerator, command=act)
