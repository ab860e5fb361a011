"""What runs beside the reader of a session, each as the session asks: copies, images judged, free space, limits edited.

They are told of the events of the session, and post what they find; none of them can hold up the monitor.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from eyegore.basics.errors import SettingsError
from eyegore.basics.files import state_dir
from eyegore.basics.toml_file import TomlError, UnreadableError
from eyegore.basics.worker import Worker
from eyegore.copies.target import SyncTarget, TargetKind, refuse_inside
from eyegore.limits.table import load_table
from eyegore.messages.events import (
    Event,
    ExposuresAccepted,
    FeedMessage,
    FreeSpace,
    ImageFile,
    LimitsEdited,
    SourceEvent,
    SourceKind,
)
from eyegore.session.settings import Session

if TYPE_CHECKING:
    from eyegore.copies.service import BackupService
    from eyegore.images.judge import ImageJudge
    from eyegore.limits.frame_model import CheckTable

log = logging.getLogger(__name__)

LOOK_S = 2.0
"""Time between two looks at the limit table [s]; an edit counts when the file is the same at two looks: editors write
in pieces."""
SPACE_S, ANSWER_S = 30.0, 10.0
"""Volumes are asked for their free space this often [s]; a file system that has not answered for so long hangs [s]."""

Post = Callable[[FeedMessage], None]
Stamp = tuple[int, int, int] | None


class LimitsFile(Worker):
    """Watches the lab's own limit table while a session uses it, and reads it again when it was edited.

    One thread, "limits". ``post`` is called on it with each edit; a file that is away is not an edit.
    """

    def __init__(self, path: Path, post: Callable[[LimitsEdited], None], *, look_s: float = LOOK_S) -> None:
        super().__init__("limits")
        self._path, self._post, self._look_s = path, post, look_s
        self._used = self._stamp()
        self._seen = self._used
        self._problem = ""

    def _work(self) -> None:
        while not self._stopping.wait(self._look_s):
            try:
                self._look()
            except Exception:
                log.exception("the limit table could not be looked at")

    def _look(self) -> None:
        stamp, before = self._stamp(), self._seen
        self._seen = stamp
        if stamp is None or stamp != before or stamp == self._used:
            return
        try:
            edited = LimitsEdited(str(self._path), load_table(self._path), "")
        except TomlError as why:
            edited = LimitsEdited(str(self._path), None, str(why))
            if isinstance(why, UnreadableError):  # it may be readable at the next look, and look the same
                stamp = self._used
        told, self._used, self._problem = self._problem, stamp, edited.problem
        if not edited.problem or edited.problem != told:
            self._post(edited)

    def _stamp(self) -> Stamp:
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns


def _free(path: Path) -> float:
    return float(shutil.disk_usage(path).free)


class DiskSpace(Worker):
    """Asks each of ``paths`` (by name) every ``period_s`` [s] for its free space and posts the answers.

    A file system that hangs holds up nobody. The thread "disk space" asks; each volume is asked on a thread of its own,
    never twice at a time, and counts as hanging when it has not answered within ``answer_s`` [s]. ``post`` is called on
    these threads and must return at once. A path that is gone is a problem: its parent may lie on another volume; one
    that was never there is none yet. ``free`` gives the free space [byte].
    """

    def __init__(
        self,
        paths: Mapping[str, Path],
        post: Callable[[FreeSpace], None],
        *,
        period_s: float = SPACE_S,
        answer_s: float = ANSWER_S,
        free: Callable[[Path], float] = _free,
    ) -> None:
        super().__init__("disk space")
        self._paths = dict(paths)
        self._post = post
        self._period_s = period_s
        self._answer_s = min(answer_s, period_s)
        self._free = free
        self._asked: dict[str, threading.Thread] = {}
        self._known: set[str] = set()

    def join(self, timeout: float = 2.0) -> bool:
        """Wait for the end, at most ``timeout`` [s]; False when a hanging file system still holds a thread."""
        end = time.monotonic() + timeout
        ended = super().join(timeout)
        for thread in list(self._asked.values()):
            thread.join(max(0.0, end - time.monotonic()))
        return ended and not any(thread.is_alive() for thread in self._asked.values())

    def _work(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            self._ask_all()
            self._stopping.wait(self._answer_s)
            if not self._stopping.is_set():
                self._tell_hanging()
            self._stopping.wait(max(0.0, began + self._period_s - time.monotonic()))

    def _ask_all(self) -> None:
        for name, path in self._paths.items():
            asked = self._asked.get(name)
            if asked is None or not asked.is_alive():
                thread = threading.Thread(target=self._ask, args=(name, path), name=f"disk space {name}", daemon=True)
                thread.start()  # before it can be joined: stop() may come at any moment
                self._asked[name] = thread

    def _ask(self, name: str, path: Path) -> None:
        free, problem = float("nan"), ""
        try:
            free = self._free(path)
            self._known.add(name)
        except OSError as why:
            if isinstance(why, FileNotFoundError) and name not in self._known:
                return
            problem = f"{path} cannot be asked for its free space ({why.strerror or why})"
        if not self._stopping.is_set():
            self._post(FreeSpace(name, free, problem))

    def _tell_hanging(self) -> None:
        """Tell of each volume that does not answer, again in every period."""
        for name, thread in self._asked.items():
            if thread.is_alive():
                problem = f"{self._paths[name]} does not answer: its file system hangs"
                self._post(FreeSpace(name, float("nan"), problem))


class SideWorkers:
    """The workers of one session; ``post`` is called on their threads.

    Raises
    ------
    SettingsError
        When one of them cannot be as the session asks.
    """

    def __init__(self, session: Session, post: Post) -> None:
        self._session = session
        self._limits = LimitsFile(session.limits, post) if session.limits is not None else None
        self.targets = _targets(session)
        """Where copies go to."""
        self._copies = _copies(session, self.targets, post) if self.targets else None
        self._frames = _judge(session, post) if session.images else None
        self.disk = DiskSpace(_volumes(session, self.targets), post) if session.watch_disk else None

    def start(self) -> None:
        """Start all of them; returns at once."""
        for one in (self.disk, self._limits, self._frames):
            if one is not None:
                one.start()
        if self._copies is not None and not self._session.follow:
            self._copies.begin(self._session.folder)

    def take(self, event: Event) -> None:
        """A file that is complete is copied and judged at once; another day folder is another one to copy and judge."""
        if isinstance(event, SourceEvent) and event.kind is SourceKind.SWITCHED:
            if self._copies is not None:
                self._copies.begin(Path(event.path))
            if self._frames is not None:
                self._frames.forget()
        elif isinstance(event, ImageFile):
            if self._copies is not None and event.complete:
                self._copies.wake()
            if self._frames is not None:
                self._frames.offer(event)
        elif isinstance(event, ExposuresAccepted) and self._frames is not None:
            self._frames.exposed(event.rows)

    def look_at_copies(self) -> bool:
        """Ask all targets for everything now; returns at once, False when there are none. From any thread."""
        if self._copies is not None:
            self._copies.look()
        return self._copies is not None

    def stop(self) -> None:
        """End what they do; returns at once."""
        for one in self._all():
            one.stop()

    def join(self, end: float) -> bool:
        """Wait until ``end`` [monotonic s], a moment for each at least; False when one hangs (in a dead mount, say)."""
        joined = [one.join(max(0.1, end - time.monotonic())) for one in self._all()]
        return all(joined)

    def _all(self) -> list[Worker | BackupService]:
        return [one for one in (self.disk, self._limits, self._frames, self._copies) if one is not None]


def _targets(session: Session) -> list[SyncTarget]:
    if not session.backups and not session.broadcasts:
        return []
    from eyegore.copies.settings import TargetNames

    targets = TargetNames(session.copies).session(session.backups, session.broadcasts)
    for target in targets:
        refuse_inside(session.folder, target)
    return targets


def _volumes(session: Session, targets: list[SyncTarget]) -> dict[str, Path]:
    """The volumes whose free space is watched, by name."""
    volumes = {"data volume": session.folder}
    return volumes | {one.volume: Path(one.path) for one in targets if one.kind is TargetKind.LOCAL}


def _copies(session: Session, targets: list[SyncTarget], post: Post) -> BackupService:
    from eyegore.copies.service import BackupService

    return BackupService(targets, state_dir(session.state), post)


def _judge(session: Session, post: Post) -> ImageJudge:
    from eyegore.images.judge import ImageJudge

    table = cache(lambda: check_table(session.checks, session.block))
    if session.checks is not None or session.block:
        table()  # what a person gave may be wrong, and is refused at once
    return ImageJudge(table, session.block, state_dir(session.state) if session.journal else None, post)


def check_table(checks: Path | None, block: str) -> CheckTable:
    """The table that images are judged by, the lab's own or that built in.

    Raises
    ------
    SettingsError
        When it cannot be used, or knows no such block.
    """
    from eyegore.limits.table import built_in_checks, load_checks

    try:
        table = load_checks(checks) if checks is not None else built_in_checks()
    except TomlError as why:
        raise SettingsError(f"table of checks not usable: {why}") from why
    if block and block not in table.blocks:
        raise SettingsError(f"block {block!r} is not known; known are {', '.join(table.blocks)}")
    return table
