"""Stretch and reduction of images, against plain numpy and known answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eyegore.images.pixels.display import (
    ColourMap,
    Stretch,
    block_factor,
    block_reduce_max,
    block_reduce_mean,
    equalise,
    histogram,
    linear,
    palette,
    preview,
    zscale_limits,
)

SHAPES = [
    ((24, 32), 8),
    ((25, 33), 8),
    ((7, 5), 8),
    ((1, 1), 3),
    ((130, 131), 1),
    ((300, 70), 2),
    ((521, 530), 3),
]


@pytest.fixture(autouse=True)
def configuration(private_home: Path) -> None:
    """The folder astropy looks for its configuration in: it warns when a variable names one that is not there."""
    (private_home / ".config").mkdir(exist_ok=True)


def noise(shape: tuple[int, int], seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 65536, shape).astype(np.uint16)


def blocks(pixels: np.ndarray, factor: int, statistic: object) -> np.ndarray:
    rows, columns = pixels.shape
    return np.array(
        [
            [statistic(pixels[r : r + factor, c : c + factor]) for c in range(0, columns, factor)]  # type: ignore[operator]
            for r in range(0, rows, factor)
        ]
    )


@pytest.mark.parametrize(("shape", "factor"), SHAPES)
def test_block_max_is_the_highest_pixel_of_each_block_up_to_the_edges(shape, factor):
    pixels = noise(shape)
    np.testing.assert_array_equal(block_reduce_max(pixels, factor), blocks(pixels, factor, np.max))


@pytest.mark.parametrize(("shape", "factor"), SHAPES)
def test_block_mean_is_the_mean_of_each_block_up_to_the_edges(shape, factor):
    pixels = noise(shape)
    np.testing.assert_allclose(block_reduce_mean(pixels, factor), blocks(pixels, factor, np.mean), rtol=1e-6)


@pytest.mark.parametrize(
    ("shape", "height", "width", "factor"),
    [
        ((4172, 4238), 600, 0, 7),
        ((4172, 4238), 600, 300, 15),
        ((4172, 4238), 4172, 4238, 1),
        ((4172, 4238), 4171, 0, 2),
        ((10, 10), 600, 600, 1),
        ((10, 10), 0, 0, 10),
    ],
)
def test_block_factor_is_the_smallest_that_fits_the_box(shape, height, width, factor):
    assert block_factor(shape, height, width) == factor


def test_histogram_is_exact_at_both_ends_and_over_several_chunks():
    pixels = noise((1100, 500))
    pixels[0, :3] = 0
    pixels[-1, -5:] = 65535
    np.testing.assert_array_equal(histogram(pixels), np.bincount(pixels.ravel(), minlength=65536))


def test_equalised_grey_levels_hold_equally_many_pixels():
    pixels = np.random.default_rng(2).normal(2500, 200, (400, 400)).astype(np.uint16)
    levels = np.bincount(equalise(pixels)[pixels].ravel(), minlength=256)
    eighths = levels.reshape(8, 32).sum(axis=1) / pixels.size
    assert np.all(np.abs(eighths - 1 / 8) < 0.02)


def test_equalise_keeps_the_order_of_values():
    assert np.all(np.diff(equalise(noise((64, 64))).astype(int)) >= 0)


@pytest.mark.parametrize("level", [1, 2500, 65535])
def test_a_uniform_image_is_mid_grey(level):
    assert equalise(np.full((8, 8), level, np.uint16))[level] == 128


def test_rows_that_were_not_read_take_no_grey_levels():
    pixels = np.random.default_rng(3).normal(2500, 200, (400, 100)).astype(np.uint16)
    pixels[20:] = 0
    grey = equalise(pixels)[pixels]
    assert grey[20:].max() == 0
    assert np.ptp(grey[:20]) > 250


def test_an_image_that_was_not_read_is_black():
    pixels = np.zeros((20, 20), np.uint16)
    for stretch in Stretch:
        assert preview(pixels, 10, stretch).max() == 0


def test_zscale_limits_are_those_of_astropy_and_enclose_the_background():
    from astropy.visualization import ZScaleInterval

    pixels = np.random.default_rng(4).normal(2500, 5, (200, 200)).astype(np.uint16)
    pixels[3, 3] = 65535
    low, high = zscale_limits(pixels)
    assert (low, high) == ZScaleInterval().get_limits(pixels)
    assert 2400 < low < 2500 < high < 2600


@pytest.mark.parametrize(("values", "limits"), [([], (0, 0)), ([0, 0], (0, 0)), ([7], (7, 7)), ([0, 3, 9], (3, 9))])
def test_zscale_of_a_handful_of_pixels_is_their_range(values, limits):
    assert zscale_limits(np.array([values], np.uint16)) == limits


def test_linear_is_black_below_and_white_above_its_limits():
    table = linear(1000, 1510)
    assert table[[0, 1000, 1255, 1510, 65535]].tolist() == [0, 0, 128, 255, 255]


def test_linear_survives_limits_that_are_one_value():
    table = linear(1000, 1000)
    assert table[1000] == 0
    assert table[1001] == 255


@pytest.mark.parametrize("stretch", list(Stretch))
def test_preview_shows_row_0_at_the_bottom_and_column_0_at_the_left(stretch):
    pixels = np.random.default_rng(5).normal(2500, 5, (4172 // 8, 4238 // 8)).astype(np.uint16)
    pixels[:40, :60] += 1000
    grey = preview(pixels, 100, stretch, width=100)
    assert grey.shape == (87, 89)
    assert grey.flags.c_contiguous
    bright = np.argwhere(grey == grey.max())
    assert grey[-6:, :9].min() > grey[:40].mean()
    assert bright[:, 0].min() >= 80
    assert bright[:, 1].max() < 10


@pytest.mark.parametrize("stretch", list(Stretch))
def test_a_single_hot_pixel_is_the_brightest_of_a_small_preview(stretch):
    pixels = np.random.default_rng(6).normal(2500, 5, (801, 802)).astype(np.uint16)
    pixels[800, 801] = 60000
    grey = preview(pixels, 100, stretch)
    assert grey[0, -1] == 255
    assert np.count_nonzero(grey == 255) < grey.size / 50


@pytest.mark.parametrize(
    ("colours", "name"), [(ColourMap.VIRIDIS, "viridis"), (ColourMap.HEAT, "inferno"), (ColourMap.INVERSE, "gray_r")]
)
def test_colours_are_those_of_matplotlib(colours: ColourMap, name: str) -> None:
    from matplotlib import colormaps

    ours = np.frombuffer(palette(colours), np.uint8).reshape(256, 3)
    theirs = 255 * colormaps[name](np.arange(256))[:, :3]
    assert np.abs(ours - theirs).max() < 8


def test_grey_needs_no_colours() -> None:
    assert palette(ColourMap.GREY) == b""
