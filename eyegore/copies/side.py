"""What a pass must be able to find out about its target, whether that is here or on another computer."""

from __future__ import annotations

import hashlib
import math
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eyegore.copies.ledger import SyncError, refuse_bare
from eyegore.copies.report import Compared, Likeness
from eyegore.copies.scan import SourceFile, stamp_of

if TYPE_CHECKING:
    from hashlib import _Hash

WHOLE_S = 900.0
"""A text that goes on growing is read back whole that often [s]."""

EDGE = 4096
"""Of the source, so much at both ends of what is known [bytes] is looked at each time: a text that was rewritten has
other time stamps there."""


class OtherSide(ABC):
    """The copy of the folder ``source``. The folder around that copy must exist and is never made.

    What is known of it is what :meth:`ready` found last: ``space``, the free space of its volume [byte] (NaN where
    others watch it); ``empty``, whether the folder of the copy was not there; ``mount``, the mount point that
    held it ("" where that is not known).
    """

    def __init__(self, source: Path) -> None:
        self.source = source
        self.stopped: Callable[[], bool] = lambda: False
        """Asked often: whether to give up."""
        self.space = math.nan
        self.empty = False
        self.mount = ""
        self._texts = GrownTexts()

    @property
    def options(self) -> tuple[str, ...]:
        """What rsync needs to get there."""
        return ()

    def close(self) -> None:  # noqa: B027  a folder of this computer has no way to let go of
        """Let go of the way there; the next question opens it again."""

    @abstractmethod
    def ready(self, device: str, holds_copies: bool, mount: str = "") -> str:
        """A mark of the device there.

        SyncError when it cannot be used: it is not there, is another than ``device`` and empty, or is not mounted at
        ``mount`` any more, where copies would fill the disk below a bare mount point.
        """

    def absent(self, files: Sequence[SourceFile]) -> set[str]:
        """Paths of files that are not there in their length."""
        sizes = self._sizes(file.path for file in files)
        absent = {
            file.path
            for file in files
            if sizes[file.path] < file.size or (sizes[file.path] > file.size and not file.grows)
        }
        self._texts.forget(absent)
        return absent

    @abstractmethod
    def begun(self, files: Sequence[SourceFile]) -> set[str]:
        """Paths of texts of which nothing but a beginning is there."""

    @abstractmethod
    def compare(self, files: Sequence[SourceFile], *, from_disk: bool = False) -> Iterator[Compared]:
        """Read what is there and compare; ends early when stopped. ``from_disk`` has it read anew there."""

    def kept(self, paths: Sequence[str], suffix: str) -> set[str]:
        """Of which files another was set aside under this suffix."""
        sizes = self._sizes(f"{path}{suffix}" for path in paths)
        return {path for path in paths if sizes[f"{path}{suffix}"] >= 0}

    @abstractmethod
    def _sizes(self, paths: Iterable[str]) -> dict[str, int]:
        """Size of each file there, -1 where there is none."""

    def _found(self, root: str, name: str, *, new: bool, held: str, mount: str, other_disk: bool) -> None:
        """Note that the folder ``name`` in ``root``, held by a mount point, is there or ``new``; SyncError as above."""
        if new and other_disk:
            raise SyncError(f"{root} is another disk than before, without {name}: mount the target again")
        self.empty, self.mount = new, held
        if new:
            refuse_bare(mount, held, root, name)


def likeness(
    file: SourceFile, now: os.stat_result, size: int, checksum: str, wrong: tuple[Likeness, str] | None
) -> Compared:
    """What a comparison came to.

    ``now`` is the source after it was read, ``size`` that of the copy (-1: there is none); ``wrong`` what was found as
    far as both reach, None where that is equal.
    """
    rewritten = now.st_size < file.size if file.grows else stamp_of(now) != file.stamp
    if rewritten:
        return Compared(file.path, Likeness.CHANGED, "was written to while it was read")
    if size < 0:
        return Compared(file.path, Likeness.MISSING, "is not on the target", checksum)
    if wrong is not None:
        return Compared(file.path, *wrong, checksum if wrong[0] is Likeness.DIFFERENT else "")
    if size < file.size:
        return Compared(file.path, Likeness.SHORT, f"has {size} of {file.size} bytes on the target", checksum)
    if size > now.st_size:
        words = f"is longer on the target ({size} bytes) than in the source ({now.st_size})"
        return Compared(file.path, Likeness.DIFFERENT, words, checksum)
    return Compared(file.path, Likeness.EQUAL, "", checksum)


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
    """How far the texts that grow were found equal on one target, so that of each only what was added is read back.

    A day of HK has 38 MB and grows each second: read whole each time, it would cost more than all that is new.
    """

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
