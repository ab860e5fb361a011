"""Looks into the inboxes again and again, on a thread of its own."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable, Sequence

from eyegore.basics.worker import Worker
from eyegore.warning.replies.reply import Inbox, Replies

log = logging.getLogger(__name__)


class ReplyPoller(Worker):
    """Looks every ``period_s`` [s] on the thread "replies"; ``post`` is called there with what is new.

    What was acted on is handed back by :meth:`written`, and only then not wanted from its inbox again.
    """

    def __init__(self, inboxes: Sequence[Inbox], post: Callable[[Replies], object], period_s: float) -> None:
        super().__init__("replies")
        self._inboxes, self._post, self._period_s = tuple(inboxes), post, period_s
        self._problems = [""] * len(self._inboxes)
        self._done: queue.SimpleQueue[Replies] = queue.SimpleQueue()

    @property
    def problem(self) -> str:
        """Why answers cannot be read, "" when they can; callable from any thread."""
        return "; ".join(filter(None, list(self._problems)))

    def start(self) -> None:
        """Begin to look, where there is an inbox."""
        if self._inboxes:
            super().start()

    def written(self, replies: Replies) -> None:
        """These were acted on, and that was written down; callable from any thread."""
        self._done.put(replies)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._let_go()
                for number, inbox in enumerate(self._inboxes):
                    self._look(number, inbox)
            except Exception:
                log.exception("the answers to warnings could not be read; it is tried again")
            self._stopping.wait(self._period_s)
        self._let_go()

    def _let_go(self) -> None:
        while not self._done.empty():
            done = self._done.get_nowait()
            for reply in done.replies:
                problem = self._inboxes[done.inbox].taken(reply)
                if problem:
                    log.warning("an answer is left in its inbox, which does no harm: %s", problem)

    def _look(self, number: int, inbox: Inbox) -> None:
        polled = inbox.poll()
        if polled.problem != self._problems[number]:
            self._problems[number] = polled.problem
            if polled.problem:
                log.warning("answers to warnings cannot be read: %s", polled.problem)
            else:
                log.info("answers to warnings are read again")
        if polled.replies and not self._stopping.is_set():
            self._post(Replies(polled.replies, number))
