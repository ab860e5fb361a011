"""A target in a folder of this machine or of a mount: what is there, read back and compared byte by byte."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from eyegore.basics.mounts import mount_of
from eyegore.copies.grown_texts import GrownTexts
from eyegore.copies.ledger import SyncError
from eyegore.copies.mount_memory import refuse_bare
from eyegore.copies.report import Compared, Likeness
from eyegore.copies.scan import SourceFile

if TYPE_CHECKING:
    from hashlib import _Hash

_BLOCK = 1 << 20


class LocalSide:
    """The copy of the folder ``source`` in ``folder``. The folder around that must exist and is never made."""

    options: tuple[str, ...] = ()
    """What rsync needs to get there."""
    space: tuple[float, float] = (math.nan, math.nan)
    """Volumes of this machine are asked by :class:`~eyegore.session.space.volumes.DiskSpace`."""
    empty = False
    """Whether the folder of the copy was not there when it was last ready."""
    mount = ""
    """The mount point that held it when it was last ready; "" where that is not known."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.source = source
        self.root = folder.parent
        self.folder = folder
        self.stopped: Callable[[], bool] = lambda: False
        self._texts = GrownTexts()

    def close(self) -> None:
        """Nothing is held open."""

    def ready(self, device: str, holds_copies: bool, mount: str = "") -> str:
        """The device of the target; SyncError when it is not there, or another than ``device`` and empty.

        Where a mount point lies bare, copies would fill the disk below it. ``mount`` is where it was mounted before.
        """
        try:
            there = os.stat(self.root)
            if not self.root.is_dir():
                raise SyncError(f"the target {self.root} is not a folder: name one")
            is_new = not os.path.exists(self.folder)
            held = mount_of(os.path.realpath(self.root))
        except FileNotFoundError as why:
            raise SyncError(f"the target folder {self.root} does not exist: is it mounted? Else make it") from why
        except OSError as why:
            raise SyncError(f"the target folder {self.root} cannot be reached: {why.strerror or why}") from why
        if is_new and holds_copies and device not in ("", str(there.st_dev)):
            raise SyncError(
                f"{self.root} is another disk than before, without {self.folder.name}: mount the target again"
            )
        self.empty, self.mount = is_new, held.point if held else ""
        if is_new:
            refuse_bare(mount, self.mount, str(self.root), self.folder.name)
        return str(there.st_dev)

    def absent(self, files: Sequence[SourceFile]) -> set[str]:
        """The paths of those files that are not there in their length."""
        absent = set()
        for file in files:
            try:
                size = os.stat(self.folder / file.path).st_size
            except OSError:
                size = -1
            if size < file.size or (size > file.size and not file.grows):
                absent.add(file.path)
        self._texts.forget(absent)
        return absent

    def begun(self, files: Sequence[SourceFile]) -> set[str]:
        """The paths of those texts of which nothing but a beginning is there."""
        self._texts.forget(file.path for file in files)
        return {file.path for file in files if self._begun(file)}

    def _begun(self, file: SourceFile) -> bool:
        try:
            length = os.stat(self.folder / file.path).st_size
        except OSError:
            return False
        if not 0 < length <= file.size:
            return False
        return self._compare(replace(file, size=length), False).likeness is Likeness.EQUAL

    def compare(self, files: Sequence[SourceFile], *, from_disk: bool = False) -> Iterator[Compared]:
        """Compare files one by one; ends early when stopped. ``from_disk`` asks the system to read them anew."""
        for file in files:
            if self.stopped():
                return
            compared = self._compare(file, from_disk)
            if not self.stopped():
                yield compared

    def kept(self, paths: Sequence[str], suffix: str) -> set[str]:
        """Of which of these files another was set aside there under this suffix."""
        return {path for path in paths if os.path.exists(f"{self.folder / path}{suffix}")}

    def _compare(self, file: SourceFile, from_disk: bool) -> Compared:
        texts = self._texts if file.grows else GrownTexts()
        return compare(self.source / file.path, self.folder / file.path, file, self.stopped, texts, from_disk=from_disk)


def compare(
    source: Path,
    copy: Path,
    file: SourceFile,
    stopped: Callable[[], bool],
    texts: GrownTexts | None = None,
    *,
    from_disk: bool = False,
) -> Compared:
    """Compare the first ``file.size`` bytes of two files; of one that does not grow also their lengths.

    What ``texts`` know to be equal is not read again, but ``from_disk``.
    """
    texts = texts or GrownTexts()
    try:
        here = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return Compared(file.path, Likeness.CHANGED, "has vanished from the source")
    except OSError as why:
        return Compared(file.path, Likeness.UNREADABLE, f"cannot be read in the source ({why.strerror or why})")
    try:
        there = os.open(copy, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            copied = os.fstat(there)
            if from_disk:
                texts.forget([file.path])
                os.posix_fadvise(there, 0, 0, os.POSIX_FADV_DONTNEED)
            elif copied.st_size < file.size:  # cut, perhaps before what is known
                texts.forget([file.path])
            known = texts.beginning(file, here, (copied.st_dev, copied.st_ino))
            digest = known.digest.copy()
            compared = _compare_open(here, there, file, stopped, known.length, digest)
            if compared.likeness is Likeness.EQUAL and not stopped():
                texts.keep(file, here, digest, known)
            else:
                texts.forget([file.path])
            return compared
        finally:
            os.close(there)
    except FileNotFoundError:
        return Compared(file.path, Likeness.MISSING, "is not on the target")
    except OSError as why:
        return Compared(file.path, Likeness.UNREADABLE, f"cannot be read back ({why.strerror or why})")
    finally:
        os.close(here)


def _compare_open(
    here: int, there: int, file: SourceFile, stopped: Callable[[], bool], done: int, digest: _Hash
) -> Compared:
    """Compare what follows the ``done`` bytes that ``digest`` has seen."""
    first = -1
    while done < file.size and not stopped():
        ours = os.pread(here, min(_BLOCK, file.size - done), done)
        if not ours:
            return Compared(file.path, Likeness.CHANGED, "was cut while it was read")
        digest.update(ours)
        theirs = os.pread(there, len(ours), done)
        if first < 0 and ours != theirs:
            first = done + _first_difference(ours, theirs)
        done += len(ours)
    now, copied = os.fstat(here), os.fstat(there).st_size
    checksum = digest.hexdigest()
    rewritten = now.st_size < file.size if file.grows else (now.st_size, now.st_mtime_ns) != file.stamp
    if rewritten:
        return Compared(file.path, Likeness.CHANGED, "was written to while it was read")
    if copied < file.size and first in (-1, copied):
        words = f"has {copied} of {file.size} bytes on the target"
        return Compared(file.path, Likeness.SHORT, words, checksum)
    if first >= 0:
        words = f"differs on the target, first at byte {first} of {file.size}"
        return Compared(file.path, Likeness.DIFFERENT, words, checksum)
    if copied > now.st_size:
        words = f"is longer on the target ({copied} bytes) than in the source ({now.st_size})"
        return Compared(file.path, Likeness.DIFFERENT, words, checksum)
    return Compared(file.path, Likeness.EQUAL, "", checksum)


def _first_difference(ours: bytes, theirs: bytes) -> int:
    low, high = 0, len(ours)
    while low < high:
        middle = (low + high) // 2
        if ours[: middle + 1] == theirs[: middle + 1]:
            low = middle + 1
        else:
            high = middle
    return low
