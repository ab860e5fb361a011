"""A disk that is not mounted any more: its bare mount point is filled on no day, and not in the midst of a pass."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.copies import engine as sync_engine
from eyegore.copies.ledger import MountMemory, SyncError, refuse_bare
from eyegore.copies.programs.rsync import RsyncResult, RsyncRun
from eyegore.copies.service import open_engine
from eyegore.copies.target import SyncTarget, parse_target

from .copy_lab import age
from .ssh_server import SshServer


@pytest.fixture(params=["local", pytest.param("ssh", marks=pytest.mark.slow)])
def target_at(
    request: pytest.FixtureRequest, tmp_path: Path, wait_until: Callable[..., None]
) -> Iterator[Callable[[Path], SyncTarget]]:
    if request.param == "local":
        yield lambda root: parse_target(str(root))
        return
    folder = tmp_path / "sshd"
    folder.mkdir()
    server = SshServer(folder, wait_until)
    server.start()
    server.make_known()
    yield server.target
    server.kill()


def day_of(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / name).write_text(name)
    age(folder)
    return folder


def unmount(root: Path) -> None:
    subprocess.run(["umount", "--lazy", str(root)], check=True)


def test_another_day_does_not_go_below_the_mount_point(
    tmp_path: Path, target_at: Callable[[Path], SyncTarget], mounted: Callable[[], Path]
) -> None:
    target, state = target_at(mounted()), tmp_path / "state"
    root = Path(target.path)
    first = open_engine(day_of(tmp_path / "14_Mar_19", "x"), target, state)
    assert first.sync().done
    first.close()
    unmount(root)
    second = open_engine(day_of(tmp_path / "-15 Mar 19", "y"), target, state)
    with pytest.raises(SyncError, match="is not mounted: mount it again, or make the folder -15 Mar 19 there"):
        second.sync()
    assert list(root.iterdir()) == []
    mounted()
    assert second.sync().done
    second.close()
    unmount(root)
    (root / "-16").mkdir()  # somebody wants it so
    third = open_engine(day_of(tmp_path / "-16", "z"), target, state)
    assert third.sync().done
    third.close()


def test_a_disk_taken_away_between_two_runs_of_rsync(
    tmp_path: Path,
    target_at: Callable[[Path], SyncTarget],
    mounted: Callable[[], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = target_at(mounted())
    root = Path(target.path)
    monkeypatch.setattr(sync_engine, "BATCH_BYTES", 1)
    run = RsyncRun.run

    def taken_away(self: RsyncRun) -> RsyncResult:
        result = run(self)
        unmount(root)
        return result

    monkeypatch.setattr(RsyncRun, "run", taken_away)
    engine = open_engine(day_of(tmp_path / "14_Mar_19", "x", "y"), target, tmp_path / "state")
    with pytest.raises(SyncError, match="is not mounted"):
        engine.sync()
    assert list(root.iterdir()) == []
    engine.close()


def test_a_copy_that_was_taken_away_is_not_verified_any_more(
    tmp_path: Path, target_at: Callable[[Path], SyncTarget]
) -> None:
    root = tmp_path / "copies"
    root.mkdir()
    source = day_of(tmp_path / "14_Mar_19", "x", "y")
    engine = open_engine(source, target_at(root), tmp_path / "state")
    assert engine.sync().done
    shutil.rmtree(root / source.name)
    (source / "z").write_text("z")
    age(source)
    report = engine.sync()  # no slow pass: something new makes it ask
    assert (report.done, report.copied) == (True, 3)
    assert {mismatch.path for mismatch in report.mismatches} == {"x", "y"}
    assert {path.name for path in (root / source.name).iterdir()} == {"x", "y", "z"}
    engine.close()


@pytest.mark.parametrize(
    ("before", "now", "bare"),
    [
        ("/mnt/usb", "/", True),
        ("/mnt/usb", "/mnt", True),
        ("/mnt/usb", "/mnt/usb", False),
        ("/mnt/usb", "/mnt/usb/more", False),
        ("/mnt/usb", "/mnt/us", False),
        ("/", "/", False),
        ("", "/", False),
        ("/mnt/usb", "", False),
    ],
)
def test_only_what_was_mounted_deeper_is_missed(before: str, now: str, bare: bool) -> None:
    if not bare:
        refuse_bare(before, now, "/mnt/usb", "day")
        return
    with pytest.raises(SyncError, match="what was mounted at /mnt/usb is not mounted"):
        refuse_bare(before, now, "/mnt/usb", "day")


def test_it_is_remembered_for_each_target(tmp_path: Path) -> None:
    memory = MountMemory(tmp_path, "/mnt/usb/")
    assert memory.known == ""
    memory.keep("/mnt/\udcff x")
    memory.keep("")  # not known now
    assert MountMemory(tmp_path, "/mnt/usb/").known == "/mnt/\udcff x"
    assert MountMemory(tmp_path, "/mnt/other/").known == ""
    assert [path.name for path in (tmp_path / "sync").iterdir() if path.suffix] == []
