"""Files: read while others do with them what they like, written whole or not at all, never into a folder that is
read; where Eyegore keeps its own between sessions, and on what file system a folder lies."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from eyegore.basics.errors import EyegoreError, SettingsError

SUFFIX = ".sqlite"


def aside(name: str) -> str:
    """The name under which something of ours is kept that is damaged, so that a new one can take its place."""
    return f"{name}.broken-{datetime.now():%Y%m%dT%H%M%S.%f}"


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[int]:
    """The descriptor of a file, to read from; a pipe that has taken its place is not waited for. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


class WriteError(EyegoreError):
    """A file or folder cannot be written; what was there before is as it was."""

    def __init__(self, path: Path, why: OSError) -> None:
        super().__init__(f"{path} cannot be written: {why.strerror or why}")


@contextmanager
def whole_file(path: Path, *, on_disk: bool = False) -> Iterator[BinaryIO]:
    """A file beside ``path`` to write to; it takes the place of ``path`` at the end, in one step.

    ``on_disk`` waits until the disk has it, so that a power cut cannot take it away again. Raises :class:`WriteError`;
    nothing is left behind then, nor when the body raises something else.
    """
    draft = path.with_name(f".{path.name[:60]}.{os.urandom(4).hex()}.part")
    try:
        with open(draft, "xb") as file:
            try:
                yield file
                file.flush()
                if on_disk:
                    os.fsync(file.fileno())
                os.replace(draft, path)
            except BaseException:
                with suppress(OSError):
                    draft.unlink()
                raise
    except OSError as why:
        raise WriteError(path, why) from why


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, text as UTF-8. Raises :class:`WriteError`."""
    with whole_file(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make a folder where it is missing, those above it as well. Raises :class:`WriteError`."""
    try:
        path.mkdir(mode, parents=True, exist_ok=True)
    except OSError as why:
        raise WriteError(path, why) from why


def lies_in(place: Path, folder: Path) -> bool:
    """Whether a place, there already or not, is a folder or lies in it, by whatever links and mounts it is reached."""
    real = place.resolve()
    return any(_same(part, folder) for part in (real, *real.parents))


def refuse_inside(place: Path, folders: Iterable[Path], instead: str) -> None:
    """Raise SettingsError where a place lies in a folder that is read; ``instead`` says what to do about it."""
    for folder in folders:
        if lies_in(place, folder):
            raise SettingsError(f"{place} lies in {folder}, where nothing is written: {instead}")


def _same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return one == other.resolve()


def state_dir(state: Path | None) -> Path:
    """The folder of ``--state DIR``; where it is not given, the user's own."""
    import platformdirs

    return (state or Path(platformdirs.user_state_dir("eyegore", appauthor=False))).expanduser().absolute()


def config_path(file: str) -> Path:
    """A file in the configuration folder of the user."""
    import platformdirs

    return Path(platformdirs.user_config_dir("eyegore", appauthor=False)) / file


def kept_path(below: Path, folder: str, also: str = "") -> Path:
    """The file about a folder (and about ``also``): its name, to be recognised, and a hash, to be the only one."""
    import hashlib

    name = re.sub(r"[^A-Za-z0-9._-]+", "_", os.path.basename(folder))[:60].strip("._") or "folder"
    whole = "\0".join((folder, also)) if also else folder
    return below / f"{name}-{hashlib.sha256(os.fsencode(whole)).hexdigest()[:10]}{SUFFIX}"


MOUNTINFO = Path("/proc/self/mountinfo")

NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "fuse", "autofs", "afs", "coda", "vboxsf"}
    | {"ceph", "lustre", "gpfs", "beegfs", "glusterfs", "ocfs2", "gfs2"}
)
"""Kinds whose files other machines write as well; inotify(7) hears only of what this one writes."""


@dataclass(frozen=True)
class Mount:
    """One mounted file system; ``number`` is new after each mounting, even of the same file system."""

    number: int
    point: str
    kind: str

    @property
    def remote(self) -> bool:
        """Whether files may change without inotify hearing of it."""
        return self.kind in NETWORK or self.kind.startswith("fuse.")


def mount_of(path: str, table: str | None = None) -> Mount | None:
    """The mount that holds ``path`` (absolute, links resolved): the one with the longest matching mount point.

    ``table`` is the text of mountinfo (proc(5)); None reads this process' own. None is returned where there is none.
    """
    if table is None:
        try:
            table = os.fsdecode(MOUNTINFO.read_bytes())
        except OSError:
            return None
    return _mount_in(table, path)


@lru_cache(maxsize=16)
def _mount_in(table: str, path: str) -> Mount | None:
    best: Mount | None = None
    for line in table.splitlines():
        mount = _parse(line)
        # of two on the same point the later one hides the earlier
        if mount and _holds(mount.point, path) and (best is None or len(mount.point) >= len(best.point)):
            best = mount
    return best


def _holds(point: str, path: str) -> bool:
    return path == point or path.startswith(point if point.endswith("/") else point + "/")


def _parse(line: str) -> Mount | None:
    """``36 35 98:0 /root /point options tags... - kind source options``; blanks in names are octal escapes."""
    left, _, right = line.partition(" - ")
    before, after = left.split(" "), right.split(" ")
    if len(before) < 5 or not before[0].isdigit() or not after[0]:
        return None
    point = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), before[4])
    return Mount(int(before[0]), point, after[0])
