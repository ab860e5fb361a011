"""Keeps the journal of a running session: each entry with the state it leads to; what cannot be written waits.

The journal is used on a thread of its own, which is waited for as long as it is quick: a disk that hangs, or another
program that holds the file, holds up no alarm.
"""

from __future__ import annotations

import logging
import math
import queue
import time
from collections.abc import Callable, Container, Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from eyegore.basics.files import aside
from eyegore.basics.worker import Worker
from eyegore.journal.delivery import Delivery
from eyegore.journal.journal import Journal
from eyegore.journal.schema import JournalError
from eyegore.messages.events import AlarmChanged, AlarmEntry, Event, Noted

log = logging.getLogger(__name__)

T = TypeVar("T")

MOST_WAITING = 100_000
"""Entries that wait at most while the journal cannot be written; then the oldest are lost, which is said."""
DAY_S = 86_400.0
RETRY_S = 30.0
"""Time between two attempts to open a journal that could not be opened [s]."""
PATIENCE_S = 0.5
"""So long the journal is waited for [s]; once it was slower it is not waited for before it is quick again."""
BY_ROWS_S = 10.0
"""How often what only the rows changed is written [s]."""
HANGS_S = 5.0
"""After so long without an answer the disk hangs [s]: another program that holds the file is waited for less long."""
END_S = 2.0
"""So long it is waited for at the end [s]."""


class _Clerk(Worker):
    """Does one thing after the other with the journal."""

    def __init__(self) -> None:
        super().__init__("journal")
        self._tasks: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()

    def ask(self, work: Callable[[], T]) -> Future[T]:
        """Have something done, after what was asked for before."""
        future: Future[T] = Future()

        def do() -> None:
            try:
                future.set_result(work())
            except Exception as why:  # noqa: BLE001 - whatever it is: it is taken from there, and told
                future.set_exception(why)

        self._tasks.put(do)
        self.start()
        return future

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()

    def _interrupt(self) -> None:
        self._tasks.put(None)


class _Doing(NamedTuple):
    """What is being done since ``began`` (monotonic [s]), and what ``follows`` when it is done."""

    task: Future[object]
    follows: Callable[[], object]
    began: float


class JournalKeeper:
    """Used on the monitor's thread only. ``say`` is called with one line when writing begins to fail or works again.

    ``by_rows`` names what of the state the rows change: by itself that is written every :data:`BY_ROWS_S`, as the rows
    lead there again.
    """

    def __init__(
        self, path: Path, folder: Path, say: Callable[[str], None], *, keep_days: float, by_rows: Container[str] = ()
    ) -> None:
        self._say = say
        self._by_rows, self._by_rows_at = by_rows, -math.inf
        self._keep_s = keep_days * DAY_S
        self._waiting: list[AlarmEntry] = []
        self._out: list[Delivery] = []
        self._failing = ""
        self._prune_at = 0.0
        self.path, self._folder = path, folder
        self._open_at = 0.0
        self._journal: Journal | None = None
        self._clerk = _Clerk()
        self._doing: _Doing | None = None
        self._slow = False
        self._open()

    def _open(self) -> None:
        try:
            self._journal = self._clerk.ask(lambda: Journal(self.path, self._folder)).result()
        except JournalError as why:
            self._fail(f"no journal is kept: {why}")
        except Exception:
            self._clerk.stop()
            raise

    @property
    def held(self) -> bool:
        """Whether the journal is ours to write; callable from any thread."""
        return self._journal is not None

    @property
    def complete(self) -> bool:
        """Whether all that was taken is written."""
        return not (self._waiting or self._out or self._doing or self._failing)

    def state(self) -> dict[str, Any] | None:
        """The state of the alarms when the last session ended, however it ended; None when there was none."""
        if self._journal is None:
            return None
        try:
            return self._clerk.ask(self._journal.state).result()
        except JournalError as why:
            self._fail(f"the alarms of the last session are not known: {why}; {self.set_aside()}")
            return None

    def set_aside(self) -> str:
        """Keep a state that is not understood, so that the next one does not take its place; where it is."""
        name, journal = aside("state"), self._journal
        if journal is None:
            return "no journal is kept"
        why = self._clerk.ask(lambda: journal.set_state_aside(name)).exception()
        if why is not None:
            return f"they cannot be set aside: {why}"
        return f"they are kept in the journal {self.path} as '{name}'"

    def past(self, since: float, most: int) -> tuple[AlarmEntry, ...]:
        """The newest ``most`` entries that are not older than ``since`` [unix s], the oldest first."""
        if (journal := self._journal) is None:
            return ()
        try:
            return self._clerk.ask(lambda: tuple(journal.entries(since=since, limit=most))).result()
        except JournalError as why:
            self._say(f"the alarms of before are not known: {why}")
            return ()

    def write(
        self,
        events: Iterable[Event],
        memory: Callable[[], Mapping[str, Any]],
        deliveries: Iterable[Delivery] = (),
        *,
        also: bool = False,
    ) -> None:
        """Write what happened and what is to be told, with the state it led to.

        Where neither is anything nothing is written, but for the state that it ``also`` led to.
        """
        entries = [event.entry for event in events if isinstance(event, AlarmChanged | Noted)]
        out = list(deliveries)
        if entries or out or also:
            self._waiting += entries
            self._out += out
            self._write(memory)

    def tick(self, now: float, memory: Callable[[], Mapping[str, Any]], *, changed: bool = True) -> None:
        """Write the state as it is now [unix s], if it may have ``changed``, and what waited; once a day forget what is
        too old."""
        if self._journal is None and now >= self._open_at:
            self._open_at = now + RETRY_S
            self._open()
            changed = True
        if changed or self._waiting or self._out or self._failing:
            soon = 0.0 <= now - self._by_rows_at < BY_ROWS_S
            self._by_rows_at = self._by_rows_at if soon else now
            self._write(memory, later=self._by_rows if soon else ())
        if self._journal is not None and not self._failing and self._doing is None and now >= self._prune_at:
            self._prune_at = now + DAY_S
            self._attempt(lambda journal: journal.prune(now - self._keep_s))

    def close(self, memory: Callable[[], Mapping[str, Any]]) -> None:
        """Write what is left and let go of the journal."""
        self._collect(END_S)
        self._slow = False
        self._write(memory, END_S)
        if self._journal is not None:
            self._clerk.ask(self._journal.close)
        self._clerk.stop(END_S)

    def _write(
        self, memory: Callable[[], Mapping[str, Any]], patience_s: float = PATIENCE_S, later: Container[str] = ()
    ) -> None:
        self._collect()
        if self._doing is None:
            entries, out, state = list(self._waiting), list(self._out), memory()

            def written() -> None:
                del self._waiting[: len(entries)], self._out[: len(out)]

            self._attempt(lambda journal: journal.record(entries, state, out, later), written, patience_s)
        if self._doing is None and len(self._waiting) > MOST_WAITING:
            lost = len(self._waiting) - MOST_WAITING
            del self._waiting[:lost]
            self._say(f"{lost} entries of the journal are lost: it cannot be written")

    def _attempt(
        self,
        work: Callable[[Journal], object],
        follows: Callable[[], object] = lambda: None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        if (journal := self._journal) is not None and self._doing is None:
            self._doing = _Doing(self._clerk.ask(lambda: work(journal)), follows, time.monotonic())
            self._collect(0.0 if self._slow or self._failing else patience_s)

    def _collect(self, patience_s: float = 0.0) -> None:
        """Take what came of what is being done, if that is ready after ``patience_s`` [s]."""
        if self._doing is None or self._journal is None:
            return
        task, follows, began = self._doing
        try:
            error = task.exception(patience_s)
        except TimeoutError:
            if time.monotonic() - began > HANGS_S:
                self._fail("the journal cannot be written, its entries wait: the disk does not answer, look there")
            self._slow = True
            return
        self._doing, self._slow = None, False
        if error is not None:
            text = f"the journal cannot be written, its entries wait: {error}"
            if not isinstance(error, JournalError) and text != self._failing:
                log.error("the journal %s", self.path, exc_info=error)
            self._fail(text)
            return
        follows()
        if self._failing:
            self._failing = ""
            self._say("the journal is written again")
        for line in self._journal.news():
            self._say(line)

    def _fail(self, text: str) -> None:
        if text != self._failing:
            self._failing = text
            self._say(text)
