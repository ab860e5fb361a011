"""Window geometry (``WxH+X+Y``) that fits the screen there is now, whatever screen it was remembered from."""

from __future__ import annotations

import re

_GEOMETRY = re.compile(r"(\d+)x(\d+)(?:\+(-?\d+)\+(-?\d+))?")
LEAST = (320, 200)
"""Smallest window that is still of use [pixel]."""

TITLE_BAR = 32
"""Room for the title bar of a window [pixel]: it is not part of the geometry, nor is a menu bar."""


def fit(geometry: str, screen: tuple[int, int]) -> str:
    """The geometry moved and shrunk as little as it takes to lie on the ``screen`` [pixel]; "" if it is not one."""
    match = _GEOMETRY.fullmatch(geometry)
    if match is None:
        return ""
    place = []
    for size, offset, least, room in zip(match.group(1, 2), match.group(3, 4), LEAST, screen, strict=True):
        length = min(max(int(size), least), room)
        place.append((length, None if offset is None else min(max(int(offset), 0), room - length)))
    (width, x), (height, y) = place
    return f"{width}x{height}" if x is None or y is None else f"{width}x{height}+{x}+{y}"


def first_geometry(screen: tuple[int, int]) -> str:
    """Geometry of the first start: the whole of a small screen, most of a large one."""
    width, height = screen
    if width <= 1440 or height <= 840:
        return f"{width}x{height}+0+0"
    wide, high = round(0.88 * width), round(0.88 * height)
    return f"{wide}x{high}+{(width - wide) // 2}+{(height - high) // 2}"
