"""A folder in which nothing can have changed is not listed again; a change is seen, at the latest in a minute."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from eyegore.copies import scan as sync_scan
from eyegore.copies.scan import FolderState, SyncScan
from eyegore.copies.still_folder import AWAKE_S, LISTED_S

WALL = 2_000_000_000.0
"""Long after everything was written."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    day = tmp_path / "day"
    (day / "sub").mkdir(parents=True)
    (day / "old.txt").write_text("a\n")
    (day / "sub" / "deep.txt").write_text("a\n")
    (day / "HK_14-03-19_ROE1_01.txt").write_text("a\nb\n")
    for path in (day / "old.txt", day / "sub" / "deep.txt", day / "sub", day):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    os.utime(day / "HK_14-03-19_ROE1_01.txt", (WALL - AWAKE_S / 2, WALL - AWAKE_S / 2))
    return day


def looked(folder: Path) -> tuple[SyncScan, FolderState]:
    """A scan whose last look found everything at rest."""
    scan = SyncScan(folder)
    state = scan.look(0.0, WALL)
    assert scan.look(1.0, WALL + 1) is state
    return scan, state


def test_a_folder_at_rest_is_not_listed_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan, state = looked(folder)
    monkeypatch.setattr(sync_scan.os, "scandir", lambda path: pytest.fail("it was listed"))
    assert scan.look(LISTED_S - 1, WALL + LISTED_S - 1) is state


def _append(folder: Path) -> None:
    with open(folder / "HK_14-03-19_ROE1_01.txt", "a") as file:
        file.write("c\n")


CHANGES: dict[str, Callable[[Path], object]] = {
    "a row of HK": _append,
    "a new file": lambda folder: (folder / "new").write_text("x"),
    "a new file below": lambda folder: (folder / "sub" / "new").write_text("x"),
    "a file renamed": lambda folder: (folder / "old.txt").rename(folder / "other.txt"),
    "a file removed": lambda folder: (folder / "old.txt").unlink(),
    "another folder in its place": lambda folder: (folder.rename(folder.parent / "away"), folder.mkdir()),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_seen_by_the_next_look(folder: Path, change: Callable[[Path], object]) -> None:
    scan, state = looked(folder)
    change(folder)
    assert scan.look(2.0, WALL + 2) != state


def test_what_is_written_into_an_old_file_is_seen_within_a_minute(folder: Path) -> None:
    scan, state = looked(folder)
    (folder / "old.txt").write_text("something else\n")
    assert scan.look(LISTED_S + 1, WALL + LISTED_S + 1) != state


def test_a_folder_changed_just_now_is_listed_again(folder: Path) -> None:
    """Its time may stand still for two seconds: a second file could hide behind the first."""
    os.utime(folder, (WALL - 1, WALL - 1))
    scan = SyncScan(folder)
    state = scan.look(0.0, WALL)
    (folder / "new").write_text("x")
    os.utime(folder, (WALL - 1, WALL - 1))
    assert scan.look(1.0, WALL + 1) != state


def test_a_folder_that_is_gone_is_told(folder: Path) -> None:
    scan, _ = looked(folder)
    folder.rename(folder.parent / "away")
    with pytest.raises(sync_scan.SyncError):
        scan.look(2.0, WALL + 2)
