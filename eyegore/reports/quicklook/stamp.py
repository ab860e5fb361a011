"""The small picture of a frame: each quadrant with a grey scale of its own, so that bias patterns and spots show."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from eyegore.elvis.ccd_frame import Frame
from eyegore.elvis.ccd_geometry import QUADRANTS
from eyegore.images.pixels.display import block_reduce_mean

BLOCK = 12
"""Pixels each way that become one: 354 columns are enough for a stamp in print."""
BLACK, WHITE = 30.0, 70.0
"""Percentiles of the means of a quadrant between which its grey scale runs."""


def stamp_of(frame: Frame) -> npt.NDArray[np.uint8]:
    """8-bit picture of a frame of shape (rows, columns), row 0 at the bottom of the display.

    A mean of 0 is black: nothing was read there, and it takes no part in the scale.
    """
    geometry = frame.geometry
    high, wide = -(-geometry.rows // BLOCK), -(-geometry.columns // BLOCK)
    stamp = np.zeros((2 * high, 2 * wide), np.uint8)
    for letter in QUADRANTS:
        means = block_reduce_mean(frame.pixels[geometry.place(letter)], BLOCK)
        upper, right = geometry.mirrored(letter)
        place = (
            slice(high if upper else 0, 2 * high if upper else high),
            slice(wide if right else 0, 2 * wide if right else wide),
        )
        stamp[place] = _grey(means)
    return stamp


def _grey(means: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    read = means[means > 0]
    if not read.size:
        return np.zeros(means.shape, np.uint8)
    low, high = np.percentile(read, (BLACK, WHITE))
    span = max(float(high - low), 1e-3)
    grey: npt.NDArray[np.uint8] = np.rint(np.clip((means - low) / span, 0, 1) * 255).astype(np.uint8)
    return grey
