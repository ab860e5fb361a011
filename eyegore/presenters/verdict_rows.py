"""Which exposures are to be taken again, at one glance: housekeeping and image of each row of the log together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping

from eyegore.images.tally import ImageTally
from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.events import Exposure, ExposureHk, ImageFile, ImageJudged, ImagesWaiting
from eyegore.messages.exposures import HkVerdict
from eyegore.presenters import hk_rows, image_rows as frame_rows
from eyegore.presenters.hk_rows import HkRowCells
from eyegore.presenters.image_rows import ImageRowCells
from eyegore.widgets.cells.flags import LOOKS, HealthCell, Status

COLUMN = "retake"
RETAKE = f"{LOOKS[Status.CRITICAL].glyph} retake"
LOOK = f"{LOOKS[Status.WARNING].glyph} look"

_TINTS = {RETAKE: Status.CRITICAL.value, LOOK: Status.WARNING.value, "": ""}


class VerdictRows:
    """The columns "HK", "image" and what follows from both, the tint of the rows, and the catch-up."""

    def __init__(self) -> None:
        self.hk = HkRowCells()
        self.frames = ImageRowCells()
        self.tally = ImageTally()
        self.columns = (*self.hk.columns, *self.frames.columns, COLUMN)

    def dress(self, tips: MutableMapping[str, Callable[[str], str]], longest: MutableMapping[str, str]) -> None:
        """Let the columns of a table have tips, and room for their texts."""
        tips.update({hk_rows.COLUMN: self.hk.tip, frame_rows.COLUMN: self.frames.tip, COLUMN: self.tip})
        longest.update({hk_rows.COLUMN: hk_rows.LONGEST, frame_rows.COLUMN: frame_rows.LONGEST, COLUMN: RETAKE})

    def add(self, rows: Iterable[Exposure]) -> None:
        """Note rows of the log."""
        rows = tuple(rows)
        self.hk.add(rows)
        self.frames.add(rows)

    def take(self, news: ExposureHk | ImageFile | ImageJudged | ImagesWaiting) -> None:
        """Note what is known of an exposure or an image now."""
        if isinstance(news, ExposureHk):
            self.hk.take(news)
        elif isinstance(news, ImageFile):
            self.frames.take_file(news)
        else:
            self.tally.take(news)
            if isinstance(news, ImageJudged):
                self.frames.take(news)

    def changed(self) -> list[str]:
        """Keys of the rows that may have changed since the last call."""
        return list(dict.fromkeys((*self.hk.changed(), *self.frames.changed())))

    def cells(self, key: str) -> dict[str, str]:
        """The cells of one row, by column."""
        return self.hk.cells(key) | self.frames.cells(key) | {COLUMN: self.word(key)}

    def word(self, key: str) -> str:
        """What is to be done about a row: retake it, look at it, or nothing that is known."""
        image, hk = self.frames.verdict(key), self.hk.verdict(key)
        if image is ImageVerdict.FAIL or hk in (HkVerdict.COMPROMISED, HkVerdict.NO_HK):
            return RETAKE
        return LOOK if image is ImageVerdict.WARNING or self.frames.broken(key) else ""

    def tint(self, key: str) -> str:
        """The value of the status that colours a row; "" for none."""
        return _TINTS[self.word(key)]

    def tip(self, key: str) -> str:
        """What housekeeping and image say of a row that is to be taken again or looked at."""
        return f"{self.hk.tip(key)}\n{self.frames.tip(key)}" if self.word(key) else ""

    def strip_cells(self) -> list[HealthCell]:
        """The segment of the health strip that is there while images wait to be judged."""
        if not self.tally.progress:
            return []
        tip = f"images: {self.tally.text}; the newest first, beside all else"
        return [HealthCell("frames", "judging images", self.tally.progress, None, tip)]
