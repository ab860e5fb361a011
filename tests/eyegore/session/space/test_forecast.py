from __future__ import annotations

import math

import numpy as np
import pytest

from eyegore.basics.quantities import bytes_text
from eyegore.limits.model import Verdict
from eyegore.series.trend import Forecast, Slope
from eyegore.session.space.forecast import SpaceForecast, SpaceState

T0 = 1552521600.0
IMAGES = 3 * 35e6
"""Bytes of one ObsID."""


def follow(space: SpaceForecast, free: np.ndarray[tuple[int], np.dtype[np.float64]]) -> SpaceState:
    """As it is after the last of these free bytes, one each 30 s."""
    return [space.foretell(T0 + 30 * place, size) for place, size in enumerate(free.tolist())][-1]


def filling(start: float, hours: float = 2.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Free bytes each 30 s while images come every 93 s."""
    seconds = np.arange(0, hours * 3600, 30.0)
    return start - IMAGES * np.floor(seconds / 93)


@pytest.mark.parametrize("hours", [0.5, 2.0, 5.0])
def test_when_images_fill_it(hours: float) -> None:
    state = follow(SpaceForecast("data volume"), filling(30e9, hours))
    assert state.full is not None
    truth = 93 * 30e9 / IMAGES / 3600 - hours
    assert state.hours == pytest.approx(truth, abs=max(0.05, state.full.minutes_error / 60))


def test_deleted_files_are_no_trend_and_the_filling_goes_on() -> None:
    free = filling(30e9, 4.0)
    free[300:] += 50e9
    state = follow(SpaceForecast("data volume"), free)
    assert state.full is not None
    assert state.hours == pytest.approx(93 * (30e9 + 50e9) / IMAGES / 3600 - 4, abs=0.3)


@pytest.mark.parametrize(
    "free",
    [
        np.full(240, 5e9),
        np.where(np.arange(240) < 120, 5e9, 3e9),
        5e9 + 1e6 * np.random.default_rng(0).normal(size=240),
        5e9 + 1e6 * np.arange(240.0),
        filling(9e12),  # months ahead
        filling(30e9)[:5],
    ],
    ids=["idle", "one copy", "other users", "emptied", "huge", "just begun"],
)
def test_what_does_not_fill_up(free: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    state = follow(SpaceForecast("data volume"), free)
    assert state.full is None
    assert math.isnan(state.hours)
    assert state.text == f"data volume: {bytes_text(free[-1])} free"


def test_a_volume_that_does_not_answer() -> None:
    space = SpaceForecast("data volume")
    follow(space, filling(30e9))
    state = space.foretell(T0 + 7200, math.nan, "/data does not answer")
    assert (state.full, state.text) == (None, "data volume: /data does not answer")
    assert SpaceState("backup", T0, math.nan).text == "backup: free space unknown"
    assert space.foretell(T0 + 7230, 21e9).full is not None


SLOPE = Slope(-1e9, -1.1e9, -0.9e9, 2e11, T0, 60, 7000.0, 1e8, True)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (20.0, "data volume full at 00:20 (20 min), 212 GB free"),
        (186.0, "data volume full at 03:06 (3.1 h), 212 GB free"),
        (1500.0, "data volume full at 01:00 tomorrow (25.0 h), 212 GB free"),
        (2940.0, "data volume full at 01:00 in 2 days (49.0 h), 212 GB free"),
    ],
)
def test_text(minutes: float, text: str) -> None:
    full = Forecast(0.0, T0 + 60 * minutes, minutes, 1.0, Verdict.LOW, SLOPE)
    assert SpaceState("data volume", T0, 212.3e9, full=full).text == text
