"""What an image may be: the families of tests, the verdicts on a frame, and one limit of a check."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

FULL_SCALE = 65536.0
"""[ADU] that full well is taken for: fluences and saturation times of flats are told by it."""

METRICS = {
    "offset_pre": "ADU",
    "offset_img": "ADU",
    "offset_ove": "ADU",
    "gradient_img_pre": "ADU",
    "gradient_ove_pre": "ADU",
    "std_pre": "ADU",
    "std_img": "ADU",
    "std_ove": "ADU",
    "saturated_fraction": "",
    "lost_pixels": "pixel",
    "fluence": "ADU",
    "background": "ADU",
    "injection_level": "ADU",
    "injection_std": "ADU",
    "saturation_time": "s",
    "spots_found": "",
    "spot_peak": "ADU",
    "spot_flux": "ADU",
    "spot_width": "pixel",
}
"""What of a frame can be checked, with its unit. Those of spots are checked for each spot."""


class ImageVerdict(Enum):
    """What a check says of a frame; the value is the word people and scripts read."""

    NOT_CHECKED = "NOT CHECKED"
    PASS = "PASS"
    WARNING = "WARNING"
    FAIL = "FAIL"


class Family(Enum):
    """Tests whose frames are judged in the same way."""

    BIAS = "bias"
    DARK = "dark"
    FLAT = "flat"
    NONLINEARITY = "nonlinearity"
    INJECTION = "injection"
    FOCUS = "focus"
    PSF = "psf"
    PERSISTENCE = "persistence"
    WARM = "warm"
    COSMETICS = "cosmetics"
    OTHER = "other"


class Reference(Enum):
    """What the limits of a check are told against."""

    NONE = "none"
    """They are absolute."""
    BLOCK_OFFSET = "block offset"
    """They are added to the offset expected of the block, CCD and quadrant [ADU]."""
    INJECTED_LEVEL = "injected level"
    """They are multiplied by the level that the commanded voltages should inject [ADU]."""
    FULL_WELL = "time to full well"
    """They are multiplied by the chamber's time to full well [s] in flat light."""


@dataclass(frozen=True)
class CheckLimit:
    """A measured value of a frame is good when ``low <= value <= high``, both in ``unit`` and after ``reference``.

    It holds for tests that match one of ``tests`` (shell patterns; none: all) of one of ``families`` (none: all), in
    the script columns ``columns`` (none: all) and the read-out modes ``modes`` (none: all). ``out`` is the verdict on a
    value outside; ``flag`` the name that the lab's analysis gives to it.
    """

    name: str
    low: float
    high: float
    unit: str
    out: ImageVerdict
    flag: str
    description: str
    families: frozenset[Family] = frozenset()
    tests: tuple[str, ...] = ()
    columns: frozenset[int] = frozenset()
    modes: frozenset[str] = frozenset()
    reference: Reference = Reference.NONE

    def holds_for(self, family: Family, test: str) -> bool:
        """Whether it is one of this test's, in whatever script column."""
        named = not self.tests or any(fnmatch.fnmatchcase(test, pattern) for pattern in self.tests)
        return named and (not self.families or family in self.families)

    def verdict(self, value: float, low: float, high: float) -> ImageVerdict:
        """Verdict on a value with the limits worked out; NaN anywhere is NOT CHECKED: unknown never passes."""
        if math.isnan(value) or math.isnan(low) or math.isnan(high):
            return ImageVerdict.NOT_CHECKED
        return ImageVerdict.PASS if low <= value <= high else self.out


@dataclass(frozen=True)
class CheckTable:
    """The limits of all checks, in the order in which they are told, and the offsets [ADU] expected of each block.

    ``blocks`` has them by block name, then by CCD number and quadrant letter; ``default_offset`` is for no block.
    """

    source: str
    digest: str
    limits: tuple[CheckLimit, ...]
    blocks: Mapping[str, Mapping[tuple[int, str], float]]
    default_offset: float

    def offset(self, block: str, ccd: int, quadrant: str) -> float:
        """Offset [ADU] expected of a quadrant; KeyError for a block that is not in the table."""
        return self.blocks[block][ccd, quadrant] if block else self.default_offset


def worst(verdicts: Iterable[ImageVerdict]) -> ImageVerdict:
    """The worst of some verdicts: FAIL, WARNING, NOT CHECKED, PASS; of none it is NOT CHECKED."""
    order = (ImageVerdict.FAIL, ImageVerdict.WARNING, ImageVerdict.NOT_CHECKED, ImageVerdict.PASS)
    found = set(verdicts)
    return next((verdict for verdict in order if verdict in found), ImageVerdict.NOT_CHECKED)
