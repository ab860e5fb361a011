"""What of a folder is complete, to be copied: one listing with one stat a file; only what changed is opened.

A folder in which nothing can have changed is not listed again for a minute.

An image is complete when its headers say so and it was not written to for a moment; the texts that ELVIS appends to
up to their last complete line; any other file when it was not written to for a while. Links are followed, as
``rsync -L`` does; names that begin with a dot are those of programs at work, and passed over.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import stat
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from eyegore.basics.files import opened
from eyegore.copies.ledger import LedgerEntry, SyncError
from eyegore.elvis.ccd_frame import frame_state
from eyegore.elvis.day_folder import FileKind, parse_name

log = logging.getLogger(__name__)

SETTLE_S = 1.0
"""An image not written to for so long may be judged by its headers."""
REST_S = 3.0
"""Any other file not written to for so long is complete; so is the half line at the end of a text."""
OLD_S = 60.0
"""What was not written to for so long, by the clock, is at rest at first sight."""
_BLOCK = 1 << 16

_File = TypeVar("_File", "SourceFile", LedgerEntry)
Stamp = tuple[int, int]
"""Size [bytes] and modification time [ns]."""
_LATEST = 2**63 - 1
"""The latest time [ns] that a store can hold, in the year 2262; file systems know later ones."""
LISTED_S = 60.0
"""A listing is trusted for so long [s]: what is written into an old file, without a new name, is seen by then."""
AWAKE_S = 600.0
"""A file written to within so long [s] before the listing is looked at each time."""
COARSE_S = 2.5
"""A folder changed so shortly before the listing [s] may change again without another time: file systems count by up
to two seconds."""
_FolderStamp = tuple[int, int, int]


@dataclass(frozen=True)
class SourceFile:
    """A file to be had on the target. ``size`` [bytes] ends with a complete line where ``grows``."""

    path: str
    size: int
    mtime_ns: int
    grows: bool
    obsid: int | None

    @property
    def stamp(self) -> Stamp:
        """As :attr:`LedgerEntry.stamp`."""
        return self.size, self.mtime_ns


@dataclass(frozen=True)
class FolderState:
    """The folder at one moment: complete files by path, and why the others are not.

    ``settling`` are those that may be complete after a moment's wait; ``stuck`` are those of the incomplete
    that rest: as they are they will never be copied. ``lost`` are folders that could not be listed, and
    files of which nobody knows whether they are complete since they could not be read.
    """

    complete: Mapping[str, SourceFile]
    incomplete: Mapping[str, str]
    settling: frozenset[str]
    lost: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()


@dataclass
class _Seen:
    """What is remembered of one file between two looks."""

    there: Stamp
    since: float
    first: bool
    """Whether the file was not seen before with other bytes: only then its age tells anything."""
    found: SourceFile | str | None = None
    unread: bool = False
    """Whether it cannot be read, so that nobody knows what it is."""
    final: bool = False
    """Whether no later look at the same bytes will tell more."""


@dataclass
class _Round:
    still: StillFolder
    complete: dict[str, SourceFile] = field(default_factory=dict)
    incomplete: dict[str, str] = field(default_factory=dict)
    settling: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)


class SyncScan:
    """Keeps what is complete in a folder up to date. ``known`` are stamps of images judged in an earlier session."""

    def __init__(self, folder: Path, known: Mapping[str, Stamp] | None = None) -> None:
        self.folder = folder
        self._known = dict(known or {})
        self._seen: dict[str, _Seen] = {}
        self._still: StillFolder | None = None
        self._state = FolderState({}, {}, frozenset())

    def look(self, now: float, wall: float) -> FolderState:
        """Look at the folder at monotonic time ``now`` [s] and ``wall`` [unix s]; SyncError when it is not there.

        The very state of the last look is given again where nothing changed.
        """
        if self._still is None or not self._still.holds(now):
            self._still = StillFolder(self.folder, now, wall)
            self._state = self._listed(self._still, now, wall)
        return self._state

    def _listed(self, still: StillFolder, now: float, wall: float) -> FolderState:
        result = _Round(still)
        seen: dict[str, _Seen] = {}
        with contextlib.closing(self._files(result)) as files:  # else a listing stays open when a file cannot be judged
            for path, there in files:
                one = self._seen.get(path)
                if one is None or one.there != there:
                    one = _Seen(there, now, first=one is None)
                seen[path] = one
                still.note_file(path, there)
                if not one.final:
                    self._judge(path, one, now, wall)
                    still.doubt(not one.final)
                if one.unread:
                    result.lost.append(f"{path}: {one.found}: give this account the right to read it, check its disk")
                elif isinstance(one.found, SourceFile):
                    result.complete[path] = one.found
                else:
                    result.incomplete[path] = one.found or "being written"
                    if one.final:
                        result.stuck.append(path)
                    elif now - one.since < REST_S:
                        result.settling.add(path)
        self._seen = seen
        still.doubt(bool(result.lost) or any(path not in seen for path in result.incomplete))
        settling, lost, stuck = frozenset(result.settling), tuple(result.lost), tuple(result.stuck)
        return FolderState(result.complete, result.incomplete, settling, lost, stuck)

    # --- one file ---------------------------------------------------------------------------------------------------

    def _judge(self, path: str, one: _Seen, now: float, wall: float) -> None:
        size, mtime_ns = one.there
        day_file = parse_name(os.path.basename(path))
        obsid = day_file.obsid if day_file else None
        old = one.first and wall - mtime_ns / 1e9 >= OLD_S
        rest = old or now - one.since >= REST_S
        if day_file is None:
            one.final = rest
            one.found = SourceFile(path, size, mtime_ns, False, obsid) if rest else None
        elif day_file.kind is FileKind.IMAGE:
            if self._known.get(path) == one.there:
                one.found, one.final = SourceFile(path, size, mtime_ns, False, obsid), True
            elif old or now - one.since >= SETTLE_S:
                state = frame_state(self.folder / path)
                one.unread = state.unread
                whole = state.complete and state.size == size
                one.found = SourceFile(path, size, mtime_ns, False, obsid) if whole else state.problem or None
                one.final = whole or (rest and state.size == size)
        else:
            length = size if rest else _whole_lines(self.folder / path, size)
            one.found = SourceFile(path, length, mtime_ns, True, obsid) if length or rest else None
            one.final = rest or length == size

    # --- the listing ------------------------------------------------------------------------------------------------

    def _files(self, result: _Round) -> Generator[tuple[str, Stamp], None, None]:
        try:
            top = os.stat(self.folder)
            yield from self._below("", frozenset({(top.st_dev, top.st_ino)}), result)
        except OSError as why:
            raise SyncError(f"{self.folder} cannot be read: {why.strerror or why}") from why

    def _below(self, inside: str, above: frozenset[Stamp], result: _Round) -> Generator[tuple[str, Stamp], None, None]:
        prefix = f"{inside}/" if inside else ""
        result.still.note_folder(inside, os.stat(self.folder / inside))
        with os.scandir(self.folder / inside) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                path = prefix + entry.name
                try:
                    there = entry.stat()
                except FileNotFoundError:
                    result.incomplete[path] = "it has vanished, or is a link to nothing"
                    if entry.is_symlink():
                        result.stuck.append(path)
                    continue
                except OSError as why:
                    result.lost.append(f"{path} cannot be read: {why.strerror or why}")
                    continue
                if stat.S_ISREG(there.st_mode):
                    yield path, stamp_of(there)
                elif not stat.S_ISDIR(there.st_mode):
                    result.incomplete[path] = "it is a pipe or a device, not a file"
                    result.stuck.append(path)
                elif stat.S_ISDIR(there.st_mode) and (there.st_dev, there.st_ino) not in above:
                    try:
                        yield from self._below(path, above | {(there.st_dev, there.st_ino)}, result)
                    except OSError as why:
                        result.lost.append(f"{path} cannot be listed: {why.strerror or why}")


def stamp_of(there: os.stat_result) -> Stamp:
    """Size and time of a file, as they are remembered."""
    return there.st_size, max(-_LATEST, min(there.st_mtime_ns, _LATEST))


def portions(files: Iterable[_File], most_bytes: int, most_files: float = math.inf) -> Iterator[list[_File]]:
    """Files in portions of about so many bytes, and at most so many files."""
    portion: list[_File] = []
    size = 0
    for file in files:
        if portion and (size + file.size > most_bytes or len(portion) == most_files):
            yield portion
            portion, size = [], 0
        portion.append(file)
        size += file.size
    if portion:
        yield portion


def settled(look: Callable[[], FolderState], pause: Callable[[float], object]) -> FolderState:
    """What is complete, after a moment for files written just now; ``pause`` waits [s], true ends it."""
    until = time.monotonic() + REST_S + 0.5
    while (found := look()).settling and time.monotonic() < until and not pause(0.25):
        pass
    return found


def _whole_lines(path: Path, size: int) -> int:
    """Length [bytes] of the complete lines among the first ``size`` bytes; 0 when there are none."""
    try:
        with opened(path) as descriptor:
            end = size
            while end > 0:
                begin = max(0, end - _BLOCK)
                newline = os.pread(descriptor, end - begin, begin).rfind(b"\n")
                if newline >= 0:
                    return begin + newline + 1
                end = begin
    except OSError as why:
        log.debug("%s: %s", path, why)
    return 0


class StillFolder:
    """Whether a folder can have changed since it was listed, told by stats of its folders and newest files alone.

    What was noted of one listing of ``folder``. Times are monotonic (``now``) and unix (``wall``) [s].
    """

    def __init__(self, folder: Path, now: float, wall: float) -> None:
        self._folder, self._now, self._wall = folder, now, wall
        self._folders: dict[str, _FolderStamp] = {}
        self._awake: dict[str, Stamp] = {}
        self._doubtful = False

    def note_folder(self, path: str, there: os.stat_result) -> None:
        """A folder, as it was before it was listed."""
        self._folders[path] = _stamp(there)
        self.doubt(self._wall - there.st_mtime < COARSE_S)

    def note_file(self, path: str, there: Stamp) -> None:
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
                if stamp_of(os.stat(self._folder / path)) != file:
                    return False
        except OSError:
            return False
        return True


def _stamp(there: os.stat_result) -> _FolderStamp:
    return there.st_dev, there.st_ino, there.st_mtime_ns
