"""The journal: every change of every alarm, and the state they are in; one SQLite file per monitored folder.

Entries and what changed of the state are written in one transaction. None is forced to the disk (see
:mod:`eyegore.basics.store`): that would make the monitor wait for the disk at every change, longest when a flood of
alarms comes.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from eyegore.basics.files import SUFFIX, kept_path, state_dir
from eyegore.basics.store import is_corrupt, make_private, transaction
from eyegore.journal import delivery, outbox
from eyegore.journal.delivery import Delivery
from eyegore.journal.parts import first_name, parts_of
from eyegore.journal.reader import JournalReader
from eyegore.journal.schema import INSERT, JOURNAL, KEEP, KEEP_PART, JournalError, row_of
from eyegore.messages.events import AlarmEntry

__all__ = ["Journal", "JournalError", "JournalReader", "journal_path", "journals"]

Result = TypeVar("Result")


def journal_path(state: Path | None, folder: Path) -> Path:
    """The journal of a monitored folder."""
    return kept_path(state_dir(state) / "alarms", os.path.abspath(folder.expanduser()))


def journals(state: Path | None) -> list[Path]:
    """All journals that are there, by name; not those set aside."""
    return sorted((state_dir(state) / "alarms").glob(f"*{SUFFIX}"))


class Journal(JournalReader):
    """A journal opened for writing, and made if need be. To be used in one thread; raises :class:`JournalError`.

    A journal whose content cannot be read is set aside under a name with the date, and a new one begun; so it is when
    the file is taken away. :meth:`news` says it. Only one writer at a time: a lock on a file beside it, which the
    system lifts when the process ends, however it ends.
    """

    def __init__(self, path: Path, folder: Path | None = None) -> None:
        self._folder = folder
        self._news: list[str] = []
        self._lock: int | None = None
        self._identity = (0, 0)
        self._closed = False
        self._written: dict[str, str] | None = None
        self._connection = None
        super().__init__(path)

    def news(self) -> list[str]:
        """What happened to the journal itself since this was last asked, for the person to be told."""
        told, self._news = self._news, []
        return told

    def record(
        self,
        entries: Sequence[AlarmEntry],
        state: Mapping[str, Any] | None,
        deliveries: Sequence[Delivery] = (),
        later: Container[str] = (),
    ) -> None:
        """Add ``entries`` and ``deliveries`` and replace the state (unless None), all or nothing.

        After a :class:`JournalError` nothing of this call is in the journal; it can be called again with the same.
        Of the state what changed is written; nothing is when that is only what stands under a name of ``later``.
        """
        rows = [row_of(entry) for entry in entries]
        out = [delivery.row_of(one) for one in deliveries]
        parts = None if state is None else parts_of(state)
        self._present()
        changed = {} if parts is None else _changed(self._written, parts)
        if not (rows or out or any(first_name(path) not in later for path in changed)):
            return

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany(INSERT, rows)
            connection.executemany(outbox.INSERT, out)
            if parts is not None:
                _replace(connection, self._written, parts)

        self._write(write)
        self._written = parts if parts is not None else self._written

    def set_state_aside(self, name: str) -> None:
        """Keep the state that is there, as it is written, under another name: the next one takes its place."""

        def write(connection: sqlite3.Connection) -> None:
            parts = connection.execute("SELECT path, json FROM state").fetchall()
            kept = connection.execute("SELECT name, json FROM kept WHERE name = 'state'").fetchall()
            connection.execute(KEEP, (name, json.dumps({str(path): str(part) for path, part in (*kept, *parts)})))
            _replace(connection, None, {})

        self._write(write)
        self._written = None

    def prune(self, before: float) -> int:
        """Remove the entries with ``time < before`` [unix s] and return how many; the state stays.

        So do deliveries with something still to be done.
        """

        def write(connection: sqlite3.Connection) -> int:
            done = [state.name for state in delivery.DeliveryState if not state.open]
            marks = ", ".join("?" * len(done))
            connection.execute(f"DELETE FROM outbox WHERE made < ? AND state IN ({marks})", (before, *done))
            return connection.execute('DELETE FROM entries WHERE "time" < ?', (before,)).rowcount

        return self._write(write)

    def close(self) -> None:
        """Close it and let another writer in; may be called twice."""
        self._closed = True
        self._let_go()

    def _let_go(self) -> None:
        super().close()
        self._unlock()

    # --- writing -----------------------------------------------------------------------------------------------------

    def _write(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        connection = self._present()
        with JOURNAL.told(self.path):
            try:
                with transaction(connection):
                    return work(connection)
            except sqlite3.DatabaseError as why:
                if not is_corrupt(why):
                    raise
                self._connection = None
                self._news.append(JOURNAL.set_aside(self.path, connection, why))
            connection = self._present()
            with transaction(connection):
                return work(connection)

    def _present(self) -> sqlite3.Connection:
        """The connection, after making sure that it still leads to the file of that name.

        Into a file that was removed SQLite would go on writing, and all would be gone at the end.
        """
        if self._closed:
            raise JournalError(f"the alarm journal {self.path} is closed")
        if self._connection is not None:
            if self._identity == _identity(self.path):
                return self._connection
            self._news.append(f"the alarm journal {self.path} was taken away while in use: a new one is begun")
        self._let_go()
        self._connection = self._opened()
        return self._connection

    # --- opening -----------------------------------------------------------------------------------------------------

    def _opened(self) -> sqlite3.Connection:
        about = json.dumps({"path": str(self._folder)} if self._folder is not None else {})
        try:
            with JOURNAL.told(self.path):
                make_private(self.path.parent)
                self._lock = _locked(self.path)
            connection = JOURNAL.open(self.path, lambda made: made.execute(KEEP, ("folder", about)), self._news.append)
        except JournalError:
            self._unlock()
            raise
        self._identity = _identity(self.path)
        self._written = None
        return connection

    def _unlock(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)


def _changed(before: Mapping[str, str] | None, parts: Mapping[str, str]) -> dict[str, str | None]:
    """What is to be written over a state (None: nobody knows it): parts that differ, None for those that are gone."""
    known = before or {}
    gone = {path: None for path in known if path not in parts}
    return gone | {path: part for path, part in parts.items() if known.get(path) != part}


def _replace(connection: sqlite3.Connection, before: Mapping[str, str] | None, parts: Mapping[str, str]) -> None:
    if before is None:
        connection.execute("DELETE FROM state")
        connection.execute("DELETE FROM kept WHERE name = 'state'")
    changed = _changed(before, parts)
    connection.executemany(
        "DELETE FROM state WHERE path = ?", [(path,) for path, part in changed.items() if part is None]
    )
    connection.executemany(KEEP_PART, [(path, part) for path, part in changed.items() if part is not None])


def free_or_refused(path: Path) -> None:
    """Raise :class:`JournalError` when another process writes this journal; other faults are told when it is opened."""
    with suppress(OSError):
        os.close(_locked(path))


def _locked(path: Path) -> int:
    """The descriptor that holds the lock of the writer."""
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with suppress(OSError):  # only for the message below
            os.ftruncate(lock, 0)
            os.pwrite(lock, b"%d" % os.getpid(), 0)
    except BlockingIOError:
        writer = os.pread(lock, 20, 0).decode("ascii", "replace")
        os.close(lock)
        raise JournalError(
            f"another Eyegore (process {writer or 'unknown'}) already writes the alarm journal {path}: "
            "close that one, or give this one another place with --state DIR"
        ) from None
    except OSError:
        os.close(lock)
        raise
    return lock


def _identity(path: Path) -> tuple[int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0)
    return found.st_dev, found.st_ino
