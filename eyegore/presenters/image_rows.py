"""The cells of the exposure log that tell what each image is like, and why."""

from __future__ import annotations

from collections.abc import Iterable

from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.events import Exposure, ImageFile
from eyegore.messages.exposures import ccd_of
from eyegore.messages.images import ImageJudged, ImageResult
from eyegore.presenters.rows import row_key
from eyegore.widgets.cells.flags import LOOKS, Status

COLUMN = "image"
MOST = 12
"""Checks in the tip of a row; of more their number is told."""
WRITING = "being written"

STATUS = {
    ImageVerdict.PASS: Status.IN_LIMITS,
    ImageVerdict.WARNING: Status.WARNING,
    ImageVerdict.FAIL: Status.CRITICAL,
    ImageVerdict.NOT_CHECKED: Status.UNCHECKED,
}


def _text(status: Status, words: str) -> str:
    return f"{LOOKS[status].glyph} {words}"


_VERDICTS = {verdict: _text(status, verdict.value) for verdict, status in STATUS.items()}
LONGEST = _VERDICTS[ImageVerdict.NOT_CHECKED]
NO_IMAGE = _text(Status.UNKNOWN, "no image")
JUDGING = _text(Status.UNKNOWN, "being judged")
BROKEN = _text(Status.INVALID, "not whole")

Key = tuple[int, int]
"""ObsID and number of the CCD."""


class ImageRowCells:
    """A column with the verdict on each image; what changed is found without looking at the rest.

    Of each image its verdict and the text of its tip are kept, no numbers.
    """

    columns = (COLUMN,)

    def __init__(self) -> None:
        self._verdicts: dict[Key, ImageVerdict] = {}
        self._words: dict[Key, tuple[str, str]] = {}
        """Of each image what stands in its cell and in its tip."""
        self._rows: dict[Key, str] = {}
        self._places: dict[str, Key] = {}
        self._changed: set[Key] = set()

    def add(self, rows: Iterable[Exposure]) -> None:
        """Note rows of the log."""
        for row in rows:
            if ccd := ccd_of(row.ccd):
                self._rows[row.obsid, ccd] = row_key(row)
                self._places[row_key(row)] = row.obsid, ccd

    def take_file(self, image: ImageFile) -> None:
        """Note that there is an image, or none any more: what was said of the one before holds no longer."""
        key = image.obsid, image.ccd
        self._verdicts.pop(key, None)
        if image.complete:
            self._words[key] = JUDGING, "it is measured when it is its turn, the newest first"
        elif image.problem == WRITING:
            self._words[key] = _text(Status.UNKNOWN, WRITING), ""
        else:
            self._words[key] = BROKEN, image.problem or "incomplete"
        self._changed.add(key)

    def take(self, judged: ImageJudged) -> None:
        """Note what was found out about an image."""
        result = judged.result
        key = result.obsid, result.ccd
        self._verdicts[key] = result.verdict
        self._words[key] = _VERDICTS[result.verdict], "\n".join(reasons(result))
        self._changed.add(key)

    def verdict(self, key: str) -> ImageVerdict | None:
        """The verdict on the image of a row, None while there is none."""
        return self._verdicts.get(self._places.get(key, (-1, 0)))

    def broken(self, key: str) -> bool:
        """Whether the image of a row is not whole, or gone."""
        return self._words.get(self._places.get(key, (-1, 0)), ("", ""))[0] == BROKEN

    def cells(self, key: str) -> dict[str, str]:
        """The cells of one row, by column."""
        return {COLUMN: self._words.get(self._places.get(key, (-1, 0)), (NO_IMAGE, ""))[0]}

    def changed(self) -> list[str]:
        """Keys of the rows that may have changed since the last call."""
        changed, self._changed = self._changed, set()
        return [self._rows[key] for key in changed if key in self._rows]

    def tip(self, key: str) -> str:
        """Why the row with this key has the verdict it has; "" for a row that is not known."""
        place = self._places.get(key)
        if place is None:
            return ""
        words, why = self._words.get(place, (NO_IMAGE, ""))
        head = f"ObsID {place[0]} CCD{place[1]}: {words.partition(' ')[2]}"
        return f"{head}\n{why}" if why else head


def reasons(result: ImageResult) -> list[str]:
    """Why an image has the verdict it has, a line for each check; a line for each kind of check not carried out."""
    if result.problem is not None:
        return [f"{result.problem.value}: {result.explanation}"]
    lines = [f"{check.verdict.value}: {check.text}" for check in result.bad_checks]
    missed = [check for check in result.checks if check.verdict is ImageVerdict.NOT_CHECKED]
    by_words: dict[str, list[str]] = {}
    for check in missed:
        by_words.setdefault(f"{check.name} not checked: {check.reason or 'no limit'}", []).append(check.quadrant)
    lines += [f"{words} ({' '.join(quadrants).strip()})" for words, quadrants in by_words.items()]
    more = [f"and {len(lines) - MOST} more"] if len(lines) > MOST else []
    return [*lines[:MOST], *more]
