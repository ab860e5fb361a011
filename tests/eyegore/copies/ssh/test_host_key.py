"""The host key of a real sshd: what it is, trusting it, and what is kept when it changes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.copies.ssh.host_key import KeyState, shown_by
from eyegore.copies.ssh.line import fingerprints, own_file, trust_command
from eyegore.copies.target import SyncTarget, TargetKind

from ..ssh_server import SshServer

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path, wait_until: Callable[..., None]) -> Iterator[SshServer]:
    folder = tmp_path / "sshd"
    folder.mkdir()
    server = SshServer(folder, wait_until)
    server.start()
    yield server
    server.kill()


def mark(server: SshServer) -> str:
    """The fingerprint of its host key, as its administrator tells it."""
    told = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(server.folder / "host_key.pub")], capture_output=True, text=True, check=True
    )
    return f"ED25519 {told.stdout.split()[1]}"


def test_an_unknown_key_is_shown_and_trusted_in_a_file_of_our_own(server: SshServer, private_home: Path) -> None:
    target = replace(server.target("/"), known_hosts=None)
    key = shown_by(target)
    assert (key.state, key.fingerprints) == (KeyState.UNKNOWN, (mark(server),))
    file = private_home / ".config" / "eyegore" / "known_hosts"
    assert not file.exists()
    assert key.trust() == file
    assert file.stat().st_mode & 0o777 == 0o600
    again = shown_by(target)
    assert (again.state, again.fingerprints) == (KeyState.KNOWN, (mark(server),))


def test_asking_needs_no_key_and_logs_nobody_in(server: SshServer) -> None:
    target = replace(server.target("/"), key=Path("/not/there"))
    shown_by(target)
    assert "Accepted" not in (server.folder / "sshd.log").read_text()


def test_a_changed_key_replaces_the_old_one_and_leaves_the_others(server: SshServer) -> None:
    other = f"elsewhere {(server.folder / 'host_key.pub').read_text().strip()}"
    server.make_known()
    server.known_hosts.write_text(f"{other}\n{server.known_hosts.read_text()}".rstrip())  # no end of line, as in vi
    target = server.target("/")
    old = mark(server)
    assert shown_by(target).state is KeyState.KNOWN
    server.kill()
    server.change_host_key()
    server.start()
    key = shown_by(target)
    assert (key.state, key.fingerprints, key.known) == (KeyState.CHANGED, (mark(server),), old)
    assert key.old == f"{server.known_hosts}:2"
    key.trust()
    assert fingerprints(target) == mark(server) != old
    assert shown_by(target).state is KeyState.KNOWN
    assert server.known_hosts.read_text().startswith(f"{other}\n")


def test_a_file_whose_last_line_has_no_end_is_continued(server: SshServer) -> None:
    other = f"elsewhere {(server.folder / 'host_key.pub').read_text().strip()}"
    server.known_hosts.write_text(other)
    target = server.target("/")
    shown_by(target).trust()
    assert server.known_hosts.read_text().splitlines()[0] == other
    assert shown_by(target).state is KeyState.KNOWN


def test_a_computer_that_is_off_is_told(server: SshServer) -> None:
    server.kill()
    with pytest.raises(SettingsError, match="refuses connections"):
        shown_by(server.target("/"))


def test_a_file_that_cannot_be_written_is_told(server: SshServer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    target = replace(server.target("/"), known_hosts=tmp_path / "file" / "known_hosts")
    with pytest.raises(SettingsError, match="known_hosts cannot be written"):
        shown_by(target).trust()


@pytest.mark.parametrize(
    ("target", "command"),
    [
        (SyncTarget("x", TargetKind.SSH, "/x", "gate"), "eyegore trust gate"),
        (SyncTarget("x", TargetKind.SSH, "/x", "gate", "lab"), "eyegore trust lab@gate"),
        (SyncTarget("x", TargetKind.SSH, "/x", "gate", "lab", 2222), "eyegore trust ssh://lab@gate:2222"),
        (SyncTarget("x", TargetKind.SSH, "/x", "::1", "", 22), "eyegore trust 'ssh://[::1]:22'"),
        (
            SyncTarget("x", TargetKind.SSH, "/x", "gate", known_hosts=Path("/two words")),
            "eyegore trust gate --known-hosts '/two words'",
        ),
    ],
)
def test_the_command_to_be_typed(target: SyncTarget, command: str) -> None:
    assert trust_command(target) == command


def test_the_own_file_is_that_of_the_settings(tmp_path: Path) -> None:
    target = SyncTarget("x", TargetKind.SSH, "/x", "gate", known_hosts=tmp_path / "mine")
    assert own_file(target) == tmp_path / "mine"
