"""The monitor: every row judged, flags, excursions, health, time."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

import numpy as np
import pytest

from eyegore.alarms.board import AlarmBoard
from eyegore.housekeeping.housekeeping import Rules
from eyegore.limits.model import Expected, LimitSet, LimitTable, Parameter, Range, Relative, Severity, Verdict
from eyegore.messages.events import (
    Action,
    Alarm,
    AlarmChanged,
    AlarmKind,
    AlarmState,
    BadLine,
    CaughtUp,
    Event,
    Exposure,
    ExposureRows,
    FlagChanged,
    FlagCommand,
    FlagState,
    FreeSpace,
    Health,
    HkAccepted,
    HkHeader,
    HkRows,
    ImageFile,
    ImagesReady,
    LayoutChanged,
    Said,
    SourceEvent,
    SourceKind,
    Trends,
    WatcherState,
    WorkerDied,
)
from eyegore.series.excursions import Run
from eyegore.session.monitor import Monitor, Tick

from ..restarted import restarted as remembered_by

COLUMNS = ("TEMP", "DRAIN", "STATUS", "SPARE")
TABLE = LimitTable(
    "7.5.X",
    "test.toml",
    "",
    {
        "TEMP": Parameter(
            "TEMP",
            "degC",
            "",
            Range(-133, 35),
            Range(-121, -119),
            severity_low=Severity.CRITICAL,
            response_min=30,
            to_raise=1,
        ),
        "DRAIN": Parameter("DRAIN", "V", "", Range(-0.3, 30), Relative(-0.2, 0.2, "OD_1_T")),
        "STATUS": Parameter("STATUS", "flag", "", Expected(0), Expected(0), severity_high=Severity.WARNING),
    },
)
GOOD = (-120.0, 26.0, 0.0, 1.0)
LOW = (-136.0, 26.0, 0.0, 1.0)
NOW = 1_000_000.0


def monitor(limit_set: LimitSet = LimitSet.SAFE) -> Monitor:
    one = Monitor(Rules(lambda elvis: TABLE if elvis == "7.5.X" else None, limit_set), "/data/21_Feb_80")
    one.take(HkHeader("hk", "7.5.X", COLUMNS, units=("degC", "V", "flag", "K")), NOW)
    return one


def rows(*values: Sequence[float], start: float = NOW, preview: bool = False, received: float | None = None) -> HkRows:
    times = start + np.arange(len(values), dtype=float)
    arrival = float(times[-1]) if received is None else received
    return HkRows("hk", COLUMNS, times, np.array(values, dtype=float), 2, arrival, preview=preview)


def changes(events: Sequence[Event]) -> list[str]:
    """The transitions of the OOL alarms and dead-man timers."""
    entries = [event.entry for event in events if isinstance(event, AlarmChanged)]
    return [
        f"{one.parameter} {one.before.name}>{one.after.name}" for one in entries if one.kind is not AlarmKind.INVALID
    ]


def states(one: Monitor) -> dict[str, FlagState]:
    return {flag.parameter: flag.state for flag in one.flags.views()}


def health(events: Sequence[Event]) -> Health:
    return next(event for event in events if isinstance(event, Health))


def said(events: Sequence[Event]) -> str:
    return "\n".join(event.text for event in events if isinstance(event, Said))


def test_every_row_is_judged_not_only_the_last() -> None:
    one = monitor()
    events = one.take(rows(GOOD, LOW, LOW, GOOD, GOOD, GOOD), NOW)
    assert changes(events) == ["TEMP NORMAL>UNACK", "TEMP UNACK>RTN_UNACK"]
    assert one.hk.excursions.runs(out=True) == [Run("TEMP", Verdict.LOW, NOW + 1, NOW + 2, 2, -136.0)]
    assert states(one) == {
        "TEMP": FlagState.LATCHED,
        "DRAIN": FlagState.NORMAL,
        "STATUS": FlagState.NORMAL,
        "SPARE": FlagState.UNCHECKED,
    }


def test_the_line_for_the_log_tells_value_and_limit() -> None:
    events = monitor().take(rows(LOW), NOW)
    (text,) = [event.text for event in events if isinstance(event, AlarmChanged)]
    assert text == "CRITICAL TEMP −136.0 °C, below −133 °C, out since 12/Jan 13:46:40"


def test_a_fault_in_one_parameter_does_not_touch_the_others() -> None:
    one = monitor()
    one.take(rows(*[(math.nan, 31.0, 7.0, math.inf)] * 3), NOW)
    assert states(one) == {
        "TEMP": FlagState.INVALID,
        "DRAIN": FlagState.RAISED,
        "STATUS": FlagState.RAISED,
        "SPARE": FlagState.UNCHECKED,
    }
    assert [run.parameter for run in one.hk.excursions.runs(out=False)] == ["TEMP"]


def test_relative_limits_follow_the_command() -> None:
    one = monitor(LimitSet.PERFORMANCE)
    one.take(rows((-120.0, 26.0, 0.0, 1.0), start=NOW - 10), NOW)
    assert states(one)["DRAIN"] is FlagState.UNCHECKED
    exposure = Exposure(7, "CCD1", "BIAS01", NOW, 0.0, ("ObsID", "OD_1_T"), ("7", "26.0"))
    one.take(ExposureRows("log", exposure.columns, (exposure,), NOW), NOW)
    one.take(rows((-120.0, 26.2, 0.0, 1.0), (-120.0, 26.21, 0.0, 1.0)), NOW)
    assert states(one)["DRAIN"] is FlagState.PENDING
    assert one.hk.excursions.runs(out=True) == [Run("DRAIN", Verdict.HIGH, NOW + 1, NOW + 1, 1, 26.21)]


def test_a_shelved_flag_stays_shelved() -> None:
    one = monitor()
    one.take(rows(GOOD), NOW)
    one.take(FlagCommand(Action.SHELVE, "TEMP", "ops", "heater test"), NOW)
    events = one.take(rows(LOW, start=NOW + 1), NOW + 1)
    assert not any(isinstance(event, AlarmChanged) and event.text for event in events)
    one.take(FlagCommand(Action.RESET_ALL, "", "ops"), NOW)
    assert states(one)["TEMP"] is FlagState.SHELVED
    one.take(FlagCommand(Action.UNSHELVE, "TEMP", "ops"), NOW)
    assert states(one)["TEMP"] is FlagState.RAISED


def test_lowering_says_who() -> None:
    one = monitor()
    one.take(rows(LOW), NOW)
    event = one.take(FlagCommand(Action.LOWER, "TEMP", "ops"), NOW)[0]
    assert isinstance(event, AlarmChanged)
    assert (event.entry.after, event.entry.person, event.text) == (AlarmState.ACKED, "ops", "TEMP acknowledged by ops")
    assert not changes(one.take(rows(LOW, LOW, start=NOW + 1), NOW + 2))
    assert "no alarm of NO_SUCH" in said(one.take(FlagCommand(Action.LOWER, "NO_SUCH", "ops"), NOW))


def test_rows_that_stop_make_everything_stale_and_come_back() -> None:
    one = monitor()
    one.take(CaughtUp("/data/21_Feb_80"), NOW)
    one.take(rows(GOOD), NOW)
    assert not health(one.take(Tick(), NOW + 60)).hk_stale
    events = one.take(Tick(), NOW + 61)
    assert health(events).hk_stale
    assert "no HK row for 61 s" in said(events)
    assert changes(events) == ["HK rows NORMAL>UNACK"]
    assert set(states(one).values()) == {FlagState.STALE}
    assert said(one.take(Tick(), NOW + 62)) == ""
    events = one.take(rows(GOOD, start=NOW + 63), NOW + 63)
    assert "arrive again" in said(events)
    assert changes(events) == ["HK rows UNACK>RTN_UNACK"]
    assert states(one)["TEMP"] is FlagState.NORMAL


def test_a_frozen_clock_of_elvis_is_stale_too() -> None:
    one = monitor()
    one.take(CaughtUp("/data/21_Feb_80"), NOW)
    one.take(rows(GOOD), NOW)
    one.take(rows(GOOD, received=NOW + 70), NOW + 70)
    events = one.take(Tick(), NOW + 70)
    assert "HK rows arrive with a clock that stands still for 70 s" in said(events)
    assert changes(events) == ["HK clock NORMAL>UNACK"]
    assert states(one)["TEMP"] is FlagState.STALE


def test_an_old_folder_is_stale_from_the_start() -> None:
    one = monitor()
    one.take(rows(GOOD, start=NOW - 86_400, received=NOW), NOW)
    events = one.take(CaughtUp("/data/21_Feb_80"), NOW)
    assert health(events).hk_stale
    assert "the newest HK row is 24 h old" in said(events)
    assert changes(events) == [], "an old folder is no alarm"
    assert health(events).hk_age == pytest.approx(86_400)


def test_a_clock_that_is_set_back_makes_nothing_old() -> None:
    one = monitor()
    one.take(Tick(), NOW)
    assert one.hk.news == NOW - 600
    one.take(Tick(), NOW - 7200)
    assert one.hk.news == NOW - 7800
    one.take(Tick(), NOW)
    assert one.hk.news == NOW - 7800
    one.take(CaughtUp("/data/21_Feb_80"), NOW)
    assert one.hk.news == -math.inf


def test_the_preview_shows_what_is_out_and_its_rows_count_once() -> None:
    one = monitor()
    events = one.take(rows(GOOD, LOW, LOW, start=NOW + 3, preview=True), NOW)
    assert states(one)["TEMP"] is FlagState.PENDING
    assert [event.flag.parameter for event in events if isinstance(event, FlagChanged)].count("TEMP") == 1
    assert one.hk.rows == 0
    assert not any(isinstance(event, HkAccepted) for event in events)
    events = one.take(rows(GOOD, LOW, GOOD, GOOD, GOOD, LOW, LOW), NOW)
    assert changes(events) == ["TEMP NORMAL>UNACK", "TEMP UNACK>RTN_UNACK", "TEMP RTN_UNACK>UNACK"]
    assert (one.hk.rows, len(one.hk.excursions.runs(out=True))) == (7, 2)
    assert changes(one.take(rows(LOW, start=NOW + 7), NOW)) == []
    assert states(one)["TEMP"] is FlagState.RAISED


def test_flags_that_nothing_happened_to_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    one = monitor()
    one.take(CaughtUp("/data/21_Feb_80"), NOW)
    one.take(rows(GOOD), NOW)
    one.take(Tick(), NOW + 1)
    looked: list[str] = []
    of = AlarmBoard.of

    def counted(board: AlarmBoard, name: str) -> tuple[Alarm, ...]:
        looked.append(name)
        return of(board, name)

    monkeypatch.setattr(AlarmBoard, "of", counted)
    for second in range(2, 8):
        one.take(Tick(), NOW + second)
    assert not looked
    shelved = FlagCommand(Action.SHELVE, "TEMP", "ops", until=NOW + 10)
    for message, second, told in (
        (shelved, 8, [("TEMP", FlagState.SHELVED)]),
        (Tick(), 9, []),
        (Tick(), 11, [("TEMP", FlagState.NORMAL)]),
        (Tick(), 300, [(name, FlagState.STALE) for name in COLUMNS]),
        (Tick(), 301, []),
    ):
        events = one.take(message, NOW + second)
        assert [(event.flag.parameter, event.flag.state) for event in events if isinstance(event, FlagChanged)] == told


def restarted(one: Monitor) -> Monitor:
    again = Monitor(one.rules, one.folder)
    again.restore(remembered_by(one.memory()))
    again.take(HkHeader("hk", "7.5.X", COLUMNS), NOW)
    return again


def test_a_restart_judges_no_row_twice_and_misses_none() -> None:
    one = monitor()
    one.take(rows(GOOD, LOW, GOOD), NOW)
    one.take(FlagCommand(Action.SHELVE, "DRAIN", "ops"), NOW)
    again = restarted(one)
    assert states(again)["DRAIN"] is FlagState.SHELVED
    events = again.take(rows(GOOD, LOW, GOOD, GOOD, GOOD, LOW), NOW)
    assert changes(events) == ["TEMP UNACK>RTN_UNACK", "TEMP RTN_UNACK>UNACK"]
    assert again.hk.rows == 6
    third = restarted(again)
    assert changes(third.take(rows(GOOD, LOW, GOOD, GOOD, GOOD, LOW), NOW)) == []


def test_a_file_that_is_another_after_the_restart_is_judged_whole() -> None:
    one = monitor()
    one.take(rows(GOOD, GOOD), NOW)
    again = restarted(one)
    assert changes(again.take(rows(LOW, GOOD, start=NOW + 900), NOW)) == ["TEMP NORMAL>UNACK"]


def test_a_file_with_other_content_is_judged_again() -> None:
    one = monitor()
    one.take(rows(GOOD, GOOD), NOW)
    one.take(HkHeader("hk", "7.5.X", COLUMNS), NOW)
    assert changes(one.take(rows(LOW, start=NOW + 900), NOW)) == ["TEMP NORMAL>UNACK"]
    assert one.hk.rows == 3


def test_a_file_cut_short_and_written_again_tells_nothing_twice() -> None:
    one = monitor()
    history = [GOOD, LOW, GOOD, GOOD, GOOD]
    one.take(rows(*history), NOW)
    for _ in range(2):
        one.take(HkHeader("hk", "7.5.X", COLUMNS), NOW)
        assert changes(one.take(rows(*history[:2]), NOW)) == []
        assert changes(one.take(rows(*history[2:], start=NOW + 2), NOW)) == []
    assert changes(one.take(rows(LOW, start=NOW + 5), NOW)) == ["TEMP RTN_UNACK>UNACK"]
    assert (one.hk.rows, len(one.hk.excursions.runs(out=True))) == (6, 2)


def test_an_excursion_goes_on_through_a_change_of_columns() -> None:
    one = monitor()
    one.take(rows(GOOD, LOW), NOW)
    one.take(HkHeader("hk2", "7.5.X", ("NEW", "TEMP")), NOW)
    one.take(HkRows("hk2", ("NEW", "TEMP"), np.array([NOW + 2]), np.array([[1.0, -137.0]]), 2, NOW), NOW)
    assert one.hk.excursions.runs(out=True) == [Run("TEMP", Verdict.LOW, NOW + 1, NOW + 2, 2, -137.0)]


def test_a_header_is_told_with_its_oddities() -> None:
    one = Monitor(Rules(lambda _elvis: None))
    events = one.take(HkHeader("hk", "", ("A", "B"), unknown=("B",), missing=("C",), units=("V", "")), NOW)
    layout = next(event for event in events if isinstance(event, LayoutChanged))
    assert layout.columns == ("A", "B")
    assert [flag.unit for flag in layout.flags] == ["V", ""]
    assert "unknown HK columns, kept but not checked: B" in said(events)
    assert "missing HK columns: C" in said(events)


def test_columns_may_change_from_file_to_file() -> None:
    one = monitor()
    one.take(rows(LOW), NOW)
    one.take(HkHeader("hk2", "7.5.X", ("TEMP", "NEW")), NOW)
    later = HkRows("hk2", ("TEMP", "NEW"), np.array([NOW + 9]), np.array([[-120.0, 1.0]]), 2, NOW)
    one.take(later, NOW)
    assert states(one)["TEMP"] is FlagState.RAISED
    assert states(one)["NEW"] is FlagState.UNCHECKED
    one.take(rows(GOOD, start=NOW + 10), NOW)
    assert [run.parameter for run in one.hk.excursions.runs(out=True)] == ["TEMP"]
    assert one.hk.files == ["hk", "hk2"]


def test_no_rows_change_nothing() -> None:
    empty = HkRows("hk", COLUMNS, np.empty(0), np.empty((0, 4)), 2, NOW)
    assert monitor().take(empty, NOW) == []


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (BadLine("hk", 17, "12 cells instead of 83"), "hk, line 17: 12 cells instead of 83"),
        (WatcherState("polling", True, "network mount (nfs4)"), "watching by polling: network mount (nfs4)"),
        (WorkerDied("the reader", "boom"), "the reader stopped on an error (boom) and is restarted"),
        (SourceEvent(SourceKind.TRUNCATED, "hk", "hk was truncated"), "hk was truncated"),
    ],
)
def test_what_happens_is_said(message: BadLine | WatcherState | WorkerDied | SourceEvent, text: str) -> None:
    assert text in said(monitor().take(message, NOW))


def test_health_counts() -> None:
    one = monitor()
    one.take(WatcherState("inotify", True, ""), NOW)
    one.take(rows(LOW), NOW)
    one.take(BadLine("hk", 3, "garbage"), NOW)
    for ccd in (1, 2, 3):
        events = one.take(ImageFile(f"/d/7_{ccd}.fits", 7, ccd, True, NOW - 5), NOW)
    assert isinstance(events[0], ImageFile)
    assert isinstance(events[1], ImagesReady)
    one.take(CaughtUp("/data/21_Feb_80"), NOW)
    exposure = Exposure(7, "CCD1", "BIAS01", NOW - 30, 0.0, ("ObsID",), ("7",))
    one.take(ExposureRows("log", ("ObsID",), (exposure,), NOW - 2), NOW)
    now = health(one.take(Tick(), NOW))
    assert (now.online, now.watcher, now.checked, now.total) == (True, "inotify", 3, 4)
    assert (now.raised, now.critical, now.shelved, now.invalid) == (1, 1, 0, 0)
    assert (now.hk_rows, now.bad_lines, now.obsids, now.exposure_rows, now.images) == (1, 1, 1, 1, 3)
    assert (now.hk_age, now.explog_age, now.image_age) == (0.0, 2.0, 5.0)


def test_the_age_of_the_log_at_start_is_that_of_its_last_exposure() -> None:
    one = monitor()
    exposure = Exposure(7, "CCD1", "BIAS01", NOW - 300, 0.0, ("ObsID",), ("7",))
    one.take(ExposureRows("log", ("ObsID",), (exposure,), NOW), NOW)
    assert one.health(NOW).explog_age == 300.0


def test_the_folder_comes_and_goes() -> None:
    one = monitor()
    for kind, online in ((SourceKind.OFFLINE, False), (SourceKind.ONLINE, True)):
        events = one.take(SourceEvent(kind, "/data/21_Feb_80", "…"), NOW)
        assert one.health(NOW).online is online
        assert isinstance(events[0], SourceEvent)
    one.take(SourceEvent(SourceKind.SWITCHED, "/data/22_Feb_80", "…"), NOW)
    assert one.health(NOW).folder == "/data/22_Feb_80"


def test_a_volume_that_fills_up_is_an_alarm_that_may_get_worse() -> None:
    one = monitor()

    def answer(free: float, now: float) -> list[str]:
        return changes(one.take(FreeSpace("data volume", free), now))

    assert answer(400e9, NOW) == []
    assert answer(15e9, NOW + 30) == ["DATA VOLUME NORMAL>UNACK"]
    assert answer(14e9, NOW + 60) == []
    assert answer(1e9, NOW + 90) == ["DATA VOLUME UNACK>UNACK"]
    assert answer(400e9, NOW + 120) == ["DATA VOLUME UNACK>RTN_UNACK"]


def test_a_sensor_that_will_not_last_is_told_before_the_limit() -> None:
    one = monitor()
    one.take(CaughtUp("/data/21_Feb_80"), NOW)
    seconds = np.arange(1800.0)
    temps = -120.0 - seconds / 180.0 + 0.02 * np.sin(seconds)
    values = np.column_stack([temps, np.full(1800, 26.0), np.zeros(1800), np.ones(1800)])
    now = NOW + 1799
    one.take(HkRows("hk", COLUMNS, NOW + seconds, values, 2, now), now)
    events = one.take(Tick(), now)
    assert changes(events) == ["TEMP NORMAL>UNACK"]
    (text,) = [event.text for event in events if isinstance(event, AlarmChanged)]
    assert text.startswith("WARNING TEMP: reaches −133 °C at ")
    (trends,) = [event for event in events if isinstance(event, Trends)]
    assert trends.texts == {"TEMP": text.removeprefix("WARNING TEMP: ").partition(", since ")[0]}
    drift = trends.drifts["TEMP"]
    assert (drift.limit, drift.minutes) == (-133.0, pytest.approx(9.0, abs=0.5))
    assert drift.at == pytest.approx(now + 60 * drift.minutes)
    assert 0 < drift.minutes_error < 2


def test_said_lines_have_levels() -> None:
    events = monitor().take(BadLine("hk", 17, "x"), NOW)
    assert [event.level for event in events if isinstance(event, Said)] == [logging.WARNING]
