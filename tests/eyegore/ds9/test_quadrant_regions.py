"""Quadrants as regions: where they are, by numbers and in a real DS9."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from eyegore.basics.errors import FormatError
from eyegore.ds9.loading import geometry_of, region_text
from eyegore.elvis.ccd_frame import FrameGeometry

from .lab_ds9 import write_image

BOX = re.compile(r"box\(([\d.]+),([\d.]+),(\d+),(\d+),0\) # color=(\w+) tag={eyegore} tag={([a-z ]+)}")
GEOMETRIES = [(4238, 4172), (4256, 4172), (4238, 4132)]


def boxes(geometry: FrameGeometry) -> list[tuple[str, slice, slice]]:
    """Part, rows and columns of the array under each box."""
    found = []
    for x, y, width, height, _, part in BOX.findall(region_text(geometry)):
        left, low = float(x) - int(width) / 2 - 0.5, float(y) - int(height) / 2 - 0.5
        assert left == int(left)
        assert low == int(low)
        found.append((part, slice(int(low), int(low) + int(height)), slice(int(left), int(left) + int(width))))
    return found


@pytest.mark.parametrize(("columns", "rows"), GEOMETRIES)
def test_boxes_lie_on_the_pixels_of_their_sections(columns: int, rows: int) -> None:
    geometry = FrameGeometry.from_shape(columns, rows)
    expected = {part: np.zeros((rows, columns), bool) for part in ("prescan", "overscan", "parallel overscan")}
    for quadrant in "EFGH":
        place = geometry.canonical(quadrant)
        expected["prescan"][place][:, geometry.prescan] = True
        expected["overscan"][place][:, geometry.overscan] = True
        expected["parallel overscan"][place][geometry.overscan_rows, geometry.image_columns] = True
    drawn = {part: np.zeros((rows, columns), bool) for part in expected}
    for part, in_rows, in_columns in boxes(geometry):
        if part != "quadrant":
            drawn[part][in_rows, in_columns] = True
    for part, pixels in expected.items():
        assert np.array_equal(drawn[part], pixels), part


def test_each_quadrant_has_its_box_and_its_letter_in_it() -> None:
    geometry = FrameGeometry.from_shape(4256, 4172)
    letters = re.findall(r"text\(([\d.]+),([\d.]+)\) # color=\w+ text={(\w)}", region_text(geometry))
    assert [letter for _, _, letter in letters] == list("EFGH")
    quadrants = [(rows, columns) for part, rows, columns in boxes(geometry) if part == "quadrant"]
    assert quadrants == [geometry.place(letter) for letter in "EFGH"]
    for (x, y, _), (rows, columns) in zip(letters, quadrants, strict=True):
        assert columns.start < float(x) < columns.stop
        assert rows.start < float(y) < rows.stop


def test_a_frame_without_parallel_overscan_has_no_such_box() -> None:
    assert "parallel" not in region_text(FrameGeometry.from_shape(4238, 4132))


def test_the_geometry_is_that_of_the_very_file(tmp_path: Path, private_home: Path) -> None:
    (private_home / ".config").mkdir(exist_ok=True)
    assert geometry_of(write_image(tmp_path / "a.fits", 4256, 4132)) == FrameGeometry(4256, 4132)
    with pytest.raises(FormatError, match="100 columns x 4172 rows are no frame"):
        geometry_of(write_image(tmp_path / "b.fits", 100))
