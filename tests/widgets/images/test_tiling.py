from __future__ import annotations

import itertools

import pytest
from hypothesis import given, strategies as st

from eyegore.widgets.images.ccd_picture import Margin, tiles

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


@pytest.mark.parametrize("room", [(900, 260), (700, 900), (560, 560), (1950, 500)])
@pytest.mark.parametrize("margin", [Margin(100, 0, 150), Margin(0, 80, 0, 190)])
def test_what_is_told_of_a_picture_has_its_room_and_covers_no_other(room: tuple[int, int], margin: Margin) -> None:
    places = tiles(3, room, 1.0, 7, 14, margin)
    cells = []
    for place in places:
        wide = max(place.width + margin.right, margin.wide)
        left = place.x - (wide - place.width - margin.right) // 2
        top = place.y - 14
        cells.append((left, top, left + wide, top + max(place.height + 28 + margin.below, margin.tall)))
    assert all(left >= 0 and right <= room[0] and top >= 0 and bottom <= room[1] for left, top, right, bottom in cells)
    for one, other in itertools.combinations(cells, 2):
        beside = one[2] <= other[0] or other[2] <= one[0]
        assert beside or one[3] <= other[1] or other[3] <= one[1]
