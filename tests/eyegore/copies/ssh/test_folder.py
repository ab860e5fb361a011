"""Folders of connections: those of the living stay, those of the killed go, with the connection they left."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.copies.ssh.folder import PREFIX, SOCKET, SshFolder, clear_abandoned
from eyegore.copies.ssh.line import SshLine

from ....patience import AWAITED_S
from ..ssh_server import SshServer


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files that only this test uses; its name must be short."""
    with tempfile.TemporaryDirectory(prefix="ey-") as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        monkeypatch.setenv("TMPDIR", name)
        yield Path(name)


def test_a_folder_is_private_and_goes_when_it_is_closed(base: Path) -> None:
    folder = SshFolder()
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert len(os.fsencode(folder.path / SOCKET)) <= 108 - 17 - 1
    folder.close()
    folder.close()
    assert list(base.iterdir()) == []


def test_a_base_that_is_too_long_or_odd_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = tmp_path / "a folder with blanks, and far too long for the name of a socket"
    odd.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(odd))
    folder = SshFolder()
    assert folder.path.parent == Path("/tmp")
    folder.close()


def test_only_what_nobody_uses_is_cleared_away(base: Path) -> None:
    ours = SshFolder()
    program = (
        "import sys; from eyegore.copies.ssh.folder import SshFolder; f = SshFolder(); (f.path / 'key').touch(); "
        "print(f.path, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        theirs = Path(os.fsdecode(other.stdout.readline().strip()))
        (base / f"{PREFIX}file").touch()
        (base / f"{PREFIX}link").symlink_to(base)
        (base / f"{PREFIX}open").mkdir(mode=0o755)
        kept = set(base.iterdir())
        clear_abandoned()
        assert set(base.iterdir()) == kept
        assert theirs.is_dir()
        other.kill()
    clear_abandoned()
    assert set(base.iterdir()) == kept - {theirs}
    ours.close()


@pytest.mark.slow
def test_the_connection_of_a_killed_program_is_ended(
    base: Path, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    (tmp_path / "sshd").mkdir()
    server = SshServer(tmp_path / "sshd", wait_until)
    server.start()
    server.make_known()
    target = server.target("/")
    line = SshLine(target)
    try:
        words = ["ControlMaster=yes", "ControlPersist=60s", f"UserKnownHostsFile={server.known_hosts}"]
        program = (
            "import os, subprocess, sys; from eyegore.copies.ssh.folder import SOCKET, SshFolder; f = SshFolder(); "
            "subprocess.run([*sys.argv[1:-1], '-o', f'ControlPath={f.path / SOCKET}', sys.argv[-1], 'true'], "
            "check=True, stderr=subprocess.DEVNULL); os.kill(os.getpid(), 9)"
        )
        options = [word for option in (*words, "BatchMode=yes") for word in ("-o", option)]
        ssh = ["ssh", "-i", str(server.key), "-p", str(server.port), *options, target.login]
        subprocess.run([sys.executable, "-c", program, *ssh], check=False, timeout=AWAITED_S)
        assert server.connections == 1
        (left,) = base.iterdir()
        assert line.run(["true"], timeout_s=30).verdict.sentence
        wait_until(lambda: server.connections == 1 and not left.exists())
    finally:
        line.close()
        server.kill()
    assert list(base.iterdir()) == []
