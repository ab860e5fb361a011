"""Which HK files of a folder are read, and in which order.

Master files are the source where there are any; the HK files of single ObsIDs repeat part of them and are read only
where an old ELVIS wrote no master file. At start the last rows of the newest file come first (the preview), so that
the flags are there before the history; then all files in the order ELVIS began them.
"""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from eyegore.elvis.day_folder import DayFile, FileKind, in_order
from eyegore.elvis.dialect import Recognition
from eyegore.elvis.hk_file import HkTail, hk_header
from eyegore.feeds.tails import Tails
from eyegore.messages.events import FeedMessage, HkRows

PREVIEW_EVERY_S = 0.25
"""How often the newest file is previewed again while the history is being read."""
GROWING_S = 60.0
"""A file that gave rows is looked at each cycle for so long; the others when the folder is listed or inotify calls."""


class HkSource:
    """The HK of one folder. :meth:`advance` reads the next piece; :meth:`look` what was added to growing files."""

    def __init__(self, folder: Path, elvis: str | None = None, *, preview: bool = True) -> None:
        self.folder = folder
        self._elvis = elvis
        self._explog: Recognition | None = None
        self._masters = False
        self._files: dict[str, DayFile] = {}
        self._order: list[str] = []
        self._place: dict[str, int] = {}
        self._newest = ""
        self._turns: list[str] = []
        self._tails: Tails[HkTail] = Tails()
        self._grew: dict[str, float] = {}
        self._history = preview
        self._previewed = False
        self._preview_end = -math.inf
        self._preview_at = -math.inf
        self._preview_size = -1

    @property
    def pending(self) -> bool:
        """Whether a file may hold more than has been read."""
        return bool(self._tails.unread)

    def add(self, files: list[DayFile]) -> None:
        """Take new files of the folder; those of other kinds are passed over."""
        if not self._masters and any(file.kind is FileKind.MASTER_HK for file in files):
            self._masters = True
            for name in self._files:
                self._tails.drop(name)
            self._files.clear()
        kind = FileKind.MASTER_HK if self._masters else FileKind.OBSID_HK
        new = [file for file in files if file.kind is kind and file.name not in self._files]
        if not new:
            return
        for file in new:
            self._files[file.name] = file
            self._tails.add(file.name, HkTail(os.path.join(self.folder, file.name), self._elvis, self._explog))
        ordered = in_order(self._files.values())
        self._order = [file.name for file in ordered]
        self._place = {name: place for place, name in enumerate(self._order)}
        self._newest = next((file.name for file in reversed(ordered) if not math.isnan(file.time)), self._order[-1])
        self._turns.clear()

    def take_explog(self, found: Recognition) -> None:
        """What the exposure log tells of the version, for HK headers that more than one version has."""
        if found != self._explog:
            self._explog = found
            for tail in self._tails.readers.values():
                tail.explog = found

    def end_history(self) -> None:
        """Everything that was there at the start has been read: what comes now is new."""
        self._history = False

    def look(self, woken: frozenset[str], now: float, received: float, *, all_files: bool = False) -> list[FeedMessage]:
        """What was added to the files that grow or woke us, or to any file; one stat for each without news."""
        self._grew = {name: grew for name, grew in self._grew.items() if now - grew < GROWING_S}
        names = (
            self._order if all_files else sorted(self._place.keys() & {self._newest, *self._grew, *woken}, key=self._at)
        )
        messages = self._note(self._tails.look(names, received), now)
        if self._history:
            messages += self._preview(now, received)
        return messages

    def advance(self, now: float, received: float) -> list[FeedMessage]:
        """Next piece of the first file, in reading order, that may hold more."""
        while self._turns and self._turns[-1] not in self._tails.unread:
            self._turns.pop()
        if not self._turns:
            self._turns = sorted(self._tails.unread, key=self._at, reverse=True)
        if not self._turns:
            return []
        name = self._turns[-1]
        return self._note(self._tails.poll(name, received), now)

    def end(self, received: float) -> list[FeedMessage]:
        """Nothing will be added to any file: what is to be said of last lines without an end."""
        return self._tails.end(received)

    def _at(self, name: str) -> int:
        return self._place[name]

    def _note(self, messages: list[FeedMessage], now: float) -> list[FeedMessage]:
        for message in messages:
            if isinstance(message, HkRows) and not message.preview:
                self._grew[os.path.basename(message.path)] = now
        return messages

    def _preview(self, now: float, received: float) -> list[FeedMessage]:
        """Newest rows of the newest file while its history waits to be read; only those not previewed before."""
        name = self._newest
        if name not in self._tails.unread or now - self._preview_at < PREVIEW_EVERY_S:
            return []
        self._preview_at = now
        size = _size(os.path.join(self.folder, name))
        if size == self._preview_size:
            return []
        self._preview_size = size
        found = self._tails.attempt(name, lambda: self._preview_of(name, received))
        return [] if isinstance(found, str) else found  # what is wrong is said when the file is read

    def _preview_of(self, name: str, received: float) -> list[FeedMessage]:
        rows = self._tails.readers[name].preview(received)
        if rows is None or not rows.times.size:
            return []
        messages: list[FeedMessage] = []
        if not self._previewed:
            self._previewed = True
            messages.append(hk_header(rows.path, rows.columns, self._elvis, transposed=False))
        else:
            rows = _part(rows, slice(int(np.searchsorted(rows.times, self._preview_end, "right")), None))
        if rows.times.size:
            self._preview_end = float(rows.times[-1])
            messages.append(rows)
        return messages


def _part(rows: HkRows, part: slice) -> HkRows:
    return replace(rows, times=rows.times[part], values=rows.values[part], line=rows.line + (part.start or 0))


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return -1
