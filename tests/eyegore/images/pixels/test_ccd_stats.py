"""Statistics of a quadrant, on small ones."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eyegore.images.pixels.ccd_stats import (
    SectionPlan,
    details,
    lost,
    missing_codes,
    quadrant_counts,
    row_means,
    saturated,
    section_statistics,
)
from eyegore.images.pixels.display import Pixels
from eyegore.messages.images import SECTIONS

COLUMNS = {"pre": slice(3, 9), "img": slice(11, 38), "ove": slice(41, 47)}
PLANS = {
    "all": SectionPlan(COLUMNS, slice(0, 55), slice(0, 60)),
    "window": SectionPlan(COLUMNS, slice(5, 20), slice(5, 20)),
    "no overscan rows": SectionPlan(COLUMNS, slice(0, 60), slice(0, 60)),
    "overscan rows only": SectionPlan(COLUMNS, slice(55, 55), slice(56, 58)),
    "nothing": SectionPlan(COLUMNS, slice(7, 7), slice(7, 7)),
    "no overscan columns": SectionPlan({**COLUMNS, "ove": slice(50, 50)}, slice(0, 55), slice(0, 60)),
}


@pytest.fixture
def quadrant() -> Pixels:
    pixels = np.random.default_rng(3).normal(2800, 5, (60, 50)).astype(np.uint16)
    pixels[10, 20], pixels[11, 1] = 65535, 0
    return pixels


@pytest.mark.parametrize("name", PLANS)
def test_each_pixel_of_the_window_is_counted_once(quadrant: Pixels, name: str) -> None:
    plan = PLANS[name]
    counts = quadrant_counts(quadrant, plan)
    assert np.array_equal(counts.window, np.bincount(quadrant[plan.window].reshape(-1), minlength=65536))
    for section, columns in plan.columns.items():
        region = quadrant[plan.rows, columns]
        assert np.array_equal(counts.sections[section], np.bincount(region.reshape(-1), minlength=65536))


def test_statistics_of_a_section(quadrant: Pixels) -> None:
    plan = PLANS["all"]
    region = quadrant[plan.rows, COLUMNS["img"]]
    found = section_statistics(quadrant_counts(quadrant, plan).sections["img"], region)
    assert found.pixels == region.size
    assert (found.mean, found.std) == (pytest.approx(region.mean()), pytest.approx(region.std()))
    ranks = (found.lowest, found.p25, found.median, found.p75, found.highest)
    assert ranks == tuple(np.percentile(region, (0, 25, 50, 75, 100)))
    assert 4 < found.noise < 6 < found.std


def test_a_section_without_pixels_is_not_measured(quadrant: Pixels) -> None:
    empty = quadrant[7:7, COLUMNS["img"]]
    found = section_statistics(quadrant_counts(quadrant, PLANS["nothing"]).sections["img"], empty)
    assert found.pixels == 0
    assert all(math.isnan(value) for value in (found.mean, found.std, found.median, found.noise, found.p25))


def test_saturated_and_lost_pixels(quadrant: Pixels) -> None:
    counts = quadrant_counts(quadrant, PLANS["all"]).window
    assert (saturated(counts), lost(counts)) == (1, 1)
    outside = quadrant_counts(quadrant, SectionPlan(COLUMNS, slice(0, 10), slice(0, 10))).window
    assert (saturated(outside), lost(outside)) == (0, 0)


@pytest.mark.parametrize("gap", [(), (2801,), (2799, 2803), (2800, 2801), (2798, 2799, 2800)])
def test_missing_codes_are_counted(gap: tuple[int, ...]) -> None:
    values = np.rint(np.random.default_rng(4).normal(2800, 5, 50_000)).astype(int)
    counts = np.bincount(values, minlength=65536)
    counts[list(gap)] = 0
    assert missing_codes(counts) == len(gap)


def test_gaps_between_distributions_and_their_ends_are_no_missing_codes() -> None:
    counts = np.zeros(65536, np.int64)
    counts[0], counts[65535] = 1000, 1000
    counts[2300], counts[2301] = 10**6, 10**6
    counts[40000:40200] = 10
    assert missing_codes(counts) == 0


def test_profiles(quadrant: Pixels) -> None:
    plan = PLANS["window"]
    found = details(quadrant, plan, quadrant_counts(quadrant, plan))
    assert found.columns == pytest.approx(quadrant[5:20].mean(axis=0))
    for name in SECTIONS:
        assert found.rows[name][5:20] == pytest.approx(quadrant[5:20, COLUMNS[name]].mean(axis=1))
        assert np.isnan(found.rows[name][:5]).all()
        assert np.isnan(found.rows[name][20:]).all()
    assert found.histogram.sum() == 15 * 50


@pytest.mark.parametrize("name", ["nothing", "overscan rows only"])
def test_profiles_of_nothing(quadrant: Pixels, name: str) -> None:
    plan = PLANS[name]
    assert np.isnan(details(quadrant, plan, quadrant_counts(quadrant, plan)).columns).all()


def test_a_section_without_columns_has_no_profile(quadrant: Pixels) -> None:
    assert np.isnan(row_means(quadrant, PLANS["no overscan columns"], "ove")).all()
