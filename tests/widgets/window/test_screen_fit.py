from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from eyegore.widgets.window.screen_fit import LEAST, first_geometry, fit

SCREEN = (1366, 700)


@pytest.mark.parametrize(
    ("remembered", "used"),
    [
        ("1000x600+100+50", "1000x600+100+50"),
        ("1000x600+3000+50", "1000x600+366+50"),  # the second monitor is gone
        ("1000x600+-2000+-30", "1000x600+0+0"),
        ("3000x2000+0+0", "1366x700+0+0"),
        ("10x10+0+0", f"{LEAST[0]}x{LEAST[1]}+0+0"),
        ("1000x600", "1000x600"),
        ("", ""),
        ("full", ""),
        ("1000x600+1", ""),
    ],
)
def test_a_window_is_brought_onto_the_screen(remembered: str, used: str) -> None:
    assert fit(remembered, SCREEN) == used


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(-9999, 9999), st.integers(-9999, 9999))
def test_no_window_is_ever_off_the_screen(width: int, height: int, x: int, y: int) -> None:
    used = fit(f"{width}x{height}+{x}+{y}", SCREEN)
    size, x_text, y_text = used.split("+")
    wide, high = (int(part) for part in size.split("x"))
    assert 0 <= int(x_text) <= SCREEN[0] - wide
    assert 0 <= int(y_text) <= SCREEN[1] - high
    assert fit(used, SCREEN) == used


@pytest.mark.parametrize(("screen", "geometry"), [((1366, 700), "1366x700+0+0"), ((3840, 2000), "3379x1760+230+120")])
def test_the_first_window_fills_a_small_screen_and_most_of_a_large_one(screen: tuple[int, int], geometry: str) -> None:
    assert first_geometry(screen) == geometry
