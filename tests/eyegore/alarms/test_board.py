"""The rules of the alarms, by number, and what must hold whatever happens."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from eyegore.alarms.alarm import IncidentBook
from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.alarms.watched import Judgement
from eyegore.basics.records import remembered, same
from eyegore.limits.checks import Checker
from eyegore.limits.model import LimitSet, LimitTable, Parameter, Range, Reading, Severity
from eyegore.messages.events import (
    Action,
    Alarm,
    AlarmChanged,
    AlarmKind,
    AlarmReworded,
    AlarmState,
    Event,
    FlagCommand,
    HkRows,
    Said,
    Transition,
)

from ..restarted import restarted

CRITICAL = Parameter(
    "TEMP", "degC", "", Range(-133, 35), severity_low=Severity.CRITICAL, severity_high=Severity.WARNING
)
WARNING = Parameter(
    "DRAIN", "V", "", Range(0, 30), severity_low=Severity.WARNING, severity_high=Severity.WARNING, deadband=1.0
)
TABLE = LimitTable("lab", "", "", {"TEMP": CRITICAL, "DRAIN": WARNING})
COLUMNS = ("TEMP", "DRAIN")
NAN = math.nan


class Bench:
    """A board fed with values of the two parameters, a second apart."""

    def __init__(self) -> None:
        self.board = AlarmBoard()
        self.watch()
        self.time = 0.0
        self.now = 1e9

    def watch(self, *instead: Parameter) -> None:
        """Watch by the table, or by one that holds these parameters instead."""
        table = replace(TABLE, parameters={**TABLE.parameters, **{one.name: one for one in instead}})
        self._checker = Checker(table, LimitSet.SAFE, COLUMNS)
        for parameter in table.parameters.values():
            self.board.watch(parameter, LimitSet.SAFE, EntryContext(0.0))

    def feed(self, temps: Sequence[float], drains: Sequence[float] = (), cuts: Sequence[int] = ()) -> list[str]:
        values = np.column_stack([temps, drains or [15.0] * len(temps)]).astype(float)
        events: list[Event] = []
        for start, stop in itertools.pairwise([0, *sorted(cuts), len(values)]):
            times = self.time + np.arange(start, stop, dtype=float)
            rows = HkRows("hk", COLUMNS, times, values[start:stop], 2, self.now)
            if times.size:
                verdicts, beyond = self._checker.verdicts(times, rows.values), self._checker.beyond(rows.values)
                judgement = Judgement.by_one_set(verdicts, beyond)
                events += self.board.apply(rows, judgement, EntryContext(self.now))
        self.time += len(values)
        return told(events)

    def act(
        self,
        action: Action,
        parameter: str = "TEMP",
        comment: str = "",
        until: float = NAN,
        kind: AlarmKind | None = None,
    ) -> list[str]:
        command = FlagCommand(action, parameter, "ops", comment, until, kind)
        return told(self.board.command(command, EntryContext(self.now)))

    def tick(self, seconds: float) -> list[str]:
        self.now += seconds
        return told(self.board.tick(EntryContext(self.now)))

    def alarm(self, parameter: str = "TEMP", kind: AlarmKind = AlarmKind.OOL) -> Alarm:
        return next(one for one in self.board.alarms() if (one.parameter, one.kind) == (parameter, kind))

    def restart(self) -> None:
        memory = restarted(self.board.memory())
        self.board = AlarmBoard()
        self.board.restore(memory)
        self.watch()


def told(events: Sequence[Event]) -> list[str]:
    lines = []
    for event in events:
        if isinstance(event, AlarmChanged):
            entry = event.entry
            kind = "" if entry.kind is AlarmKind.OOL else f" {entry.kind.name}"
            lines.append(f"{entry.parameter}{kind} {entry.before.name}>{entry.after.name}")
        elif isinstance(event, Said):
            lines.append(event.text)
    return lines


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_rule_5_the_deadband_delays_clearing_and_not_raising(bench: Bench) -> None:
    assert bench.feed([-120] * 3, [31, 31, 31]) == ["DRAIN NORMAL>PENDING", "DRAIN PENDING>UNACK"]
    assert bench.feed([-120] * 6, [29.5] * 6) == []
    assert bench.feed([-120] * 3, [29, 29, 29]) == ["DRAIN UNACK>RTN_UNACK"]


def test_rule_6_one_sample_alone_is_a_glitch(bench: Bench) -> None:
    assert bench.feed([-120] * 3, [15, 31, 15]) == ["DRAIN NORMAL>PENDING", "DRAIN PENDING>NORMAL"]
    assert bench.feed([-120, -136, -120]) == ["TEMP NORMAL>PENDING", "TEMP PENDING>NORMAL"]
    assert (bench.alarm("DRAIN").glitches, bench.alarm("TEMP").glitches) == (1, 1)


def test_rule_6_a_critical_measured_value_counts_with_the_second_sample_and_a_register_with_the_first() -> None:
    register = replace(CRITICAL, name="REG", reading=Reading.REGISTER)
    board = AlarmBoard()
    names = ("TEMP", "REG")
    for parameter in (CRITICAL, register):
        board.watch(parameter, LimitSet.SAFE, EntryContext(0.0))
    checker = Checker(LimitTable("lab", "", "", {"TEMP": CRITICAL, "REG": register}), LimitSet.SAFE, names)
    rows = HkRows("hk", names, np.arange(2.0), np.full((2, 2), -136.0), 2, 0.0)
    events = board.apply(rows, Judgement.by_one_set(checker.verdicts(rows.times, rows.values)), EntryContext(1e9))
    raised = {one.entry.parameter: one.entry.data_time for one in events if isinstance(one, AlarmChanged) and one.text}
    assert raised == {"TEMP": 1.0, "REG": 0.0}


def test_rule_6_out_is_out_on_whichever_side(bench: Bench) -> None:
    assert bench.feed([-120] * 3, [31, 31, -1]) == ["DRAIN NORMAL>PENDING", "DRAIN PENDING>UNACK"]
    assert bench.feed([-136, 36, -136], [-1] * 3) == ["TEMP NORMAL>PENDING", "TEMP PENDING>UNACK"]


@pytest.mark.parametrize("unjudged", [[NAN], [NAN] * 2, [math.inf]])
def test_rule_6_what_cannot_be_judged_neither_counts_nor_interrupts_the_count(
    bench: Bench, unjudged: list[float]
) -> None:
    lines = bench.feed([-120] * (3 + 2 * len(unjudged)), [31, *unjudged, 31, *unjudged, 31])
    assert [line for line in lines if "INVALID" not in line] == ["DRAIN NORMAL>PENDING", "DRAIN PENDING>UNACK"]
    assert bench.alarm("DRAIN").since == 0.0
    lines = bench.feed([-120] * (3 + 2 * len(unjudged)), [15, *unjudged, 15, *unjudged, 15])
    assert [line for line in lines if "INVALID" not in line] == ["DRAIN UNACK>RTN_UNACK"]


def test_rule_6_a_jump_to_the_other_side_is_told_anew(bench: Bench) -> None:
    bench.feed([-134.5] * 3)
    bench.act(Action.LOWER)
    assert bench.feed([36]) == []
    assert bench.feed([-134.5, 36, 36]) == []
    assert bench.feed([36]) == ["TEMP ACKED>UNACK"]
    assert (bench.alarm().value, bench.alarm().worst, bench.alarm().severity) == (36, 36, Severity.CRITICAL)
    assert bench.alarm().since == 0.0
    assert bench.feed([-134.5, -134.5]) == ["TEMP UNACK>UNACK"]


def test_rule_6_the_alarm_begins_with_its_first_sample(bench: Bench) -> None:
    bench.feed([-120] * 5, [15, 31, 33, 32, 32])
    alarm = bench.alarm("DRAIN")
    assert (alarm.since, alarm.time, alarm.value, alarm.worst, alarm.worst_time) == (1.0, 3.0, 32.0, 33.0, 2.0)


def test_rule_4_no_reading_neither_clears_nor_counts(bench: Bench) -> None:
    lines = bench.feed([-136, -136, NAN, NAN])
    assert lines == ["TEMP NORMAL>PENDING", "TEMP PENDING>UNACK", "TEMP INVALID NORMAL>PENDING"]
    assert bench.feed([NAN] * 100) == ["TEMP INVALID PENDING>UNACK"]
    assert bench.alarm().state is AlarmState.UNACK
    assert bench.alarm("DRAIN").state is AlarmState.NORMAL
    assert bench.feed([-120] * 3) == ["TEMP INVALID UNACK>RTN_UNACK", "TEMP UNACK>RTN_UNACK"]


def test_rule_8_acknowledged_and_back_is_normal(bench: Bench) -> None:
    bench.feed([-136, -137])
    assert bench.act(Action.LOWER, comment="on it") == ["TEMP UNACK>ACKED"]
    assert (bench.alarm().acknowledged_by, bench.alarm().comment) == ("ops", "on it")
    assert bench.feed([-138] * 5) == []
    assert bench.alarm().worst == -138
    assert bench.feed([-120] * 3) == ["TEMP ACKED>NORMAL"]
    assert bench.alarm().severity is Severity.NONE


def test_rule_8_a_higher_severity_needs_a_new_acknowledgement_a_lower_one_does_not(bench: Bench) -> None:
    bench.watch(replace(WARNING, safe=Range(0, 30, -5, 32)))
    bench.feed([-120] * 3, [31, 31, 31])
    assert bench.alarm("DRAIN").severity is Severity.WARNING
    bench.act(Action.LOWER, "DRAIN")
    assert bench.feed([-120] * 2, [33, 33]) == ["DRAIN ACKED>UNACK"]
    assert bench.alarm("DRAIN").severity is Severity.CRITICAL
    bench.act(Action.LOWER, "DRAIN")
    assert bench.feed([-120] * 3, [31, 31, 31]) == []
    assert bench.alarm("DRAIN").state is AlarmState.ACKED


def test_rule_9_lowering_never_hides_what_lasts(bench: Bench) -> None:
    bench.feed([-136, -136])
    assert bench.act(Action.LOWER) == ["TEMP UNACK>ACKED"]
    assert bench.act(Action.LOWER) == []
    bench.feed([-120] * 3)
    bench.feed([-136, -136, -120, -120, -120])
    assert bench.act(Action.LOWER) == ["TEMP RTN_UNACK>NORMAL"]


def test_rule_10_a_shelf_runs_out_and_what_is_still_out_is_raised(bench: Bench) -> None:
    bench.feed([-136, -136])
    shelved = bench.act(Action.SHELVE, until=bench.now + 900, comment="heater test")
    assert shelved == ["TEMP UNACK>SHELVED", "TEMP INVALID NORMAL>SHELVED"]
    assert bench.act(Action.LOWER) == []
    assert bench.act(Action.RESET_ALL, "") == ["all alarms lowered by ops"]
    assert bench.tick(899) == []
    assert bench.tick(2) == ["TEMP SHELVED>UNACK", "TEMP INVALID SHELVED>NORMAL"]


def test_rule_10_a_critical_parameter_is_shelved_four_hours_at_most(bench: Bench) -> None:
    bench.act(Action.SHELVE, until=bench.now + 86_400)
    bench.act(Action.SHELVE, "DRAIN", until=bench.now + 86_400)
    assert bench.alarm("TEMP").shelved_until == bench.now + 4 * 3600
    assert bench.alarm("DRAIN").shelved_until == bench.now + 12 * 3600


def test_rule_11_a_critical_alarm_acknowledged_and_still_out_is_told_again(bench: Bench) -> None:
    bench.feed([-136] * 4, [31] * 4)
    bench.act(Action.LOWER)
    bench.act(Action.LOWER, "DRAIN")
    assert bench.tick(3599) == []
    assert bench.tick(1) == ["TEMP ACKED>UNACK"]
    assert bench.tick(10_000) == []


def test_rule_12_a_dead_man_timer_is_an_alarm_of_its_own(bench: Bench) -> None:
    frame = EntryContext(bench.now)
    events = bench.board.timer("HK rows", Severity.CRITICAL, "no HK row for 61 s", 10.0, 71.0, frame)
    assert told(events) == ["HK rows DEADMAN NORMAL>UNACK"]
    (reworded,) = bench.board.timer("HK rows", Severity.CRITICAL, "no HK row for 62 s", 10.0, 72.0, frame)
    assert isinstance(reworded, AlarmReworded)
    assert reworded.alarm.limit == "no HK row for 62 s"
    assert bench.board.timer("HK rows", Severity.CRITICAL, "no HK row for 62 s", 10.0, 72.5, frame) == []
    assert [alarm.limit for alarm in bench.board.lasting_timers()] == ["no HK row for 62 s"]
    assert bench.act(Action.LOWER, "HK rows") == ["HK rows DEADMAN UNACK>ACKED"]
    again = AlarmBoard()
    again.restore(restarted(bench.board.memory()))
    assert [alarm.limit for alarm in again.alarms()] == ["no HK row for 62 s"]
    assert told(bench.board.timer_well("HK rows", 80.0, frame)) == ["HK rows DEADMAN ACKED>NORMAL"]
    assert bench.board.timer_well("HK rows", 81.0, frame) == []


def rows_at(times: list[float], temps: list[float]) -> HkRows:
    return HkRows("hk", COLUMNS, np.array(times), np.column_stack([temps, [15.0] * len(temps)]), 2, 0.0)


def test_rule_13_what_is_old_is_marked(bench: Bench) -> None:
    rows = rows_at([0.0, 100.0], [-136.0, -136.0])
    verdicts = Checker(TABLE, LimitSet.SAFE, COLUMNS).verdicts(rows.times, rows.values)
    events = bench.board.apply(rows, Judgement.by_one_set(verdicts), EntryContext(1e9, news=500.0))
    event = events[-1]
    assert isinstance(event, AlarmChanged)
    assert event.entry.old
    assert "before Eyegore looked" in event.text


def test_rule_14_alarms_that_come_together_are_one_incident_with_its_first_out(bench: Bench) -> None:
    bench.feed([-120, -120, -120, -136, -136], [31] * 5)
    assert (bench.alarm("DRAIN").incident, bench.alarm("TEMP").incident) == (1, 1)
    assert bench.alarm("TEMP").first_out == "DRAIN"
    bench.feed([-120] * 60)
    bench.feed([-136, -136])
    assert bench.alarm("TEMP").incident == 2


def test_rule_14_there_is_one_first_out_though_it_was_raised_later(bench: Bench) -> None:
    frame = EntryContext(bench.now)
    bench.feed([-120] * 20 + [-136, -136])
    assert bench.alarm("TEMP").first_out == "TEMP"
    bench.board.timer("EXPOSURES", Severity.WARNING, "the next frame is late", 5.0, 22.0, frame)
    bench.feed([-136] * 3, [31] * 3)
    firsts = {alarm.parameter: alarm.first_out for alarm in bench.board.alarms() if alarm.incident}
    assert firsts == dict.fromkeys(("TEMP", "DRAIN", "EXPOSURES"), "EXPOSURES")


OTHERS = {
    AlarmKind.INVALID: lambda bench: bench.feed([NAN] * 3),
    AlarmKind.TREND: lambda bench: bench.board.timer(
        "TEMP", Severity.WARNING, "reaches its limit", 0.0, 0.0, EntryContext(bench.now), AlarmKind.TREND
    ),
}
"""What else can be wrong with a parameter that is out of limits."""


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("action", [Action.LOWER, Action.SHELVE, Action.COMMENT])
def test_one_alarm_is_not_another(bench: Bench, kind: AlarmKind, action: Action) -> None:
    bench.feed([-136] * 2)
    OTHERS[kind](bench)
    before = bench.alarm()
    assert len(bench.act(action, comment="it is the sensor", kind=kind)) == 1
    assert bench.alarm(kind=kind).state is not AlarmState.NORMAL
    assert same(bench.alarm(), before), "the critical alarm was taken with it"
    assert bench.act(Action.LOWER, kind=AlarmKind.DEADMAN) == ["there is no alarm of TEMP"]


def test_rule_14_a_flood_is_said_once(bench: Bench) -> None:
    lines = bench.feed([-136, -136, -120, -120, -120] * 15)
    assert [line for line in lines if "flood" in line] == ["flood: 11 alarms within 10 min"]


def test_rule_20_entries_tell_everything(bench: Bench) -> None:
    rows = rows_at([6.0, 7.0], [-136.0, -136.0])
    verdicts = Checker(TABLE, LimitSet.SAFE, COLUMNS).verdicts(rows.times, rows.values)
    _pending, event = bench.board.apply(
        rows, Judgement.by_one_set(verdicts), EntryContext(1e9, table="abc", context="S")
    )
    assert isinstance(event, AlarmChanged)
    entry = event.entry
    assert (entry.time, entry.data_time, entry.parameter, entry.kind) == (1e9, 7.0, "TEMP", AlarmKind.OOL)
    assert (entry.before, entry.after, entry.severity) == (AlarmState.PENDING, AlarmState.UNACK, Severity.CRITICAL)
    assert (entry.value, entry.what, entry.comment) == (-136.0, Transition.RAISED, "")
    assert (entry.limit, entry.context, entry.table, entry.incident) == ("−133 … 35 °C", "S", "abc", 1)


def test_a_comment_changes_no_state(bench: Bench) -> None:
    bench.feed([-136, -136])
    assert bench.act(Action.COMMENT, comment="called Ana") == ["TEMP UNACK>UNACK"]
    assert bench.alarm().comment == "called Ana"
    assert bench.act(Action.LOWER, "NO_SUCH") == ["there is no alarm of NO_SUCH"]


VALUES = st.sampled_from([-120.0, -136.0, 36.0, NAN])


@pytest.mark.slow
@settings(max_examples=150)
@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=40), st.lists(st.integers(0, 40), max_size=5))
def test_any_batching_gives_the_same_transitions(samples: list[tuple[float, float]], cuts: list[int]) -> None:
    temps, drains = zip(*samples, strict=True)
    whole, parts = Bench(), Bench()
    one = whole.feed(temps, drains)
    assert parts.feed(temps, drains, [cut for cut in cuts if cut <= len(samples)]) == one
    assert remembered(parts.board.memory()) == remembered(whole.board.memory())


@given(st.lists(VALUES, min_size=1, max_size=40), st.lists(VALUES, min_size=1, max_size=40))
def test_what_one_parameter_does_changes_nothing_for_another(temps: list[float], drains: list[float]) -> None:
    size = min(len(temps), len(drains))
    both, alone = Bench(), Bench()
    lines = both.feed(temps[:size], drains[:size])
    expected = alone.feed(temps[:size])
    assert [line for line in lines if line.startswith("TEMP")] == [line for line in expected if "flood" not in line]


class BoardMachine(RuleBasedStateMachine):
    """Samples, people, time and restarts in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()

    @rule(temps=st.lists(VALUES, min_size=1, max_size=6))
    def samples(self, temps: list[float]) -> None:
        before = self.bench.alarm()
        lines = self.bench.feed(temps)
        ool = [line for line in lines if line.startswith("TEMP ") and "INVALID" not in line]
        if before.state is AlarmState.SHELVED:
            assert all(line.endswith("SHELVED>SHELVED") for line in ool), "a shelved alarm told somebody"
        if all(math.isnan(temp) for temp in temps):
            assert self.bench.alarm().active == before.active, "no data cleared an alarm"
        if before.state is AlarmState.ACKED and set(temps) == {before.worst}:
            assert self.bench.alarm().state is AlarmState.ACKED, "an acknowledged alarm opened by itself"

    @rule(action=st.sampled_from([Action.LOWER, Action.SHELVE, Action.UNSHELVE, Action.COMMENT]))
    def person(self, action: Action) -> None:
        self.bench.act(action, comment="x", until=self.bench.now + 900)

    @rule(seconds=st.sampled_from([1.0, 600.0, 4000.0]))
    def time_passes(self, seconds: float) -> None:
        self.bench.tick(seconds)

    @rule()
    def restart(self) -> None:
        before = self.lasting()
        self.bench.restart()
        assert self.lasting() == before, "a restart changed an alarm"

    def lasting(self) -> list[str]:
        return [repr(alarm) for alarm in self.bench.board.alarms() if alarm.state is not AlarmState.NORMAL]

    @invariant()
    def a_violation_is_never_hidden(self) -> None:
        alarm = self.bench.alarm()
        if alarm.active:
            assert alarm.state in (AlarmState.UNACK, AlarmState.ACKED, AlarmState.SHELVED)


TestBoardMachine = pytest.mark.slow(BoardMachine.TestCase)


def test_rule_14_an_alarm_of_next_year_makes_no_flood_of_all_that_come_after_it() -> None:
    book = IncidentBook()
    year = 365 * 86_400.0
    for time in (year, *(1000.0 * count for count in range(20))):
        book.join("TEMP", time, time)
        book.flood_changed(time)
    assert book.raised_lately == 1
    assert not book.flood


def test_rule_4_without_a_reading_of_any_sensor_of_a_kind_it_is_critical() -> None:
    """Such as all temperatures of the CCDs: they can be critical, and now nobody knows."""
    names = ("CCD1_TEMP_T", "CCD2_TEMP_B", "PCB_TEMP", "CCD1_OD")
    board, now = AlarmBoard(), 1e9
    table = LimitTable("lab", "", "", {name: replace(CRITICAL, name=name) for name in names[:3]} | {
        "CCD1_OD": replace(WARNING, name="CCD1_OD")
    })  # fmt: skip
    checker = Checker(table, LimitSet.SAFE, names)
    for parameter in table.parameters.values():
        board.watch(parameter, LimitSet.SAFE, EntryContext(0.0))

    def feed(begin: float, *row: float) -> dict[str, Severity]:
        times, values = begin + np.arange(5.0), np.tile(np.array(row), (5, 1))
        judgement = Judgement.by_one_set(checker.verdicts(times, values), checker.beyond(values))
        board.apply(HkRows("hk", names, times, values, 2, now), judgement, EntryContext(now))
        return {alarm.parameter: alarm.severity for alarm in board.alarms() if alarm.kind is AlarmKind.INVALID}

    one = feed(0, NAN, -120, -120, NAN)
    assert one == {"CCD1_TEMP_T": Severity.WARNING, "CCD2_TEMP_B": 0, "PCB_TEMP": 0, "CCD1_OD": Severity.WARNING}
    both = feed(10, NAN, NAN, NAN, NAN)
    assert {name for name, severity in both.items() if severity is Severity.CRITICAL} == {"CCD1_TEMP_T", "CCD2_TEMP_B"}
    assert both["PCB_TEMP"] is Severity.WARNING, "the only one of its kind"
