"""A target in a folder of this machine or of a mount: what is there, read back and compared byte by byte."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from eyegore.basics.files import mount_of
from eyegore.copies.ledger import SyncError
from eyegore.copies.report import Compared, Likeness
from eyegore.copies.scan import SourceFile
from eyegore.copies.side import GrownTexts, OtherSide, likeness

if TYPE_CHECKING:
    from hashlib import _Hash

_BLOCK = 1 << 20


class LocalSide(OtherSide):
    """The copy of the folder ``source`` in ``folder``."""

    def __init__(self, source: Path, folder: Path) -> None:
        super().__init__(source)
        self.root = folder.parent
        self.folder = folder

    def ready(self, device: str, holds_copies: bool, mount: str = "") -> str:
        """See :meth:`OtherSide.ready`. The space is asked by :class:`~eyegore.session.side_workers.DiskSpace`."""
        try:
            there = os.stat(self.root)
            if not self.root.is_dir():
                raise SyncError(f"the target {self.root} is not a folder: name one")
            new = not os.path.exists(self.folder)
            held = mount_of(os.path.realpath(self.root))
        except FileNotFoundError as why:
            raise SyncError(f"the target folder {self.root} does not exist: is it mounted? Else make it") from why
        except OSError as why:
            raise SyncError(f"the target folder {self.root} cannot be reached: {why.strerror or why}") from why
        other_disk = holds_copies and device not in ("", str(there.st_dev))
        point = held.point if held else ""
        self._found(str(self.root), self.folder.name, new=new, held=point, mount=mount, other_disk=other_disk)
        return str(there.st_dev)

    def _sizes(self, paths: Iterable[str]) -> dict[str, int]:
        return {path: self._size(path) for path in paths}

    def _size(self, path: str) -> int:
        try:
            return os.stat(self.folder / path).st_size
        except OSError:
            return -1

    def begun(self, files: Sequence[SourceFile]) -> set[str]:
        """See :meth:`OtherSide.begun`."""
        self._texts.forget(file.path for file in files)
        return {file.path for file in files if self._begun(file)}

    def _begun(self, file: SourceFile) -> bool:
        length = self._size(file.path)
        return 0 < length <= file.size and self._compare(replace(file, size=length), False).likeness is Likeness.EQUAL

    def compare(self, files: Sequence[SourceFile], *, from_disk: bool = False) -> Iterator[Compared]:
        """See :meth:`OtherSide.compare`."""
        for file in files:
            if self.stopped():
                return
            compared = self._compare(file, from_disk)
            if not self.stopped():
                yield compared

    def _compare(self, file: SourceFile, from_disk: bool) -> Compared:
        texts = self._texts if file.grows else GrownTexts()
        return compare(self.source / file.path, self.folder / file.path, file, self.stopped, texts, from_disk=from_disk)


def compare(
    source: Path,
    copy: Path,
    file: SourceFile,
    stopped: Callable[[], bool],
    texts: GrownTexts,
    *,
    from_disk: bool,
) -> Compared:
    """Compare the first ``file.size`` bytes of two files; of one that does not grow also their lengths.

    What ``texts`` know to be equal is not read again, but ``from_disk``.
    """
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
    copied = os.fstat(there).st_size
    differs = first >= 0 and not first == copied < file.size  # else the copy only ends early
    words = f"differs on the target, first at byte {first} of {file.size}"
    wrong = (Likeness.DIFFERENT, words) if differs else None
    return likeness(file, os.fstat(here), copied, digest.hexdigest(), wrong)


def _first_difference(ours: bytes, theirs: bytes) -> int:
    low, high = 0, len(ours)
    while low < high:
        middle = (low + high) // 2
        if ours[: middle + 1] == theirs[: middle + 1]:
            low = middle + 1
        else:
            high = middle
    return low
