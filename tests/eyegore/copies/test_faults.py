"""What can fail while files are copied: it is told in words that help, is an alarm, and is over when it is mended."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from eyegore.copies import engine as sync_engine
from eyegore.copies.target import SyncTarget, parse_target

from ...patience import AWAITED_S
from ..written_day import Day
from .backup_lab import BackupLab, small_day
from .ssh_server import SshServer, program

pytestmark = pytest.mark.slow

WaitUntil = Callable[..., None]
LARGE = 3 << 20
SLOW_KB = 1500


@pytest.fixture
def server(tmp_path: Path, wait_until: WaitUntil) -> Iterator[SshServer]:
    (tmp_path / "sshd").mkdir()
    server = SshServer(tmp_path / "sshd", wait_until)
    server.start()
    server.make_known()
    yield server
    server.kill()


@pytest.fixture
def day(tmp_path: Path) -> Day:
    folder = tmp_path / "14_Mar_19"
    folder.mkdir()
    return small_day(Day(folder))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of the copies; a blank in its name."""
    folder = tmp_path / "gate way"
    folder.mkdir()
    return folder


@pytest.fixture
def begun(day: Day, root: Path, tmp_path: Path, wait_until: WaitUntil) -> Iterator[Callable[..., BackupLab]]:
    """Begins to copy to a target."""
    labs: list[BackupLab] = []

    def begin(target: SyncTarget, there: Path = root) -> BackupLab:
        labs.append(BackupLab(day, target, there, tmp_path / "state", wait_until))
        labs[-1].begin()
        return labs[-1]

    yield begin
    for lab in labs:
        lab.end()


@pytest.fixture
def copying(begun: Callable[..., BackupLab]) -> Callable[..., BackupLab]:
    """The same, and waits until all is there."""

    def begin(*where: Any) -> BackupLab:
        lab = begun(*where)
        lab.copied()
        return lab

    return begin


# --- the other computer -----------------------------------------------------------------------------------------------


def down(server: SshServer, _: Path) -> None:
    server.kill()


def up(server: SshServer, _: Path) -> None:
    server.start()


def unknown(server: SshServer, _: Path) -> None:
    server.known_hosts.write_text("")


def other_key(server: SshServer, _: Path) -> None:
    server.kill()
    server.change_host_key()
    server.start()


def trusted(server: SshServer, _: Path) -> None:
    server.make_known()


def password(server: SshServer, _: Path) -> None:
    server.ask_for_password()


def keys(server: SshServer, _: Path) -> None:
    server.accept_keys()


def no_keys(server: SshServer, _: Path) -> None:
    server.kill()
    (server.folder / "authorized_keys").rename(server.folder / "away")
    server.start()


def our_key(server: SshServer, _: Path) -> None:
    (server.folder / "away").rename(server.folder / "authorized_keys")


def no_rsync(server: SshServer, _: Path) -> None:
    tools = server.folder / "tools"
    tools.mkdir()
    for name in ("sh", "sha256sum", "stat", "wc", "head", "tail", "xargs", "dd"):
        (tools / name).symlink_to(str(shutil.which(name)))
    server.kill()
    server.start(f"SetEnv PATH={tools}")


def rsync(server: SshServer, _: Path) -> None:
    (server.folder / "tools" / "rsync").symlink_to(str(shutil.which("rsync")))


def chatty(server: SshServer, _: Path) -> None:
    server.force_command('echo Welcome to the gateway; eval "$SSH_ORIGINAL_COMMAND"')


def silent(server: SshServer, _: Path) -> None:
    server.force_command('eval "$SSH_ORIGINAL_COMMAND"')


def unmounted(_: SshServer, root: Path) -> None:
    root.rename(root.with_name("elsewhere"))


def mounted_again(_: SshServer, root: Path) -> None:
    root.with_name("elsewhere").rename(root)


@dataclass(frozen=True)
class Fault:
    """How it begins and is mended, and what must be told."""

    begin: Callable[[SshServer, Path], None]
    mend: Callable[[SshServer, Path], None]
    words: tuple[str, ...]


FAULTS = {
    "no sshd": Fault(down, up, ("refuses connections", "check that it runs sshd, and the port", "tried again")),
    "host key unknown": Fault(
        unknown, trusted, ("host key of", "is not known here", "nothing was sent", "eyegore trust")
    ),
    "host key changed": Fault(
        other_key,
        trusted,
        ("HOST KEY", "HAS CHANGED", "Nothing was sent", "The old key is line 1 of", "Ask its administrator", "trust"),
    ),
    "password asked for": Fault(password, keys, ("asks for a password", "have it accept keys", "ssh-copy-id")),
    "key refused": Fault(no_keys, our_key, ("accepts none of our keys", "ssh-copy-id", "check user and key")),
    "no rsync there": Fault(no_rsync, rsync, ("rsync is not installed on the other side: install it there",)),
    "login prints text": Fault(chatty, silent, ("the login", "prints text", "silent")),
    "folder gone": Fault(unmounted, mounted_again, ("does not exist", "is it mounted? Else make it")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_other_computer(
    server: SshServer, root: Path, begun: Callable[..., BackupLab], name: str
) -> None:
    fault = FAULTS[name]
    fault.begin(server, root)
    lab = begun(server.target(root))
    lab.failed(*fault.words)
    assert not lab.there.exists()
    fault.mend(server, root)
    lab.copied()


def test_a_server_killed_in_mid_transfer_and_back(
    server: SshServer, root: Path, copying: Callable[..., BackupLab], wait_until: WaitUntil
) -> None:
    lab = copying(server.target(root, bandwidth_kb=SLOW_KB))
    lab.arrive("large", LARGE)
    lab.under_way("large")
    server.kill()
    lab.failed("refuses connections", "check that it runs sshd")
    assert not (lab.there / "large").exists()
    server.start()
    lab.copied()


def test_files_that_vanish_and_grow_while_others_are_copied_are_no_failure(
    server: SshServer, day: Day, root: Path, copying: Callable[..., BackupLab], wait_until: WaitUntil
) -> None:
    day.hk(range(50))
    lab = copying(server.target(root, bandwidth_kb=SLOW_KB))
    (day.folder / "vanishing").write_bytes(b"x" * 10_000)
    day.hk(range(50, 60))
    lab.arrive("large", LARGE)
    lab.under_way("large")
    (day.folder / "vanishing").unlink()
    day.hk(range(60, 70))
    lab.copied()
    assert [state.problem for state in lab.told if state.problem] == []
    assert lab.alarms == []


def test_a_password_is_not_asked_for_where_somebody_could_type_one(server: SshServer, day: Day, root: Path) -> None:
    server.ask_for_password()
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "eyegore", "sync", str(day.folder), "--to", server.address(str(root).split()[0])]
    options = ["--key", str(server.key), "--known-hosts", str(server.known_hosts), "--once"]
    with subprocess.Popen(
        ["setsid", "--ctty", "--wait", *command, *options], stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        try:
            assert process.wait(AWAITED_S) == 2
        finally:
            process.kill()
    said = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "asks for a password" in said
    assert "ssh-copy-id" in said
    assert "'s password:" not in said


# --- both kinds -------------------------------------------------------------------------------------------------------


def targets(kind: str, server: SshServer, root: Path) -> SyncTarget:
    return server.target(root) if kind == "ssh" else parse_target(str(root))


@pytest.mark.parametrize("kind", ["local", "ssh"])
def test_a_full_disk(
    server: SshServer, copying: Callable[..., BackupLab], mounted: Callable[[], Path], kind: str
) -> None:
    root = mounted()
    lab = copying(targets(kind, server, root), root)
    (root / "filler").write_bytes(bytes(3 << 20))
    lab.arrive("large", 2 << 20)
    lab.failed("the target is full: free space there or choose another", "tried again")
    assert not (lab.there / "large").exists()
    (root / "filler").unlink()
    lab.copied()


@pytest.mark.parametrize("kind", ["local", "ssh"])
def test_a_disk_that_turned_read_only(
    server: SshServer, copying: Callable[..., BackupLab], mounted: Callable[[], Path], kind: str
) -> None:
    root = mounted()
    lab = copying(targets(kind, server, root), root)
    subprocess.run(["mount", "-o", "remount,ro", str(root)], check=True)
    lab.arrive("notes", 10_000)
    lab.failed("the target is read-only: mount it for writing", "check its disk")
    subprocess.run(["mount", "-o", "remount,rw", str(root)], check=True)
    lab.copied()


# --- this computer ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("exec sleep 600", ("nothing moved for 0.5 s, the copy was stopped", "check that disk and network answer")),
        ("kill -9 $$", ("rsync was killed (SIGKILL)", "check the memory of this computer", "tried again")),
    ],
    ids=["hangs", "is killed"],
)
def test_an_rsync_that(
    root: Path,
    copying: Callable[..., BackupLab],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    words: tuple[str, ...],
) -> None:
    monkeypatch.setattr(sync_engine, "IDLE_S", 0.5)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    lab = copying(parse_target(str(root)))
    program(tmp_path / "bin", "rsync", script)
    lab.arrive("notes", 10_000)
    lab.failed(*words)
    (tmp_path / "bin" / "rsync").unlink()
    lab.copied()


def test_an_rsync_that_is_not_there(
    root: Path, copying: Callable[..., BackupLab], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = copying(parse_target(str(root)))
    with monkeypatch.context() as patched:
        patched.setenv("PATH", str(tmp_path))
        lab.arrive("notes", 10_000)
        lab.failed("rsync is not installed on this computer", "apt install rsync")
    lab.copied()
