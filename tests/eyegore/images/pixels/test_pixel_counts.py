"""Statistics from histograms are those of numpy and astropy on the pixels themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from astropy.stats import mad_std
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from eyegore.images.pixels.display import Pixels
from eyegore.images.pixels.pixel_counts import counts_of, moments, quantiles, read_noise

SHARES = (0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0)

regions = arrays(
    np.uint16,
    array_shapes(min_dims=2, max_dims=2, max_side=12),
    elements=st.one_of(st.integers(0, 65535), st.integers(2200, 2204), st.sampled_from([0, 65535])),
)


@given(regions)
@settings(deadline=None, max_examples=60)
def test_everything_is_what_numpy_says(region: Pixels) -> None:
    counts = counts_of(region)
    assert np.array_equal(counts, np.bincount(region.reshape(-1), minlength=65536))
    assert moments(counts) == (pytest.approx(region.mean()), pytest.approx(region.std(), abs=1e-9))
    assert quantiles(counts, SHARES) == pytest.approx(np.quantile(region, SHARES))


@pytest.mark.parametrize("step", [(1, 1), (-1, 1), (1, -1), (-1, -1), (3, 2)])
def test_a_region_may_run_in_any_direction(step: tuple[int, int]) -> None:
    frame = np.random.default_rng(1).integers(0, 65536, (700, 900), dtype=np.uint16)
    region = frame[:: step[0], :: step[1]]
    assert np.array_equal(counts_of(region), np.bincount(region.flatten(), minlength=65536))


@pytest.mark.parametrize("shape", [(0, 10), (10, 0), (0, 0)])
def test_no_pixels_have_no_statistics(shape: tuple[int, int]) -> None:
    counts = counts_of(np.zeros(shape, np.uint16))
    assert counts.sum() == 0
    found = (*moments(counts), *quantiles(counts, SHARES))
    assert all(math.isnan(value) for value in found)
    assert math.isnan(read_noise(np.zeros(shape, np.uint16)))


def gaussian(sigma: float, shape: tuple[int, int] = (2000, 21), seed: int = 2) -> Pixels:
    return np.rint(np.random.default_rng(seed).normal(2800.3, sigma, shape)).astype(np.uint16)


@pytest.mark.parametrize("sigma", [0.86, 1.1, 1.4, 2.0, 10.0, 100.0])
def test_read_noise_of_a_gaussian_is_its_sigma_and_the_rounding(sigma: float) -> None:
    assert read_noise(gaussian(sigma)) == pytest.approx(math.hypot(sigma, math.sqrt(1 / 12)), rel=0.03)


@pytest.mark.parametrize("sigma", [20.0, 100.0])
def test_read_noise_is_that_of_astropys_mad_where_whole_numbers_are_fine_enough(sigma: float) -> None:
    section = gaussian(sigma)
    differences = np.diff(section.astype(float), axis=1)
    assert read_noise(section) == pytest.approx(mad_std(differences) / math.sqrt(2), rel=0.02)


def test_read_noise_passes_over_drifts_gradients_and_cosmic_rays() -> None:
    section = gaussian(1.4).astype(np.int64)
    section += np.linspace(0, 300, len(section)).astype(int)[:, None] + 3 * np.arange(21)
    section[::40, 7] += 5000
    assert section.std() > 80
    assert read_noise(section.astype(np.uint16)) == pytest.approx(math.hypot(1.4, math.sqrt(1 / 12)), rel=0.04)


def test_read_noise_of_a_large_section_is_that_of_some_of_its_rows() -> None:
    assert read_noise(gaussian(1.4, (2000, 600))) == pytest.approx(math.hypot(1.4, math.sqrt(1 / 12)), rel=0.015)


@pytest.mark.parametrize("section", [np.full((9, 9), 7, np.uint16), np.arange(90, dtype=np.uint16).reshape(9, 10)])
def test_read_noise_of_what_has_none(section: Pixels) -> None:
    assert read_noise(section) == 0


@pytest.mark.parametrize("shape", [(5, 1), (0, 5)])
def test_read_noise_needs_two_columns_and_a_row(shape: tuple[int, int]) -> None:
    assert math.isnan(read_noise(np.ones(shape, np.uint16)))
