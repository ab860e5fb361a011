"""The journal: what is in it, after a crash too, with two writers, and while it is read."""

from __future__ import annotations

import math
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from eyegore.journal import journal as journal_file, reader as journal_reader
from eyegore.journal.journal import Journal, JournalError, JournalReader, free_or_refused, journal_path, journals
from eyegore.journal.outbox import Outbox
from eyegore.journal.schema import COLUMNS, INSERT, JOURNAL, KEEP, TABLES, VERSION, entry_of, row_of
from eyegore.limits.model import Severity
from eyegore.messages.events import AlarmEntry, AlarmKind, AlarmState, NoteKind, Transition

NAN = float("nan")
WRITTEN = Path(__file__).parents[2] / "data" / "stores" / "journal.sqlite"
ENTRY = AlarmEntry(
    time=1_552_600_445.25,
    data_time=1_552_600_440.0,
    parameter="CCD2_TEMP_T",
    kind=AlarmKind.OOL,
    before=AlarmState.PENDING,
    after=AlarmState.UNACK,
    severity=Severity.CRITICAL,
    value=-120.5,
    limit="low −119 °C",
    context="cold",
    person="anna",
    comment="pump off; 'see' \"log\"\nline two",
    table="ab12",
    incident=3,
    old=True,
    what=Transition.RAISED,
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
    path = journal_path(None, Path("/data/14_Mar_19"))
    assert path.parent.parent == private_home / ".local/state/eyegore"
    assert journals(None) == []
    with Journal(path):
        assert journals(None) == [path]
    made = [path.parent, path.parent.parent, path]
    assert [each.stat().st_mode & 0o777 for each in made] == [0o700, 0o700, 0o600]


# --- what is in it ---------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(codec="utf-8"))
REAL = st.floats().map(lambda number: number + 0.0)
"""Without minus zero: SQLite keeps no sign of a zero."""
ENTRIES = st.builds(
    AlarmEntry,
    **dict.fromkeys(("parameter", "limit", "context", "person", "comment", "table"), TEXT),
    kind=st.sampled_from([*AlarmKind, *NoteKind]),
    severity=st.sampled_from(Severity),
    before=st.none() | st.sampled_from(AlarmState),
    after=st.none() | st.sampled_from(AlarmState),
    what=st.none() | st.sampled_from(Transition),
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


@pytest.mark.parametrize("context", ["", "cold"])
def test_what_a_later_release_wrote_is_told(context: str) -> None:
    row = row_of(entry(1.0, context=context))
    later = dict(zip(COLUMNS, row, strict=True)) | {"kind": "VIBRATION", "severity": "FATAL"}
    found = entry_of(tuple(later.values()))
    assert (found.kind, found.severity) == (NoteKind.UNKNOWN, Severity.WARNING)
    told = "of a later Eyegore: kind VIBRATION, severity FATAL"
    assert found.context == (f"cold, {told}" if context else told)
    assert replace(found, kind=ENTRY.kind, severity=ENTRY.severity, context="cold", time=ENTRY.time) == replace(
        ENTRY, parameter="A"
    )


def test_tables_are_those_of_this_version() -> None:
    """A new field of AlarmEntry needs a new version of the tables, and a conversion of the older ones."""
    fields = "time data_time parameter kind before after severity value limit context person comment table incident old"
    assert VERSION == 4
    assert (*fields.split(), "what") == COLUMNS


def test_a_journal_of_the_first_version_is_converted_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as old:
        for statement in TABLES:
            if "outbox" not in statement and "TABLE state" not in statement:
                old.execute(statement.replace(', "what" TEXT NOT NULL', ""))
        old.execute(f"PRAGMA application_id = {JOURNAL.application}")
        old.execute("PRAGMA user_version = 1")
        insert = INSERT.replace(', "what"', "").replace("?, ", "", 1)
        for comment, person in (("raised", ""), ("raised", "anna"), ("it is wet", "")):
            old.execute(insert, row_of(entry(1.0, "A", comment=comment, person=person))[:-1])
        old.execute(KEEP, ("state", '{"a": 1}'))
        old.commit()
    with Journal(path) as journal:
        found = [(one.what, one.person, one.comment) for one in journal.entries()]
        assert found == [(Transition.RAISED, "", ""), (None, "anna", "raised"), (None, "", "it is wet")]
        assert journal.state() == {"a": 1}
        assert Outbox(path).unfinished() == []
    with closing(sqlite3.connect(path)) as new:
        assert new.execute("PRAGMA user_version").fetchone() == (4,)


def test_a_journal_of_2026_is_read_and_written_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    shutil.copy(WRITTEN, path)
    with Journal(path) as journal:
        assert journal.news() == []
        assert (journal.folder(), journal.state()) == ("/data/14_Mar_19", {"counter": 2, "alarms": []})
        first, second = journal.entries()
        assert (first.data_time, first.value, first.limit, first.comment) == (0.5, -140.5, "low −133 °C", "a comment")
        assert math.isnan(second.data_time)
        (waiting,) = Outbox(path).unfinished()
        assert (waiting.address, waiting.notice.subject) == ("ana@lab.invalid", "sübject")
        journal.record([entry(3.0, "A")], None)
        assert len(list(journal.entries())) == 3
        assert journal.state() == {"counter": 2, "alarms": []}
        journal.record([], {"counter": 3})
        assert journal.state() == {"counter": 3}


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


def test_state_that_is_the_same_is_not_written_again(journal: Journal, path: Path) -> None:
    log = Path(f"{path}-wal")
    journal.record([], {"counter": 1})
    before = log.stat()
    journal.record([], {"counter": 1})
    assert (log.stat().st_size, log.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    journal.record([], {"counter": 2})
    journal.record([], {"counter": 1})
    assert journal.state() == {"counter": 1}


@pytest.fixture
def writes(path: Path) -> Iterator[Callable[[], list[tuple[str, str]]]]:
    """What was written over or removed of the state since this was last asked: how, and the names of the part."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE done (how TEXT, path TEXT)")
        for how, row in (("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")):
            note = f"INSERT INTO done VALUES ('{how}', {row}.path);"
            other.execute(f"CREATE TRIGGER note_{how} AFTER {how} ON state BEGIN {note} END")
        other.commit()

        def asked() -> list[tuple[str, str]]:
            with other:
                return other.execute("DELETE FROM done RETURNING how, path").fetchall()

        yield asked


def test_of_a_state_what_changed_is_written(journal: Journal, writes: Callable[[], list[tuple[str, str]]]) -> None:
    state: dict[str, Any] = {"alarms": {"alarms": {"A": {"worst": 1.0}, "B": [2]}, "flood": False}, "judged": {"f": 1}}
    journal.record([], state)
    assert {path for _, path in writes()} == {
        '["alarms", "alarms", "A"]', '["alarms", "alarms", "B"]', '["alarms", "flood"]', '["judged", "f"]'
    }  # fmt: skip
    state["judged"]["f"] = 2
    journal.record([], state)
    assert writes() == [("UPDATE", '["judged", "f"]')]
    del state["alarms"]["alarms"]["A"]
    state["alarms"]["alarms"]["B"] = [2, 3]
    journal.record([entry(1.0)], state)
    assert writes() == [("DELETE", '["alarms", "alarms", "A"]'), ("UPDATE", '["alarms", "alarms", "B"]')]
    del state["alarms"]["alarms"]["B"]
    journal.record([], state)
    assert journal.state() == state, "what is empty is there"


def test_what_may_wait_is_written_with_what_may_not(journal: Journal) -> None:
    journal.record([], {"judged": 1, "phase": "cold"})
    journal.record([], {"judged": 2, "phase": "cold"}, later=("judged",))
    assert journal.state() == {"judged": 1, "phase": "cold"}
    journal.record([], {"judged": 3, "phase": "warm"}, later=("judged",))
    assert journal.state() == {"judged": 3, "phase": "warm"}
    journal.record([entry(1.0)], {"judged": 4, "phase": "warm"}, later=("judged",))
    assert journal.state() == {"judged": 4, "phase": "warm"}
    journal.record([], {"judged": 5, "phase": "warm"})
    assert journal.state() == {"judged": 5, "phase": "warm"}


# --- kill -9 ---------------------------------------------------------------------------------------------------------

ENDLESS_WRITER = """
import os, sys
from pathlib import Path
from eyegore.journal.journal import Journal
from eyegore.limits.model import Severity
from eyegore.messages.events import AlarmEntry, AlarmKind, AlarmState, Transition
journal = Journal(Path(sys.argv[1]))
count = (journal.state() or {"counter": 0})["counter"]
while True:
    count += 1
    kind, severity = AlarmKind.OOL, Severity.WARNING
    entry = AlarmEntry(count, count, "A", kind, None, None, severity, 1.0, "", "", "", "x" * (count % 99), "")
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
            time.sleep(moments.uniform(0, 0.004))  # no event to await: it must hit anywhere, inside a transaction too
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


def test_another_process_with_the_journal_is_found_before_it_is_opened(journal: Journal, path: Path) -> None:
    with pytest.raises(JournalError, match=rf"another Eyegore \(process {os.getpid()}\) already writes"):
        free_or_refused(path)
    journal.close()
    free_or_refused(path)
    free_or_refused(path.with_name("there is none") / "day.sqlite")


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
    monkeypatch.setattr(journal_file, "JOURNAL", replace(JOURNAL, wait_s=0.0))
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
