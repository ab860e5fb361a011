"""Signs of a status: window icons that carry it by colour and shape, and a line that sums up what stands below."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Iterator
from tkinter import ttk

from eyegore.widgets.cells.flags import LOOKS, Status
from eyegore.widgets.theme import Theme

SIZES = (64, 32, 16)


def icons(root: tk.Misc, status: Status) -> list[tk.PhotoImage]:
    """Icons of a status, largest first; the caller keeps them as long as they are shown."""
    return [_icon(root, status, size) for size in SIZES]


def _icon(root: tk.Misc, status: Status, size: int) -> tk.PhotoImage:
    image = tk.PhotoImage(master=root, width=size, height=size)
    colour = LOOKS[status].colour
    for y in range(size):
        for first, last in _runs([_inside(status, x, y, size) for x in range(size)]):
            image.put(colour, to=(first, y, last, y + 1))
    return image


def _inside(status: Status, x: int, y: int, size: int) -> bool:
    """Whether a pixel belongs to the shape; coordinates run from -1 to 1 within the icon."""
    across, down = ((2 * place + 1) / size - 1 for place in (x, y))
    radius = math.hypot(across, down)
    if status is Status.CRITICAL:
        return abs(across) + abs(down) <= 1
    if status is Status.WARNING:
        return -0.9 <= down <= 0.8 and abs(across) <= (down + 0.9) / 1.8
    if status is Status.IN_LIMITS:
        return max(abs(across), abs(down)) <= 0.75
    if status is Status.INVALID:
        return max(abs(across), abs(down)) <= 0.85 and abs(abs(across) - abs(down)) <= 0.35
    if status is Status.STALE:  # a clock: a disc with a quarter cut out
        return radius <= 0.9 and not (across > 0 > down)
    if status is Status.OUT_OF_SERVICE:
        return radius <= 0.9 and (radius >= 0.65 or abs(abs(across) - abs(down)) <= 0.25)
    if status is Status.MUTED:
        return abs(down) <= 0.8 and 0.2 <= abs(across) <= 0.65
    return 0.55 <= radius <= 0.9


def _runs(row: list[bool]) -> Iterator[tuple[int, int]]:
    """First and one past the last place of each run of True."""
    start = None
    for place, inside in enumerate([*row, False]):
        if inside and start is None:
            start = place
        elif not inside and start is not None:
            yield start, place
            start = None


class SignedLine(ttk.Frame):
    """Told with :meth:`tell`: bold and with the sign of a status, or dim where there is nothing to worry about."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._told: tuple[str, Status | None] | None = None
        self._sign, self._label = ttk.Label(self), ttk.Label(self)
        self._sign.pack(side="left", padx=(0, 4))
        self._label.pack(side="left")

    @property
    def text(self) -> str:
        """The text as it is shown."""
        return str(self._label["text"])

    def tell(self, text: str, status: Status | None) -> None:
        """Say this; the same again makes no call of Tk."""
        if self._told == (text, status):
            return
        self._told = text, status
        self._label.configure(text=text, style="Bold.TLabel" if status else "Dim.TLabel")
        glyph, colour = (self._theme.glyph(status), self._theme.colour(status)) if status else ("", "")
        self._sign.configure(text=glyph, foreground=colour)
