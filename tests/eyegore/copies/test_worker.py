from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.copies.engine import SyncEngine
from eyegore.copies.ledger import SyncError
from eyegore.copies.programs.rsync import RsyncRun
from eyegore.copies.report import PassReport
from eyegore.copies.worker import PassFailed, SyncNews, SyncPace, SyncWorker

from ...patience import AWAITED_S
from ..written_day import Day
from .copy_lab import SyncLab, age

SELDOM = SyncPace(look_s=3600.0, full_s=7200.0, retry_s=0.05, retry_longest_s=0.2, lasting_longest_s=0.2)
OFTEN = SyncPace(look_s=0.05, full_s=0.1, retry_s=0.05, retry_longest_s=0.2)


@pytest.fixture
def lab(day: Day, tmp_path: Path) -> SyncLab:
    day.hk(range(50))
    age(day.folder)
    (tmp_path / "backup").mkdir()
    return SyncLab(day.folder, tmp_path / "backup", tmp_path / "state")


@pytest.fixture
def news() -> list[SyncNews]:
    return []


@pytest.fixture
def started(lab: SyncLab, news: list[SyncNews]) -> Iterator[Callable[[SyncPace], SyncWorker]]:
    workers: list[SyncWorker] = []

    def start(pace: SyncPace) -> SyncWorker:
        worker = SyncWorker("backup", lab.engine, news.append, pace)
        workers.append(worker)
        worker.start()
        return worker

    yield start
    for worker in workers:
        worker.stop()
    assert all(worker.join(AWAITED_S) for worker in workers)


def reports(news: list[SyncNews]) -> list[PassReport]:
    return [one for one in list(news) if isinstance(one, PassReport)]


def test_a_change_that_was_told_is_copied(
    day: Day,
    lab: SyncLab,
    news: list[SyncNews],
    started: Callable[[SyncPace], SyncWorker],
    wait_until: Callable[..., None],
) -> None:
    worker = started(SELDOM)
    wait_until(lambda: reports(news) and reports(news)[-1].done)
    day.image(17002, age=3600)
    worker.wake()
    wait_until(lambda: lab.alike if len(reports(news)) > 1 else False)
    assert reports(news)[-1].copied == 1


def test_a_turned_bit_is_found_by_the_slow_pass(
    lab: SyncLab,
    news: list[SyncNews],
    started: Callable[[SyncPace], SyncWorker],
    wait_until: Callable[..., None],
) -> None:
    started(OFTEN)
    wait_until(lambda: reports(news) and reports(news)[-1].done)
    lab.spoil("HK_14-03-19_ROE1_01.txt")
    wait_until(lambda: any(report.mismatches for report in reports(news)))
    assert lab.alike


def test_a_target_that_comes_late_is_waited_for(
    lab: SyncLab,
    news: list[SyncNews],
    started: Callable[[SyncPace], SyncWorker],
    wait_until: Callable[..., None],
) -> None:
    lab.root.rmdir()
    started(SELDOM)
    wait_until(lambda: len(news) > 2)
    failed = [one for one in list(news) if isinstance(one, PassFailed)]
    assert "is it mounted" in failed[0].words
    assert [one.again_s for one in failed[:4]] == [0.05, 0.1, 0.2, 0.2][: len(failed)]
    lab.root.mkdir()
    wait_until(lambda: reports(news) and reports(news)[-1].done)
    assert lab.alike


def test_stopping_ends_a_copy_that_hangs(
    lab: SyncLab,
    news: list[SyncNews],
    started: Callable[[SyncPace], SyncWorker],
    wait_until: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = tmp_path / "bin" / "rsync"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho started > "$0.began"\nexec sleep 600\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    worker = started(SELDOM)
    wait_until(program.with_name("rsync.began").exists)
    worker.stop()
    assert worker.join(AWAITED_S)
    assert not reports(news)


def test_a_fault_of_our_own_is_told_and_tried_again_with_a_new_engine(
    lab: SyncLab,
    news: list[SyncNews],
    started: Callable[[SyncPace], SyncWorker],
    wait_until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: RsyncRun) -> None:
        raise ZeroDivisionError("planted")

    with monkeypatch.context() as patched:
        patched.setattr(RsyncRun, "run", fail)
        started(SELDOM)
        wait_until(lambda: len(news) > 1)
    for one in news[:2]:
        assert isinstance(one, PassFailed)
        assert "ZeroDivisionError: planted" in one.words
    wait_until(lambda: reports(news) and reports(news)[-1].done)
    assert lab.alike


def test_a_change_ends_the_wait_after_a_failure(news: list[SyncNews], wait_until: Callable[..., None]) -> None:
    def opened() -> SyncEngine:
        raise SyncError("planted")

    worker = SyncWorker("backup", opened, news.append, replace(SELDOM, retry_longest_s=1e9))

    def tried() -> bool:
        worker.wake()
        return len(news) > 20  # without changes that would take half a day

    worker.start()
    wait_until(tried)
    worker.stop()
    assert worker.join(AWAITED_S)


def test_changes_do_not_hurry_logins_that_are_refused(news: list[SyncNews], wait_until: Callable[..., None]) -> None:
    tries: list[float] = []

    def opened() -> SyncEngine:
        tries.append(time.monotonic())
        raise SyncError("planted", lasting=True)

    worker = SyncWorker("backup", opened, news.append, replace(SELDOM, retry_longest_s=0.05, lasting_longest_s=0.4))

    def tried() -> bool:
        worker.wake()
        return len(tries) > 5

    worker.start()
    wait_until(tried)
    worker.stop()
    assert worker.join(AWAITED_S)
    promised = [one.again_s for one in news if isinstance(one, PassFailed)]
    assert promised[:5] == [0.05, 0.1, 0.2, 0.4, 0.4]
    assert all(later - one >= wait for one, later, wait in zip(tries[:5], tries[1:6], promised, strict=False))


def test_a_key_that_is_gone_is_a_failure_like_others(news: list[SyncNews], wait_until: Callable[..., None]) -> None:
    def opened() -> SyncEngine:
        raise SettingsError("the key cannot be read")

    worker = SyncWorker("backup", opened, news.append, SELDOM)
    worker.start()
    wait_until(lambda: len(news) > 1)
    worker.stop()
    assert worker.join(AWAITED_S)
    assert {one.words for one in news if isinstance(one, PassFailed)} == {"the key cannot be read"}


def test_a_look_is_a_full_pass_now_even_after_a_failure(
    lab: SyncLab, news: list[SyncNews], wait_until: Callable[..., None]
) -> None:
    lab.root.rmdir()
    worker = SyncWorker("backup", lab.engine, news.append, SyncPace(3600.0, 7200.0, 3600.0, 3600.0, 3600.0))
    worker.start()
    try:
        wait_until(lambda: news)
        lab.root.mkdir()
        worker.wake()  # a change alone does not shorten the wait
        worker.look()
        wait_until(lambda: reports(news) and reports(news)[-1].done)
        (lab.there / "HK_14-03-19_ROE1_01.txt").unlink()
        worker.look()
        wait_until(lambda: len(reports(news)) > 1 and lab.alike)
    finally:
        worker.stop()
        assert worker.join(AWAITED_S)
