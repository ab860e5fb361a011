"""Keeps the journal of a running session: each entry with the state it leads to; what cannot be written waits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from eyegore.journal.delivery import Delivery
from eyegore.journal.journal import Journal
from eyegore.journal.schema import JournalError
from eyegore.messages.events import AlarmChanged, AlarmEntry, Event, Noted

log = logging.getLogger(__name__)

MOST_WAITING = 100_000
"""Entries that wait at most while the journal cannot be written; then the oldest are lost, which is said."""
DAY_S = 86_400.0
RETRY_S = 30.0
"""Time between two attempts to open a journal that could not be opened [s]."""


class JournalKeeper:
    """Used on the monitor's thread only. ``say`` is called with one line when writing begins to fail or works again."""

    def __init__(self, path: Path, folder: Path, say: Callable[[str], None], *, keep_days: float) -> None:
        self._say = say
        self._keep_s = keep_days * DAY_S
        self._waiting: list[AlarmEntry] = []
        self._out: list[Delivery] = []
        self._failing = ""
        self._prune_at = 0.0
        self.path, self._folder = path, folder
        self._open_at = 0.0
        self._journal: Journal | None = None
        self._open()

    def _open(self) -> None:
        try:
            self._journal = Journal(self.path, self._folder)
        except JournalError as why:
            self._fail(f"no journal is kept: {why}")

    @property
    def held(self) -> bool:
        """Whether the journal is ours to write; callable from any thread."""
        return self._journal is not None

    @property
    def complete(self) -> bool:
        """Whether all that was taken is written."""
        return not (self._waiting or self._out)

    def state(self) -> dict[str, Any] | None:
        """The state of the alarms when the last session ended, however it ended; None when there was none."""
        if self._journal is None:
            return None
        try:
            return self._journal.state()
        except JournalError as why:
            self._fail(f"the alarms of the last session are not known: {why}")
            return None

    def past(self, since: float, most: int) -> tuple[AlarmEntry, ...]:
        """The newest ``most`` entries that are not older than ``since`` [unix s], the oldest first."""
        if self._journal is None:
            return ()
        try:
            return tuple(self._journal.entries(since=since, limit=most))
        except JournalError as why:
            self._say(f"the alarms of before are not known: {why}")
            return ()

    def write(
        self, events: Iterable[Event], memory: Callable[[], Mapping[str, Any]], deliveries: Iterable[Delivery] = ()
    ) -> None:
        """Write what happened and what is to be told, with the state it led to; nothing when nothing happened."""
        entries = [event.entry for event in events if isinstance(event, AlarmChanged | Noted)]
        out = list(deliveries)
        if entries or out:
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
            self._write(memory)
        if self._journal is not None and not self._failing and now >= self._prune_at:
            self._prune_at = now + DAY_S
            self._attempt(lambda journal: journal.prune(now - self._keep_s))

    def close(self, memory: Callable[[], Mapping[str, Any]]) -> None:
        """Write what is left and let go of the journal."""
        self._write(memory)
        if self._journal is not None:
            self._journal.close()

    def _write(self, memory: Callable[[], Mapping[str, Any]]) -> None:
        if self._attempt(lambda journal: journal.record(self._waiting, memory(), self._out)):
            self._waiting.clear()
            self._out.clear()
        elif len(self._waiting) > MOST_WAITING:
            lost = len(self._waiting) - MOST_WAITING
            del self._waiting[:lost]
            self._say(f"{lost} entries of the journal are lost: it cannot be written")

    def _attempt(self, work: Callable[[Journal], object]) -> bool:
        if self._journal is None:
            return False
        try:
            work(self._journal)
        except Exception as why:  # whatever it is, alarms are told, and it is tried again
            text = f"the journal cannot be written, its entries wait: {why}"
            if not isinstance(why, JournalError) and text != self._failing:
                log.exception("the journal %s", self.path)
            self._fail(text)
            return False
        if self._failing:
            self._failing = ""
            self._say("the journal is written again")
        for line in self._journal.news():
            self._say(line)
        return True

    def _fail(self, text: str) -> None:
        if text != self._failing:
            self._failing = text
            self._say(text)
