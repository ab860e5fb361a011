"""What charts ask of whoever keeps the samples, and the way from there to coordinates of canvas items; no Tk here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class EnvelopeLike(Protocol):
    """Samples gathered into bins of time, all of shape (n,), ``invalid`` apart."""

    @property
    def times(self) -> Floats:
        """Middle of the samples of each bin [lab s], rising."""

    @property
    def low(self) -> Floats:
        """Lowest valid sample."""

    @property
    def high(self) -> Floats:
        """Highest valid sample."""

    @property
    def breaks(self) -> Bools:
        """Whether nothing joins the bin to the one before; true for the first."""

    @property
    def out(self) -> Bools:
        """Whether a sample is out of limits."""

    @property
    def invalid(self) -> Floats:
        """Where samples were that are no readings [lab s]."""


class SampleLike(Protocol):
    """One sample."""

    @property
    def time(self) -> float:
        """When [lab s]."""

    @property
    def value(self) -> float:
        """In the parameter's own unit; NaN when it is no reading."""


class ChartSource(Protocol):
    """The samples of all parameters."""

    @property
    def revision(self) -> int:
        """Changes whenever there are new samples."""

    @property
    def span(self) -> tuple[float, float]:
        """Times of the oldest and the newest sample [lab s]; NaN when there is none."""

    def latest(self, column: str) -> SampleLike | None:
        """The newest sample of one parameter."""

    def envelope(self, column: str, t0: float, t1: float, bins: int) -> EnvelopeLike:
        """The samples of one parameter between two times, in about ``bins`` points."""


@dataclass(frozen=True)
class Scale:
    """Where times and values lie on the canvas [pixel]: the plot is left..right, top..bottom."""

    t0: float
    t1: float
    bottom_value: float
    top_value: float
    left: int
    right: int
    top: int
    bottom: int

    def x(self, times: Floats) -> Floats:
        """Horizontal places of times."""
        return self.left + (times - self.t0) * ((self.right - self.left) / (self.t1 - self.t0))

    def y(self, values: Floats) -> Floats:
        """Vertical places of values, not clipped."""
        per_unit = (self.bottom - self.top) / (self.top_value - self.bottom_value)
        return self.bottom - (values - self.bottom_value) * per_unit

    def time(self, x: float) -> float:
        """The time at a horizontal place."""
        return self.t0 + (x - self.left) * ((self.t1 - self.t0) / (self.right - self.left))


def segments(curve: EnvelopeLike, scale: Scale) -> list[list[int]]:
    """One list of coordinates for each unbroken piece of the curve, clipped to the plot.

    A piece is cut where it crosses the left or right edge, also where no sample lies inside: two joined samples on
    either side make a line, a gap between them makes none.
    """
    x = scale.x(curve.times)
    first = max(int(np.searchsorted(x, scale.left)) - 1, 0)
    last = int(np.searchsorted(x, scale.right, side="right")) + 1
    x, breaks = x[first:last].copy(), curve.breaks[first:last].copy()
    lows, highs = scale.y(curve.low[first:last]), scale.y(curve.high[first:last])
    if x.size and x[0] < scale.left:
        if x.size > 1 and not breaks[1]:
            _cut(x, lows, highs, 0, 1, scale.left)
        else:
            x, lows, highs, breaks = x[1:], lows[1:], highs[1:], breaks[1:]
    if x.size and x[-1] > scale.right:
        if x.size > 1 and not breaks[-1]:
            _cut(x, lows, highs, -1, -2, scale.right)
        else:
            x, lows, highs, breaks = x[:-1], lows[:-1], highs[:-1], breaks[:-1]
    if not x.size:
        return []
    breaks[0] = True
    np.clip(lows, scale.top, scale.bottom, out=lows)
    np.clip(highs, scale.top, scale.bottom, out=highs)
    starts = np.flatnonzero(breaks)
    return [
        _coordinates(x[start:stop], lows[start:stop], highs[start:stop])
        for start, stop in zip(starts.tolist(), [*starts[1:].tolist(), x.size], strict=True)
    ]


def _cut(x: Floats, lows: Floats, highs: Floats, end: int, neighbour: int, edge: int) -> None:
    """Move the end of a line to where it crosses an edge."""
    share = (edge - x[neighbour]) / (x[end] - x[neighbour])
    for places in (lows, highs):
        places[end] = places[neighbour] + share * (places[end] - places[neighbour])
    x[end] = edge


def _coordinates(x: Floats, lows: Floats, highs: Floats) -> list[int]:
    """A zigzag through the extremes of each bin: low to high in one, high to low in the next, to save ink."""
    if np.array_equal(lows, highs):
        places = np.column_stack((x, lows))
        if x.size == 1:
            places = np.array([[x[0] - 1, lows[0]], [x[0] + 1, lows[0]]])
    else:
        places = np.column_stack((x, lows, x, highs))
        places[1::2] = places[1::2][:, [2, 3, 0, 1]]
    found: list[int] = np.rint(places).astype(int).ravel().tolist()
    return found


def spans(x: Floats, left: int, right: int, join: float, least: int) -> list[tuple[int, int]]:
    """Stretches of neighbouring places: those nearer than ``join`` make one, each is ``least`` wide or more [pixel]."""
    x = x[(x >= left - 1) & (x <= right + 1)]
    if not x.size:
        return []
    cuts = np.flatnonzero(np.diff(x) > join)
    begins, ends = x[np.concatenate(([0], cuts + 1))], x[np.append(cuts, x.size - 1)]
    found: list[tuple[int, int]] = []
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        low = max(left, round(begin - least / 2))
        high = min(right, max(low + least, round(end + least / 2)))
        found.append((min(low, high - least), high))
    return found


def emptiest_corner(
    curve: EnvelopeLike,
    scale: Scale,
    size: tuple[int, int],
    corners: Sequence[tuple[bool, bool]],
    lines: Sequence[float] = (),
) -> tuple[bool, bool]:
    """The first of ``corners`` (at the right, at the top) where a text of this size [pixel] covers least.

    ``lines`` are values at which lines cross the plot.
    """
    width, height = size
    x, lows, highs = scale.x(curve.times), scale.y(curve.low), scale.y(curve.high)
    levels = scale.y(np.array(lines, dtype=float))

    def covered(corner: tuple[bool, bool]) -> int:
        left = scale.right - width if corner[0] else scale.left
        top = scale.top if corner[1] else scale.bottom - height
        inside = (x >= left) & (x <= left + width) & (lows >= top) & (highs <= top + height)
        crossed = (levels >= top) & (levels <= top + height)
        return int(inside.sum()) + width * int(crossed.sum())

    return min(corners, key=covered)


def clipped(curve: EnvelopeLike, scale: Scale, apart: int) -> list[tuple[int, bool]]:
    """Places of spikes that leave the plot, with whether they leave at the top; one for each ``apart`` pixel."""
    found: list[tuple[int, bool]] = []
    for leaves, at_top in ((curve.high > scale.top_value, True), (curve.low < scale.bottom_value, False)):
        places = scale.x(curve.times[leaves])
        places = places[(places >= scale.left) & (places <= scale.right)]
        found += [((low + high) // 2, at_top) for low, high in spans(places, scale.left, scale.right, apart, 1)]
    return found
