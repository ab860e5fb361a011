"""Sections, windows and coordinates of frames of every shape."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from eyegore.elvis.ccd_geometry import LARGEST_FRAME, QUADRANTS, FrameGeometry

SHAPES = [(4238, 4172), (4256, 4172), (4238, 4132), (4256, 4132)]
FULL = FrameGeometry.from_shape(4238, 4172)

geometries = st.sampled_from([FrameGeometry.from_shape(*shape) for shape in SHAPES])


@pytest.mark.parametrize(("naxis1", "overscan"), [(4238, 10), (4256, 19)])
def test_trimmed_sections(naxis1: int, overscan: int) -> None:
    geometry = FrameGeometry.from_shape(naxis1, 4172)
    assert geometry.trimmed("pre") == slice(25, 46)
    assert geometry.trimmed("img") == slice(56, 2094)
    assert geometry.trimmed("ove") == slice(2104, 2104 + overscan)
    assert geometry.section("ove").stop == geometry.columns


def test_a_section_too_narrow_to_be_trimmed_is_empty() -> None:
    narrow = FrameGeometry.from_shape(2 * (51 + 2048 + 3), 4172).trimmed("ove")
    assert narrow.start == narrow.stop


@pytest.mark.parametrize(
    ("naxis2", "vstart", "vend", "rows"),
    [
        (4172, 0, 2086, (0, 2066)),
        (4172, 0, 100, (0, 100)),
        (4132, 0, 2086, (0, 2066)),
        (4172, 2070, 2080, (2066, 2066)),
    ],
)
def test_statistics_are_of_image_rows_that_were_read(
    naxis2: int, vstart: int, vend: int, rows: tuple[int, int]
) -> None:
    assert FrameGeometry.from_shape(4238, naxis2).judged_rows(vstart, vend) == slice(*rows)


@pytest.mark.parametrize("shape", SHAPES)
def test_image_sections_in_frame_order_are_the_canonical_ones(shape: tuple[int, int]) -> None:
    geometry = FrameGeometry.from_shape(*shape)
    frame = np.arange(geometry.naxis1 * geometry.naxis2, dtype=np.int32).reshape(geometry.naxis2, geometry.naxis1)
    rows = slice(10, 30)
    for letter in QUADRANTS:
        canonical = frame[geometry.canonical(letter)][rows, geometry.image_columns]
        placed = frame[geometry.image_place(letter, rows)]
        assert np.array_equal(np.sort(canonical, axis=None), np.sort(placed, axis=None))
        assert placed[0, 0] < placed[-1, -1]


@given(geometries, st.sampled_from(QUADRANTS), st.integers(0, 2085), st.integers(0, 2065))
def test_a_pixel_is_the_same_in_canonical_and_frame_coordinates(
    geometry: FrameGeometry, letter: str, column: int, row: int
) -> None:
    x, y = geometry.frame_to_canonical(letter, column, row)
    assert geometry.quadrant_at(x, y) == letter
    assert geometry.frame_to_canonical(letter, x, y) == (column, row)
    numbers = np.arange(geometry.naxis2)[:, None], np.arange(geometry.naxis1)[None, :]
    rows, columns = geometry.canonical(letter)
    assert numbers[0][rows][row, 0] == y
    assert numbers[1][:, columns][0, column] == x


@pytest.mark.parametrize(("letter", "x", "y"), [("H", 51, 0), ("E", 51, 36), ("G", 91, 0), ("F", 91, 36)])
def test_silicon_is_counted_as_the_spot_patterns_are(letter: str, x: float, y: float) -> None:
    assert FULL.silicon_to_frame(letter, 0, 0) == (x, y)


def test_the_detector_is_in_one_piece_on_silicon() -> None:
    for shape in SHAPES:
        geometry = FrameGeometry.from_shape(*shape)
        places = {"H": (2047, 2065), "G": (2048, 2065), "E": (2047, 2065 + 5)}  # four injection rows lie between
        for letter, (x, y) in places.items():
            frame = geometry.silicon_to_frame(letter, x, y)
            assert geometry.frame_to_canonical(letter, *frame) == (51 + 2047, 2065)


@pytest.mark.parametrize(("x", "y"), [(-1, 5), (5, -1), (4238, 5), (5, 4172), (float("nan"), 5)])
def test_no_quadrant_is_outside_the_frame(x: float, y: float) -> None:
    assert FULL.quadrant_at(x, y) == ""


def test_the_largest_frame_holds_every_one() -> None:
    assert all((rows, columns) <= LARGEST_FRAME and columns <= LARGEST_FRAME[1] for columns, rows in SHAPES)
