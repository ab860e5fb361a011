"""Patterns of spots matched to what was found."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from eyegore.campaign.plan import chamber
from eyegore.images.pixels.spot_lock import lock

PATTERN = chamber("B_BORN").patterns[2]
OTHER = chamber("A_DIRAC").patterns[2]


def moved(dx: float = 0, dy: float = 0, scale: float = 1, degrees: float = 0) -> dict[str, tuple[float, float]]:
    middle = sum(complex(*place) for place in PATTERN.values()) / len(PATTERN)
    turn = scale * cmath.exp(1j * math.radians(degrees))
    places = {name: (complex(*place) - middle) * turn + middle + complex(dx, dy) for name, place in PATTERN.items()}
    return {name: (place.real, place.imag) for name, place in places.items()}


@given(
    st.floats(-600, 600),
    st.floats(-600, 600),
    st.floats(0.99, 1.01),
    st.floats(-2, 2),
    st.sets(st.sampled_from(sorted(PATTERN)), max_size=6),
    st.lists(st.tuples(st.floats(0, 4096), st.floats(0, 4136)), max_size=4),
)
@settings(deadline=None, max_examples=40)
def test_a_pattern_is_found_wherever_it_was_moved(
    dx: float, dy: float, scale: float, degrees: float, lost: set[str], strays: list[tuple[float, float]]
) -> None:
    there = moved(dx, dy, scale, degrees)
    seen = [place for name, place in there.items() if name not in lost]
    # what is near a spot may be taken for it, and is not what this is about
    strays = [stray for stray in strays if all(math.dist(stray, place) > 300 for place in there.values())]
    found = lock(PATTERN, [*strays, *reversed(seen)])
    assert found == {name: place for name, place in there.items() if name not in lost}


def test_the_pattern_of_another_chamber_is_near_enough() -> None:
    assert lock(PATTERN, list(OTHER.values())) == OTHER


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_spots_are_no_pattern(count: int) -> None:
    assert lock(PATTERN, list(PATTERN.values())[:count]) == {}


@pytest.mark.parametrize("seed", range(5))
def test_little_of_a_pattern_is_found_by_chance(seed: int) -> None:
    strays = np.random.default_rng(seed).uniform(0, 4000, (5, 2))
    assert len(lock(PATTERN, [(x, y) for x, y in strays.tolist()])) < 5


def test_a_pattern_too_far_away_is_not_taken() -> None:
    assert len(lock(PATTERN, list(moved(0, 3000).values()))) < 20


def test_no_pattern_matches_nothing() -> None:
    assert lock({}, [(1.0, 2.0)]) == {}
