"""Watches the lab's own limit table while a session uses it, and reads it again when it was edited."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

from eyegore.basics.toml_file import TomlError, UnreadableError
from eyegore.basics.worker import Worker
from eyegore.limits.table import load_table
from eyegore.messages.events import LimitsEdited

log = logging.getLogger(__name__)

LOOK_S = 2.0
"""Time between two looks at the file [s]; an edit counts when the file is the same at two looks: editors write in
pieces."""

Stamp = tuple[int, int, int] | None


class LimitsFile(Worker):
    """One thread, "limits". ``post`` is called on it with each edit; a file that is away is not an edit."""

    def __init__(self, path: Path, post: Callable[[LimitsEdited], None], *, look_s: float = LOOK_S) -> None:
        super().__init__("limits")
        self._path, self._post, self._look_s = path, post, look_s
        self._used = self._stamp()
        self._seen = self._used
        self._problem = ""

    def _work(self) -> None:
        while not self._stopping.wait(self._look_s):
            try:
                self._look()
            except Exception:
                log.exception("the limit table could not be looked at")

    def _look(self) -> None:
        stamp, before = self._stamp(), self._seen
        self._seen = stamp
        if stamp is None or stamp != before or stamp == self._used:
            return
        try:
            edited = LimitsEdited(str(self._path), load_table(self._path), "")
        except TomlError as why:
            edited = LimitsEdited(str(self._path), None, str(why))
            if isinstance(why, UnreadableError):  # it may be readable at the next look, and look the same
                stamp = self._used
        told, self._used, self._problem = self._problem, stamp, edited.problem
        if not edited.problem or edited.problem != told:
            self._post(edited)

    def _stamp(self) -> Stamp:
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns
