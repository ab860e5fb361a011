"""Parts of frames, statistics and profiles, against plain numpy."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eyegore.images.pixels.display import block_reduce_max
from eyegore.images.pixels.frame_cut import (
    box_statistics,
    counts_statistics,
    envelope,
    in_16_bits,
    place_on_screen,
    values_statistics,
)


def noise(rows: int = 90, columns: int = 70, seed: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, 65536, (rows, columns)).astype(np.uint16)


@pytest.mark.parametrize("zoom", [1, 2, 5])
def test_a_window_inside_the_frame_shows_whole_pixels_the_last_row_on_top(zoom: int) -> None:
    pixels = noise()
    shown = place_on_screen(pixels, zoom, 10, 20, 30, 24)
    for y in range(24):
        for x in range(30):
            assert shown[y, x] == pixels[89 - 20 - y // zoom, 10 + x // zoom]


def test_a_window_larger_than_the_frame_has_nothing_around_it() -> None:
    pixels = noise(4, 6)
    shown = place_on_screen(pixels, 2, -3, -1, 24, 12)
    assert (shown[2:10, 6:18] == np.repeat(np.repeat(pixels[::-1], 2, 0), 2, 1)).all()
    assert np.count_nonzero(shown) == 8 * 12


def test_blocks_are_shown_as_one_pixel_each() -> None:
    pixels = noise(45, 35)
    shown = place_on_screen(block_reduce_max(pixels, 4), -4, 8, 4, 5, 3)
    assert shown[0, 0] == pixels[40:44, 8:12].max()
    assert shown[2, 4] == pixels[32:36, 24:28].max()


@pytest.mark.parametrize(("left", "top"), [(500, 0), (0, 500), (-500, 0)])
def test_beside_the_frame_nothing_is_shown(left: int, top: int) -> None:
    assert not place_on_screen(noise(), 1, left, top, 20, 20).any()


@pytest.mark.parametrize("box", [(0, 70, 0, 90), (3, 4, 5, 6), (10, 61, 20, 81)])
def test_statistics_of_a_box_are_those_of_numpy(box: tuple[int, int, int, int]) -> None:
    pixels = noise()
    pixels[40:42] = 0
    part = pixels[box[2] : box[3], box[0] : box[1]]
    read = part[part > 0].astype(float)
    found = box_statistics(pixels, box)
    assert (found.pixels, found.unread) == (read.size, part.size - read.size)
    assert found.mean == pytest.approx(read.mean())
    assert found.std == pytest.approx(read.std())
    assert (found.median, found.lowest, found.highest) == (np.median(read), read.min(), read.max())


def test_a_box_without_a_pixel_read_has_no_statistics() -> None:
    found = box_statistics(np.zeros((20, 20), np.uint16), (0, 20, 0, 20))
    assert (found.pixels, found.unread) == (0, 400)
    assert math.isnan(found.mean)
    assert counts_statistics(np.zeros(65536, np.int64)).pixels == 0


def test_statistics_of_a_comparison_leave_out_what_could_not_be_compared() -> None:
    found = values_statistics(np.array([1, 2, 6, np.nan], np.float32))
    assert (found.pixels, found.unread, found.mean, found.median, found.highest) == (3, 1, 3.0, 2.0, 6.0)
    assert values_statistics(np.array([np.nan], np.float32)).pixels == 0


@pytest.mark.parametrize(("first", "factor"), [(0, 4), (2, 4), (0, 1), (3, 7)])
def test_every_outlier_is_in_the_envelope_where_its_block_is(first: int, factor: int) -> None:
    values = np.full(50, 100.0)
    values[17], values[31] = 900.0, -5.0
    low, high = envelope(values, first, factor)
    assert high[(17 + first) // factor - first // factor] == 900
    assert low[(31 + first) // factor - first // factor] == -5
    assert np.count_nonzero(high == 900) == np.count_nonzero(low == -5) == 1


def test_levels_of_a_comparison_keep_the_order_and_mark_what_could_not_be_compared() -> None:
    values = np.array([-3.0, 0.0, 9.0, np.nan, 50.0], np.float32)
    levels = in_16_bits(values, values[:3])
    assert levels.tolist()[3] == 0
    assert 1 == levels[0] < levels[1] < levels[2] == levels[4]
    assert in_16_bits(values, np.array([np.nan], np.float32)).dtype == np.uint16
