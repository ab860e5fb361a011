"""The copies of a running session: one thread for each target, and what they found in words for the monitor."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from eyegore.feeds.sync_engine import SyncEngine
from eyegore.feeds.sync_opening import open_engine
from eyegore.feeds.sync_target import SyncTarget
from eyegore.feeds.sync_worker import PassFailed, SyncNews, SyncPace, SyncWorker
from eyegore.messages import SyncState

MOST_TOLD = 3
"""Files that differed are told one by one up to so many."""


class BackupService:
    """Copies a folder to ``targets``; ``post`` is called on the threads with what each pass found."""

    def __init__(
        self,
        targets: Sequence[SyncTarget],
        state: Path,
        post: Callable[[SyncState], object],
        pace: SyncPace | None = None,
    ) -> None:
        self._targets, self._state, self._post, self._pace = tuple(targets), state, post, pace
        self._folder: Path | None = None
        self._workers: list[SyncWorker] = []
        self._ending: list[SyncWorker] = []

    def begin(self, folder: Path) -> None:
        """Copy this folder from now on, and no other."""
        if folder == self._folder:
            return
        self.stop()
        self._ending += self._workers
        self._folder = folder
        self._workers = [self._worker(folder, target) for target in self._targets]
        for worker in self._workers:
            worker.start()

    def _worker(self, folder: Path, target: SyncTarget) -> SyncWorker:
        def opened() -> SyncEngine:
            return open_engine(folder, target, self._state)

        def tell(news: SyncNews) -> None:
            self._post(state_of(news, target, awaited=not folder.is_dir()))

        return SyncWorker(target.name, opened, tell, self._pace)

    def wake(self) -> None:
        """Something changed in the folder."""
        for worker in self._workers:
            worker.wake()

    def stop(self) -> None:
        """End what is being copied; returns at once."""
        for worker in self._workers:
            worker.stop()

    def join(self, timeout: float) -> bool:
        """Wait up to ``timeout`` [s]; False when a thread hangs (in a dead mount, say)."""
        end = time.monotonic() + timeout
        workers = [*self._ending, *self._workers]
        joined = [worker.join(max(0.0, end - time.monotonic())) for worker in workers]
        return all(joined)


def state_of(news: SyncNews, target: SyncTarget, *, awaited: bool) -> SyncState:
    """What a pass found; ``awaited``: the folder to copy is not there, which others tell."""
    if isinstance(news, PassFailed):
        return SyncState(target.name, target.role, 0, 0, 0.0, news.time, "" if awaited else news.words)
    different = [one.alarm_text for one in news.mismatches]
    more = f" and {len(different) - MOST_TOLD} more" if len(different) > MOST_TOLD else ""
    told = [f"{'; '.join(different[:MOST_TOLD])}{more}"] if different else []
    lost = [f"{len(news.lost)} verified files are gone from the target"] if news.lost else []
    problem = "; ".join([*told, *lost, *([news.problem] if news.problem else [])])
    return SyncState(
        target.name,
        target.role,
        news.complete,
        news.verified,
        news.lag_s,
        news.time,
        problem,
        urgent=bool(different or news.lost),
    )
