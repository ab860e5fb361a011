"""Room for some equal pictures in a rectangle."""

from __future__ import annotations

from typing import NamedTuple


class Tile(NamedTuple):
    """Room of one picture [pixel]; lines of text fit above and below it."""

    x: int
    y: int
    width: int
    height: int


class Margin(NamedTuple):
    """Room [pixel] for what is told of a picture: on its right, below it, in height and in width altogether."""

    right: int = 0
    below: int = 0
    tall: int = 0
    wide: int = 0


NONE = Margin()


def tiles(count: int, room: tuple[int, int], aspect: float, gap: int, line: int, margin: Margin = NONE) -> list[Tile]:
    """Places of ``count`` pictures of ``aspect`` (width over height), as large as can be, in the middle of the room.

    Between them, and at the edge, a ``gap``; above and below each a ``line`` of text. A side is never below 1 pixel.
    """
    width, height = room
    best = 0.0
    chosen = (1, count)
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        across = (width - gap * (columns + 1)) / columns - margin.right
        down = (height - gap * (rows + 1)) / rows
        wide = min(across, (down - 2 * line - margin.below) * aspect)
        if wide > best and down >= margin.tall and across + margin.right >= margin.wide:
            best, chosen = wide, (columns, rows)
    columns, rows = chosen
    wide, high = max(1, int(best)), max(1, int(best / aspect))
    aside = max(0, margin.wide - wide - margin.right)
    step_x = wide + margin.right + aside + gap
    step_y = max(high + 2 * line + margin.below, margin.tall) + gap
    left = max(gap, (width - columns * step_x + gap) // 2) + aside // 2
    top = max(gap // 2, (height - rows * step_y + gap) // 2)
    return [Tile(left + i % columns * step_x, top + i // columns * step_y + line, wide, high) for i in range(count)]
