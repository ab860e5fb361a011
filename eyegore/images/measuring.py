"""Measures the four quadrants of a frame: what every frame has, and what the frames of its family have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from eyegore.campaign.plan import Chamber
from eyegore.elvis.ccd_frame import Frame
from eyegore.elvis.ccd_geometry import QUADRANTS, FrameGeometry
from eyegore.images.facts import ImageFacts
from eyegore.images.pixels import ccd_stats
from eyegore.images.pixels.ccd_stats import QuadrantCounts, SectionPlan
from eyegore.images.pixels.injected_charge import measure_injection
from eyegore.images.pixels.pixel_counts import counts_of, quantiles
from eyegore.images.pixels.spots import STAMP, Place, find_sources, lock, measure_spot
from eyegore.limits.frame_model import Family
from eyegore.messages.images import SECTIONS, Injection, QuadrantDetails, QuadrantStatistics, SectionStatistics, Spot

SPOT_NAMES = {"A": "ALPHA", "B": "BRAVO", "C": "CHARLIE", "D": "DELTA", "E": "ECHO"}
"""Spots of a quadrant as they are displayed: upper left, upper right, centre, lower left, lower right."""

_MOST_ROWS = 65535
"""Rows on or off beyond which a header is wrong."""

_LIT = (Family.FLAT, Family.NONLINEARITY, Family.COSMETICS)
_UNLIT = (Family.DARK, Family.PERSISTENCE)
_SPOTTED = (Family.FOCUS, Family.PSF)


@dataclass(frozen=True)
class Measured:
    """Quadrants by letter; details where they were asked for."""

    quadrants: Mapping[str, QuadrantStatistics]
    details: Mapping[str, QuadrantDetails]


def section_plan(geometry: FrameGeometry, vstart: int, vend: int) -> SectionPlan:
    """Where statistics are taken from in a frame with this read-out window."""
    return SectionPlan(
        columns={name: geometry.trimmed(name) for name in SECTIONS},
        rows=geometry.judged_rows(vstart, vend),
        window=geometry.read_rows(vstart, vend),
    )


def measure(frame: Frame, facts: ImageFacts, family: Family, chamber: Chamber, *, details: bool = False) -> Measured:
    """Measure a frame; ``chamber`` tells the pattern of the spots."""
    plan = section_plan(frame.geometry, *facts.window(frame.geometry))
    quadrants: dict[str, QuadrantStatistics] = {}
    counts: dict[str, QuadrantCounts] = {}
    drawn: dict[str, QuadrantDetails] = {}
    for letter in QUADRANTS:
        view = frame.pixels[frame.geometry.canonical(letter)]
        counts[letter] = ccd_stats.quadrant_counts(view, plan)
        sections = {
            name: ccd_stats.section_statistics(counts[letter].sections[name], view[plan.rows, plan.columns[name]])
            for name in SECTIONS
        }
        whole = counts[letter].window
        quadrants[letter] = QuadrantStatistics(
            quadrant=letter,
            pre=sections["pre"],
            img=sections["img"],
            ove=sections["ove"],
            saturated=ccd_stats.saturated(whole),
            lost=ccd_stats.lost(whole),
            active=int(whole.sum()),
            missing_codes=ccd_stats.missing_codes(whole),
            fluence=fluence(family, sections),
            background=_above_offset(sections) if family is Family.PERSISTENCE else math.nan,
            injection=_injection(frame, facts, family, plan, letter),
        )
        if details:
            drawn[letter] = ccd_stats.details(view, plan, counts[letter])
    if family in _SPOTTED:
        _add_spots(quadrants, counts, frame, plan, facts, chamber)
    return Measured(quadrants, drawn)


def fluence(family: Family, sections: Mapping[str, SectionStatistics]) -> float:
    """Signal [ADU] of a flat (image less overscan) or dark (image less the mean of prescan and overscan), else NaN."""
    if family in _LIT:
        return sections["img"].median - sections["ove"].median
    return _above_offset(sections) if family in _UNLIT else math.nan


def _above_offset(sections: Mapping[str, SectionStatistics]) -> float:
    return sections["img"].median - (sections["pre"].median + sections["ove"].median) / 2


def _injection(frame: Frame, facts: ImageFacts, family: Family, plan: SectionPlan, letter: str) -> Injection | None:
    on, off = facts.number("CHINJ_ON"), facts.number("CHINJ_OF")
    commanded = family is Family.INJECTION or facts.number("CHINJ") == 1
    if not commanded or not (0 <= on <= _MOST_ROWS and 0 <= off <= _MOST_ROWS and on + off >= 1):
        return None
    view = frame.pixels[frame.geometry.canonical(letter)]
    prescan = ccd_stats.row_means(view, plan, "pre")[plan.rows]
    image = view[plan.rows, plan.columns["img"]]
    return measure_injection(image, prescan, int(on), int(off), facts.expected_injection(letter), plan.rows.start)


def _add_spots(
    quadrants: dict[str, QuadrantStatistics],
    counts: Mapping[str, QuadrantCounts],
    frame: Frame,
    plan: SectionPlan,
    facts: ImageFacts,
    chamber: Chamber,
) -> None:
    """Find the spots of the four quadrants together, measure each, and the image between them."""
    images = {letter: frame.geometry.image_place(letter, plan.rows) for letter in QUADRANTS}
    found: list[Place] = []
    for letter, place in images.items():
        sky = quadrants[letter].img.median
        if not math.isnan(sky):
            rows, columns = place
            found += [
                (source.x + columns.start, source.y + rows.start) for source in find_sources(frame.pixels[place], sky)
            ]
    locked = _locked(found, frame.geometry, facts, chamber)
    for letter, place in images.items():
        rows, columns = place
        spots = []
        for initial, name in SPOT_NAMES.items():
            at = locked.get(letter + initial)
            if at is None:
                spots.append(Spot(name))
                continue
            spot = measure_spot(name, frame.pixels[place], at[0] - columns.start, at[1] - rows.start)
            spots.append(replace(spot, x=spot.x + columns.start, y=spot.y + rows.start))
        quadrants[letter] = replace(
            quadrants[letter],
            spots=tuple(spots),
            background=_between(spots, frame, plan, letter, counts[letter], quadrants[letter]),
        )


def _locked(found: list[Place], geometry: FrameGeometry, facts: ImageFacts, chamber: Chamber) -> dict[str, Place]:
    pattern = chamber.patterns.get(facts.ccd, {})
    return lock({name: geometry.silicon_to_frame(name[0], *place) for name, place in pattern.items()}, found)


def _between(
    spots: list[Spot],
    frame: Frame,
    plan: SectionPlan,
    letter: str,
    counts: QuadrantCounts,
    statistics: QuadrantStatistics,
) -> float:
    """Median of the image without the stamps of its spots, less the mean of prescan and overscan [ADU]."""
    covered = np.zeros((plan.rows.stop - plan.rows.start, plan.columns["img"].stop - plan.columns["img"].start), bool)
    half = STAMP // 2
    for spot in spots:
        if math.isnan(spot.x):
            continue
        column, row = frame.geometry.frame_to_canonical(letter, spot.x, spot.y)
        column, row = round(column) - plan.columns["img"].start, round(row) - plan.rows.start
        covered[max(0, row - half) : max(0, row + half + 1), max(0, column - half) : max(0, column + half + 1)] = True
    image = frame.pixels[frame.geometry.canonical(letter)][plan.rows, plan.columns["img"]]
    left = counts.sections["img"] - counts_of(image[covered].reshape(1, -1))
    (median,) = quantiles(left, (0.5,))
    return median - (statistics.pre.median + statistics.ove.median) / 2
