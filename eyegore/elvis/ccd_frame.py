"""Images of one CCD: whether a file is whole, what its header says, and its pixels."""

from __future__ import annotations

import errno
import gzip
import os
import stat
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from eyegore.basics.errors import FormatError
from eyegore.basics.files import opened
from eyegore.elvis.ccd_geometry import (
    LARGEST_FRAME as LARGEST_FRAME,
    QUADRANTS as QUADRANTS,
    FrameGeometry as FrameGeometry,
)
from eyegore.elvis.fits_checksum import wrong_checksum
from eyegore.elvis.fits_headers import CardValue, Flaw, FrameError, Hdu, Headers, read_headers, unreadable
from eyegore.elvis.frame_pixels import UInt16Array as UInt16Array, compressed, image_shape, pixels_of
from eyegore.messages.images import ImageProblem

_GZIP = b"\x1f\x8b"
_LARGEST_FILE = 1 << 29
"""No more than so much is unpacked [bytes]: a frame in double precision has 75 MB."""


@dataclass(frozen=True)
class FrameState:
    """Whether a file holds all that its headers announce.

    ``size`` are the bytes that are there, ``problem`` is "" or why the file is not complete; ``unread`` tells that
    nobody knows, for it cannot be read.
    """

    complete: bool
    size: int
    problem: str
    unread: bool = False


@dataclass(frozen=True, eq=False)
class Frame:
    """A whole frame in memory. ``pixels`` [ADU] have the shape (NAXIS2, NAXIS1), row 0 at the bottom of the display.

    ``cards`` are those of the image, the first of each keyword; every one but OBSID may be missing.
    """

    path: str
    pixels: UInt16Array
    cards: dict[str, CardValue]
    geometry: FrameGeometry


def frame_state(path: str | os.PathLike[str]) -> FrameState:
    """Whether a file is a whole image. Never raises for the file: what is wrong with it is the ``problem``."""
    try:
        with opened(path) as file, _content(file, path) as descriptor:
            size = os.fstat(file).st_size
            length = os.fstat(descriptor).st_size
            flaw = _flaw(descriptor, read_headers(descriptor, length), length)
    except FileNotFoundError:
        return FrameState(False, 0, "it has vanished")
    except OSError as why:
        return FrameState(False, 0, f"it cannot be read ({why.strerror or why})", unread=True)
    return FrameState(flaw is None, size, flaw.words if flaw else "")


def header(path: str | os.PathLike[str]) -> dict[str, CardValue]:
    """Cards of the image in a whole file, the first of each keyword. FrameError when there is none."""
    with _told(path), _image(path) as descriptor:
        return _image_of(descriptor, path).cards


def read_pixels(path: str | os.PathLike[str], buffer: UInt16Array | None = None) -> UInt16Array:
    """Pixels [ADU] of the last image in a whole file, whoever wrote it, shape (NAXIS2, NAXIS1).

    The result is a view of ``buffer`` where one is given that is contiguous and large enough (see
    :data:`LARGEST_FRAME`), else a new array. FrameError when the file is not complete, cannot be read, or holds
    pixels that are no 16-bit ADU; :mod:`eyegore.elvis.frame_pixels` tells which forms are read.
    """
    with _told(path), _image(path) as descriptor:
        return pixels_of(descriptor, _image_of(descriptor, path), path, buffer)


def read_frame(path: str | os.PathLike[str], buffer: UInt16Array | None = None) -> Frame:
    """A whole frame of four quadrants: its pixels as by :func:`read_pixels`, its header, its geometry.

    FrameError as there, and when the image cannot be a frame of these CCDs.
    """
    with _told(path), _image(path) as descriptor:
        headers = _headers_of(descriptor, path)
        image = headers.image
        if wrong := wrong_checksum(descriptor, headers):
            raise FrameError(path, ImageProblem.DAMAGED, f"is damaged: {wrong}")
        rows, columns = image_shape(image)
        try:
            geometry = FrameGeometry.from_shape(columns, rows)
        except FormatError as why:
            raise FrameError(path, ImageProblem.WRONG_SHAPE, f"cannot be used: {why}") from why
        return Frame(os.fspath(path), pixels_of(descriptor, image, path, buffer), image.cards, geometry)


@contextmanager
def _image(path: str | os.PathLike[str]) -> Iterator[int]:
    with opened(path) as file, _content(file, path) as descriptor:
        yield descriptor


@contextmanager
def _content(file: int, path: str | os.PathLike[str]) -> Iterator[int]:
    """The open file itself, or what it holds where it is a gzip file."""
    kind = os.fstat(file).st_mode
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):  # a folder says so itself when it is read
        raise OSError(errno.EINVAL, "it is a pipe or a device, not a file", os.fspath(path))
    if not stat.S_ISREG(kind) or os.pread(file, 2, 0) != _GZIP:
        yield file
        return
    with os.fdopen(file, "rb", closefd=False) as packed, tempfile.TemporaryFile() as unpacked:
        try:
            with gzip.open(packed) as stream:
                while unpacked.tell() < _LARGEST_FILE and (part := stream.read1(1 << 20)):
                    unpacked.write(part)
        except EOFError:
            pass  # cut: its headers tell how much is missing
        except zlib.error as why:
            raise OSError(errno.EIO, f"damaged gzip file: {why}", os.fspath(path)) from why
        unpacked.flush()
        yield unpacked.fileno()


@contextmanager
def _told(path: str | os.PathLike[str]) -> Iterator[None]:
    """Raise FrameError from what the system refuses in the body."""
    try:
        yield
    except OSError as why:
        raise unreadable(path, why) from why


def _image_of(descriptor: int, path: str | os.PathLike[str]) -> Hdu:
    return _headers_of(descriptor, path).image


def _headers_of(descriptor: int, path: str | os.PathLike[str]) -> Headers:
    size = os.fstat(descriptor).st_size
    headers = read_headers(descriptor, size)
    flaw = _flaw(descriptor, headers, size)
    if flaw:
        raise FrameError(path, flaw.problem, f"is not a complete image: {flaw.words}")
    return headers


def _flaw(descriptor: int, headers: Headers, size: int) -> Flaw | None:
    """Why a file with these headers is no whole image, None when it is one."""
    if headers.flaw:
        return headers.flaw
    image = headers.image
    if not image.data_size:
        return Flaw(ImageProblem.NO_IMAGE, "it has no image yet")
    if len(image.shape) != 2:
        return Flaw(ImageProblem.WRONG_SHAPE, f"it has no image of two axes but data of {len(image.shape)}")
    if size < headers.expected:
        return Flaw(ImageProblem.TRUNCATED, f"it has {size} of {headers.expected} bytes")
    if image.cards.get("BZERO") == 32768 and not compressed(image):
        # A file whose space was reserved in advance has its full length and zeros where data will come; in data that
        # would be a long run of exactly 32768 ADU (0 ADU, as in rows that were not read, is stored as 0x8000).
        length = min(image.data_size, 4096)
        if not os.pread(descriptor, length, image.data + image.data_size - length).strip(b"\0"):
            return Flaw(ImageProblem.ZERO_FILLED, "its last pixels have not been written yet")
    return None
