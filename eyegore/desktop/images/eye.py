"""Looks at one frame closely, on a thread: the part on the screen, the pixel under the cursor, statistics, profiles."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from eyegore.basics.errors import EyegoreError
from eyegore.basics.quantities import short
from eyegore.basics.worker import NewestWins
from eyegore.desktop.images.comparison import Comparison, ImageShelf, compared
from eyegore.elvis.ccd_frame import Frame
from eyegore.images.pixels.display import Grey, Pixels, Stretch, block_reduce_max, preview, stretch_table
from eyegore.images.pixels.frame_cut import (
    MOST_VALUES,
    BoxStatistics,
    FloatArray,
    box_statistics,
    envelope,
    grey_of,
    in_16_bits,
    values_statistics,
)
from eyegore.widgets.images.viewport import Viewport

log = logging.getLogger(__name__)

Made = TypeVar("Made")

SAMPLE = 4
"""Step of the sample of a comparison from which its grey levels follow, where it is made of what is in sight only.

Reduced by as much or more, it is small enough to be made of the whole frame.
"""
SECTIONS = {"pre": "prescan", "img": "image", "ove": "overscan"}


@dataclass(frozen=True)
class CcdLook:
    """What is to be seen: of the frame ``path``, held against ``other``. Equal looks show the same.

    ``view`` is None for a frame that was not seen yet: it is then shown whole in ``room``. ``cursor`` is a column and
    row, ``box`` the columns and rows that statistics are made of, those in sight when None.
    """

    path: str
    room: tuple[int, int]
    view: Viewport | None
    stretch: Stretch
    how: Comparison = Comparison.NONE
    other: str = ""
    cursor: tuple[int, int] | None = None
    box: tuple[int, int, int, int] | None = None
    profiles: bool = False


@dataclass(frozen=True)
class PixelReading:
    """One pixel: column and row of the frame, quadrant, canonical column and row, section, value [ADU, or a ratio]."""

    column: int
    row: int
    quadrant: str
    canonical: tuple[int, int]
    section: str
    value: float


@dataclass(frozen=True, eq=False)
class Profile:
    """Lowest and highest value for each screen pixel, from the first frame pixel in sight on."""

    low: FloatArray
    high: FloatArray


@dataclass(frozen=True)
class Seen:
    """The answer to a look. ``grey`` has the rows of the viewport from the top, None when they are as before.

    ``problem`` says why nothing is to be seen.
    """

    look: CcdLook
    view: Viewport | None = None
    grey: bytes | None = None
    reading: PixelReading | None = None
    statistics: BoxStatistics | None = None
    row: Profile | None = None
    column: Profile | None = None
    problem: str = ""


@dataclass(frozen=True)
class Thumb:
    """A small picture of a frame, or no ``grey`` where there is none."""

    path: str
    width: int = 0
    height: int = 0
    grey: bytes = b""


class ImageEye(NewestWins[CcdLook | tuple[str, int]]):
    """Answers the newest look, and makes small pictures while there is none. ``post`` is called on the thread."""

    def __init__(self, post: Callable[[Seen | Thumb], object]) -> None:
        super().__init__("image window")
        self._post = post
        self._shelf = ImageShelf()
        self._current = ""
        self._last: tuple[object, ...] = ()
        self._parts: OrderedDict[tuple[object, ...], Pixels] = OrderedDict()
        self._tables: OrderedDict[tuple[object, ...], Grey] = OrderedDict()
        self._measured: tuple[tuple[object, ...], BoxStatistics] | None = None

    def look(self, look: CcdLook) -> None:
        """Ask for a look; one that waits is forgotten."""
        self._ask(look, first=True)

    def thumbs(self, paths: Sequence[str], size: int) -> None:
        """Ask for small pictures that fit a square of ``size`` [pixel]; those that wait are forgotten."""
        self._drop(lambda key: key is not None)
        for path in paths:
            self._ask((path, size), path)

    # --- on the thread -----------------------------------------------------------------------------------------------

    def _do(self, wanted: CcdLook | tuple[str, int]) -> None:
        try:
            answer = self._seen(wanted) if isinstance(wanted, CcdLook) else self._thumb(*wanted)
        except Exception as why:  # outermost frame of the work: the window must be told
            told = "the file has vanished" if isinstance(why, FileNotFoundError) else str(why)
            if not isinstance(why, (EyegoreError, OSError)):
                log.exception("looking at %s", wanted)
                told = f"fault: {why}"
            self._last = ()
            answer = Seen(wanted, problem=told) if isinstance(wanted, CcdLook) else Thumb(wanted[0])
        self._post(answer)

    def _thumb(self, path: str, size: int) -> Thumb:
        self._shelf.keep(self._current)
        grey = preview(self._shelf.frame(path).pixels, size, Stretch.EQUALISED, width=size)
        return Thumb(path, grey.shape[1], grey.shape[0], grey.tobytes())

    def _seen(self, look: CcdLook) -> Seen:
        self._shelf.keep(look.other)
        self._current = look.path
        frame = self._shelf.frame(look.path)
        other = self._shelf.frame(look.other) if look.how is not Comparison.NONE and look.other else None
        if other is not None and other.pixels.shape != frame.pixels.shape:
            return Seen(look, problem="the frames differ in size: they cannot be held against each other")
        rows, columns = frame.pixels.shape
        view = look.view
        if view is None or (view.columns, view.rows) != (columns, rows):
            view = Viewport(columns, rows, *look.room).fitted()
        picture = (*self._key(look), look.stretch, view)
        grey = None
        if picture != self._last:
            grey = self._grey(frame, other, look, view)
            self._last = picture
        row, column = self._profiles(frame, other, look, view)
        return Seen(
            look, view, grey, self._reading(frame, other, look), self._statistics(frame, other, look, view), row, column
        )

    def _key(self, look: CcdLook) -> tuple[object, ...]:
        """What the pixels that are seen are those of."""
        other = look.other if look.how is not Comparison.NONE else ""
        numbers = self._shelf.read_number(look.path), self._shelf.read_number(other) if other else 0
        return look.path, other, *numbers, look.how if other else None

    def _grey(self, frame: Frame, other: Frame | None, look: CcdLook, view: Viewport) -> bytes:
        factor = max(1, -view.zoom)
        key = (*self._key(look), factor)
        if other is None:
            part = frame.pixels
            if factor > 1:
                part = _kept(self._parts, key, lambda: block_reduce_max(frame.pixels, factor))
        elif factor >= SAMPLE:
            part = _kept(self._parts, key, lambda: _whole(compared(frame, other, look.how, factor)))
        else:
            box = view.seen()
            sample = compared(frame, other, look.how, 1, SAMPLE)
            cut = in_16_bits(compared(frame, other, look.how, factor, box=box), sample)
            table = _kept(self._tables, (*key, look.stretch), lambda: stretch_table(_whole(sample), look.stretch))
            left, top = view.left - box[0], view.top - (view.tall - box[2] - cut.shape[0] * factor)
            return grey_of(cut, table, view.zoom, left, top, view.width, view.height)
        table = _kept(self._tables, (*key, look.stretch), lambda: stretch_table(part, look.stretch))
        return grey_of(part, table, view.zoom, view.left, view.top, view.width, view.height)

    def _reading(self, frame: Frame, other: Frame | None, look: CcdLook) -> PixelReading | None:
        rows, columns = frame.pixels.shape
        if look.cursor is None or not (0 <= look.cursor[0] < columns and 0 <= look.cursor[1] < rows):
            return None
        x, y = look.cursor
        geometry = frame.geometry
        letter = geometry.quadrant_at(x, y)
        column, row = (int(one) for one in geometry.frame_to_canonical(letter, x, y))
        section = next((word for name, word in SECTIONS.items() if _in(geometry.section(name), column)), "")
        if _in(geometry.overscan_rows, row):
            section = "parallel overscan"
        value = float(frame.pixels[y, x])
        if other is not None:
            value = float(compared(frame, other, look.how, 1, box=(x, x + 1, y, y + 1))[0, 0])
        return PixelReading(x, y, letter, (column, row), section, value)

    def _statistics(self, frame: Frame, other: Frame | None, look: CcdLook, view: Viewport) -> BoxStatistics:
        box = look.box or view.seen()
        key = (*self._key(look), box)
        if self._measured is None or self._measured[0] != key:
            if other is None:
                found = box_statistics(frame.pixels, box)
            else:
                step = 1
                while (box[1] - box[0]) * (box[3] - box[2]) > MOST_VALUES * step**2:
                    step += 1
                found = values_statistics(compared(frame, other, look.how, 1, step, box))
            self._measured = key, found
        return self._measured[1]

    def _profiles(
        self, frame: Frame, other: Frame | None, look: CcdLook, view: Viewport
    ) -> tuple[Profile | None, Profile | None]:
        rows, columns = frame.pixels.shape
        if not look.profiles or look.cursor is None:
            return None, None
        x, y = min(max(look.cursor[0], 0), columns - 1), min(max(look.cursor[1], 0), rows - 1)
        x0, x1, y0, y1 = view.seen()
        factor = max(1, -view.zoom)

        def part(box: tuple[int, int, int, int]) -> FloatArray:
            if other is not None:
                return compared(frame, other, look.how, 1, box=box).ravel()
            return frame.pixels[box[2] : box[3], box[0] : box[1]].ravel().astype(np.float32)

        across = envelope(part((x0, x1, y, y + 1)), x0, factor)
        down = envelope(part((x, x + 1, y0, y1))[::-1], view.tall - y1, factor)
        return Profile(*across), Profile(*down)


def _in(part: slice, place: int) -> bool:
    return bool(part.start <= place < part.stop)


def _whole(values: FloatArray) -> Pixels:
    return in_16_bits(values, values)


def _kept(known: OrderedDict[tuple[object, ...], Made], key: tuple[object, ...], make: Callable[[], Made]) -> Made:
    """What is known under a key, or what is made then; the last few are kept."""
    if key not in known:
        while len(known) > 2:
            known.popitem(last=False)
        known[key] = make()
    known.move_to_end(key)
    return known[key]


def reading_words(reading: PixelReading | None, unit: str, scale: str) -> str:
    """``column 1234 row 567 · H 1234, 567 image · 2801 ADU · 1:4``."""
    if reading is None:
        return scale
    canonical = f"{reading.quadrant} {reading.canonical[0]}, {reading.canonical[1]} {reading.section}"
    return f"column {reading.column} row {reading.row} · {canonical} · {short(reading.value)}{unit} · {scale}"


def statistics_words(statistics: BoxStatistics | None, box: tuple[int, int, int, int] | None, unit: str) -> str:
    """Statistics of a box, or ("in sight") of what is on the screen."""
    if statistics is None:
        return ""
    where = "in sight" if box is None else f"columns {box[0]}–{box[1] - 1}, rows {box[2]}–{box[3] - 1}"
    if not statistics.pixels:
        return f"{where}: nothing was read there"
    parts = [
        f"mean {short(statistics.mean)}",
        f"median {short(statistics.median)}",
        f"std {short(statistics.std)}",
        f"min {short(statistics.lowest)}",
        f"max {short(statistics.highest)}{unit}",
        f"{statistics.pixels} pixels",
    ]
    if statistics.unread:
        parts.append(f"{statistics.unread} not read or lost")
    return f"{where}: {' · '.join(parts)}"


def compared_words(how: Comparison, other: int | None) -> str:
    """What is made of the image, for the heading; "" when it is the image itself."""
    if how is Comparison.NONE or other is None:
        return ""
    return f" · less ObsID {other}" if how is Comparison.DIFFERENCE else f" · over ObsID {other}"
