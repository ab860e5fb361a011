"""The images of a folder: counted at once, taken for whole only when they are.

An image is complete when its length is what its headers say *and* neither size nor time stamp has changed for
:data:`SETTLE_S`: a file may be given its full length before its pixels are there.
"""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from eyegore.elvis.ccd_frame import frame_state
from eyegore.elvis.day_folder import DayFile, FileKind
from eyegore.messages.events import FeedMessage, ImageFile, SourceEvent, SourceKind

log = logging.getLogger(__name__)

SETTLE_S = 0.5
OLD_S = 60.0
"""At start, an image not written to for so long is judged at first sight."""
ABANDONED_S = 60.0
"""An incomplete image that does not grow for so long is looked at only when the folder is listed."""
WALKED = 12
"""So many of the newest images have their headers read at start; an older one passes by a size known to be whole."""
SLICE_S = 0.01
"""Longest time spent on old images in one go."""


NEVER = (-1, -1)


@dataclass
class Growing:
    """An image that is not known to be whole. ``since``: monotonic time of the first look at this size and stamp.

    ``past``: it was there at the start, and old then.
    """

    file: DayFile
    seen: tuple[int, int]
    since: float
    told: str = ""
    judged: bool = False
    past: bool = False


class ImageSource:
    """The images of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._old: deque[DayFile] = deque()
        self._doubted: deque[str] = deque()
        self._growing: dict[str, Growing] = {}
        self._whole: dict[str, tuple[DayFile, tuple[int, int]]] = {}
        self._whole_sizes: set[int] = set()
        self._walked = 0
        self._history = True

    @property
    def pending(self) -> bool:
        """Whether images that were there at the start, or are in doubt, are still to be looked at."""
        return bool(self._old or self._doubted)

    @property
    def settling(self) -> bool:
        """Whether another look, :data:`SETTLE_S` later, may tell more."""
        return any(not growing.judged for growing in self._growing.values())

    def add(self, files: list[DayFile]) -> None:
        """Take new files of the folder; those of other kinds are passed over."""
        images = [file for file in files if file.kind is FileKind.IMAGE]
        if self._history:
            images.sort(key=lambda file: (file.obsid or 0, file.ccd or 0), reverse=True)
            self._old.extend(images)
        else:
            for file in images:
                self._growing[file.name] = Growing(file, NEVER, 0.0)

    def end_history(self) -> None:
        """Everything that was there at the start has been read: what comes now is new."""
        self._history = False

    def doubt(self) -> None:
        """The folder is another one, or events were lost: images that were whole may not be so any more."""
        self._doubted = deque(self._whole)

    def remove(self, files: list[DayFile]) -> list[FeedMessage]:
        """Files that are gone from the folder."""
        gone = [file for file in files if file.kind is FileKind.IMAGE]
        messages: list[FeedMessage] = []
        for file in gone:
            self._growing.pop(file.name, None)
            _, seen = self._whole.pop(file.name, (file, (0, 0)))
            messages.append(self._image(file, seen[1], problem="the file is gone"))
        names = {file.name for file in gone}
        if names and self._old:
            self._old = deque(file for file in self._old if file.name not in names)
        if gone:
            what = gone[0].name if len(gone) == 1 else f"{len(gone)} images"
            text = f"{what} {'is' if len(gone) == 1 else 'are'} gone from {self.folder}"
            path = self._path(gone[0]) if len(gone) == 1 else str(self.folder)
            messages.append(SourceEvent(SourceKind.VANISHED, path, text))
        return messages

    def look(self, woken: frozenset[str], now: float, *, all_files: bool = False) -> list[FeedMessage]:
        """Look at the images that are not whole, and at whole ones that were written to."""
        messages: list[FeedMessage] = []
        for name in woken:
            self._reopen(name, now)
        for name, growing in list(self._growing.items()):
            if all_files or name in woken or not growing.judged or now - growing.since < ABANDONED_S:
                messages += self._check(growing, now)
        return messages

    def advance(self, now: float, received: float) -> list[FeedMessage]:
        """Look at some of the images that were there at the start, newest first, or that are in doubt."""
        messages: list[FeedMessage] = []
        end = time.monotonic() + SLICE_S
        while self._old and time.monotonic() < end:
            messages += self._judge_old(self._old.popleft(), now, received)
        while self._doubted and time.monotonic() < end:
            self._reopen(self._doubted.popleft(), now)
        return messages

    def _judge_old(self, file: DayFile, now: float, received: float) -> list[FeedMessage]:
        try:
            there = os.stat(self._path(file))
        except OSError as why:
            log.debug("%s: %s", file.name, why)
            there = None
        if there is None or received - there.st_mtime < OLD_S:
            growing = self._growing[file.name] = Growing(file, NEVER, now)
            return self._check(growing, now)
        seen = (there.st_size, there.st_mtime_ns)
        if there.st_size in self._whole_sizes and self._walked >= WALKED:
            return self._settle(file, seen, past=True)
        self._walked += 1
        growing = self._growing[file.name] = Growing(file, seen, now - SETTLE_S, past=True)
        return self._check(growing, now)

    def _check(self, growing: Growing, now: float) -> list[FeedMessage]:
        """One look at an image that is not whole: one stat, and the headers once its size has settled."""
        file = growing.file
        try:
            there = os.stat(self._path(file))
        except FileNotFoundError:
            return []  # the next listing tells
        except OSError as why:
            return self._tell(growing, f"cannot be read ({why.strerror or why})", 0)
        seen = (there.st_size, there.st_mtime_ns)
        if seen != growing.seen:
            growing.seen, growing.since, growing.judged = seen, now, False
            return self._tell(growing, "being written", there.st_mtime_ns)
        if growing.judged or now - growing.since < SETTLE_S:
            return []
        state = frame_state(self._path(file))
        growing.judged = state.size == there.st_size  # else it is not the file we looked at, or could not be read
        if state.complete and growing.judged:
            self._whole_sizes.add(there.st_size)
            return self._settle(file, seen, past=growing.past)
        return self._tell(growing, state.problem or "incomplete", there.st_mtime_ns)

    def _settle(self, file: DayFile, seen: tuple[int, int], *, past: bool) -> list[FeedMessage]:
        self._growing.pop(file.name, None)
        self._whole[file.name] = (file, seen)
        return [self._image(file, seen[1], complete=True, past=past)]

    def _reopen(self, name: str, now: float) -> None:
        """Doubt an image that was whole when it has been written to since."""
        if name not in self._whole:
            return
        file, seen = self._whole[name]
        try:
            there = os.stat(self._path(file))
        except OSError:
            return  # the next listing tells
        if (there.st_size, there.st_mtime_ns) != seen:
            del self._whole[name]
            self._growing[name] = Growing(file, NEVER, now)

    def _tell(self, growing: Growing, problem: str, modified_ns: int) -> list[FeedMessage]:
        if problem == growing.told:
            return []
        growing.told = problem
        return [self._image(growing.file, modified_ns, problem=problem)]

    def _image(
        self, file: DayFile, modified_ns: int, *, complete: bool = False, problem: str = "", past: bool = False
    ) -> ImageFile:
        path, obsid, ccd = self._path(file), file.obsid or 0, file.ccd or 0
        return ImageFile(path, obsid, ccd, complete, modified_ns / 1e9, problem, past)

    def _path(self, file: DayFile) -> str:
        return os.path.join(self.folder, file.name)
