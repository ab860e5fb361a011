"""A supervised watch on one folder: it wakes the reader early, and never matters for what the reader finds.

The periodic scan is the truth. inotify goes deaf without a word when its folder is deleted, renamed, unmounted or
mounted over, loses events when its queue overflows, and never hears of what other machines write; so the identity of
the folder is compared each cycle, a deaf or dead observer is replaced, and where it cannot work none is started.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import queue
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eyegore.basics.files import mount_of
from eyegore.basics.worker import Worker
from eyegore.messages.events import SourceEvent, SourceKind, WatcherState

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver

log = logging.getLogger(__name__)

EVERYTHING: frozenset[str] = frozenset()
"""What ``wake`` is called with when any file may have changed."""
CYCLE_S = 2.0
ANSWER_S = 5.0
"""A file system that has not answered for so long hangs."""
RETRY_S = 60.0
"""How long to poll before inotify is tried again after it was refused."""
REFUSALS = {
    errno.EMFILE: "fs.inotify.max_user_instances",
    errno.ENOSPC: "fs.inotify.max_user_watches",
}
OVERFLOW_LOGGER = "watchdog.observers.inotify_c"
"""watchdog tells nobody of an overflow but this logger."""


@dataclass(frozen=True)
class Place:
    """What the path leads to at the moment; another value means that a watch on the earlier one is deaf."""

    real: str
    device: int
    inode: int
    mount: int
    readable: bool
    kind: str
    remote: bool


class FolderWatch(Worker):
    """Watches one folder, which may come and go, on the thread "watcher".

    Parameters
    ----------
    root
        The folder, which need not exist yet; a symbolic link is followed, also when it is re-pointed.
    wake
        Called from any thread with the names of files in the folder that changed, or with :data:`EVERYTHING`.
        Must return at once.
    post
        Takes :class:`WatcherState` whenever it changes, and :class:`SourceEvent` of overflows and of a hanging folder.
    polling
        True: never use inotify; False: always; None: unless the folder lies on a network or FUSE file system.
    cycle_s
        How often [s] the identity of the folder and the life of the observer are checked.
    answer_s
        How long [s] the file system may take to answer before it is said to hang.
    """

    def __init__(
        self,
        root: Path,
        wake: Callable[[frozenset[str]], None],
        post: Callable[[WatcherState | SourceEvent], None],
        *,
        polling: bool | None = None,
        cycle_s: float = CYCLE_S,
        answer_s: float = ANSWER_S,
    ) -> None:
        super().__init__("watcher")
        self.root = root
        self._wake = wake
        self._post = post
        self._polling = polling
        self._cycle_s = cycle_s
        self._answer_s = answer_s
        self._early = threading.Event()
        self._overflowed = threading.Event()
        self._probing: threading.Thread | None = None
        self._answers: queue.SimpleQueue[Place | None] = queue.SimpleQueue()
        self._hangs = False
        self._place: Place | None = None
        self._observer: BaseObserver | None = None
        self._retry_at = 0.0
        self._told: tuple[str, bool, str] | None = None

    @property
    def observing(self) -> bool:
        """Whether inotify reports the folder's changes, so that a scan may wait for it a little."""
        return self._observer is not None

    def _interrupt(self) -> None:
        self._early.set()

    def _work(self) -> None:
        overflows = _OverflowHandler(self._overflow)
        logging.getLogger(OVERFLOW_LOGGER).addHandler(overflows)
        try:
            while not self._stopping.is_set():
                self._cycle()
                self._early.wait(self._cycle_s)
                self._early.clear()
        finally:
            logging.getLogger(OVERFLOW_LOGGER).removeHandler(overflows)
            self._retire()

    def _died(self, why: Exception) -> None:
        self._tell("polling", False, f"the watcher failed ({type(why).__name__}: {why})")

    def _cycle(self) -> None:
        answered, place = self._probe()
        if self._stopping.is_set():
            return
        if not answered:
            self._hanging()
            return
        if self._hangs:
            self._hangs = False
            if place is not None:
                self._event(SourceKind.ONLINE, f"{self.root} answers again")
            self._wake(EVERYTHING)
        if place != self._place:
            log.debug("%s: %s instead of %s", self.root, place, self._place)
            self._retire()
            self._place, self._retry_at = place, 0.0
            self._wake(EVERYTHING)
        if self._overflowed.is_set():
            self._overflowed.clear()
            self._retire()
            self._event(SourceKind.OVERFLOW, f"too many changes at once in {self.root}: it is read again as a whole")
            self._wake(EVERYTHING)
        if self._observer is not None and not _listens(self._observer):
            log.info("the observer of %s ended: starting another", self.root)
            self._retire()
            self._wake(EVERYTHING)
        self._watch()

    def _watch(self) -> None:
        """See that the folder is observed, where that is possible, and say how it is watched."""
        place = self._place
        if place is None:
            self._tell("polling", True, "waiting for the folder")
        elif not place.readable:
            self._tell("polling", True, "waiting for permission to read the folder")
        elif self._polling:
            self._tell("polling", True, "asked for")
        elif place.remote and self._polling is None:
            self._tell("polling", True, f"{place.kind} does not announce what other machines write")
        elif self._observer is not None:
            self._tell("inotify", True, f"local file system ({place.kind})")
        elif time.monotonic() >= self._retry_at:
            self._observe(place)

    def _observe(self, place: Place) -> None:
        try:
            self._observer = _observer(place.real, self._noticed)
        except OSError as why:
            self._retry_at = time.monotonic() + RETRY_S
            if why.errno in REFUSALS:
                self._tell("polling", True, f"inotify is used up on this machine: raise {REFUSALS[why.errno]}")
            else:
                self._tell("polling", True, f"inotify refused the folder ({why.strerror or why})")
            return
        self._tell("inotify", True, f"local file system ({place.kind})")
        self._wake(EVERYTHING)  # what changed before the watch stood was not announced

    def _noticed(self, event: FileSystemEvent) -> None:
        """Called on watchdog's thread for each event."""
        place = self._place
        if place is None:
            return
        names = set()
        for path in (event.src_path, event.dest_path):
            folder, name = os.path.split(os.fsdecode(path))
            if path == place.real:
                self._early.set()  # the folder itself went
            elif folder == place.real:
                names.add(name)
        self._wake(frozenset(names))  # an empty set is EVERYTHING

    def _overflow(self) -> None:
        self._overflowed.set()
        self._early.set()

    def _retire(self) -> None:
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join(self._answer_s)

    def _probe(self) -> tuple[bool, Place | None]:
        """Look at the folder from a thread of its own: whoever asks a hanging mount hangs with it."""
        if self._probing is None:
            self._probing = threading.Thread(target=self._look, name="watcher-probe", daemon=True)
            self._probing.start()
        deadline = time.monotonic() + (0.0 if self._hangs else self._answer_s)
        while not self._stopping.is_set():
            left = deadline - time.monotonic()
            with contextlib.suppress(queue.Empty):
                place = self._answers.get(timeout=max(0.0, min(left, 0.2)))
                self._probing = None
                return True, place
            if left <= 0:
                break
        return False, None

    def _look(self) -> None:
        self._answers.put(_place(self.root))

    def _hanging(self) -> None:
        if not self._hangs:
            self._hangs = True
            self._event(SourceKind.OFFLINE, f"{self.root} has not answered for {self._answer_s:g} s")
        kind = "inotify" if self._observer is not None else "polling"
        self._tell(kind, False, "the folder does not answer")

    def _event(self, kind: SourceKind, text: str) -> None:
        self._post(SourceEvent(kind, str(self.root), text))

    def _tell(self, kind: str, alive: bool, reason: str) -> None:
        if self._told != (kind, alive, reason):
            self._told = (kind, alive, reason)
            self._post(WatcherState(kind, alive, reason))


class _OverflowHandler(logging.Handler):
    """Hears watchdog say that events were lost; of any folder, but to look once too often does no harm."""

    def __init__(self, told: Callable[[], None]) -> None:
        super().__init__(logging.WARNING)
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        if "overflow" in record.getMessage():
            self._told()


def _place(root: Path) -> Place | None:
    try:
        there = os.stat(root)
    except OSError:
        return None
    if not stat.S_ISDIR(there.st_mode):
        return None
    real = os.path.realpath(root)
    mount = mount_of(real)
    return Place(
        real,
        there.st_dev,
        there.st_ino,
        mount.number if mount else 0,
        os.access(root, os.R_OK | os.X_OK),
        mount.kind if mount else "unknown",
        mount.remote if mount else False,
    )


def _observer(real: str, changed: Callable[[FileSystemEvent], None]) -> BaseObserver:
    """A running observer of what changes files' content; reading them must not wake us, or we never sleep."""
    from watchdog import events
    from watchdog.observers import Observer

    class Changed(events.FileSystemEventHandler):
        def dispatch(self, event: FileSystemEvent) -> None:
            changed(event)

    observer = Observer()
    observer.schedule(
        Changed(),
        real,
        event_filter=[
            events.FileCreatedEvent,
            events.FileModifiedEvent,
            events.FileMovedEvent,
            events.FileClosedEvent,
            events.FileDeletedEvent,
            events.DirDeletedEvent,
        ],
    )
    try:
        observer.start()
    except OSError:
        observer.stop()  # ends the thread that its constructor started
        raise
    return observer


def _listens(observer: BaseObserver) -> bool:
    return observer.is_alive() and bool(observer.emitters) and all(each.is_alive() for each in observer.emitters)
