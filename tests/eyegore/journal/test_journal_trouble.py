"""The journal in trouble: what is none, full and read-only disks, broken files, files taken away."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.journal.journal import Journal, JournalError, JournalReader, journals
from eyegore.journal.schema import JOURNAL, VERSION
from eyegore.limits.model import Severity
from eyegore.messages.events import AlarmEntry, AlarmKind, AlarmState


def entry(time: float) -> AlarmEntry:
    return AlarmEntry(
        time,
        time,
        "A",
        AlarmKind.OOL,
        None,
        AlarmState.UNACK,
        Severity.WARNING,
        1.0,
        "low 2 V",
        "",
        "",
        "a comment",
        "ab12",
    )


def times(journal: JournalReader) -> list[float]:
    return [each.time for each in journal.entries()]


def _execute(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(statement)
    connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "alarms" / "night.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with Journal(path, Path("/data/night")) as opened:
        yield opened


# --- what cannot be opened -------------------------------------------------------------------------------------------


def make_newer(path: Path) -> None:
    Journal(path).close()
    _execute(path, "PRAGMA user_version = 7")


def make_foreign(path: Path) -> None:
    path.parent.mkdir(parents=True)
    _execute(path, "CREATE TABLE recipes (soup)")


def make_file_in_the_way(path: Path) -> None:
    path.parent.parent.write_text("not a folder")


def make_folder_in_the_way(path: Path) -> None:
    path.mkdir(parents=True)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (make_newer, r"newer Eyegore \(version 7, this one knows 4\): update Eyegore"),
        (make_foreign, "another program"),
        (make_file_in_the_way, "Not a directory: give another place with --state DIR"),
        (make_folder_in_the_way, "give another place with --state DIR"),
    ],
)
@pytest.mark.parametrize("how", [Journal, JournalReader])
def test_what_is_no_journal_of_ours_is_left_alone(
    how: Callable[[Path], JournalReader], make: Callable[[Path], None], words: str, path: Path
) -> None:
    make(path)
    before = sorted(path.parent.parent.rglob("*"))
    with pytest.raises(JournalError, match=words) as why:
        how(path)
    assert "\n" not in str(why.value)
    assert [each for each in before if not each.exists()] == []
    assert not list(path.parent.parent.rglob("*broken*"))
    if make is make_newer:
        _execute(path, f"PRAGMA user_version = {VERSION}")
        Journal(path).close()  # the lock was let go


def test_reader_of_nothing(path: Path) -> None:
    with pytest.raises(JournalError, match="there is no alarm journal"):
        JournalReader(path)
    assert not path.parent.exists()
    path.parent.mkdir(parents=True)
    path.touch()
    with pytest.raises(JournalError, match="nothing in the alarm journal"):
        JournalReader(path)
    with Journal(path) as journal:
        journal.record([entry(1.0)], None)
        assert times(journal) == [1.0]


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE state SET json = '{'",
        "UPDATE state SET path = '['",
        "UPDATE state SET path = '7'",
        """INSERT INTO state VALUES ('["counter", "more"]', '2')""",
        "DELETE FROM state; INSERT INTO kept VALUES ('state', '{')",
    ],
)
def test_state_that_is_none_is_said(journal: Journal, path: Path, spoil: str) -> None:
    journal.record([], {"counter": 1})
    for statement in spoil.split("; "):
        _execute(path, statement)
    with pytest.raises(JournalError, match=r"state in the alarm journal .* is not JSON"):
        journal.state()


# --- disks -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("may not mount a disk here: needs root")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_full_disk_is_said_and_got_over(tiny_disk: Path) -> None:
    filling = tiny_disk / "filling"
    with Journal(tiny_disk / "a.sqlite") as journal:
        journal.record([entry(1.0)], {"counter": 1})
        with pytest.raises(OSError, match="No space left"):
            filling.write_bytes(b"x" * 400_000)
        with pytest.raises(JournalError, match=r"a\.sqlite: .* the disk is full") as why:
            journal.record([entry(2.0)], {"counter": 2, "padding": "x" * 100_000})
        assert "\n" not in str(why.value)
        assert (times(journal), journal.state()) == ([1.0], {"counter": 1})
        with pytest.raises(JournalError, match="full"):
            Journal(tiny_disk / "b.sqlite")
        filling.unlink()
        journal.record([entry(2.0)], {"counter": 2})
        assert (times(journal), journal.state()) == ([1.0, 2.0], {"counter": 2})
        assert journal.news() == []


def test_archive_on_a_read_only_disk(tiny_disk: Path) -> None:
    path = tiny_disk / "a.sqlite"
    with Journal(path) as journal:
        journal.record([entry(1.0), entry(2.0)], None)
    log = Path(f"{path}-wal")
    remount = ["mount", "-o", "remount,ro", str(tiny_disk)]
    subprocess.run(remount, check=True)
    with JournalReader(path) as reader:
        assert times(reader) == [1.0, 2.0]
    with pytest.raises(JournalError, match="Read-only file system: not allowed"):
        Journal(path)
    subprocess.run([*remount[:2], "remount,rw", remount[3]], check=True)
    log.write_bytes(b"the newest entries")
    subprocess.run(remount, check=True)
    with pytest.raises(JournalError, match=r"newest entries .* copy both to a writable folder"):
        JournalReader(path)


def test_file_system_without_locks_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(JournalError, match="No locks available: give another place"):
        Journal(path)


# What is imported late is imported before: the Python of root's home can no longer be read then.
UNPRIVILEGED = """
import os, sys, tempfile
from pathlib import Path
from eyegore.journal.journal import Journal, JournalError, JournalReader
with tempfile.TemporaryDirectory() as folder:
    for each in (Journal, JournalReader):
        with each(Path(folder) / "night.sqlite") as journal:
            journal.entries()
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
how, path = sys.argv[1:]
try:
    with {"read": JournalReader, "write": Journal}[how](Path(path)) as journal:
        print([each.time for each in journal.entries()])
except JournalError as why:
    print(why)
"""


def unprivileged(how: str, path: Path) -> str:
    """What a user without rights in the folder is told."""
    command = [sys.executable, "-c", UNPRIVILEGED, how, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def locked_folder(tmp_path: Path) -> Iterator[Path]:
    """A journal with two entries in a folder where all may read and nobody may write."""
    with tempfile.TemporaryDirectory() as top:
        Path(top).chmod(0o755)
        path = Path(top) / "archive" / "night.sqlite"
        with Journal(path) as journal:
            journal.record([entry(1.0), entry(2.0)], None)
        path.chmod(0o444)
        path.parent.chmod(0o555)
        yield path
        path.parent.chmod(0o755)


def test_folder_that_may_not_be_written_is_said(locked_folder: Path) -> None:
    for path in (locked_folder, locked_folder.with_name("other.sqlite"), locked_folder.parent / "deeper" / "a.sqlite"):
        told = unprivileged("write", path)
        assert "Permission denied" in told
        assert "make the folder writable" in told
        assert told.count("\n") == 1


def test_archive_on_a_read_only_disk_can_be_read(locked_folder: Path) -> None:
    assert unprivileged("read", locked_folder) == "[1.0, 2.0]\n"


def test_archive_whose_newest_entries_cannot_be_read_is_not_taken_for_whole(locked_folder: Path) -> None:
    log = Path(f"{locked_folder}-wal")
    locked_folder.parent.chmod(0o755)
    log.write_bytes(b"entries")
    log.chmod(0o444)
    locked_folder.parent.chmod(0o555)
    assert "copy both to a writable folder" in unprivileged("read", locked_folder)


def test_file_that_may_not_be_read_is_said(locked_folder: Path) -> None:
    locked_folder.parent.chmod(0o700)
    assert "Permission denied" in unprivileged("read", locked_folder)
    locked_folder.parent.chmod(0o555)
    locked_folder.chmod(0o400)
    if os.geteuid() == 0:
        assert "make the folder writable" in unprivileged("read", locked_folder)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (OSError(errno.EIO, "Input/output error"), "failing"),
        (OSError("odd\nthing"), "odd thing: give another place"),
        (sqlite3.OperationalError("near nothing"), "near nothing: give another place"),
    ],
)
def test_every_error_says_what_to_do(why: OSError | sqlite3.Error, words: str) -> None:
    assert words in str(JOURNAL.error_of(Path("/x/a.sqlite"), why))


# --- broken and lost files -------------------------------------------------------------------------------------------


def all_zero(content: bytes) -> bytes:
    return bytes(len(content))


def half(content: bytes) -> bytes:
    return content[: len(content) // 2 + 100]


def text(_: bytes) -> bytes:
    return b"this is no database\n" * 100


def short(_: bytes) -> bytes:
    return b"oops"


def scribbled(content: bytes) -> bytes:
    """All pages but the first two overwritten."""
    return content[:8192] + b"\xff" * (len(content) - 8192)


def set_aside_beside(path: Path) -> Path:
    (aside,) = (each for each in path.parent.glob("*.broken-*") if not each.name.endswith("-wal"))
    return aside


@pytest.mark.parametrize("spoil", [all_zero, half, text, short, scribbled])
def test_corrupt_journal_is_set_aside(spoil: Callable[[bytes], bytes], path: Path) -> None:
    with Journal(path) as journal:
        journal.record([entry(float(time)) for time in range(500)], {"counter": 1})
    spoilt = spoil(path.read_bytes())
    path.write_bytes(spoilt)
    with Journal(path) as journal:
        (told,) = journal.news()
        assert journal.news() == []
        journal.record([entry(1.0)], None)
        assert (times(journal), journal.state()) == ([1.0], None)
    aside = set_aside_beside(path)
    assert aside.read_bytes() == spoilt
    assert str(aside) in told
    assert "corrupt" in told
    assert "\n" not in told
    assert journals(path.parents[1]) == [path]


def test_corruption_noticed_while_writing_loses_nothing_of_the_call(path: Path) -> None:
    with Journal(path) as journal:
        journal.record([entry(float(time)) for time in range(500)], {"counter": 1})
    spoilt = path.with_name("spoilt")
    spoilt.write_bytes(scribbled(path.read_bytes()))
    with Journal(path) as journal:
        _execute(path, "UPDATE state SET json = '{}'")  # so that SQLite does not trust the pages it remembers
        subprocess.run(["cp", spoilt, path], check=True)
        journal.record([entry(999.0)], {"counter": 2})
        (told,) = journal.news()
        assert "set aside" in told
        assert (times(journal), journal.state()) == ([999.0], {"counter": 2})
        with pytest.raises(JournalError, match="already writes"):
            Journal(path)
    aside = set_aside_beside(path)
    assert aside.read_bytes()[-8192:] == spoilt.read_bytes()[-8192:]


def test_log_of_a_corrupt_journal_stays_beside_it(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(text(b""))
    for ending in ("-wal", "-shm"):
        Path(f"{path}{ending}").write_bytes(b"rest")
    with Journal(path) as journal:
        journal.record([entry(1.0)], None)
        (log,) = path.parent.glob("*.broken-*-wal")
        assert log.read_bytes() == b"rest"
        assert log.with_name(log.name.removesuffix("-wal")).read_bytes() == text(b"")


def test_reader_of_a_corrupt_journal_leaves_it(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(text(b""))
    with pytest.raises(JournalError, match="is none of ours"):
        JournalReader(path)
    assert list(path.parent.iterdir()) == [path]


def test_journal_taken_away_while_in_use_is_begun_again(journal: Journal, path: Path) -> None:
    journal.record([entry(1.0)], {"counter": 1})
    for file in path.parent.iterdir():
        file.unlink()
    path.parent.rmdir()
    journal.record([entry(2.0)], {"counter": 2})
    (told,) = journal.news()
    assert "taken away" in told
    with JournalReader(path) as reader:
        assert (times(reader), reader.state(), reader.folder()) == ([2.0], {"counter": 2}, "/data/night")


def test_state_goes_into_the_new_journal_though_it_is_the_same(journal: Journal, path: Path) -> None:
    journal.record([], {"counter": 1})
    path.unlink()
    journal.record([], {"counter": 1})
    with JournalReader(path) as reader:
        assert reader.state() == {"counter": 1}


def test_place_that_vanished_is_said_and_got_over(journal: Journal, path: Path) -> None:
    away = path.parent.with_name("away")
    path.parent.rename(away)
    path.parent.write_text("in the way")
    for _ in range(2):
        with pytest.raises(JournalError, match=r"File exists|Not a directory"):
            journal.record([entry(1.0)], None)
    path.parent.unlink()
    away.rename(path.parent)
    journal.record([entry(2.0)], None)
    assert times(journal) == [2.0]
