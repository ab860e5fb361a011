"""Killed at any moment and started again, a session knows its alarms and tells none twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from eyegore.journal.journal import journal_path
from eyegore.journal.reader import JournalReader
from eyegore.journal.schema import JournalError
from eyegore.limits.model import Range, Severity
from eyegore.limits.table import table_for
from eyegore.messages.events import Action, AlarmChanged, AlarmEntry, AlarmKind, AlarmState, Event, FlagCommand, Health
from eyegore.session.service import Service
from eyegore.session.settings import Session
from eyegore.simulator.simulator import SimulatedSession, Simulator

from ...patience import AWAITED_S
from ..planted_excursion import excursion

pytestmark = pytest.mark.slow

WaitUntil = Callable[..., None]
START = 1_552_593_600.0
KILLS = 20
HOURS = 7
TOGETHER = 2 * 3600
EVENTS = [
    *(f"CCD{n % 3 + 1}_TEMP_B:dip:-136@{1000 + 1200 * n}+120" for n in range(18)),
    *(f"RPSU_28V_PRI_I:step:0.7@{1530 + 1200 * n}+{5 + n}" for n in range(10)),
    *(f"FPGA_5VREF_V:spike:5.25@{1870 + 2170 * n}" for n in range(6)),
    *(f"CCD1_TEMP_T:nan@{2070 + 4330 * n}+{10 + n}" for n in range(4)),
    f"CCD2_TEMP_T:step:-140@{TOGETHER}+40",
    f"VID_PCB_TEMP_T:step:50@{TOGETHER + 2}+40",
]
"""Forty events in a night, and over midnight; the last two come together."""

Transition = tuple[float, str, str, str, float]


def transitions(entries: list[AlarmEntry], kind: AlarmKind = AlarmKind.OOL) -> list[Transition]:
    """Data time, parameter, before, after, and the worst value where an alarm is over (else 0)."""
    return [
        (one.data_time, one.parameter, one.before.name, one.after.name, one.value if one.note == "returned" else 0.0)
        for one in entries
        if one.kind is kind
    ]


def promised(simulator: Simulator) -> list[Transition]:
    """The transitions the rules promise for what was planted, worked out by hand: nothing of the engine is used."""
    table = table_for("7.5.X")
    assert table is not None
    found: list[Transition] = []
    state: dict[str, str] = {}
    for planted in sorted(simulator.planted, key=lambda one: one.first):
        name = planted.target
        limit = table.parameters[name].safe
        assert isinstance(limit, Range)
        part = excursion(planted, limit.low, limit.high)
        if part is None:
            continue
        below = part.worst < limit.low
        grade = table.parameters[name].severity_low if below else table.parameters[name].severity_high
        before = state.get(name, "NORMAL")
        if before == "NORMAL":
            found.append((part.first, name, before, "PENDING", 0.0))
            before = "PENDING"
        need = 2 if grade is Severity.CRITICAL else 3
        if part.samples < need:
            found.append((part.last + 1, name, before, "NORMAL", 0.0))
            continue
        deadband = table.parameters[name].deadband
        near = excursion(planted, limit.low + deadband, limit.high - deadband)
        assert near is not None
        found.append((part.first + need - 1, name, before, "UNACK", 0.0))
        found.append((near.last + 3, name, "UNACK", "RTN_UNACK", part.worst))
        state[name] = "RTN_UNACK"
    return sorted(found)


def read(state: Path, folder: Path) -> list[AlarmEntry]:
    with JournalReader(journal_path(state, folder)) as journal:
        return list(journal.entries())


def written(state: Path, folder: Path) -> int:
    """How many transitions are in the journal."""
    try:
        return len(transitions(read(state, folder)))
    except JournalError:  # there is none yet
        return 0


def run_through(folder: Path, state: Path, wait_until: WaitUntil) -> None:
    seen: list[Event] = []
    service = Service(Session(folder, state=state, watch_disk=False), [seen.append])
    service.start()
    wait_until(lambda: any(isinstance(event, Health) and event.hk_rows >= HOURS * 3600 for event in seen))
    assert service.stop(AWAITED_S)


def test_twenty_kills_in_a_campaign_change_nothing_in_the_journal(tmp_path: Path, wait_until: WaitUntil) -> None:
    """Each kill hits a session that reads: what it has told already, or just after it told something new."""
    folder = tmp_path / "day"
    campaign = Simulator(folder, SimulatedSession(start=START, seconds=HOURS * 3600, images=False, plants=EVENTS))
    campaign.write_at_once()
    expected = promised(campaign)
    state, said = tmp_path / "state", tmp_path / "said"
    dice = random.Random(5)
    command = [sys.executable, "-m", "eyegore", "-p", str(folder), "--headless", "--state", str(state)]
    pause = threading.Event()
    for wanted in sorted(dice.sample(range(len(expected)), KILLS)):
        with said.open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
            try:
                wait_until(lambda: b"HK of ELVIS" in said.read_bytes())
                if written(state, folder) >= wanted:  # it reads again what the journal knows
                    pause.wait(dice.uniform(0.0, 0.4))
                wait_until(lambda wanted=wanted: written(state, folder) >= wanted)
            finally:
                process.kill()
        assert process.returncode == -signal.SIGKILL
    run_through(folder, state, wait_until)
    entries = read(state, folder)
    assert sorted(transitions(entries)) == expected
    invalid = [change[2:4] for change in transitions(entries, AlarmKind.INVALID)]
    raised = [("NORMAL", "PENDING"), ("PENDING", "UNACK"), ("UNACK", "RTN_UNACK")]
    assert invalid == raised + 3 * [("RTN_UNACK", "UNACK"), ("UNACK", "RTN_UNACK")]
    together = [one for one in entries if one.after is AlarmState.UNACK and 0 <= one.data_time - START - TOGETHER < 30]
    assert [one.parameter for one in together] == ["CCD2_TEMP_T", "VID_PCB_TEMP_T"]
    assert len({one.incident for one in together}) == 1


def test_acknowledgements_and_shelves_survive(tmp_path: Path, wait_until: WaitUntil) -> None:
    folder, state = tmp_path / "day", tmp_path / "state"
    elvis = Simulator(folder, SimulatedSession(seconds=100_000, images=False, plants=["CCD2_TEMP_B:step:-136@5+1000"]))
    elvis.append_rows(20)
    told: list[AlarmChanged] = []

    def hear(event: Event) -> None:
        if isinstance(event, AlarmChanged) and event.entry.after is not AlarmState.PENDING:
            told.append(event)

    service = Service(Session(folder, state=state, watch_disk=False), [hear])
    service.start()
    wait_until(lambda: [event.alarm.parameter for event in told] == ["CCD2_TEMP_B"])
    service.send(FlagCommand(Action.LOWER, "CCD2_TEMP_B", "ana", "on it"))
    service.send(FlagCommand(Action.SHELVE, "CCD1_TEMP_B", "ana", "heater test", time.time() + 900))
    wait_until(lambda: len(told) == 4)
    assert service.stop(AWAITED_S)
    told.clear()
    rows: list[int] = []
    service = Service(
        Session(folder, state=state, watch_disk=False),
        [hear, lambda e: rows.append(1) if isinstance(e, Health) else None],
    )
    service.start()
    wait_until(lambda: len(rows) > 1)
    elvis.append_rows(10)
    wait_until(lambda: service.monitor.hk.rows == 30)
    assert service.stop(AWAITED_S)
    assert told == [], "something old was told as new"
    flags = {flag.parameter: flag for flag in service.monitor.flags.views()}
    assert (flags["CCD2_TEMP_B"].state.name, flags["CCD2_TEMP_B"].acknowledged_by) == ("ACKNOWLEDGED", "ana")
    assert flags["CCD1_TEMP_B"].state.name == "SHELVED"


def test_a_second_session_on_the_folder_keeps_no_journal_and_says_so(
    tmp_path: Path, wait_until: WaitUntil, caplog: pytest.LogCaptureFixture
) -> None:
    Simulator(tmp_path / "day", SimulatedSession(seconds=100, images=False)).append_rows(5)
    session = Session(tmp_path / "day", state=tmp_path / "state", watch_disk=False)
    first, second = Service(session), Service(session)
    first.start()
    wait_until(lambda: first.monitor.hk.rows == 5)
    second.start()
    wait_until(lambda: second.monitor.hk.rows == 5)
    assert second.stop(AWAITED_S)
    assert first.stop(AWAITED_S)
    assert "no journal is kept" in caplog.text
