from __future__ import annotations

import math

import pytest

from eyegore.basics.lab_time import age_text, clock_text, iso


@pytest.mark.parametrize(
    ("age", "text"),
    [(math.nan, "none yet"), (-3, "0 s"), (59.6, "60 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (2e5, "2 d")],
)
def test_ages(age: float, text: str) -> None:
    assert age_text(age) == text


@pytest.mark.parametrize(
    ("time", "text", "short"),
    [
        (0.0, "1970-01-01T00:00:00", "01/Jan 00:00:00"),
        (1_000_000.25, "1970-01-12T13:46:40.250", "12/Jan 13:46:40"),
        (math.nan, None, "?"),
    ],
)
def test_times(time: float, text: str | None, short: str) -> None:
    assert (iso(time), clock_text(time)) == (text, short)
