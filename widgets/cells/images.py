"""What the image panel shows: the image of one CCD."""

from __future__ import annotations

from dataclasses import dataclass


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
