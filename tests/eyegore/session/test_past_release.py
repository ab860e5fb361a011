"""What release 0.1.0 wrote is read: its journal with the memory of a session that was killed, and its settings."""

from __future__ import annotations

import copy
import json
import math
import queue
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eyegore.basics.records import MemoryFormatError, recalled, remembered
from eyegore.cli import main
from eyegore.copies.settings import load_settings as load_copies
from eyegore.journal.delivery import DeliveryState
from eyegore.journal.journal import Journal, JournalReader, journal_path
from eyegore.journal.outbox import Outbox
from eyegore.limits.model import Phase, Severity, Verdict
from eyegore.messages.events import (
    Action,
    Alarm,
    AlarmChanged,
    AlarmKind,
    AlarmState,
    Event,
    Health,
    HkRows,
    PastAlarms,
    Said,
)
from eyegore.messages.warnings import Channel, Reason
from eyegore.session.monitor import Monitor, MonitorMemory, Tick
from eyegore.session.service import Service
from eyegore.session.settings import Session
from eyegore.warning.center import CenterMemory, WarningCenter
from eyegore.warning.replies.reply import Reply
from eyegore.warning.service import WarningService
from eyegore.warning.settings import load_settings as load_warnings

from ...patience import AWAITED_S
from .past_release import COLUMNS, DATA, KILLED, center, header, monitor

AGAIN = KILLED + 60.0
"""When the next session begins [unix s]."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A copy of the journal where a session on the folder ``day`` looks for it."""
    path = journal_path(tmp_path / "state", tmp_path / "day")
    path.parent.mkdir(parents=True)
    shutil.copy(DATA / "journal.sqlite", path)
    return path


@pytest.fixture
def memory(path: Path) -> dict[str, Any]:
    with JournalReader(path) as journal:
        state = journal.state()
    assert state is not None
    return state


@pytest.fixture
def restored(memory: dict[str, Any]) -> Monitor:
    one = monitor()
    one.restore(recalled(MonitorMemory, memory))
    one.take(header(), AGAIN)
    return one


@pytest.fixture
def warned(memory: dict[str, Any]) -> WarningCenter:
    two = center(AGAIN)
    two.restore(recalled(CenterMemory, memory["warnings"]))
    return two


def rows(start: float, count: int, **out: float) -> HkRows:
    """Rows two seconds apart; the parameters are in limits but for those that are ``out``."""
    times = start + 2.0 * np.arange(count)
    values = [out.get(name, -100.0) for name in COLUMNS]
    return HkRows("hk", COLUMNS, times, np.array([values] * count), 2, AGAIN)


def alarms(one: Monitor) -> dict[str, Alarm]:
    found = [alarm for alarm in one.alarms.alarms() if alarm.state is not AlarmState.NORMAL or alarm.glitches]
    return {f"{alarm.parameter} {alarm.kind.value}": alarm for alarm in found}


def changes(events: list[Event]) -> list[str]:
    entries = [event.entry for event in events if isinstance(event, AlarmChanged)]
    return [f"{one.parameter} {one.before.name} {one.after.name}" for one in entries]


def same(memory: object) -> object:
    """A memory with one word for a number that is none."""
    if isinstance(memory, dict):
        return {name: same(one) for name, one in memory.items() if name != "version"}
    if isinstance(memory, list):
        return [same(one) for one in memory]
    return None if isinstance(memory, float) and not math.isfinite(memory) else memory


def as_told(memory: Any, before: Any) -> Any:
    """A memory without what an earlier one had no word for."""
    if isinstance(memory, dict) and isinstance(before, dict):
        return {name: as_told(one, before[name]) for name, one in memory.items() if name in before}
    if isinstance(memory, list) and isinstance(before, list) and len(memory) == len(before):
        return [as_told(*both) for both in zip(memory, before, strict=True)]
    return memory


def test_every_alarm_is_in_the_state_it_was_in(restored: Monitor) -> None:
    found = alarms(restored)
    assert {name: alarm.state.name for name, alarm in found.items()} == {
        "ACKED OOL": "ACKED",
        "UNACK OOL": "UNACK",
        "BACK OOL": "RTN_UNACK",
        "SHELVED OOL": "SHELVED",
        "SHELVED PERFORMANCE": "SHELVED",
        "SHELVED INVALID": "SHELVED",
        "PENDING OOL": "PENDING",
        "SERVICE OOL": "OUT_OF_SERVICE",
        "SERVICE PERFORMANCE": "OUT_OF_SERVICE",
        "SERVICE INVALID": "OUT_OF_SERVICE",
        "UNREAD INVALID": "ACKED",
        "BOTH PERFORMANCE": "ACKED",
        "GLITCH OOL": "NORMAL",
        "DATA VOLUME DEADMAN": "ACKED",
    }
    acked, shelved, unread = found["ACKED OOL"], found["SHELVED OOL"], found["UNREAD INVALID"]
    assert (acked.severity, acked.since, acked.worst) == (Severity.CRITICAL, 1_000_008.0, -140.0)
    assert (acked.acknowledged_by, acked.comment) == ("Ben", "on my way (by SMS)")
    assert (acked.incident, acked.first_out) == (1, "ACKED")
    assert (shelved.active, shelved.shelved_until) == (True, 1_007_018.0)
    assert (shelved.shelved_by, shelved.shelf_reason) == ("Ben", "cooling is off")
    assert (found["UNACK OOL"].worst, found["UNACK OOL"].worst_time) == (-151.0, 1_000_698.0)
    assert math.isnan(unread.value)
    assert math.isnan(unread.worst)
    assert found["GLITCH OOL"].glitches == 1
    assert found["DATA VOLUME DEADMAN"].limit == "Data volume: 1.0 GB free"
    assert restored.hk.judge.chosen is Phase.COLD
    assert restored.hk.phase_by == "Ana"


def test_rows_go_on_where_they_were(restored: Monitor) -> None:
    known = {"ACKED": -140.0, "SHELVED": -141.0, "UNREAD": math.nan, "BOTH": -115.0, "UNACK": -150.0, "PENDING": -134.0}
    assert changes(restored.take(rows(1_000_002.0, 349, **known), AGAIN)) == [], "judged before"
    found = [
        *changes(restored.take(rows(1_000_700.0, 1, **known), AGAIN)),
        *changes(restored.take(rows(1_000_702.0, 2, **known | {"UNREAD": -100.0, "UNACK": -100.0}), AGAIN)),
        *changes(restored.take(rows(1_000_706.0, 1, **known | {"UNREAD": -100.0, "UNACK": -100.0}), AGAIN)),
    ]
    assert found == ["PENDING PENDING UNACK", "UNREAD ACKED NORMAL", "UNACK UNACK RTN_UNACK"]
    assert alarms(restored)["PENDING OOL"].incident == 4, "after those there were"
    assert restored.hk.judged.memory() == {"hk": (353, 1_000_002.0, 1_000_706.0)}


def test_what_was_acknowledged_is_told_again_after_an_hour(restored: Monitor) -> None:
    assert "ACKED ACKED UNACK" not in changes(restored.take(Tick(), 1_000_010.0 + 3599.0))
    assert "ACKED ACKED UNACK" in changes(restored.take(Tick(), 1_000_010.0 + 3600.0))
    assert "SHELVED SHELVED UNACK" in changes(restored.take(Tick(), 1_007_018.0))


def test_a_violation_keeps_its_verdict(restored: Monitor) -> None:
    """From the other side it is another violation, which has to count anew."""
    found = changes(restored.take(rows(1_000_700.0, 1, ACKED=40.0, UNACK=-152.0), AGAIN))
    assert found == ["PENDING PENDING NORMAL", "UNREAD ACKED NORMAL"]
    shown = {flag.parameter: flag.live for flag in restored.flags.views()}
    assert (shown["ACKED"], shown["UNACK"]) == (Verdict.HIGH, Verdict.LOW)


def test_people_may_answer_what_they_were_asked(warned: WarningCenter) -> None:
    def answer(name: str, sender: str, text: str) -> list[tuple[str, Action, str]]:
        orders = warned.replied([Reply(name, sender, text, AGAIN)], AGAIN)
        return [(one.parameter, one.action, one.person) for one in orders.commands]

    assert answer("SM1", "+49302", "ACK 6002") == [], "taken before"
    assert answer("SM4", "+49301", "ACK 7083") == [], "answered before"
    assert answer("SM5", "+49302", "ACK 6002 I go there") == [("UNACK", Action.LOWER, "Ben")]
    assert answer("SM6", "+49301", "ACK 9245") == [(name, Action.LOWER, "Ana") for name in ("ACKED", "SHELVED", "BACK")]
    assert warned.state([], 0, AGAIN).proof == "proof asked 13:50, waiting for Ana"
    assert answer("SM7", "+49301", "ACK 8164") == []
    assert warned.state([], 0, AGAIN).proof == "path proven 13:59 by Ana"


def test_people_are_told_what_they_were_to_be_told_and_nothing_twice(warned: WarningCenter) -> None:
    told = [one.notice for one in warned.tick(AGAIN).deliveries]
    assert [(one.person, one.reason, one.subject) for one in told] == [
        ("Ana", Reason.ACKNOWLEDGED, "DATA VOLUME and 2 more acknowledged by Ana")
    ]
    assert warned.tick(AGAIN + 1).deliveries == []
    assert warned.state([], 0, AGAIN).problems == {"sms": "no such number"}
    late = [one.notice for one in warned.tick(1_000_498.0 + 600.0).deliveries]
    assert [(one.person, one.reason, one.code) for one in late] == [("Ben", Reason.ESCALATED, "6002")]


def test_all_of_it_is_remembered_again(memory: dict[str, Any], restored: Monitor, warned: WarningCenter) -> None:
    del memory["alarms"]["alarms"]["GLITCH/OOL"]  # what is normal and waits for nobody is not kept any more
    again = remembered(restored.memory()) | {"warnings": remembered(warned.memory())}
    del memory["warnings"]["policy"]["news_from"]  # since then the entries tell what is old
    policy = memory["warnings"]["policy"]
    del policy["announcer"]["limits"]["critical"]  # what is critical knows no limits now
    del policy["flood"]["raised"], policy["flood"]["current"]["raised"]  # parameters are counted now
    for state in (again, memory):
        for track in state["alarms"]["alarms"].values():
            filters = track["filter"] or {}
            track["filter"] = {name: filters.get(name) for name in ("active", "candidate", "clear")}  # else counted
    assert as_told(same(again), same(memory)) == same(memory)


def test_the_entries_are_read_and_written_on(path: Path) -> None:
    with Journal(path) as journal:
        entries = list(journal.entries())
        journal.record(entries[-1:], None)
        assert list(map(repr, journal.entries()))[:-1] == list(map(repr, entries))
    assert len(entries) == 26


@pytest.mark.parametrize(("form", "told"), [("export", "alarms.csv"), ("list", "alarms.txt")])
def test_the_entries_are_told_to_the_letter(
    form: str, told: str, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert main(["alarms", form, str(path)]) == 0
    monkeypatch.undo()
    time.tzset()
    assert capsys.readouterr().out == (DATA / told).read_text()


def test_the_outbox_knows_what_went_out(path: Path) -> None:
    kept = Outbox(path).newest(100)
    assert len(kept) == 19
    call, _, refused = kept[:3]
    assert (refused.state, refused.channel, refused.notice.reason) == (
        DeliveryState.REFUSED,
        Channel.SMS,
        Reason.RAISED,
    )
    assert (refused.notice.severity, refused.notice.channels) == (Severity.CRITICAL, (Channel.SMS, Channel.CALL))
    assert (refused.failing_since, refused.detail) == (1_000_010.0, "no such number")
    assert call.state is DeliveryState.WAITING
    assert math.isnan(call.failing_since)


def test_a_session_takes_it_up(tmp_path: Path, path: Path, wait_until: Callable[..., None]) -> None:
    (tmp_path / "day").mkdir()
    events: list[Event] = []
    service = Service(
        Session(tmp_path / "day", watch_disk=False, state=tmp_path / "state", keep_days=1e6), [events.append]
    )
    service.start()
    wait_until(lambda: any(isinstance(event, Health) for event in events))
    assert service.stop(AWAITED_S)
    assert [event.text for event in events if isinstance(event, Said) and "understood" in event.text] == []
    assert [alarm.parameter for alarm in service.monitor.alarms.alarms()] == ["DATA VOLUME"], "no table tells of others"
    assert [alarm.kind for alarm in service.monitor.alarms.alarms()] == [AlarmKind.DEADMAN]
    assert not any(isinstance(event, PastAlarms) for event in events), "they are decades old"
    with JournalReader(path) as journal:
        state = journal.state()
    assert state is not None
    assert len(state["alarms"]["alarms"]) == 11, "what is not watched yet is kept"


def test_warnings_take_it_up(path: Path, memory: dict[str, Any]) -> None:
    warnings = WarningService(center(AGAIN), {}, lambda _news: None, clock=lambda: AGAIN)
    events = warnings.begin(Outbox(path), memory["warnings"])
    assert warnings.stop(AWAITED_S)
    assert [event for event in events if isinstance(event, Said)] == []


def test_settings_are_read() -> None:
    warnings, copies = load_warnings(DATA / "warnings.toml"), load_copies(DATA / "copies.toml")
    assert list(warnings.people) == ["anna", "ben"]
    assert warnings.routes[Severity.CRITICAL] == (Channel.SMS, Channel.CALL, Channel.EMAIL)
    assert warnings.rates.per_parameter == 6
    assert list(copies.targets) == ["vault", "usb"]


def places(part: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of all parts of a memory."""
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in inside:
        yield (*path, name)
        yield from places(value, (*path, name))


@pytest.mark.parametrize("damage", [None, True, -1, 1e308, math.nan, "", "x", [], [None], {}, {"x": []}], ids=repr)
def test_a_memory_damaged_anywhere_is_refused_or_does_no_harm(memory: dict[str, Any], damage: object) -> None:
    for place in list(places(memory))[::25]:
        *above, last = place
        damaged = part = copy.deepcopy(memory)
        for name in above:
            part = part[name]  # type: ignore[index]
        part[last] = damage  # type: ignore[index]
        one, two = monitor(), center(AGAIN)
        try:
            one.restore(recalled(MonitorMemory, damaged))
            two.restore(recalled(CenterMemory, damaged.get("warnings")))
        except MemoryFormatError:
            continue
        for message in (header(), rows(AGAIN, 3), Tick()):
            one.take(message, AGAIN + 1)


def test_a_memory_that_is_not_understood_is_kept_and_told(path: Path, tmp_path: Path) -> None:
    (tmp_path / "day").mkdir()
    with sqlite3.connect(path) as journal:
        journal.execute("""UPDATE kept SET json = '{"alarms": 7}' WHERE name = 'state'""")
    journal.close()
    heard: queue.SimpleQueue[Event] = queue.SimpleQueue()
    service = Service(Session(tmp_path / "day", state=tmp_path / "state", watch_disk=False), [heard.put])
    service.start()
    try:
        while not (isinstance(told := heard.get(timeout=AWAITED_S), Said) and "begin anew" in told.text):
            pass
    finally:
        service.stop()
    with closing(sqlite3.connect(path)) as journal:
        kept = dict(journal.execute("SELECT name, json FROM kept WHERE name LIKE 'state%'").fetchall())
    (name,) = kept
    assert json.loads(kept[name]) == {"state": '{"alarms": 7}'}
    assert f"as '{name}'" in told.text
