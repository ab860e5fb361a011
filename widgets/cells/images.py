"""What is shown of an image: its picture, its verdict and its numbers."""

from __future__ import annotations

from dataclasses import dataclass

from eyegore.widgets.cells.flags import Status


@dataclass(frozen=True)
class ImageCell:
    """One CCD. ``grey`` holds ``height`` rows of ``width`` bytes, the top row (quadrants E and F) first.

    ``title`` says what was exposed; ``problem`` what is wrong with the image or, without ``grey``, why there is none.
    ``edges`` are where its sections meet, as shares of width and height from the upper left corner; the first of each
    is the boundary of the quadrants.
    """

    ccd: int
    width: int = 0
    height: int = 0
    grey: bytes = b""
    title: str = ""
    problem: str = ""
    edges: tuple[tuple[float, ...], tuple[float, ...]] = ((0.5,), (0.5,))

    def __post_init__(self) -> None:
        if len(self.grey) != self.width * self.height:
            raise ValueError(f"CCD{self.ccd}: {len(self.grey)} bytes are not {self.height} rows of {self.width}")


@dataclass(frozen=True)
class NumberCell:
    """One number; a ``status`` colours it and puts its sign before it, None leaves it plain."""

    text: str = ""
    status: Status | None = None


@dataclass(frozen=True)
class QuadrantCell:
    """The numbers of one quadrant, under the heads of the verdict."""

    letter: str
    numbers: tuple[NumberCell, ...]


@dataclass(frozen=True)
class VerdictCell:
    """What was found out about the image of one CCD. ``words`` stand beside the sign of the status.

    ``heads`` are those of the numbers: offset, noise, what the kind of test has ("" where nothing), saturated, lost.
    ``total`` tells the last two of all quadrants, for where there is little room.
    """

    ccd: int
    status: Status = Status.UNKNOWN
    words: str = ""
    heads: tuple[str, ...] = ("", "", "", "", "")
    quadrants: tuple[QuadrantCell, ...] = ()
    total: NumberCell = NumberCell()
