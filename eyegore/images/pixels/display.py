"""How an image is brought onto the screen: block reduction, histogram, stretch to 8 bits, colours. Pure functions.

All work on 16-bit pixels [ADU], where one histogram of 65 536 bins is exact. They go through an image in pieces that
fit the cache: that is twice as quick as whole-image calls, needs no second image in memory, and no piece keeps the
interpreter from the window for more than a few milliseconds.
"""

from __future__ import annotations

import math
from enum import Enum

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint16]
Grey = npt.NDArray[np.uint8]
Counts = npt.NDArray[np.int64]

BINS = 65536
SATURATED = BINS - 1
"""Full scale of the converter [ADU]."""

_CHUNK = 1 << 18
_BAND = 16
_MOST = 1 << 19
"""Pixels that zscale is told at most; it looks at a thousand of them."""
_FEWEST = 16  # pixels that zscale can fit a line to
_SHARE = 0.995
"""Of the pixels that were read, those between black and white; the others are cut off, as many on either side."""
_LOG = 1000.0
_ASINH = 0.1
"""What ``LogStretch`` and ``AsinhStretch`` of astropy call ``a``, and their values for it."""
_VIRIDIS = (
    "440154 481a6c 472f7d 414487 39568c 31688e 2a788e 23888e 1f988b 22a884 35b779 54c568 7ad151 a5db36 d2e21b fde725"
)
_INFERNO = (
    "000004 0c0826 240c4f 420a68 5d126e 781c6d 932667 ae305c c73e4c dd513a ed6925 f8850f fca50a fac62d f2e661 fcffa4"
)
"""Every 17th colour of the maps of that name in matplotlib; what lies between is interpolated."""


class Stretch(Enum):
    """How grey levels are given to pixel values."""

    EQUALISED = "equalised"
    ZSCALE = "zscale"
    LINEAR = "linear"
    LOG = "log"
    ASINH = "asinh"


def histogram(pixels: Pixels) -> Counts:
    """Number of pixels of each value, exactly; shape (65536,)."""
    flat = pixels.reshape(-1)
    counts = np.zeros(BINS, np.int64)
    for start in range(0, flat.size, _CHUNK):
        counts += np.bincount(flat[start : start + _CHUNK], minlength=BINS)
    return counts


def block_factor(shape: tuple[int, ...], height: int, width: int = 0) -> int:
    """Smallest factor that brings an image of this shape (rows, columns) into a box; a width of 0 sets no bound."""
    rows, columns = shape
    return max(1, -(-rows // max(1, height)), -(-columns // width) if width > 0 else 1)


def block_reduce_max(pixels: Pixels, factor: int) -> Pixels:
    """Highest pixel of each block of ``factor`` x ``factor``; blocks cut by the upper and right edge count as well.

    Unlike every n-th pixel or a mean, it shows a single hot pixel, a cosmic ray or a spot at any size.
    """
    rows, columns = pixels.shape
    out = np.empty((-(-rows // factor), -(-columns // factor)), np.uint16)
    for first, band in _bands(pixels, factor):
        highest = np.maximum.reduce(band, axis=1)
        target = out[first : first + len(band)]
        np.copyto(target, highest[:, ::factor])
        for step in range(1, factor):
            part = highest[:, step::factor]
            np.maximum(target[:, : part.shape[1]], part, out=target[:, : part.shape[1]])
    return out


def block_reduce_mean(pixels: Pixels, factor: int) -> npt.NDArray[np.float32]:
    """Mean of each block of ``factor`` x ``factor`` [ADU]; blocks cut by the upper and right edge count as well."""
    rows, columns = pixels.shape
    out = np.empty((-(-rows // factor), -(-columns // factor)), np.float32)
    for first, band in _bands(pixels, factor):
        sums = np.add.reduce(band, axis=1, dtype=np.uint32)
        target = out[first : first + len(band)]
        target[:] = sums[:, ::factor]
        for step in range(1, factor):
            part = sums[:, step::factor]
            target[:, : part.shape[1]] += part
        target /= band.shape[1]
    widths = np.full(out.shape[1], factor, np.float32)
    widths[-1] = columns - factor * (out.shape[1] - 1)
    out /= widths
    return out


def equalise(pixels: Pixels) -> Grey:
    """Look-up table, shape (65536,), that gives every grey level about as many pixels.

    Pixels of 0 were not read: they stay black and take no part, or a windowed frame would have no grey levels left.
    """
    counts = histogram(pixels)
    counts[0] = 0
    upto = np.cumsum(counts)
    # the middle of a value's share: a uniform image becomes mid-grey, whatever its level
    middle = upto - counts / 2
    table = np.rint(middle * (255 / max(1, int(upto[-1])))).astype(np.uint8)
    table[0] = 0
    return table


def zscale_limits(pixels: Pixels) -> tuple[float, float]:
    """Limits [ADU] of the grey scale by the algorithm of IRAF and DS9, from a sample of the pixels that were read."""
    if (
        pixels.size > _MOST
    ):  # a sample of a sample: else a whole frame would be copied, and the interpreter kept from all
        step = math.isqrt(pixels.size // _MOST) + 1
        pixels = pixels[::step, ::step]
    read = pixels[pixels > 0]
    if read.size < _FEWEST:
        return (float(read.min()), float(read.max())) if read.size else (0.0, 0.0)
    from astropy.visualization import ZScaleInterval

    low, high = ZScaleInterval().get_limits(read)
    return float(low), float(high)


def percentile_limits(counts: Counts, share: float = _SHARE) -> tuple[float, float]:
    """Limits [ADU] between which a ``share`` of the pixels that were read lies, from the histogram of an image."""
    upto = np.cumsum(counts[1:])
    total = int(upto[-1])
    if total == 0:
        return 0.0, 0.0
    limits = []
    for part in ((1 - share) / 2, (1 + share) / 2):
        rank = part * (total - 1)  # interpolated between neighbours, as numpy.percentile
        below, above = (np.searchsorted(upto, [int(rank) + 1, min(int(rank) + 2, total)]) + 1).tolist()
        limits.append(below + (rank - int(rank)) * (above - below))
    return limits[0], limits[1]


def linear(low: float, high: float) -> Grey:
    """Look-up table, shape (65536,), black up to ``low``, white from ``high`` [ADU]."""
    return _levels(_between(low, high))


def logarithmic(low: float, high: float) -> Grey:
    """As :func:`linear`, but faint differences near ``low`` are drawn out."""
    return _levels(np.log1p(_LOG * _between(low, high)) / np.log1p(_LOG))


def hyperbolic(low: float, high: float) -> Grey:
    """As :func:`logarithmic`, more gently: linear near ``low``, logarithmic above (inverse hyperbolic sine)."""
    return _levels(np.arcsinh(_between(low, high) / _ASINH) / np.arcsinh(1 / _ASINH))


def stretch_table(pixels: Pixels, stretch: Stretch) -> Grey:
    """Look-up table, shape (65536,), of grey levels for an image such as ``pixels``."""
    if stretch is Stretch.EQUALISED:
        return equalise(pixels)
    if stretch is Stretch.ZSCALE:
        return linear(*zscale_limits(pixels))
    low, high = percentile_limits(histogram(pixels))
    return {Stretch.LINEAR: linear, Stretch.LOG: logarithmic, Stretch.ASINH: hyperbolic}[stretch](low, high)


def _between(low: float, high: float) -> npt.NDArray[np.float32]:
    """Every pixel value as its place between the limits, 0 to 1."""
    values = np.arange(BINS, dtype=np.float32)
    shares: npt.NDArray[np.float32] = np.clip((values - np.float32(low)) / np.float32(max(high - low, 1.0)), 0, 1)
    return shares


def _levels(share: npt.NDArray[np.float32]) -> Grey:
    levels: Grey = np.rint(share * 255).astype(np.uint8)
    return levels


def preview(pixels: Pixels, height: int, stretch: Stretch, *, width: int = 0) -> Grey:
    """Small 8-bit image of a frame, as the detector is drawn: row 0 of the array is the last row, at the bottom.

    Parameters
    ----------
    pixels
        Frame [ADU] of shape (rows, columns).
    height, width
        Box [px] that the preview fits into, at an integer scale; a width of 0 sets no bound.

    Returns
    -------
    Array of shape (rows, columns), contiguous.
    """
    small = block_reduce_max(pixels, block_factor(pixels.shape, height, width))
    grey: Grey = stretch_table(small, stretch).take(small[::-1])
    return grey


def _bands(pixels: Pixels, factor: int) -> list[tuple[int, Pixels]]:
    """Views of shape (blocks, rows of a block, columns) with the number of their first block; the last may be lower."""
    rows, columns = pixels.shape
    whole = rows // factor
    bands = []
    for first in range(0, whole, _BAND):
        count = min(_BAND, whole - first)
        bands.append((first, pixels[first * factor : (first + count) * factor].reshape(count, factor, columns)))
    if rows % factor:
        bands.append((whole, pixels[whole * factor :].reshape(1, rows % factor, columns)))
    return bands


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
