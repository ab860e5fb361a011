"""Alarms of soft and hard limits, both sets, phases and edited tables, against a plain model that takes row by row.

The model knows the rules and nothing of the engine: no arrays, no batches, no memory to restore. Session and model must
tell the same transitions, however the rows are cut, whenever the session is killed and reads its file from the start.
"""

from __future__ import annotations

import itertools
import math
import statistics
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from eyegore.housekeeping.housekeeping import Rules
from eyegore.limits.model import LimitSet, LimitTable, Parameter, Phase, PhaseRule, Range, Severity
from eyegore.messages.events import (
    Action,
    AlarmChanged,
    AlarmState,
    Event,
    FeedMessage,
    FlagCommand,
    HkHeader,
    HkRows,
    LimitsEdited,
    Noted,
    NoteKind,
)
from eyegore.session.monitor import Monitor, MonitorMemory

from ..restarted import restarted

START = 1_000_000.0
COLUMNS = ("TEMP", "DRAIN")
TEMP = Parameter(
    "TEMP", "degC", "", Range(-133, 35), Range(-121, -119), sentinels=(-246.86,), valid=(-250, 150),
    severity_low=Severity.CRITICAL, severity_high=Severity.WARNING, deadband=1.0,
)  # fmt: skip
DRAIN = Parameter(
    "DRAIN", "V", "", Range(0, 30, -5, 32), Range(10, 20),
    severity_low=Severity.WARNING, severity_high=Severity.WARNING, deadband=0.5,
)  # fmt: skip
DRAIN = replace(DRAIN, phases={Phase.WARM: replace(DRAIN, safe=Range(0, 25), performance=Range(5, 25))})
RULE = PhaseRule(("TEMP",), -100.0, 0.0, 5.0)


def table(number: int, temp: Parameter, drain: Parameter) -> LimitTable:
    other = replace(temp, performance=temp.safe)
    temp = replace(temp, phases={phase: other for phase in Phase if phase is not Phase.COLD})
    return LimitTable("7.5.X", "lab.toml", str(number), {"TEMP": temp, "DRAIN": drain}, RULE)


TABLES = [
    table(0, TEMP, DRAIN),
    table(1, TEMP, replace(DRAIN, safe=Range(0, 21), performance=Range(14, 16), to_raise=2, to_clear=1, phases={})),
    table(2, TEMP, replace(DRAIN, safe=None, performance=None, phases={})),
    table(3, replace(TEMP, safe=Range(-125, 35), severity_high=Severity.CRITICAL), DRAIN),
]


@dataclass
class Track:
    """The transitions of one alarm, sample by sample; ``run``: side and severity of those out in a row."""

    name: str
    state: str = "NORMAL"
    lasts: bool = False
    severity: Severity = Severity.NONE
    side: str = ""
    run: list[tuple[str, Severity]] = field(default_factory=list)
    inside: int = 0
    crossed: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)

    def to(self, after: str, grade: str = "") -> None:
        self.told.append(f"{self.name} {self.state}>{after}{grade}")
        self.state = after

    def out(self, side: str, severity: Severity, need: dict[Severity, int]) -> None:
        """One more sample that is out: on whichever side, it counts."""
        self.inside = 0
        self.run.append((side, severity))
        self.crossed.add(side)
        reached = counted([one for _, one in self.run], need)
        beside = [one for _, one in itertools.takewhile(lambda one: one[0] == side, reversed(self.run))]
        jumped = self.lasts and side != self.side and counted(beside, need) is not Severity.NONE
        if not self.lasts and reached is Severity.NONE:
            if self.state == "NORMAL" and len(self.run) == 1:
                self.to("PENDING")
        elif not self.lasts or reached > self.severity or jumped:
            self.side = side if jumped or not self.lasts else self.side
            self.severity = max(reached, self.severity) if self.lasts else reached
            self.lasts = True
            self.to("UNACK", f" {self.severity.name}")

    def back(self, inside: bool | None, to_clear: int) -> None:
        """In limits, by the deadband or not; None, of which nobody knows, changes nothing."""
        if inside is None:
            return
        self.run = []
        if self.state == "PENDING":
            self.to("NORMAL")
        self.inside = self.inside + 1 if inside else 0
        if self.lasts and self.inside >= to_clear:
            self.over()
        elif not self.lasts:
            self.crossed.clear()

    def over(self) -> None:
        self.lasts, self.inside, self.run = False, 0, []
        self.crossed.clear()
        if self.state in ("UNACK", "ACKED", "PENDING"):
            self.to("RTN_UNACK" if self.state == "UNACK" else "NORMAL")

    def lower(self) -> None:
        if self.state in ("UNACK", "RTN_UNACK"):
            self.to("ACKED" if self.state == "UNACK" else "NORMAL")


def counted(severities: list[Severity], need: dict[Severity, int]) -> Severity:
    """The gravest that as many samples in a row as it needs, up to the newest, reach or pass."""
    grades = [one for one in need if len(severities) >= need[one] and min(severities[-need[one] :]) >= one]
    return max(grades, default=Severity.NONE)


class Model:
    """What the rules promise for each row."""

    def __init__(self, limit_set: LimitSet) -> None:
        both = limit_set is LimitSet.BOTH
        self.sets = {"OOL": limit_set.parts[0]} | ({"PERFORMANCE": LimitSet.PERFORMANCE} if both else {})
        self.tracks = {(n, k): Track(f"{n} {k}") for n in COLUMNS for k in (*self.sets, "INVALID")}
        self.phase: Phase | None = None
        self.phases: list[str] = []
        self.turn = math.nan
        self.last: list[float] = []
        self.table = TABLES[0]

    def edit(self, table: LimitTable) -> None:
        self.table = table
        for (name, kind), track in self.tracks.items():
            sets = [self.sets[kind]] if kind in self.sets else self.sets.values()
            if not any(table.parameters[name].limit(one) for one in sets):
                track.over()

    def row(self, values: tuple[float, float]) -> None:
        temp = TEMP.sentinels[0] != values[0] and values[0] == values[0]
        before = self.phase
        if temp:
            self.follow(values[0])
        if self.phase is not before:
            self.phases.append(self.phase.value if self.phase else "")
        for name, value in zip(COLUMNS, values, strict=True):
            self.sample(self.table.parameters[name].during(self.phase), value, valid=value == value and value > -246)

    def follow(self, temperature: float) -> None:
        self.last = [*self.last, temperature][-5:]
        if len(self.last) < 5:
            return
        now = statistics.median(self.last)
        if math.isnan(self.turn):
            self.turn = now
        cooling = now < self.turn - 5
        warming = now > self.turn + 5
        after = self.phase
        if self.phase in (Phase.COLD, Phase.WARM):
            if self.phase is Phase.COLD and now > -95:
                after = Phase.WARM if now > 0 else Phase.WARM_UP
            elif self.phase is Phase.WARM and now < -5:
                after = Phase.COLD if now < -100 else Phase.COOL_DOWN
        elif now < -100 or now > 0:
            after = Phase.COLD if now < -100 else Phase.WARM
        elif cooling and self.phase is not Phase.COOL_DOWN:
            after = Phase.COOL_DOWN
        elif warming and self.phase is not Phase.WARM_UP:
            after = Phase.WARM_UP
        further = {Phase.COOL_DOWN: min, Phase.WARM_UP: max}.get(self.phase) if self.phase else None
        if after is not self.phase:
            self.turn = now
        elif further:
            self.turn = further(self.turn, now)
        self.phase = after

    def sample(self, parameter: Parameter, value: float, *, valid: bool) -> None:
        clear = parameter.to_clear or 3
        need = {Severity.WARNING: parameter.to_raise or 3, Severity.CRITICAL: parameter.to_raise or 2}
        limits = {kind: parameter.limit(one) for kind, one in self.sets.items()}
        unsafe = False
        for kind, limit in limits.items():
            track = self.tracks[parameter.name, kind]
            if limit is None or not valid:
                track.back(None, clear)
                continue
            assert isinstance(limit, Range)
            side = "low" if value < limit.low else "high" if value > limit.high else ""
            if not side:
                low, high = limit.low + parameter.deadband, limit.high - parameter.deadband
                bands = {"low": value >= low, "high": value <= high}
                track.back(all(bands[side] for side in track.crossed), clear)
            elif unsafe:
                track.inside = 0  # it is for the safe limits to tell
            else:
                severity = parameter.severity_low if side == "low" else parameter.severity_high
                hard = value < limit.lolo or value > limit.hihi
                grade = Severity.CRITICAL if hard else severity
                track.out(side, min(grade, Severity.WARNING) if kind == "PERFORMANCE" else grade, need)
                unsafe = True
        if any(limits.values()) or valid:
            unread = self.tracks[parameter.name, "INVALID"]
            if not any(limits.values()):
                unread.back(None, 1)
            elif valid:
                unread.back(inside=True, to_clear=1)
            else:
                unread.out("", Severity.WARNING, {Severity.WARNING: 3, Severity.CRITICAL: 3})


class Lab:
    """A session that can be killed, started again and cut as one likes.

    Its memory is written when something is told, as it must be; what the rows did since is to come again by itself.
    """

    def __init__(self, limit_set: LimitSet) -> None:
        self.limit_set = limit_set
        self.table = TABLES[0]
        self.rows: list[tuple[float, float]] = []
        self.events: list[Event] = []
        self.written: MonitorMemory | None = None
        self.begin()

    def begin(self) -> None:
        table = self.table
        self.monitor = Monitor(Rules(lambda _elvis: table, self.limit_set), "/data")
        if self.written is not None:
            self.monitor.restore(restarted(self.written))
        self.take(HkHeader("hk", "7.5.X", COLUMNS))

    def take(self, message: FeedMessage | FlagCommand) -> None:
        events = self.monitor.take(message, START)
        self.events += events
        if any(isinstance(event, AlarmChanged | Noted) for event in events):
            self.written = restarted(self.monitor.memory())

    def feed(self, rows: list[tuple[float, float]], first: int, cut: int) -> None:
        for at in range(0, len(rows), cut):
            part = np.array(rows[at : at + cut])
            times = START + first + at + np.arange(len(part))
            self.take(HkRows("hk", COLUMNS, times, part, 2, START))

    def restart(self, cut: int) -> None:
        self.begin()
        self.feed(self.rows, 0, cut)


temps = st.sampled_from([-120.0, -120.0, -118.0, -120.5, -127.0, -133.5, -140.0, -98.0, -50.0, -57.0, 20.0, 40.0])
drains = st.sampled_from([15.0, 15.0, 13.0, 19.7, 20.5, 22.0, 24.8, 27.0, 31.0, 33.0, -1.0, -6.0, math.nan])
segments = st.tuples(st.one_of(temps, temps, st.sampled_from([math.nan, -246.86])), st.lists(drains, min_size=1))
operations = st.one_of(
    st.tuples(st.just("rows"), st.lists(segments, min_size=1, max_size=4), st.integers(1, 40)),
    st.tuples(st.just("rows"), st.lists(segments, min_size=1, max_size=4), st.integers(1, 40)),
    st.tuples(st.just("lower"), st.sampled_from(COLUMNS), st.just(0)),
    st.tuples(st.just("edit"), st.none(), st.integers(0, len(TABLES) - 1)),
    st.tuples(st.just("restart"), st.none(), st.integers(1, 40)),
)


@pytest.mark.parametrize("limit_set", LimitSet)
@settings(max_examples=60, deadline=None)
@given(st.lists(operations, max_size=14))
def test_a_session_tells_what_a_plain_model_tells(limit_set: LimitSet, steps: list[tuple[str, object, int]]) -> None:
    lab, model = Lab(limit_set), Model(limit_set)
    for what, detail, cut in steps:
        if what == "rows":
            rows = [(temp, drain) for temp, some in detail for drain in some]  # type: ignore[attr-defined]
            lab.feed(rows, len(lab.rows), cut)
            lab.rows += rows
            for row in rows:
                model.row(row)
        elif what == "lower":
            lab.take(FlagCommand(Action.LOWER, str(detail), "ops"))
            for (name, _), track in model.tracks.items():
                if name == detail:
                    track.lower()
        elif what == "edit":
            lab.table = TABLES[cut]
            lab.take(LimitsEdited("lab.toml", lab.table, ""))
            model.edit(lab.table)
        else:
            lab.restart(cut)
    assert told(lab.events) == {track.name: track.told for track in model.tracks.values() if track.told}
    noted = [one.entry for one in lab.events if isinstance(one, Noted)]
    phases = [entry.comment.split(",")[0].removeprefix("phase ") for entry in noted if entry.kind is NoteKind.PHASE]
    assert phases == model.phases


def told(events: list[Event]) -> dict[str, list[str]]:
    """The transitions by alarm."""
    found: dict[str, list[str]] = {}
    for event in events:
        if isinstance(event, AlarmChanged):
            one = event.entry
            name = f"{one.parameter} {one.kind.name}"
            grade = f" {one.severity.name}" if one.after is AlarmState.UNACK else ""
            found.setdefault(name, []).append(f"{name} {one.before.name}>{one.after.name}{grade}")
    return found
