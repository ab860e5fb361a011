"""Processes that do the same work on one thing after another, and that nothing makes hang or outlive us.

Each has a pipe of its own to this process: when either ends, for whatever reason, the other one notices.
"""

# Not Pebble (5.2 tried): it awaits for ever a process that stands still before it takes its task, which
# test_a_process_that_hangs_is_given_up_and_the_next_image_judged meets, and wakes 20 times a second without any work.

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

log = logging.getLogger(__name__)

LONGEST_S = 120.0
"""What takes so long lies on a disk that hangs [s]."""
ENDING_S = 2.0
"""Longest wait for the end of a process that was killed [s]: one that waits for a disk does not end."""
NICE = 5
"""Priority below a session that runs on the same machine."""

Task = TypeVar("Task")
Done = TypeVar("Done")


@dataclass(frozen=True)
class GivenUp:
    """A task that no process came back from: it ended on it with ``code``, or (None) took longer than allowed."""

    code: int | None


class Child(Generic[Task, Done]):
    """A process that does ``work`` on one task at a time, started with the first, and anew where it has ended.

    ``work`` is sent to it: an object of a module, with all it needs. One thread asks; :meth:`stop` may come from any.
    """

    def __init__(self, work: Callable[[Task], Done], longest_s: float = LONGEST_S, nice: int = NICE) -> None:
        self._work, self._nice = work, nice
        self.longest_s = longest_s
        """Time that it may take for a task [s]."""
        self.until = 0.0
        """When it is given up [s of the monotonic clock]."""
        self.line: Connection
        """Where its answer comes from; there is one from the first task on."""
        self.stopped = False
        self._process: SpawnProcess | None = None
        self._lock = threading.Lock()

    def ask(self, task: Task) -> Done | GivenUp:
        """Have a task done, and wait for what comes of it."""
        self.give(task)
        return self.answer()

    def give(self, task: Task) -> None:
        """Have a task begun; :meth:`answer` is what comes of it."""
        if self._process is None or not self._process.is_alive():
            self.close()
            self._start()
        self.until = time.monotonic() + self.longest_s
        with contextlib.suppress(OSError):  # it has just ended, as the answer will tell
            self.line.send(task)

    def answer(self) -> Done | GivenUp:
        """What came of the task that was given; waits for it. What the work raised is raised here."""
        try:
            if not self.line.poll(max(0.0, self.until - time.monotonic())):
                self.close()
                return GivenUp(None)
            done, error = self.line.recv()
        except (EOFError, OSError):
            return GivenUp(self.close())
        if error is not None:
            raise error
        answer: Done = done
        return answer

    def stop(self) -> None:
        """End it, in the middle of a task where need be; from any thread, returns at once."""
        with self._lock:
            self.stopped = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> int | None:
        """Make an end of it, on the thread that asks; its exit code."""
        with self._lock:  # whoever stops us must not meet a process that is closed
            process, self._process = self._process, None
        if process is None:
            return None
        self.line.close()
        process.kill()
        process.join(ENDING_S)
        code = process.exitcode
        if code is None:  # the system lets it end when the disk answers
            log.warning("process %s hangs in a read and is left to itself", process.pid)
        else:
            process.close()
        return code

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, other = context.Pipe()
        process = context.Process(target=_serve, args=(other, self._work, self._nice), daemon=True)
        process.start()
        other.close()
        with self._lock:
            self._process = process
            if self.stopped:  # while it was started: nobody else ends it
                process.kill()


def spread(
    work: Callable[[Task], Done], tasks: Sequence[Task], jobs: int, longest_s: float = LONGEST_S
) -> Iterator[tuple[int, Done | GivenUp]]:
    """Place of each task and what came of it, as they are done by ``jobs`` processes; with one job, by this one.

    What the work raises ends all, and is raised here. Leaving the loop ends the processes.
    """
    jobs = min(jobs, len(tasks))
    if jobs < 2:
        for place, task in enumerate(tasks):
            yield place, work(task)
        return
    waiting = iter(enumerate(tasks))
    idle = [Child(work, longest_s) for _ in range(jobs)]
    busy: dict[Child[Task, Done], int] = {}
    try:
        while True:
            for place, task in islice(waiting, len(idle)):
                child = idle.pop()
                busy[child] = place
                child.give(task)
            if not busy:
                return
            soonest = min(child.until for child in busy)
            ready = wait([child.line for child in busy], max(0.0, soonest - time.monotonic()))
            for child in [one for one in busy if one.line in ready or one.until <= time.monotonic()]:
                idle.append(child)
                yield busy.pop(child), child.answer()
    finally:
        for child in (*idle, *busy):
            child.close()


def _serve(line: Connection, work: Callable[[Any], Any], nice: int) -> None:
    """What a process does: one task after the other, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that asks, which then ends this process
    os.nice(nice)
    logging.getLogger("eyegore").addHandler(logging.NullHandler())  # what is wrong is in the answers
    with contextlib.suppress(EOFError, OSError):
        while True:
            task = line.recv()
            try:
                line.send((work(task), None))
            except Exception as why:  # noqa: BLE001  the outermost frame of the process: raised where it was asked for
                line.send((None, why))
