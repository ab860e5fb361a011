"""Passes with real rsync through a real sshd on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from eyegore.copies.engine import SyncEngine
from eyegore.copies.ledger import SyncError
from eyegore.copies.programs.rsync import RsyncRun
from eyegore.copies.report import PassListener
from eyegore.copies.service import open_engine
from eyegore.copies.ssh import side as ssh_side
from eyegore.copies.ssh.line import SshAnswer, SshLine

from ...written_day import Day
from ..copy_lab import SyncLab, age, listing
from ..ssh_server import SshServer

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path, wait_until: Callable[..., None]) -> Iterator[SshServer]:
    folder = tmp_path / "sshd"
    folder.mkdir()
    server = SshServer(folder, wait_until)
    server.start()
    server.make_known()
    yield server
    server.kill()


@pytest.fixture
def lab(day: Day, tmp_path: Path) -> SyncLab:
    """Rows of HK, a log and three images, all old; an empty target with a blank in its name."""
    day.hk(range(50))
    day.log(range(17001, 17002))
    for ccd in (1, 2, 3):
        day.image(17001, ccd)
    age(day.folder)
    root = tmp_path / "gate way"
    root.mkdir()
    return SyncLab(day.folder, root, tmp_path / "state")


@pytest.fixture
def opened(lab: SyncLab, server: SshServer) -> Iterator[Callable[[], SyncEngine]]:
    engines: list[SyncEngine] = []

    def opened() -> SyncEngine:
        engines.append(open_engine(lab.source, server.target(lab.root), lab.state))
        return engines[-1]

    yield opened
    for engine in engines:
        engine.close()


def test_everything_is_there_and_verified_whatever_its_name(
    day: Day, lab: SyncLab, opened: Callable[[], SyncEngine]
) -> None:
    (day.folder / "sub").mkdir()
    for name in ("-rf", "a b\n'\"$(touch x);`.txt\n", "sub/#x", "\udcff", ":c", "ü\\#012 \\060", "*"):
        (day.folder / name).write_bytes(os.fsencode(name))
    age(day.folder)
    before = listing(day.folder)
    report = opened().sync()
    assert (report.problem, report.done, report.verified, report.copied) == ("", True, 12, 12)
    assert lab.alike
    assert listing(day.folder) == before


def test_a_text_that_grew_is_appended_to_and_a_lost_ledger_copies_nothing_twice(
    day: Day, lab: SyncLab, opened: Callable[[], SyncEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = opened()
    engine.sync()
    inode = next(lab.there.glob("HK*")).stat().st_ino
    day.hk(range(50, 60))
    assert engine.sync().copied == 1
    engine.close()
    lab.state.rename(lab.state.with_name("lost"))
    path = day.hk(range(60, 70))
    engine = opened()
    report = engine.sync()
    assert (report.done, report.copied) == (True, 1)
    assert (lab.there / path.name).stat().st_ino == inode
    assert lab.alike
    assert lab.copied_names == lab.names

    def refuse(_: RsyncRun) -> None:
        raise AssertionError("rsync was started")

    monkeypatch.setattr(RsyncRun, "run", refuse)
    assert engine.sync(full=True).done


def test_a_turned_bit_is_found_and_mended_beside(day: Day, lab: SyncLab, opened: Callable[[], SyncEngine]) -> None:
    engine = opened()
    engine.sync()
    name = next(day.folder.glob("EUC*CCD2.fits")).name
    lab.spoil(name)
    (mismatch,) = engine.sync(full=True).mismatches
    assert mismatch.alarm_text.startswith(f"ObsID 17001: {name} differs on the target")
    assert mismatch.mended
    assert (lab.there / mismatch.kept).exists()
    assert lab.alike


def test_a_server_that_dies_in_mid_transfer_and_is_back(
    day: Day, lab: SyncLab, server: SshServer, opened: Callable[[], SyncEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = opened()
    engine.sync()
    day.image(17002, age=3600)
    run = RsyncRun.run

    def die(self: RsyncRun) -> object:
        server.kill()
        return run(self)

    with monkeypatch.context() as patched:
        patched.setattr(RsyncRun, "run", die)
        with pytest.raises(SyncError):
            engine.sync()
    with pytest.raises(SyncError, match="refuses connections"):
        engine.sync()
    server.start()
    report = engine.sync()
    assert (report.done, report.copied) == (True, 1)
    assert lab.alike


def test_a_changed_host_key_is_refused_in_words(server: SshServer, opened: Callable[[], SyncEngine]) -> None:
    server.kill()
    server.change_host_key()
    server.start()
    with pytest.raises(SyncError, match="key"):
        opened().sync()


def test_a_target_folder_that_is_not_there_is_not_made(lab: SyncLab, opened: Callable[[], SyncEngine]) -> None:
    lab.root.rmdir()
    with pytest.raises(SyncError, match="is it mounted"):
        opened().sync()
    assert not lab.root.exists()


def test_an_account_without_commands_is_told(server: SshServer, opened: Callable[[], SyncEngine]) -> None:
    server.force_command("/bin/echo welcome")
    with pytest.raises(SyncError, match="runs no commands"):
        opened().sync()


def test_a_pass_that_copies_asks_for_the_free_space_too(lab: SyncLab, opened: Callable[[], SyncEngine]) -> None:
    told: list[float] = []
    engine = opened()
    engine.listener = Spaces(told)
    engine.sync()
    here = os.statvfs(lab.root)
    (free,) = told
    assert free == pytest.approx(here.f_bavail * here.f_frsize, abs=0.05 * here.f_blocks * here.f_frsize)
    engine.sync()  # nothing is new: the target is not asked
    assert len(told) == 1


def test_many_small_files_are_asked_for_in_portions(
    lab: SyncLab, opened: Callable[[], SyncEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, float]] = []
    run = SshLine.run

    def noted(self: SshLine, words: Sequence[str], **options: Any) -> SshAnswer:
        if ssh_side.TOLD in words:
            asked.append((options["given"].count(b"\n"), options["timeout_s"]))
        return run(self, words, **options)

    monkeypatch.setattr(SshLine, "run", noted)
    monkeypatch.setattr(ssh_side, "PORTION_FILES", 2)
    assert opened().sync().done
    assert [files for files, _ in asked] == [2, 2, 1]
    assert all(seconds >= 60.0 + files * ssh_side.SLOWEST_FILE_S for files, seconds in asked)


class Spaces(PassListener):
    """Notes the free space it is told."""

    def __init__(self, told: list[float]) -> None:
        self.told = told

    def on_space(self, free: float) -> None:
        self.told.append(free)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("internal-sftp", "takes files by sftp only"),
        ("/bin/echo This account is currently not available.; exit 1", "may not log in"),
        ("/bin/false", "runs no commands for us (code 1, it said: nothing)"),
        ("/bin/echo rrsync error: SSH_ORIGINAL_COMMAND does not run rsync >&2; exit 1", "may run some commands only"),
        ("/bin/echo welcome", "runs no commands for us (code 0, it said: welcome)"),
        ("/nowhere/shell", "runs no commands for us (code 127"),
    ],
)
def test_an_account_that_runs_no_commands_is_told_what_to_do(
    lab: SyncLab, server: SshServer, opened: Callable[[], SyncEngine], command: str, told: str
) -> None:
    server.force_command(command)
    with pytest.raises(SyncError) as why:
        opened().sync()
    assert told in str(why.value)
    assert "have its administrator allow them" in str(why.value)
    assert why.value.lasting
