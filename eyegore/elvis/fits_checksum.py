"""Whether the content of a FITS file is what its checksums say: the convention of FITS standard 4.0, section 4.4.2.7.

Data and header are added up as big-endian 32-bit numbers in ones' complement. DATASUM is that sum of the data, as text;
CHECKSUM makes the sum of the whole HDU minus zero.
"""

from __future__ import annotations

import os

import numpy as np

from eyegore.elvis.fits_headers import BLOCK, Hdu, Headers

_PART = 256 * BLOCK
_ROWS = 256
_EVERY_OTHER = np.uint64(0x00FF00FF00FF00FF)
_BYTE = np.uint64(8)
_MINUS_ZERO = 0xFFFFFFFF


def wrong_checksum(descriptor: int, headers: Headers) -> str:
    """What of an open file does not agree with the checksums in its headers; "" where all does, or there are none.

    Raises OSError only.
    """
    begin = 0
    for hdu in headers.hdus:
        wrong = _wrong(descriptor, begin, hdu)
        if wrong:
            return f"{wrong} of HDU {hdu.number + 1}"
        begin = hdu.end
    return ""


def _wrong(descriptor: int, begin: int, hdu: Hdu) -> str:
    told, whole = str(hdu.cards.get("DATASUM", "")).strip(), str(hdu.cards.get("CHECKSUM", "")).strip()
    if not told and not whole:
        return ""
    data = _sum(descriptor, hdu.data, hdu.end)
    if told and not (told.isdecimal() and _same(int(told), data)):
        return f"the data do not agree with the DATASUM {told}"
    if whole and not _same(_folded(_sum(descriptor, begin, hdu.data) + data), 0):
        return "header and data do not agree with the CHECKSUM"
    return ""


def _same(one: int, other: int) -> bool:
    """Whether two sums are the same; zero may be written with either sign."""
    return one % _MINUS_ZERO == other % _MINUS_ZERO and one <= _MINUS_ZERO


def _sum(descriptor: int, begin: int, end: int) -> int:
    """Sum of the bytes from ``begin`` to ``end``; those that are not there, of a last block not padded, are zeros."""
    total = 0
    while begin < end:
        part = os.pread(descriptor, min(_PART, end - begin), begin)
        if not part:
            break
        begin += len(part)
        total += _added(part)
    return _folded(total)


def _added(part: bytes) -> int:
    """Sum of big-endian words, by bytes: swapping them first would take five times as long.

    Of eight bytes every other one has 16 bits to be added up in, which is enough for :data:`_ROWS` of them.
    """
    words = np.frombuffer(part + bytes(-len(part) % (8 * _ROWS)), dtype="<u8").reshape(_ROWS, -1)
    even = (words & _EVERY_OTHER).sum(axis=0, dtype=np.uint64).view("<u2").reshape(-1, 4).sum(axis=0, dtype=np.uint64)
    odd = (words >> _BYTE & _EVERY_OTHER).sum(axis=0, dtype=np.uint64).view("<u2").reshape(-1, 4).sum(axis=0)
    first, third = int(even[0] + even[2]), int(even[1] + even[3])
    second, fourth = int(odd[0] + odd[2]), int(odd[1] + odd[3])
    return (first << 24) + (second << 16) + (third << 8) + fourth


def _folded(total: int) -> int:
    """A sum with what is beyond 32 bits carried round."""
    while total > _MINUS_ZERO:
        total = (total & _MINUS_ZERO) + (total >> 32)
    return total
