"""Sensors that die within their limits; none that rests, runs on or reads in coarse steps is called dead."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from eyegore.housekeeping.housekeeping import Rules
from eyegore.housekeeping.stuck import Still, StillWatch
from eyegore.limits.model import LimitSet, LimitTable, Parameter, Range, Reading, Severity, Verdict
from eyegore.messages.events import AlarmChanged, AlarmKind, CaughtUp, Flag, FlagState, HkHeader, HkRows, Transition
from eyegore.session.monitor import Monitor, Tick

from ..restarted import restarted

START = 1_000_000.0
HOUR = 3600
NAMES = ("A", "B", "C", "D")
Values = npt.NDArray[np.float64]


def noise(hours: float, sigma: float = 3.0, seed: int = 1) -> Values:
    """Four columns that change all the time, in steps of 0.01."""
    return np.round(np.random.default_rng(seed).normal(0, sigma, (int(hours * HOUR), len(NAMES)))) / 100 - 120


class Watch:
    """A watch that is fed a row each second."""

    def __init__(self, block: int = 500) -> None:
        self.watch, self.time, self._block = StillWatch(), START, block

    def feed(self, values: Values, verdicts: npt.NDArray[np.uint8] | None = None) -> None:
        codes = np.full(values.shape, Verdict.IN_LIMITS, np.uint8) if verdicts is None else verdicts
        for at in range(0, len(values), self._block):
            part = values[at : at + self._block]
            times = self.time + np.arange(len(part))
            self.time += len(part)
            self.watch.add(HkRows("hk", NAMES, times, part, 2, 0.0), codes[at : at + self._block], NAMES)

    @property
    def stuck(self) -> list[str]:
        return [one.name for one in self.watch.stuck()]


def with_first_still(values: Values, at: float = -119.97) -> Values:
    """The same with the first column dead."""
    dead = values.copy()
    dead[:, 0] = at
    return dead


@pytest.mark.parametrize("block", [7, 5000])
def test_a_value_that_changes_no_more_while_its_neighbours_do_is_stuck(block: int) -> None:
    watch = Watch(block)
    watch.feed(noise(2))
    watch.feed(with_first_still(noise(0.15)))
    assert watch.stuck == []
    watch.feed(with_first_still(noise(0.1)))
    assert watch.watch.stuck() == [Still("A", -119.97, START + 2 * HOUR)]
    watch.feed(noise(0.01))
    assert watch.stuck == []


def test_when_all_stand_still_none_is_stuck() -> None:
    watch = Watch()
    watch.feed(noise(2))
    watch.feed(np.full((HOUR, 4), -119.97))
    assert watch.stuck == []
    assert watch.watch.frozen() == START + 2 * HOUR


def quantised(hours: float) -> Values:
    """One that stays for minutes and turns now and then: its noise is a fifth of its step."""
    rows = int(hours * HOUR)
    return np.round(np.random.default_rng(4).normal(0, 0.2, rows) + np.sin(np.arange(rows) / 3000))


QUIET = {
    "coarse steps": quantised(8),
    "a ramp, then rest": np.append(np.linspace(20, -120, 3 * HOUR).round(2), np.full(2 * HOUR, -120.0)),
    "switched": np.repeat([5.0, 7.0, 5.0, 9.0], HOUR),
}


@pytest.mark.parametrize("values", QUIET.values(), ids=list(QUIET))
def test_what_rests_by_its_nature_is_not_stuck(values: Values) -> None:
    watch, rows = Watch(), noise(len(values) / HOUR)
    rows[:, 0] = values
    found = []
    for at in range(0, len(rows), 300):
        watch.feed(rows[at : at + 300])
        found += watch.stuck
    assert found == []


def test_what_cannot_be_read_and_gaps_are_no_standing_still() -> None:
    watch = Watch()
    watch.feed(noise(2))
    unread = noise(0.5)
    unread[:, 0] = np.nan
    watch.feed(unread, np.where(np.isnan(unread), Verdict.INVALID, Verdict.IN_LIMITS).astype(np.uint8))
    watch.time += 5 * HOUR
    watch.feed(with_first_still(noise(0.02)))
    assert watch.stuck == []


def test_what_was_learned_survives_a_restart() -> None:
    before, again = Watch(), Watch()
    before.feed(noise(2))
    assert set(before.watch.memory()) == set(NAMES)
    again.watch.restore(before.watch.memory())
    again.feed(noise(0.02))
    again.feed(with_first_still(noise(0.2)))
    assert again.stuck == ["A"]


def parameter(name: str, reading: Reading = Reading.MEASURED) -> Parameter:
    grade = Severity.CRITICAL
    return Parameter(name, "degC", "", Range(-133, 35), severity_low=grade, severity_high=grade, reading=reading)


class Session:
    """A session that is fed a row each second; ``told`` is what became of its alarms."""

    def __init__(self, reading: Reading = Reading.MEASURED) -> None:
        table = LimitTable("lab", "", "", {name: parameter(name) for name in NAMES} | {"A": parameter("A", reading)})
        self.monitor = Monitor(Rules(lambda _elvis: table, LimitSet.SAFE), "/data")
        self.time = START
        self.told: list[AlarmChanged] = []
        self.monitor.take(HkHeader("hk", "7.5.X", NAMES), START)
        self.monitor.take(CaughtUp("/data"), START)

    def feed(self, values: Values) -> None:
        for at in range(0, len(values), 120):
            part = values[at : at + 120]
            times = self.time + np.arange(len(part))
            now = self.time = self.time + len(part)
            events = self.monitor.take(HkRows("hk", NAMES, times, part, 2, now), now)
            events += self.monitor.take(Tick(), now)
            self.told += [event for event in events if isinstance(event, AlarmChanged)]

    @property
    def flag(self) -> Flag:
        return next(one for one in self.monitor.flags.views() if one.parameter == "A")


def test_a_stuck_sensor_is_a_warning_with_its_last_change_and_not_green() -> None:
    session = Session()
    session.feed(noise(1.5))
    session.feed(with_first_still(noise(0.2)))
    (raised,) = session.told
    assert (raised.alarm.kind, raised.alarm.severity) == (AlarmKind.STUCK, Severity.WARNING)
    assert raised.alarm.since == START + 1.5 * HOUR
    assert "A: stuck at −119.97 °C while its neighbours change" in raised.text
    assert (session.flag.state, session.flag.severity) == (FlagState.RAISED, Severity.WARNING)
    assert session.monitor.health(session.time).raised == 1
    assert restarted(session.monitor.memory()).still.keys() == set(NAMES)
    session.feed(noise(0.1))
    assert [one.entry.what for one in session.told] == [Transition.RAISED, Transition.RETURNED]


def test_a_register_may_stand_still() -> None:
    session = Session(Reading.REGISTER)
    session.feed(noise(1.5))
    session.feed(with_first_still(noise(0.5)))
    assert session.told == []
    assert session.flag.state is FlagState.NORMAL


def test_when_all_stand_still_that_is_one_critical_alarm() -> None:
    session = Session()
    session.feed(noise(1.5))
    session.feed(np.full((HOUR // 2, len(NAMES)), -119.97))
    (raised,) = session.told
    assert (raised.alarm.parameter, raised.alarm.severity) == ("HK values", Severity.CRITICAL)
    session.feed(noise(0.1))
    assert [one.entry.what for one in session.told] == [Transition.RAISED, Transition.RETURNED]
