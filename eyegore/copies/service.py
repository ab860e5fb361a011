"""The copies of a session: an engine for each target and its thread, and what they found in words for the monitor."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from eyegore.basics.worker import all_ended
from eyegore.copies.account import Post, SyncAccount
from eyegore.copies.engine import SyncEngine
from eyegore.copies.ledger import MountMemory, SyncError, SyncLedger, ledger_path
from eyegore.copies.local_side import LocalSide
from eyegore.copies.programs import rsync_words
from eyegore.copies.side import OtherSide
from eyegore.copies.ssh.side import SshSide
from eyegore.copies.target import SyncTarget, TargetKind, refuse_inside
from eyegore.copies.worker import SyncNews, SyncPace, SyncWorker


def other_side(source: Path, target: SyncTarget) -> OtherSide:
    """How to find out what is on the target."""
    below = target.copy_of(source)
    return SshSide(source, below) if target.kind is TargetKind.SSH else LocalSide(source, Path(below.path))


def open_ledger(source: Path, target: SyncTarget, state: Path) -> SyncLedger:
    """The ledger of this folder on this target, below the folder ``state``."""
    return SyncLedger(ledger_path(state, source, _whole_address(target)))


def open_engine(source: Path, target: SyncTarget, state: Path) -> SyncEngine:
    """An engine, the only one for this folder and target; folder, target and ledger are checked, in this order.

    Raises
    ------
    SyncError
        The folder or the ledger cannot be used, or another one is at it.
    SettingsError
        The target is the folder or lies in it.
    """
    if not source.is_dir():
        raise SyncError(f"{source} is not a folder: name the day folder")
    if shutil.which("rsync") is None:
        raise SyncError(rsync_words.MISSING.sentence)
    refuse_inside(source, target)
    side = other_side(source, target)
    ledger = open_ledger(source, target, state)
    try:
        ledger.alone()
        return SyncEngine(source, target, side, ledger, MountMemory(state, _whole_address(target)))
    except BaseException:
        ledger.close()
        raise


def _whole_address(target: SyncTarget) -> str:
    return f"{target.address}:{target.port}"


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
