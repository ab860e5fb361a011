"""Limits that change under a running session: phases of the camera, both sets, hard limits, edited tables."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eyegore.housekeeping.housekeeping import Rules
from eyegore.limits.model import (
    Delta,
    LimitSet,
    LimitTable,
    Parameter,
    Phase,
    PhaseRule,
    Range,
    Relative,
    Severity,
    Verdict,
)  # fmt: skip
from eyegore.messages.events import (
    AlarmChanged,
    AlarmKind,
    AlarmState,
    Event,
    Exposure,
    ExposureRows,
    Flag,
    FlagState,
    HkAccepted,
    HkHeader,
    HkRows,
    LayoutChanged,
    LimitsEdited,
    Noted,
    NoteKind,
    PhaseChosen,
    Said,
)
from eyegore.session.monitor import Monitor, Tick

from ..restarted import restarted

NOW = 1_000_000.0
WARN = {"severity_low": Severity.WARNING, "severity_high": Severity.WARNING, "to_raise": 1, "to_clear": 1}
TEMP = Parameter("TEMP", "degC", "", Range(-133, 35), Range(-121, -119), **WARN)
TEMP = replace(TEMP, phases={phase: replace(TEMP, performance=TEMP.safe) for phase in Phase if phase is not Phase.COLD})
DRAIN = Parameter("DRAIN", "V", "", Range(-0.3, 30), Relative(-0.2, 0.2, "OD_1_T"), **WARN)
TABLE = LimitTable(
    "7.5.X", "lab.toml", "1", {"TEMP": TEMP, "DRAIN": DRAIN}, PhaseRule(("TEMP",), -100.0, 0.0, hysteresis=5.0)
)
COLUMNS = ("TEMP", "DRAIN")


class Bench:
    """A session fed a row a second."""

    def __init__(self, table: LimitTable = TABLE, limit_set: LimitSet = LimitSet.BOTH) -> None:
        self.monitor = Monitor(Rules(lambda _elvis: table, limit_set), "/data")
        self.now = NOW
        self.header()

    def header(self) -> None:
        self.monitor.take(HkHeader("hk", "7.5.X", COLUMNS), self.now)

    def feed(self, temps: Sequence[float], drains: Sequence[float] = ()) -> list[Event]:
        values = np.column_stack([temps, drains or [26.0] * len(temps)]).astype(float)
        times = self.now + np.arange(len(values))
        self.now += len(values)
        return self.monitor.take(HkRows("hk", COLUMNS, times, values, 2, self.now), self.now)

    def flag(self, name: str) -> Flag:
        return next(flag for flag in self.monitor.flags.views() if flag.parameter == name)


def told(events: Sequence[Event]) -> list[str]:
    entries = [event.entry for event in events if isinstance(event, AlarmChanged)]
    return [
        f"{one.parameter} {one.kind.name} {one.before.name}>{one.after.name} {one.severity.name}" for one in entries
    ]


def noted(events: Sequence[Event]) -> list[str]:
    return [event.entry.comment for event in events if isinstance(event, Noted)]


def verdicts(events: Sequence[Event], column: int = 0) -> list[Verdict]:
    return [
        Verdict(int(code)) for event in events if isinstance(event, HkAccepted) for code in event.verdicts[:, column]
    ]


def cooling() -> list[float]:
    return [20.0] * 10 + np.arange(20, -120, -2.0).tolist() + [-120.0] * 10


def test_performance_of_the_temperature_is_judged_only_when_cold() -> None:
    bench = Bench()
    events = bench.feed(cooling())
    assert noted(events) == [
        "phase warm, after not known",
        "phase cool-down, after warm",
        "phase cold, after cool-down",
    ]
    assert told(events)[:2] == ["TEMP PERFORMANCE NORMAL>UNACK WARNING", "TEMP PERFORMANCE UNACK>RTN_UNACK WARNING"]
    assert bench.feed([-118.0])[0].entry.kind is AlarmKind.PERFORMANCE  # type: ignore[union-attr]
    assert bench.flag("TEMP").state is FlagState.RAISED
    assert bench.flag("TEMP").limit_text == "−121 … −119 °C"


def test_the_phase_is_in_the_journal_the_strip_and_the_layout() -> None:
    bench = Bench()
    events = bench.feed(cooling())
    entry = next(event.entry for event in events if isinstance(event, Noted) and "cold, after" in event.entry.comment)
    assert (entry.kind, entry.context) == (NoteKind.PHASE, "both cold")
    assert NOW < entry.data_time < bench.now
    assert [event.phase for event in events if isinstance(event, LayoutChanged)][-1] is Phase.COLD
    assert (bench.monitor.health(bench.now).phase, bench.monitor.health(bench.now).phase_by) == (Phase.COLD, "")


def test_a_person_chooses_the_phase_and_lets_the_temperature_tell_again() -> None:
    bench = Bench()
    bench.feed([-50.0] * 10)
    assert bench.flag("TEMP").state is FlagState.RAISED
    events = bench.monitor.take(PhaseChosen(Phase.COOL_DOWN, "ops", "new cryostat"), bench.now)
    assert noted(events) == ["ops chose the phase cool-down: new cryostat", "phase cool-down, after not known"]
    bench.feed([-50.0])
    assert bench.flag("TEMP").state is FlagState.LATCHED
    assert bench.monitor.health(bench.now).phase_by == "ops"
    assert bench.monitor.take(PhaseChosen(Phase.COOL_DOWN, "ops"), bench.now) == []
    assert noted(bench.monitor.take(PhaseChosen(None, "ops"), bench.now))[1] == "phase not known, after cool-down"
    assert told(bench.feed([-50.0])) == ["TEMP PERFORMANCE RTN_UNACK>UNACK WARNING"]


def test_a_chosen_phase_survives_a_restart_and_old_changes_are_not_told_again() -> None:
    bench = Bench()
    temps = cooling()
    bench.feed(temps)
    bench.monitor.take(PhaseChosen(Phase.WARM_UP, "ops"), bench.now)
    again = Bench()
    again.monitor.restore(restarted(bench.monitor.memory()))
    again.header()
    assert told(again.feed(temps)) == []
    assert again.monitor.health(bench.now).phase is Phase.WARM_UP
    followed = Bench()
    followed.monitor.restore(restarted(replace(bench.monitor.memory(), phase=None)))
    assert noted(followed.feed(temps)) == []
    assert followed.monitor.health(bench.now).phase is Phase.COLD


def test_with_both_sets_what_is_not_safe_is_one_alarm() -> None:
    bench = Bench()
    bench.feed([-120.0] * 10)
    assert told(bench.feed([-140.0])) == ["TEMP OOL NORMAL>UNACK WARNING"]
    events = bench.feed([-130.0])
    assert told(events) == ["TEMP OOL UNACK>RTN_UNACK WARNING", "TEMP PERFORMANCE NORMAL>UNACK WARNING"]
    assert verdicts(events) == [Verdict.LOW]
    assert bench.flag("TEMP").state is FlagState.RAISED
    assert bench.flag("TEMP").limit_text == "−121 … −119 °C"
    assert told(bench.feed([-120.0])) == ["TEMP PERFORMANCE UNACK>RTN_UNACK WARNING"]
    assert verdicts(bench.feed([math.nan])) == [Verdict.INVALID]


def test_a_relative_limit_waits_until_the_command_has_settled() -> None:
    bench = Bench()
    logged = [
        Exposure(number, "CCD1", "PTC01", NOW + start, 0.0, ("ObsID", "OD_1_T"), (str(number), drain))
        for number, start, drain in ((1, 0, "26.0"), (2, 20, "27.0"))
    ]
    bench.monitor.take(ExposureRows("log", ("ObsID", "OD_1_T"), tuple(logged), NOW), NOW)
    events = bench.feed([-120.0] * 40, [26.0] * 22 + [26.6] * 2 + [27.0] * 6 + [26.0] * 10)
    alarms = [event.entry for event in events if isinstance(event, AlarmChanged) and event.alarm.parameter == "DRAIN"]
    assert [(one.kind, one.after, one.data_time - NOW) for one in alarms] == [
        (AlarmKind.PERFORMANCE, AlarmState.UNACK, 30.0)
    ]


def test_rule_5_the_deadband_of_a_relative_limit_lies_about_what_is_commanded() -> None:
    drain = replace(DRAIN, deadband=0.05)
    bench = Bench(replace(TABLE, parameters={"TEMP": TEMP, "DRAIN": drain}))
    logged = Exposure(1, "CCD1", "PTC01", NOW - 60, 0.0, ("ObsID", "OD_1_T"), ("1", "26.0"))
    bench.monitor.take(ExposureRows("log", ("ObsID", "OD_1_T"), (logged,), NOW), NOW)
    feed = [told(bench.feed([-120.0], [value])) for value in (26.21, 26.19, 26.16, 26.15, 25.79, 25.84, 25.85)]
    out, back = ["DRAIN PERFORMANCE NORMAL>UNACK WARNING"], ["DRAIN PERFORMANCE UNACK>RTN_UNACK WARNING"]
    again = ["DRAIN PERFORMANCE RTN_UNACK>UNACK WARNING"]
    assert feed == [out, [], [], back, again, [], back]


def test_a_parameter_the_files_hold_no_more_is_neither_green_nor_checked() -> None:
    bench = Bench(limit_set=LimitSet.SAFE)
    bench.feed([-120.0] * 5)
    assert bench.monitor.health(bench.now).checked == 2
    bench.monitor.take(HkHeader("hk2", "7.5.X", ("TEMP",), missing=("DRAIN",)), bench.now)

    def feed(rows: int) -> list[Event]:
        times = bench.now + np.arange(rows)
        bench.now += rows
        return bench.monitor.take(HkRows("hk2", ("TEMP",), times, np.full((rows, 1), -120.0), 2, bench.now), bench.now)

    assert told(feed(60)) == [], "the files of an exposure may hold fewer columns than the others"
    assert told([*feed(1), *feed(5)]) == [
        "DRAIN INVALID NORMAL>PENDING NONE", "DRAIN INVALID PENDING>UNACK WARNING",
    ]  # fmt: skip
    assert bench.flag("DRAIN").state is FlagState.STALE
    assert (bench.monitor.health(bench.now).checked, bench.monitor.health(bench.now).total) == (1, 2)
    assert told(bench.feed([-120.0] * 3)) == ["DRAIN INVALID UNACK>RTN_UNACK WARNING"]
    assert bench.flag("DRAIN").state is FlagState.LATCHED
    assert bench.monitor.health(bench.now).checked == 2


def test_a_parameter_of_the_table_that_no_file_holds_has_a_flag_and_no_data() -> None:
    spare = replace(DRAIN, name="SPARE", performance=None)
    bench = Bench(replace(TABLE, parameters={"TEMP": TEMP, "DRAIN": DRAIN, "SPARE": spare}), LimitSet.SAFE)
    events = bench.feed([-120.0] * 100)
    assert told(events) == []
    assert bench.flag("SPARE").state is FlagState.NO_DATA
    assert (bench.monitor.health(bench.now).checked, bench.monitor.health(bench.now).total) == (2, 3)


def test_beyond_the_hard_limit_it_is_critical_with_the_second_sample() -> None:
    drain = Parameter("DRAIN", "V", "", Range(0, 30, -5, 32), **(WARN | {"to_raise": None}))
    bench = Bench(LimitTable("7.5.X", "", "", {"DRAIN": drain}), LimitSet.SAFE)
    assert told(bench.feed([0] * 3, [31.0] * 3)) == [
        "DRAIN OOL NORMAL>PENDING NONE", "DRAIN OOL PENDING>UNACK WARNING",
    ]  # fmt: skip
    assert told(bench.feed([0, 0], [32.0, 32.5])) == []
    assert told(bench.feed([0, 0], [31.0, 32.5])) == []
    assert told(bench.feed([0], [32.5])) == ["DRAIN OOL UNACK>UNACK CRITICAL"]
    assert bench.flag("DRAIN").severity is Severity.CRITICAL
    assert bench.flag("DRAIN").limit_text == "0 … 30 V, hard −5 … 32"
    assert drain.gravest is Severity.CRITICAL


def edited(table: LimitTable | None, problem: str = "") -> LimitsEdited:
    return LimitsEdited("/lab/lab.toml", table, problem)


def with_limit(safe: Range, **changes: object) -> LimitTable:
    drain = replace(DRAIN, safe=safe, performance=None, **changes)  # type: ignore[arg-type]
    return LimitTable("7.5.X", "lab.toml", "2", {"TEMP": TEMP, "DRAIN": drain})


def test_an_edited_table_is_announced_journalled_and_used_from_then_on() -> None:
    bench = Bench(limit_set=LimitSet.SAFE)
    bench.feed([-120.0] * 10)
    events = bench.monitor.take(edited(with_limit(Range(0, 25))), bench.now)
    assert noted(events) == ["checking against limits 7.5.X of lab.toml"]
    assert [event.text for event in events if isinstance(event, Said)] == [
        "the edited limits of /lab/lab.toml are in use"
    ]
    layout = next(event for event in events if isinstance(event, LayoutChanged))
    assert layout.table is not None
    assert layout.table.digest == "2"
    events = bench.feed([-120.0])
    assert told(events) == ["DRAIN OOL NORMAL>UNACK WARNING"]
    assert next(event.entry.table for event in events if isinstance(event, AlarmChanged)) == "2"
    bench.monitor.take(edited(with_limit(Range(0, 27))), bench.now)
    assert bench.flag("DRAIN").limit_text == "0 … 27 V"
    assert bench.flag("DRAIN").state is FlagState.RAISED, "an alarm must not vanish because a table was edited"
    assert told(bench.feed([-120.0])) == ["DRAIN OOL UNACK>RTN_UNACK WARNING"]


def test_a_table_that_is_not_right_is_refused_and_the_old_one_stays() -> None:
    bench = Bench(limit_set=LimitSet.SAFE)
    bench.feed([-120.0] * 10)
    events = bench.monitor.take(edited(None, "lab.toml:3: DRAIN: safe.high: missing"), bench.now)
    text = "the edited limits are refused, the old ones stay: lab.toml:3: DRAIN: safe.high: missing"
    assert noted(events) == [text]
    assert [event.text for event in events if isinstance(event, Said)] == [text]
    assert told(bench.feed([-120.0], [31.0])) == ["DRAIN OOL NORMAL>UNACK WARNING"]


def test_delta_limits_go_on_over_an_edited_table() -> None:
    delta = replace(DRAIN, safe=None, performance=None, delta=Delta(-1, 1, 5))
    table = LimitTable("7.5.X", "", "1", {"DRAIN": delta})
    bench = Bench(table, LimitSet.SAFE)
    bench.feed([0.0] * 4)
    bench.monitor.take(edited(replace(table, digest="2")), bench.now)
    assert verdicts(bench.feed([0.0]), 1) == [Verdict.IN_LIMITS]


def test_out_of_service_is_not_judged_and_told_and_comes_back() -> None:
    bench = Bench(limit_set=LimitSet.SAFE)
    bench.feed([-120.0], [31.0])
    events = bench.monitor.take(edited(with_limit(Range(0, 30), out_of_service="sensor broken")), bench.now)
    assert told(events) == [
        "DRAIN OOL UNACK>OUT_OF_SERVICE WARNING", "DRAIN INVALID NORMAL>OUT_OF_SERVICE NONE",
    ]  # fmt: skip
    assert told(bench.feed([-120.0] * 5, [31.0] * 5)) == []
    flag = bench.flag("DRAIN")
    assert (flag.state, flag.comment, flag.live) == (FlagState.OUT_OF_SERVICE, "sensor broken", Verdict.UNCHECKED)
    assert bench.monitor.health(bench.now).checked == 1
    again = Bench(with_limit(Range(0, 30), out_of_service="sensor broken"), LimitSet.SAFE)
    again.monitor.restore(restarted(bench.monitor.memory()))
    again.header()
    assert again.flag("DRAIN").state is FlagState.OUT_OF_SERVICE
    events = bench.monitor.take(edited(with_limit(Range(0, 30))), bench.now)
    assert told(events)[0] == "DRAIN OOL OUT_OF_SERVICE>NORMAL NONE"
    assert told(bench.feed([-120.0], [31.0])) == ["DRAIN OOL NORMAL>UNACK WARNING"]


def test_any_batching_gives_the_same_phases_and_alarms() -> None:
    temps = cooling() + [-118.0] * 5 + [-120.0] * 5 + [-140.0] * 3 + [-120.0] * 5
    whole = Bench()
    events = whole.feed(temps)
    pieces = Bench()
    single = [event for temp in temps for event in pieces.feed([temp])]
    assert told(single) == told(events)
    assert noted(single) == noted(events)
    assert pieces.monitor.take(Tick(), pieces.now)


def test_rows_that_come_one_by_one_take_little_more_memory_than_their_numbers() -> None:
    """They are kept for exposures whose row of the log comes late; an object for each would be 1 KiB and more."""
    bench, rows = Bench(), 1000
    bench.feed([-120.0] * 100)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(rows):
            bench.feed([-120.0])
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (after - before) / rows < 800
