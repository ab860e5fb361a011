"""Which of several day folders is the one to monitor: the one that was written to last, whatever the names say."""

from __future__ import annotations

import logging
import math
import os
from dataclasses import dataclass
from pathlib import Path

from eyegore.elvis.day_folder import FileKind, folder_date, parse_name
from eyegore.feeds.folder_scan import is_file

log = logging.getLogger(__name__)

LEAD_S = 45.0
"""A folder is newer than another when it was written to so much later [s]: a network mount tells a stamp that late, and
rows are missed at 60 s."""
STILL_S = 36 * 3600.0
"""Where a folder got no new file for so long [s], none of its files grows: ELVIS begins one at midnight at the
latest."""
_WRITTEN = (FileKind.MASTER_HK, FileKind.EXPLOG)
"""Files ELVIS writes to all the time."""


@dataclass(frozen=True)
class DayFolder:
    """A folder with files of ELVIS. ``date`` [lab s] is NaN when its name tells none; ``modified`` [unix s]."""

    path: Path
    date: float
    modified: float

    def newer(self, other: DayFolder) -> bool:
        """Whether to monitor this one instead: it was written to later; of two written to together the later date.

        A name may tell a wrong year, a day that the month does not have, or have an ending.
        """
        if self.modified > other.modified + LEAD_S:
            return True
        return self.date > other.date and self.modified >= other.modified - LEAD_S

    def told(self, other: DayFolder) -> str:
        """Why to monitor this one instead, in words."""
        if self.date > other.date:
            return "it is newer"
        return "it was written to last, though its name does not tell a later date"


def newer_day_folder(parent: Path, current: DayFolder | None) -> DayFolder | None:
    """The newest folder in ``parent`` that holds files of ELVIS; None unless it is newer than ``current``.

    A current folder that is out of reach is not given up for an older one.

    Raises
    ------
    OSError
        When ``parent`` cannot be listed.
    """
    best = None if current is None else (_day_folder(current.path) or current)
    newer: DayFolder | None = None
    with os.scandir(parent) as entries:
        changed = sorted(((_changed(entry), Path(entry.path)) for entry in entries), reverse=True)
    for time, path in changed:
        if math.isinf(time) or (best is not None and (path == best.path or time < best.modified - STILL_S)):
            continue  # need not be looked into
        found = _day_folder(path)
        if found is not None and (best is None or found.newer(best)):
            newer = best = found
    return newer


def _day_folder(path: Path) -> DayFolder | None:
    """The folder at ``path`` as it is now; None when it holds no file of ELVIS."""
    written, others = -math.inf, []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if (file := parse_name(entry.name)) is None or not is_file(entry):
                    continue
                if file.kind in _WRITTEN:
                    written = max(written, entry.stat().st_mtime)
                else:
                    others.append(entry)
        if written == -math.inf:  # an old ELVIS
            written = max((entry.stat().st_mtime for entry in others), default=-math.inf)
    except OSError as why:
        log.debug("%s is passed over: %s", path, why)
    return None if written == -math.inf else DayFolder(path, folder_date(path.name), written)


def _changed(entry: os.DirEntry[str]) -> float:
    """When a folder got its last file [unix s]; minus infinity for what is none."""
    try:
        return entry.stat().st_mtime if entry.is_dir() else -math.inf
    except OSError as why:  # a link in a circle, say
        log.debug("%s is passed over: %s", entry.path, why)
        return -math.inf
