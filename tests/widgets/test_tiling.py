from __future__ import annotations

import itertools

import pytest
from hypothesis import given, strategies as st

from eyegore.widgets.tiling import tiles

GAP, LINE = 12, 18


@pytest.mark.parametrize(
    ("room", "columns"), [((900, 250), 3), ((1800, 700), 3), ((300, 900), 1), ((700, 720), 2), ((1, 1), 1)]
)
def test_pictures_lie_side_by_side_or_as_the_room_allows(room: tuple[int, int], columns: int) -> None:
    places = tiles(3, room, 1.0, GAP, LINE)
    assert len({place.x for place in places}) == columns


@given(st.integers(250, 4000), st.integers(250, 3000), st.floats(0.5, 2))
def test_pictures_keep_their_shape_inside_the_room_and_apart(width: int, height: int, aspect: float) -> None:
    places = tiles(3, (width, height), aspect, GAP, LINE)
    for place in places:
        assert place.x >= 0
        assert place.x + place.width <= width
        assert place.y - LINE >= 0
        assert place.y + place.height + LINE <= height
        assert abs(place.width - place.height * aspect) <= 2
    for one, other in itertools.pairwise(places):
        assert other.x >= one.x + one.width + GAP or other.y >= one.y + one.height + 2 * LINE
