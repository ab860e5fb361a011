"""Whether a folder can have changed since it was listed, told by stats of its folders and newest files alone."""

from __future__ import annotations

import os
from pathlib import Path

LISTED_S = 60.0
"""A listing is trusted for so long [s]: what is written into an old file, without a new name, is seen by then."""
AWAKE_S = 600.0
"""A file written to within so long [s] before the listing is looked at each time."""
COARSE_S = 2.5
"""A folder changed so shortly before the listing [s] may change again without another time: file systems count by up
to two seconds."""

FolderStamp = tuple[int, int, int]
FileStamp = tuple[int, int]


class StillFolder:
    """What was noted of one listing of ``folder``. Times are monotonic (``now``) and unix (``wall``) [s]."""

    def __init__(self, folder: Path, now: float, wall: float) -> None:
        self._folder, self._now, self._wall = folder, now, wall
        self._folders: dict[str, FolderStamp] = {}
        self._awake: dict[str, FileStamp] = {}
        self._doubtful = False

    def note_folder(self, path: str, there: os.stat_result) -> None:
        """A folder, as it was before it was listed."""
        self._folders[path] = _stamp(there)
        self.doubt(self._wall - there.st_mtime < COARSE_S)

    def note_file(self, path: str, there: FileStamp) -> None:
        """A file: its size [bytes] and time [ns]."""
        if self._wall - there[1] / 1e9 < AWAKE_S:
            self._awake[path] = there

    def doubt(self, doubtful: bool = True) -> None:
        """Something may be found out by listing again."""
        self._doubtful = self._doubtful or doubtful

    def holds(self, now: float) -> bool:
        """Whether another listing would find the same."""
        if self._doubtful or now - self._now >= LISTED_S:
            return False
        try:
            for path, folder in self._folders.items():
                if _stamp(os.stat(self._folder / path)) != folder:
                    return False
            for path, file in self._awake.items():
                there = os.stat(self._folder / path)
                if (there.st_size, there.st_mtime_ns) != file:
                    return False
        except OSError:
            return False
        return True


def _stamp(there: os.stat_result) -> FolderStamp:
    return there.st_dev, there.st_ino, there.st_mtime_ns
