"""The file system a folder lies on, and whether inotify is told of all changes there."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

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
