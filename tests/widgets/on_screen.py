"""What stands on the screen, found as a screen reader finds it: in the widgets, not in what a view keeps for itself."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from tkinter import ttk

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.signs import icons


def widgets(widget: tk.Misc) -> Iterator[tk.Widget]:
    """All widgets inside one that have a place there, from the outside to the inside."""
    for child in widget.winfo_children():
        if isinstance(child, tk.Widget) and child.winfo_manager() not in ("", "wm"):
            yield child
            yield from widgets(child)


def texts(widget: tk.Misc) -> list[str]:
    """What the labels and buttons inside a widget say."""
    spoken = (tk.Label, ttk.Label, tk.Button, ttk.Button)
    return [text for one in widgets(widget) if isinstance(one, spoken) and (text := str(one["text"]))]


def tip(widget: tk.Misc) -> str:
    """What the tips that are shown over a widget and those inside it say."""
    tips = [one for one in (widget, *widgets(widget)) for one in one.winfo_children() if isinstance(one, tk.Toplevel)]
    return "\n".join(text for one in tips if one.winfo_viewable() for text in texts(one))


def button(widget: tk.Misc, text: str) -> ttk.Button | None:
    """The button inside a widget that says this, None when there is none to be seen."""
    found = (one for one in widgets(widget) if isinstance(one, ttk.Button) and one["text"] == text)
    return next(found, None)


def entry(widget: tk.Misc) -> ttk.Entry:
    """The only field inside a widget in which a person can type."""
    (found,) = (one for one in widgets(widget) if type(one) is ttk.Entry)
    return found


def drag_edge(tree: ttk.Treeview, row: str, column: str, by: int) -> None:
    """Drag the right edge of a column's heading [pixel]; ``row`` is one that can be seen."""
    box = tree.bbox(row, column)
    assert not isinstance(box, str)
    edge = box[0] + box[2] - 1
    tree.event_generate("<ButtonPress-1>", x=edge, y=8)
    tree.event_generate("<B1-Motion>", x=edge + by, y=8)
    tree.event_generate("<ButtonRelease-1>", x=edge + by, y=8)


def items(canvas: tk.Canvas, tag: str) -> list[int]:
    """The items of a canvas with a tag that can be seen: not hidden, not put away beside it, no empty text."""
    found = [item for item in canvas.find_withtag(tag) if canvas.itemcget(item, "state") != "hidden"]
    found = [item for item in found if min(max(canvas.coords(item)[axis::2], default=-1.0) for axis in (0, 1)) >= 0]
    return [item for item in found if canvas.type(item) != "text" or canvas.itemcget(item, "text")]


def told(canvas: tk.Canvas, tag: str) -> str:
    """The texts of the items with a tag, a line each."""
    return "\n".join(str(canvas.itemcget(item, "text")) for item in items(canvas, tag))


def waiting(widget: tk.Misc) -> bool:
    """Whether something is still to be done later, as blinking is."""
    return bool(widget.tk.splitlist(widget.tk.call("after", "info")))


def has_sign(tree: ttk.Treeview, key: str, status: Status) -> bool:
    """Whether the row of a list begins with the sign of a status."""
    (tag,) = tree.item(key, "tags")
    (name,) = tree.tk.splitlist(tree.tk.call(str(tree), "tag", "configure", tag, "-image"))
    return _pixels(tree, name) in [_pixels(tree, str(icon)) for icon in icons(tree, status)]


def _pixels(tree: ttk.Treeview, image: str) -> str:
    return str(tree.tk.call(image, "data"))
