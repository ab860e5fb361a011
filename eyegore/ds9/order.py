"""What DS9 is to show, and what became of each image of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from eyegore.elvis.ccd_frame import frame_state

MOST_FRAMES = 500
"""Frames of one order: DS9 holds them all, and what is more is a slip of the hand."""


class Arrangement(Enum):
    """How DS9 shows several frames; the value is the word that it knows."""

    TILE = "tile"
    BLINK = "blink"
    SINGLE = "single"


@dataclass(frozen=True)
class FrameImage:
    """The image of one CCD and the number of the frame it goes to; ``path`` is None where no file is known."""

    frame: int
    obsid: int
    ccd: int
    path: Path | None

    @property
    def name(self) -> str:
        """The image in words."""
        return f"CCD{self.ccd} of ObsID {self.obsid}"


@dataclass(frozen=True)
class Ds9Order:
    """Images to show.

    ``arrangement`` None leaves DS9 as it is arranged, ``quadrants`` draws them over the images, ``equalised`` asks for
    histogram equalisation, ``emptied`` for empty frames where images are missing (else they keep what they show).
    """

    what: str
    images: tuple[FrameImage, ...]
    arrangement: Arrangement | None = Arrangement.TILE
    quadrants: bool = False
    equalised: bool = False
    emptied: bool = False


class Fate(Enum):
    """What became of an image; the value says it."""

    SHOWN = "shown"
    MISSING = "not there"
    INCOMPLETE = "not complete"
    UNREADABLE = "not readable"
    REFUSED = "refused by DS9"


@dataclass(frozen=True)
class OrderOutcome:
    """What became of one image, and why. ``note`` is for a person to know of an image that is shown."""

    image: FrameImage
    fate: Fate
    why: str = ""
    note: str = ""

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        match self.fate:
            case Fate.MISSING:
                return f"{self.image.name} is not there"
            case Fate.INCOMPLETE:
                return f"{self.image.name} is not shown: {self.why}"
            case Fate.UNREADABLE:
                return f"{self.image.name} cannot be read: {self.why}"
            case Fate.REFUSED:
                return f"{self.image.name}: {self.why}"
        return f"{self.image.name}: {self.note}" if self.note else f"{self.image.name} is shown"


def whole(image: FrameImage) -> OrderOutcome | None:
    """Why an image cannot be shown, None when it is whole. A half-written file would kill DS9."""
    if image.path is None:
        return OrderOutcome(image, Fate.MISSING)
    try:
        if not image.path.exists():
            return OrderOutcome(image, Fate.MISSING)
        state = frame_state(image.path)
    except OSError as why:
        return OrderOutcome(image, Fate.UNREADABLE, str(why))
    return None if state.complete else OrderOutcome(image, Fate.INCOMPLETE, state.problem)


def numbers_text(numbers: Iterable[int]) -> str:
    """``20103, 20105–20109``: runs of consecutive numbers."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def not_shown(outcomes: Sequence[OrderOutcome]) -> list[str]:
    """What is not shown, by reason and ObsID, a line for each reason and CCD."""
    lines = []
    for fate in (Fate.MISSING, Fate.INCOMPLETE, Fate.UNREADABLE, Fate.REFUSED):
        kept = [one for one in outcomes if one.fate is fate]
        for ccd, why in sorted({(one.image.ccd, one.why) for one in kept}):
            obsids = [one.image.obsid for one in kept if (one.image.ccd, one.why) == (ccd, why)]
            lines.append(f"{fate.value}: CCD{ccd} of ObsID {numbers_text(obsids)}{f' ({why})' if why else ''}")
    return lines
