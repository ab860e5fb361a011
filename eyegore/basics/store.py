"""SQLite files in which Eyegore remembers: opened, made, brought up to date and set aside in one way.

They are written ahead: ``kill -9`` at any moment leaves the last whole transaction. Nothing is forced to the disk per
transaction (``synchronous=NORMAL``): a power cut can cost the last seconds that the kernel had not written yet (about
30 s on Linux), again in whole transactions, and does not harm the rest.
"""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from eyegore.basics.errors import EyegoreError
from eyegore.basics.files import aside

log = logging.getLogger(__name__)

LOG_BYTES = 4 << 20
"""What is left of the write-ahead log after it was emptied [bytes]."""
CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

_FULL = "the disk is full: free space there, or give another place with --state DIR"
_LOCKED = "not allowed: make the folder writable for this user, or give another place with --state DIR"
_FAILING = "the disk is full or failing: look there (df, dmesg), or give another place with --state DIR"
_BUSY = "another program holds it: close that one (an sqlite3 shell, a backup), then it goes on"
_ODD = "give another place with --state DIR"

_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _LOCKED,
    sqlite3.SQLITE_CANTOPEN: _LOCKED,
    sqlite3.SQLITE_PERM: _LOCKED,
    sqlite3.SQLITE_AUTH: _LOCKED,
    sqlite3.SQLITE_IOERR: _FAILING,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_CORRUPT: "it is corrupt: the next start of Eyegore sets it aside and begins a new one",
    sqlite3.SQLITE_NOTADB: "it is none of ours: choose another file; Eyegore sets it aside if it lies in its place",
}
_SYSTEM = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _LOCKED,
    errno.EPERM: _LOCKED,
    errno.EROFS: _LOCKED,
    errno.EIO: _FAILING,
}


def primary_code(why: sqlite3.Error) -> int:
    """The primary result code of SQLite; 0 for errors that are not SQLite's own."""
    return int(getattr(why, "sqlite_errorcode", 0)) & 0xFF


def is_corrupt(why: BaseException) -> bool:
    """Whether the content of the file is at fault, not the disk, the permissions or another program."""
    return isinstance(why, sqlite3.Error) and primary_code(why) in CORRUPT


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of the body or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:  # commits, or rolls back
        yield


def make_private(folder: Path) -> None:
    """Make the folder and those above it, for this user only; those that are there stay as they are."""
    for each in reversed((folder, *folder.parents)):
        with suppress(FileExistsError):
            if not each.is_dir():
                each.mkdir(mode=0o700)


@dataclass(frozen=True)
class StoreKind:
    """Files of one kind.

    ``name`` is what people know them by, ``error`` what is raised when one cannot be used. ``application`` is their
    ``PRAGMA application_id``, so that no other program's database is written to. ``version`` is the
    ``PRAGMA user_version`` of ``tables``; ``upgrades`` has what makes the tables of a version those of the next one.
    ``wait_s`` is the longest wait for another program that holds the file [s].
    """

    name: str
    error: type[EyegoreError]
    application: int
    version: int
    tables: tuple[str, ...]
    wait_s: float
    upgrades: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def open(
        self,
        path: Path,
        begin: Callable[[sqlite3.Connection], object] = lambda connection: None,
        tell: Callable[[str], object] = log.warning,
    ) -> sqlite3.Connection:
        """A connection that begins no transaction by itself, for the calling thread; the file is made if need be.

        ``begin`` is called in the transaction that makes the tables. A file whose content cannot be read is set aside
        and a new one begun; ``tell`` is told. Raises ``error``.
        """
        said = ""
        with self.told(path):
            make_private(path.parent)
            while True:
                with suppress(FileExistsError):  # not opened by hand when it exists: closing would lift SQLite's locks
                    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                connection = self.connect(path, "mode=rw")
                try:
                    self._bring_up(connection, path, begin)
                except BaseException as why:
                    if said or not is_corrupt(why):
                        connection.close()
                        raise
                    said = self.set_aside(path, connection, why)
                    tell(said)
                else:
                    return connection

    def connect(self, path: Path, options: str, wait_s: float | None = None) -> sqlite3.Connection:
        """A connection to a file as it is; ``wait_s`` where another wait is wanted than the usual one [s]."""
        where = f"{path.absolute().as_uri()}?{options}"
        return sqlite3.connect(where, uri=True, isolation_level=None, timeout=self.wait_s if wait_s is None else wait_s)

    def version_of(self, connection: sqlite3.Connection, path: Path) -> int | None:
        """Version of the tables, None when there are none yet; raises ``error`` for what is not ours to read."""
        # in this order: whoever makes the tables now says in the same transaction whose they are
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if not tables:
            return None
        if application != self.application:
            raise self.error(f"{path} is a database of another program, not {self.name}: choose another file")
        if version > self.version:
            raise self.error(
                f"{self.name} {path} was written by a newer Eyegore (version {version}, this one knows "
                f"{self.version}): update Eyegore, or give another place with --state DIR"
            )
        return int(version)

    def error_of(self, path: Path, why: sqlite3.Error | OSError) -> EyegoreError:
        """The error to raise from ``why``, in one line that says what to do."""
        if isinstance(why, OSError):
            reason, advice = why.strerror or str(why), _SYSTEM.get(why.errno or 0, _ODD)
        else:
            reason, advice = str(why), _SQLITE.get(primary_code(why), _ODD)
        return self.error(" ".join(f"{self.name} {path}: {reason}: {advice}".split()))

    @contextmanager
    def told(self, path: Path) -> Iterator[None]:
        """Raise ``error`` from what SQLite and the system refuse in the body."""
        try:
            yield
        except (sqlite3.Error, OSError) as why:
            raise self.error_of(path, why) from why

    def set_aside(self, path: Path, connection: sqlite3.Connection, why: BaseException) -> str:
        """Rename the file and its log, and say so; the log first: without its database SQLite would delete it.

        Closed only then, because SQLite deletes the log when it closes.
        """
        broken = Path(aside(str(path)))
        try:
            with suppress(FileNotFoundError):
                os.rename(f"{path}-wal", f"{broken}-wal")
            os.rename(path, broken)
            with suppress(FileNotFoundError):
                os.unlink(f"{path}-shm")  # an index of the log, made anew from it
        finally:
            connection.close()
        return f"{self.name} {path} was corrupt ({why}): set aside as {broken}, a new one is begun"

    def _bring_up(
        self, connection: sqlite3.Connection, path: Path, begin: Callable[[sqlite3.Connection], object]
    ) -> None:
        version = self.version_of(connection, path)
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            why = sqlite3.DatabaseError(" ".join(found.split()))
            why.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise why
        self._write_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
        if version == self.version:
            return
        with transaction(connection):
            version = self.version_of(connection, path)  # another one may have been at it meanwhile
            if version is None:
                version = self.version
                for statement in (*self.tables, f"PRAGMA application_id = {self.application}"):
                    connection.execute(statement)
                begin(connection)
            for older in range(version, self.version):
                for statement in self.upgrades[older]:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {self.version}")

    def _write_ahead(self, connection: sqlite3.Connection) -> None:
        """Have the file written ahead, which SQLite refuses without waiting while another one does the same."""
        until = time.monotonic() + self.wait_s
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as why:
                if primary_code(why) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or time.monotonic() > until:
                    raise
                time.sleep(0.01)
