"""Several processes that do the same work on one thing after another, and that nothing makes hang or outlive us.

Each has a pipe of its own to this process: when either ends, for whatever reason, the other one notices.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

log = logging.getLogger(__name__)

LONGEST_S = 120.0
"""What takes so long lies on a disk that hangs [s]."""
NICE = 5
"""Priority below a session that runs on the same machine."""

Task = TypeVar("Task")
Done = TypeVar("Done")


@dataclass(frozen=True)
class GivenUp:
    """A task that no process came back from: it ended on it with ``code``, or (None) took longer than allowed."""

    code: int | None


class WorkerPool(Generic[Task, Done]):
    """``work`` done on tasks by ``jobs`` processes, started anew where one ends; with one job, in this process.

    ``work`` is sent to them: an object of a module, with all it needs. What it raises ends all, and is raised here.
    """

    def __init__(self, work: Callable[[Task], Done], jobs: int, longest_s: float = LONGEST_S) -> None:
        self._work, self._jobs, self._longest_s = work, jobs, longest_s
        self._workers: list[_Worker] = []

    def results(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Done | GivenUp]]:
        """Place of each task and what came of it, as they are done. Leaving the loop ends the processes."""
        jobs = min(self._jobs, len(tasks))
        if jobs < 2:
            for place, task in enumerate(tasks):
                yield place, self._work(task)
            return
        waiting = deque(range(len(tasks)))
        try:
            self._workers = [_Worker(self._work) for _ in range(jobs)]
            while waiting or any(worker.place is not None for worker in self._workers):
                for worker in [worker for worker in self._workers if worker.place is None]:
                    if not waiting:
                        break
                    place = waiting.popleft()
                    if not worker.ask(place, tasks[place], self._longest_s):
                        code = self._renew(worker)
                        yield place, GivenUp(code)
                yield from self._answers()
        finally:
            for worker in self._workers:
                worker.kill()
            self._workers = []

    def _answers(self) -> Iterator[tuple[int, Done | GivenUp]]:
        """What those that work tell next, at least one answer or one that is overdue."""
        busy = [worker for worker in self._workers if worker.place is not None]
        if not busy:
            return
        first = min(worker.until for worker in busy)
        ready = wait([worker.line for worker in busy], max(0.0, first - time.monotonic()))
        for worker in busy:
            place = worker.place
            assert place is not None
            if worker.line in ready:
                try:
                    answer, error = worker.take()
                except (EOFError, OSError):
                    answer, error = GivenUp(self._renew(worker)), None
                if error is not None:
                    raise error
                yield place, answer
            elif time.monotonic() >= worker.until:
                self._renew(worker)
                yield place, GivenUp(None)

    def _renew(self, worker: _Worker) -> int | None:
        """Have another process in the place of one that ended or hangs; its exit code."""
        code = worker.kill()
        self._workers[self._workers.index(worker)] = _Worker(self._work)
        return code


class _Worker:
    """One process. ``place`` is that of the task it is at, None when it has none; ``until`` it may take for it."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        context = multiprocessing.get_context("spawn")
        self.place: int | None = None
        self.until = 0.0
        self.line, other = context.Pipe()
        self._process: SpawnProcess = context.Process(target=_serve, args=(other, work), daemon=True)
        self._process.start()
        other.close()

    def ask(self, place: int, task: Any, longest_s: float) -> bool:
        """Give it a task; False when it has ended."""
        try:
            self.line.send(task)
        except OSError:
            return False
        self.place, self.until = place, time.monotonic() + longest_s
        return True

    def take(self) -> tuple[Any, Exception | None]:
        """What it answers, and what the work raised; EOFError or OSError when the process has ended."""
        answer, error = self.line.recv()
        self.place = None
        return answer, error

    def kill(self) -> int | None:
        """Make an end of it; its exit code."""
        self.line.close()
        self._process.kill()
        self._process.join(10.0)  # one that waits for a dead disk cannot even be killed
        return self._process.exitcode


def _serve(line: Connection, work: Callable[[Any], Any]) -> None:
    """What a process does: one task after the other, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that asks, which then ends this process
    os.nice(NICE)
    logging.getLogger("eyegore").addHandler(logging.NullHandler())  # what is wrong is in the answers
    while True:
        try:
            task = line.recv()
        except (EOFError, OSError):
            return
        error: Exception | None = None
        answer: Any = None
        try:
            answer = work(task)
        except Exception as why:  # noqa: BLE001  the outermost frame of the process: raised where it was asked for
            error = why
        try:
            line.send((answer, error))
        except OSError:
            return
