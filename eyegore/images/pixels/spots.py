"""Spots of the point source: found, measured, and told apart by a known pattern. Pure functions.

The measures are those of the laboratory's analysis: a stamp of 75 pixels, an aperture of 10 pixels radius, the
background from beyond 15 pixels, FWHM = 2.355 times the square root of the second moment of the flux. They are sums
over a few thousand pixels each, for which no photometry package is needed.

The optics is moved and realigned between sessions, so a pattern stands somewhere else by up to some hundred pixels, but
hardly turned or magnified.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eyegore.images.pixels.display import Pixels, block_reduce_max
from eyegore.messages.images import Spot

Place = tuple[float, float]
Plane = npt.NDArray[np.complex128]
"""Places as x + iy [pixel]."""

STAMP = 75
APERTURE = 10.0
"""[pixel] radius of the flux."""
ANNULUS = 15.0
"""[pixel] radius beyond which a stamp is background."""
MOMENTS = 2.0
"""Radius of the second moments in FWHM, 4 pixels to that of the flux: 4.7 sigma hold all of a Gaussian's, and a larger
one adds the noise of the empty pixels around a faint spot, which counts by the fourth power of the radius."""
FWHM = 2.355
"""Full width at half maximum over standard deviation, of a Gaussian."""

_CELL = 16
"""Blocks [pixel] of which the highest pixel is looked at first."""
_LOWEST = 100.0
"""[ADU] above the median of the image that a spot has at least: the faintest of the campaign has 1900."""
_SHARPEST = 0.75
"""Share of the flux in 5 x 5 pixels that the brightest may have: a cosmic ray has all of it, the sharpest spot (FWHM
1 pixel, in the middle of one) 0.58."""
_MOST = 40

FARTHEST = 1000.0
"""[pixel] that a pattern may be moved by."""
NEAREST = 120.0
"""[pixel] within which a spot is where the moved pattern has it: a turn of 2 degrees moves the outermost ones by 82;
spots of a pattern are 830 apart and more."""
FEWEST = 3
"""Spots that must agree: two may do so by chance."""


@dataclass(frozen=True)
class Source:
    """Something bright: where in the image it was found in [pixel], and its highest pixel [ADU]."""

    x: int
    y: int
    peak: float


def find_sources(image: Pixels, background: float) -> list[Source]:
    """Spots in an image [ADU] of shape (rows, columns) in which the sky is ``background`` [ADU]; the brightest first.

    Single bright pixels (cosmic rays, hot pixels) are passed over, as is what is nearer than a stamp to something
    brighter.
    """
    if min(image.shape) < _CELL:
        return []
    cells = block_reduce_max(image, _CELL)
    rows, columns = np.nonzero(cells > background + _LOWEST)
    order = np.argsort(cells[rows, columns].astype(np.int32))[::-1]
    found: list[Source] = []
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if len(found) == _MOST:
            break
        source = _source(image, row, column, background)
        if source is not None and all(math.hypot(source.x - one.x, source.y - one.y) > STAMP / 2 for one in found):
            found.append(source)
    return found


def _source(image: Pixels, row: int, column: int, background: float) -> Source | None:
    """The brightest pixel of a cell with its surroundings, None where it stands alone."""
    cell = image[row * _CELL : (row + 1) * _CELL, column * _CELL : (column + 1) * _CELL]
    y, x = (int(index) for index in np.unravel_index(int(cell.argmax()), cell.shape))
    y, x = y + row * _CELL, x + column * _CELL
    near = image[max(0, y - 2) : y + 3, max(0, x - 2) : x + 3].astype(np.float64) - background
    peak = float(image[y, x]) - background
    return Source(x, y, peak) if peak < _SHARPEST * near.sum() else None


def measure_spot(name: str, image: Pixels, x: float, y: float) -> Spot:
    """Measure the spot at a place [pixel] in an image [ADU]; ``x`` and ``y`` of the result are in the image too.

    NaN where there is none: the place is outside, or nothing rises above the background. A stamp may be cut by the edge
    of the image.
    """
    for _ in range(3):  # the stamp is moved until its middle is that of the spot
        column, row = round(x), round(y)
        if not (0 <= row < image.shape[0] and 0 <= column < image.shape[1]):
            return Spot(name)
        half = STAMP // 2
        top, left = max(0, row - half), max(0, column - half)
        stamp = image[top : row + half + 1, left : column + half + 1].astype(np.float64)
        rows, columns = np.ogrid[top : top + stamp.shape[0], left : left + stamp.shape[1]]
        away = np.hypot(rows - y, columns - x)
        outside = stamp[away > ANNULUS]
        if not outside.size:
            return Spot(name)
        signal = stamp - np.median(outside)
        inside = np.where(away <= APERTURE, signal, 0.0)
        flux = float(inside.sum())
        if not flux > 0 or inside.max() < _LOWEST / 2:
            return Spot(name)
        x, y = float((inside * columns).sum()) / flux, float((inside * rows).sum()) / flux
    across, along, radius = 0.0, 0.0, APERTURE
    for _ in range(3):
        near = np.where(np.hypot(rows - y, columns - x) <= radius, signal, 0.0)
        across = float((near * (columns - x) ** 2).sum() / near.sum())
        along = float((near * (rows - y) ** 2).sum() / near.sum())
        if not (across > 0 and along > 0):
            break
        radius = min(APERTURE, max(4.0, MOMENTS * FWHM * math.sqrt(max(across, along))))
    return Spot(
        name=name,
        x=x,
        y=y,
        peak=float(inside.max()),
        flux=flux,
        fwhm_x=FWHM * math.sqrt(across) if across > 0 else math.nan,
        fwhm_y=FWHM * math.sqrt(along) if along > 0 else math.nan,
    )


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
