"""Where the flags lie: columns read downwards, as ``ls`` makes them, in the largest type with which all is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eyegore.widgets.theme import Theme

GAP = 10
"""Between the columns [pixel of a usual screen]."""
_SMALLER = ((Theme.small, 3), (Theme.small, 1), (Theme.tiny, 1))


@dataclass(frozen=True)
class Slot:
    """Where a flag lies [pixel]; ``column`` and ``row`` for moving about."""

    x: int
    y: int
    width: int
    height: int
    column: int
    row: int


@dataclass(frozen=True)
class FlagLayout:
    """The type, the height of a line [pixel], the place of each flag, and of the heading above some of them."""

    font: str
    pitch: int
    slots: tuple[Slot, ...]
    headings: Mapping[int, tuple[int, int]]
    height: int


def columns_of(widths: Sequence[int], room: int) -> list[range]:
    """The fewest rows whose columns, each as wide as its widest entry, fit into ``room`` [pixel]."""
    for rows in range(1, len(widths) + 1):
        columns = [range(at, min(at + rows, len(widths))) for at in range(0, len(widths), rows)]
        if sum(max(widths[at] for at in column) for column in columns) <= room:
            return columns
    return [range(len(widths))] if widths else []


def lay_out(names: Sequence[str], headings: Mapping[int, str], theme: Theme, room: tuple[int, int]) -> FlagLayout:
    """Places for the flags in ``room`` (width, height) [pixel]; ``headings`` by the flag they stand above.

    What does not fit in the smallest type goes on below the room.
    """
    margin, gap, width = theme.em // 2, theme.pixels(GAP), room[0] - 2 * (theme.em // 2)
    entries: list[tuple[bool, int]] = []
    for at in range(len(names)):
        entries += [(True, at), (False, at)] if at in headings else [(False, at)]
    texts = [headings[at] if heading else names[at] for heading, at in entries]
    font, pitch, widths, columns = theme.font, theme.line, [0], [range(0)]
    for font, extra in (*((theme.font, extra) for extra in (16, 10, 4, 1)), *_SMALLER):
        pitch = theme.linespace(font) + theme.pixels(extra)
        widths = [measure + pitch + gap for measure in theme.measure_all(texts, font)]
        columns = columns_of(widths, width)
        if columns and len(columns[0]) * pitch <= room[1]:
            break
    slots = [Slot(0, 0, 0, 0, 0, 0)] * len(names)
    above: dict[int, tuple[int, int]] = {}
    x = margin
    for column, members in enumerate(columns):
        wide = max(widths[entry] for entry in members)
        for row, entry in enumerate(members):
            heading, at = entries[entry]
            if heading:
                above[at] = x + pitch // 4, row * pitch + pitch // 2
            else:
                slots[at] = Slot(x, row * pitch, wide - gap // 2, pitch, column, row)
        x += wide
    height = max((len(column) for column in columns), default=0) * pitch
    return FlagLayout(font, pitch, tuple(slots), above, height)
