"""Two frames held against each other, pixel by pixel, and the frames kept in memory for it."""

from __future__ import annotations

import os
from collections import OrderedDict
from enum import Enum

import numpy as np

from eyegore.elvis.ccd_frame import LARGEST_FRAME, QUADRANTS, Frame, read_frame
from eyegore.images.pixels.display import Pixels, block_reduce_mean
from eyegore.images.pixels.frame_cut import FloatArray

KEPT = 2
"""Frames kept in memory: the one that is seen and the one it is held against, 35 MB each."""


class Comparison(Enum):
    """What is shown of a frame."""

    NONE = "image"
    DIFFERENCE = "difference"
    RATIO = "ratio"


class ImageShelf:
    """The frames used last; the memory of the one used longest ago takes the next."""

    def __init__(self) -> None:
        self._frames: OrderedDict[str, tuple[tuple[int, int], Frame, Pixels]] = OrderedDict()
        self._reads: dict[str, int] = {}
        self._count = 0

    def frame(self, path: str) -> Frame:
        """A frame, read when it is not there or the file was replaced; FrameError or OSError when it cannot be."""
        stat = os.stat(path)
        stamp = stat.st_mtime_ns, stat.st_size
        known = self._frames.get(path)
        if known is not None and known[0] == stamp:
            self._frames.move_to_end(path)
            return known[1]
        if known is not None or len(self._frames) >= KEPT:
            buffer = self._frames.pop(path if known is not None else next(iter(self._frames)))[2]
        else:
            buffer = np.empty(LARGEST_FRAME, np.uint16)
        try:
            frame = read_frame(path, buffer)
        except BaseException:
            buffer = buffer[:0]  # let go of the memory with the frame that was in it
            raise
        self._frames[path] = stamp, frame, buffer
        self._count += 1
        self._reads = {one: self._reads.get(one, 0) for one in self._frames} | {path: self._count}
        return frame

    def read_number(self, path: str) -> int:
        """Which reading the frame comes from: what was made of it holds for this one only. 0 when it is not there."""
        return self._reads.get(path, 0)

    def keep(self, path: str) -> None:
        """See to it that another frame is the next to go."""
        if path in self._frames:
            self._frames.move_to_end(path)


def offsets(frame: Frame) -> dict[str, float]:
    """Median of the trimmed prescan of each quadrant [ADU], over the rows that were read; 0 where none was."""
    found = {}
    for letter in QUADRANTS:
        prescan = frame.pixels[frame.geometry.canonical(letter)][:, frame.geometry.trimmed("pre")]
        read = prescan[prescan > 0]
        found[letter] = float(np.median(read)) if read.size else 0.0
    return found


def compared(
    frame: Frame,
    other: Frame,
    how: Comparison,
    factor: int,
    step: int = 1,
    box: tuple[int, int, int, int] | None = None,
) -> FloatArray:
    """Difference [ADU] or ratio of two frames of the same shape, of means of ``factor`` x ``factor`` pixels.

    Only in the ``box`` (columns from, to, rows from, to); with a ``factor`` of 1 only each ``step``-th row and column.
    The ratio is that of what is above the offset of each quadrant; NaN where the other frame has nothing there.
    """
    x0, x1, y0, y1 = box or (0, frame.pixels.shape[1], 0, frame.pixels.shape[0])
    if factor > 1:
        one, two = (block_reduce_mean(each.pixels[y0:y1, x0:x1], factor) for each in (frame, other))
        places = [start + (np.arange(size) + 0.5) * factor for start, size in zip((y0, x0), one.shape, strict=True)]
    else:
        one, two = (each.pixels[y0:y1:step, x0:x1:step].astype(np.float32) for each in (frame, other))
        places = [start + step * np.arange(size) + 0.5 for start, size in zip((y0, x0), one.shape, strict=True)]
    if how is Comparison.DIFFERENCE:
        return one - two
    lower, left = places[0] < frame.geometry.rows, places[1] < frame.geometry.columns
    for values, each in ((one, frame), (two, other)):
        known = {letter: np.float32(value) for letter, value in offsets(each).items()}
        values -= np.where(
            lower[:, None], np.where(left, known["H"], known["G"]), np.where(left, known["E"], known["F"])
        )
    return np.divide(one, two, out=np.full_like(one, np.nan), where=two > 1)
