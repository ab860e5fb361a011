"""The worker that turns what happens in the folder into messages, and the same reading done once.

The thread "ingest" looks at the folder each :data:`CYCLE_S`, and at once when :class:`FolderWatch` wakes it. It is the
only one that reads; it writes nothing there and keeps no file open.
"""

from __future__ import annotations

import logging
import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.basics.worker import Worker, all_ended
from eyegore.feeds.day_reader import DayReader
from eyegore.feeds.follow import DayFolder, newer_day_folder
from eyegore.feeds.frame_source import SETTLE_S
from eyegore.feeds.watch import EVERYTHING, FolderWatch
from eyegore.messages.events import CaughtUp, FeedMessage, SourceEvent, SourceKind, WorkerDied

log = logging.getLogger(__name__)

CYCLE_S = 0.25
OBSERVED_CYCLE_S = 0.5
"""Time between two looks where inotify calls us earlier when there is something to see."""
REST_S, RESTING_CYCLE_S = 60.0, 2.0
"""After so long without news from the folder, and the time between two looks then, where inotify calls us."""
BREATH_S = 0.002
"""Pause between two pieces of what is read, for the other threads."""
SHOWN_S = 1.0
"""So long the history waits for a window that hangs, once [s]."""
SPACING_S = 0.02
"""Shortest time between two looks: a file that is written to all the time does not get all our time."""
FOLLOW_S, FOLLOW_LONGEST_S = 2.0, 60.0
"""Shortest and longest time between two looks for a newer day folder."""
FOLLOW_SHARE = 0.001
"""Share of our time these may take: folders are told apart by the stamps of the files in them."""


class Ingest(Worker):
    """Reads one day folder, live.

    Parameters
    ----------
    folder
        The day folder; it need not exist yet. With ``follow`` the parent of day folders.
    post
        Takes each message, on the thread "ingest" or "watcher"; must return at once.
    elvis
        The version, None to recognise it from the headers.
    polling
        True: never use inotify; False: always; None: as the file system demands.
    images, exposures
        Whether to look at images and exposure logs.
    follow
        Monitor the newest day folder in ``folder``, and switch when a newer one gets files.
    when_shown
        Calls what it is given, from any thread, once all that was posted is judged and shown. The history is read no
        faster: while Python works on it, each call of the window to Tk would have to wait for its turn.
    """

    def __init__(
        self,
        folder: Path,
        post: Callable[[FeedMessage], None],
        *,
        elvis: str | None = None,
        polling: bool | None = None,
        images: bool = True,
        exposures: bool = True,
        follow: bool = False,
        when_shown: Callable[[Callable[[], None]], object] = lambda call: call(),
    ) -> None:
        super().__init__("ingest")
        self.folder = folder
        self._post = post
        self._elvis = elvis or None
        self._polling = polling
        self._images = images
        self._exposures = exposures
        self._follow = follow
        self._when_shown = when_shown
        self._shown = threading.Event()
        self._shown.set()
        self._waking = threading.Event()
        self._lock = threading.Lock()
        self._woken: set[str] = set()
        self._everything = True
        self._reader: DayReader | None = None
        self._watch: FolderWatch | None = None
        self._past_watches: list[FolderWatch] = []
        self._day: DayFolder | None = None
        self._follow_at = 0.0
        self._news_at = 0.0
        self._trouble = ""

    def _interrupt(self) -> None:
        self._waking.set()
        self._shown.set()
        if self._watch is not None:
            self._watch.stop()

    def join(self, timeout: float = 2.0) -> bool:
        """Wait for the end, at most ``timeout`` [s]; False when a hanging file system still holds a thread."""
        end = time.monotonic() + timeout
        ended = super().join(timeout)
        watches = [*self._past_watches, *([self._watch] if self._watch else [])]
        for watch in watches:
            watch.stop()
        return all_ended(watches, end - time.monotonic()) and ended

    # --- the thread -------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        """Read on. After the thread died it goes on where it stopped, so that no row comes twice."""
        try:
            while not self._stopping.is_set():
                began = time.monotonic()
                self._choose(began)
                if self._reader is not None:
                    self._look(self._reader, began)
                self._waking.wait(max(0.0, began + self._cycle_s(began) - time.monotonic()))
                self._stopping.wait(max(0.0, began + SPACING_S - time.monotonic()))
        finally:
            if self._watch is not None:
                self._watch.stop()

    def _cycle_s(self, now: float) -> float:
        """Time between two looks at the folder at monotonic time ``now`` [s]."""
        if self._watch is None or not self._watch.observing:
            return CYCLE_S
        return OBSERVED_CYCLE_S if now - self._news_at < REST_S else RESTING_CYCLE_S

    def _look(self, reader: DayReader, began: float) -> None:
        """Look once, then read on until the cycle is over or something new calls."""
        watch = self._supervised(reader.folder)
        woken, everything = self._take_woken()
        polling = not watch.observing
        self._send(reader.look(woken, began, time.time(), everything=everything, polling=polling))
        while reader.pending and not self._stopping.is_set():
            self._send(reader.advance(time.monotonic(), time.time()))
            self._rest(history=not reader.caught_up)
            if self._waking.is_set() or time.monotonic() - began > CYCLE_S:
                self._waking.set()  # there is more to read: come back at once
                break

    def _rest(self, *, history: bool) -> None:
        """Let the others have their turn; a window that does not answer is waited for once."""
        if history and self._shown.is_set():
            self._shown.clear()
            self._when_shown(self._shown.set)
            self._shown.wait(SHOWN_S)
        else:
            self._stopping.wait(BREATH_S)

    def _send(self, messages: Iterable[FeedMessage]) -> None:
        for message in messages:
            self._news_at = time.monotonic()
            self._post(message)

    def _wake(self, names: frozenset[str]) -> None:
        with self._lock:
            self._woken |= names
            self._everything |= names == EVERYTHING
        self._waking.set()

    def _take_woken(self) -> tuple[frozenset[str], bool]:
        self._waking.clear()
        with self._lock:
            woken, self._woken = frozenset(self._woken), set()
            everything, self._everything = self._everything, False
        return woken, everything

    def _supervised(self, folder: Path) -> FolderWatch:
        """The watch on the folder; another one when the first died."""
        watch = self._watch
        if watch is not None and watch.alive:
            return watch
        if watch is not None and watch.error is not None:
            self._post(WorkerDied("watcher", f"{type(watch.error).__name__}: {watch.error}"))
        self._watch = FolderWatch(folder, self._wake, self._post, polling=self._polling)
        self._watch.start()
        return self._watch

    # --- which folder -----------------------------------------------------------------------------------------------

    def _choose(self, now: float) -> None:
        if not self._follow:
            if self._reader is None:
                self._reader = self._reader_of(self.folder)
            return
        if now >= self._follow_at:
            self._follow_newest()
            took = time.monotonic() - now
            self._follow_at = now + min(max(FOLLOW_S, took / FOLLOW_SHARE), FOLLOW_LONGEST_S)

    def _follow_newest(self) -> None:
        current = self._day
        try:
            newer = newer_day_folder(self.folder, current)
            trouble = "" if newer or current else f"no day folder with files of ELVIS in {self.folder} yet"
        except OSError as why:
            newer, trouble = None, f"{self.folder} cannot be listed ({why.strerror or why})"
        if trouble and trouble != self._trouble:
            kind = SourceKind.UNREADABLE if current else SourceKind.OFFLINE
            self._post(SourceEvent(kind, str(self.folder), f"{trouble}: waiting"))
        self._trouble = trouble
        if newer is not None:
            self._day = newer
            instead = f"instead of {current.path}: {newer.told(current)}" if current else ""
            what = instead or f"the day folder in {self.folder} that was written to last"
            self._switch(newer.path, f"monitoring {newer.path}, {what}")

    def _switch(self, folder: Path, text: str) -> None:
        self._post(SourceEvent(SourceKind.SWITCHED, str(folder), text))
        if self._watch is not None:
            self._watch.stop()
            self._past_watches = [watch for watch in (*self._past_watches, self._watch) if watch.alive]
            self._watch = None
        self._reader = self._reader_of(folder)

    def _reader_of(self, folder: Path) -> DayReader:
        return DayReader(folder, elvis=self._elvis, images=self._images, exposures=self._exposures)


def read_folder(
    folder: Path, *, elvis: str | None = None, images: bool = True, exposures: bool = True
) -> Iterator[FeedMessage]:
    """Everything the folder holds now, in reading order, ending with :class:`CaughtUp`.

    Raises
    ------
    SettingsError
        When there is no such folder, or it cannot be read, or it vanishes before its end is reached.
    """
    try:
        if not stat.S_ISDIR(os.stat(folder).st_mode):
            raise SettingsError(f"{folder} is not a folder: give the day folder that ELVIS writes")
    except FileNotFoundError:
        raise SettingsError(f"{folder} does not exist: give the day folder that ELVIS writes") from None
    except OSError as why:
        raise SettingsError(f"{folder} cannot be read ({why.strerror or why})") from why
    reader = DayReader(folder, elvis=elvis or None, images=images, exposures=exposures, preview=False)
    for message in _pieces(reader):
        if isinstance(message, SourceEvent) and message.kind is SourceKind.OFFLINE:
            raise SettingsError(message.text.partition(": waiting")[0])
        if not isinstance(message, CaughtUp):
            yield message
    yield CaughtUp(str(folder))


def _pieces(reader: DayReader) -> Iterator[FeedMessage]:
    yield from reader.look(frozenset(), time.monotonic(), time.time())
    while reader.pending:
        yield from reader.advance(time.monotonic(), time.time())
    if reader.settling:  # an image written to a moment ago is whole if it is the same at a second look
        time.sleep(SETTLE_S + 0.01)
        yield from reader.settle(time.monotonic())
    # what vanished meanwhile was not read: without another look the rest would pass for all
    yield from reader.look(frozenset(), time.monotonic(), time.time(), everything=True)
    yield from reader.end(time.time())
