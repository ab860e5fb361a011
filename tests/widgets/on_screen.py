"""What stands on the screen, found as a screen reader finds it: in the widgets, not in what a view keeps for itself."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from tkinter import ttk


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


def entry(widget: tk.Misc) -> ttk.Entry:
    """The only field inside a widget in which a person can type."""
    (found,) = (one for one in widgets(widget) if type(one) is ttk.Entry)
    return found


def visible(canvas: tk.Canvas, kind: str) -> list[int]:
    """The items of one kind ("text", "line" …) of a canvas that are not hidden and not empty, from below to above."""
    items = [item for item in canvas.find_all() if canvas.type(item) == kind and canvas.coords(item)]
    items = [item for item in items if canvas.itemcget(item, "state") != "hidden"]
    return [item for item in items if kind != "text" or canvas.itemcget(item, "text")]


def canvas_texts(canvas: tk.Canvas) -> list[str]:
    """The texts of a canvas."""
    return [str(canvas.itemcget(item, "text")) for item in visible(canvas, "text")]
