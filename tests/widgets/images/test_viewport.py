"""What of a frame is on the screen: places there and back, zoom at the pointer, edges."""

from __future__ import annotations

import pytest

from eyegore.widgets.images.viewport import ZOOMS, Viewport

FRAME = 4238, 4172
ROOM = 900, 640


def fitted() -> Viewport:
    return Viewport(*FRAME, *ROOM).fitted()


def test_a_frame_that_fits_is_whole_and_in_the_middle() -> None:
    view = fitted()
    assert view.zoom == -7
    assert view.seen() == (0, 4238, 0, 4172)
    left, right = view.screen_at(-0.5, 0)[0], view.screen_at(4237.5, 0)[0]
    assert abs((900 - right) - left) < 2
    assert view.words == "1:7"
    small = Viewport(100, 50, 900, 640).fitted()
    assert (small.zoom, small.words) == (9, "9:1")


@pytest.mark.parametrize("zoom", [-7, -3, 1, 4, 32])
@pytest.mark.parametrize("place", [(0, 0), (2000, 1000), (4237, 4171), (2119, 2086)])
def test_a_place_of_the_frame_is_found_again_from_the_screen(zoom: int, place: tuple[int, int]) -> None:
    view = fitted().at_scale(zoom, *fitted().screen_at(*place))
    found = view.frame_at(*view.screen_at(*place))
    factor = max(1, -zoom)
    assert found is not None
    assert (found[0] // factor, found[1] // factor) == (place[0] // factor, place[1] // factor)


@pytest.mark.parametrize("steps", [1, 3, 30])
def test_zoom_keeps_the_pixel_under_the_pointer(steps: int) -> None:
    view = fitted().at_scale(-3, *fitted().screen_at(1234, 3000))
    x, y = view.screen_at(1234, 3000)
    nearer = view.zoomed(steps, x, y)
    assert nearer.zoom == [one for one in ZOOMS if one > -3][:steps][-1]
    there = nearer.screen_at(1234, 3000)
    assert abs(there[0] - x) <= 2 * max(1, -nearer.zoom, nearer.zoom)
    assert abs(there[1] - y) <= 2 * max(1, -nearer.zoom, nearer.zoom)


def test_a_scale_between_the_steps_goes_to_the_next() -> None:
    assert fitted().zoomed(1, 450, 320).zoom == -6


def test_zooming_out_ends_with_the_whole_frame() -> None:
    view = fitted().zoomed(6, 300, 200)
    for _ in range(20):
        view = view.zoomed(-1, 10, 10)
    assert view == fitted()


def test_the_frame_cannot_be_moved_out_of_sight() -> None:
    view = fitted().at_scale(2, 450, 320)
    for right, down in ((1e6, 1e6), (-1e6, -1e6)):
        moved = view.moved(right, down)
        first, last, lower, upper = moved.seen()
        assert (last - first, upper - lower) == (450, 320)
    assert view.moved(1e6, 1e6).seen()[0] == 0
    assert view.moved(-1e6, -1e6).seen()[1] == 4238
    assert view.moved(-1e6, -1e6).seen()[2] == 0


def test_beside_the_frame_there_is_no_pixel() -> None:
    assert fitted().frame_at(0, 300) is None
    assert fitted().frame_at(450, 0) is None


def test_blocks_are_counted_from_the_lowest_row() -> None:
    view = Viewport(20, 17, 10, 10, -2).fitted()
    assert (view.zoom, view.tall) == (-2, 18)
    lowest = view.frame_at(5, view.screen_at(0, 0)[1])
    assert lowest is not None
    assert lowest[1] in (0, 1)


def test_what_was_whole_stays_whole_in_a_window_of_another_size() -> None:
    assert fitted().sized(1800, 1300) == Viewport(*FRAME, 1800, 1300).fitted()
    near = fitted().at_scale(4, 450, 320)
    assert near.sized(500, 500).zoom == 4
