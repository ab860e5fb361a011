"""Statistics of one quadrant in canonical orientation: sections, saturated and lost pixels, profiles; pure functions.

A quadrant is a view of shape (rows, columns) with its output node at [0, 0]; where its sections are comes as slices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from eyegore.images.pixels.display import SATURATED, Counts, Pixels
from eyegore.images.pixels.pixel_counts import FloatArray, counts_of, moments, quantiles, read_noise
from eyegore.messages.images import SECTIONS, QuadrantDetails, SectionStatistics

_NEAR = 4
_MANY = 25
"""Pixels with a value that make its neighbour without any no chance: it would be one of exp(-25)."""


@dataclass(frozen=True)
class SectionPlan:
    """Where statistics are taken: ``columns`` of each section (trimmed), ``rows`` the image rows that were read.

    ``window`` are all rows that were read, parallel overscan included.
    """

    columns: Mapping[str, slice]
    rows: slice
    window: slice


@dataclass(frozen=True, eq=False)
class QuadrantCounts:
    """Histograms of the sections, shape (65536,) each, and of the whole read window."""

    sections: Mapping[str, Counts]
    window: Counts


def quadrant_counts(quadrant: Pixels, plan: SectionPlan) -> QuadrantCounts:
    """Histograms of a quadrant, each pixel counted once."""
    rows = quadrant[plan.rows]
    sections = {name: counts_of(rows[:, plan.columns[name]]) for name in SECTIONS}
    whole = np.sum(list(sections.values()), axis=0)
    begin = 0
    for name in SECTIONS:
        between = slice(begin, plan.columns[name].start)
        whole += counts_of(rows[:, between])
        begin = plan.columns[name].stop
    whole += counts_of(rows[:, begin:])
    whole += counts_of(quadrant[plan.window.start : plan.rows.start])
    whole += counts_of(quadrant[max(plan.rows.stop, plan.window.start) : plan.window.stop])
    return QuadrantCounts(sections, whole)


def section_statistics(counts: Counts, section: Pixels) -> SectionStatistics:
    """Statistics of a section from its histogram; its read noise from the pixels themselves."""
    mean, std = moments(counts)
    lowest, p25, median, p75, highest = quantiles(counts, (0.0, 0.25, 0.5, 0.75, 1.0))
    return SectionStatistics(
        pixels=int(counts.sum()),
        mean=mean,
        std=std,
        median=median,
        noise=read_noise(section),
        lowest=lowest,
        p25=p25,
        p75=p75,
        highest=highest,
    )


def saturated(counts: Counts) -> int:
    """Pixels at full scale."""
    return int(counts[SATURATED])


def lost(counts: Counts) -> int:
    """Pixels that read exactly 0."""
    return int(counts[0])


def missing_codes(counts: Counts) -> int:
    """Values that no pixel has although, on both sides, one of the nearest four values has many.

    So neither the ends of a distribution nor the gap between two of them (bias and flat) count.
    """
    padded = np.concatenate((np.zeros(_NEAR, np.int64), counts, np.zeros(_NEAR, np.int64)))
    size = len(counts)
    below = np.max([padded[near : near + size] for near in range(_NEAR)], axis=0)
    above = np.max([padded[near : near + size] for near in range(_NEAR + 1, 2 * _NEAR + 1)], axis=0)
    return int(((counts == 0) & (np.minimum(below, above) >= _MANY)).sum())


def details(quadrant: Pixels, plan: SectionPlan, counts: QuadrantCounts) -> QuadrantDetails:
    """Profiles and histogram of a quadrant."""
    rows = quadrant[plan.rows]
    columns = np.full(quadrant.shape[1], np.nan)
    if len(rows):
        columns[:] = rows.sum(axis=0, dtype=np.uint64) / len(rows)
    return QuadrantDetails(
        columns=columns,
        rows={name: row_means(quadrant, plan, name) for name in SECTIONS},
        histogram=counts.window,
    )


def row_means(quadrant: Pixels, plan: SectionPlan, name: str) -> FloatArray:
    """Mean of each row over a section [ADU], shape (rows,); NaN in rows that were not read."""
    means = np.full(quadrant.shape[0], np.nan)
    section = quadrant[plan.window, plan.columns[name]]
    if section.size:
        means[plan.window] = section.sum(axis=1, dtype=np.uint64) / section.shape[1]
    return means
