"""What a pass must be able to find out about its target, whether that is here or on another computer."""

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from eyegore.copies.grown_texts import GrownTexts
from eyegore.copies.ledger import SyncError, refuse_bare
from eyegore.copies.report import Compared, Likeness
from eyegore.copies.scan import SourceFile


class OtherSide(ABC):
    """The copy of the folder ``source``. The folder around that copy must exist and is never made.

    What is known of it is what :meth:`ready` found last: ``space``, free and total space of its volume [byte] (NaN
    where others watch it); ``empty``, whether the folder of the copy was not there; ``mount``, the mount point that
    held it ("" where that is not known).
    """

    def __init__(self, source: Path) -> None:
        self.source = source
        self.stopped: Callable[[], bool] = lambda: False
        """Asked often: whether to give up."""
        self.space = math.nan, math.nan
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
    rewritten = now.st_size < file.size if file.grows else (now.st_size, now.st_mtime_ns) != file.stamp
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
