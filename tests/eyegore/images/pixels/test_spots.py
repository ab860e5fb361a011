"""Spots found and measured on small images."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from eyegore.campaign.plan import chamber
from eyegore.images.pixels.display import Pixels
from eyegore.images.pixels.spots import find_sources, lock, measure_spot

SKY = 2300


def image(*spots: tuple[float, float, float], fwhm: float = 2.0, shape: tuple[int, int] = (300, 400)) -> Pixels:
    """Sky with read noise, and spots (x, y, flux) of this FWHM in the image, where the pixels widen them."""
    adu = np.random.default_rng(7).normal(SKY, 1.4, shape)
    sigma = math.sqrt((fwhm / 2.355) ** 2 - 1 / 12)
    for x, y, flux in spots:
        along_y, along_x = (
            np.diff([0.5 * math.erf((edge - 0.5 - at) / (sigma * math.sqrt(2))) for edge in range(size + 1)])
            for size, at in zip(shape, (y, x), strict=True)
        )
        adu += flux * np.outer(along_y, along_x)
    return np.clip(np.rint(adu), 0, 65535).astype(np.uint16)


@pytest.mark.parametrize("fwhm", [1.3, 2.0, 3.5, 6.0])
@pytest.mark.parametrize("flux", [15_000, 100_000])
def test_a_spot_is_measured_as_it_was_made(fwhm: float, flux: float) -> None:
    spot = measure_spot("ALPHA", image((150.3, 120.8, flux), fwhm=fwhm), 152, 119)
    assert (spot.name, spot.x, spot.y) == ("ALPHA", pytest.approx(150.3, abs=0.03), pytest.approx(120.8, abs=0.03))
    assert spot.flux == pytest.approx(flux, rel=0.02)
    assert (spot.fwhm_x, spot.fwhm_y) == (pytest.approx(fwhm, rel=0.03), pytest.approx(fwhm, rel=0.03))
    assert spot.width == pytest.approx(math.sqrt(2) * fwhm, rel=0.03)


def test_the_peak_is_above_the_background() -> None:
    made = image((150, 120, 180_000))
    assert measure_spot("ALPHA", made, 150, 120).peak == pytest.approx(made.max() - SKY, abs=1)


def test_a_spot_at_the_edge_is_measured_from_what_is_there() -> None:
    spot = measure_spot("ECHO", image((12.2, 288.6, 50_000)), 12, 289)
    assert (spot.x, spot.y) == (pytest.approx(12.2, abs=0.05), pytest.approx(288.6, abs=0.05))
    assert spot.flux == pytest.approx(50_000, rel=0.02)


@pytest.mark.parametrize(("x", "y"), [(50, 50), (-3, 50), (50, 300), (5000, 5000)])
def test_where_there_is_no_spot_nothing_is_measured(x: float, y: float) -> None:
    spot = measure_spot("ALPHA", image((300, 200, 50_000)), x, y)
    assert spot.name == "ALPHA"
    assert all(math.isnan(value) for value in (spot.x, spot.peak, spot.flux, spot.width))


def test_an_image_too_small_for_a_background_is_not_measured() -> None:
    assert math.isnan(measure_spot("ALPHA", image((5, 5, 50_000), shape=(11, 11)), 5, 5).peak)


def test_sources_are_found_brightest_first_and_cosmic_rays_are_not() -> None:
    made = image((60, 60, 20_000), (200.5, 90.5, 90_000), (330, 240, 40_000))
    made[150, 150] = 60_000
    made[20, 300:302] = 300  # a dark pair is nothing either
    found = find_sources(made, SKY)
    places = [(source.x, source.y) for source in found]
    assert places == [(pytest.approx(200, abs=1), pytest.approx(90, abs=1)), (330, 240), (60, 60)]
    assert found[0].peak == pytest.approx(made[90:92, 200:202].max() - SKY)


def test_one_spot_across_several_cells_is_found_once() -> None:
    assert len(find_sources(image((159.6, 159.6, 400_000), fwhm=6.0), SKY)) == 1


@pytest.mark.parametrize("shape", [(300, 400), (10, 400), (0, 400)])
def test_nothing_is_found_in_an_empty_image(shape: tuple[int, int]) -> None:
    assert find_sources(image(shape=shape), SKY) == []


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
