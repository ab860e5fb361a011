"""Images measured in a process of its own: whatever a file does to it, the session goes on, and the window stays quick.

It is started with the first image, at low priority, and ends with the session, also when that one is killed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eyegore.basics.process_pool import Child, GivenUp
from eyegore.messages.events import Exposure
from eyegore.messages.images import ImageProblem, ImageResult

if TYPE_CHECKING:
    from eyegore.limits.frame_model import CheckTable

log = logging.getLogger(__name__)

NICE = 10
"""Priority below all else of the session."""
LONGEST_S = 60.0
"""An image that takes so long lies on a disk that hangs [s]."""
LOOKS = 2
"""So many processes may end on an image before it is given up."""


@dataclass(frozen=True)
class ImageTask:
    """An image to be measured; ``exposure`` is its row of the log, None where there is none yet."""

    path: str
    obsid: int
    ccd: int
    exposure: Exposure | None = None


@dataclass(frozen=True)
class _Measuring:
    """What the process does with a task."""

    table: CheckTable
    block: str

    def __call__(self, task: ImageTask) -> ImageResult:
        from eyegore.images.analysis import analyse_image, process_buffer

        return analyse_image(
            task.path, table=self.table, block=self.block, exposure=task.exposure, buffer=process_buffer()
        )


class JudgeProcess:
    """The process, asked by one thread; ``child`` is to be stopped by any, and closed by that one."""

    def __init__(self, table: CheckTable, block: str, longest_s: float = LONGEST_S) -> None:
        self.child: Child[ImageTask, ImageResult] = Child(_Measuring(table, block), longest_s, NICE)

    def ask(self, task: ImageTask) -> ImageResult:
        """Measure an image; what cannot be measured is told in the result. The process is started where it is gone.

        Where it ends in the middle of an image another one looks at it once more: a system short of memory may have
        killed it, which says nothing about the image.
        """
        code = None
        for _ in range(LOOKS):
            if self.child.stopped:
                break
            result = self.child.ask(task)
            if not isinstance(result, GivenUp):
                if result.problem is not None:
                    log.info("%s: %s: %s", task.path, result.problem.value, result.explanation)
                return result
            code = result.code
            if code is None:
                words = f"it was not read within {self.child.longest_s:.0f} s: does its disk hang?"
                return _unmeasured(task, ImageProblem.UNREADABLE, words)
            if not self.child.stopped:
                log.warning("the process that measures images ended on %s (exit code %s)", task.path, code)
        words = f"the process that measures images ended on it (exit code {code})"
        return _unmeasured(task, ImageProblem.FAULT, words)


def _unmeasured(task: ImageTask, problem: ImageProblem, words: str) -> ImageResult:
    return ImageResult(task.path, task.obsid, task.ccd, problem.verdict, problem=problem, explanation=words)
