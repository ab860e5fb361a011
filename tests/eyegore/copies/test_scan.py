from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from eyegore.copies import scan as sync_scan
from eyegore.copies.ledger import SyncError
from eyegore.copies.scan import AWAKE_S, LISTED_S, FolderState, SyncScan

from ..written_day import Day
from .copy_lab import OLD

NOW = float(OLD)


def put(folder: Path, name: str, content: bytes, written: float = OLD) -> Path:
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (written, written))
    return path


def test_an_image_is_complete_when_its_headers_say_so_and_it_rests(day: Day) -> None:
    whole, half = day.image(17001), day.image(17002, share=0.5)
    for path in (whole, half):
        os.utime(path, (OLD, OLD))
    scan = SyncScan(day.folder)
    first = scan.look(0.0, NOW)
    assert not first.complete
    assert first.settling == {whole.name, half.name}
    later = scan.look(1.5, NOW)
    assert list(later.complete) == [whole.name]
    assert later.complete[whole.name].obsid == 17001
    assert "bytes" in later.incomplete[half.name]


def test_an_image_that_is_written_to_again_is_not_complete(day: Day) -> None:
    path = day.image(17001, age=3600)
    scan = SyncScan(day.folder)
    assert path.name in scan.look(0.0, NOW + 1e9).complete
    with path.open("ab") as file:
        file.write(b"more")
    assert path.name not in scan.look(LISTED_S, NOW + 1e9).complete


@pytest.mark.parametrize(
    ("content", "now", "length"),
    [
        (b"a\nb\nc", 0.0, 4),
        (b"a\nb\n", 0.0, 4),
        (b"a", 0.0, None),
        (b"a\nb\nc", 4.0, 5),
        (b"\n" + b"x" * 200_000, 0.0, 1),
    ],
)
def test_a_text_counts_up_to_its_last_complete_line(
    tmp_path: Path, content: bytes, now: float, length: int | None
) -> None:
    name = "HK_14-03-19_ROE1_01.txt"
    put(tmp_path, name, content)
    scan = SyncScan(tmp_path)
    scan.look(0.0, NOW)
    found = scan.look(now, NOW).complete.get(name)
    assert (found.size if found else None) == length


def test_other_files_are_complete_when_they_rest(tmp_path: Path) -> None:
    put(tmp_path, "notes.txt", b"x")
    scan = SyncScan(tmp_path)
    assert not scan.look(0.0, NOW).complete
    assert list(scan.look(4.0, NOW).complete) == ["notes.txt"]
    assert list(SyncScan(tmp_path).look(0.0, NOW + 100).complete) == ["notes.txt"]


def test_links_are_followed_once_and_hidden_names_passed_over(tmp_path: Path) -> None:
    folder, beside = tmp_path / "day", tmp_path / "beside"
    folder.mkdir()
    beside.mkdir()
    put(beside, "linked", b"x")
    (folder / "sub").symlink_to(beside)
    (folder / "round").symlink_to(folder)
    (folder / "nowhere").symlink_to("missing")
    put(folder, ".hidden", b"x")
    found = SyncScan(folder).look(0.0, NOW + 100)
    assert list(found.complete) == ["sub/linked"]
    assert list(found.incomplete) == ["nowhere"]


def test_known_files_are_not_opened(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    for obsid in range(20):
        day.image(obsid, age=3600)
    day.hk(range(3))
    scan = SyncScan(day.folder)
    complete = scan.look(0.0, NOW + 1e9).complete
    assert len(complete) == 21

    def refuse(*_: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(sync_scan, "frame_state", refuse)
    monkeypatch.setattr(sync_scan, "_whole_lines", refuse)
    assert scan.look(1.0, NOW + 1e9).complete == complete
    images = {path: file.stamp for path, file in complete.items() if not file.grows}
    monkeypatch.undo()
    monkeypatch.setattr(sync_scan, "frame_state", refuse)
    assert SyncScan(day.folder, images).look(0.0, NOW + 1e9).complete == complete


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SyncError, match="cannot be read: No such file"):
        SyncScan(tmp_path / "missing").look(0.0, NOW)


def test_a_listing_is_closed_when_a_file_cannot_be_judged(
    day: Day, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (day.folder / "sub").mkdir()
    image = day.image(17001, age=3600)
    image.rename(day.folder / "sub" / image.name)

    def fail(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(sync_scan, "frame_state", fail)
    with pytest.raises(ZeroDivisionError) as caught:
        SyncScan(day.folder).look(0.0, NOW + 1e9)
    held = [Path(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]
    assert caught.tb  # what it refers to is kept alive
    assert [str(one) for one in held if one.exists() and one.resolve().is_relative_to(day.folder)] == []


def test_what_cannot_be_read_is_told_and_not_taken_for_incomplete(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, refused = day.image(17001, age=3600), day.image(17002, age=3600)
    (day.folder / "nowhere").symlink_to("not there")
    (day.folder / "round").symlink_to("round")
    really = os.open

    def without_rights(path: str | os.PathLike[str], flags: int) -> int:
        if os.fspath(path) == str(refused):
            raise PermissionError(13, "Permission denied")
        return really(path, flags)

    monkeypatch.setattr(os, "open", without_rights)
    found = SyncScan(day.folder).look(100.0, time.time())
    assert set(found.complete) == {whole.name}
    assert set(found.incomplete) == {"nowhere"}
    image, link = sorted(found.lost)
    assert image == (
        f"{refused.name}: it cannot be read (Permission denied): give this account the right to read it, check its disk"
    )
    assert link.startswith("round cannot be read: Too many levels")


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
