"""What is seen of a frame and read from it: the part on the screen, one pixel, statistics, profiles. Pure functions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eyegore.images.pixels.display import BINS, Counts, Grey, Pixels
from eyegore.images.pixels.pixel_counts import counts_of, moments, quantiles

FloatArray = npt.NDArray[np.float32]

MOST_VALUES = 1 << 19
"""Values that statistics of a comparison are made of, at most: beyond, every n-th row and column."""


@dataclass(frozen=True)
class BoxStatistics:
    """Pixels of a part of a frame [ADU]; NaN without pixels. ``unread`` ones, of exactly 0, are in no other number."""

    pixels: int
    mean: float = math.nan
    median: float = math.nan
    std: float = math.nan
    lowest: float = math.nan
    highest: float = math.nan
    unread: int = 0


def place_on_screen(
    part: npt.NDArray[np.generic], zoom: int, left: int, top: int, width: int, height: int
) -> npt.NDArray[np.generic]:
    """What a window of ``width`` x ``height`` [screen pixel] shows of an image whose first row is the lowest.

    ``part`` has one value for each ``-zoom`` x ``-zoom`` pixels (``zoom`` below 0) or for each pixel; ``left`` and
    ``top`` [frame pixel] are at the upper left corner of the window. What is beside the frame is 0.
    """
    factor, times = max(1, -zoom), max(1, zoom)
    rows, columns = part.shape
    out = np.zeros((height, width), part.dtype)
    first, upper = left // factor, top // factor
    across = np.arange(-(-width // times)) + first
    down = np.arange(-(-height // times)) + upper
    inside_x, inside_y = (across >= 0) & (across < columns), (down >= 0) & (down < rows)
    if not (inside_x.any() and inside_y.any()):
        return out
    x0, x1 = across[inside_x][[0, -1]].tolist()
    y0, y1 = down[inside_y][[0, -1]].tolist()
    cut = part[rows - 1 - y1 : rows - y0, x0 : x1 + 1][::-1]
    if times > 1:
        cut = np.repeat(np.repeat(cut, times, axis=0), times, axis=1)
    px, py = (x0 - first) * times, (y0 - upper) * times
    cut = cut[: height - py, : width - px]
    out[py : py + cut.shape[0], px : px + cut.shape[1]] = cut
    return out


def counts_statistics(counts: Counts) -> BoxStatistics:
    """Statistics of pixels, exactly, from their histogram."""
    unread, read = int(counts[0]), counts.copy()
    read[0] = 0
    mean, std = moments(read)
    lowest, median, highest = quantiles(read, (0.0, 0.5, 1.0))
    return BoxStatistics(int(read.sum()), mean, median, std, lowest, highest, unread)


def box_statistics(pixels: Pixels, box: tuple[int, int, int, int]) -> BoxStatistics:
    """Of the pixels from column ``box[0]`` up to, without, ``box[1]`` and rows likewise; exact."""
    first, last, lower, upper = box
    return counts_statistics(counts_of(pixels[lower:upper, first:last]))


def values_statistics(values: FloatArray) -> BoxStatistics:
    """Statistics of a comparison, where it could be made."""
    known = values[np.isfinite(values)].astype(np.float64)
    unknown = values.size - known.size
    if not known.size:
        return BoxStatistics(0, unread=unknown)
    return BoxStatistics(
        known.size,
        float(known.mean()),
        float(np.median(known)),
        float(known.std()),
        float(known.min()),
        float(known.max()),
        unknown,
    )


def envelope(values: npt.NDArray[np.generic], first: int, factor: int) -> tuple[FloatArray, FloatArray]:
    """Lowest and highest of each ``factor`` values, counted from a multiple of it: every outlier is in it.

    ``first`` is the place of the first value in the frame.
    """
    line = np.asarray(values, np.float32)
    if factor <= 1 or not line.size:
        return line, line
    starts = np.arange(-(first % factor), line.size, factor)
    starts[0] = 0
    return np.fmin.reduceat(line, starts), np.fmax.reduceat(line, starts)


def in_16_bits(values: FloatArray, sample: FloatArray) -> Pixels:
    """Values of a comparison as 1 to 65535, by the range of a ``sample`` of them; 0 where it could not be made."""
    known = sample[np.isfinite(sample)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    scaled = (values - np.float32(low)) * np.float32((BINS - 2) / max(high - low, 1e-6)) + np.float32(1)
    return np.where(np.isfinite(scaled), np.clip(scaled, 1, BINS - 1), 0).astype(np.uint16)


def grey_of(part: Pixels, table: Grey, zoom: int, left: int, top: int, width: int, height: int) -> bytes:
    """The window's grey levels, rows from the top."""
    return table.take(place_on_screen(part, zoom, left, top, width, height)).tobytes()  # type: ignore[arg-type]
