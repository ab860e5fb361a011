"""Colours for the grey levels of an image."""

from __future__ import annotations

from enum import Enum

import numpy as np

_VIRIDIS = (
    "440154 481a6c 472f7d 414487 39568c 31688e 2a788e 23888e 1f988b 22a884 35b779 54c568 7ad151 a5db36 d2e21b fde725"
)
_INFERNO = (
    "000004 0c0826 240c4f 420a68 5d126e 781c6d 932667 ae305c c73e4c dd513a ed6925 f8850f fca50a fac62d f2e661 fcffa4"
)
"""Every 17th colour of the maps of that name in matplotlib; what lies between is interpolated."""


class ColourMap(Enum):
    """How the grey levels of an image are coloured. All but the first two grow brighter evenly, for any eye."""

    GREY = "grey"
    INVERSE = "inverse grey"
    VIRIDIS = "viridis"
    HEAT = "heat"


def palette(colours: ColourMap) -> bytes:
    """Red, green and blue of the 256 levels, 768 bytes; none for grey, which needs no colours."""
    if colours is ColourMap.GREY:
        return b""
    levels = np.arange(256)
    if colours is ColourMap.INVERSE:
        return np.repeat(levels[::-1].astype(np.uint8), 3).tobytes()
    knots = np.array(
        [list(bytes.fromhex(one)) for one in (_VIRIDIS if colours is ColourMap.VIRIDIS else _INFERNO).split()]
    )
    parts = [np.interp(levels, np.arange(0, 256, 17), knots[:, part]) for part in range(3)]
    return bytes(np.rint(np.stack(parts, axis=1)).astype(np.uint8))
