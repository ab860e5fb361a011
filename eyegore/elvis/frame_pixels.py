"""Pixels of a FITS image as 16-bit ADU, in whatever form a writer stored them.

ELVIS stores unsigned 16-bit pixels the usual way (BITPIX 16, BZERO 32768), and these are read quickest. The same frame
from another writer gives the same numbers:

signed 16-bit integers without BZERO
    the 16 bits are those of the converter: a negative number is a pixel of 32768 ADU and more.
other integers, and floating point
    BZERO + BSCALE x number; it must be a whole number of 0 to 65535 within :data:`WHOLE` of an ADU. Undefined (BLANK),
    NaN, negative and fractional pixels are refused: what they were cannot be known.
tile-compressed images
    by astropy, a band of tiles at a time, then as above.

Never more than the frame and a block of rows (a band of tiles) is in memory.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from eyegore.elvis.fits_headers import FrameError, Hdu
from eyegore.messages.images import ImageProblem

WHOLE = 0.01
"""How far from a whole number a scaled pixel may be [ADU]: single precision has a rounding of 0.004 at 65535."""

_BLOCK_ROWS = 32
"""Rows converted at once, so that they are still in the cache: 0.25 MiB."""

_TYPES = {8: ">u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}

Path = str | os.PathLike[str]
UInt16Array = npt.NDArray[np.uint16]


def compressed(image: Hdu) -> bool:
    """Whether an HDU is a table that holds a tile-compressed image."""
    return image.cards.get("ZIMAGE") is True


def image_shape(image: Hdu) -> tuple[int, ...]:
    """Shape (rows, columns) of the image; that of the table where a compressed one does not tell."""
    if not compressed(image):
        return image.shape
    lengths = [image.cards.get(f"ZNAXIS{axis}") for axis in (2, 1)]
    return tuple(length for length in lengths if type(length) is int) if None not in lengths else image.shape


def pixels_of(descriptor: int, image: Hdu, path: Path, buffer: UInt16Array | None) -> UInt16Array:
    """Pixels [ADU] of an image, in ``buffer`` where it fits. Raises FrameError, and OSError from the file."""
    rows, columns = image_shape(image)
    fits = buffer is not None and buffer.flags.c_contiguous and buffer.size >= rows * columns
    memory = buffer if buffer is not None and fits else np.empty(rows * columns, dtype=np.uint16)
    pixels = memory.reshape(-1)[: rows * columns].reshape(rows, columns)
    if compressed(image):
        _decompress(path, image, pixels)
        return pixels
    with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as file:
        file.seek(image.data)
        cards = image.cards
        bits, zero, scale = cards["BITPIX"], cards.get("BZERO", 0), cards.get("BSCALE", 1)
        if (bits, scale) == (16, 1) and zero in (0, 32768) and "BLANK" not in cards:
            _read_16_bits(file, pixels, 0x8000 if zero else 0, path)
        else:
            _read_others(file, pixels, image, path)
    return pixels


def _read_16_bits(file: io.FileIO, pixels: UInt16Array, turned: int, path: Path) -> None:
    stored = np.empty((_BLOCK_ROWS, pixels.shape[1]), dtype=np.uint16)
    for block in _blocks(pixels):
        _fill(file, stored[: len(block)], path)
        _to_adu(stored[: len(block)], block, np.uint16(turned))


def _to_adu(stored: UInt16Array, adu: UInt16Array, turned: np.uint16) -> None:
    """Pixels from big-endian numbers, which are overwritten; BZERO 2^15 is one bit to turn.

    Shifts are vectorised, ``byteswap`` is not: this takes two thirds of its time.
    """
    if sys.byteorder == "big":
        np.bitwise_xor(stored, turned, out=adu)
        return
    np.right_shift(stored, np.uint16(8), out=adu)
    np.left_shift(stored, np.uint16(8), out=stored)
    np.bitwise_xor(stored, turned, out=stored)
    np.bitwise_or(adu, stored, out=adu)


def _read_others(file: io.FileIO, pixels: UInt16Array, image: Hdu, path: Path) -> None:
    cards = image.cards
    zero, scale, blank = cards.get("BZERO", 0), cards.get("BSCALE", 1), cards.get("BLANK")
    if isinstance(zero, str) or isinstance(scale, str):
        raise FrameError(path, ImageProblem.DAMAGED, f"cannot be used: BZERO {zero}, BSCALE {scale} are no numbers")
    stored = np.empty((_BLOCK_ROWS, pixels.shape[1]), dtype=_TYPES[int(cards["BITPIX"])])
    for block in _blocks(pixels):
        part = stored[: len(block)]
        _fill(file, part, path)
        if type(blank) is int and int(cards["BITPIX"]) > 0 and (part == blank).any():
            raise _wrong(path, "undefined (BLANK)", int((part == blank).sum()))
        _check_adu(part.astype(np.float64) * scale + zero, block, path)


def _check_adu(values: npt.NDArray[np.float64], adu: UInt16Array, path: Path) -> None:
    """Values as ADU, or FrameError when they are none."""
    if not np.isfinite(values).all():
        raise _wrong(path, "not a number", int((~np.isfinite(values)).sum()))
    whole = np.rint(values)
    if (whole < 0).any() or (whole > 65535).any():
        raise _wrong(path, "outside 0 to 65535 ADU", int(((whole < 0) | (whole > 65535)).sum()))
    if (np.abs(values - whole) > WHOLE).any():
        raise _wrong(path, "a fraction of an ADU", int((np.abs(values - whole) > WHOLE).sum()))
    adu[:] = whole.astype(np.uint16)


def _wrong(path: Path, what: str, count: int) -> FrameError:
    some = "1 pixel that is" if count == 1 else f"{count} pixels that are"
    return FrameError(path, ImageProblem.WRONG_PIXELS, f"is no raw frame: among its pixels are at least {some} {what}")


def _decompress(path: Path, image: Hdu, pixels: UInt16Array) -> None:
    from astropy.io import fits

    tile = image.cards.get("ZTILE2", 1)
    rows = max(_BLOCK_ROWS, tile if type(tile) is int else 1)
    try:
        with fits.open(path, memmap=False) as document:
            section = document[image.number].section
            for first in range(0, len(pixels), rows):
                block = pixels[first : first + rows]
                values = section[first : first + len(block)]
                if values.dtype in (np.int16, np.uint16):
                    block[:] = values.view(np.uint16)
                else:
                    _check_adu(values.astype(np.float64), block, path)
    except (FrameError, MemoryError):
        raise
    except Exception as why:  # whatever a damaged tile makes the decompressors raise
        if isinstance(why, OSError) and why.errno not in (None, errno.EINVAL):  # a wild offset is EINVAL
            raise
        raise FrameError(path, ImageProblem.DAMAGED, f"cannot be decompressed: {why or type(why).__name__}") from why


def _blocks(pixels: UInt16Array) -> Iterator[UInt16Array]:
    for first in range(0, len(pixels), _BLOCK_ROWS):
        yield pixels[first : first + _BLOCK_ROWS]


def _fill(file: io.FileIO, stored: npt.NDArray[np.generic], path: Path) -> None:
    view = memoryview(stored.view(np.uint8).data).cast("B")
    while view:
        count = file.readinto(view)
        if not count:
            raise FrameError(path, ImageProblem.TRUNCATED, "was cut while it was read: try again")
        view = view[count:]
