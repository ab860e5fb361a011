"""SQLite files in which Eyegore remembers: made, brought up to date, set aside, left alone."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from eyegore.basics.errors import EyegoreError
from eyegore.basics.store import StoreKind, transaction

from ...patience import AWAITED_S

KIND = StoreKind("the diary", EyegoreError, 0x45790000, 2, ("CREATE TABLE days (day TEXT NOT NULL)",), 5.0)


def days(connection: sqlite3.Connection) -> list[str]:
    return [day for (day,) in connection.execute("SELECT day FROM days")]


def put(connection: sqlite3.Connection, day: str) -> None:
    with transaction(connection):
        connection.execute("INSERT INTO days VALUES (?)", (day,))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "of" / "diary.sqlite"


def test_a_new_one_is_private_written_ahead_and_ours(path: Path) -> None:
    with closing(KIND.open(path, lambda made: made.execute("INSERT INTO days VALUES ('first')"))) as made:
        asked = [
            made.execute(f"PRAGMA {one}").fetchone()[0] for one in ("journal_mode", "application_id", "user_version")
        ]
        assert asked == ["wal", 0x45790000, 2]
        assert days(made) == ["first"]
    assert [each.stat().st_mode & 0o777 for each in (path.parents[1], path.parent, path)] == [0o700, 0o700, 0o600]


def test_it_is_made_once(path: Path) -> None:
    with closing(KIND.open(path)) as made:
        put(made, "Monday")
    with closing(KIND.open(path, lambda made: pytest.fail("made again"))) as again:
        assert days(again) == ["Monday"]


def test_a_transaction_is_all_or_nothing(path: Path) -> None:
    def torn(connection: sqlite3.Connection) -> None:
        with transaction(connection):
            connection.execute("INSERT INTO days VALUES ('half')")
            raise KeyboardInterrupt

    with closing(KIND.open(path)) as made:
        with pytest.raises(KeyboardInterrupt):
            torn(made)
        assert days(made) == []
        put(made, "whole")
        assert days(made) == ["whole"]


def test_an_older_one_is_brought_up_to_date_step_by_step(path: Path) -> None:
    with closing(KIND.open(path)) as made:
        put(made, "Monday")
    newer = replace(
        KIND,
        version=4,
        upgrades={
            2: ("ALTER TABLE days ADD COLUMN rain INTEGER NOT NULL DEFAULT 0",),
            3: ("UPDATE days SET rain = 7",),
        },
    )
    for _ in range(2):
        with closing(newer.open(path)) as found:
            assert found.execute("SELECT day, rain FROM days").fetchall() == [("Monday", 7)]
            assert found.execute("PRAGMA user_version").fetchone() == (4,)


def test_one_of_a_newer_eyegore_is_left_alone(path: Path) -> None:
    replace(KIND, version=3).open(path).close()
    before = path.read_bytes()
    with pytest.raises(EyegoreError, match=r"the diary .* newer Eyegore \(version 3, this one knows 2\)"):
        KIND.open(path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def test_one_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE recipes (soup)")
    before = path.read_bytes()
    with pytest.raises(EyegoreError, match="of another program, not the diary"):
        KIND.open(path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def text(content: bytes) -> bytes:
    return b"this is no database\n" * 100


def half(content: bytes) -> bytes:
    return content[: len(content) // 2 + 100]


def scribbled(content: bytes) -> bytes:
    return content[:4096] + b"\xff" * (len(content) - 4096)


@pytest.mark.parametrize("spoil", [text, half, scribbled])
def test_a_damaged_one_is_set_aside_and_told(spoil: Callable[[bytes], bytes], path: Path) -> None:
    with closing(KIND.open(path)) as made:
        put(made, "x" * 30_000)
    spoilt = spoil(path.read_bytes())
    path.write_bytes(spoilt)
    Path(f"{path}-wal").write_bytes(b"newest")
    told: list[str] = []
    with closing(KIND.open(path, tell=told.append)) as found:
        assert days(found) == []
    (aside,) = path.parent.glob("*.broken-??????????????????????")
    assert aside.read_bytes() == spoilt
    assert Path(f"{aside}-wal").read_bytes() == b"newest"
    assert len(told) == 1
    assert told[0].startswith(f"the diary {path} was corrupt (")
    assert told[0].endswith(f"set aside as {aside}, a new one is begun")


def test_several_may_make_it_at_once(tmp_path: Path) -> None:
    together = threading.Barrier(4)
    faults: list[BaseException] = []

    def several() -> None:
        for number in range(20):
            together.wait(AWAITED_S)
            try:
                with closing(KIND.open(tmp_path / f"{number}.sqlite")) as made:
                    put(made, "Monday")
            except EyegoreError as why:
                faults.append(why)

    threads = [threading.Thread(target=several) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with closing(KIND.open(tmp_path / "19.sqlite")) as found:
        assert days(found) == ["Monday"] * 4


def test_what_is_refused_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EyegoreError, match=r"the diary .*Not a directory: give another place with --state DIR"):
        KIND.open(tmp_path / "file" / "a.sqlite")
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(EyegoreError, match=r"unable to open database file: not allowed"):
        KIND.open(tmp_path / "folder.sqlite")
