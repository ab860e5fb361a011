"""What the housekeeping says of the exposures, frame by frame; frozen. Part of :mod:`eyegore.messages.events`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache

from eyegore.basics.lab_time import clock_text
from eyegore.limits.model import Severity, Verdict, quantity

CCDS = (1, 2, 3)
"""The CCDs of a read-out: each ObsID has an image of each."""
_CCD = re.compile(r"(?:^|_)CCD ?([123])(?:_|$)|^([123])$", re.IGNORECASE)


@cache
def ccd_of(name: str) -> int:
    """The CCD that a parameter or a cell of the log names; 0 where it names none: it concerns all three."""
    found = _CCD.search(name)
    return int(found[1] or found[2]) if found else 0


class HkVerdict(Enum):
    """What the housekeeping says of one frame."""

    CLEAN = "clean"
    """Every sample of every checked parameter that concerns it was in limits, from its start to the end of read-out."""
    UNKNOWN = "unknown"
    """Nothing can be said: its housekeeping has not been read yet, or nothing of it is checked."""
    NO_HK = "no HK"
    """Housekeeping is missing or invalid while it was taken: nobody knows."""
    COMPROMISED = "compromised"
    """Something was out of limits."""

    @property
    def rank(self) -> int:
        """The higher one counts where several are true."""
        return list(HkVerdict).index(self)


@dataclass(frozen=True)
class RetakeReason:
    """One reason why a frame may have to be retaken.

    ``source`` is who says so (``hk``: the housekeeping). ``sample`` is what the samples of ``parameter`` were (STALE:
    there were none; UNCHECKED: nothing is known), from ``first`` to ``last`` [lab s] *within the frame*; ``worst`` is
    the worst of these ``samples`` in ``unit`` (of the limit tables), NaN where there is none. ``limit`` and ``note``
    are texts. ``ccd`` is the CCD it concerns, 0 for all.
    """

    source: str
    verdict: HkVerdict
    sample: Verdict
    parameter: str = ""
    ccd: int = 0
    first: float = math.nan
    last: float = math.nan
    samples: int = 0
    worst: float = math.nan
    unit: str = ""
    limit: str = ""
    severity: Severity = Severity.NONE
    note: str = ""

    def concerns(self, ccd: str) -> bool:
        """Whether it is a reason for the CCD that the log calls so; one without a number may be any."""
        number = ccd_of(ccd)
        return not self.ccd or not number or self.ccd == number

    @property
    def text(self) -> str:
        """All of it in one line, for people."""
        span = ""
        if math.isfinite(self.first):
            last = clock_text(self.last)
            same_day = last[:6] == clock_text(self.first)[:6]
            span = f"{clock_text(self.first)}–{last[7:] if same_day else last}" if math.isfinite(self.last) else ""
        if not self.parameter:
            return f"{self.note} {span}".strip()
        words = self.sample.name.lower().replace("_", " ")
        if self.sample is Verdict.INVALID:
            return f"{self.parameter}: no valid reading {span}"
        return f"{self.parameter} {words} {span}, worst {quantity(self.worst, self.unit)} (limit {self.limit})"


@dataclass(frozen=True)
class ExposureHk:
    """What is known of one ObsID; told whenever something else is known than before.

    It was taken from ``start`` to ``end`` [lab s], the end of the read-out (NaN: the log does not tell). ``verdicts``
    are by the name the log has for the CCD; ``reasons`` why they are not clean, the gravest first. ``assumed`` says
    what the log does not tell of the times and was assumed. ``final``: nothing more can come of it.
    """

    obsid: int
    test: str
    start: float
    end: float
    verdicts: Mapping[str, HkVerdict]
    reasons: tuple[RetakeReason, ...] = ()
    assumed: tuple[str, ...] = field(default=())
    final: bool = False

    @property
    def verdict(self) -> HkVerdict:
        """The gravest of the verdicts; UNKNOWN where there is none."""
        return max(self.verdicts.values(), key=lambda one: one.rank, default=HkVerdict.UNKNOWN)
