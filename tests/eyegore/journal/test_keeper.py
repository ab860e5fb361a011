"""How long the journal of a running session is kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from eyegore.journal.keeper import DAY_S, JournalKeeper
from eyegore.journal.reader import JournalReader
from eyegore.limits.model import Severity
from eyegore.messages.events import AlarmEntry, AlarmKind, Noted

NOW = 1_552_600_000.0
MEMORY = {"counter": 4}


def noted(days_ago: float) -> Noted:
    time = NOW - days_ago * DAY_S
    return Noted(
        AlarmEntry(time, time, "TEMP", AlarmKind.OOL, None, None, Severity.NONE, 0.0, "", "", "", f"{days_ago:g}", ""),
        "",
    )


def kept(path: Path) -> list[str]:
    with JournalReader(path) as reader:
        return [entry.comment for entry in reader.entries()]


def test_old_entries_go_at_the_start_and_once_a_day(tmp_path: Path) -> None:
    path = tmp_path / "day.sqlite"
    said: list[str] = []
    keeper = JournalKeeper(path, tmp_path, said.append, keep_days=1.5)
    keeper.write([noted(days_ago) for days_ago in (400, 2, 1.4, 0.2)], lambda: MEMORY)
    assert kept(path) == ["400", "2", "1.4", "0.2"]
    keeper.tick(NOW, lambda: MEMORY)
    assert kept(path) == ["1.4", "0.2"]
    keeper.tick(NOW + DAY_S - 1, lambda: MEMORY)
    assert kept(path) == ["1.4", "0.2"]
    keeper.tick(NOW + DAY_S, lambda: MEMORY)
    assert kept(path) == ["0.2"]
    keeper.tick(NOW + 9 * DAY_S, lambda: MEMORY)
    assert (kept(path), keeper.state()) == ([], MEMORY)
    keeper.close(lambda: MEMORY)
    assert said == []


def test_a_state_that_did_not_change_is_not_made_up_again(tmp_path: Path) -> None:
    keeper = JournalKeeper(tmp_path / "day.sqlite", tmp_path, lambda _line: None, keep_days=400.0)
    made: list[bool] = []

    def memory() -> dict[str, object]:
        made.append(True)
        return MEMORY

    keeper.tick(NOW, memory)
    for second in range(1, 60):
        keeper.tick(NOW + second, memory, changed=False)
    assert len(made) == 1
    keeper.tick(NOW + 60, memory)
    assert len(made) == 2
    keeper.close(memory)


def test_what_only_rows_changed_is_written_now_and_then_and_with_whatever_else_happens(tmp_path: Path) -> None:
    path = tmp_path / "day.sqlite"
    keeper = JournalKeeper(path, tmp_path, lambda _line: None, keep_days=400.0, by_rows=("judged",))
    memory = {"judged": 0, "phase": "cold"}

    def written(second: float, judged: int, *events: Noted, phase: str = "cold", also: bool = False) -> int:
        """How many rows the journal says are judged after a second."""
        memory.update(judged=judged, phase=phase)
        keeper.write(events, lambda: memory, also=also)
        keeper.tick(NOW + second, lambda: memory)
        return int((keeper.state() or {})["judged"])

    assert [written(second, second) for second in range(22)] == [0] * 10 + [10] * 10 + [20] * 2
    assert written(22, 22, noted(0)) == 22
    assert written(23, 23) == 22
    assert written(24, 24, phase="warm") == 24
    assert written(25, 25, phase="warm", also=True) == 25
    assert written(3, 26, phase="warm") == 26, "the clock was set back"
    memory.update(judged=27)
    keeper.close(lambda: memory)
    with JournalReader(path) as reader:
        assert (reader.state() or {})["judged"] == 27


def test_a_state_that_cannot_be_read_is_kept_under_another_name(tmp_path: Path) -> None:
    path = tmp_path / "day.sqlite"
    keeper = JournalKeeper(path, tmp_path, lambda _line: None, keep_days=400.0)
    keeper.tick(NOW, lambda: MEMORY)
    keeper.close(lambda: MEMORY)
    with closing(sqlite3.connect(path)) as journal:
        journal.execute("UPDATE state SET json = '{damaged'")
        journal.commit()
    said: list[str] = []
    again = JournalKeeper(path, tmp_path, said.append, keep_days=400.0)
    assert again.state() is None
    again.tick(NOW, lambda: MEMORY)
    again.close(lambda: MEMORY)
    with closing(sqlite3.connect(path)) as journal:
        ((name, content),) = journal.execute("SELECT name, json FROM kept WHERE name LIKE 'state%'").fetchall()
    assert "{damaged" in content
    assert f"as '{name}'" in said[0]
    with JournalReader(path) as reader:
        assert reader.state() == MEMORY
