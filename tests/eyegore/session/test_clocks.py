"""Whatever the clock of ELVIS shows: alarms are told, silence is told as what it is, and nothing else is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from eyegore.housekeeping.housekeeping import Rules
from eyegore.limits.model import LimitTable, Parameter, Range, Severity
from eyegore.messages.events import (
    AlarmChanged,
    AlarmKind,
    CaughtUp,
    Event,
    Exposure,
    ExposureRows,
    Health,
    HkHeader,
    HkRows,
    ImageFile,
    SourceEvent,
    SourceKind,
)
from eyegore.messages.exposures import CCDS
from eyegore.session.monitor import Monitor, Tick

from ..restarted import restarted

TABLE = LimitTable(
    "7.5.X", "", "", {"TEMP": Parameter("TEMP", "degC", "", Range(-133, 35), severity_low=Severity.CRITICAL)}
)
NOW = 1_000_000.0
GOOD, COLD = -120.0, -150.0
HOUR, YEAR = 3600.0, 365 * 86_400.0


class Lab:
    """A session whose ELVIS has a clock of its own; ``shows`` gives what it shows [lab s] at a unix time."""

    def __init__(
        self,
        ahead: float = 0.0,
        *,
        stale_after_s: float = 60.0,
        offset_s: Callable[[float], float] = lambda _now: 0.0,
        before: Lab | None = None,
        now: float = NOW,
    ) -> None:
        self.shows: Callable[[float], float] = lambda moment: moment + ahead + offset_s(moment)
        rules = Rules(lambda _elvis: TABLE, lab_offset_s=offset_s, stale_after_s=stale_after_s)
        self.monitor = Monitor(rules, "/data/21_Feb_80")
        if before is not None:
            self.monitor.restore(restarted(before.monitor.memory()))
        self.now, self.path = now, "hk"
        self.written: list[tuple[float, float]] = [] if before is None else list(before.written)
        """Stamp [lab s] and value of all rows there are."""
        self.log: tuple[Exposure, ...] = () if before is None else before.log
        self.told: list[AlarmChanged] = []
        self.monitor.take(HkHeader("hk", "7.5.X", ("TEMP",), units=("degC",)), now)

    def take(self, message: HkRows | ExposureRows | ImageFile | SourceEvent | CaughtUp | Tick) -> list[Event]:
        events = self.monitor.take(message, self.now)
        self.told += [event for event in events if isinstance(event, AlarmChanged) and event.text]
        return events

    def rows(self, values: Sequence[float], stamps: Sequence[float]) -> HkRows:
        self.written += zip(stamps, values, strict=True)
        return HkRows(self.path, ("TEMP",), np.array(stamps), np.array(values)[:, None], 2, self.now)

    def past(self, *values: float, ago: float = 0.0) -> None:
        """Rows of before the start, one each 10 s, the last of them ``ago`` [s], after those that are there; then all
        is read."""
        first = self.now - ago - 10.0 * (len(values) - 1)
        self.rows(values, [self.shows(first + 10.0 * place) for place in range(len(values))])
        stamps, all_values = zip(*self.written, strict=True)
        self.written.clear()
        if self.log:
            self.take(ExposureRows("log", ("ObsID",), self.log, self.now))
        self.take(self.rows(all_values, stamps))
        self.take(CaughtUp("/data/21_Feb_80"))

    def go(self, seconds: float, value: float | None = GOOD, step: float = 5.0, stamp: float = math.nan) -> Health:
        """Let time pass with a row each ``step`` [s], all with the same ``stamp`` if one is given; None: without."""
        end = self.now + seconds
        while self.now < end:
            self.now += step
            if value is not None:
                self.take(self.rows([value], [self.shows(self.now) if math.isnan(stamp) else stamp]))
            (health,) = [event for event in self.take(Tick()) if isinstance(event, Health)]
        return health

    def expose(self, obsid: int, stamp: float) -> None:
        """A row of the log, and its images at once."""
        exposure = Exposure(obsid, "CCD1", "LAB01", stamp, 10.0, ("ObsID",), (str(obsid),))
        self.log += (exposure,)
        self.take(ExposureRows("log", ("ObsID",), (exposure,), self.now))
        for ccd in CCDS:
            self.take(ImageFile(f"/{obsid}_{ccd}.fits", obsid, ccd, True, self.now))

    def news(self) -> list[str]:
        """What was told since this was last asked, but for what is old."""
        told, self.told = self.told, []
        return [
            f"{one.alarm.severity.name} {one.alarm.parameter} {one.alarm.state.name}: {one.entry.what.name}"
            for one in told
            if not one.entry.old and one.entry.what
        ]

    def words(self) -> str:
        return "\n".join(one.text for one in self.told)


RAISED = "CRITICAL TEMP UNACK: RAISED"
FOUND = "CRITICAL TEMP UNACK: FOUND"
OFF = "WARNING ELVIS clock UNACK: RAISED"
STOPPED = "CRITICAL HK rows UNACK: RAISED"
STANDS = "CRITICAL HK clock UNACK: RAISED"
WRONG = [0.0, -15.0, -700.0, -720.0, -HOUR, -2 * HOUR, HOUR, 11 * HOUR, -YEAR, YEAR]
"""How far the clock of the camera PC is ahead [s]: right, slow, on UTC, an hour off in either direction, from the
battery of the board."""


@pytest.mark.parametrize("ahead", WRONG)
def test_a_wrong_clock_hides_no_alarm_and_is_a_warning_of_its_own(ahead: float) -> None:
    lab = Lab(ahead)
    lab.past(*[GOOD] * 100)
    lab.go(200)
    off = [OFF] if abs(ahead) > 60 else []
    assert lab.news() == off
    health = lab.go(30, COLD)
    assert lab.news() == [RAISED]
    assert not health.hk_stale
    assert health.clock_skew == pytest.approx(ahead)
    lab.go(61, None)
    assert lab.news() == [STOPPED]


@pytest.mark.parametrize("ahead", WRONG)
@pytest.mark.parametrize("ago", [60.0, 1200.0, 20 * HOUR])
def test_what_is_still_out_when_watching_begins_is_told_once(ahead: float, ago: float) -> None:
    """With a new journal too, however long ago it went out, and whatever the clock shows."""
    lab = Lab(ahead)
    lab.past(*[GOOD] * 10, *[COLD] * int(ago / 10))
    lab.go(5, COLD)
    told = lab.news()
    assert told in ([RAISED], [FOUND])
    assert told == [FOUND] or ago == 60.0
    lab.go(30, COLD)
    assert lab.news() == []

    again = Lab(ahead, before=lab, now=lab.now + 30)
    again.past(COLD)
    again.go(30, COLD)
    assert again.news() == []


def test_what_is_still_out_is_told_in_these_words() -> None:
    lab = Lab()
    lab.past(GOOD, *[COLD] * 100)
    assert "CRITICAL TEMP −150.0 °C, below −133 °C, was already out when watching began, since 12/Jan" in lab.words()


@pytest.mark.parametrize("ahead", WRONG)
def test_what_is_over_and_old_when_watching_begins_is_never_told(ahead: float) -> None:
    lab = Lab(ahead)
    lab.past(*[COLD] * 20, *[GOOD] * 70)
    lab.go(30)
    assert lab.news() == []


def test_an_abandoned_folder_tells_nobody_before_a_row_comes() -> None:
    lab = Lab()
    lab.past(*[COLD] * 100, ago=30 * 86_400.0)
    lab.go(3 * HOUR, None, step=60.0)
    assert lab.news() == []
    lab.go(5, COLD)
    assert lab.news() == [FOUND]


@pytest.mark.parametrize("ahead", [0.0, -720.0, HOUR])
def test_what_happened_while_eyegore_was_down_is_told(ahead: float) -> None:
    lab = Lab(ahead)
    lab.past(GOOD)
    lab.go(200)
    lab.news()
    again = Lab(ahead, before=lab, now=lab.now + 300)
    again.past(*[GOOD] * 10, COLD, COLD, *[GOOD] * 10)
    assert again.news() == [RAISED, "CRITICAL TEMP RTN_UNACK: RETURNED"]


@pytest.mark.parametrize(("stale_after_s", "ahead"), [(60.0, 0.0), (60.0, -20.0), (10.0, -15.0), (10.0, -700.0)])
def test_silence_is_told_as_silence(stale_after_s: float, ahead: float) -> None:
    lab = Lab(ahead, stale_after_s=stale_after_s)
    lab.past(GOOD)
    lab.go(300)
    lab.news()
    lab.go(stale_after_s, None, step=1.0)
    assert lab.news() == []
    assert lab.go(2, None, step=1.0).hk_stale
    assert f"HK rows: no HK row for {stale_after_s + 1:.0f} s (ELVIS stopped?)" in lab.words()
    assert lab.news() == [STOPPED]


def test_a_clock_that_stands_still_is_told_as_that_and_corrected_when_it_was_not() -> None:
    lab = Lab()
    lab.past(GOOD)
    lab.go(100)
    stamp = lab.shows(lab.now)
    lab.go(70, GOOD, stamp=stamp)
    assert lab.news() == [STANDS]
    lab.go(70, None)
    assert lab.news() == [STOPPED], "then the rows stop as well: nobody knows whether the clock goes on"
    lab.go(5, GOOD, stamp=stamp)
    assert lab.news() == ["CRITICAL HK rows RTN_UNACK: RETURNED"], "rows come again, their clock still stands"
    assert not lab.go(5).hk_stale
    assert lab.news() == ["CRITICAL HK clock RTN_UNACK: RETURNED"]


def test_silence_that_was_a_clock_at_a_standstill_is_corrected() -> None:
    """The share gave nothing for a minute; what comes then has been written all the time, with one stamp."""
    lab = Lab()
    lab.past(GOOD)
    lab.go(100)
    lab.go(61, None, step=1.0)
    assert lab.news() == [STOPPED]
    lab.go(70, GOOD, stamp=lab.shows(lab.now - 61))
    assert lab.news() == ["CRITICAL HK rows RTN_UNACK: RETURNED", STANDS]


@pytest.mark.parametrize("stamp", [NOW + YEAR, NOW - YEAR])
def test_one_row_of_another_year_disarms_nothing(stamp: float) -> None:
    lab = Lab()
    lab.past(GOOD)
    lab.go(100)
    lab.take(lab.rows([GOOD], [stamp]))
    lab.go(100)
    assert lab.news() == [], "nor is it an alarm"
    lab.go(100, GOOD, stamp=lab.shows(lab.now))
    assert lab.news() == [STANDS]
    lab.go(100, None)
    assert lab.news() == [STOPPED]


def test_nothing_is_well_again_before_something_new_has_come() -> None:
    """What was there is read again at a restart: no row of it is new, whatever its stamp."""
    lab = Lab(700.0)
    lab.past(GOOD)
    lab.go(200)
    lab.go(100, None)
    assert lab.news() == [OFF, STOPPED]
    again = Lab(700.0, before=lab, now=lab.now + 10)
    again.past()
    again.go(50, None)
    assert again.news() == []
    again.go(5)
    assert again.news() == ["CRITICAL HK rows RTN_UNACK: RETURNED"]
    right = Lab(0.0, before=again, now=again.now + 10)
    right.past()
    assert right.news() == []
    right.go(5)
    assert right.news() == ["WARNING ELVIS clock RTN_UNACK: RETURNED"]


@pytest.mark.parametrize("ahead", [0.0, -720.0, HOUR])
def test_silence_that_began_while_eyegore_was_down_is_told_from_its_begin(ahead: float) -> None:
    lab = Lab(ahead)
    lab.past(GOOD)
    lab.go(200)
    again = Lab(ahead, before=lab, now=lab.now + 1200)
    again.past()
    again.go(70, None)
    assert "HK rows: no HK row for 21 min (ELVIS stopped?)" in again.words()
    (alarm,) = [one.alarm for one in again.told if one.alarm.parameter == "HK rows"]
    assert alarm.since == pytest.approx(lab.now, abs=1)


def test_a_file_that_is_read_once_more_is_no_new_row() -> None:
    lab = Lab()
    lab.past(GOOD)
    row = lab.rows([GOOD], [lab.shows(lab.now)])
    for _ in range(13):
        lab.now += 5
        lab.monitor.hk.judged.begin("hk")
        lab.take(replace(row, received=lab.now))
        lab.take(Tick())
    assert lab.news() == [STOPPED]


def test_the_history_of_a_folder_just_followed_is_not_news() -> None:
    lab = Lab()
    lab.past(GOOD)
    lab.go(HOUR, step=60.0)
    lab.take(SourceEvent(SourceKind.SWITCHED, "/data/22_Feb_80", "newer"))
    lab.written.clear()
    lab.path = "hk of the next day"
    lab.past(*[COLD] * 10, *[GOOD] * 10, ago=2 * HOUR)
    lab.go(30)
    assert lab.news() == []


# --- the nights in which clocks change --------------------------------------------------------------------------------

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kolkata",
    "Pacific/Chatham", "Antarctica/Troll", "America/Santiago",
)  # fmt: skip
"""Summer time of an hour, of half an hour, of two; zones with halves and quarters; without any."""


def offset_of(zone: str) -> Callable[[float], float]:
    known = ZoneInfo(zone)

    def offset_s(now: float) -> float:
        offset = datetime.fromtimestamp(now, UTC).astimezone(known).utcoffset()
        assert offset is not None
        return offset.total_seconds()

    return offset_s


def changes_of(zone: str) -> list[float]:
    """When the clocks of a zone change in 2026 [unix s]; New Year where they never do."""
    offset_s = offset_of(zone)
    hours = range(
        int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2027, 1, 1, tzinfo=UTC).timestamp()), 3600
    )
    days = [hour for hour in hours if hour % 86_400 == 0]
    changing = [day for day in days if offset_s(day) != offset_s(day + 86_400)]
    found = [
        moment
        for day in changing
        for moment in range(day, day + 86_400, 900)
        if offset_s(moment) != offset_s(moment - 900)
    ]
    return [float(one) for one in found] or [float(days[0])]


CHANGES = [(zone, moment) for zone in ZONES for moment in changes_of(zone)]


@settings(max_examples=15, deadline=None)
@given(
    change=st.sampled_from(CHANGES),
    ahead=st.floats(-50, 50),
    later=st.floats(-30, 30),
    phase=st.floats(0, 1),
    restart=st.booleans(),
)
def test_clocks_that_change_are_no_alarm_and_hide_none(
    change: tuple[str, float], ahead: float, later: float, phase: float, restart: bool
) -> None:
    """The clock of the camera PC is some seconds off, and changes some seconds sooner or later than ours."""
    zone, moment = change
    offset_s = offset_of(zone)

    def shows(now: float) -> float:
        return now + ahead + offset_s(now + ahead + later)

    lab = Lab(offset_s=offset_s, now=moment - 400 + phase)
    lab.shows = shows
    lab.past(*[GOOD] * 20)
    obsid = 100
    for _ in range(40):
        if not obsid % 8:
            lab.expose(obsid // 8, shows(lab.now))
        obsid += 1
        lab.go(20, step=10.0)
    assert lab.news() == []
    if restart:
        again = Lab(offset_s=offset_s, before=lab, now=lab.now + 20)
        again.shows = shows
        lab = again
        lab.past(GOOD)
        lab.go(20, step=10.0)
        assert lab.news() == []
    lab.go(20, COLD, step=10.0)
    assert lab.news() == [RAISED]
    lab.go(700, None, step=10.0)
    told = sorted(lab.news())
    assert told[:2] == [STOPPED, "WARNING EXPOSURES UNACK: RAISED"]
    assert told[2:] in ([], ["WARNING IMAGES UNACK: RAISED"]) if restart else not told[2:]


@pytest.mark.parametrize(("zone", "moment"), CHANGES)
def test_a_first_start_in_the_night_of_the_change_tells_what_is_out(zone: str, moment: float) -> None:
    offset_s = offset_of(zone)
    lab = Lab(offset_s=offset_s, now=moment + 300)
    lab.past(*[GOOD] * 10, *[COLD] * 40)
    lab.go(30, COLD)
    assert lab.news() in ([RAISED], [FOUND])


def test_kinds_of_alarm_of_time_say_what_to_do() -> None:
    from eyegore.alarms.words import TIMER_RESPONSES
    from eyegore.messages.events import Alarm, AlarmState

    for name in ("HK rows", "HK clock", "ELVIS clock"):
        assert Alarm(name, AlarmKind.DEADMAN, AlarmState.UNACK).kind.in_words
        assert TIMER_RESPONSES[name]
