"""Which spot is which: a known pattern matched to what was found on a frame; pure functions.

The optics is moved and realigned between sessions, so a pattern stands somewhere else by up to some hundred pixels, but
hardly turned or magnified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def lock(pattern: Mapping[str, Place], found: Sequence[Place]) -> dict[str, Place]:
    """Where the spots of a pattern (places [pixel] by name) were found, of places in no order; none when fewer than
    :data:`FEWEST` agree on how far the pattern has moved."""
    if not pattern or not found:
        return {}
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
        return {}
    matched = _matched(seen, there + best)
    if len(matched) < FEWEST:
        return {}
    return {names[place]: found[number] for place, number in matched.items()}


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
