"""Messages from worker threads to the Tk thread."""

from __future__ import annotations

import logging
import queue
import time
import tkinter as tk
from collections.abc import Callable
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

Message = TypeVar("Message")


class TkPump(Generic[Message]):
    """Delivers messages posted by any thread on the Tk thread, within a time budget per turn.

    ``after_turn`` is called once after a turn that delivered something: the place to redraw.
    """

    def __init__(
        self,
        root: tk.Misc,
        deliver: Callable[[Message], None],
        after_turn: Callable[[], None] = lambda: None,
        *,
        period_ms: int = 25,
        budget_s: float = 0.02,
    ) -> None:
        self._root = root
        self._deliver = deliver
        self._after_turn = after_turn
        self._period_ms = period_ms
        self._budget_s = budget_s
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._job: str | None = root.after(period_ms, self._drain)

    def post(self, message: Message) -> None:
        """Queue a message; callable from any thread, returns at once."""
        self._inbox.put(message)

    @property
    def waiting(self) -> int:
        """Number of messages not yet delivered."""
        return self._inbox.qsize()

    def stop(self) -> None:
        """Deliver nothing more."""
        if self._job is not None:
            self._root.after_cancel(self._job)
            self._job = None

    def _drain(self) -> None:
        self._job = self._root.after(self._period_ms, self._drain)  # first: a bad message cannot stop the pump
        end = time.monotonic() + self._budget_s
        delivered = False
        while not self._inbox.empty():
            delivered = True
            try:
                self._deliver(self._inbox.get_nowait())
            except Exception:
                log.exception("a message could not be shown")
            if time.monotonic() > end:  # a flood cannot freeze the window: go on soon, but let Tk breathe
                self._root.after_cancel(self._job)
                self._job = self._root.after(1, self._drain)
                break
        if delivered:
            self._after_turn()
