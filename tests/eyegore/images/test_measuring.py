"""Measures of a frame that follow from its family, on frames of few rows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from eyegore.elvis.ccd_frame import Frame, FrameGeometry
from eyegore.images.facts import ImageFacts
from eyegore.images.measuring import fluence, measure
from eyegore.limits.frame_model import Family
from eyegore.messages.images import SectionStatistics

from .simulated_images import BORN, frame

GEOMETRY = FrameGeometry.from_shape(4238, 4172)
SECTIONS = {
    name: SectionStatistics(10, level, 1.0, level) for name, level in (("pre", 100.0), ("img", 500.0), ("ove", 104.0))
}


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        (Family.FLAT, 396.0),
        (Family.NONLINEARITY, 396.0),
        (Family.COSMETICS, 396.0),
        (Family.DARK, 398.0),
        (Family.PERSISTENCE, 398.0),
        (Family.BIAS, math.nan),
        (Family.PSF, math.nan),
        (Family.OTHER, math.nan),
    ],
)
def test_fluence(family: Family, expected: float) -> None:
    assert fluence(family, SECTIONS) == pytest.approx(expected, nan_ok=True)


def test_spots_do_not_count_as_background() -> None:
    """Without its spots most of the image is dark; with them, most of it is not."""
    pixels = np.full((GEOMETRY.naxis2, GEOMETRY.naxis1), 2300, np.uint16)
    rows = 80
    for letter in "EFGH":
        view = pixels[GEOMETRY.canonical(letter)]
        view[:rows, 56 : 56 + 760] = 2310
    spots = {}
    for count, letter in enumerate("EFGH"):
        for step, initial in enumerate("ABCDE"):
            column, row = 1000 + 200 * step + 7 * count, 40
            pixels[GEOMETRY.canonical(letter)][row - 37 : row + 38, column - 37 : column + 38] = 2350
            pixels[GEOMETRY.canonical(letter)][row - 1 : row + 2, column - 1 : column + 2] += 20000
            (x, y), (x0, y0) = GEOMETRY.frame_to_canonical(letter, column, row), GEOMETRY.silicon_to_frame(letter, 0, 0)
            spots[letter + initial] = (x - x0, y - y0)
    optics = replace(BORN, patterns={1: spots})
    cards = {"OBJECT": "PSF01_800", "EXTNAME": "ROE1_CCD1", "VEND": rows}
    made = Frame("x.fits", pixels, cards, GEOMETRY)
    found = measure(made, ImageFacts(made.path, cards), Family.PSF, optics)
    for quadrant in found.quadrants.values():
        assert [math.isnan(spot.peak) for spot in quadrant.spots] == [False] * 5
        assert quadrant.img.median == 2310
        assert quadrant.background == 0


def test_injected_rows_are_counted_from_the_node_whatever_the_window() -> None:
    made = frame("CHINJ01", 5)
    cards = {**made.cards, "VSTART": 17, "VEND": 400}
    found = measure(made, ImageFacts(made.path, cards), Family.INJECTION, BORN)
    injection = found.quadrants["E"].injection
    assert injection is not None
    assert injection.pattern > 0.999
    assert injection.level == pytest.approx(14100, rel=0.02)


@pytest.mark.parametrize(
    ("family", "cards", "there"),
    [
        (Family.INJECTION, {"CHINJ_ON": 30, "CHINJ_OF": 100}, True),
        (Family.WARM, {"CHINJ": 1, "CHINJ_ON": 30, "CHINJ_OF": 50}, True),
        (Family.WARM, {"CHINJ": 0, "CHINJ_ON": 30, "CHINJ_OF": 50}, False),
        (Family.INJECTION, {"CHINJ_ON": 30}, False),
        (Family.INJECTION, {"CHINJ_ON": 0, "CHINJ_OF": 0}, False),
        (Family.INJECTION, {"CHINJ_ON": 1e300, "CHINJ_OF": 0}, False),
        (Family.INJECTION, {"CHINJ_ON": -30, "CHINJ_OF": 100}, False),
    ],
)
def test_injection_is_measured_where_it_was_commanded(family: Family, cards: dict[str, float], there: bool) -> None:
    pixels = np.full((GEOMETRY.naxis2, GEOMETRY.naxis1), 2300, np.uint16)
    made = Frame("x.fits", pixels, {**cards, "VEND": 40}, GEOMETRY)
    found = measure(made, ImageFacts(made.path, made.cards), family, BORN)
    assert (found.quadrants["E"].injection is not None) is there
