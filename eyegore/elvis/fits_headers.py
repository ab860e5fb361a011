"""Headers of a FITS file, walked with few reads and no library: what a file should be, while it may not be that yet.

FITS standard 4.0: blocks of 2880 bytes, cards of 80, an END card, data padded to whole blocks.
"""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass

from eyegore.basics.errors import FormatError
from eyegore.messages.images import ImageProblem

BLOCK = 2880
CARD = 80

LONGEST_HEADER = 400 * BLOCK
"""Bytes after which a header without END is damaged (ELVIS writes about 100 cards: 3 blocks)."""

CardValue = str | int | float | bool

_STRING = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True)
class Hdu:
    """One header with its data: ``cards`` by keyword (the first of each), ``data`` the byte offset of its data.

    ``number`` counts from 0, the primary HDU.
    """

    cards: dict[str, CardValue]
    data: int
    data_size: int
    number: int = 0

    @property
    def end(self) -> int:
        """Byte offset of what follows the padded data."""
        return self.data + math.ceil(self.data_size / BLOCK) * BLOCK

    @property
    def table(self) -> bool:
        """Whether it is a table, and not one that holds a compressed image."""
        return self.cards.get("XTENSION") in ("BINTABLE", "TABLE") and self.cards.get("ZIMAGE") is not True

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes as numpy orders them: (NAXIS2, NAXIS1) for an image, also for a cube of one plane."""
        axes = int(self.cards["NAXIS"])
        while axes > 2 and self.cards[f"NAXIS{axes}"] == 1:
            axes -= 1
        return tuple(int(self.cards[f"NAXIS{axis}"]) for axis in range(axes, 0, -1))


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a file: its kind, and in words."""

    problem: ImageProblem
    words: str


@dataclass(frozen=True)
class Headers:
    """What the headers of a file say. ``expected`` are the bytes those read so far ask for, without the padding of the
    last block, which some writers leave out; ``flaw`` is None or why no more could be read."""

    hdus: tuple[Hdu, ...]
    expected: int
    flaw: Flaw | None

    @property
    def image(self) -> Hdu:
        """The last HDU with data that is no table: where ELVIS, and whoever adds to its files, has the image."""
        images = [hdu for hdu in self.hdus if not hdu.table]
        return next((hdu for hdu in reversed(images) if hdu.data_size), images[-1] if images else self.hdus[-1])


def card_value(text: str) -> CardValue:
    """Value of a card from what follows its ``= ``; "" when it has none."""
    if match := _STRING.match(text.lstrip()):
        return match[1].replace("''", "'").rstrip()
    word = text.partition("/")[0].strip()
    if word in ("T", "F"):
        return word == "T"
    try:
        return int(word)
    except ValueError:
        pass
    try:
        return float(word.replace("D", "E").replace("d", "e"))
    except ValueError:
        return word


def read_headers(descriptor: int, size: int) -> Headers:
    """Headers of an open file of ``size`` bytes. Raises OSError only."""
    hdus: list[Hdu] = []
    at = 0
    while at < size or not hdus:
        cards, end, flaw = _cards(descriptor, at, len(hdus) + 1)
        if flaw:
            if hdus and hdus[-1].data_size and not cards:
                break  # what follows the last image is no header: padding, not ours to judge
            return Headers(tuple(hdus), max(end, at), flaw)
        length = _data_size(cards)
        if length is None:
            words = f"the header of HDU {len(hdus) + 1} is damaged"
            return Headers(tuple(hdus), end, Flaw(ImageProblem.DAMAGED, words))
        hdus.append(Hdu(cards, end, length, len(hdus)))
        at = hdus[-1].end
    return Headers(tuple(hdus), hdus[-1].data + hdus[-1].data_size, None)


def _cards(descriptor: int, at: int, number: int) -> tuple[dict[str, CardValue], int, Flaw | None]:
    """Cards of one header, where it ends, and what is wrong with it."""
    cards: dict[str, CardValue] = {}
    begin = at
    first = b"SIMPLE  =" if number == 1 else b"XTENSION="
    while at - begin < LONGEST_HEADER:
        block = os.pread(descriptor, BLOCK, at)
        if at == begin and not block.startswith(first):
            return {}, at, _no_header(block, number, first)
        for place in range(0, len(block) - CARD + 1, CARD):
            card = block[place : place + CARD].decode("latin-1")
            keyword = card[:8].rstrip()
            if keyword == "END":
                return cards, at + BLOCK, None
            if card[8:10] == "= ":
                cards.setdefault(keyword, card_value(card[10:]))
        at += BLOCK
        if len(block) < BLOCK:
            return cards, at, Flaw(ImageProblem.TRUNCATED, f"the header of HDU {number} is cut")
    return cards, at, Flaw(ImageProblem.DAMAGED, f"the header of HDU {number} has no end")


def _no_header(block: bytes, number: int, first: bytes) -> Flaw:
    if not block:
        return Flaw(ImageProblem.EMPTY if number == 1 else ImageProblem.TRUNCATED, "it is empty")
    if not block.strip(b"\0"):
        return Flaw(ImageProblem.ZERO_FILLED, f"zeros where the header of HDU {number} should be")
    if first.startswith(block):
        return Flaw(ImageProblem.TRUNCATED, f"the header of HDU {number} is cut")
    if number == 1:
        return Flaw(ImageProblem.NOT_FITS, "it is not a FITS file")
    return Flaw(ImageProblem.DAMAGED, f"there is no header where that of HDU {number} should be")


def _data_size(cards: dict[str, CardValue]) -> int | None:
    """Bytes of data without padding; None when the header does not tell."""
    wanted = [cards.get("BITPIX"), cards.get("NAXIS"), cards.get("PCOUNT", 0), cards.get("GCOUNT", 1)]
    if not all(type(value) is int for value in wanted):
        return None
    bits, axes, parameters, groups = (int(value) for value in wanted if value is not None)
    if bits not in (8, 16, 32, 64, -32, -64) or not 0 <= axes <= 999 or parameters < 0 or groups < 0:
        return None
    lengths = [cards.get(f"NAXIS{axis}") for axis in range(1, axes + 1)]
    if not all(type(length) is int and length >= 0 for length in lengths):
        return None
    return abs(bits) // 8 * groups * (parameters + math.prod(int(length or 0) for length in lengths)) if axes else 0


class FrameError(FormatError):
    """``problem`` is its kind, ``explanation`` what is wrong in words that go after the name of the file."""

    def __init__(self, path: str | os.PathLike[str], problem: ImageProblem, explanation: str) -> None:
        super().__init__(f"{os.fspath(path)} {explanation}")
        self.problem = problem
        self.explanation = explanation


def unreadable(path: str | os.PathLike[str], why: OSError) -> FrameError:
    """The error for a file that the system does not let be read; one that is not there has vanished."""
    if isinstance(why, FileNotFoundError):
        return FrameError(path, ImageProblem.VANISHED, f"cannot be read: {why.strerror or why}")
    return FrameError(path, ImageProblem.UNREADABLE, f"cannot be read: {why.strerror or why}")
