"""Judges what was measured of a frame by the table of checks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from eyegore.campaign.plan import Chamber
from eyegore.images.facts import ImageFacts
from eyegore.limits.frame_model import FULL_SCALE, CheckLimit, CheckTable, Family, ImageVerdict, Reference, worst
from eyegore.messages.images import SECTIONS, ImageCheck, QuadrantStatistics, Spot

_LINEAR = 0.8 * FULL_SCALE
"""Fluence [ADU] beyond which a flat does not tell the flux of the lamp any more."""

_FEW_PIXELS = 11250
"""Fewer tell a standard deviation to no better than 2 % (three standard errors), which is the distance of a usual read
noise from its limit: only narrow windows have so few."""

_UNKNOWN_COLUMN = "the script column of the exposure is not known"
_UNKNOWN_MODE = "the read-out mode is not known"
_UNKNOWN_REFERENCE = {
    Reference.BLOCK_OFFSET: "the CCD is not known",
    Reference.FULL_WELL: "the chamber's time to full well is not known: tell the block",
}
_UNMEASURED = "it could not be measured"

Quadrant = QuadrantStatistics

_VALUES: Mapping[str, Callable[[Quadrant], float]] = {
    "offset_pre": lambda quadrant: quadrant.pre.median,
    "offset_img": lambda quadrant: quadrant.img.median,
    "offset_ove": lambda quadrant: quadrant.ove.median,
    "gradient_img_pre": lambda quadrant: quadrant.gradient_img_pre,
    "gradient_ove_pre": lambda quadrant: quadrant.gradient_ove_pre,
    "std_pre": lambda quadrant: quadrant.pre.std,
    "std_img": lambda quadrant: quadrant.img.std,
    "std_ove": lambda quadrant: quadrant.ove.std,
    "saturated_fraction": lambda quadrant: quadrant.saturated_fraction,
    "lost_pixels": lambda quadrant: float(quadrant.lost) if quadrant.active else math.nan,
    "fluence": lambda quadrant: quadrant.fluence,
    "background": lambda quadrant: quadrant.background,
    "injection_level": lambda quadrant: quadrant.injection.level if quadrant.injection else math.nan,
    "injection_std": lambda quadrant: quadrant.injection.std if quadrant.injection else math.nan,
    "spots_found": lambda quadrant: float(sum(not math.isnan(spot.peak) for spot in quadrant.spots)),
}
_SPOT_VALUES: Mapping[str, Callable[[Spot], float]] = {
    "spot_peak": lambda spot: spot.peak,
    "spot_flux": lambda spot: spot.flux,
    "spot_width": lambda spot: spot.width,
}


@dataclass(frozen=True)
class Judge:
    """Judges one frame. ``block`` is "" and ``chamber`` None where they are not known.

    ``columns`` are the script columns that the exposure may belong to; none where that is not known.
    """

    table: CheckTable
    facts: ImageFacts
    family: Family
    columns: frozenset[int]
    block: str
    chamber: Chamber | None

    def checks(self, quadrants: Mapping[str, Quadrant]) -> Iterator[ImageCheck]:
        """Every check of the table that this frame's test has, in the order of the table."""
        limits: dict[str, list[CheckLimit]] = {}
        for limit in self.table.limits:
            if limit.holds_for(self.family, self.facts.test):
                limits.setdefault(limit.name, []).append(limit)
        for some in limits.values():
            for letter, quadrant in quadrants.items():
                chosen, reason = self._chosen(some, quadrant)
                if chosen is not None or reason:
                    yield from self._values(chosen, reason, some[0], letter, quadrant)

    def _chosen(self, limits: list[CheckLimit], quadrant: Quadrant) -> tuple[CheckLimit | None, str]:
        """The limit for this column and mode, or why it cannot be told; neither when there is none."""
        mode = self.facts.text("RDMODE").lower()
        if not mode and all(limit.modes for limit in limits):
            return None, _UNKNOWN_MODE
        limits = [limit for limit in limits if not limit.modes or mode in limit.modes]
        level = quadrant.injection.expected if quadrant.injection else math.nan
        if math.isnan(level):
            limits = [limit for limit in limits if limit.reference is not Reference.INJECTED_LEVEL]
        if not any(limit.columns for limit in limits):
            return (limits[0] if limits else None), ""
        chosen = [
            next((limit for limit in limits if not limit.columns or column in limit.columns), None)
            for column in sorted(self.columns)
        ]
        if not chosen or any(not _same(chosen[0], other) for other in chosen[1:]):
            return None, _UNKNOWN_COLUMN
        return chosen[0], ""

    def _values(
        self, limit: CheckLimit | None, reason: str, sample: CheckLimit, letter: str, quadrant: Quadrant
    ) -> Iterator[ImageCheck]:
        name = sample.name
        low, high = self._limits(limit, letter, quadrant) if limit is not None else (math.nan, math.nan)
        if limit is not None and math.isnan(low):
            reason = _UNKNOWN_REFERENCE[limit.reference]
        if name in _SPOT_VALUES:
            values = [(f"{name}_{spot.name}", _SPOT_VALUES[name](spot)) for spot in quadrant.spots]
        elif name == "saturation_time":
            values = [(name, time) for time in self._saturation_time(quadrant)]
        else:
            values = [(name, _VALUES[name](quadrant))]
        for called, value in values:
            verdict = (limit or sample).verdict(value, low, high)
            unmeasured = _UNMEASURED if math.isnan(value) else ""
            yield ImageCheck(
                name=called,
                quadrant=letter,
                value=value,
                low=low,
                high=high,
                verdict=verdict,
                unit=sample.unit,
                reason=reason or unmeasured,
                flag=(limit or sample).flag,
            )

    def _limits(self, limit: CheckLimit, letter: str, quadrant: Quadrant) -> tuple[float, float]:
        """Low and high in the unit of the value; NaN where the reference is not known."""
        if limit.reference is Reference.BLOCK_OFFSET:
            offset = (
                self.table.offset(self.block, self.facts.ccd, letter) if self.facts.ccd or not self.block else math.nan
            )
            return offset + limit.low, offset + limit.high
        if limit.reference is Reference.INJECTED_LEVEL and quadrant.injection is not None:
            return quadrant.injection.expected * limit.low, quadrant.injection.expected * limit.high
        if limit.reference is Reference.FULL_WELL:
            full = self._time_to_full_well()
            return full * limit.low, full * limit.high
        slack = _noise_slack(limit.name, quadrant)
        return limit.low * (1 - slack), limit.high * (1 + slack)

    def _time_to_full_well(self) -> float:
        slot = self.facts.number("WAVE")
        if self.chamber is None or not math.isfinite(slot):
            return math.nan
        wavelength = self.chamber.slots.get(int(slot))
        return math.nan if wavelength is None else self.chamber.full_well["flat"].get(wavelength, math.nan)

    def _saturation_time(self, quadrant: Quadrant) -> list[float]:
        """One time [s], none where the frame is too bright, or dark, to tell it."""
        usable = 0 < quadrant.fluence < _LINEAR and self.facts.exptime > 0
        return [FULL_SCALE * self.facts.exptime / quadrant.fluence] if usable else []


def _noise_slack(name: str, quadrant: Quadrant) -> float:
    """By how much the limits of a noise are widened, relative: three standard errors in sections of few pixels."""
    section = name.removeprefix("std_")
    if section not in SECTIONS:
        return 0.0
    pixels = quadrant.section(section).pixels
    return 3 / math.sqrt(2 * pixels) if 0 < pixels < _FEW_PIXELS else 0.0


def _same(one: CheckLimit | None, other: CheckLimit | None) -> bool:
    """Whether two limits say the same of a value."""
    if one is None or other is None:
        return one is other
    return (one.low, one.high, one.reference, one.out) == (other.low, other.high, other.reference, other.out)


def overall(checks: tuple[ImageCheck, ...]) -> ImageVerdict:
    """The worst verdict of the checks that were carried out.

    One whose limits are not known was not carried out and does not count. One whose value could not be measured does: a
    frame that has one never passes.
    """
    return worst(check.verdict for check in checks if not math.isnan(check.low))
