"""What was found out about one image, as the worker that measures it tells it; all frozen.

Every number is NaN where it could not be measured, and null in JSON.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

from eyegore.basics.quantities import apart
from eyegore.limits.frame_model import Family, ImageVerdict

FloatArray = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

SECTIONS = ("pre", "img", "ove")
"""Prescan, image and serial overscan, under the names of the JSON contract."""


class ImageProblem(Enum):
    """Why a file could not be measured as an image."""

    VANISHED = "vanished"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    NOT_FITS = "not FITS"
    DAMAGED = "damaged"
    NO_IMAGE = "no image"
    TRUNCATED = "truncated"
    ZERO_FILLED = "zero-filled"
    WRONG_SHAPE = "wrong shape"
    WRONG_PIXELS = "wrong pixels"
    CONTRADICTORY = "contradictory"
    """Header and name tell of different images: nobody knows which it is."""
    FAULT = "fault of Eyegore"

    @property
    def verdict(self) -> ImageVerdict:
        """Verdict on the frame: nothing is known of one that could not be looked at, the others are bad."""
        unknown = self.unseen or self is ImageProblem.CONTRADICTORY
        return ImageVerdict.NOT_CHECKED if unknown else ImageVerdict.FAIL

    @property
    def unseen(self) -> bool:
        """Whether the image could not even be looked at."""
        return self in (ImageProblem.VANISHED, ImageProblem.UNREADABLE, ImageProblem.FAULT)


@dataclass(frozen=True)
class SectionStatistics:
    """One section of a quadrant, trimmed, in the image rows that were read [ADU]; NaN when it has no pixel.

    ``median`` is the offset, ``std`` the plain standard deviation, ``noise`` the robust one of the read-out
    (1.4826 MAD of the differences of neighbouring columns, over the square root of 2).
    """

    pixels: int = 0
    mean: float = math.nan
    std: float = math.nan
    median: float = math.nan
    noise: float = math.nan
    lowest: float = math.nan
    p25: float = math.nan
    p75: float = math.nan
    highest: float = math.nan


@dataclass(frozen=True)
class Spot:
    """One spot of the point source. ``x`` and ``y`` are frame column and row [pixel], counted from 0.

    ``name`` is ALPHA, BRAVO, CHARLIE, DELTA or ECHO; ``peak`` [ADU] is above the background, ``flux`` [ADU] that in the
    aperture; FWHM [pixel] along columns (x) and rows (y). NaN when no spot was found where one should be.
    """

    name: str
    x: float = math.nan
    y: float = math.nan
    peak: float = math.nan
    flux: float = math.nan
    fwhm_x: float = math.nan
    fwhm_y: float = math.nan

    @property
    def width(self) -> float:
        """Square root of the sum of squares of both FWHM [pixel]."""
        return math.hypot(self.fwhm_x, self.fwhm_y)


@dataclass(frozen=True)
class Injection:
    """Injected charge after the prescan was subtracted row by row [ADU].

    ``level``, ``mean``, ``std`` are those of the rows into which charge should be injected, ``background`` the median
    of the others (NaN where there are none). ``expected`` is the level that the commanded voltages should give, NaN
    where none can be told. ``pattern`` is the correlation of the row means with the commanded pattern of ``on`` and
    ``off`` rows: 1 where they follow it, about 0 where nothing came; NaN where it has no rows off.
    """

    on: int
    off: int
    level: float = math.nan
    mean: float = math.nan
    std: float = math.nan
    background: float = math.nan
    expected: float = math.nan
    pattern: float = math.nan


@dataclass(frozen=True)
class QuadrantStatistics:
    """One quadrant. ``saturated`` pixels are at 65535, ``lost`` ones at 0, of the ``active`` ones in the read window.

    ``fluence`` and ``background`` [ADU] are NaN in families that have none; ``missing_codes`` are the values that no
    pixel of the window has although many have values next to them, below and above.
    """

    quadrant: str
    pre: SectionStatistics
    img: SectionStatistics
    ove: SectionStatistics
    saturated: int
    lost: int
    active: int
    missing_codes: int
    fluence: float = math.nan
    background: float = math.nan
    injection: Injection | None = None
    spots: tuple[Spot, ...] = ()

    @property
    def gradient_img_pre(self) -> float:
        """Offset of the image less that of the prescan [ADU]."""
        return self.img.median - self.pre.median

    @property
    def gradient_ove_pre(self) -> float:
        """Offset of the overscan less that of the prescan [ADU]."""
        return self.ove.median - self.pre.median

    @property
    def saturated_fraction(self) -> float:
        """Share of the active pixels at 65535; NaN when none is active."""
        return self.saturated / self.active if self.active else math.nan

    def section(self, name: str) -> SectionStatistics:
        """One of :data:`SECTIONS`."""
        return {"pre": self.pre, "img": self.img, "ove": self.ove}[name]


@dataclass(frozen=True, eq=False)
class QuadrantDetails:
    """What is drawn of a quadrant, canonical: counted from its output node.

    ``columns`` is the mean of each column over the image rows that were read, shape (columns,) [ADU]; ``rows`` the mean
    of each row over the trimmed columns of a section, by section, shape (rows,) [ADU], NaN in rows that were not read.
    ``histogram`` has the number of pixels of each value in the read window, shape (65536,).
    """

    columns: FloatArray
    rows: Mapping[str, FloatArray]
    histogram: Counts


@dataclass(frozen=True)
class ImageCheck:
    """One check of one quadrant. ``reason`` says why it is NOT CHECKED, "" when it is checked.

    ``name`` is that of the table; for a spot ``_ALPHA`` or so follows.
    """

    name: str
    quadrant: str
    value: float
    low: float
    high: float
    verdict: ImageVerdict
    unit: str = ""
    reason: str = ""
    flag: str = ""

    @property
    def text(self) -> str:
        """``std_pre of E is 1.62 ADU, above 1.44``, or why it was not checked."""
        whose = f" of {self.quadrant}" if self.quadrant else ""
        if self.verdict is ImageVerdict.NOT_CHECKED:
            return f"{self.name}{whose} was not checked: {self.reason or 'its limits are not known'}"
        unit = f" {self.unit}" if self.unit else ""
        limits = f"within {self.low:.6g} to {self.high:.6g}"
        if self.verdict is not ImageVerdict.PASS:
            limits = f"below {self.low:.6g}" if self.value < self.low else f"above {self.high:.6g}"
        return f"{self.name}{whose} is {apart(self.value, (self.low, self.high))}{unit}, {limits}"


@dataclass(frozen=True)
class ImageResult:
    """One image measured and judged, or the ``problem`` why it could not be (``explanation`` says it in words).

    ``ccd`` and ``obsid`` are 0 where neither header nor name tells them, ``column`` (script column, from 1) is None
    where it is not known. ``header`` holds the cards that were there. ``quadrants`` are by letter, in the order E F G
    H; empty with a problem. ``details`` are by letter too, and only there when asked for.
    """

    file: str
    obsid: int
    ccd: int
    verdict: ImageVerdict
    test: str = ""
    family: Family = Family.OTHER
    column: int | None = None
    block: str = ""
    overscan_columns: int = 0
    overscan_rows: int = 0
    vstart: int = 0
    vend: int = 0
    exptime: float = math.nan
    header: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    quadrants: Mapping[str, QuadrantStatistics] = field(default_factory=dict)
    checks: tuple[ImageCheck, ...] = ()
    problem: ImageProblem | None = None
    explanation: str = ""
    details: Mapping[str, QuadrantDetails] = field(default_factory=dict, repr=False, compare=False)

    @property
    def bad_checks(self) -> tuple[ImageCheck, ...]:
        """The checks that say WARNING or FAIL."""
        return tuple(check for check in self.checks if check.verdict in (ImageVerdict.WARNING, ImageVerdict.FAIL))

    def as_json(self) -> dict[str, Any]:
        """The documented contract of scripts; ``problem`` is there only when there is one."""
        document: dict[str, Any] = {
            "file": self.file,
            "obsid": self.obsid,
            "ccd": self.ccd,
            "overscan_columns": self.overscan_columns,
            "quadrants": {
                letter: {
                    **{
                        name: {key: _number(getattr(statistics.section(name), key)) for key in ("median", "std")}
                        for name in SECTIONS
                    },
                    "saturated": statistics.saturated,
                    "lost": statistics.lost,
                }
                for letter, statistics in self.quadrants.items()
            },
            "checks": [
                {
                    "name": check.name,
                    "quadrant": check.quadrant,
                    "value": _number(check.value),
                    "low": _number(check.low),
                    "high": _number(check.high),
                    "verdict": check.verdict.value,
                }
                for check in self.checks
            ],
            "verdict": self.verdict.value,
        }
        if self.problem is not None:
            document["problem"] = f"{self.problem.value}: {self.explanation}"
        return document


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


@dataclass(frozen=True)
class ImageJudged:
    """An image of the session was judged. ``news``: it came while Eyegore looked, and was not there at the start.

    ``modified`` is the time of the file [unix s].
    """

    result: ImageResult
    news: bool
    modified: float


@dataclass(frozen=True)
class ImagesWaiting:
    """How many images wait to be judged."""

    waiting: int
