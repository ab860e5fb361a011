"""Colours between two others."""

from __future__ import annotations

import tkinter as tk


def blend(widget: tk.Misc, ground: str, colour: str, share: float) -> str:
    """``share`` (0 to 1) of ``colour`` on ``ground``, as ``#rrggbb``."""
    pairs = zip(widget.winfo_rgb(ground), widget.winfo_rgb(colour), strict=True)
    return "#" + "".join(f"{round(((1 - share) * low + share * high) / 257):02x}" for low, high in pairs)
