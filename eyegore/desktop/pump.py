"""Messages from worker threads to the Tk thread."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
import tkinter as tk
from collections.abc import Callable
from typing import Generic, TypeVar

from eyegore.desktop.failures import Failures

Message = TypeVar("Message")


class TkPump(Generic[Message]):
    """Delivers messages posted by any thread on the Tk thread, within a time budget per turn.

    A byte through a pipe wakes Tk at once, so that an idle window costs nothing and a row is on the screen some
    milliseconds after it was read; a slow look beside it makes sure that nothing waits for a lost wake-up.
    ``after_turn`` is called once after a turn that delivered something: the place to redraw. Whatever either throws
    goes to ``failed``: an error that left the file handler would end the main loop, and the program with it.
    """

    def __init__(
        self,
        root: tk.Misc,
        deliver: Callable[[Message], None],
        after_turn: Callable[[], None] = lambda: None,
        failed: Callable[[type[BaseException], BaseException], object] | None = None,
        *,
        period_ms: int = 1000,
        budget_s: float = 0.02,
    ) -> None:
        self._root = root
        self._deliver = deliver
        self._after_turn = after_turn
        self._failed = failed or Failures(lambda _line: None).report
        self._period_ms = period_ms
        self._budget_s = budget_s
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._called = False
        self._wakes, self._wake = os.pipe()
        os.set_blocking(self._wakes, False)
        root.tk.createfilehandler(self._wakes, tk.READABLE, lambda _file, _mask: self._drain())
        self._job: str | None = root.after(period_ms, self._look)
        self._soon = ""
        """The job that goes on with what one turn had no time for."""

    def post(self, message: Message) -> None:
        """Queue a message; callable from any thread, returns at once."""
        self._inbox.put(message)
        with self._lock:
            if not self._called and self._wake >= 0:
                self._called = True
                os.write(self._wake, b"!")

    @property
    def waiting(self) -> int:
        """Number of messages not yet delivered."""
        return self._inbox.qsize()

    def stop(self) -> None:
        """Deliver nothing more; messages posted later are dropped."""
        if self._job is None:
            return
        self._root.after_cancel(self._job)
        self._job = None
        if self._soon:
            self._root.after_cancel(self._soon)
        self._root.tk.deletefilehandler(self._wakes)
        with self._lock:
            os.close(self._wakes)
            os.close(self._wake)
            self._wake = -1

    def _look(self) -> None:
        self._job = self._root.after(self._period_ms, self._look)  # first: a bad message cannot stop the pump
        if not self._inbox.empty():
            self._drain()

    def _drain(self) -> None:
        if self._soon:
            self._root.after_cancel(self._soon)
            self._soon = ""
        with self._lock:
            self._called = False
            with contextlib.suppress(BlockingIOError):
                os.read(self._wakes, 64)
        end = time.monotonic() + self._budget_s
        delivered = False
        while not self._inbox.empty():
            delivered = True
            self._guarded(self._deliver, self._inbox.get_nowait())
            if self._job is None:
                return  # stopped by what was delivered
            if time.monotonic() > end:  # a flood cannot freeze the window: go on soon, but let Tk breathe
                with self._lock:
                    self._called = True  # no more calls until then
                self._soon = self._root.after(1, self._drain)
                break
        if delivered:
            self._guarded(self._after_turn)

    def _guarded(self, act: Callable[..., None], *arguments: Message) -> None:
        try:
            act(*arguments)
        except Exception as why:  # noqa: BLE001 the outermost frame: ``failed`` logs and shows it
            self._failed(type(why), why)
