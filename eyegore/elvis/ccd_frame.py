"""Images of one CCD: whether a file is whole, where its four quadrants are, and its pixels."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eyegore.elvis.fits_headers import CardValue, Hdu, Headers, read_headers
from eyegore.errors import FormatError

PRESCAN = 51
"""Columns of a quadrant read before its image columns."""

IMAGE_COLUMNS = 2048
IMAGE_ROWS = 2066
"""Columns and rows of a quadrant on silicon; what is read beyond is overscan."""

QUADRANTS = ("E", "F", "G", "H")

LARGEST_FRAME = (4172, 4256)
"""Shape (rows, columns) of the largest frame ELVIS writes: what a buffer for any frame must hold."""

_OVERSCAN_LIMIT = 512
"""Overscan columns or rows beyond which an array is no frame of these CCDs."""

_BLOCK_ROWS = 32
"""Rows converted at once, so that they are still in the cache: 0.25 MiB."""

UInt16Array = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class FrameState:
    """Whether a file holds all that its headers announce.

    ``expected`` are the bytes the headers read so far ask for (0 when none could be read), ``size`` those that are
    there, ``problem`` is "" or why the file is not complete.
    """

    complete: bool
    expected: int
    size: int
    problem: str


@dataclass(frozen=True)
class FrameGeometry:
    """Where things are in a frame, all in array order [row, column] with row 0 at the bottom of the display.

    Quadrants as displayed: H lower left, G lower right, E upper left, F upper right; each is read towards its outer
    corner. Canonical orientation has the output node at [0, 0]: columns are then prescan, image, serial overscan,
    rows image, parallel overscan. A windowed read-out (``vend`` below the number of rows) keeps the size of the array.
    """

    naxis1: int
    naxis2: int

    @classmethod
    def from_shape(cls, naxis1: int, naxis2: int) -> FrameGeometry:
        """Geometry of a frame of ``naxis1`` columns and ``naxis2`` rows; FormatError when it cannot be one."""
        geometry = cls(naxis1, naxis2)
        columns_fit = naxis1 % 2 == 0 and 0 <= geometry.serial_overscan <= _OVERSCAN_LIMIT
        rows_fit = naxis2 % 2 == 0 and 0 <= geometry.parallel_overscan <= _OVERSCAN_LIMIT
        if not (columns_fit and rows_fit):
            raise FormatError(f"{naxis1} columns x {naxis2} rows are no frame of four quadrants with {PRESCAN} prescan")
        return geometry

    @property
    def columns(self) -> int:
        """Columns of one quadrant."""
        return self.naxis1 // 2

    @property
    def rows(self) -> int:
        """Rows of one quadrant."""
        return self.naxis2 // 2

    @property
    def serial_overscan(self) -> int:
        """Overscan columns of one quadrant: 20 or 29."""
        return self.columns - PRESCAN - IMAGE_COLUMNS

    @property
    def parallel_overscan(self) -> int:
        """Overscan rows of one quadrant: 0 or 20."""
        return self.rows - IMAGE_ROWS

    def place(self, quadrant: str) -> tuple[slice, slice]:
        """Rows and columns of a quadrant as it lies in the frame."""
        rows = slice(0, self.rows) if quadrant in "GH" else slice(self.rows, self.naxis2)
        columns = slice(0, self.columns) if quadrant in "EH" else slice(self.columns, self.naxis1)
        return rows, columns

    def canonical(self, quadrant: str) -> tuple[slice, slice]:
        """Rows and columns of a quadrant that give it in canonical orientation: a view, nothing is copied."""
        rows = slice(0, self.rows) if quadrant in "GH" else slice(None, self.rows - 1, -1)
        columns = slice(0, self.columns) if quadrant in "EH" else slice(None, self.columns - 1, -1)
        return rows, columns

    @property
    def prescan(self) -> slice:
        """Prescan columns, canonical."""
        return slice(0, PRESCAN)

    @property
    def image_columns(self) -> slice:
        """Image columns, canonical."""
        return slice(PRESCAN, PRESCAN + IMAGE_COLUMNS)

    @property
    def overscan(self) -> slice:
        """Serial overscan columns, canonical."""
        return slice(PRESCAN + IMAGE_COLUMNS, self.columns)

    @property
    def image_rows(self) -> slice:
        """Image rows, canonical."""
        return slice(0, IMAGE_ROWS)

    @property
    def overscan_rows(self) -> slice:
        """Parallel overscan rows, canonical; empty where the frame has none."""
        return slice(IMAGE_ROWS, self.rows)

    def read_rows(self, vstart: int, vend: int) -> slice:
        """Rows read out of a window from ``vstart`` up to, without, ``vend``, canonical; the others hold 0."""
        first = min(max(vstart, 0), self.rows)
        return slice(first, max(first, min(vend, self.rows)))


def frame_state(path: str | os.PathLike[str]) -> FrameState:
    """Whether a file is a whole image. Never raises for the file: what is wrong with it is the ``problem``."""
    try:
        descriptor = _open(path)
        try:
            size = os.fstat(descriptor).st_size
            headers = read_headers(descriptor, size)
            problem = _problem(descriptor, headers, size)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return FrameState(False, 0, 0, "it has vanished")
    except OSError as why:
        return FrameState(False, 0, 0, f"it cannot be read ({why.strerror or why})")
    return FrameState(not problem, headers.expected if size else 0, size, problem)


def header(path: str | os.PathLike[str]) -> dict[str, CardValue]:
    """Cards of the image in a whole file, the first of each keyword. FormatError when there is none."""
    descriptor = _open_frame(path)
    try:
        return _image_of(descriptor, path).cards
    except OSError as why:
        raise FormatError(f"{os.fspath(path)} cannot be read: {why.strerror or why}") from why
    finally:
        os.close(descriptor)


def read_pixels(path: str | os.PathLike[str], buffer: UInt16Array | None = None) -> UInt16Array:
    """Pixels [ADU] of the last image in a whole file, shape (NAXIS2, NAXIS1).

    The result is a view of ``buffer`` where one is given that is contiguous and large enough (see
    :data:`LARGEST_FRAME`), else a new array. FormatError when the file is not complete, cannot be read, or holds
    anything but unsigned 16-bit pixels (BITPIX 16 with BZERO 32768).
    """
    descriptor = _open_frame(path)
    try:
        image = _image_of(descriptor, path)
        _check_pixels(image, path)
        rows, columns = image.shape
        fits = buffer is not None and buffer.flags.c_contiguous and buffer.size >= rows * columns
        memory = buffer if buffer is not None and fits else np.empty(rows * columns, dtype=np.uint16)
        pixels = memory.reshape(-1)[: rows * columns].reshape(rows, columns)
        with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as file:
            file.seek(image.data)
            stored = np.empty((_BLOCK_ROWS, columns), dtype=np.uint16)
            for first in range(0, rows, _BLOCK_ROWS):
                block = pixels[first : first + _BLOCK_ROWS]
                _fill(file, stored[: len(block)], path)
                _to_adu(stored[: len(block)], block)
        return pixels
    except OSError as why:
        raise FormatError(f"{os.fspath(path)} cannot be read: {why.strerror or why}") from why
    finally:
        os.close(descriptor)


def _fill(file: io.FileIO, stored: UInt16Array, path: str | os.PathLike[str]) -> None:
    view = memoryview(stored.data).cast("B")
    while view:
        count = file.readinto(view)
        if not count:
            raise FormatError(f"{os.fspath(path)} was cut while it was read: try again")
        view = view[count:]


def _to_adu(stored: UInt16Array, adu: UInt16Array) -> None:
    """Pixels from big-endian two's complement numbers, which are overwritten; BZERO 2^15 is one bit to turn.

    Shifts are vectorised, ``byteswap`` is not: this takes two thirds of its time.
    """
    if sys.byteorder == "big":
        np.bitwise_xor(stored, np.uint16(0x8000), out=adu)
        return
    np.right_shift(stored, np.uint16(8), out=adu)
    np.left_shift(stored, np.uint16(8), out=stored)
    np.bitwise_xor(stored, np.uint16(0x8000), out=stored)
    np.bitwise_or(adu, stored, out=adu)


def _open(path: str | os.PathLike[str]) -> int:
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)


def _open_frame(path: str | os.PathLike[str]) -> int:
    try:
        return _open(path)
    except OSError as why:
        raise FormatError(f"{os.fspath(path)} cannot be read: {why.strerror or why}") from why


def _image_of(descriptor: int, path: str | os.PathLike[str]) -> Hdu:
    size = os.fstat(descriptor).st_size
    headers = read_headers(descriptor, size)
    problem = _problem(descriptor, headers, size)
    if problem:
        raise FormatError(f"{os.fspath(path)} is not a complete image: {problem}")
    return headers.hdus[-1]


def _problem(descriptor: int, headers: Headers, size: int) -> str:
    """Why a file with these headers is no whole image, "" when it is one."""
    if headers.problem:
        return headers.problem
    image = headers.hdus[-1]
    if len(image.shape) != 2 or not image.data_size:
        return "it has no image yet"
    if size < headers.expected:
        return f"it has {size} of {headers.expected} bytes"
    if image.cards.get("BZERO") == 32768:
        # A file whose space was reserved in advance has its full length and zeros where data will come; in data that
        # would be a long run of exactly 32768 ADU (0 ADU, as in rows that were not read, is stored as 0x8000).
        length = min(image.data_size, 4096)
        if not os.pread(descriptor, length, image.data + image.data_size - length).strip(b"\0"):
            return "its last pixels have not been written yet"
    return ""


def _check_pixels(image: Hdu, path: str | os.PathLike[str]) -> None:
    cards = image.cards
    found = {name: cards.get(name, default) for name, default in (("BITPIX", 0), ("BZERO", 0), ("BSCALE", 1))}
    if found != {"BITPIX": 16, "BZERO": 32768, "BSCALE": 1}:
        told = ", ".join(f"{name} {value}" for name, value in found.items())
        raise FormatError(f"{os.fspath(path)} has {told}: only 16-bit pixels with BZERO 32768 can be read")
