"""Which of several day folders is the one to monitor."""

from __future__ import annotations

import logging
import math
import os
from dataclasses import dataclass
from pathlib import Path

from eyegore.elvis.day_folder import folder_date, parse_name
from eyegore.feeds.folder_scan import is_file

log = logging.getLogger(__name__)

UNDATED_LEAD_S = 120.0
"""A folder without a date in its name is newer than another when it was written to so much later."""


@dataclass(frozen=True)
class DayFolder:
    """A folder with files of ELVIS. ``date`` [lab s] is NaN when its name tells none; ``modified`` [unix s]."""

    path: Path
    date: float
    modified: float

    @property
    def dated(self) -> bool:
        """Whether the name holds a date."""
        return not math.isnan(self.date)

    def newer(self, other: DayFolder) -> bool:
        """Whether to monitor this one instead: by date; a folder without a date never replaces one with."""
        if self.dated and other.dated:
            return self.date > other.date
        if self.dated != other.dated:
            return self.dated
        return self.modified > other.modified + UNDATED_LEAD_S


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
        paths = sorted(Path(entry.path) for entry in entries if _is_folder(entry))
    for path in paths:
        if best is not None and (path == best.path or (best.dated and not folder_date(path.name) > best.date)):
            continue  # need not be looked into
        found = _day_folder(path)
        if found is not None and (best is None or found.newer(best)):
            newer = best = found
    return newer


def _day_folder(path: Path) -> DayFolder | None:
    """The folder at ``path`` as it is now; None when it holds no file of ELVIS."""
    date = folder_date(path.name)
    modified = -math.inf
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if parse_name(entry.name) is not None and is_file(entry):
                    modified = max(modified, entry.stat().st_mtime)
                    if not math.isnan(date):
                        break  # the date decides: one file is enough
    except OSError as why:
        log.debug("%s is passed over: %s", path, why)
    return None if modified == -math.inf else DayFolder(path, date, modified)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError as why:  # a link in a circle, say
        log.debug("%s is passed over: %s", entry.path, why)
        return False
