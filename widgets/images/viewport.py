"""Which part of a frame is on the screen, at a whole-number scale: a pixel is never blurred, none is left out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

ZOOMS = (-32, -24, -16, -12, -8, -6, -5, -4, -3, -2, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
"""Steps of the zoom: screen pixels for a pixel of the frame; negative: frame pixels for one of the screen."""


@dataclass(frozen=True)
class Viewport:
    """``width`` x ``height`` [screen pixel] of a frame of ``columns`` x ``rows``.

    ``left`` and ``top`` are the frame pixels at the upper left corner, counted from the left and from the *top* of the
    frame; negative where there is a margin. ``zoom`` is as in :data:`ZOOMS`, any whole number but 0 and -1.
    """

    columns: int
    rows: int
    width: int
    height: int
    zoom: int = 1
    left: int = 0
    top: int = 0

    @property
    def scale(self) -> float:
        """Screen pixels for a pixel of the frame."""
        return float(self.zoom) if self.zoom > 0 else -1.0 / self.zoom

    @property
    def tall(self) -> int:
        """Rows of the frame, filled up at the top to whole blocks: blocks are counted from its lowest row."""
        return self.rows + (-self.rows % max(1, -self.zoom))

    @property
    def words(self) -> str:
        """The scale as people say it."""
        return f"{self.zoom}:1" if self.zoom > 0 else f"1:{-self.zoom}"

    def fitted(self) -> Viewport:
        """The whole frame, as large as can be."""
        factor = max(-(-self.columns // max(self.width, 1)), -(-self.rows // max(self.height, 1)))
        zoom = -factor if factor > 1 else max(1, min(self.width // self.columns, self.height // self.rows))
        return replace(self, zoom=zoom)._centred(self.columns / 2, self.rows / 2)

    def sized(self, width: int, height: int) -> Viewport:
        """The same in a window of another size: its middle stays, and what was whole stays whole."""
        if self == self.fitted():
            return replace(self, width=width, height=height).fitted()
        middle = self.left + self.width / self.scale / 2, self.top + self.height / self.scale / 2
        return replace(self, width=width, height=height)._centred(*middle)

    def zoomed(self, steps: int, x: float, y: float) -> Viewport:
        """So many steps nearer (or further), the frame pixel at this place of the screen staying there."""
        around = sum(one < self.zoom for one in ZOOMS) if self.zoom not in ZOOMS else ZOOMS.index(self.zoom)
        if self.zoom not in ZOOMS and steps > 0:
            around -= 1
        fit = self.fitted().zoom
        zoom = ZOOMS[min(max(around + steps, 0), len(ZOOMS) - 1)]
        return self.at_scale(max(zoom, min(fit, 1)), x, y)

    def at_scale(self, zoom: int, x: float, y: float) -> Viewport:
        """At this scale, the frame pixel at a place of the screen staying there."""
        there = replace(self, zoom=zoom)
        left = self.left + x / self.scale - x / there.scale
        top = self.top + y / self.scale - y / there.scale
        return there._placed(left, top)

    def moved(self, right: float, down: float) -> Viewport:
        """The frame moved by so much [screen pixel]."""
        return self._placed(self.left - right / self.scale, self.top - down / self.scale)

    def frame_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Column and row (from the bottom) of the frame at a place of the screen; None beside the frame."""
        column, from_top = math.floor(self.left + x / self.scale), math.floor(self.top + y / self.scale)
        row = self.tall - 1 - from_top
        return (column, min(row, self.rows - 1)) if 0 <= column < self.columns and 0 <= row < self.tall else None

    def screen_at(self, column: float, row: float) -> tuple[float, float]:
        """Place on the screen of a pixel's centre."""
        return (column + 0.5 - self.left) * self.scale, (self.tall - row - 0.5 - self.top) * self.scale

    def seen(self) -> tuple[int, int, int, int]:
        """First and one past the last column, first and one past the last row (from the bottom), that are in sight."""
        right, bottom = self.left + -(-self.width // self.scale), self.top + -(-self.height // self.scale)
        first, last = max(self.left, 0), min(int(right), self.columns)
        upper, lower = max(self.top, 0), min(int(bottom), self.tall)
        highest = min(self.tall - upper, self.rows)
        return first, max(first, last), min(self.tall - lower, highest), highest

    def _centred(self, column: float, from_top: float) -> Viewport:
        return self._placed(column - self.width / self.scale / 2, from_top - self.height / self.scale / 2)

    def _placed(self, left: float, top: float) -> Viewport:
        """With this corner, as far as the frame stays in sight: a frame that fits is in the middle."""
        factor = max(1, -self.zoom)
        places = []
        for start, whole, room in ((left, self.columns, self.width), (top, self.tall, self.height)):
            beyond = whole - room / self.scale
            start = beyond / 2 if beyond <= 0 else min(max(start, 0.0), beyond)
            places.append(round(start / factor) * factor)
        return replace(self, left=places[0], top=places[1])
