"""Colours between two colours, written as ``#rrggbb``."""

from __future__ import annotations


def blend(ground: str, colour: str, share: float) -> str:
    """``ground`` with a share (0 to 1) of ``colour`` in it."""
    parts = zip(_parts(ground), _parts(colour), strict=True)
    return "#" + "".join(f"{round((1 - share) * low + share * high):02x}" for low, high in parts)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
