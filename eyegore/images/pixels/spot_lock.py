"""Which spot is which: a known pattern matched to what was found on a frame; pure functions.

The optics is moved and realigned between sessions, so a pattern stands somewhere else by up to some hundred pixels, but
hardly turned or magnified.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Place = tuple[float, float]
Plane = npt.NDArray[np.complex128]
"""Places as x + iy [pixel]."""

FARTHEST = 1000.0
"""[pixel] that a pattern may be moved by."""
NEAREST = 120.0
"""[pixel] within which a spot is where the moved pattern has it: a turn of 2 degrees moves the outermost ones by 82;
spots of a pattern are 830 apart and more."""
FEWEST = 3
"""Spots that must agree: two may do so by chance."""


@dataclass(frozen=True)
class SpotLock:
    """How a pattern lies on a frame. ``places`` [pixel] are where its spots were found, by name.

    ``translation`` [pixel] of its middle; ``scale`` and ``rotation`` [deg], NaN with fewer than two spots.
    """

    places: Mapping[str, Place]
    translation: float = math.nan
    scale: float = math.nan
    rotation: float = math.nan


def lock(pattern: Mapping[str, Place], found: Sequence[Place]) -> SpotLock:
    """Match a pattern of places [pixel] by name to those found, in no order; nothing matched when fewer than
    :data:`FEWEST` agree on how far the pattern has moved."""
    if not pattern or not found:
        return SpotLock({})
    names = list(pattern)
    there = np.array([complex(*pattern[name]) for name in names])
    seen = np.array([complex(*place) for place in found])
    moves = seen[:, None] - there[None, :]
    best = max(
        (move for move in moves.flat if abs(move) <= FARTHEST),
        key=lambda move: (int((_distances(seen, there + move) < NEAREST).sum()), -abs(move)),
        default=None,
    )
    if best is None:
        return SpotLock({})
    matched = _matched(seen, there + best)
    if len(matched) < FEWEST:
        return SpotLock({})
    order = sorted(matched)
    target, origin = seen[[matched[place] for place in order]], there[order]
    places = {names[place]: found[matched[place]] for place in order}
    from_middle, to_middle = origin - origin.mean(), target - target.mean()
    size = float((np.abs(from_middle) ** 2).sum())
    turn = complex((to_middle * from_middle.conj()).sum()) / size if size else math.nan
    return SpotLock(
        places=places,
        translation=abs(complex((target - origin).mean())),
        scale=abs(turn),
        rotation=math.degrees(cmath.phase(turn)) if turn == turn else math.nan,
    )


def _distances(seen: Plane, there: Plane) -> npt.NDArray[np.float64]:
    """Distance [pixel] of each place of the pattern to the nearest one seen."""
    nearest: npt.NDArray[np.float64] = np.abs(seen[:, None] - there).min(axis=0)
    return nearest


def _matched(
    seen: Plane,
    there: Plane,
) -> dict[int, int]:
    """Number of the place seen for each place of the pattern that has one near it."""
    away = np.abs(seen[:, None] - there[None, :])
    nearest = away.argmin(axis=0)
    return {place: int(nearest[place]) for place in range(len(there)) if away[nearest[place], place] < NEAREST}
