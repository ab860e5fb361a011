"""What the passes for one target say: states, progress and changes, none of it oftener than needed."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from eyegore.copies.account import MOST_LISTED, SyncAccount
from eyegore.copies.ledger import FileState, LedgerEntry
from eyegore.copies.programs.rsync import RsyncFile, RsyncProgress
from eyegore.copies.report import Mismatch, PassReport
from eyegore.copies.target import SyncTarget, TargetKind
from eyegore.copies.worker import PassFailed
from eyegore.messages.copies import CopyProgress, CopyState, ExposureCopies, ExposureCopy, Role, SyncState
from eyegore.messages.events import FreeSpace

from ..written_day import Day
from .copy_lab import SyncLab, age

T = TypeVar("T")
TARGET = SyncTarget("gate", TargetKind.SSH, "/data", "gate", role=Role.BROADCAST)
WAITS = LedgerEntry("EUC_7.fits", 100, 1, FileState.COMPLETE, 7, since=900.0)
FAILS = LedgerEntry("EUC_8.fits", 30, 1, FileState.FAILED, 8, since=950.0, error="the disk is full")
DONE = PassReport("/day", "gate", 1000.0, 12, 500, 12, 0, 0, (), {}, ())
NEW = RsyncFile("EUC_7.fits", 100, "<f+++++++++")


class Bench:
    """An account with a clock in hand."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.now = 0.0
        self.account = SyncAccount(TARGET, lambda one: self.told.append(one), lambda: self.now)

    def take(self, kind: type[T]) -> list[T]:
        """What was told of one kind since it was asked for."""
        found = [one for one in self.told if isinstance(one, kind)]
        self.told = [one for one in self.told if not isinstance(one, kind)]
        return found


@pytest.fixture
def bench() -> Bench:
    return Bench()


def waiting(*entries: LedgerEntry) -> PassReport:
    return replace(DONE, verified=12 - len(entries), waiting=entries, problem="the disk is full")


def test_a_pass_is_told_with_what_waits_the_worst_first(bench: Bench) -> None:
    bench.account.pass_ended(waiting(WAITS, FAILS), awaited=False)
    (state,) = bench.take(SyncState)
    assert (state.target, state.role, state.volume) == ("gate", Role.BROADCAST, "volume of gate")
    assert (state.lag_bytes, state.lag_s, state.problem) == (130, 100.0, "the disk is full")
    assert [(one.path, one.state, one.reason) for one in state.waiting] == [
        ("EUC_8.fits", CopyState.FAILED, "the disk is full"),
        ("EUC_7.fits", CopyState.WAITING, ""),
    ]
    assert math.isnan(state.succeeded)


def test_success_and_the_last_problem_are_remembered(bench: Bench) -> None:
    bench.account.pass_ended(waiting(WAITS), awaited=False)
    bench.account.pass_ended(DONE, awaited=False)
    bench.account.pass_ended(PassFailed("gate", 1060.0, "no route", 5.0), awaited=False)
    first, second, third = bench.take(SyncState)
    assert (second.problem, second.last_problem, second.problem_since) == ("", "the disk is full", 1000.0)
    assert (third.problem, third.last_problem, third.problem_since) == ("no route", "no route", 1060.0)
    assert (third.complete, third.verified, third.succeeded) == (12, 12, 1000.0)
    assert first.succeeded != first.succeeded


def test_a_file_goes_on_waiting_while_no_pass_can_be_made(bench: Bench) -> None:
    bench.account.pass_ended(waiting(WAITS), awaited=False)
    bench.account.pass_ended(PassFailed("gate", 2000.0, "no route", 5.0), awaited=False)
    assert bench.take(SyncState)[-1].lag_s == 1100.0


def test_what_waits_for_a_target_that_was_never_reached_is_known(bench: Bench) -> None:
    bench.account.on_look(waiting(WAITS))
    bench.account.pass_ended(PassFailed("gate", 1000.0, "no route", 5.0), awaited=False)
    (state,) = bench.take(SyncState)
    assert (state.complete, state.lag_bytes, state.problem) == (12, 100, "no route")


def test_a_folder_that_is_awaited_is_no_problem_of_the_target(bench: Bench) -> None:
    bench.account.pass_ended(PassFailed("gate", 1000.0, "/day is not a folder", 5.0), awaited=True)
    assert bench.take(SyncState)[0].problem == ""


def test_what_differed_is_told_and_stays_listed(bench: Bench) -> None:
    mended = Mismatch("EUC_7.fits", 7, "differs", kept="EUC_7.fits.mismatch-1", mended=True)
    bench.account.pass_ended(replace(DONE, mismatches=(mended,)), awaited=False)
    bench.account.pass_ended(DONE, awaited=False)
    first, second = bench.take(SyncState)
    assert (first.urgent, second.urgent, second.problem) == (True, False, "")
    assert "ObsID 7: EUC_7.fits differs" in first.problem
    assert [one.reason for one in second.mended] == [
        "differs; copied again and verified; the other is kept beside as EUC_7.fits.mismatch-1"
    ]


def test_a_folder_that_cannot_be_listed_is_told_as_it_is(bench: Bench) -> None:
    bench.account.pass_ended(replace(DONE, lost=("sub cannot be listed: Permission denied",)), awaited=False)
    (state,) = bench.take(SyncState)
    assert (state.problem, state.urgent) == ("sub cannot be listed: Permission denied", False)


def test_long_queues_are_cut(bench: Bench) -> None:
    many = tuple(replace(WAITS, path=str(n)) for n in range(3000))
    bench.account.pass_ended(replace(waiting(*many), incomplete={str(n): "half" for n in range(3000)}), awaited=False)
    (state,) = bench.take(SyncState)
    assert len(state.waiting) == len(state.incomplete) == MOST_LISTED
    assert (state.lag_bytes, state.incomplete_files) == (300_000, 3000)


def test_a_long_pass_tells_how_far_it_is_now_and_then(bench: Bench) -> None:
    bench.account.pass_ended(waiting(WAITS, FAILS), awaited=False)
    bench.take(SyncState)
    for seconds in range(10):
        bench.now = float(seconds)
        bench.account.on_report(waiting(WAITS))
    states = bench.take(SyncState)
    assert len(states) == 4
    assert all(one.interim for one in states)
    assert (states[0].verified, states[0].problem) == (11, "the disk is full")


def test_what_was_wrong_is_over_once_files_get_there(bench: Bench) -> None:
    bench.account.pass_ended(waiting(FAILS), awaited=False)
    bench.now = 10.0
    bench.account.on_report(replace(waiting(FAILS), problem=""))
    bench.now = 20.0
    bench.account.on_report(replace(waiting(FAILS), problem="", copied=1))
    assert [one.problem for one in bench.take(SyncState)] == ["the disk is full", "the disk is full", ""]


def test_a_target_that_answers_again_is_no_problem_any_more(bench: Bench) -> None:
    bench.account.pass_ended(PassFailed("gate", 1000.0, "no route", 5.0), awaited=False)
    bench.now = 10.0
    bench.account.on_report(replace(waiting(FAILS), problem=""))
    assert [one.problem for one in bench.take(SyncState)] == ["no route", ""]


def test_a_short_pass_is_told_once(bench: Bench) -> None:
    for seconds in range(0, 100, 5):
        bench.now = float(seconds)
        bench.account.on_look(waiting(WAITS))
        bench.account.on_report(waiting(WAITS))
        bench.now += 0.4
        bench.account.on_report(replace(DONE, copied=1))
        bench.account.pass_ended(replace(DONE, copied=1), awaited=False)
    assert [one.interim for one in bench.take(SyncState)] == [False] * 20


def test_a_long_copy_is_told_with_its_queue_once_it_is_known_to_be_long(bench: Bench) -> None:
    bench.account.on_look(waiting(WAITS, FAILS))
    bench.account.on_report(waiting(WAITS, FAILS))
    bench.account.on_file(NEW)
    for tenths in range(30):
        bench.now = tenths / 10
        bench.account.on_progress(RsyncProgress("", 0, tenths, 7e6))
    (state,) = bench.take(SyncState)
    assert (state.interim, state.lag_bytes) == (True, 130)
    assert len(bench.take(CopyProgress)) == 5


def test_progress_comes_twice_a_second_and_ends(bench: Bench) -> None:
    for hundredths in range(0, 300, 5):
        bench.now = hundredths / 100
        if hundredths == 0:
            bench.account.on_file(RsyncFile("first", 40, "<f+++++++++"))
        if hundredths == 100:
            bench.account.on_file(NEW)
        bench.account.on_progress(RsyncProgress("", 0, hundredths * 2 // 5, 7e6))
    bench.account.on_run_end()
    told = bench.take(CopyProgress)
    assert [(one.file, one.done, one.size) for one in told] == [
        ("first", 20, 40),
        ("EUC_7.fits", 0, 100),
        ("EUC_7.fits", 20, 100),
        ("EUC_7.fits", 40, 100),
        ("EUC_7.fits", 60, 100),
        ("", 0, 0),
    ]
    assert told[-2].rate == 7e6


def test_an_rsync_that_is_soon_done_is_not_told(bench: Bench) -> None:
    bench.account.on_file(NEW)
    bench.account.on_progress(RsyncProgress("", 1, 100, 7e6))
    bench.account.on_run_end()
    assert bench.told == []


def test_only_exposures_that_changed_are_sent(bench: Bench) -> None:
    verified = ExposureCopy(CopyState.VERIFIED, 3)
    night = dict.fromkeys(range(3000), verified)
    bench.account.pass_ended(replace(DONE, exposures=night), awaited=False)
    bench.account.pass_ended(replace(DONE, exposures=night), awaited=False)
    changed = night | {7: ExposureCopy(CopyState.DIFFERS, 3), 3000: verified}
    bench.account.pass_ended(replace(DONE, exposures=changed), awaited=False)
    first, second = bench.take(ExposureCopies)
    assert len(first.changed) == 3000
    assert second.changed == {7: ExposureCopy(CopyState.DIFFERS, 3), 3000: verified}


def test_free_space_is_told_but_not_at_every_pass(bench: Bench) -> None:
    for seconds in range(0, 61, 5):
        bench.now = float(seconds)
        bench.account.on_space(2e9)
    bench.account.on_space(math.nan)
    assert [(one.name, one.free) for one in bench.take(FreeSpace)] == [("volume of gate", 2e9)] * 3


@pytest.fixture
def lab(day: Day, tmp_path: Path) -> SyncLab:
    day.hk(range(50))
    for ccd in (1, 2, 3):
        day.image(17001, ccd)
    day.image(17002, 1)
    age(day.folder)
    (tmp_path / "backup").mkdir()
    return SyncLab(day.folder, tmp_path / "backup", tmp_path / "state")


def test_real_passes_tell_each_exposure_once(day: Day, lab: SyncLab, bench: Bench) -> None:
    engine = lab.engine()
    engine.listener = bench.account
    try:
        bench.account.pass_ended(engine.sync(full=True), awaited=False)
        last: dict[int, ExposureCopy] = {}
        for one in bench.take(ExposureCopies):
            last |= one.changed
        assert last == {17001: ExposureCopy(CopyState.VERIFIED, 3), 17002: ExposureCopy(CopyState.VERIFIED, 1)}
        day.hk(range(50, 60))
        bench.account.pass_ended(engine.sync(), awaited=False)
        assert bench.take(ExposureCopies) == []
        half = day.image(17002, 2)
        half.write_bytes(half.read_bytes()[:-1000])
        age(day.folder)
        bench.account.pass_ended(engine.sync(), awaited=False)
        assert [one.changed for one in bench.take(ExposureCopies)] == [{17002: ExposureCopy(CopyState.WAITING, 1)}]
        assert bench.take(SyncState)[-1].incomplete_files == 1
    finally:
        engine.close()
