"""Free space of volumes, asked for where a file system that hangs holds up nobody."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from eyegore.basics.worker import Worker
from eyegore.messages.events import FreeSpace

PERIOD_S = 30.0
ANSWER_S = 10.0
"""A file system that has not answered for so long hangs."""


def _free(path: Path) -> float:
    return float(shutil.disk_usage(path).free)


class DiskSpace(Worker):
    """Asks each of ``paths`` (by name) every ``period_s`` [s] for its free space and posts the answers.

    The thread "disk space" asks; each volume is asked on a thread of its own, never twice at a time, and counts as
    hanging when it has not answered within ``answer_s`` [s]. ``post`` is called on these threads and must return at
    once. A path that is gone is a problem: its parent may lie on another volume; one that was never there is none yet.
    ``free`` gives the free space [byte].
    """

    def __init__(
        self,
        paths: Mapping[str, Path],
        post: Callable[[FreeSpace], None],
        *,
        period_s: float = PERIOD_S,
        answer_s: float = ANSWER_S,
        free: Callable[[Path], float] = _free,
    ) -> None:
        super().__init__("disk space")
        self._paths = dict(paths)
        self._post = post
        self._period_s = period_s
        self._answer_s = min(answer_s, period_s)
        self._free = free
        self._asked: dict[str, threading.Thread] = {}
        self._known: set[str] = set()

    def join(self, timeout: float = 2.0) -> bool:
        """Wait for the end, at most ``timeout`` [s]; False when a hanging file system still holds a thread."""
        end = time.monotonic() + timeout
        ended = super().join(timeout)
        for thread in list(self._asked.values()):
            thread.join(max(0.0, end - time.monotonic()))
        return ended and not any(thread.is_alive() for thread in self._asked.values())

    def _work(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            self._ask_all()
            self._stopping.wait(self._answer_s)
            if not self._stopping.is_set():
                self._tell_hanging()
            self._stopping.wait(max(0.0, began + self._period_s - time.monotonic()))

    def _ask_all(self) -> None:
        for name, path in self._paths.items():
            asked = self._asked.get(name)
            if asked is None or not asked.is_alive():
                thread = threading.Thread(target=self._ask, args=(name, path), name=f"disk space {name}", daemon=True)
                thread.start()  # before it can be joined: stop() may come at any moment
                self._asked[name] = thread

    def _ask(self, name: str, path: Path) -> None:
        free, problem = float("nan"), ""
        try:
            free = self._free(path)
            self._known.add(name)
        except OSError as why:
            if isinstance(why, FileNotFoundError) and name not in self._known:
                return
            problem = f"{path} cannot be asked for its free space ({why.strerror or why})"
        if not self._stopping.is_set():
            self._post(FreeSpace(name, free, problem))

    def _tell_hanging(self) -> None:
        """Tell of each volume that does not answer, again in every period."""
        for name, thread in self._asked.items():
            if thread.is_alive():
                problem = f"{self._paths[name]} does not answer: its file system hangs"
                self._post(FreeSpace(name, float("nan"), problem))
