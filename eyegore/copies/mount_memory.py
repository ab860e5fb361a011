"""Where the disk of a target is mounted, remembered from one day folder to the next.

Each day has a ledger of its own. Without this a new one could not tell the bare mount point of a disk that is not there
from a target that is used for the first time, and would fill the disk below it with copies that count as safe.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePosixPath

from eyegore.basics.files import make_folder, write_whole
from eyegore.copies.ledger import SyncError


class MountMemory:
    """The mount point that held ``target`` when something was last copied there; kept below the folder ``state``."""

    def __init__(self, state: Path, target: str) -> None:
        self._path = state / "sync" / f"mount-{hashlib.sha256(os.fsencode(target)).hexdigest()[:10]}"

    @property
    def known(self) -> str:
        """The mount point, "" when it is not known."""
        try:
            return os.fsdecode(self._path.read_bytes())
        except FileNotFoundError:
            return ""
        except OSError as why:
            raise SyncError(f"{self._path} cannot be read: {why.strerror or why}") from why

    def keep(self, mount: str) -> None:
        """Remember it, whole or not at all. Raises WriteError."""
        if not mount or mount == self.known:
            return
        make_folder(self._path.parent, 0o700)
        write_whole(self._path, os.fsencode(mount))


def refuse_bare(before: str, now: str, root: str, name: str) -> None:
    """Raise SyncError where ``root`` was below the mount point ``before`` and is only below one around it ``now``.

    "" is a mount point that is not known. ``name`` is the folder that is not there yet.
    """
    if before and now and before != now and PurePosixPath(before).is_relative_to(now):
        raise SyncError(
            f"{root}: what was mounted at {before} is not mounted: mount it again, "
            f"or make the folder {name} there, if copies are to go to what is there now"
        )
