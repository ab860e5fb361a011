"""What becomes of alarms and phases when limits, sensors or a table go away: nothing is hidden or lasts for ever."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import eyegore.session.service
from eyegore.housekeeping.housekeeping import Rules
from eyegore.limits import table as tables
from eyegore.limits.model import LimitSet, LimitTable, Parameter, Phase, PhaseRule, Range, Severity
from eyegore.messages.events import (
    Action,
    AlarmChanged,
    AlarmKind,
    AlarmState,
    CaughtUp,
    Event,
    Flag,
    FlagCommand,
    FlagState,
    HkHeader,
    HkRows,
    LimitsEdited,
    Noted,
)
from eyegore.session.monitor import Monitor, MonitorMemory, Tick
from eyegore.session.service import Service
from eyegore.session.settings import Session
from eyegore.session.side_workers import LimitsFile

from ...patience import AWAITED_S
from ..restarted import restarted

NOW = 1_000_000.0
COLUMNS = ("TEMP", "DRAIN")
TEMP = Parameter("TEMP", "degC", "", Range(-133, 35), Range(-121, -119), severity_low=Severity.WARNING)
TEMP = replace(TEMP, severity_high=Severity.WARNING)
DRAIN = Parameter("DRAIN", "V", "", Range(0, 30), Range(10, 20), response_min=30.0, to_raise=1)
DRAIN = replace(DRAIN, severity_low=Severity.CRITICAL, severity_high=Severity.CRITICAL)


def table(drain: Parameter | None = DRAIN, temp: Parameter = TEMP) -> LimitTable:
    parameters = {"TEMP": temp} | ({"DRAIN": drain} if drain else {})
    return LimitTable("7.5.X", "lab.toml", repr(parameters), parameters, PhaseRule(("TEMP",), -100, 0, 5))


DROPPED = {"without limits": table(replace(DRAIN, safe=None, performance=None)), "no entry": table(None)}


class Bench:
    """A session fed a row a second."""

    def __init__(
        self,
        limit_set: LimitSet,
        used: LimitTable | None = None,
        *,
        now: float = NOW,
        memory: MonitorMemory | None = None,
    ) -> None:
        used = used or table()
        self.monitor = Monitor(Rules(lambda elvis: used if elvis else None, limit_set), "/data")
        if memory is not None:
            self.monitor.restore(restarted(memory))
        self.now = now
        self.header()

    def header(self, elvis: str = "7.5.X", columns: tuple[str, ...] = COLUMNS, path: str = "hk") -> list[Event]:
        return self.monitor.take(HkHeader(path, elvis, columns), self.now)

    def feed(self, temps: Sequence[float], drain: float = 15.0, path: str = "hk") -> list[Event]:
        values = np.column_stack([temps, [drain] * len(temps)])
        times = self.now + np.arange(len(values))
        self.now += len(values)
        return self.monitor.take(HkRows(path, COLUMNS, times, values, 2, self.now), self.now)

    def edit(self, used: LimitTable) -> list[Event]:
        return self.monitor.take(LimitsEdited("lab.toml", used, ""), self.now)

    def ask(self, action: Action, parameter: str = "DRAIN") -> list[Event]:
        return self.monitor.take(FlagCommand(action, parameter, "ops"), self.now)

    def flag(self, name: str) -> Flag:
        return next(flag for flag in self.monitor.flags.views() if flag.parameter == name)


def told(events: Sequence[Event]) -> list[str]:
    entries = [event.entry for event in events if isinstance(event, AlarmChanged)]
    return [f"{one.parameter} {one.kind.name} {one.before.name}>{one.after.name}" for one in entries]


def test_to_and_fro_across_the_safe_limit_is_raised_by_the_performance_limits() -> None:
    bench = Bench(LimitSet.BOTH)
    bench.feed([-120.0] * 10)
    assert "TEMP PERFORMANCE PENDING>UNACK" in told(bench.feed([-130.0, -140.0] * 3))
    bench.feed([-120.0, -120.0, -140.0, -120.0, -120.0])
    assert bench.flag("TEMP").state is FlagState.RAISED, "what was not safe meanwhile was not in limits"


@pytest.mark.parametrize("edited", DROPPED.values(), ids=list(DROPPED))
def test_an_alarm_whose_limits_are_taken_away_can_be_got_rid_of(edited: LimitTable) -> None:
    bench = Bench(LimitSet.SAFE)
    bench.feed([-120.0], drain=31.0)
    assert told(bench.edit(edited)) == ["DRAIN OOL UNACK>RTN_UNACK"]
    assert told(bench.edit(edited)) == []
    assert told(bench.ask(Action.LOWER)) == ["DRAIN OOL RTN_UNACK>NORMAL"]
    bench.edit(table())
    assert told(bench.feed([-120.0], drain=31.0)) == ["DRAIN OOL NORMAL>UNACK"], "judged at once when it is again"
    bench.ask(Action.LOWER)
    assert told(bench.edit(edited)) == ["DRAIN OOL ACKED>NORMAL"]


def test_limits_taken_away_while_nobody_looked() -> None:
    bench = Bench(LimitSet.SAFE)
    bench.feed([-120.0], drain=31.0)
    bench.ask(Action.SHELVE)
    memory = bench.monitor.memory()
    again = Bench(LimitSet.SAFE, DROPPED["no entry"], now=bench.now, memory=memory)
    assert told(again.ask(Action.UNSHELVE))[0] == "DRAIN OOL SHELVED>RTN_UNACK"


def test_an_unknown_version_ends_no_alarm() -> None:
    bench = Bench(LimitSet.SAFE)
    bench.feed([-120.0], drain=31.0)
    bench.ask(Action.LOWER)
    assert told(bench.header(elvis="", path="hk2")) == []
    assert told(bench.feed([-120.0] * 5, path="hk2")) == []
    assert bench.flag("DRAIN").state is FlagState.ACKNOWLEDGED


def test_no_reading_of_what_is_not_checked_in_this_phase_is_no_valid_reading() -> None:
    limited = replace(DRAIN, safe=None, performance=None)
    limited = replace(limited, phases={Phase.COLD: replace(limited, safe=Range(0, 30))})
    bench = Bench(LimitSet.SAFE, table(limited))
    bench.feed([-120.0] * 5)
    bench.feed([-120.0] * 3, drain=math.nan)
    assert told(bench.feed([-50.0] * 8, drain=math.nan)) == []
    assert bench.monitor.hk.judge.phase is Phase.WARM_UP
    assert told(bench.feed([-120.0] * 5, drain=15.0)) == ["DRAIN INVALID UNACK>RTN_UNACK"]


@pytest.mark.parametrize(
    "edited",
    [*DROPPED.values(), table(replace(DRAIN, out_of_service="broken")), table(replace(DRAIN, response_min=None))],
    ids=[*DROPPED, "out of service", "no time to respond"],
)
def test_a_pre_alarm_ends_with_the_limit_it_foretells(edited: LimitTable) -> None:
    bench = Bench(LimitSet.SAFE)
    for row in range(1200):
        bench.feed([-120.0], drain=15.0 + row * 0.01)
    bench.monitor.take(CaughtUp("/data"), bench.now)
    assert AlarmKind.TREND in [alarm.kind for alarm in bench.monitor.alarms.alarms() if alarm.active]
    bench.edit(edited)
    assert "DRAIN TREND UNACK>RTN_UNACK" in told(bench.monitor.take(Tick(), bench.now + 20))


def test_a_file_without_the_sensors_leaves_the_phase_as_it_was() -> None:
    bench = Bench(LimitSet.SAFE)
    bench.feed([-120.0] * 10)
    bench.header(columns=("DRAIN",), path="hk2")
    rows = HkRows("hk2", ("DRAIN",), bench.now + np.arange(3.0), np.full((3, 1), 15.0), 2, bench.now)
    events = [*bench.monitor.take(rows, bench.now), *bench.feed([-120.0] * 3)]
    assert [event.entry.comment for event in events if isinstance(event, Noted)] == []


def test_the_phase_goes_on_over_a_restart_in_the_folder_of_the_next_day() -> None:
    bench = Bench(LimitSet.BOTH, table(temp=replace(TEMP, phases={Phase.COOL_DOWN: replace(TEMP, performance=None)})))
    bench.feed(np.arange(20.0, -50.0, -1.0).tolist())
    used, memory = bench.monitor.rules.tables("7.5.X"), bench.monitor.memory()
    again = Bench(LimitSet.BOTH, used, now=bench.now, memory=memory)
    again.header(path="next day")
    assert told(again.feed([-50.0] * 5, path="next day")) == []
    assert again.monitor.health(again.now).phase is Phase.COOL_DOWN
    again.feed([-53.0] * 5 + [-47.0] * 5, path="next day")
    assert again.monitor.health(again.now).phase is Phase.WARM_UP, "it can turn"


def test_the_shelf_of_the_milder_alarm_hides_no_acknowledged_one() -> None:
    bench = Bench(LimitSet.BOTH)
    bench.feed([-120.0] * 5, drain=31.0)
    bench.ask(Action.SHELVE)
    bench.now += 4 * 3600
    bench.monitor.take(Tick(), bench.now)
    bench.ask(Action.LOWER)
    states = [alarm.state for alarm in bench.monitor.alarms.of("DRAIN")]
    assert states == [AlarmState.ACKED, AlarmState.SHELVED, AlarmState.SHELVED]
    assert bench.flag("DRAIN").state is FlagState.ACKNOWLEDGED


def test_a_table_that_cannot_be_read_for_a_while_is_read_when_it_can_be(
    tmp_path: Path, wait_until: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, found, looks = tmp_path / "lab.toml", list[LimitsEdited](), list[int]()
    path.write_text("")
    watch = LimitsFile(path, found.append, look_s=0.01)

    def unreadable(path: Path) -> LimitTable:
        looks.append(1)
        return tables.load_table(path.parent)

    path.write_text(BUILT_IN.read_text())
    with monkeypatch.context() as away:
        away.setattr("eyegore.session.side_workers.load_table", unreadable)
        watch.start()
        wait_until(lambda: len(looks) > 3)
    wait_until(lambda: len(found) > 1)
    watch.stop()
    assert watch.join(AWAITED_S)
    assert [edited.table is not None for edited in found] == [False, True]


BUILT_IN = Path(tables.__file__).parent / "tables" / "7.5.X.toml"


def test_an_edit_while_the_session_begins_is_not_missed(
    tmp_path: Path, wait_until: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lab.toml"
    shutil.copy(BUILT_IN, path)
    monkeypatch.setitem(LimitsFile.__init__.__kwdefaults__, "look_s", 0.01)

    def edited_meanwhile(path: Path) -> LimitTable:
        read = tables.load_table(path)
        path.write_text(f"{path.read_text()}# edited\n")
        return read

    monkeypatch.setattr(eyegore.session.service, "load_table", edited_meanwhile)
    seen: list[Event] = []
    session = Session(tmp_path, limits=path, state=tmp_path / "state", watch_disk=False, journal=False)
    service = Service(session, [seen.append])
    service.start()
    wait_until(lambda: any("edited limits" in str(getattr(event, "text", "")) for event in seen))
    assert service.stop(AWAITED_S)
