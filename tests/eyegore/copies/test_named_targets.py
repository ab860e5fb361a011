"""Copies to the places of the settings, over a real sshd: a session, ``eyegore sync`` and ``eyegore verify``."""

from __future__ import annotations

import filecmp
import getpass
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.cli import main
from eyegore.messages.events import Event, Role, SyncState
from eyegore.session.service import Service
from eyegore.session.settings import Session
from eyegore.simulator.simulator import SimulatedSession, Simulator

from ...patience import AWAITED_S
from .copy_lab import age
from .ssh_server import HOST, SshServer

WaitUntil = Callable[..., None]


@pytest.fixture
def server(tmp_path: Path, wait_until: WaitUntil) -> Iterator[SshServer]:
    (tmp_path / "sshd").mkdir()
    server = SshServer(tmp_path / "sshd", wait_until)
    server.start()
    server.make_known()
    yield server
    server.kill()


@pytest.fixture
def copies(tmp_path: Path, server: SshServer) -> Path:
    """Settings of a gateway with a folder for a campaign, and of a folder called disk."""
    (tmp_path / "srv" / "campaign").mkdir(parents=True)
    (tmp_path / "disk").mkdir()
    path = tmp_path / "copies.toml"
    path.write_text(
        f"""\
[broadcast]
host = "{HOST}"
user = "{getpass.getuser()}"
port = {server.port}
key = "{server.key}"
known_hosts = "sshd/known_hosts"
root = "{tmp_path / "srv"}"
bandwidth_kb = 50_000
[targets.disk]
root = "{tmp_path / "disk"}"
""",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def day(tmp_path: Path) -> Path:
    Simulator(tmp_path / "day", SimulatedSession(images=False, seconds=10_000, force=True)).append_rows(50)
    age(tmp_path / "day")
    return tmp_path / "day"


def alike(day: Path, copy: Path) -> bool:
    names = [path.name for path in day.iterdir() if not path.name.startswith(".")]
    return bool(names) and filecmp.cmpfiles(day, copy, names, shallow=False)[1:] == ([], [])


@pytest.mark.slow
def test_a_session_copies_to_a_folder_below_the_gateway_and_to_a_named_disk(
    tmp_path: Path, day: Path, copies: Path, wait_until: WaitUntil
) -> None:
    told: list[Event] = []
    session = Session(
        day,
        watch_disk=False,
        journal=False,
        state=tmp_path / "state",
        backups=("disk",),
        broadcasts=("campaign",),
        copies=copies,
    )
    service = Service(session, [told.append])
    service.start()
    try:
        last: dict[str, SyncState] = {}

        def all_there() -> bool:
            last.update({event.target: event for event in told if isinstance(event, SyncState)})
            return len(last) == 2 and all(one.verified == one.complete > 0 for one in last.values())

        wait_until(all_there, message="the copies")
    finally:
        assert service.stop(AWAITED_S)
    assert {name: (one.role, one.problem) for name, one in last.items()} == {
        "disk": (Role.BACKUP, ""),
        "campaign": (Role.BROADCAST, ""),
    }
    assert alike(day, tmp_path / "srv" / "campaign" / "day")
    assert alike(day, tmp_path / "disk" / "day")


@pytest.mark.slow
def test_sync_and_verify_take_the_same_names(
    tmp_path: Path, day: Path, copies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--copies", str(copies), "--state", str(tmp_path / "state")]
    assert main(["sync", str(day), "--to", "disk", f"{HOST}:campaign", "--once", "--json", *options]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["target"] for one in told["targets"]] == ["disk", f"{HOST}:campaign"]
    assert alike(day, tmp_path / "srv" / "campaign" / "day")
    assert main(["verify", str(day), f"{HOST}:{tmp_path}/srv/campaign", *options]) == 0
    assert main(["--copies", str(copies), "verify", str(day), "disk", "--state", str(tmp_path / "state")]) == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-p", "DAY", "--headless", "-B", "campaign"], "on which computer? Give user@host:/path, or [broadcast]"),
        (["-p", "DAY", "--headless", "-r", "disk"], "no target of the settings"),
        (["-p", "DAY", "--headless", "-r", "/mnt/b", "-r", "/mnt/b/"], "are the same place"),
        (["-p", "DAY", "--headless", "-r", "/mnt/b", "--copies", "missing.toml"], "missing.toml: no such file"),
        (["-p", "DAY", "--headless", "-r", "DAY/copy"], "choose a folder outside it"),
        (["-p", "DAY", "--headless", "--follow", "-r", "DAY/copy"], "choose a folder outside it"),
        (["-p", "DAY", "--headless", "--once", "-r", "/mnt/b"], "--once copies nothing: use eyegore sync"),
        (["--headless", "-r", "/mnt/b"], "which folder is to be copied? give it with -p DIR"),
        (["-B", "campaign"], "which folder is to be copied? give it with -p DIR"),
        (["-r", "/mnt/b", "demo", "--headless"], "-r and -B go with -p DIR, not with demo"),
        (["sync", "DAY", "--to", "nowhere"], "no target of the settings"),
        (["verify", "DAY", "nowhere"], "no target of the settings"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is(
    day: Path, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([word.replace("DAY", str(day)) for word in arguments]) == 2
    assert told in capsys.readouterr().err
