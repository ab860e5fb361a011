"""What is in the day folder now: one stat a cycle, a listing only when one is due."""

from __future__ import annotations

import logging
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from eyegore.elvis.day_folder import DayFile, looks_like_elvis, parse_name
from eyegore.messages.events import SourceEvent, SourceKind

log = logging.getLogger(__name__)

LISTING_S = 60.0
"""Longest time between two listings while inotify tells the names of new files."""
POLLED_LISTING_S, POLLED_LONGEST_S = 5.0, 30.0
"""The same without inotify, where they can be afforded so often, and where not: not every file server changes the time
stamp of a folder at once."""
LISTING_SHARE = 0.0005
"""Share of our time that listings may take where they are the only way to hear of new files."""
RACE_S = 2.5
"""A folder's time stamp may be as coarse as 2 s (FAT): after a change it is listed once more so much later."""


@dataclass(frozen=True)
class FolderLook:
    """What one look at the folder told. ``renewed``: it is back or another one, so that every file may have changed."""

    online: bool
    events: tuple[SourceEvent, ...] = ()
    appeared: tuple[DayFile, ...] = ()
    vanished: tuple[DayFile, ...] = ()
    listed: bool = False
    renewed: bool = False


def is_file(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of a folder leads to a file; a link that leads nowhere (in a circle, say) is none."""
    try:
        return entry.is_file()
    except OSError as why:
        log.debug("%s: %s", entry.path, why)
        return False


def _no_file(entry: os.DirEntry[str]) -> str:
    """Why an entry that is no file is none."""
    if entry.is_symlink():
        return f"is a link to {os.readlink(entry.path)}, where there is no file"
    return "is a folder" if entry.is_dir() else "is a pipe or a device"


class FolderScan:
    """Keeps the names of the ELVIS files in one folder, which may come and go, up to date."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, DayFile] = {}
        self._ignored: set[str] = set()
        self._odd: dict[str, str] = {}
        """Names that are told, with what is wrong with them."""
        self._told_odd: set[str] = set()
        self._identity: tuple[int, int] | None = None
        self._seen_ns = self._listed_ns = -1
        self._list_at = float("-inf")
        self._online = False
        self._told_offline = ""

    def look(self, woken: frozenset[str], now: float, *, everything: bool = False, polling: bool = False) -> FolderLook:
        """Look once, at monotonic time ``now`` [s].

        ``woken`` are names that inotify told: a new one is found from them without a listing.
        """
        try:
            there = os.stat(self.folder)
            if not stat.S_ISDIR(there.st_mode):
                return self._offline(f"{self.folder} is not a folder: waiting for one")
            if not os.access(self.folder, os.R_OK | os.X_OK):
                return self._offline(f"no permission to read {self.folder}: waiting for it")
            return self._look(there, woken, now, everything=everything, polling=polling)
        except (FileNotFoundError, NotADirectoryError):
            verb = "is gone" if self._identity else "does not exist yet"
            return self._offline(f"{self.folder} {verb}: waiting for it")
        except OSError as why:
            return self._offline(f"{self.folder} cannot be read ({why.strerror or why}): waiting for it")

    def _look(
        self,
        there: os.stat_result,
        woken: frozenset[str],
        now: float,
        *,
        everything: bool,
        polling: bool,
    ) -> FolderLook:
        identity = (there.st_dev, there.st_ino)
        replaced = self._identity not in (None, identity)
        renewed = replaced or not self._online
        if there.st_mtime_ns != self._seen_ns:
            self._seen_ns = there.st_mtime_ns
            # the names that woke us most likely tell what changed: making sure of it may wait
            self._list_at = min(self._list_at, now + RACE_S if woken else now)
        if not (renewed or everything or now >= self._list_at):
            appeared, vanished = self._named(woken)
            return FolderLook(True, self._oddities(), appeared, vanished)
        began = time.monotonic()
        found = self._list()
        if self._known and not found and self._identity and there.st_dev != self._identity[0]:
            # what lies below a mount point once the mount is gone: our files are not deleted, they are out of reach
            return self._offline(f"{self.folder} is an empty folder now (is it unmounted?): waiting")
        if there.st_mtime_ns != self._listed_ns:
            self._listed_ns = there.st_mtime_ns
            self._list_at = now + RACE_S
        else:
            affordable = max(POLLED_LISTING_S, (time.monotonic() - began) / LISTING_SHARE)
            self._list_at = now + (min(affordable, POLLED_LONGEST_S) if polling else LISTING_S)
        known, self._known = self._known, found
        appeared = tuple(found[name] for name in sorted(found.keys() - known.keys())) if found is not known else ()
        vanished = tuple(known[name] for name in sorted(known.keys() - found.keys())) if found is not known else ()
        events = (*self._back_online(identity, replaced=replaced), *self._oddities())
        return FolderLook(True, events, appeared, vanished, listed=True, renewed=renewed)

    def _list(self) -> dict[str, DayFile]:
        """The ELVIS files that are there; where no name is new or gone, the very dictionary known before."""
        names = set(os.listdir(self.folder))
        gone = self._known.keys() - names
        new = names - self._known.keys() - self._ignored
        if not gone and not new:
            return self._known
        found = {name: file for name, file in self._known.items() if name not in gone}
        with os.scandir(self.folder) as entries:  # tells files from folders without a look at each
            for entry in entries:
                if entry.name in new and (file := self._recognise(entry.name)) is not None:
                    if is_file(entry):
                        found[entry.name] = file
                    else:
                        self._odd[entry.name] = _no_file(entry)
        return found

    def _oddities(self) -> tuple[SourceEvent, ...]:
        """What lies there like a file of ELVIS' and is not read, each told once."""
        new = sorted(self._odd.keys() - self._told_odd)
        self._told_odd.update(new)
        return tuple(
            SourceEvent(SourceKind.UNREADABLE, str(self.folder / name), f"{name} {self._odd[name]}: it is not read")
            for name in new
        )

    def _named(self, woken: frozenset[str]) -> tuple[tuple[DayFile, ...], tuple[DayFile, ...]]:
        """Which of the names that woke us are new, and which are gone."""
        appeared: list[DayFile] = []
        vanished: list[DayFile] = []
        for name in sorted(woken):
            file = self._known.get(name) or self._recognise(name)
            if file is None:
                continue
            there = os.path.isfile(self.folder / name)
            if there and name not in self._known:
                self._known[name] = file
                appeared.append(file)
            elif not there and name in self._known:
                vanished.append(self._known.pop(name))
        return tuple(appeared), tuple(vanished)

    def _recognise(self, name: str) -> DayFile | None:
        if name in self._ignored:
            return None
        file = parse_name(name)
        if file is None:
            log.debug("%s: not a file of ELVIS", name)
            self._ignored.add(name)
            if looks_like_elvis(name):
                self._odd[name] = "is called almost as a file of ELVIS"
        return file

    def _back_online(self, identity: tuple[int, int], *, replaced: bool) -> tuple[SourceEvent, ...]:
        first = self._identity is None
        was_online, self._online = self._online, True
        self._identity = identity
        self._told_offline = ""
        if not was_online:
            text = f"monitoring {self.folder}" if first else f"{self.folder} is back"
            return (SourceEvent(SourceKind.ONLINE, str(self.folder), text),)
        if replaced:
            text = f"{self.folder} is another folder than before: it is read again where it differs"
            return (SourceEvent(SourceKind.REPLACED, str(self.folder), text),)
        return ()

    def _offline(self, text: str) -> FolderLook:
        self._online = False
        if text == self._told_offline:
            return FolderLook(False)
        self._told_offline = text
        return FolderLook(False, (SourceEvent(SourceKind.OFFLINE, str(self.folder), text),))
