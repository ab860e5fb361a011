"""Ingest on real folders: what happens to them, and what is posted."""

from __future__ import annotations

import os
import queue
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eyegore.feeds.day_reader import DayReader
from eyegore.feeds.ingest import Ingest
from eyegore.messages.events import CaughtUp, ExposureRows, HkRows, SourceKind, WatcherState, WorkerDied

from ...patience import AWAITED_S

if TYPE_CHECKING:
    from .conftest import Inbox
from ..written_day import Day

Wait = Callable[..., None]
Start = Callable[..., Ingest]


def test_at_start_everything_is_read_once(running: Ingest, inbox: Inbox) -> None:
    assert inbox.rows == list(range(100))
    assert inbox.obsids == [17001] * 3
    assert len(inbox.images) == 3
    assert all(inbox.whole.values())
    assert inbox.kinds == [SourceKind.ONLINE]
    assert [header.elvis for header in inbox.headers][-1] == "7.5.X"


def test_at_start_the_newest_rows_come_first_and_the_images_last(
    day: Day, inbox: Inbox, ingesting: Start, wait_until: Wait
) -> None:
    day.hk(range(50))
    day.hk(range(50, 3000), number=2)
    day.log(range(17001, 17003))
    day.image(17001, age=3600)
    ingesting(day.folder)
    wait_until(lambda: inbox.caught_up)
    rows = [message for message in inbox.all if isinstance(message, HkRows)]
    first = rows[0]
    assert first.preview
    assert first.values[-1, 0] == 2999
    order = [type(message) for message in inbox.all if not isinstance(message, WatcherState)]
    assert order.index(ExposureRows) < inbox.all.index(inbox.hk[0]) < inbox.all.index(inbox.images[0])
    assert order[-1] is CaughtUp
    assert inbox.rows == list(range(3000))
    for message in inbox.hk:
        assert message.values[0, 0] + (2 if message.path.endswith("_01.txt") else -48) == message.line


def test_new_rows_are_posted(running: Ingest, day: Day, inbox: Inbox, wait_until: Wait) -> None:
    day.hk(range(100, 103))
    wait_until(lambda: len(inbox.rows) == 103)
    day.log(range(17002, 17003))
    wait_until(lambda: inbox.obsids[3:] == [17002] * 3)
    assert inbox.rows == list(range(103))


def test_a_folder_at_rest_is_left_alone_until_inotify_calls(
    day: Day, inbox: Inbox, ingesting: Start, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eyegore.feeds.ingest.REST_S", 0.0)
    monkeypatch.setattr("eyegore.feeds.ingest.RESTING_CYCLE_S", 3600.0)
    looks: list[float] = []
    look = DayReader.look

    def counted(reader: DayReader, woken: frozenset[str], now: float, received: float, **how: bool) -> object:
        looks.append(now)
        return look(reader, woken, now, received, **how)

    monkeypatch.setattr(DayReader, "look", counted)
    day.hk(range(100))
    ingesting(day.folder)
    wait_until(lambda: any(isinstance(message, WatcherState) and message.kind == "inotify" for message in inbox.all))
    for number in range(100, 103):
        day.hk(range(number, number + 1))
        wait_until(lambda number=number: inbox.rows == list(range(number + 1)))  # type: ignore[misc]
    assert len(looks) < 20


def test_half_a_line_waits_for_its_end(running: Ingest, day: Day, inbox: Inbox, wait_until: Wait) -> None:
    path = day.hk(range(0))
    text = day.hk(range(100, 101), name="HK_15-03-19_ROE1_99.tmp").read_text().splitlines()[1]
    with path.open("a") as file:
        file.write(text[:40])
    day.log(range(17002, 17003))
    wait_until(lambda: len(inbox.obsids) == 6)
    assert len(inbox.rows) == 100
    with path.open("a") as file:
        file.write(text[40:] + "\n")
    wait_until(lambda: len(inbox.rows) == 101)
    assert inbox.rows[-1] == 100
    assert inbox.bad == []


def test_a_bad_line_is_named_and_the_rest_read(running: Ingest, day: Day, inbox: Inbox, wait_until: Wait) -> None:
    path = day.hk(range(0))
    with path.open("a") as file:
        file.write("garbage\n")
    day.hk(range(100, 102))
    wait_until(lambda: len(inbox.rows) == 102)
    assert [(bad.path, bad.line) for bad in inbox.bad] == [(str(path), 102)]


def test_a_new_master_file_goes_on_where_the_old_one_ends(
    running: Ingest, day: Day, inbox: Inbox, wait_until: Wait
) -> None:
    day.hk(range(100, 110), number=2)
    wait_until(lambda: len(inbox.rows) == 110)
    day.hk(range(5), date=day.next_day)
    wait_until(lambda: len(inbox.rows) == 115)
    day.hk(range(110, 112), number=2)
    wait_until(lambda: len(inbox.rows) == 117)
    assert inbox.rows == [*range(110), *range(5), 110, 111]
    assert inbox.kinds.count(SourceKind.CREATED) == 2


def test_a_truncated_file_is_read_from_its_start(running: Ingest, day: Day, inbox: Inbox, wait_until: Wait) -> None:
    path = day.hk(range(0))
    path.write_text("")
    day.hk(range(500, 503))
    wait_until(lambda: inbox.rows[100:] == [500, 501, 502])
    assert {SourceKind.TRUNCATED, SourceKind.REPLACED} & set(inbox.kinds)


def test_a_file_replaced_by_the_same_and_more_is_not_read_twice(
    running: Ingest, day: Day, inbox: Inbox, wait_until: Wait
) -> None:
    path = day.hk(range(0))
    copy = day.folder / "copy.tmp"
    shutil.copy(path, copy)
    day.hk(range(100, 102), name=copy.name)
    copy.rename(path)
    wait_until(lambda: len(inbox.rows) == 102)
    assert inbox.rows == list(range(102))
    assert SourceKind.REPLACED in inbox.kinds


def test_a_file_that_vanishes_and_comes_back_goes_on(running: Ingest, day: Day, inbox: Inbox, wait_until: Wait) -> None:
    path = day.hk(range(0))
    away = day.folder.parent / "away"
    path.rename(away)
    wait_until(lambda: SourceKind.VANISHED in inbox.kinds)
    away.rename(path)
    wait_until(lambda: SourceKind.RETURNED in inbox.kinds)
    day.hk(range(100, 101))
    wait_until(lambda: len(inbox.rows) == 101)
    assert inbox.rows == list(range(101))
    assert SourceKind.CREATED not in inbox.kinds


def test_obsid_hk_is_read_while_there_is_no_master_file(
    day: Day, inbox: Inbox, ingesting: Start, wait_until: Wait
) -> None:
    day.obsid_hk(17002, range(20, 25))
    day.obsid_hk(17001, range(10, 15))
    ingesting(day.folder)
    wait_until(lambda: inbox.caught_up)
    assert inbox.rows == [*range(10, 15), *range(20, 25)]
    day.obsid_hk(17003, range(30, 32))
    wait_until(lambda: inbox.rows[-1] == 31)
    inbox.clear()
    day.hk(range(100, 103))
    wait_until(lambda: inbox.rows == [100, 101, 102])
    day.obsid_hk(17004, range(40, 45))
    day.hk(range(103, 104))
    wait_until(lambda: inbox.rows == [100, 101, 102, 103])


def test_obsid_hk_beside_master_files_is_not_read(day: Day, inbox: Inbox, ingesting: Start, wait_until: Wait) -> None:
    day.obsid_hk(17001, range(10, 15))
    day.hk(range(5), name="HK_14-03-19_ROE1.txt")
    ingesting(day.folder)
    wait_until(lambda: inbox.caught_up)
    assert inbox.rows == list(range(5))


def test_what_is_not_wanted_is_not_read(day: Day, inbox: Inbox, ingesting: Start, wait_until: Wait) -> None:
    day.hk(range(5))
    day.log(range(17001, 17002))
    day.image(17001, age=3600)
    (day.folder / "EUC_17002_140319D_120000T_ROE1_CCD1.fits").mkdir()
    ingesting(day.folder, images=False, exposures=False)
    wait_until(lambda: inbox.caught_up)
    assert (len(inbox.rows), inbox.obsids, inbox.images) == (5, [], [])


def test_one_unreadable_file_does_not_stop_the_others(
    running: Ingest, day: Day, inbox: Inbox, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eyegore.elvis.hk_file import HkTail

    failures: list[str] = []

    def fail(self: HkTail, received: float) -> None:
        failures.append(self.path)
        raise ValueError("a fault of ours")

    with monkeypatch.context() as patch:
        patch.setattr(HkTail, "poll", fail)
        day.hk(range(100, 101))
        day.log(range(17002, 17003))
        wait_until(lambda: len(inbox.obsids) == 6)
        wait_until(lambda: len(failures) > 2, message="a file that failed is not tried again")
    wait_until(lambda: len(inbox.rows) == 101)
    assert inbox.kinds.count(SourceKind.UNREADABLE) == 1
    assert "a fault of ours" in next(e.text for e in inbox.events if e.kind is SourceKind.UNREADABLE)


def test_a_worker_that_died_tells_why_and_goes_on_when_started_again(day: Day, inbox: Inbox, wait_until: Wait) -> None:
    day.hk(range(10))
    broken = threading.Event()

    def post(message: object) -> None:
        if broken.is_set() and isinstance(message, ExposureRows):
            broken.clear()
            raise RuntimeError("no room")
        inbox.all.append(message)  # type: ignore[arg-type]

    ingest = Ingest(day.folder, post, polling=True)
    ingest.start()
    wait_until(lambda: inbox.caught_up)
    broken.set()
    day.log(range(17001, 17002))
    wait_until(lambda: not ingest.alive)
    assert str(ingest.error) == "no room"
    ingest.start()
    day.hk(range(10, 12))
    wait_until(lambda: len(inbox.rows) == 12)
    assert inbox.rows == list(range(12))
    ingest.stop()
    assert ingest.join(AWAITED_S)


def test_a_dead_watcher_is_replaced(day: Day, inbox: Inbox, ingesting: Start, wait_until: Wait) -> None:
    ingest = ingesting(day.folder)
    wait_until(lambda: inbox.watcher)
    first = ingest._watch
    assert first is not None
    first.error = OSError("gone")
    first.stop()
    wait_until(lambda: ingest._watch not in (None, first))
    assert [message.worker for message in inbox.all if isinstance(message, WorkerDied)] == ["watcher"]


def test_stopping_does_not_wait_for_a_file_system_that_hangs(
    day: Day, inbox: Inbox, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang, hanging, answer = threading.Event(), threading.Event(), threading.Event()
    access = os.access

    def slow(path: Path, mode: int) -> bool:
        if hang.is_set() and threading.current_thread().name == "ingest":
            hanging.set()
            answer.wait(AWAITED_S)
        return access(path, mode)

    monkeypatch.setattr(os, "access", slow)
    ingest = Ingest(day.folder, inbox.post)
    ingest.start()
    wait_until(lambda: inbox.caught_up)
    hang.set()
    assert hanging.wait(AWAITED_S)
    ingest.stop()
    assert not ingest.join(0.5)
    answer.set()
    assert ingest.join(AWAITED_S)


def test_no_file_is_kept_open_and_nothing_is_written(running: Ingest, day: Day, inbox: Inbox, wait_until: Wait) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in day.folder.iterdir()}
    day.log(range(17002, 17003))
    wait_until(lambda: len(inbox.obsids) == 6)
    opened = {os.path.realpath(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")}
    assert not [path for path in opened if path.startswith(str(day.folder) + "/")]
    after = {path.name: path.stat().st_mtime_ns for path in day.folder.iterdir()}
    after["EXP_LOG_140319.txt"] = before["EXP_LOG_140319.txt"]
    assert after == before


def test_the_history_is_read_as_fast_as_it_is_shown(
    day: Day, inbox: Inbox, ingesting: Start, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eyegore.feeds.ingest.SHOWN_S", 10 * AWAITED_S)
    asked: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    day.hk(range(3000))
    ingesting(day.folder, when_shown=asked.put)
    told: list[int] = []
    while not inbox.caught_up:
        shown = asked.get(timeout=AWAITED_S)
        told.append(len(inbox.rows))  # nothing more is read until it is shown
        shown()
        wait_until(lambda: inbox.caught_up or not asked.empty())
    assert len(told) > 3
    assert sorted(set(told)) == told
    assert inbox.rows == list(range(3000))


def test_a_window_that_hangs_is_waited_for_once(
    day: Day, inbox: Inbox, ingesting: Start, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eyegore.feeds.ingest.SHOWN_S", 0.0)
    asked: list[Callable[[], None]] = []
    day.hk(range(3000))
    ingesting(day.folder, when_shown=asked.append)
    wait_until(lambda: inbox.caught_up)
    assert inbox.rows == list(range(3000))
    assert len(asked) == 1


def test_thousands_of_files(day: Day, inbox: Inbox, ingesting: Start, wait_until: Wait) -> None:
    day.hk(range(200))
    for obsid in range(17001, 17668):
        for ccd in (1, 2, 3):
            day.image(obsid, ccd, age=3600)
    ingesting(day.folder)
    wait_until(lambda: inbox.caught_up)
    assert len(inbox.whole) == 2001
    assert all(inbox.whole.values())
    assert inbox.images[0].obsid == 17667
    day.image(18000)
    wait_until(lambda: inbox.whole.get(os.path.basename(inbox.images[-1].path)) and inbox.images[-1].obsid == 18000)
