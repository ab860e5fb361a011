"""FolderScan on real folders; time is told to it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from eyegore.feeds.folder_scan import FolderLook, FolderScan
from eyegore.messages.events import SourceKind

from ...patience import AWAITED_S

HK = "HK_14-03-19_ROE1_01.txt"
IMAGE = "EUC_17001_140319D_120000T_ROE1_CCD1.fits"
NOTHING: frozenset[str] = frozenset()


class Folder:
    """A folder, the scan of it, and a clock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.scan = FolderScan(path)
        self.now = 1000.0

    def write(self, *names: str) -> None:
        for name in names:
            (self.path / name).write_text("x")

    def look(self, *woken: str, after: float = 0.25, everything: bool = False, polling: bool = False) -> FolderLook:
        self.now += after
        return self.scan.look(frozenset(woken), self.now, everything=everything, polling=polling)


def names(look: FolderLook) -> list[str]:
    return [file.name for file in look.appeared]


def kinds(look: FolderLook) -> list[SourceKind]:
    return [event.kind for event in look.events]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    path = tmp_path / "day"
    path.mkdir()
    return Folder(path)


@pytest.fixture
def listings(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows by one with each listing."""
    counted: list[object] = []
    listdir = os.listdir

    def count(path: Path) -> list[str]:
        counted.append(path)
        return listdir(path)

    monkeypatch.setattr(os, "listdir", count)
    return counted


def test_what_is_there_at_first_appears_once(folder: Folder) -> None:
    folder.write(HK, IMAGE, "notes.txt", "Thumbs.db")
    (folder.path / "HK_15-03-19_ROE1_01.txt").mkdir()
    look = folder.look()
    assert sorted(names(look)) == [IMAGE, HK]
    assert (look.online, look.renewed, kinds(look)) == (True, True, [SourceKind.ONLINE, SourceKind.UNREADABLE])
    again = folder.look(after=60)
    assert (again.online, again.renewed, again.events, again.appeared) == (True, False, (), ())


def test_a_new_file_is_found_from_the_time_stamp_of_the_folder(folder: Folder) -> None:
    folder.look()
    folder.look(after=10)
    folder.write(HK)
    assert names(folder.look()) == [HK]


def test_a_name_that_woke_us_is_found_without_a_listing(folder: Folder, listings: list[object]) -> None:
    folder.look()
    folder.look(after=3)
    del listings[:]
    folder.write(IMAGE)
    assert names(folder.look(IMAGE)) == [IMAGE]
    assert names(folder.look()) == []
    assert listings == []
    folder.look(after=3)
    assert len(listings) == 1, "what inotify told is made sure of by one listing later"


def test_a_file_missed_by_inotify_is_found_after_all(folder: Folder) -> None:
    folder.look()
    folder.look(after=3)
    folder.write(IMAGE, HK)
    assert names(folder.look(IMAGE)) == [IMAGE]
    assert names(folder.look(after=3)) == [HK]


def test_a_folder_without_news_is_listed_rarely(folder: Folder, listings: list[object]) -> None:
    folder.write(HK)
    for _ in range(4 * 60):
        folder.look()
    assert len(listings) <= 4
    del listings[:]
    for _ in range(4 * 60):
        folder.look(polling=True)
    assert 10 <= len(listings) <= 14


def test_a_change_within_the_grain_of_the_time_stamp_is_seen(folder: Folder) -> None:
    stamp = 1_500_000_000
    os.utime(folder.path, (stamp, stamp))
    folder.look()
    folder.write(HK)
    os.utime(folder.path, (stamp, stamp))
    assert names(folder.look(after=3)) == [HK]


def test_a_deleted_file_vanishes(folder: Folder) -> None:
    folder.write(HK, IMAGE)
    folder.look()
    (folder.path / IMAGE).unlink()
    assert [file.name for file in folder.look(IMAGE).vanished] == [IMAGE]
    (folder.path / HK).unlink()
    assert [file.name for file in folder.look(after=3).vanished] == [HK]


def test_a_missing_folder_is_said_once_and_taken_when_it_comes(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "later")
    look = folder.look()
    assert (look.online, kinds(look)) == (False, [SourceKind.OFFLINE])
    assert "does not exist yet" in look.events[0].text
    assert folder.look().events == ()
    folder.path.mkdir()
    folder.write(HK)
    look = folder.look()
    assert (look.online, look.renewed, kinds(look), names(look)) == (True, True, [SourceKind.ONLINE], [HK])


def test_a_deleted_folder_keeps_its_files_until_it_is_back_without_them(folder: Folder) -> None:
    folder.write(HK, IMAGE)
    folder.look()
    shutil.rmtree(folder.path)
    look = folder.look()
    assert (look.online, kinds(look), look.vanished) == (False, [SourceKind.OFFLINE], ())
    folder.path.mkdir()
    folder.write(HK)
    look = folder.look()
    assert kinds(look) == [SourceKind.ONLINE]
    assert look.renewed
    assert names(look) == []
    assert [file.name for file in look.vanished] == [IMAGE]


def test_a_folder_replaced_between_two_looks_is_said(folder: Folder) -> None:
    folder.write(HK)
    folder.look()
    folder.path.rename(folder.path.with_name("old"))
    folder.path.mkdir()
    folder.write(HK, IMAGE)
    look = folder.look()
    assert (look.renewed, kinds(look), names(look)) == (True, [SourceKind.REPLACED], [IMAGE])


def test_a_repointed_link_is_another_folder(tmp_path: Path) -> None:
    for name, file in (("one", HK), ("two", IMAGE)):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text("")
    folder = Folder(tmp_path / "link")
    folder.path.symlink_to("one")
    assert names(folder.look()) == [HK]
    folder.path.unlink()
    folder.path.symlink_to("two")
    look = folder.look()
    assert (kinds(look), names(look)) == ([SourceKind.REPLACED], [IMAGE])


def test_a_file_in_place_of_the_folder_is_no_folder(folder: Folder) -> None:
    folder.look()
    folder.path.rmdir()
    folder.path.write_text("")
    look = folder.look()
    assert not look.online
    assert "is not a folder" in look.events[0].text


def test_files_below_a_lost_mount_are_out_of_reach_not_deleted(mounted: Callable[[], Path]) -> None:
    folder = Folder(mounted())
    folder.write(HK, IMAGE)
    assert len(folder.look().appeared) == 2
    subprocess.run(["umount", str(folder.path)], check=True)
    look = folder.look()
    assert (look.online, kinds(look), look.vanished) == (False, [SourceKind.OFFLINE], ())
    mounted()
    folder.write(HK)
    look = folder.look()
    assert (look.online, kinds(look)) == (True, [SourceKind.ONLINE])
    assert [file.name for file in look.vanished] == [IMAGE]


def test_an_unreadable_folder_is_said_once_and_taken_when_it_is_back(open_room: Path) -> None:
    """In a process that is not root, whom permissions do not stop."""
    code = """
import os, sys
from pathlib import Path
from eyegore.feeds.folder_scan import FolderScan
os.chdir("/")
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
folder = Path(sys.argv[1]) / "day"
folder.mkdir()
(folder / "HK_14-03-19_ROE1_01.txt").write_text("x")
scan = FolderScan(folder)
for now, mode in enumerate([0o755, 0o000, 0o000, 0o444, 0o755]):
    folder.chmod(mode)
    look = scan.look(frozenset(), 1000.0 + now)
    print(look.online, len(look.appeared), len(look.vanished), *[event.kind.value for event in look.events])
"""
    output = subprocess.run(
        [sys.executable, "-c", code, str(open_room)], capture_output=True, text=True, check=False, timeout=AWAITED_S
    )
    assert output.stderr == ""
    assert output.stdout.splitlines() == [
        "True 1 0 online",
        "False 0 0 offline",
        "False 0 0",
        "False 0 0",
        "True 0 0 online",
    ]


@pytest.mark.parametrize("target", ["HK_14-03-19_ROE1_02.txt", "no such file", "long" * 100])
def test_a_link_that_leads_nowhere_is_no_file_and_takes_no_other_away(tmp_path: Path, target: str) -> None:
    folder = Folder(tmp_path)
    folder.write(HK)
    (tmp_path / "HK_14-03-19_ROE1_02.txt").symlink_to(target)
    look = folder.look()
    assert look.online
    assert names(look) == [HK]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("HK_14-03-2019_ROE1_01.txt", "called almost"),
        ("EXPLOG_140319.txt", "called almost"),
        ("EUC_20103_ROE1_CCD1.fits", "called almost"),
        ("HK_14-03-19_ROE1_01.txt.gz", "called almost"),
        ("EXP_LOG_merged.txt", ""),
        ("notes.txt", ""),
        ("HK_14-03-19_ROE1_01.txt.part", ""),
    ],
)
def test_a_name_that_is_almost_one_of_elvis_is_told_once(tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / name).write_text("x")
    scan = FolderScan(tmp_path)
    first = [event for event in scan.look(frozenset(), 0.0).events if event.kind is SourceKind.UNREADABLE]
    assert [told in event.text for event in first] == [True] * bool(told)
    (again,) = [scan.look(frozenset(), 1e3, everything=True)]
    assert not again.events


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
@pytest.mark.parametrize(
    "name", ["HK_14-03-19_ROE1_01.txt", "EXP_LOG_140319.txt", "euc_1_140319d_120000t_roe1_ccd1.FITS"]
)
def test_what_is_called_like_a_file_and_is_none_is_told(tmp_path: Path, kind: str, name: str) -> None:
    path = tmp_path / name
    {"link": lambda: path.symlink_to("nowhere"), "folder": path.mkdir, "pipe": lambda: os.mkfifo(path)}[kind]()
    look = FolderScan(tmp_path).look(frozenset(), 0.0)
    (event,) = [event for event in look.events if event.kind is SourceKind.UNREADABLE]
    assert event.path == str(path)
    assert kind in event.text
    assert not look.appeared
