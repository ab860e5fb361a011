"""The copies of a running session: one thread for each target, and what they found in words for the monitor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eyegore.basics.worker import all_ended
from eyegore.copies.account import Post, SyncAccount
from eyegore.copies.engine import SyncEngine
from eyegore.copies.opening import open_engine
from eyegore.copies.target import SyncTarget
from eyegore.copies.worker import SyncNews, SyncPace, SyncWorker


class BackupService:
    """Copies a folder to ``targets``; ``post`` is called on the threads with what each pass found."""

    def __init__(self, targets: Sequence[SyncTarget], state: Path, post: Post, pace: SyncPace | None = None) -> None:
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
        account = SyncAccount(target, self._post)

        def opened() -> SyncEngine:
            engine = open_engine(folder, target, self._state)
            engine.listener = account
            return engine

        def tell(news: SyncNews) -> None:
            account.pass_ended(news, awaited=not folder.is_dir())

        return SyncWorker(target.name, opened, tell, self._pace)

    def wake(self) -> None:
        """Something changed in the folder."""
        for worker in self._workers:
            worker.wake()

    def look(self) -> None:
        """Ask the targets for everything now; returns at once."""
        for worker in list(self._workers):
            worker.look()

    def stop(self) -> None:
        """End what is being copied; returns at once."""
        for worker in self._workers:
            worker.stop()

    def join(self, timeout: float) -> bool:
        """Wait up to ``timeout`` [s]; False when a thread hangs (in a dead mount, say)."""
        return all_ended([*self._ending, *self._workers], timeout)
