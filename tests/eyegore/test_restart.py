"""Killed at any moment and started again, a session knows its alarms and tells none twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from eyegore.alarms.journal import journal_path
from eyegore.alarms.journal_reader import JournalReader
from eyegore.elvis.simulator import Simulator
from eyegore.messages import Action, AlarmChanged, AlarmEntry, Event, FlagCommand, Health
from eyegore.service import Service
from eyegore.settings import Session

WaitUntil = Callable[..., None]
START = 1_552_593_600.0
HOURS = 24
EVENTS = [
    *(f"CCD{n % 3 + 1}_TEMP_B:dip:-136@{3000 + 5000 * n}+120" for n in range(6)),
    *(f"RPSU_28V_PRI_I:step:0.7@{4000 + 9000 * n}+30" for n in range(4)),
    "FPGA_5VREF_V:spike:5.25@20000",
    "CCD1_TEMP_T:nan@21000+30",
    "hkRamErr:step:1@40000+60",
    "CCD3_TEMP_T:step:40@50000+500",
]


def transitions(entries: list[AlarmEntry]) -> list[tuple[float, str, str, str, str, float]]:
    return [
        (one.data_time, one.parameter, one.kind, one.before, one.after, one.value)
        for one in entries
        if one.kind in ("OOL", "INVALID")
    ]


def read(state: Path, folder: Path) -> list[AlarmEntry]:
    with JournalReader(journal_path(state, folder)) as journal:
        return list(journal.entries())


def run_through(folder: Path, state: Path, wait_until: WaitUntil) -> None:
    seen: list[Event] = []
    service = Service(Session(folder, state=state, watch_disk=False), [seen.append])
    service.start()
    wait_until(lambda: any(isinstance(event, Health) and event.hk_rows >= HOURS * 3600 for event in seen), timeout=60)
    assert service.stop(10.0)


def test_twenty_kills_change_nothing_in_the_journal(tmp_path: Path, wait_until: WaitUntil) -> None:
    folder = tmp_path / "day"
    Simulator(folder, start=START, seconds=HOURS * 3600, images=False, plants=EVENTS).write_at_once()
    run_through(folder, tmp_path / "whole", wait_until)
    whole = transitions(read(tmp_path / "whole", folder))
    assert len(whole) >= 2 * len(EVENTS)
    state = tmp_path / "killed"
    dice = random.Random(5)
    command = [sys.executable, "-m", "eyegore", "-p", str(folder), "--headless", "--state", str(state)]
    for _ in range(20):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                process.wait(dice.uniform(0.4, 1.4))
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
    run_through(folder, state, wait_until)
    assert transitions(read(state, folder)) == whole


def test_acknowledgements_and_shelves_survive(tmp_path: Path, wait_until: WaitUntil) -> None:
    folder, state = tmp_path / "day", tmp_path / "state"
    elvis = Simulator(folder, seconds=100_000, images=False, plants=["CCD2_TEMP_B:step:-136@5+1000"])
    elvis.append_rows(20)
    told: list[AlarmChanged] = []

    def hear(event: Event) -> None:
        if isinstance(event, AlarmChanged):
            told.append(event)

    service = Service(Session(folder, state=state, watch_disk=False), [hear])
    service.start()
    wait_until(lambda: [event.alarm.parameter for event in told] == ["CCD2_TEMP_B"])
    service.send(FlagCommand(Action.LOWER, "CCD2_TEMP_B", "ana", "on it"))
    service.send(FlagCommand(Action.SHELVE, "CCD1_TEMP_B", "ana", "heater test", time.time() + 900))
    wait_until(lambda: len(told) == 4)
    assert service.stop(5.0)
    told.clear()
    rows: list[int] = []
    service = Service(
        Session(folder, state=state, watch_disk=False),
        [hear, lambda e: rows.append(1) if isinstance(e, Health) else None],
    )
    service.start()
    wait_until(lambda: len(rows) > 1)
    elvis.append_rows(10)
    wait_until(lambda: service.monitor.hk_rows == 30)
    assert service.stop(5.0)
    assert told == [], "something old was told as new"
    flags = {flag.parameter: flag for flag in service.monitor.flags.views()}
    assert (flags["CCD2_TEMP_B"].state.name, flags["CCD2_TEMP_B"].acknowledged_by) == ("ACKNOWLEDGED", "ana")
    assert flags["CCD1_TEMP_B"].state.name == "SHELVED"


def test_a_second_session_on_the_folder_keeps_no_journal_and_says_so(
    tmp_path: Path, wait_until: WaitUntil, caplog: pytest.LogCaptureFixture
) -> None:
    Simulator(tmp_path / "day", seconds=100, images=False).append_rows(5)
    session = Session(tmp_path / "day", state=tmp_path / "state", watch_disk=False)
    first, second = Service(session), Service(session)
    first.start()
    wait_until(lambda: first.monitor.hk_rows == 5)
    second.start()
    wait_until(lambda: second.monitor.hk_rows == 5)
    assert second.stop(5.0)
    assert first.stop(5.0)
    assert "no journal is kept" in caplog.text
