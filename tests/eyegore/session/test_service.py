"""A live session without a screen: rows become flags, faults are survived, everything stops."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.alarms.deadman import LoopTimer
from eyegore.basics.errors import SettingsError
from eyegore.journal.journal import Journal, journal_path
from eyegore.journal.reader import JournalReader
from eyegore.limits.model import Phase
from eyegore.limits.table import table_for
from eyegore.messages.events import (
    Action,
    AlarmChanged,
    AlarmKind,
    Event,
    ExposuresAccepted,
    FlagChanged,
    FlagCommand,
    FlagState,
    Health,
    HkAccepted,
    NoteKind,
    PastAlarms,
    Said,
    SourceEvent,
)
from eyegore.session.service import Service, rules_for
from eyegore.session.settings import Session
from eyegore.simulator.simulator import SimulatedSession, Simulator

from ...patience import AWAITED_S

WaitUntil = Callable[..., None]


class Ear:
    """A subscriber that keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def take(self, event: Event) -> None:
        self.events.append(event)

    def state(self, parameter: str) -> FlagState | None:
        states = [e.flag.state for e in self.events if isinstance(e, FlagChanged) and e.flag.parameter == parameter]
        return states[-1] if states else None

    def rows(self) -> int:
        return sum(event.rows.times.size for event in self.events if isinstance(event, HkAccepted))

    def health(self) -> Health | None:
        return next((event for event in reversed(self.events) if isinstance(event, Health)), None)

    def said(self) -> str:
        return "\n".join(event.text for event in self.events if isinstance(event, Said))


@pytest.fixture
def ear() -> Ear:
    return Ear()


Start = Callable[..., Service]


@pytest.fixture
def start(tmp_path: Path, ear: Ear) -> Iterator[Start]:
    services: list[Service] = []

    def begin(folder: Path | None = None, **options: object) -> Service:
        service = Service(Session(folder or tmp_path / "day", **{"watch_disk": False, **options}), [ear.take])  # type: ignore[arg-type]
        services.append(service)
        service.start()
        return service

    yield begin
    for service in services:
        assert service.stop(AWAITED_S)


def simulator(folder: Path, **options: object) -> Simulator:
    settings: dict[str, object] = {"images": False, "seconds": 100_000, "force": True, **options}
    return Simulator(folder, SimulatedSession(**settings))  # type: ignore[arg-type]


def test_rows_are_judged_as_they_come(tmp_path: Path, start: Start, ear: Ear, wait_until: WaitUntil) -> None:
    elvis = simulator(tmp_path / "day", plants=["CCD2_TEMP_B:step:-136@30+10", "CCD3_TEMP_T:nan@45+100"])
    elvis.append_rows(20)
    service = start()
    wait_until(lambda: ear.rows() == 20)
    assert ear.state("CCD2_TEMP_B") is FlagState.NORMAL
    elvis.append_rows(15)
    wait_until(lambda: ear.state("CCD2_TEMP_B") is FlagState.RAISED)
    service.send(FlagCommand(Action.LOWER, "CCD2_TEMP_B", "ops"))
    service.send(FlagCommand(Action.SHELVE, "CCD1_TEMP_B", "ops"))
    wait_until(lambda: ear.state("CCD2_TEMP_B") is FlagState.ACKNOWLEDGED)
    elvis.append_rows(15)
    wait_until(lambda: ear.state("CCD3_TEMP_T") is FlagState.INVALID)
    assert ear.state("CCD2_TEMP_B") is FlagState.NORMAL
    assert ear.state("CCD1_TEMP_B") is FlagState.SHELVED
    wait_until(lambda: ear.rows() == 50)
    assert any(isinstance(event, ExposuresAccepted) for event in ear.events)


def test_the_history_goes_on_once_its_rows_are_told(
    tmp_path: Path, ear: Ear, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eyegore.feeds.ingest.SHOWN_S", 10 * AWAITED_S)
    simulator(tmp_path / "day").append_rows(3000)
    told: list[int] = []

    def shown(call: Callable[[], None]) -> None:
        told.append(ear.rows())
        call()

    service = Service(Session(tmp_path / "day", watch_disk=False), [ear.take], when_shown=shown)
    service.start()
    wait_until(lambda: ear.rows() == 3000)
    assert service.stop(AWAITED_S)
    assert len(set(told)) > 3
    assert told == sorted(told)


def test_what_the_journal_knows_is_told_once_and_first(
    tmp_path: Path, start: Start, ear: Ear, wait_until: WaitUntil
) -> None:
    simulator(tmp_path / "day", plants=["CCD2_TEMP_B:step:-136@10+10"]).append_rows(30)
    first = start(state=tmp_path / "state")
    wait_until(lambda: ear.rows() == 30)
    assert first.stop(AWAITED_S)
    assert not any(isinstance(event, PastAlarms) for event in ear.events)
    ear.events.clear()
    start(state=tmp_path / "state")
    wait_until(lambda: ear.rows() == 30)
    told = [event for event in ear.events if isinstance(event, PastAlarms)]
    assert ear.events[0] is told[0]
    assert len(told) == 1
    steps = [
        entry.note for entry in told[0].entries if entry.parameter == "CCD2_TEMP_B" and entry.kind is AlarmKind.OOL
    ]
    assert steps == ["pending", "raised", "returned"]


@pytest.mark.parametrize(
    "left", ["null", "[]", "5", '{"alarms": 5}', "not JSON", 100_000 * "["], ids=lambda left: left[:9]
)
def test_whatever_the_last_session_left_rows_are_judged_and_it_is_told(
    tmp_path: Path, start: Start, ear: Ear, wait_until: WaitUntil, left: str
) -> None:
    simulator(tmp_path / "day", plants=["CCD2_TEMP_B:step:-136@10+10"]).append_rows(30)
    first = start(state=tmp_path / "state")
    wait_until(lambda: ear.rows() == 30)
    assert first.stop(AWAITED_S)
    with contextlib.closing(sqlite3.connect(journal_path(tmp_path / "state", tmp_path / "day"))) as journal, journal:
        journal.execute("DELETE FROM state")  # as an earlier release left it, in one piece
        journal.execute("INSERT INTO kept VALUES ('state', ?)", (left,))
    ear.events.clear()
    start(state=tmp_path / "state")
    wait_until(lambda: ear.rows() == 30)
    assert "the alarms of the last session are not" in ear.said()


def test_alarms_are_told_when_the_journal_fails_in_a_way_nobody_foresaw(
    tmp_path: Path, start: Start, ear: Ear, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(Journal, "record", fail)
    simulator(tmp_path / "day", plants=["CCD2_TEMP_B:step:-136@10+100"]).append_rows(30)
    start(state=tmp_path / "state")
    wait_until(lambda: ear.state("CCD2_TEMP_B") is FlagState.RAISED)
    wait_until(lambda: ear.rows() == 30)
    assert ear.said().count("its entries wait: planted") == 1


def test_an_edited_limit_table_is_used_and_a_wrong_one_refused(
    tmp_path: Path, start: Start, ear: Ear, wait_until: WaitUntil
) -> None:
    table = table_for("7.5.X")
    assert table is not None
    text = Path(table.source).read_text(encoding="utf-8")
    tightened = text.replace("low = -133.0, high = 35.0", "low = -121.0, high = -119.0")
    own = tmp_path / "lab.toml"
    own.write_text(text, encoding="utf-8")
    elvis = simulator(tmp_path / "day", plants=["CCD2_TEMP_B:step:-125@10+1000"])
    elvis.append_rows(30)
    service = start(limits=own, state=tmp_path / "state")
    wait_until(lambda: ear.rows() == 30)
    assert ear.state("CCD2_TEMP_B") is FlagState.NORMAL
    own.write_text(text.replace("high = 35.0", "high = 35.0 x"), encoding="utf-8")
    wait_until(lambda: "the edited limits are refused, the old ones stay" in ear.said())
    own.write_text(tightened, encoding="utf-8")
    wait_until(lambda: f"the edited limits of {own} are in use" in ear.said())
    elvis.append_rows(5)
    wait_until(lambda: ear.state("CCD2_TEMP_B") is FlagState.RAISED)
    assert service.stop(AWAITED_S)
    with JournalReader(journal_path(tmp_path / "state", tmp_path / "day")) as journal:
        entries = [entry for entry in journal.entries() if entry.kind is NoteKind.CONFIGURATION]
    assert [entry.comment.split(":")[0] for entry in entries] == [
        f"checking against limits 7.5.X of {own}",
        "the edited limits are refused, the old ones stay",
        f"checking against limits 7.5.X of {own}",
    ]
    assert len({entry.table for entry in entries}) == 2


def test_the_operator_gives_the_phase(tmp_path: Path, start: Start, ear: Ear, wait_until: WaitUntil) -> None:
    simulator(tmp_path / "day").append_rows(10)
    start(phase=Phase.WARM_UP)
    wait_until(lambda: (health := ear.health()) is not None and health.phase is Phase.WARM_UP and health.phase_by)


def test_elvis_that_stops_makes_flags_stale(tmp_path: Path, start: Start, ear: Ear, wait_until: WaitUntil) -> None:
    elvis = simulator(tmp_path / "day")
    elvis.append_rows(5)
    start(stale_after_s=1.5)
    wait_until(lambda: ear.state("CCD2_TEMP_B") is FlagState.STALE)
    wait_until(lambda: (health := ear.health()) is not None and health.hk_stale)
    assert "ELVIS stopped?" in ear.said()
    wait_until(
        lambda: (
            (health := ear.health()) is not None
            and set(health.running) == {"frames", "ingest", "journal", "monitor", "watcher"}
        )
    )


def test_the_folder_may_come_late_vanish_and_come_back(
    tmp_path: Path, start: Start, ear: Ear, wait_until: WaitUntil
) -> None:
    start()
    wait_until(lambda: "waiting for it" in ear.said())
    simulator(tmp_path / "day").append_rows(10)
    wait_until(lambda: ear.rows() == 10)
    shutil.rmtree(tmp_path / "day")
    wait_until(lambda: (health := ear.health()) is not None and not health.online)
    elvis = simulator(tmp_path / "day", start=time.time() + 3600, plants=["CCD2_TEMP_B:step:-136@2+100"])
    elvis.append_rows(10)
    wait_until(lambda: ear.state("CCD2_TEMP_B") is FlagState.RAISED)
    wait_until(lambda: (health := ear.health()) is not None and health.online)
    assert any(isinstance(event, SourceEvent) for event in ear.events)


def test_a_message_that_cannot_be_judged_stops_nothing(
    tmp_path: Path, start: Start, ear: Ear, wait_until: WaitUntil, caplog: pytest.LogCaptureFixture
) -> None:
    service = start()
    service.send("nonsense")  # type: ignore[arg-type]
    simulator(tmp_path / "day").append_rows(3)
    wait_until(lambda: ear.rows() == 3)
    assert "a message could not be judged" in caplog.text


def test_a_reader_that_dies_is_restarted_and_reads_no_row_twice(
    tmp_path: Path, start: Start, ear: Ear, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eyegore.feeds.day_reader import DayReader

    elvis = simulator(tmp_path / "day")
    elvis.append_rows(5)
    start()
    wait_until(lambda: ear.rows() == 5)
    look = DayReader.look
    failed = threading.Event()

    def fail_once(self: DayReader, *args: object, **options: object) -> object:
        if not failed.is_set():
            failed.set()
            raise RuntimeError("planted")
        return look(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(DayReader, "look", fail_once)
    wait_until(failed.is_set)
    elvis.append_rows(5)
    wait_until(lambda: ear.rows() == 10)
    assert "stopped on an error (planted)" in ear.said()


def test_a_failing_subscriber_does_not_disturb_the_others(
    tmp_path: Path, ear: Ear, wait_until: WaitUntil, caplog: pytest.LogCaptureFixture
) -> None:
    simulator(tmp_path / "day").append_rows(3)

    def fail(_event: Event) -> None:
        raise RuntimeError("planted")

    service = Service(Session(tmp_path / "day"), [fail])
    service.subscribe(ear.take)
    service.start()
    wait_until(lambda: ear.rows() == 3)
    assert service.stop(AWAITED_S)
    assert "a subscriber failed" in caplog.text


def test_the_lab_s_own_table(tmp_path: Path) -> None:
    broken = tmp_path / "mine.toml"
    broken.write_text("elvis = 7")
    with pytest.raises(SettingsError, match=r"mine\.toml"):
        rules_for(Session(tmp_path, limits=broken))
    from eyegore.limits import table

    own = Path(table.__file__).parent / "tables" / "7.5.X.toml"
    chosen = rules_for(Session(tmp_path, limits=own)).tables("")
    assert chosen is not None
    assert chosen.elvis == "7.5.X"


def test_a_volume_that_does_not_answer_is_an_alarm(
    tmp_path: Path, start: Start, ear: Ear, wait_until: WaitUntil
) -> None:
    (tmp_path / "file").touch()
    start(tmp_path / "file" / "day", watch_disk=True)
    wait_until(lambda: [e.alarm.parameter for e in ear.events if isinstance(e, AlarmChanged)] == ["DATA VOLUME"])
    (text,) = [event.text for event in ear.events if isinstance(event, AlarmChanged)]
    assert "cannot be asked for its free space" in text


def test_a_monitor_that_hangs_is_noticed(
    tmp_path: Path, start: Start, ear: Ear, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = start()
    wait_until(lambda: ear.health() is not None)
    assert service.standstill() == ""
    held, free = threading.Event(), threading.Event()

    def hang(*_args: object) -> list[Event]:
        held.set()
        free.wait(AWAITED_S)
        return []

    loop = LoopTimer(longest_s=1.5)
    loop.tick(time.monotonic())  # the monitor may be past its own tick already when it is made to hang
    monkeypatch.setattr(service, "_loop", loop)
    monkeypatch.setattr(service.monitor, "take", hang)
    wait_until(held.is_set)
    wait_until(lambda: "stands still" in service.standstill())
    monkeypatch.undo()
    free.set()


NO_TK = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"tkinter", "_tkinter", "matplotlib", "PIL", "pyds9", "twilio"}:
            raise ImportError("not on this machine: " + name)
sys.meta_path.insert(0, Refuse())
from eyegore.cli import main
sys.exit(main())
"""


@pytest.mark.parametrize("signal_name", ["TERM", "INT"])
def test_headless_needs_no_screen_and_ends_when_told(tmp_path: Path, wait_until: WaitUntil, signal_name: str) -> None:
    simulator(tmp_path / "day").append_rows(5)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = {key: value for key, value in os.environ.items() if key != "DISPLAY"} | {"TMPDIR": str(scratch)}
    with open(tmp_path / "out", "w+") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", NO_TK, "-p", str(tmp_path / "day"), "--headless", "-g", "-t", "night"],
            stdout=out, stderr=subprocess.STDOUT, cwd=tmp_path, env=environment,
        )  # fmt: skip
        try:
            wait_until(lambda: "82 checked against limits S" in (tmp_path / "out").read_text())
            process.send_signal(getattr(__import__("signal"), f"SIG{signal_name}"))
            assert process.wait(AWAITED_S) == 0
        finally:
            process.kill()
            process.wait()
    assert list(scratch.iterdir()) == []
    (log,) = tmp_path.glob("Eyegore_*_night.log")
    assert "82 checked against limits S" in log.read_text()
    assert "Traceback" not in (tmp_path / "out").read_text()
