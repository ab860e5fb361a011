"""A session written ten times as fast as a real one, copied by Eyegore's own service to two targets meanwhile."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from eyegore.copies.ledger import FileState
from eyegore.copies.service import open_ledger
from eyegore.copies.target import parse_target
from eyegore.messages.events import AlarmChanged, Event, SyncState
from eyegore.session.service import Service
from eyegore.session.settings import Session
from eyegore.simulator import frame as simulated_frame
from eyegore.simulator.simulator import SimulatedSession, Simulator

from ...patience import AWAITED_S
from .copy_lab import hidden, listing
from .ssh_server import SshServer

pytestmark = pytest.mark.slow

EXPOSURES = int(os.environ.get("EYEGORE_TEST_EXPOSURES", "1"))
"""Each takes 9 s; above 1, with frames of full size."""
START = 1_552_561_200.0
SPEED = 10.0


def elvis(folder: Path) -> Simulator:
    return Simulator(folder, SimulatedSession(tests=("BIAS02",), exposures=EXPOSURES, speed=SPEED, start=START))


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


def test_a_live_session_is_the_same_on_both_targets_and_untouched(
    tmp_path: Path, wait_until: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    if EXPOSURES == 1:
        monkeypatch.setattr(simulated_frame, "COLUMNS", 100)
        monkeypatch.setattr(simulated_frame, "LINES", 100)
    for name in ("sshd", "backup", "gateway"):
        (tmp_path / name).mkdir()
    server = SshServer(tmp_path / "sshd", wait_until)
    server.ssh_program(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    server.start()
    server.make_known()
    day, state = tmp_path / "14_Mar_19", tmp_path / "state"
    session = elvis(day)
    targets = (str(tmp_path / "backup"), server.address(tmp_path / "gateway"))
    told: list[Event] = []
    service = Service(Session(day, watch_disk=False, state=state, backups=targets), [told.append])

    def states() -> dict[str, SyncState]:
        return {one.target: one for one in list(told) if isinstance(one, SyncState) and not one.interim}

    def all_there() -> bool:
        return len(states()) == 2 and all(one.verified == one.complete == len(written) for one in states().values())

    service.start()
    try:
        session.run(threading.Event())
        before = listing(day)
        written = content(day)
        wait_until(all_there)
    finally:
        assert service.stop(AWAITED_S)
        server.kill()
    assert len([name for name in written if name.endswith(".fits")]) == 3 * EXPOSURES
    assert listing(day) == before
    for folder, target in zip(("backup", "gateway"), targets, strict=True):
        assert content(tmp_path / folder / day.name) == written
        assert hidden(tmp_path / folder / day.name) == []
        ledger = open_ledger(day, parse_target(target), state)
        entries = ledger.entries()
        ledger.close()
        assert {entry.state for entry in entries.values()} == {FileState.VERIFIED}
        assert {path: entry.size for path, entry in entries.items()} == {
            name: len(found) for name, found in written.items()
        }
    assert [one.problem for one in states().values()] == ["", ""]
    assert not [one for one in told if isinstance(one, AlarmChanged) and one.alarm.parameter.startswith("BACKUP")]
    alone = elvis(tmp_path / "alone")
    alone.write_at_once()
    assert content(tmp_path / "alone") == written
