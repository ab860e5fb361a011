"""Images measured in a process of its own: whatever a file does to it, the session goes on, and the window stays quick.

It is started with the first image, at low priority, and ends with the session, also when that one is killed: the pipe
between them is then closed.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from eyegore.messages.events import Exposure
from eyegore.messages.images import FrameProblem, FrameResult

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from eyegore.limits.frame_model import CheckTable

log = logging.getLogger(__name__)

NICE = 10
"""Priority below all else of the session."""
LONGEST_S = 60.0
"""An image that takes so long lies on a disk that hangs [s]."""
LOOKS = 2
"""So many processes may end on an image before it is given up."""
ENDING_S = 2.0
"""Longest wait for the end of a process that was killed [s]: one that waits for a disk does not end."""


@dataclass(frozen=True)
class FrameTask:
    """An image to be measured; ``exposure`` is its row of the log, None where there is none yet."""

    path: str
    obsid: int
    ccd: int
    exposure: Exposure | None = None


class JudgeProcess:
    """The process and the way to it. One thread asks; :meth:`stop` may come from any."""

    def __init__(self, table: CheckTable, block: str, longest_s: float = LONGEST_S) -> None:
        self._table, self._block, self._longest_s = table, block, longest_s
        self._process: SpawnProcess | None = None
        self._line: Connection | None = None
        self._stopped = False
        self._lock = threading.Lock()

    def ask(self, task: FrameTask) -> FrameResult:
        """Measure an image; what cannot be measured is told in the result. The process is started where it is gone.

        Where it ends in the middle of an image another one looks at it once more: a system short of memory may have
        killed it, which says nothing about the image.
        """
        code = None
        for _ in range(LOOKS):
            try:
                return self._asked(task)
            except (EOFError, OSError) as why:
                code = self._kill()
                if self._stopped:
                    break
                log.warning("the process that measures images ended on %s (exit code %s): %r", task.path, code, why)
        words = f"the process that measures images ended on it (exit code {code})"
        return _unmeasured(task, FrameProblem.FAULT, words)

    def _asked(self, task: FrameTask) -> FrameResult:
        """The same; EOFError or OSError where the process ends on it."""
        line = self._ready()
        line.send(task)
        if not line.poll(self._longest_s):
            self._kill()
            words = f"it was not read within {self._longest_s:.0f} s: does its disk hang?"
            return _unmeasured(task, FrameProblem.UNREADABLE, words)
        result: FrameResult = line.recv()
        if result.problem is not None:
            log.info("%s: %s: %s", task.path, result.problem.value, result.explanation)
        return result

    def stop(self) -> None:
        """End the process, in the middle of an image where need be."""
        self._stopped = True
        with self._lock:
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """Wait for its end; on the thread that asks."""
        self._kill()

    def _ready(self) -> Connection:
        if self._stopped:
            raise OSError("Eyegore is ending")
        if self._line is None or self._process is None or not self._process.is_alive():
            self._kill()
            context = multiprocessing.get_context("spawn")
            self._line, other = context.Pipe()
            process = context.Process(
                target=_serve, args=(other, self._table, self._block), name="eyegore frames", daemon=True
            )
            process.start()
            with self._lock:
                self._process = process
            other.close()
            if self._stopped:  # while it was started: nobody else ends it
                raise OSError("Eyegore is ending")
        return self._line

    def _kill(self) -> int | None:
        """Make an end of it; its exit code."""
        with self._lock:  # whoever stops us must not meet a process that is closed
            process, self._process = self._process, None
        line, self._line = self._line, None
        if line is not None:
            line.close()
        if process is None:
            return None
        process.kill()
        process.join(ENDING_S)
        code = process.exitcode
        if code is None:  # the system lets it end when the disk answers
            log.warning("the process that measures images hangs in a read and is left to itself")
            return None
        process.close()
        return code


def _unmeasured(task: FrameTask, problem: FrameProblem, words: str) -> FrameResult:
    return FrameResult(task.path, task.obsid, task.ccd, problem.verdict, problem=problem, explanation=words)


def _serve(line: Any, table: CheckTable, block: str) -> None:
    """What the process does: an image for each task, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the session, which then ends this process
    os.nice(NICE)
    logging.getLogger("eyegore").addHandler(logging.NullHandler())  # the session tells what is wrong with an image
    import numpy as np

    from eyegore.elvis.ccd_frame import LARGEST_FRAME
    from eyegore.images.analysis import analyse_frame

    buffer = np.empty(LARGEST_FRAME, np.uint16)  # touched once: each frame lies in the same place
    while True:
        try:
            task: FrameTask = line.recv()
        except (EOFError, OSError):
            return
        result = analyse_frame(task.path, table=table, block=block, exposure=task.exposure, buffer=buffer)
        line.send(result)
