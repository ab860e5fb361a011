"""A journal that is held by another program, or lies on a disk that hangs, holds up nobody who writes into it."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from eyegore.journal import keeper as keeper_module
from eyegore.journal.delivery import Delivery
from eyegore.journal.journal import Journal
from eyegore.journal.keeper import JournalKeeper
from eyegore.journal.outbox import Outbox
from eyegore.journal.reader import JournalReader
from eyegore.limits.model import Severity
from eyegore.messages.events import AlarmEntry, AlarmKind, Noted
from eyegore.messages.warnings import Channel, Notice, Reason

from ...patience import AWAITED_S

NOW = 1_552_600_000.0
MEMORY = {"counter": 4}
WaitUntil = Callable[..., None]


def noted(comment: str) -> Noted:
    nan = float("nan")
    entry = AlarmEntry(NOW, NOW, "TEMP", AlarmKind.OOL, None, None, Severity.NONE, nan, "", "", "", comment, "")
    return Noted(entry, "")


def delivery(number: int) -> Delivery:
    notice = Notice(f"key {number}", Reason.RAISED, Severity.CRITICAL, "Ana", (Channel.SMS,), "", "", "", "", NOW, NOW)
    return Delivery(notice, Channel.SMS, "+31")


def kept(path: Path) -> list[str]:
    with JournalReader(path) as reader:
        return [entry.comment for entry in reader.entries()]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def keeper(tmp_path: Path, said: list[str]) -> Iterator[JournalKeeper]:
    keeper = JournalKeeper(tmp_path / "day.sqlite", tmp_path, said.append, keep_days=400.0)
    keeper.write([noted("before")], lambda: MEMORY)
    yield keeper
    keeper.close(lambda: MEMORY)


def test_another_program_that_holds_the_journal_holds_up_nobody(
    keeper: JournalKeeper, said: list[str], wait_until: WaitUntil
) -> None:
    """Forty writes while it is held take as long as one: it was 2 s for each."""
    with closing(sqlite3.connect(keeper.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        for number in range(40):
            keeper.write([noted(str(number))], lambda: MEMORY)
            keeper.tick(NOW + number, lambda: MEMORY)
        assert time.monotonic() - began < 40 * keeper_module.PATIENCE_S, "it was not waited for each time"
        assert not keeper.complete

        def told() -> bool:
            keeper.tick(NOW, lambda: MEMORY)
            return len(said) == 1

        wait_until(told)
        assert "another program holds it" in said[0]
        other.execute("ROLLBACK")

    def written() -> bool:
        keeper.tick(NOW + 50, lambda: MEMORY)
        return keeper.complete

    wait_until(written)
    assert kept(keeper.path) == ["before", *map(str, range(40))]
    assert said[1:] == ["the journal is written again"]


def test_a_disk_that_hangs_holds_up_nobody(
    keeper: JournalKeeper, said: list[str], wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "PATIENCE_S", 0.01)
    monkeypatch.setattr(keeper_module, "HANGS_S", 0.0)
    answers, record = threading.Event(), Journal.record

    def hang(journal: Journal, *args: object) -> None:
        answers.wait(AWAITED_S)
        record(journal, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Journal, "record", hang)
    for number in range(5):
        keeper.write([noted(str(number))], lambda: MEMORY, [delivery(number)])
    assert said == ["the journal cannot be written, its entries wait: the disk does not answer, look there"]
    answers.set()

    def written() -> bool:
        keeper.tick(NOW, lambda: MEMORY)
        return keeper.complete

    wait_until(written)
    assert kept(keeper.path) == ["before", *map(str, range(5))], "each once"
    assert said[1:] == ["the journal is written again"]


def test_marks_of_what_is_sent_wait_for_a_held_journal_once(keeper: JournalKeeper) -> None:
    outbox = Outbox(keeper.path)
    keeper.write([], lambda: MEMORY, [delivery(number) for number in range(10)])
    with closing(sqlite3.connect(keeper.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        assert all("another program holds it" in outbox.mark(delivery(number)) for number in range(10))
        assert time.monotonic() - began < 10 * 2.0, "not the usual wait for each"
        other.execute("ROLLBACK")
    assert outbox.flush() == ""
