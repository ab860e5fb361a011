"""The cells of the exposure log that tell what the housekeeping says of each frame, and why."""

from __future__ import annotations

from collections.abc import Iterable

from eyegore.limits.model import Severity
from eyegore.messages.events import Exposure, ExposureHk
from eyegore.messages.exposures import HkVerdict, RetakeReason
from eyegore.presenters.flags import status_of
from eyegore.presenters.rows import row_key
from eyegore.widgets.cells.flags import LOOKS, Status

COLUMN = "HK"
LONGEST = f"{LOOKS[Status.CRITICAL].glyph} {HkVerdict.COMPROMISED.value}"
MOST = 12
"""Reasons in the tip of a row; of more their number is told."""

_STATUS = {HkVerdict.CLEAN: Status.IN_LIMITS, HkVerdict.UNKNOWN: Status.UNKNOWN, HkVerdict.NO_HK: Status.STALE}


class HkRowCells:
    """A column with the verdict on each CCD of each exposure; what changed is found without looking at the rest."""

    columns = (COLUMN,)

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
        return {COLUMN: f"{LOOKS[_status(verdict, reasons)].glyph} {verdict.value}"}

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
