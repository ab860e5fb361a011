"""What the list of the copies shows of what is known."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import pytest

from eyegore.messages.copies import (
    CopyFile,
    CopyProgress,
    CopyState,
    ExposureCopies,
    ExposureCopy,
    Role,
    SyncState,
    VolumeSpace,
)
from eyegore.presenters.copies import copy_cell, file_cells, verdict
from eyegore.presenters.copy_book import CopyBook, Target
from eyegore.widgets.cells.flags import Status

NOW = time.mktime((2019, 3, 14, 21, 54, 5, 0, 0, -1))
GATE = Target("gate", Role.BROADCAST)
WAITS = CopyFile("EUC_7.fits", 7, 35_400_000, CopyState.WAITING, NOW - 600)
FULL = CopyFile("EUC_8.fits", 8, 35_400_000, CopyState.FAILED, NOW - 60, "the target is full:\nfree space")
MENDED = CopyFile("EUC_5.fits", 5, 0, CopyState.VERIFIED, NOW - 90, "differs; copied again and verified")
WELL = SyncState("gate", Role.BROADCAST, 12, 12, 0.0, NOW - 12, succeeded=NOW - 12, volume="volume of gate")
BUSY = replace(WELL, verified=10, lag_s=600.0, lag_bytes=70_800_000, waiting=(FULL, WAITS), received=NOW)
PROGRESS = CopyProgress("gate", Role.BROADCAST, "EUC_7.fits", 8_850_000, 35_400_000, 11.2e6, 20_800_000)


@pytest.mark.parametrize(
    ("state", "copying", "told"),
    [
        (None, False, ("unknown", Status.UNKNOWN)),
        (WELL, False, ("verified", Status.IN_LIMITS)),
        (replace(WELL, complete=0, verified=0), False, ("nothing yet", Status.UNKNOWN)),
        (BUSY, False, ("files wait", Status.UNCHECKED)),
        (BUSY, True, ("copying", Status.UNCHECKED)),
        (replace(BUSY, interim=True), False, ("copying", Status.UNCHECKED)),
        (replace(WELL, interim=True), False, ("verified", Status.IN_LIMITS)),
        (replace(BUSY, lag_s=1000.0), True, ("lags behind", Status.WARNING)),
        (replace(BUSY, problem="no route"), True, ("fails", Status.WARNING)),
        (replace(WELL, problem="ObsID 7 differs", urgent=True), False, ("differs", Status.WARNING)),
    ],
)
def test_green_is_only_what_is_all_there_and_verified(
    state: SyncState | None, copying: bool, told: tuple[str, Status]
) -> None:
    assert verdict(state, copying) == told


def test_a_target_at_work() -> None:
    space = VolumeSpace("volume of gate", 212e9, "volume of gate full at 06:20 (3.1 h), 212 GB free", 3.1)
    cell = copy_cell(GATE, BUSY, PROGRESS, {space.name: space}, NOW + 60)
    assert (cell.key, cell.role, cell.state) == ("gate", "broadcast", "copying")
    assert (cell.queue, cell.lag, cell.rate_text) == ("2 files, 50 MB", "11 min", "11 MB/s")
    assert (cell.success, cell.free_text, cell.error) == ("72 s ago", "212 GB, full in 3 h", "")
    assert cell.share == 0.25
    assert cell.work == "copying EUC_7.fits   8.8 MB of 35 MB   11 MB/s"
    assert cell.facts == (
        "10 of 12 files in the folder verified there",
        "2 files, 71 MB to be copied, the oldest since 14/Mar 21:44:05",
        "looked at last 14/Mar 21:54:05, all was there 14/Mar 21:53:53",
        "volume of gate full at 06:20 (3.1 h), 212 GB free",
    )


def test_facts_do_not_change_by_the_second() -> None:
    on = replace(PROGRESS, sent=30_000_000)
    first, second = (copy_cell(GATE, BUSY, one, {}, NOW + at) for at, one in enumerate((PROGRESS, on)))
    assert first.queue != second.queue
    assert first.facts == second.facts
    assert first.trouble == second.trouble


def test_what_is_wrong_and_what_was() -> None:
    failing = replace(BUSY, problem="no route", last_problem="no route", problem_since=NOW - 60)
    assert copy_cell(GATE, failing, None, {}, NOW).trouble == ("what is wrong since 14/Mar 21:53:05", "no route")
    over = replace(WELL, last_problem="no route", problem_since=NOW - 60)
    heading, words = copy_cell(GATE, over, None, {}, NOW).trouble
    assert (heading, words) == ("nothing is wrong now; the last trouble began 14/Mar 21:53:05", "no route")
    assert copy_cell(GATE, WELL, None, {}, NOW).trouble == ("nothing is wrong", "")


def test_what_was_never_found_out_is_not_said_to_be_nothing() -> None:
    failing = replace(WELL, complete=0, verified=0, succeeded=math.nan, problem="no ledger")
    cell = copy_cell(GATE, failing, None, {}, NOW)
    assert cell.facts == ("not everything was there yet since Eyegore began to look",)
    assert cell.no_files == "what there is to copy is not known"


def test_a_target_that_was_not_looked_at() -> None:
    cell = copy_cell(GATE, None, None, {}, NOW)
    assert (cell.status, cell.queue, cell.free_text, cell.facts) == (Status.UNKNOWN, "", "", ("not looked at yet",))


def test_a_volume_that_does_not_answer() -> None:
    space = VolumeSpace("volume of gate", math.nan, "volume of gate: hangs")
    cell = copy_cell(GATE, WELL, None, {space.name: space}, NOW)
    assert (cell.free_text, cell.facts[-1]) == ("no answer", "volume of gate: hangs")


def test_files_are_told_with_their_reasons() -> None:
    state = replace(BUSY, incomplete=(("EUC_9.fits", "cut"),), incomplete_files=1, mended=(MENDED,))
    full, waits, half, mended = file_cells(state)
    assert (full.state, full.status, full.reason) == ("failed", Status.WARNING, "the target is full: free space")
    assert (waits.state, waits.obsid, waits.size_text, waits.since_text) == (
        "waiting",
        "7",
        "35 MB",
        "14/Mar 21:44:05",
    )
    assert (half.state, half.file, half.reason) == ("not whole", "EUC_9.fits", "cut")
    assert (mended.state, mended.status, mended.size_text) == ("mended", Status.IN_LIMITS, "")
    cell = copy_cell(GATE, replace(state, complete=500, verified=10), None, {}, NOW)
    assert cell.counts == "490 files, 71 MB to be copied · the first 2 are listed · 1 not whole · 1 mended"


TEXTS = {CopyState.VERIFIED: "■ verified", CopyState.FAILED: "▲ failed"}
DISK, SECOND = Target("/b", Role.BACKUP), Target("/c", Role.BACKUP)


@pytest.mark.parametrize(
    ("first", "second", "rows", "text"),
    [
        (ExposureCopy(CopyState.VERIFIED, 3), ExposureCopy(CopyState.VERIFIED, 3), 3, "■ verified"),
        (ExposureCopy(CopyState.VERIFIED, 3), ExposureCopy(CopyState.VERIFIED, 2), 3, "□ waiting"),
        (ExposureCopy(CopyState.VERIFIED, 1), ExposureCopy(CopyState.VERIFIED, 1), 1, "■ verified"),
        (ExposureCopy(CopyState.FAILED, 3), ExposureCopy(CopyState.WAITING, 3), 3, "▲ failed"),
        (ExposureCopy(CopyState.FAILED, 3), ExposureCopy(CopyState.DIFFERS, 3), 3, "✗ differs"),
        (ExposureCopy(CopyState.VERIFIED, 3), None, 3, "○ unknown"),
    ],
)
def test_an_exposure_is_as_well_as_the_worst_of_its_copies(
    first: ExposureCopy, second: ExposureCopy | None, rows: int, text: str
) -> None:
    book = CopyBook([DISK, GATE, SECOND])
    book.take_exposures(ExposureCopies("/b", Role.BACKUP, {7: first}))
    if second is not None:
        book.take_exposures(ExposureCopies("/c", Role.BACKUP, {7: second}))
    assert book.exposure_text(Role.BACKUP, 7, rows) == text
    assert book.exposure_text(Role.BROADCAST, 7, rows) == "○ unknown"
    assert book.exposure_tip(Role.BROADCAST, 7) == "gate: ○ unknown"
    assert (
        book.exposure_tip(Role.BACKUP, 7).splitlines()[0].startswith(f"/b: {TEXTS[first.state]}, {first.images} image")
    )
