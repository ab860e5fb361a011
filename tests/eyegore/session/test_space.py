from __future__ import annotations

import math

import numpy as np
import pytest

from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.basics.quantities import bytes_text
from eyegore.limits.model import Severity, Verdict
from eyegore.messages.events import AlarmChanged, AlarmState, FreeSpace
from eyegore.series.trend import Forecast, Slope
from eyegore.session.space import SessionSpace, SpaceForecast, SpaceState, condition

from ..restarted import restarted

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


# --- alarms ----------------------------------------------------------------------------------------------------------


def space(time: float, free: float, hours: float) -> SpaceState:
    """A volume that will be full in so many hours, never where that is NaN."""
    full = Forecast(0.0, time + 3600 * hours, 60 * hours, 1.0, Verdict.LOW, SLOPE)
    return SpaceState("data volume", time, free, full=None if math.isnan(hours) else full)


@pytest.mark.parametrize(
    ("free", "hours", "severity"),
    [
        (500e9, math.nan, Severity.NONE),
        (500e9, 6.1, Severity.NONE),
        (500e9, 5.9, Severity.WARNING),
        (500e9, 0.9, Severity.CRITICAL),
        (19e9, math.nan, Severity.WARNING),
        (1e9, 40.0, Severity.CRITICAL),
        (math.nan, math.nan, Severity.WARNING),
    ],
)
def test_space(free: float, hours: float, severity: Severity) -> None:
    found = condition(space(T0, free, hours), Severity.NONE, T0)
    assert (found.active, found.severity) == (severity > Severity.NONE, severity)
    assert bool(found.text) == found.active


def test_space_does_not_chatter() -> None:
    told, before = [], Severity.NONE
    for hours in (7, 5.9, 6.1, 6.5, 0.9, 1.05, 1.2, 6.7):
        before = condition(space(T0, 500e9, hours), before, T0).severity
        told.append(before.name)
    assert told == ["NONE", "WARNING", "WARNING", "WARNING", "CRITICAL", "CRITICAL", "WARNING", "NONE"]


def test_a_volume_that_hangs_stays_as_bad_as_it_was() -> None:
    hangs = space(T0, math.nan, math.nan)
    assert condition(hangs, Severity.CRITICAL, T0).severity is Severity.CRITICAL


def test_after_a_restart_a_volume_is_well_again_once_there_is_a_trend() -> None:
    """What was foretold is not over because nobody can foretell anything yet."""
    board, session = AlarmBoard(), SessionSpace()
    for minute, free in enumerate(200e9 - 1e9 * np.arange(60.0)):
        look(session, board, 60.0 * minute, float(free))
    alarm = board.timer_of("DATA VOLUME")
    assert alarm is not None
    assert alarm.state is AlarmState.UNACK

    again, session = AlarmBoard(), SessionSpace()
    again.restore(restarted(board.memory()))
    told = [look(session, again, 4000.0 + 60 * minute, 140e9) for minute in range(60)]
    ended = [minute for minute, events in enumerate(told) if "RTN_UNACK" in events]
    assert len(ended) == 1
    assert ended[0] >= 10


def look(session: SessionSpace, board: AlarmBoard, now: float, free: float) -> list[str]:
    """The states that follow from one answer."""
    events = session.raise_for(FreeSpace("data volume", free), lambda moment: moment, board, EntryContext(now))
    return [event.alarm.state.name for event in events if isinstance(event, AlarmChanged)]
