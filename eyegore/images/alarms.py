"""The images of a session as alarms: what a check says of the newest image of a CCD, latched like any other alarm."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable

from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.limits.frame_model import ImageVerdict
from eyegore.limits.model import Severity
from eyegore.messages.events import AlarmKind, Event, ImageJudged, Said
from eyegore.messages.images import ImageCheck, ImageResult

SUBJECTS = {
    "offset": "offset",
    "gradient": "offset",
    "std": "read noise",
    "saturated": "saturation",
    "lost": "lost pixels",
    "fluence": "fluence",
    "background": "fluence",
    "saturation": "fluence",
    "injection": "injection",
    "spots": "spots",
    "spot": "spots",
}
"""What an alarm is about, by the first word of the check: one for each CCD and subject, however many quadrants."""
FILE = "file"
"""Subject of an image that cannot be measured."""
MOST_TOLD = 3
"""Checks told one by one."""
NO_BLOCK = (
    "no block is told: offsets of images are compared with the usual one and raise no alarm; start Eyegore with --block"
)


class ImageAlarms:
    """Fed with every image judged; the newest of each CCD raises alarms, and lets go of them."""

    def __init__(self) -> None:
        self._newest: dict[int, tuple[int, float]] = {}
        """ObsID and time of the file of the newest image of each CCD."""
        self._said: dict[int, str] = {}
        self._blockless = False
        """Whether it was said that no block is told."""

    def raise_for(self, judged: ImageJudged, lab_now: float, board: AlarmBoard, frame: EntryContext) -> list[Event]:
        """The alarms of an image judged at ``lab_now`` [lab s]; those that were there at the start are no news."""
        result = judged.result
        obsid, modified = self._newest.get(result.ccd, (0, -math.inf))
        # both: one image with a number or a date far ahead must not hide all that come after it
        if not judged.news or (result.obsid < obsid and judged.modified <= modified):
            return [judged]
        self._newest[result.ccd] = result.obsid, judged.modified
        bad, passed = _by_subject(result)
        events: list[Event] = [judged]
        if not self._blockless and len(_counting(result)) < len(result.bad_checks):
            self._blockless = True
            events.append(Said(logging.WARNING, NO_BLOCK, frame.now))
        if result.verdict is not ImageVerdict.PASS and (bad or result.problem):
            text = f"ObsID {result.obsid} CCD{result.ccd} {result.verdict.value}: {_told(result)}"
            if self._said.get(result.ccd) != text:  # judged again, with its row of the log
                events.append(Said(logging.WARNING, text, frame.now))
            self._said[result.ccd] = text
        for subject, words in bad.items():
            since = lab_now - frame.now + judged.modified
            name = f"IMAGE CCD{result.ccd} {subject}"
            events += board.timer(name, Severity.WARNING, words, since, lab_now, frame, AlarmKind.FRAME)
        for subject in passed:
            events += board.timer_well(f"IMAGE CCD{result.ccd} {subject}", lab_now, frame, AlarmKind.FRAME)
        return events


def _by_subject(result: ImageResult) -> tuple[dict[str, str], list[str]]:
    """What is wrong with an image in words, by subject; and the subjects of which all that was checked is well."""
    if result.problem is not None:
        return ({} if result.problem.unseen else {FILE: f"{_told(result)} (ObsID {result.obsid})"}), []
    bad: dict[str, list[ImageCheck]] = {}
    passed = {FILE}
    for check in result.checks:
        if check.verdict is ImageVerdict.PASS:
            passed.add(_subject(check))
    for check in _counting(result):
        bad.setdefault(_subject(check), []).append(check)
    told = {subject: f"{_list(checks)} (ObsID {result.obsid})" for subject, checks in bad.items()}
    return told, sorted(passed - bad.keys())


def _told(result: ImageResult) -> str:
    if result.problem is not None:
        return f"{result.problem.value}: {result.explanation}"
    return _list(_counting(result))


def _subject(check: ImageCheck) -> str:
    return SUBJECTS.get(check.name.split("_")[0], check.name)


def _counting(result: ImageResult) -> list[ImageCheck]:
    """The bad checks, without offsets where no block is told: every healthy quadrant misses the usual offset."""
    return [check for check in result.bad_checks if result.block or not check.name.startswith("offset_")]


def _list(checks: Iterable[ImageCheck]) -> str:
    all_of = list(checks)
    told = [check.text for check in all_of[:MOST_TOLD]]
    more = f" and {len(all_of) - MOST_TOLD} more" if len(all_of) > MOST_TOLD else ""
    return "; ".join(told) + more
