"""Which exposures are to be taken again, at one glance: housekeeping and image of each row of the log together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping

from eyegore.images.tally import ImageTally
from eyegore.limits.frame_model import ImageVerdict
from eyegore.limits.model import Severity
from eyegore.messages.events import Exposure, ExposureHk, ImageFile, ImageJudged, ImagesWaiting
from eyegore.messages.exposures import HkVerdict, RetakeReason
from eyegore.presenters import image_rows as frame_rows
from eyegore.presenters.flags import status_of
from eyegore.presenters.image_rows import ImageRowCells
from eyegore.presenters.rows import row_key
from eyegore.widgets.cells.flags import LOOKS, HealthCell, Status

HK_COLUMN = "HK"
HK_LONGEST = f"{LOOKS[Status.CRITICAL].glyph} {HkVerdict.COMPROMISED.value}"
MOST = 12
"""Reasons in the tip of a row; of more their number is told."""

_STATUS = {HkVerdict.CLEAN: Status.IN_LIMITS, HkVerdict.UNKNOWN: Status.UNKNOWN, HkVerdict.NO_HK: Status.STALE}


class HkRowCells:
    """A column with the verdict on each CCD of each exposure; what changed is found without looking at the rest."""

    columns = (HK_COLUMN,)

    def __init__(self) -> None:
        self._states: dict[int, ExposureHk] = {}
        self._keys: dict[int, list[str]] = {}
        self._place: dict[str, tuple[int, str]] = {}
        self._changed: set[int] = set()

    def add(self, rows: Iterable[Exposure]) -> None:
        """Note rows of the log."""
        for row in rows:
            key = row_key(row)
            if key not in self._place:
                self._keys.setdefault(row.obsid, []).append(key)
                self._place[key] = row.obsid, row.ccd

    def take(self, news: ExposureHk) -> None:
        """Note what is known of an exposure now."""
        self._states[news.obsid] = news
        self._changed.add(news.obsid)

    def verdict(self, key: str) -> HkVerdict:
        """The verdict on one row."""
        obsid, ccd = self._place.get(key, (-1, ""))
        state = self._states.get(obsid)
        return state.verdicts.get(ccd, HkVerdict.UNKNOWN) if state else HkVerdict.UNKNOWN

    def cells(self, key: str) -> dict[str, str]:
        """The cells of one row, by column."""
        obsid, ccd = self._place.get(key, (-1, ""))
        state, verdict = self._states.get(obsid), self.verdict(key)
        reasons = [one for one in state.reasons if one.concerns(ccd)] if state else []
        return {HK_COLUMN: f"{LOOKS[_status(verdict, reasons)].glyph} {verdict.value}"}

    def changed(self) -> list[str]:
        """Keys of the rows that may have changed since the last call."""
        changed, self._changed = self._changed, set()
        return [key for obsid in changed for key in self._keys.get(obsid, ())]

    def tip(self, key: str) -> str:
        """Why the row with this key has the verdict it has; "" for a row that is not known."""
        obsid, ccd = self._place.get(key, (0, ""))
        state = self._states.get(obsid)
        if state is None or ccd not in state.verdicts:
            return ""
        lines = [f"ObsID {obsid} {ccd}: {state.verdicts[ccd].value}".replace("  ", " ")]
        reasons = [reason for reason in state.reasons if reason.concerns(ccd)]
        lines += [reason.text for reason in reasons[:MOST]]
        if len(reasons) > MOST:
            lines.append(f"and {len(reasons) - MOST} more (eyegore retake)")
        lines += [f"assumed: {text}" for text in state.assumed]
        return "\n".join(lines)


def _status(verdict: HkVerdict, reasons: Iterable[RetakeReason]) -> Status:
    """The sign of a verdict; of a compromised one by the gravest reason."""
    if verdict is not HkVerdict.COMPROMISED:
        return _STATUS[verdict]
    return status_of(max((one.severity for one in reasons), default=Severity.WARNING))


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
        tips.update({HK_COLUMN: self.hk.tip, frame_rows.COLUMN: self.frames.tip, COLUMN: self.tip})
        longest.update({HK_COLUMN: HK_LONGEST, frame_rows.COLUMN: frame_rows.LONGEST, COLUMN: RETAKE})

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
