"""Colours of grey levels, against matplotlib."""

from __future__ import annotations

import numpy as np
import pytest

from eyegore.images.pixels.colour_maps import ColourMap, palette


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
