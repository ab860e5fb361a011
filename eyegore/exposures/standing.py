"""What housekeeping and images together say of each exposure of a folder: whether it has to be taken again, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.exposures import ExposureHk, HkVerdict, RetakeReason, ccd_of
from eyegore.messages.images import ImageCheck, ImageProblem, ImageResult

ARRIVAL_S = 300.0
"""So long after the end of its read-out an image may still come, or be written [s]."""


class RetakeVerdict(Enum):
    """What is said of one frame, by its housekeeping and its image."""

    CLEAN = "clean"
    UNKNOWN = "unknown"
    NO_HK = "no HK"
    BAD_IMAGE = "bad image"
    """Its image failed a check, is missing, or is none."""
    COMPROMISED = "compromised"

    @property
    def rank(self) -> int:
        """The higher one counts where several are true."""
        return list(RetakeVerdict).index(self)


@dataclass(frozen=True)
class ImageReason:
    """A reason that an image gives; ``source`` is ``image``, or ``file`` where there is no image that can be measured.

    ``check`` is None where no check is the reason: ``note`` tells it then. ``ccd`` is 0 where the log names none.
    """

    source: str
    verdict: RetakeVerdict
    ccd: int
    check: ImageCheck | None = None
    note: str = ""

    @property
    def sample(self) -> str | None:
        """``LOW``, ``HIGH`` or ``UNCHECKED``; None where no check is the reason."""
        if self.check is None:
            return None
        if self.check.verdict is ImageVerdict.NOT_CHECKED or math.isnan(self.check.value):
            return "UNCHECKED"
        return "LOW" if self.check.value < self.check.low else "HIGH"

    @property
    def text(self) -> str:
        """All of it in one line, for people."""
        if self.check is None:
            return f"image of CCD{self.ccd}: {self.note}" if self.ccd else f"image: {self.note}"
        return f"image of CCD{self.ccd} {self.check.verdict.value}: {self.check.text}"


Reason = RetakeReason | ImageReason


@dataclass(frozen=True)
class Standing:
    """One ObsID; as :class:`~eyegore.messages.exposures.ExposureHk`, with what its images say."""

    obsid: int
    test: str
    start: float
    end: float
    verdicts: Mapping[str, RetakeVerdict]
    reasons: tuple[Reason, ...]
    assumed: tuple[str, ...]

    @property
    def verdict(self) -> RetakeVerdict:
        """The gravest of the verdicts; UNKNOWN where there is none."""
        return max(self.verdicts.values(), key=lambda one: one.rank, default=RetakeVerdict.UNKNOWN)


@dataclass(frozen=True)
class ImageFindings:
    """What was found out about the images of a folder at ``lab_now`` [lab s], by ObsID and CCD.

    ``warnings`` tells whether a WARNING is a reason to retake; ``unlogged`` are the images without a row of the log,
    which were not judged.
    """

    results: Mapping[tuple[int, int], ImageResult]
    lab_now: float
    warnings: bool = False
    unlogged: tuple[str, ...] = ()

    @property
    def none(self) -> bool:
        """Whether the folder holds no image at all: nothing can be said by its images then."""
        return not self.results

    def count(self, verdict: ImageVerdict) -> int:
        """Number of images with a verdict."""
        return sum(one.verdict is verdict for one in self.results.values())

    def reasons(self, state: ExposureHk, name: str) -> list[ImageReason]:
        """Why the image of the CCD that the log calls so is not good; none where it is."""
        ccd = ccd_of(name)
        if not ccd:
            called = f"the CCD '{name}'" if name else "no CCD"
            note = f"the log names {called}: which image is its own is not known, it was not looked at"
            return [ImageReason("file", RetakeVerdict.UNKNOWN, 0, note=note)]
        result = self.results.get((state.obsid, ccd))
        if result is None or result.problem is not None:
            return [self._no_image(state, ccd, result)]
        if result.verdict is ImageVerdict.NOT_CHECKED:
            missed = [
                one for one in result.checks if one.verdict is ImageVerdict.NOT_CHECKED and not math.isnan(one.low)
            ]
            reasons = [ImageReason("image", RetakeVerdict.UNKNOWN, ccd, check) for check in missed]
            return reasons or [ImageReason("image", RetakeVerdict.UNKNOWN, ccd, note="no check could be carried out")]
        bad = (ImageVerdict.FAIL, ImageVerdict.WARNING) if self.warnings else (ImageVerdict.FAIL,)
        found = [one for one in result.checks if one.verdict in bad]
        found.sort(key=lambda one: one.verdict is not ImageVerdict.FAIL)
        return [ImageReason("image", RetakeVerdict.BAD_IMAGE, ccd, check) for check in found]

    def _no_image(self, state: ExposureHk, ccd: int, result: ImageResult | None) -> ImageReason:
        if result is None or result.problem is None:
            note, unseen = "there is none", False
        else:
            note = f"{result.problem.value}: {result.explanation}"
            unseen = result.problem in (ImageProblem.UNREADABLE, ImageProblem.FAULT, ImageProblem.CONTRADICTORY)
        if not unseen and self.lab_now - state.end < ARRIVAL_S:
            note, unseen = f"{note}, but it may still come", True
        verdict = RetakeVerdict.UNKNOWN if unseen else RetakeVerdict.BAD_IMAGE
        return ImageReason("file", verdict, ccd, note=note)


def standings(states: Sequence[ExposureHk], images: ImageFindings | None) -> list[Standing]:
    """Every ObsID with the reasons of both; ``images`` None, or no image in the folder: by housekeeping alone."""
    return [_standing(state, images if images is not None and not images.none else None) for state in states]


def _standing(state: ExposureHk, images: ImageFindings | None) -> Standing:
    verdicts = {name: _of_hk(verdict) for name, verdict in state.verdicts.items()}
    reasons: list[Reason] = list(state.reasons)
    for name in verdicts if images is not None else ():
        found = images.reasons(state, name) if images is not None else []
        reasons += found
        verdicts[name] = max((verdicts[name], *(one.verdict for one in found)), key=lambda one: one.rank)
    return Standing(state.obsid, state.test, state.start, state.end, verdicts, tuple(reasons), state.assumed)


def _of_hk(verdict: HkVerdict) -> RetakeVerdict:
    return RetakeVerdict[verdict.name]
