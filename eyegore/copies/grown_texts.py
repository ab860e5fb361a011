"""How far the texts that grow were found equal on one target, so that of each only what was added is read back.

A day of HK has 38 MB and grows each second: read whole each time, it would cost more than all that is new.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eyegore.copies.scan import SourceFile

if TYPE_CHECKING:
    from hashlib import _Hash

WHOLE_S = 900.0
"""A text that goes on growing is read back whole that often [s]."""

EDGE = 4096
"""Of the source, so much at both ends of what is known [bytes] is looked at each time: a text that was rewritten has
other time stamps there."""


@dataclass(frozen=True)
class Beginning:
    """The first ``length`` bytes of a text, equal on both sides; ``digest`` is that of these bytes."""

    length: int
    digest: _Hash
    whole_at: float
    """When [monotonic s] they were last read from the first byte on."""
    mark: tuple[int, ...] = ()
    edges: bytes = b""


class GrownTexts:
    """Of one folder on one target."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, Beginning] = {}

    def beginning(self, file: SourceFile, source: int, there: tuple[int, ...] = ()) -> Beginning:
        """What of a file need not be read; of nothing where it is to be read whole.

        ``source`` is the open file; ``there`` changes when another file is put in the place of its copy.
        """
        now = self._clock()
        status = os.fstat(source)
        mark = (status.st_dev, status.st_ino, *there)
        known = self._known.get(file.path)
        if (
            known is None
            or known.mark != mark
            or known.length > file.size
            or now - known.whole_at >= WHOLE_S
            or known.edges != _edges(source, known.length)
        ):
            return Beginning(0, hashlib.sha256(), now, mark)
        return known

    def keep(self, file: SourceFile, source: int, digest: _Hash, since: Beginning) -> None:
        """The whole text was found equal; what ``since`` tells of was not read now."""
        if file.grows:
            edges = _edges(source, file.size)
            self._known[file.path] = Beginning(file.size, digest, since.whole_at, since.mark, edges)

    def forget(self, paths: Iterable[str]) -> None:
        """These may be others on the target than those that were read."""
        for path in paths:
            self._known.pop(path, None)


def _edges(source: int, length: int) -> bytes:
    """The first bytes and the last ones before ``length``."""
    return os.pread(source, min(EDGE, length), 0) + os.pread(source, min(EDGE, length), max(0, length - EDGE))
