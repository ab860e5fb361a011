"""The journal: every change of every alarm, and the state they are in; one SQLite file per monitored folder.

Entries and state are written in one transaction, to a write-ahead log. ``kill -9`` at any moment leaves the last whole
transaction. Nothing is forced to the disk per transaction (``synchronous=NORMAL``): a power cut can cost the last
seconds that the kernel had not written yet (about 30 s on Linux), again in whole transactions, and does not harm the
rest. Forcing would make the monitor wait for the disk at every change, longest when a flood of alarms comes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from eyegore.journal import delivery, outbox
from eyegore.journal.delivery import Delivery
from eyegore.journal.errors import JournalError, is_corrupt, journal_error
from eyegore.journal.reader import JournalReader, connect
from eyegore.journal.schema import INSERT, KEEP, TABLES, UPGRADES, VERSION, row_of, version_of
from eyegore.messages.events import AlarmEntry

__all__ = ["Journal", "JournalError", "JournalReader", "journal_path", "journals", "state_dir"]

SUFFIX = ".sqlite"
LOG_BYTES = 4 << 20
"""What is left of the write-ahead log after it was emptied [bytes]."""

Result = TypeVar("Result")


def state_dir(state: Path | None) -> Path:
    """The folder of ``--state DIR``; where it is not given, the user's own."""
    import platformdirs

    return (state or Path(platformdirs.user_state_dir("eyegore", appauthor=False))).expanduser().absolute()


def journal_path(state: Path | None, folder: Path) -> Path:
    """The journal of a monitored folder: its name, to be recognised, and a hash of its path, to be the only one."""
    whole = os.path.abspath(folder.expanduser())
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", os.path.basename(whole))[:60].strip("._") or "folder"
    return state_dir(state) / "alarms" / f"{name}-{hashlib.sha256(os.fsencode(whole)).hexdigest()[:10]}{SUFFIX}"


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
        self._last_state: str | None = None
        self._connection = None
        super().__init__(path)

    def news(self) -> list[str]:
        """What happened to the journal itself since this was last asked, for the person to be told."""
        told, self._news = self._news, []
        return told

    def record(
        self, entries: Sequence[AlarmEntry], state: Mapping[str, Any] | None, deliveries: Sequence[Delivery] = ()
    ) -> None:
        """Add ``entries`` and ``deliveries`` and replace the state (unless None), all or nothing.

        After a :class:`JournalError` nothing of this call is in the journal; it can be called again with the same.
        A state that is still the same costs no write.
        """
        rows = [row_of(entry) for entry in entries]
        out = [delivery.row_of(one) for one in deliveries]
        kept = None if state is None else json.dumps(state)
        self._present()

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany(INSERT, rows)
            connection.executemany(outbox.INSERT, out)
            if kept is not None:
                connection.execute(KEEP, ("state", kept))

        if rows or out or kept not in (None, self._last_state):
            self._write(write)
            self._last_state = kept if kept is not None else self._last_state

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
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    # --- writing -----------------------------------------------------------------------------------------------------

    def _write(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        connection = self._present()
        try:
            try:
                return _in_one_transaction(connection, work)
            except sqlite3.DatabaseError as why:
                if not is_corrupt(why):
                    raise
                self._set_aside(why)
            return _in_one_transaction(self._present(), work)
        except (sqlite3.Error, OSError) as why:
            raise journal_error(self.path, why) from why

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
        try:
            _make_private(self.path.parent)
            self._lock = _locked(self.path)
            try:
                return self._begun()
            except sqlite3.DatabaseError as why:
                if not is_corrupt(why):
                    raise
                self._set_aside(why)
            return self._begun()
        except (sqlite3.Error, OSError) as why:
            self._unlock()
            raise journal_error(self.path, why) from why
        except JournalError:
            self._unlock()
            raise

    def _unlock(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    def _begun(self) -> sqlite3.Connection:
        with suppress(FileExistsError):  # never opened by hand when it exists: closing would lift the locks of SQLite
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        self._connection = connection = connect(self.path, "mode=rw")
        try:
            version = version_of(connection, self.path)
            _check(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
            about = {"path": str(self._folder)} if self._folder is not None else {}
            if not version:
                _in_one_transaction(connection, lambda each: _create(each, about))
            while 0 < version < VERSION:
                _in_one_transaction(connection, partial(_run, statements=UPGRADES[version]))
                version += 1
        except sqlite3.Error as why:
            if not is_corrupt(why):  # else it is closed after it was set aside
                super().close()
            raise
        except JournalError:
            super().close()
            raise
        self._identity = _identity(self.path)
        self._last_state = None
        return connection

    def _set_aside(self, why: sqlite3.Error) -> None:
        """Rename the file and its log, the log first: without its database SQLite would delete it.

        Closed only then, because SQLite deletes the log when it closes.
        """
        stamp = datetime.now().strftime("%Y%m%dT%H%M%S.%f")
        aside = Path(f"{self.path}.broken-{stamp}")
        try:
            with suppress(FileNotFoundError):
                os.rename(f"{self.path}-wal", f"{aside}-wal")
            os.rename(self.path, aside)
            with suppress(FileNotFoundError):
                os.unlink(f"{self.path}-shm")  # an index of the log, made anew from it
        finally:
            super().close()
        self._news.append(f"the alarm journal was corrupt ({why}): set aside as {aside}, a new one is begun")


def _in_one_transaction(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], Result]) -> Result:
    connection.execute("BEGIN IMMEDIATE")
    with connection:  # commits, or rolls back
        return work(connection)


def _create(connection: sqlite3.Connection, folder: Mapping[str, str]) -> None:
    _run(connection, TABLES)
    connection.execute(KEEP, ("folder", json.dumps(folder)))


def _run(connection: sqlite3.Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        connection.execute(statement)


def _check(connection: sqlite3.Connection) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        why = sqlite3.DatabaseError(" ".join(found.split()))
        why.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise why


def _make_private(folder: Path) -> None:
    """Make the folder and those above it, for this user only; those that are there stay as they are."""
    for each in reversed((folder, *folder.parents)):
        with suppress(FileExistsError):
            if not each.is_dir():
                each.mkdir(mode=0o700)


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
