"""Judges the images of a session, the newest first, on a thread of its own that drives a process of its own."""

from __future__ import annotations

import heapq
import logging
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from eyegore.basics.worker import Worker
from eyegore.images.judge_process import ImageTask, JudgeProcess
from eyegore.images.store import ImageStamp, ImageStore, forget_old, store_path
from eyegore.messages.events import Exposure, ImageFile
from eyegore.messages.exposures import ccd_of
from eyegore.messages.images import ImageJudged, ImageProblem, ImageResult, ImagesWaiting

if TYPE_CHECKING:
    from eyegore.limits.frame_model import CheckTable


import queue
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eyegore.basics.worker import all_ended

if TYPE_CHECKING:
    from eyegore.limits.frame_model import CheckTable

log = logging.getLogger(__name__)

LOOKS = 2
"""So many times an image is measured that is written to meanwhile; it is offered again when it is whole."""
BREATH_S = 0.001
"""Shortest pause after a kept result [s]: thousands of them in a row would make the window wait for Python's lock."""
AGAIN_S = (10.0, 60.0, 600.0)
"""An image that cannot be read is tried again after these times [s]: it may be locked, or its disk hang."""
TOLD_EACH_S = 1.0
"""How many images wait is told so often [s], while some do."""


class ImageJudge(Worker):
    """Offered images are measured once, and again only when they changed or their row of the log came later.

    ``table`` gives the checks, asked for with the first image; ``post`` is called on the thread with what was found.
    What was found out before a restart comes from the store below the folder ``state``; None keeps nothing. No process
    is started before there is an image.
    """

    def __init__(
        self,
        table: Callable[[], CheckTable],
        block: str,
        state: Path | None,
        post: Callable[[ImageJudged | ImagesWaiting], object],
    ) -> None:
        super().__init__("frames")
        self._table, self._block, self._state, self._post = table, block, state, post
        self._process: JudgeProcess | None = None
        self._queue: list[tuple[int, int, str]] = []
        """Heap of (-ObsID, CCD, path): the newest first. What does not wait any more is passed over."""
        self._waiting: dict[str, ImageFile] = {}
        self._rows: dict[tuple[int, int], Exposure] = {}
        self._rowless: dict[tuple[int, int], ImageFile] = {}
        """Judged before their row of the log was known."""
        self._unread: dict[str, int] = {}
        """How many times in a row an image could not be read."""
        self._later: dict[str, tuple[float, ImageFile]] = {}
        """When those are tried again [s of the monotonic clock]."""
        self._folders = 0
        """Counts the folders read so far."""
        self._kept = False
        """Whether the last result came from the store."""

    def offer(self, image: ImageFile) -> None:
        """Take a complete image, or let one be that is gone or written to again; returns at once."""
        with self._changed:
            self._unread.pop(image.path, None)
            self._later.pop(image.path, None)
            if image.complete:
                self._await(image)
            else:
                self._waiting.pop(image.path, None)
                self._rowless.pop((image.obsid, image.ccd), None)

    def exposed(self, rows: Iterable[Exposure]) -> None:
        """Take rows of the exposure log."""
        with self._changed:
            for row in rows:
                ccd = ccd_of(row.ccd)
                self._rows[row.obsid, ccd] = row
                image = self._rowless.pop((row.obsid, ccd), None)
                if image is not None and image.path not in self._waiting:
                    self._await(image)

    def _await(self, image: ImageFile) -> None:
        if image.path not in self._waiting:
            heapq.heappush(self._queue, (-image.obsid, image.ccd, image.path))
        self._waiting[image.path] = image
        self._changed.notify()

    def forget(self) -> None:
        """Another folder is read: nothing of the last one is awaited any more, nor told."""
        with self._changed:
            self._folders += 1
            self._queue.clear()
            self._waiting.clear()
            self._rows.clear()
            self._rowless.clear()
            self._unread.clear()
            self._later.clear()

    def _interrupt(self) -> None:
        if self._process is not None:
            self._process.child.stop()

    # --- on the thread -----------------------------------------------------------------------------------------------

    def _work(self) -> None:
        stores: dict[str, ImageStore] = {}
        told = 0.0
        if self._state is not None:
            forget_old(self._state, time.time())
        try:
            while (taken := self._next()) is not None:
                image, row, folder = taken
                began, self._kept = time.monotonic(), False
                try:
                    judged = self._judged(image, row, stores)
                except Exception as why:  # outermost frame of the thread: the next image must find it alive
                    log.exception("judging %s", image.path)
                    judged = _fault(image, why)
                if self._stopping.is_set():
                    return
                if folder != self._folders:
                    continue
                self._post(judged)
                self._try_later(image, judged.result.problem)
                waiting = len(self._waiting)
                if not waiting or time.monotonic() - told >= TOLD_EACH_S:
                    told = time.monotonic()
                    self._post(ImagesWaiting(waiting))
                if self._kept:
                    time.sleep(max(BREATH_S, time.monotonic() - began))
        finally:
            if self._process is not None:
                self._process.child.close()
            for store in stores.values():
                store.close()

    def _next(self) -> tuple[ImageFile, Exposure | None, int] | None:
        """The newest image that waits, with its row of the log and the count of folders; None when we are to end."""
        with self._changed:
            while not self._stopping.is_set():
                soonest = self._await_due()
                while self._queue:
                    image = self._waiting.pop(heapq.heappop(self._queue)[2], None)
                    if image is None:
                        continue
                    row = self._rows.get((image.obsid, image.ccd))
                    if row is None:
                        self._rowless[image.obsid, image.ccd] = image
                    return image, row, self._folders
                self._changed.wait(soonest)
            return None

    def _try_later(self, image: ImageFile, problem: ImageProblem | None) -> None:
        with self._changed:
            times = self._unread.pop(image.path, 0)
            if problem is ImageProblem.UNREADABLE and times < len(AGAIN_S) and image.path not in self._waiting:
                self._unread[image.path] = times + 1
                self._later[image.path] = time.monotonic() + AGAIN_S[times], image

    def _await_due(self) -> float | None:
        """Have those wait whose time has come; how long the next one has [s], None without any."""
        now = time.monotonic()
        for path in [path for path, (due, _) in self._later.items() if due <= now]:
            self._await(self._later.pop(path)[1])
        return min((due - now for due, _ in self._later.values()), default=None)

    def _judged(self, image: ImageFile, row: Exposure | None, stores: dict[str, ImageStore]) -> ImageJudged:
        result = self._result(image, row, self._store(os.path.dirname(image.path), stores))
        result = replace(result, file=image.path, obsid=image.obsid, ccd=image.ccd)  # as the rest of the session has it
        return ImageJudged(result, not image.past, image.modified)

    def _result(
        self, image: ImageFile, row: Exposure | None, store: ImageStore | None, looks: int = LOOKS
    ) -> ImageResult:
        """What is kept of the image as it is now, or else is measured."""
        stamp = self._stamp(image.path, row)
        found = store.find(stamp) if store is not None and stamp is not None else None
        if found is not None:
            self._kept = True
            return found
        result = self._measuring().ask(ImageTask(image.path, image.obsid, image.ccd, row))
        same = stamp == self._stamp(image.path, row)
        if not same and looks > 1:
            return self._result(image, row, store, looks - 1)
        if same and store is not None and stamp is not None and result.problem is None:
            store.put(stamp, result)
        return result

    @cached_property
    def _rules(self) -> str:
        return f"{self._table().digest} {self._block}"

    def _measuring(self) -> JudgeProcess:
        """The process that measures, made with the first image."""
        if self._process is None:
            self._process = JudgeProcess(self._table(), self._block)
            if self._stopping.is_set():  # meanwhile: whoever stopped us found none to stop
                self._process.child.stop()
        return self._process

    def _stamp(self, path: str, row: Exposure | None) -> ImageStamp | None:
        """What a result of the file as it is now holds for; None when it is gone."""
        try:
            there = os.stat(path)
        except OSError:
            return None
        rules = f"{self._rules} {'with' if row is not None else 'without'} log"
        return ImageStamp(os.path.basename(path), there.st_size, there.st_mtime_ns, rules)

    def _store(self, folder: str, stores: dict[str, ImageStore]) -> ImageStore | None:
        if self._state is None:
            return None
        if folder not in stores:
            stores[folder] = ImageStore(store_path(self._state, Path(folder)))
        return stores[folder]


def _fault(image: ImageFile, why: Exception) -> ImageJudged:
    """What is told of an image that Eyegore itself could not judge."""
    words = f"{type(why).__name__}: {why}"
    fault = ImageProblem.FAULT
    result = ImageResult(image.path, image.obsid, image.ccd, fault.verdict, problem=fault, explanation=words)
    return ImageJudged(result, not image.past, image.modified)


def judge_folder(
    images: Sequence[ImageFile],
    rows: Iterable[Exposure],
    table: CheckTable,
    block: str,
    state: Path | None,
    *,
    jobs: int = 1,
    done: Callable[[str], object] = lambda name: None,
) -> dict[tuple[int, int], ImageResult]:
    """The results by ObsID and CCD, without header and statistics: verdict, checks and problem.

    ``rows`` are those of the exposure log, ``state`` is the state folder (None: nothing is kept), ``done`` is called
    with the path of each image.
    """
    rows = tuple(rows)
    told: queue.SimpleQueue[ImageJudged | ImagesWaiting] = queue.SimpleQueue()
    judges = [ImageJudge(lambda: table, block, state, told.put) for _ in range(max(1, min(jobs, len(images))))]
    try:
        for number, judge in enumerate(judges):
            judge.exposed(rows)
            for image in images[number :: len(judges)]:
                judge.offer(image)
            judge.start()
        found: dict[tuple[int, int], ImageResult] = {}
        waiting = {image.path for image in images}
        while waiting:
            news = told.get()
            if isinstance(news, ImageJudged):
                result = news.result
                waiting.discard(result.file)
                found[result.obsid, result.ccd] = replace(result, header={}, quadrants={})
                done(result.file)
        return found
    finally:
        for judge in judges:
            judge.stop()
        all_ended(judges, 5.0)
