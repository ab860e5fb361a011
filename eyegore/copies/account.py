"""What the passes for one target say to the monitor: how it stands, how far a copy is, which exposures changed."""

from __future__ import annotations

import heapq
import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from itertools import islice

from eyegore.copies.ledger import LedgerEntry
from eyegore.copies.programs.rsync import RsyncFile, RsyncProgress
from eyegore.copies.report import STATES, Mismatch, PassListener, PassReport
from eyegore.copies.target import SyncTarget
from eyegore.copies.worker import PassFailed, SyncNews
from eyegore.messages.copies import CopyFile, CopyNews, CopyProgress, CopyState, ExposureCopies, ExposureCopy, SyncState
from eyegore.messages.events import FreeSpace

MOST_TOLD = 3
"""Files that differed are told one by one up to so many."""
MOST_LISTED = 200
"""Files that wait, or are not complete, are listed up to so many."""
MOST_MENDED = 50
PROGRESS_S = 0.5
"""Shortest time between two messages of one rsync; one that ends sooner sends none [s]."""
INTERIM_S = 2.0
"""A pass that lasts longer is told of before its end, and again in so many seconds at least."""
SPACE_S = 30.0
"""Shortest time between two answers about the free space [s]."""

Post = Callable[[CopyNews | FreeSpace], object]


class SyncAccount(PassListener):
    """Remembers what was told of a target, for one thread. ``clock`` gives the monotonic time [s]."""

    def __init__(self, target: SyncTarget, post: Post, clock: Callable[[], float] = time.monotonic) -> None:
        self._target, self._post, self._clock = target, post, clock
        self._last: PassReport | None = None
        self._told_at = self._pass_began = -math.inf
        self._exposures: Mapping[int, ExposureCopy] = {}
        self._mended: deque[CopyFile] = deque(maxlen=MOST_MENDED)
        self._succeeded = math.nan
        self._problem, self._urgent, self._failed = "", False, False
        self._last_problem, self._problem_since = "", math.nan
        self._file = RsyncFile("", 0, "")
        self._before = 0
        self._run_began: float | None = None
        self._progress_at = 0.0
        self._space_at = -math.inf

    # --- a pass ------------------------------------------------------------------------------------------------------

    def pass_ended(self, news: SyncNews, *, awaited: bool) -> None:
        """Tell how a pass ended; ``awaited``: the folder to copy is not there, which others tell."""
        if isinstance(news, PassFailed):
            self._note_problem("" if awaited else news.words, news.time, urgent=False)
            self._failed = True
            self._tell(news.time)
            return
        self._last = news
        differing = [one for one in news.mismatches if not one.mended]
        self._mended.extendleft(_mended(one, news.time) for one in news.mismatches if one.mended)
        self._note_problem(_problem_of(news), news.time, urgent=bool(news.mismatches))
        if news.done and not differing:
            self._succeeded = news.time
        self._tell(news.time)
        self._tell_exposures(news)

    def on_look(self, report: PassReport) -> None:
        """Note what is to be done; exposures that wait are told."""
        self._last, self._pass_began = report, self._clock()
        self._tell_exposures(report)

    def on_report(self, report: PassReport) -> None:
        """Tell how far the pass is, unless that has just been told or it has just begun."""
        self._last = report
        if self._failed or report.copied:  # the target answers, or files got there: what was wrong before is over
            self._note_problem(report.problem, report.time, urgent=False)
        self._tell_exposures(report)
        if self._clock() - max(self._told_at, self._pass_began) >= INTERIM_S:
            self._tell(report.time, interim=True)

    def on_space(self, free: float) -> None:
        """Tell how much room there is."""
        if not math.isnan(free) and self._clock() - self._space_at >= SPACE_S:
            self._space_at = self._clock()
            self._post(FreeSpace(self._target.volume, free))

    def _note_problem(self, problem: str, now: float, *, urgent: bool) -> None:
        if problem and problem != self._problem:
            self._last_problem, self._problem_since = problem, now
        self._problem, self._urgent, self._failed = problem, urgent, False

    def _tell(self, now: float, *, interim: bool = False) -> None:
        """Post the state; where a pass could not be made, what the last one found still counts."""
        self._told_at = self._clock()
        target, last = self._target, self._last
        waiting = last.waiting if last else ()
        incomplete = last.incomplete if last else {}
        first = heapq.nsmallest(MOST_LISTED, waiting, key=lambda one: (-STATES[one.state].rank, one.since, one.path))
        self._post(
            SyncState(
                target.name,
                target.role,
                complete=last.complete if last else 0,
                verified=last.verified if last else 0,
                lag_s=max((now - one.since for one in waiting), default=0.0),
                received=now,
                problem=self._problem,
                urgent=self._urgent,
                lag_bytes=last.lag_bytes if last else 0,
                waiting=tuple(_listed(one) for one in first),
                mended=tuple(self._mended),
                incomplete=tuple(islice(incomplete.items(), MOST_LISTED)),
                incomplete_files=len(incomplete),
                succeeded=self._succeeded,
                last_problem=self._last_problem,
                problem_since=self._problem_since,
                volume=target.volume,
                interim=interim,
            )
        )

    def _tell_exposures(self, report: PassReport) -> None:
        """Post the exposures that stand otherwise than they were told."""
        known, self._exposures = self._exposures, report.exposures
        if known is report.exposures:
            return
        changed = {obsid: one for obsid, one in report.exposures.items() if known.get(obsid) != one}
        if changed:
            self._post(ExposureCopies(self._target.name, self._target.role, changed))

    # --- rsync at work -----------------------------------------------------------------------------------------------

    def on_file(self, file: RsyncFile) -> None:
        """Note which file is on its way."""
        self._begin_run()
        if file.sent:
            self._before += self._file.size
            self._file = file

    def on_progress(self, progress: RsyncProgress) -> None:
        """Tell how far it is, not too often."""
        self._begin_run()
        now = self._clock()
        if now - self._progress_at < PROGRESS_S or not self._file.name:
            return
        if self._last is not None and self._told_at < self._pass_began:
            self._tell(self._last.time, interim=True)  # it is no short one
        self._progress_at = now
        size = self._file.size
        done = min(max(progress.bytes - self._before, 0), size)
        target = self._target
        self._post(CopyProgress(target.name, target.role, self._file.name, done, size, progress.rate, progress.bytes))

    def on_run_end(self) -> None:
        """Tell that nothing is on its way any more, if it was told that something was."""
        if self._run_began is not None and self._progress_at > self._run_began:
            self._post(CopyProgress(self._target.name, self._target.role))
        self._run_began, self._file, self._before = None, RsyncFile("", 0, ""), 0

    def _begin_run(self) -> None:
        if self._run_began is None:
            self._run_began = self._progress_at = self._clock()


def _problem_of(report: PassReport) -> str:
    """What is wrong after a pass, "" when nothing is."""
    different = [one.alarm_text for one in report.mismatches]
    more = f" and {len(different) - MOST_TOLD} more" if len(different) > MOST_TOLD else ""
    told = [f"{'; '.join(different[:MOST_TOLD])}{more}"] if different else []
    return "; ".join([*told, *report.lost[:MOST_TOLD], *([report.problem] if report.problem else [])])


def _listed(entry: LedgerEntry) -> CopyFile:
    return CopyFile(entry.path, entry.obsid, entry.size, STATES[entry.state], entry.since, entry.error)


def _mended(one: Mismatch, now: float) -> CopyFile:
    beside = f"; the other is kept beside as {one.kept}" if one.kept else ""
    return CopyFile(one.path, one.obsid, 0, CopyState.VERIFIED, now, f"{one.words}; copied again and verified{beside}")
