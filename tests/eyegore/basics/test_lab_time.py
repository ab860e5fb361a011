from __future__ import annotations

import math
import time

import pytest

from eyegore.basics.lab_time import age_text, clock_text, iso, lab_offset_s


@pytest.mark.parametrize(
    ("age", "text"),
    [(math.nan, "none yet"), (-3, "0 s"), (59.6, "60 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (2e5, "2 d")],
)
def test_ages(age: float, text: str) -> None:
    assert age_text(age) == text


@pytest.mark.parametrize(
    ("lab", "text", "short"),
    [
        (0.0, "1970-01-01T00:00:00", "01/Jan 00:00:00"),
        (1_000_000.25, "1970-01-12T13:46:40.250", "12/Jan 13:46:40"),
        (math.nan, None, "?"),
    ],
)
def test_times(lab: float, text: str | None, short: str) -> None:
    assert (iso(lab), clock_text(lab)) == (text, short)


def test_lab_seconds_are_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Etc/GMT-3")
    time.tzset()
    try:
        assert lab_offset_s(time.time()) == 3 * 3600
    finally:
        monkeypatch.undo()
        time.tzset()
