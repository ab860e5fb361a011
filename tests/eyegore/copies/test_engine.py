"""Passes with real rsync, into a folder of this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.copies.engine import SyncEngine
from eyegore.copies.ledger import SyncError
from eyegore.copies.programs.rsync import RsyncRun
from eyegore.copies.service import open_engine
from eyegore.copies.target import parse_target

from ..written_day import Day
from .copy_lab import SyncLab, age, listing


@pytest.fixture
def lab(day: Day, tmp_path: Path) -> SyncLab:
    """Rows of HK, a log and three images, all old; an empty target."""
    day.hk(range(50))
    day.log(range(17001, 17002))
    for ccd in (1, 2, 3):
        day.image(17001, ccd)
    age(day.folder)
    root = tmp_path / "back up"
    root.mkdir()
    return SyncLab(day.folder, root, tmp_path / "state")


@pytest.fixture
def engine(lab: SyncLab) -> Iterator[SyncEngine]:
    engine = lab.engine()
    yield engine
    engine.close()


def image(day: Day, obsid: int = 17001) -> str:
    return next(day.folder.glob(f"EUC_{obsid}_*CCD1.fits")).name


def test_everything_complete_is_copied_and_verified_and_the_source_untouched(
    day: Day, lab: SyncLab, engine: SyncEngine
) -> None:
    (day.folder / "sub").mkdir()
    for name in ("-rf", "a b\n'\"$(x);.txt", "sub/#x", "\udcff", ":c", "ü\\#012"):
        (day.folder / name).write_bytes(os.fsencode(name))
    age(day.folder)
    before = listing(day.folder)
    report = engine.sync()
    assert (report.done, report.complete, report.verified, report.copied) == (True, 11, 11, 11)
    assert lab.alike
    assert listing(day.folder) == before


def test_nothing_new_starts_no_program(lab: SyncLab, engine: SyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.sync()

    def refuse(_: RsyncRun) -> None:
        raise AssertionError("rsync was started")

    monkeypatch.setattr(RsyncRun, "run", refuse)
    assert engine.sync().done
    assert engine.sync(full=True).done


def test_a_half_written_image_is_not_offered(day: Day, lab: SyncLab, engine: SyncEngine) -> None:
    half = day.image(17002, share=0.6, age=3600)
    report = engine.sync()
    assert report.done
    assert half.name in report.incomplete
    assert not (lab.there / half.name).exists()


def test_a_text_that_grew_is_appended_to(day: Day, lab: SyncLab, engine: SyncEngine) -> None:
    path = day.hk(range(0))
    engine.sync()
    inode = (lab.there / path.name).stat().st_ino
    day.hk(range(50, 60))
    with path.open("a") as file:
        file.write("half a li")
    report = engine.sync()
    assert (report.done, report.copied) == (True, 1)
    assert (lab.there / path.name).stat().st_ino == inode
    assert (lab.there / path.name).read_bytes() == path.read_bytes()


def test_a_text_that_was_rewritten_leaves_the_old_one_beside(day: Day, lab: SyncLab, engine: SyncEngine) -> None:
    path = day.hk(range(0))
    engine.sync()
    old = path.read_bytes()
    path.write_bytes(b"other\n" + old)
    report = engine.sync()
    (mismatch,) = report.mismatches
    assert (report.done, mismatch.mended) == (True, True)
    assert (lab.there / mismatch.kept).read_bytes()[: len(old)] == old
    assert lab.alike


def test_a_turned_bit_is_found_told_with_its_obsid_and_mended_beside(
    day: Day, lab: SyncLab, engine: SyncEngine
) -> None:
    name = image(day)
    engine.sync()
    lab.spoil(name, 2000)
    assert not engine.sync().mismatches  # no pass reads everything
    (mismatch,) = engine.sync(full=True).mismatches
    assert mismatch.alarm_text.startswith(f"ObsID 17001: {name} differs on the target, first at byte 2000 of")
    assert mismatch.mended
    assert lab.alike
    spoilt = (lab.there / mismatch.kept).read_bytes()
    assert sum(a != b for a, b in zip(spoilt, (day.folder / name).read_bytes(), strict=True)) == 1
    assert engine.sync(full=True).mismatches == ()


def test_a_target_that_spoils_everything_is_not_filled_with_copies(
    day: Day, lab: SyncLab, engine: SyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, name = RsyncRun.run, image(day)

    def spoil(self: RsyncRun) -> object:
        result = run(self)
        lab.spoil(name)
        return result

    with monkeypatch.context() as patched:
        patched.setattr(RsyncRun, "run", spoil)
        reports = [engine.sync() for _ in range(4)]
    assert [len(report.mismatches) for report in reports] == [1, 0, 0, 0]
    assert not reports[0].mismatches[0].mended
    assert all("differ even after they were copied again" in report.problem for report in reports)
    assert [entry.path for entry in reports[-1].waiting] == [name]
    assert len(list(lab.there.glob("*.mismatch-*"))) == 1


def test_another_file_of_the_same_name_is_kept(day: Day, lab: SyncLab, engine: SyncEngine) -> None:
    lab.there.mkdir()
    name, log = image(day), "EXP_LOG_140319.txt"
    (lab.there / name).write_bytes(b"of somebody else")
    (lab.there / log).write_bytes(b"theirs")
    assert engine.sync().done
    assert lab.alike
    assert {path.read_bytes() for path in lab.there.glob("*.replaced-*")} == {b"of somebody else", b"theirs"}


def test_what_was_deleted_there_is_told_and_copied_again(day: Day, lab: SyncLab, engine: SyncEngine) -> None:
    engine.sync()
    (lab.there / image(day)).unlink()
    (mismatch,) = engine.sync(full=True).mismatches
    assert "no more" in mismatch.alarm_text
    assert mismatch.mended
    assert lab.alike


def test_a_lost_ledger_copies_nothing_twice(day: Day, lab: SyncLab) -> None:
    one = lab.engine()
    one.sync()
    one.close()
    lab.state.rename(lab.state.with_name("lost"))
    day.hk(range(50, 55))  # grown since
    other = lab.engine()
    report = other.sync()
    other.close()
    assert (report.done, report.copied) == (True, 1)
    assert len(list(lab.there.iterdir())) == len(list(day.folder.iterdir()))


def test_a_file_that_vanishes_is_no_failure(
    day: Day, lab: SyncLab, engine: SyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RsyncRun.run
    path = day.folder / image(day)

    def vanish(self: RsyncRun) -> object:
        path.unlink(missing_ok=True)
        return run(self)

    monkeypatch.setattr(RsyncRun, "run", vanish)
    engine.sync()
    report = engine.sync()
    assert (report.done, report.complete, report.problem) == (True, 4, "")


def test_a_file_that_grows_meanwhile_is_copied_again(
    day: Day, lab: SyncLab, engine: SyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RsyncRun.run
    path = day.folder / image(day)

    def grow(self: RsyncRun) -> object:
        result = run(self)
        with path.open("ab") as file:
            file.write(b"\0" * 2880)
        return result

    with monkeypatch.context() as patched:
        patched.setattr(RsyncRun, "run", grow)
        first = engine.sync()
    assert [entry.path for entry in first.waiting] == [path.name]
    assert not first.mismatches
    age(day.folder)
    os.utime(path, (1_500_000_001, 1_500_000_001))
    second = lab  # a restart finds it at rest
    engine.close()
    again = second.engine()
    assert again.sync().done
    again.close()
    assert lab.alike


@pytest.mark.parametrize("within", ["", "sub", "../14_Mar_19", "link"])
def test_a_target_inside_the_source_is_refused(day: Day, tmp_path: Path, within: str) -> None:
    (day.folder / "sub").mkdir()
    target = day.folder / within
    if within == "link":
        target = tmp_path / "link"
        target.symlink_to(day.folder / "sub")
    with pytest.raises(SettingsError, match="choose a folder outside"):
        open_engine(day.folder, parse_target(str(target)), tmp_path / "state")


def test_a_target_that_is_not_there_is_not_made(lab: SyncLab, engine: SyncEngine) -> None:
    lab.root.rmdir()
    with pytest.raises(SyncError, match="is it mounted"):
        engine.sync()
    assert not lab.root.exists()


def test_a_full_target_is_told_and_completed_when_there_is_room(
    day: Day, tmp_path: Path, mounted: Callable[[], Path]
) -> None:
    root = mounted()
    filler = root / "filler"
    filler.write_bytes(b"x" * (3 << 20))
    (day.folder / "large").write_bytes(b"y" * (2 << 20))
    age(day.folder)
    lab = SyncLab(day.folder, root, tmp_path / "state")
    engine = lab.engine()
    report = engine.sync()
    assert not report.done
    assert "the target is full" in report.problem
    assert not (lab.there / "large").exists()
    filler.unlink()
    assert engine.sync().done
    engine.close()
    assert lab.alike


def test_a_target_that_is_unmounted_is_not_written_below(day: Day, tmp_path: Path, mounted: Callable[[], Path]) -> None:
    day.hk(range(3))
    age(day.folder)
    root = mounted()
    lab = SyncLab(day.folder, root, tmp_path / "state")
    engine = lab.engine()
    assert engine.sync().done
    subprocess.run(["umount", str(root)], check=True)
    day.hk(range(3, 6))
    with pytest.raises(SyncError, match="mount the target again"):
        engine.sync()
    assert list(root.iterdir()) == []
    engine.close()


def test_a_read_only_target_is_told(day: Day, tmp_path: Path, mounted: Callable[[], Path]) -> None:
    day.hk(range(3))
    age(day.folder)
    root = mounted()
    subprocess.run(["mount", "-o", "remount,ro", str(root)], check=True)
    lab = SyncLab(day.folder, root, tmp_path / "state")
    engine = lab.engine()
    report = engine.sync()
    assert not report.done
    assert "the target is read-only" in report.problem
    assert [entry.state.value for entry in report.waiting] == ["failed"]
    subprocess.run(["mount", "-o", "remount,rw", str(root)], check=True)
    assert engine.sync().done
    engine.close()


def test_a_cancelled_pass_verifies_nothing_more(lab: SyncLab, engine: SyncEngine) -> None:
    engine.cancel()
    report = engine.sync()
    assert (report.verified, report.done) == (0, False)


def test_without_rsync_it_is_said(lab: SyncLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent / "nothing"))
    with pytest.raises(SyncError, match="install it"):
        lab.engine()
