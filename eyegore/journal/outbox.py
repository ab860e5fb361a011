"""The outbox: what is to be told to whom, in the file of the journal, so that a crash neither loses nor doubles it.

A delivery is written in the transaction of the alarm that caused it, marked before it is sent, and marked again with
the answer. A file that cannot be written holds nothing up: what could not be marked is kept, and marked later.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from eyegore.basics.records import MemoryFormatError
from eyegore.basics.store import transaction
from eyegore.journal.delivery import COLUMNS, Delivery, DeliveryState, delivery_of, row_of
from eyegore.journal.schema import JOURNAL, JournalError

log = logging.getLogger(__name__)

_NAMES = ", ".join(COLUMNS)
_PLACES = ", ".join("?" * len(COLUMNS))
MARK_S = 0.5
"""So long a mark waits for another program that holds the file [s]: a message waits for it."""
INSERT = f"INSERT OR IGNORE INTO outbox ({_NAMES}) VALUES ({_PLACES})"
"""Add a delivery; one that is there already stays as it is."""
_REPLACE = f"INSERT OR REPLACE INTO outbox ({_NAMES}) VALUES ({_PLACES})"
_SELECT = f"SELECT {_NAMES} FROM outbox"


class Outbox:
    """The outbox in the journal ``path``. May be used from any thread: each call opens the file anew.

    ``held`` tells whether the journal is ours to write: what is in one of another Eyegore is sent by that one.
    """

    def __init__(self, path: Path, held: Callable[[], bool] = lambda: True) -> None:
        self.path, self.held = path, held
        self._unmarked: dict[str, Delivery] = {}
        self._failing = False
        """Whether the last mark could not be written: then the next one does not wait for the file."""
        self._told: set[str] = set()
        """Keys of deliveries that were told not to be understood."""
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        """One writes at a time: what another took up before would overwrite what came of it since."""

    def mark(self, delivery: Delivery) -> str:
        """Keep a delivery as it is now; returns "" or why it could not be written: then it is with the next one."""
        with self._lock:
            self._unmarked[delivery.key] = delivery
        with self._writing:
            return self._write_marks()

    def flush(self) -> str:
        """Write what could not be written when it was marked; returns "" or why it still cannot be.

        Waits for nobody: while another thread writes it is for the next time.
        """
        if not self._writing.acquire(blocking=False):
            return ""
        try:
            return self._write_marks()
        finally:
            self._writing.release()

    def _write_marks(self) -> str:
        with self._lock:
            waiting = list(self._unmarked.values())
        if not waiting:
            return ""
        if not self.held():
            return f"{self.path} is not ours to write"
        try:
            self._write(_REPLACE, waiting)
        except JournalError as why:
            self._failing = True
            return str(why)
        self._failing = False
        with self._lock:
            for one in waiting:
                if self._unmarked.get(one.key) is one:
                    del self._unmarked[one.key]
        return ""

    def unfinished(self) -> list[Delivery]:
        """Deliveries with something still to be done, the oldest first; raises :class:`JournalError`."""
        names = [state.name for state in DeliveryState if state.open]
        marks = ", ".join("?" * len(names))
        return self._read(f"{_SELECT} WHERE state IN ({marks}) ORDER BY made", names)

    def keys(self) -> set[str]:
        """The keys of all deliveries there are; raises :class:`JournalError`."""
        return {row[0] for row in self._rows("SELECT key FROM outbox", [])}

    def newest(self, count: int) -> list[Delivery]:
        """The newest deliveries, oldest of them first; raises :class:`JournalError`."""
        return self._read(f"{_SELECT} ORDER BY made DESC, rowid DESC LIMIT ?", [count])[::-1]

    def _write(self, statement: str, deliveries: list[Delivery]) -> None:
        rows = [row_of(delivery) for delivery in deliveries]
        with JOURNAL.told(self.path), closing(self._to_write()) as connection, transaction(connection):
            connection.executemany(statement, rows)

    def _to_write(self) -> sqlite3.Connection:
        return JOURNAL.connect(self.path, "mode=rw", 0.0 if self._failing else MARK_S)

    def _read(self, query: str, values: list[str] | list[int]) -> list[Delivery]:
        found: list[Delivery] = []
        for row in self._rows(query, values):
            try:
                found.append(delivery_of(row))
            except (MemoryFormatError, ValueError, TypeError, LookupError, RecursionError) as why:
                if row[0] not in self._told:
                    self._told.add(row[0])
                    log.warning("the warning %.80r in %s is not understood and stays there: %r", row[0], self.path, why)
        return found

    def _rows(self, query: str, values: list[str] | list[int]) -> list[tuple[Any, ...]]:
        with JOURNAL.told(self.path), closing(JOURNAL.connect(self.path, "mode=ro")) as connection:
            try:
                return connection.execute(query, values).fetchall()
            except sqlite3.OperationalError as why:
                if "no such table" in str(why):  # written by an Eyegore that sent nothing
                    return []
                raise
