"""A table with its scroll bars."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

import pytest

from eyegore.widgets.lists.scrolled import ScrolledTree
from eyegore.widgets.theme import Theme


def bars(tree: ScrolledTree) -> dict[str, bool]:
    """Which scroll bars there are on the screen."""
    found = [child for child in tree.master.winfo_children() if isinstance(child, ttk.Scrollbar)]
    return {str(bar["orient"]): bool(bar.winfo_viewable()) for bar in found}


@pytest.mark.parametrize(("width", "needed"), [(100, False), (900, True)])
def test_the_bar_below_is_there_while_it_is_needed(root: tk.Tk, theme: Theme, width: int, needed: bool) -> None:
    root.geometry("300x200+0+0")
    tree = ScrolledTree(root, "Rows.Treeview", "headings", ["A"])
    tree.column("A", width=width, minwidth=width, stretch=False)
    root.update()
    assert bars(tree) == {"vertical": True, "horizontal": needed}
    tree.column("A", width=1000 - width, minwidth=1000 - width)
    root.update()
    assert bars(tree) == {"vertical": True, "horizontal": not needed}


def test_the_bar_at_the_side_scrolls_and_tells_of_it(root: tk.Tk, theme: Theme) -> None:
    root.geometry("300x200+0+0")
    tree = ScrolledTree(root, "Rows.Treeview", "headings", ["A"])
    for row in range(100):
        tree.insert("", "end", values=(row,))
    root.update()
    told: list[float] = []
    tree.bind("<<ScrolledByHand>>", lambda event: told.append(tree.yview()[0]))
    bars = [child for child in tree.master.winfo_children() if isinstance(child, ttk.Scrollbar)]
    (bar,) = (bar for bar in bars if str(bar["orient"]) == "vertical")
    bar.tk.call(bar["command"], "scroll", "1", "pages")
    assert told == [tree.yview()[0]] != [0.0]


def test_cells_and_headings_have_the_same_space(root: tk.Tk, theme: Theme) -> None:
    tree = ScrolledTree(root, "Spaced.Treeview", "headings", ["A"])
    tree.space(theme, 7)
    style = ttk.Style(root)
    paddings = [root.tk.splitlist(style.lookup(f"Spaced.Treeview.{part}", "padding")) for part in ("Cell", "Heading")]
    cell, heading = ([int(one) for one in padding] for padding in paddings)
    assert (cell[0], heading[0], heading[2]) == (7, 11, 7)
