"""The journal: what is in it after a crash, on a full disk, with two writers, and when its file is broken."""

from __future__ import annotations

import errno
import math
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eyegore.alarms import journal_reader
from eyegore.alarms.journal import Journal, JournalError, JournalReader, journal_path, journals, state_dir
from eyegore.alarms.journal_errors import journal_error
from eyegore.alarms.journal_schema import COLUMNS, VERSION, entry_of, row_of
from eyegore.messages import AlarmEntry

NAN = float("nan")
ENTRY = AlarmEntry(
    time=1_552_600_445.25,
    data_time=1_552_600_440.0,
    parameter="CCD2_TEMP_T",
    kind="OOL",
    before="PENDING",
    after="UNACK",
    severity="CRITICAL",
    value=-120.5,
    limit="low −119 °C",
    context="cold",
    person="anna",
    comment="pump off; 'see' \"log\"\nline two",
    table="ab12",
    incident=3,
    old=True,
)


def entry(time: float, parameter: str = "A", **others: object) -> AlarmEntry:
    return replace(ENTRY, time=time, parameter=parameter, **others)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "alarms" / "night.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with Journal(path, Path("/data/night")) as opened:
        yield opened


def times(journal: JournalReader, **options: object) -> list[float]:
    return [each.time for each in journal.entries(**options)]  # type: ignore[arg-type]


# --- where it is -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "begins"),
    [
        ("/data/14_Mar_19", "14_Mar_19-"),
        ("/data/14_Mar_19/", "14_Mar_19-"),
        ("/data/x/../14_Mar_19", "14_Mar_19-"),
        ("/data/a night; rm -rf ~", "a_night_rm_-rf-"),
        ("/data/..hidden", "hidden-"),
        ("/data/ночь", "folder-"),
        ("/", "folder-"),
        ("/data/" + "n" * 255, "n" * 60 + "-"),
        ("/data/\udcff", "folder-"),
    ],
)
def test_name_of_the_file_tells_the_folder(folder: str, begins: str, tmp_path: Path) -> None:
    path = journal_path(tmp_path, Path(folder))
    assert path.parent == tmp_path / "alarms"
    assert path.name.startswith(begins)
    assert len(path.name) == len(begins) + len("0123456789.sqlite")


def test_each_folder_has_a_journal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (journal_path(None, Path(folder)) for folder in ("/data/a/14_Mar_19", "/data/b/14_Mar_19"))
    assert one != other
    assert one == journal_path(None, Path("/data/a/14_Mar_19/."))
    monkeypatch.chdir(tmp_path)
    assert journal_path(None, Path("night")) == journal_path(None, tmp_path / "night")


def test_journals_lie_in_the_state_folder_of_the_user(private_home: Path) -> None:
    assert state_dir(None) == private_home / ".local/state/eyegore"
    assert state_dir(Path("~/elsewhere")) == private_home / "elsewhere"
    path = journal_path(None, Path("/data/14_Mar_19"))
    assert journals(None) == []
    with Journal(path):
        assert journals(None) == [path]
    made = [path.parent, path.parent.parent, path]
    assert [each.stat().st_mode & 0o777 for each in made] == [0o700, 0o700, 0o600]


# --- what is in it ---------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(codec="utf-8"))
REAL = st.floats(allow_nan=True, allow_infinity=True)
ENTRIES = st.builds(
    AlarmEntry,
    **{name: TEXT for name in COLUMNS if name not in ("time", "data_time", "value", "incident", "old")},
    time=REAL,
    data_time=REAL,
    value=REAL,
    incident=st.integers(-(2**63), 2**63 - 1),
    old=st.booleans(),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(), each, max_size=3),
    max_leaves=10,
)


@given(given_entries=st.lists(ENTRIES, max_size=4), state=st.none() | st.dictionaries(st.text(), JSON, max_size=4))
def test_everything_comes_back_as_it_was(given_entries: list[AlarmEntry], state: dict[str, object] | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sqlite"
        with Journal(path) as journal:
            journal.record(given_entries, state)
        with JournalReader(path) as reader:
            assert [repr(each) for each in reader.entries()] == [repr(each) for each in given_entries]
            assert reader.state() == state


def test_nan_is_null_and_comes_back_as_nan(journal: Journal, path: Path) -> None:
    unknown = entry(1.0, data_time=NAN, value=NAN)
    journal.record([unknown], {"since": NAN})
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT data_time, value FROM entries").fetchall() == [(None, None)]
    connection.close()
    (back,) = journal.entries()
    assert math.isnan(back.data_time)
    assert math.isnan(back.value)
    assert math.isnan((journal.state() or {})["since"])


def test_half_a_character_costs_only_itself() -> None:
    assert entry_of(row_of(entry(1.0, comment="/data/\udcff.txt"))).comment == "/data/?.txt"


def test_tables_are_those_of_this_version() -> None:
    """A new field of AlarmEntry needs a new version of the tables, and a conversion of the older ones."""
    fields = "time data_time parameter kind before after severity value limit context person comment table incident old"
    assert (VERSION, COLUMNS) == (1, tuple(fields.split()))


SELECTIONS: list[tuple[dict[str, object], list[float]]] = [
    ({}, [1, 2, 3, 4, 5]),
    ({"since": 2}, [2, 3, 4, 5]),
    ({"until": 4}, [1, 2, 3]),
    ({"since": 2, "until": 4}, [2, 3]),
    ({"parameter": "A"}, [1, 3, 5]),
    ({"parameter": "C"}, []),
    ({"limit": 2}, [4, 5]),
    ({"limit": 2, "parameter": "A"}, [3, 5]),
    ({"limit": 1, "until": 4, "parameter": "A"}, [3]),
    ({"limit": 99}, [1, 2, 3, 4, 5]),
    ({"limit": 0}, []),
    ({"limit": -1}, []),
]


@pytest.mark.parametrize("page", [1, 2, 500])
@pytest.mark.parametrize(("options", "expected"), SELECTIONS)
def test_entries_are_chosen_oldest_first(
    journal: Journal, options: dict[str, object], expected: list[float], page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_reader, "PAGE", page)
    journal.record([entry(time, "AB"[time % 2 == 0]) for time in range(1, 6)], None)
    assert times(journal, **options) == expected


def test_a_clock_set_back_does_not_change_the_order(journal: Journal) -> None:
    journal.record([entry(5.0)], None)
    journal.record([entry(3.0)], None)
    assert times(journal) == [5.0, 3.0]


def test_state_is_replaced_and_none_keeps_it(journal: Journal) -> None:
    assert journal.state() is None
    journal.record([], {"counter": 1})
    journal.record([], {"counter": 2})
    journal.record([entry(1.0)], None)
    journal.record([], None)
    assert journal.state() == {"counter": 2}


def test_prune_removes_what_is_old_but_not_the_state(journal: Journal) -> None:
    journal.record([entry(time) for time in range(5)], {"counter": 4})
    assert journal.prune(3.0) == 3
    assert journal.prune(3.0) == 0
    assert times(journal) == [3, 4]
    assert journal.prune(99.0) == 2
    assert journal.state() == {"counter": 4}
    journal.record([entry(5.0)], None)
    assert times(journal) == [5]


def test_entries_cannot_be_changed(journal: Journal, path: Path) -> None:
    journal.record([entry(1.0)], None)
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("UPDATE entries SET comment = ''")
    connection.close()


def test_what_fails_half_way_leaves_nothing(journal: Journal) -> None:
    journal.record([entry(1.0)], {"counter": 1})
    with pytest.raises(OverflowError):
        journal.record([entry(2.0), entry(3.0, incident=2**70)], {"counter": 2})
    with pytest.raises(TypeError):
        journal.record([entry(2.0)], {"counter": object()})
    assert (times(journal), journal.state()) == ([1.0], {"counter": 1})


# --- kill -9 ---------------------------------------------------------------------------------------------------------

ENDLESS_WRITER = """
import os, sys
from pathlib import Path
from eyegore.alarms.journal import Journal
from eyegore.messages import AlarmEntry
journal = Journal(Path(sys.argv[1]))
count = (journal.state() or {"counter": 0})["counter"]
while True:
    count += 1
    entry = AlarmEntry(count, count, "A", "OOL", "NORMAL", "UNACK", "WARNING", 1.0, "", "", "", "x" * (count % 99), "")
    journal.record([entry], {"counter": count, "padding": "x" * (count * 997 % 60_000)})
    os.write(1, b".")
"""


def test_after_kill_9_entries_and_state_agree(path: Path) -> None:
    moments = random.Random(9)
    survived = 0
    for _ in range(20):
        written = survived
        with subprocess.Popen([sys.executable, "-c", ENDLESS_WRITER, path], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            wanted = written + moments.randrange(1, 300)
            while written < wanted and (dots := os.read(writer.stdout.fileno(), moments.randrange(1, 9))):
                written += len(dots)
            writer.kill()
            written += len(writer.stdout.read())
        assert writer.returncode == -9
        with Journal(path) as journal:
            assert journal.news() == []
            counters = [int(time) for time in times(journal)]
            state = journal.state() or {}
        assert counters == list(range(1, len(counters) + 1))
        assert state["counter"] == counters[-1]
        assert counters[-1] in (written, written + 1), "what was said to be written is there"
        survived = counters[-1]
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
    assert survived > 500


# --- writers and readers ---------------------------------------------------------------------------------------------


def test_second_writer_is_refused_and_the_first_goes_on(journal: Journal, path: Path) -> None:
    with pytest.raises(JournalError, match=rf"another Eyegore \(process {os.getpid()}\) already writes .*--state DIR"):
        Journal(path)
    journal.record([entry(1.0)], None)
    journal.close()
    with Journal(path) as second:
        assert times(second) == [1.0]


def test_reader_sees_what_is_written_meanwhile(journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_reader, "PAGE", 1)
    journal.record([entry(1.0), entry(2.0)], {"counter": 2})
    with JournalReader(path) as reader:
        reading = reader.entries()
        assert next(reading).time == 1.0
        journal.record([entry(3.0)], {"counter": 3})
        assert journal.prune(2.0) == 1
        assert [each.time for each in reading] == [2.0, 3.0]
        assert reader.state() == {"counter": 3}
        assert reader.folder() == "/data/night"


def test_reader_cannot_write(journal: Journal, path: Path) -> None:
    with JournalReader(path) as reader:
        assert not hasattr(reader, "record")
        with pytest.raises(JournalError, match="readonly"):
            reader._rows("DELETE FROM entries", ())


def test_slow_reader_does_not_make_the_log_grow(journal: Journal, path: Path) -> None:
    journal.record([entry(float(time)) for time in range(2000)], None)
    log = Path(f"{path}-wal")
    with JournalReader(path) as reader:
        reading = reader.entries()
        next(reading)
        for count in range(300):
            journal.record([], {"padding": "x" * 60_000, "counter": count})
    assert log.stat().st_size < 300 * 60_000 / 2


def test_another_program_that_holds_the_file_is_said(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.close()
    monkeypatch.setattr(journal_reader, "BUSY_S", 0.0)
    shell = sqlite3.connect(path, isolation_level=None)
    with Journal(path) as impatient:
        shell.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError, match="another program holds it"):
            impatient.record([entry(1.0)], None)
        shell.execute("ROLLBACK")
        impatient.record([entry(1.0)], None)
        assert times(impatient) == [1.0]
    shell.close()


def test_closed_is_closed(journal: Journal) -> None:
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="is closed"):
        journal.record([entry(1.0)], None)
    with pytest.raises(JournalError, match="not open"):
        journal.state()


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


def _execute(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (make_newer, r"newer Eyegore \(version 7, this one knows 1\): update Eyegore"),
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


def test_state_that_is_no_json_is_said(journal: Journal, path: Path) -> None:
    journal.record([], {"counter": 1})
    _execute(path, "UPDATE kept SET json = '{'")
    with pytest.raises(JournalError, match="state in the alarm journal .* is not JSON"):
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


UNPRIVILEGED = """
import os, sys
from pathlib import Path
from eyegore.alarms.journal import Journal, JournalError, JournalReader
import json, sqlite3, fcntl, platformdirs
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
    command = [sys.executable, "-c", UNPRIVILEGED, how, path]
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
    assert words in str(journal_error(Path("/x/a.sqlite"), why))


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
    (aside,) = path.parent.glob("*.broken-*")
    assert aside.read_bytes() == spoilt
    assert str(aside) in told
    assert "corrupt" in told
    assert "\n" not in told
    assert journals(path.parents[1]) == [path]


def test_corruption_noticed_while_writing_loses_nothing_of_the_call(path: Path) -> None:
    with Journal(path) as journal:
        journal.record([entry(float(time)) for time in range(500)], {"counter": 1})
    with Journal(path) as journal:
        spoilt = scribbled(path.read_bytes())
        with open(path, "r+b") as file:
            file.write(spoilt)
        journal.record([entry(999.0)], {"counter": 2})
        assert "set aside" in journal.news()[0]
        assert (times(journal), journal.state()) == ([999.0], {"counter": 2})
        with pytest.raises(JournalError, match="already writes"):
            Journal(path)
    assert [each.read_bytes() for each in path.parent.glob("*.broken-*")] == [spoilt]


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
    with pytest.raises(JournalError, match="is no journal"):
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


def test_place_that_vanished_is_said_and_got_over(journal: Journal, path: Path) -> None:
    away = path.parent.with_name("away")
    path.parent.rename(away)
    path.parent.write_text("in the way")
    for _ in range(2):
        with pytest.raises(JournalError, match="File exists|Not a directory"):
            journal.record([entry(1.0)], None)
    path.parent.unlink()
    away.rename(path.parent)
    journal.record([entry(2.0)], None)
    assert times(journal) == [2.0]
