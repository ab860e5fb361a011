"""What is shown of an image that was judged: its verdict and its numbers."""

from __future__ import annotations

from dataclasses import dataclass

from eyegore.widgets.cells.flags import Status


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
