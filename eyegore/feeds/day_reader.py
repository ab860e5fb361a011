"""Everything that is read from one day folder, in the order in which it is needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from eyegore.elvis.day_folder import DayFile, FileKind, in_order
from eyegore.elvis.exposure_log import ExposureTail
from eyegore.feeds.folder_scan import FolderScan
from eyegore.feeds.frame_source import ImageSource
from eyegore.feeds.hk_source import HkSource
from eyegore.feeds.tails import Tails
from eyegore.messages.events import CaughtUp, FeedMessage, SourceEvent, SourceKind


class DayReader:
    """Reads one day folder; on one thread, and without ever waiting but for the file system.

    Call :meth:`look` each cycle and whenever inotify calls, and :meth:`advance` as long as :attr:`pending`. At start
    the newest HK rows come first (the preview), then the exposure logs (so that what was commanded is known when HK is
    judged), the HK history, and the images, newest first.
    """

    def __init__(
        self,
        folder: Path,
        *,
        elvis: str | None = None,
        images: bool = True,
        exposures: bool = True,
        preview: bool = True,
    ) -> None:
        self.folder = folder
        self.caught_up = False
        self.online = False
        self._elvis = elvis
        self._exposures = exposures
        self._scan = FolderScan(folder)
        self._logs: Tails[ExposureTail] = Tails()
        self._log_order: list[DayFile] = []
        self._met: set[str] = set()
        self._hk = HkSource(folder, elvis, preview=preview)
        self._frames = ImageSource(folder) if images else None

    @property
    def pending(self) -> bool:
        """Whether there is more to read at once."""
        if not self.online:
            return False
        return bool(self._logs.unread) or self._hk.pending or (self._frames is not None and self._frames.pending)

    @property
    def settling(self) -> bool:
        """Whether an image may turn out to be whole at a look a moment later."""
        return self._frames is not None and self._frames.settling

    def look(
        self, woken: frozenset[str], now: float, received: float, *, everything: bool = False, polling: bool = False
    ) -> Iterator[FeedMessage]:
        """Look at the folder and the files in it that grow, at monotonic time ``now`` [s] and unix ``received`` [s].

        ``woken`` are names told by inotify; ``everything`` asks for a full look, ``polling`` for more frequent ones.
        """
        look = self._scan.look(woken, now, everything=everything, polling=polling)
        self.online = look.online
        yield from look.events
        if not look.online:
            return
        yield from self._take(list(look.appeared))
        changed = woken | {file.name for file in (*look.appeared, *look.vanished)}
        all_files = look.renewed or everything or (look.listed and not (look.appeared or look.vanished))
        yield from self._hk.look(changed, now, received, all_files=all_files)
        yield from self._logs.look([file.name for file in self._log_order], received)
        self._tell_version()
        if self._frames is not None:
            if look.renewed or everything:
                self._frames.doubt()
            yield from self._frames.remove(list(look.vanished))
            yield from self._frames.look(changed, now, all_files=all_files)
        yield from self._catch_up()

    def advance(self, now: float, received: float) -> Iterator[FeedMessage]:
        """Read the next piece of what is unread: some milliseconds of work."""
        unread = [file.name for file in self._log_order if file.name in self._logs.unread]
        if unread:
            yield from self._logs.poll(unread[0], received)
            self._tell_version()
        elif self._hk.pending:
            yield from self._hk.advance(now, received)
        elif self._frames is not None and self._frames.pending:
            yield from self._frames.advance(now, received)
        yield from self._catch_up()

    def settle(self, now: float) -> Iterator[FeedMessage]:
        """Look once more at the images that were not whole."""
        if self._frames is not None:
            yield from self._frames.look(frozenset(), now)

    def end(self, received: float) -> Iterator[FeedMessage]:
        """Nothing will be added to any file: what is to be said of last lines without an end."""
        yield from self._hk.end(received)
        yield from self._logs.end(received)

    def _take(self, files: list[DayFile]) -> Iterator[FeedMessage]:
        for file in files:
            if file.kind is FileKind.EXPLOG and self._exposures and file.name not in self._logs:
                self._logs.add(file.name, ExposureTail(os.path.join(self.folder, file.name), self._elvis))
                self._log_order = in_order([*self._log_order, file])
        self._hk.add(files)
        if self._frames is not None:
            self._frames.add(files)
        new = [file for file in files if file.name not in self._met]
        self._met.update(file.name for file in new)
        for file in new:
            if self.caught_up and file.kind in (FileKind.MASTER_HK, FileKind.EXPLOG):
                path = os.path.join(self.folder, file.name)
                yield SourceEvent(SourceKind.CREATED, path, f"new {file.kind.value} {file.name}")

    def _tell_version(self) -> None:
        """An exposure log tells apart versions whose HK headers are the same."""
        for file in self._log_order[:1]:
            recognition = self._logs.readers[file.name].recognition
            if recognition.elvis:
                self._hk.take_explog(recognition)

    def _catch_up(self) -> Iterator[FeedMessage]:
        if self.caught_up or self.pending or not self.online:
            return
        self.caught_up = True
        self._hk.end_history()
        if self._frames is not None:
            self._frames.end_history()
        yield CaughtUp(str(self.folder))
