"""Which HK files are read in which order, and how new rows overtake a long history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eyegore.elvis.day_folder import DayFile, lab_seconds, parse_name
from eyegore.feeds.hk_source import HkSource
from eyegore.messages.events import FeedMessage, HkHeader, HkRows, SourceKind

if TYPE_CHECKING:
    from .conftest import Inbox
from ..written_day import Day

NOTHING: frozenset[str] = frozenset()


def files(folder: Path) -> list[DayFile]:
    return [file for path in sorted(folder.iterdir()) if (file := parse_name(path.name))]


def rows(messages: list[FeedMessage], *, preview: bool) -> list[float]:
    taken = [message for message in messages if isinstance(message, HkRows) and message.preview == preview]
    return [float(row[0]) for message in taken for row in message.values]


def the_rest(source: HkSource, now: float) -> Iterator[FeedMessage]:
    while source.pending:
        yield from source.advance(now, 0.0)


def test_rows_written_while_the_history_is_read_overtake_it(day: Day) -> None:
    day.hk(range(2000))
    day.hk(range(2000, 4000), number=2)
    source = HkSource(day.folder)
    source.add(files(day.folder))
    first = source.look(NOTHING, 10.0, 0.0)
    assert isinstance(first[0], HkHeader)
    assert first[0].elvis == "7.5.X"
    assert rows(first, preview=True)[-1] == 3999
    history = source.advance(10.0, 0.0)
    assert rows(history, preview=False)[0] == 0
    day.hk(range(4000, 4002), number=2)
    assert source.look(NOTHING, 10.1, 0.0) == [], "not more often than is worth it"
    assert rows(source.look(NOTHING, 10.3, 0.0), preview=True) == [4000, 4001]
    assert source.look(NOTHING, 10.6, 0.0) == []
    history += the_rest(source, 10.6)
    assert rows(history, preview=False) == list(range(4002)), "what was previewed comes again in its turn"


def test_files_are_read_by_date_then_number_whatever_the_text(day: Day, inbox: Inbox) -> None:
    order = [((31, 1, 19), 2), ((14, 2, 19), 1), ((14, 2, 19), 10), ((1, 3, 19), 1)]
    for place, (date, number) in enumerate(order):
        day.hk(range(place * 10, place * 10 + 3), number=number, date=lab_seconds(*date))
    source = HkSource(day.folder, preview=False)
    source.add(files(day.folder))
    for message in the_rest(source, 0.0):
        inbox.post(message)
    assert inbox.rows == [0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32]


@pytest.mark.parametrize(
    ("woken", "all_files", "found"), [(False, False, False), (True, False, True), (False, True, True)]
)
def test_an_old_file_is_looked_at_when_called_for(day: Day, woken: bool, all_files: bool, found: bool) -> None:
    old = day.hk(range(10))
    day.hk(range(10, 20), number=2)
    source = HkSource(day.folder, preview=False)
    source.add(files(day.folder))
    list(the_rest(source, 0.0))
    day.hk(range(100, 101))
    called = frozenset([old.name] if woken else [])
    assert rows(source.look(called, 1000.0, 0.0, all_files=all_files), preview=False) == ([100.0] if found else [])


def test_a_file_that_gave_rows_lately_is_looked_at_each_time(day: Day) -> None:
    day.hk(range(10))
    day.hk(range(10, 20), number=2)
    source = HkSource(day.folder, preview=False)
    source.add(files(day.folder))
    list(the_rest(source, 0.0))
    day.hk(range(100, 101))
    assert rows(source.look(NOTHING, 30.0, 0.0), preview=False) == [100.0]


def test_a_vanished_file_is_said_once(day: Day) -> None:
    path = day.hk(range(10))
    source = HkSource(day.folder, preview=False)
    source.add(files(day.folder))
    list(the_rest(source, 0.0))
    path.unlink()
    said = [*source.look(NOTHING, 1.0, 0.0), *source.look(NOTHING, 2.0, 0.0), *the_rest(source, 2.0)]
    assert [getattr(message, "kind", None) for message in said] == [SourceKind.VANISHED]
