"""A thread that keeps one target up to date: woken by changes, at the latest after a while, later after failures."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from eyegore.basics.errors import EyegoreError
from eyegore.basics.worker import Worker
from eyegore.copies.engine import SyncEngine
from eyegore.copies.ledger import SyncError
from eyegore.copies.report import PassReport

log = logging.getLogger(__name__)

DEBOUNCE_S = 1.0
"""After the first change, others are waited for so long: one rsync takes all files of an exposure."""


@dataclass(frozen=True)
class SyncPace:
    """How often, all in seconds."""

    look_s: float = 5.0
    """The folder is looked at, should no change have been told: one listing when there is nothing new."""
    full_s: float = 900.0
    """Between two passes that ask the target for everything, and read some of it again."""
    retry_s: float = 5.0
    """After the first failure; twice as much after each further one."""
    retry_longest_s: float = 60.0
    """So soon after a target is back it is tried again; a change is tried at once, but not within ``retry_s``."""
    lasting_longest_s: float = 300.0
    """The same where a login is refused: who knocks more often is taken for an attacker."""


@dataclass(frozen=True)
class PassFailed:
    """A pass that could not be made at all, and why; the next try is in ``again_s`` [s]."""

    target: str
    time: float
    words: str
    again_s: float


SyncNews = PassReport | PassFailed


class SyncWorker(Worker):
    """Runs passes of one engine on a thread of its own, first a full one.

    ``opened`` makes the engine there, ``tell`` is called there.
    """

    def __init__(
        self,
        name: str,
        opened: Callable[[], SyncEngine],
        tell: Callable[[SyncNews], None],
        pace: SyncPace | None = None,
    ) -> None:
        super().__init__(f"sync {name}")
        self._target = name
        self._opened = opened
        self._tell = tell
        self._pace = pace or SyncPace()
        self._wake = threading.Event()
        self._hurry = threading.Event()
        self._full_wanted = threading.Event()
        self._engine: SyncEngine | None = None
        self._failures = 0
        self._lasting = False

    @property
    def engine(self) -> SyncEngine | None:
        """The engine, to ask for its progress; None before it could be made."""
        return self._engine

    def wake(self) -> None:
        """Something changed in the folder; returns at once."""
        self._wake.set()

    def look(self) -> None:
        """Make a full pass now, also after a failure; returns at once."""
        self._full_wanted.set()
        self._hurry.set()
        self._wake.set()

    def _interrupt(self) -> None:
        """End what is being copied; the thread ends within a second."""
        self._hurry.set()
        self._wake.set()
        engine = self._engine
        if engine is not None:
            engine.cancel()

    def _work(self) -> None:
        full_at = float("-inf")
        try:
            while not self._stopping.is_set():
                full = time.monotonic() >= full_at or self._full_wanted.is_set()
                self._full_wanted.clear()
                if self._pass(full) and full:
                    full_at = time.monotonic() + self._pace.full_s
                self._wait()
        finally:
            self._close()

    def _close(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def _pass(self, full: bool) -> bool:
        """One pass, told; whether it came to its end."""
        try:
            if self._engine is None:
                self._engine = self._opened()
                if self._stopping.is_set():
                    return False
            report = self._engine.sync(full=full)
        except EyegoreError as why:
            self._fail(str(why), lasting=isinstance(why, SyncError) and why.lasting)
            return False
        except Exception as why:
            log.exception("sync to %s", self._target)
            self._close()  # nobody knows what state it is in
            self._fail(f"unexpected error, a fault of Eyegore itself: {type(why).__name__}: {why}", lasting=True)
            return False
        if not self._stopping.is_set():
            self._failures = self._failures + 1 if report.problem else 0
            self._lasting = False
            self._tell(report)
        return True

    def _fail(self, words: str, *, lasting: bool) -> None:
        if not self._stopping.is_set():
            self._failures += 1
            self._lasting = lasting
            self._tell(PassFailed(self._target, time.time(), words, self._pause))

    @property
    def _pause(self) -> float:
        if not self._failures:
            return self._pace.look_s
        longest = self._pace.lasting_longest_s if self._lasting else self._pace.retry_longest_s
        return min(self._pace.retry_s * 2.0 ** min(self._failures - 1, 16), longest)

    def _wait(self) -> None:
        """Until something changed, or it is time."""
        pause = self._pause
        if self._lasting:
            self._hurry.wait(pause)
        elif self._failures:
            self._hurry.wait(min(self._pace.retry_s, pause))
            self._wake.wait(max(0.0, pause - self._pace.retry_s))
        elif self._wake.wait(pause):
            self._hurry.wait(min(DEBOUNCE_S, pause))
        self._hurry.clear()
        self._wake.clear()
