"""A thread that works until it is stopped, and one that does the newest of what it is asked for."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

Wanted = TypeVar("Wanted")


class Worker:
    """Runs :meth:`_work` on a thread called ``name``: people see it among those that run.

    :meth:`_work` ends when ``_stopping`` is set. The thread does not keep the program from ending when it hangs.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.error: Exception | None = None
        """What the thread died of, until it is started again."""
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        """Notified where the thread is stopped, for one that waits for that among other things."""
        self._thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Start the thread where it does not run, also after it died; not after :meth:`stop`. Returns at once."""
        if not self._stopping.is_set() and not self.alive:
            self.error = None
            thread = threading.Thread(target=self._run, name=self.name, daemon=True)
            thread.start()
            self._thread = thread

    def stop(self, timeout: float = 0.0) -> bool:
        """Ask the thread to end, and wait up to ``timeout`` [s]; whether it has ended."""
        with self._changed:
            self._stopping.set()
            self._changed.notify_all()
        self._interrupt()
        return self.join(timeout)

    def join(self, timeout: float = 2.0) -> bool:
        """Wait for the end, up to ``timeout`` [s]; False when something that hangs still holds the thread."""
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        return not self.alive

    def _work(self) -> None:
        """What the thread does; an error ends it."""
        raise NotImplementedError

    def _interrupt(self) -> None:
        """Wake the thread, or cut short what it does; called where it is stopped, after ``_stopping`` was set."""

    def _died(self, why: Exception) -> None:
        """Tell of the error that ends the thread; called on it."""

    def _run(self) -> None:
        try:
            self._work()
        except Exception as why:
            log.exception("the thread %r ended on an error", self.name)
            self.error = why
            self._died(why)


class NewestWins(Worker, Generic[Wanted]):
    """Does one thing after the other; of those that wait under one key, the newest. The first one starts the thread."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._waiting: dict[object, Wanted] = {}

    def _ask(self, wanted: Wanted, key: object = None, *, first: bool = False) -> None:
        """Have something done in its turn, or next (``first``), instead of what waits under ``key``."""
        with self._changed:
            if first:
                self._waiting.pop(key, None)
                self._waiting = {key: wanted} | self._waiting
            self._waiting[key] = wanted
            self._changed.notify()
            self.start()

    def _drop(self, unwanted: Callable[[object], bool]) -> None:
        """Leave undone what waits under some keys."""
        with self._changed:
            self._waiting = {key: wanted for key, wanted in self._waiting.items() if not unwanted(key)}

    @property
    def _outdated(self) -> bool:
        """Whether something else is wanted than what is being done, or the end."""
        return self._stopping.is_set() or bool(self._waiting)

    def _do(self, wanted: Wanted) -> None:
        """Do what was asked for; on the thread."""
        raise NotImplementedError

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._outdated)
                if self._stopping.is_set():
                    return
                wanted = self._waiting.pop(next(iter(self._waiting)))
            try:
                self._do(wanted)
            except Exception:  # the next thing must find the thread alive
                log.exception("%s: %.200r", self.name, wanted)


def all_ended(workers: Iterable[Worker], timeout: float) -> bool:
    """Wait for the end of workers that were stopped, up to ``timeout`` [s] for all of them together."""
    end = time.monotonic() + timeout
    joined = [worker.join(max(0.0, end - time.monotonic())) for worker in workers]
    return all(joined)
