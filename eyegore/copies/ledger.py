"""What is known of the files of one folder on one target: one SQLite file, which survives ``kill -9`` at any moment.

It only ever remembers what was seen: were it lost, all files would be offered and verified once more, none copied
twice. So one that cannot be read is set aside, and a new one begun.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path, PurePosixPath
from types import NoneType

from eyegore.basics.errors import EyegoreError
from eyegore.basics.files import kept_path, make_folder, write_whole
from eyegore.basics.store import StoreKind, transaction

log = logging.getLogger(__name__)

WAIT_S = 10.0
"""Longest wait for another writer (``eyegore verify`` beside a session) [s]."""
LEFT_BEHIND_S = 3.0
"""The rsync of an Eyegore that was killed is waited for so long [s]: it ends by itself when nobody listens."""


class SyncError(EyegoreError):
    """Copies cannot be made or judged at all; one file that cannot be copied is no such error.

    ``lasting`` tells that it stays until somebody does something, such as a key that is not accepted.
    """

    def __init__(self, words: str, *, lasting: bool = False) -> None:
        super().__init__(words)
        self.lasting = lasting


class NotUnderstoodError(SyncError):
    """A ledger holds what no Eyegore has written."""


class FileState(Enum):
    """How far a file has come on its way to the target."""

    COMPLETE = "complete"
    """Whole in the source folder, to be copied."""
    VERIFIED = "verified"
    """What lies on the target was read again and is the same."""
    MISMATCH = "mismatch"
    """What lies on the target is not the same; it is copied again, and the other kept beside."""
    FAILED = "failed"


@dataclass(frozen=True)
class LedgerEntry:
    """One file. ``path`` is relative to the folder; ``size`` [bytes] and ``mtime_ns`` are those of the source.

    Of a text file that grows, ``size`` is the length of its complete lines. ``since`` [unix s] is when these bytes
    were first seen to be complete, ``verified`` when they were last found equal (0.0: never); ``checksum`` is their
    SHA-256 where they were read here, else "".
    """

    path: str
    size: int
    mtime_ns: int
    state: FileState
    obsid: int | None = None
    since: float = 0.0
    verified: float = 0.0
    checksum: str = ""
    error: str = ""

    @property
    def stamp(self) -> tuple[int, int]:
        """What changes with the content of the source, as far as one stat can tell."""
        return self.size, self.mtime_ns


_COLUMNS = tuple(each.name for each in fields(LedgerEntry))
_KINDS: Mapping[str, tuple[type, ...]] = {
    "path": (bytes, str), "size": (int,), "mtime_ns": (int,), "obsid": (int, NoneType), "since": (float, int),
    "verified": (float, int), "checksum": (str,), "error": (str,),
}  # fmt: skip
"""What stands in the cells of a ledger."""
_TABLES = (
    """
    CREATE TABLE files (
        path BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, state TEXT NOT NULL, obsid INTEGER,
        since REAL NOT NULL, verified REAL NOT NULL, checksum TEXT NOT NULL, error TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE TABLE kept (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
)
LEDGER = StoreKind("the ledger of copies", SyncError, 0x45795379, 1, _TABLES, WAIT_S)
"""The application is "EySy"."""
_PUT = f"INSERT OR REPLACE INTO files ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"


def ledger_path(state: Path, folder: Path, target: str) -> Path:
    """The ledger of ``folder`` on ``target`` below the state folder."""
    return kept_path(state / "sync", os.path.realpath(folder), target)


class SyncLedger:
    """The ledger of one folder and one target, for one thread; other processes may write to it as well."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._version = -1
        self.exposures_put = 0
        """Counts how often something about the files of an ObsID was put, or read anew."""
        self._entries: dict[str, LedgerEntry] = {}
        self._lock: int | None = None
        self._connection = LEDGER.open(path)
        try:
            self.entries()
        except NotUnderstoodError as why:
            log.warning("%s", LEDGER.set_aside(path, self._connection, why.__cause__ or why))
            self._connection = LEDGER.open(path)

    def alone(self, within_s: float = LEFT_BEHIND_S) -> None:
        """Be the only one to copy with this ledger until it is closed; SyncError when another does ``within_s`` [s].

        The rsync of an Eyegore that was killed counts as well, see :attr:`lock`: while it dies it puts the half file
        it has where ours would take it for its own, and for whole.
        """
        lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        end = time.monotonic() + within_s
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as why:
                if time.monotonic() < end:
                    time.sleep(0.05)
                    continue
                os.close(lock)
                words = (
                    "another Eyegore, or the rsync of one that was killed, copies this folder to this target already"
                )
                raise SyncError(f"{words}: end that one first") from why
        self._lock = lock

    @property
    def lock(self) -> int | None:
        """What says that we are the only one; a program that inherits it says so until it has ended, without us."""
        return self._lock

    def entries(self) -> dict[str, LedgerEntry]:
        """All entries by path; read from the file only when somebody else has written to it."""
        with LEDGER.told(self.path):
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                rows = self._connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM files").fetchall()
                try:
                    self._entries = {entry.path: entry for entry in map(_entry_of, rows)}
                except (ValueError, TypeError) as why:
                    raise NotUnderstoodError(f"{LEDGER.name} {self.path} is damaged: {why}") from why
                self._version = version
                self.exposures_put += 1
        return self._entries

    def put(self, entries: Iterable[LedgerEntry]) -> None:
        """Add or replace entries, all or none of them."""
        new = {entry.path: entry for entry in entries}
        if not new:
            return
        with LEDGER.told(self.path), transaction(self._connection):
            self._connection.executemany(_PUT, map(_row_of, new.values()))
        self._entries.update(new)
        self.exposures_put += any(entry.obsid is not None for entry in new.values())

    def kept(self, name: str) -> str:
        """A value kept under a name, "" when there is none."""
        with LEDGER.told(self.path):
            row = self._connection.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def keep(self, name: str, value: str) -> None:
        """Keep a value under a name."""
        with LEDGER.told(self.path):
            self._connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, value))

    def close(self) -> None:
        """Close it and let another copy; may be called twice."""
        self._connection.close()
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)


def _row_of(entry: LedgerEntry) -> tuple[object, ...]:
    # a name is bytes: not every one can be told as text
    error = entry.error.encode("utf-8", "replace").decode("utf-8")
    values = {**vars(entry), "path": os.fsencode(entry.path), "state": entry.state.value, "error": error}
    return tuple(values[name] for name in _COLUMNS)


def _entry_of(row: tuple[object, ...]) -> LedgerEntry:
    values = dict(zip(_COLUMNS, row, strict=True))
    for name, kinds in _KINDS.items():
        if not isinstance(values[name], kinds):
            raise ValueError(f"{values[name]!r} is no {name}")
    values |= {"path": os.fsdecode(values["path"]), "state": FileState(values["state"])}  # type: ignore[arg-type]
    return LedgerEntry(**values)  # type: ignore[arg-type]


class MountMemory:
    """The mount point that held ``target`` when something was last copied there; kept below the folder ``state``.

    Each day has a ledger of its own. Without this a new one could not tell the bare mount point of a disk that is not
    there from a target that is used for the first time, and would fill the disk below it with copies that count as
    safe.
    """

    def __init__(self, state: Path, target: str) -> None:
        self._path = state / "sync" / f"mount-{hashlib.sha256(os.fsencode(target)).hexdigest()[:10]}"

    @property
    def known(self) -> str:
        """The mount point, "" when it is not known."""
        try:
            return os.fsdecode(self._path.read_bytes())
        except FileNotFoundError:
            return ""
        except OSError as why:
            raise SyncError(f"{self._path} cannot be read: {why.strerror or why}") from why

    def keep(self, mount: str) -> None:
        """Remember it, whole or not at all. Raises WriteError."""
        if not mount or mount == self.known:
            return
        make_folder(self._path.parent, 0o700)
        write_whole(self._path, os.fsencode(mount))


def refuse_bare(before: str, now: str, root: str, name: str) -> None:
    """Raise SyncError where ``root`` was below the mount point ``before`` and is only below one around it ``now``.

    "" is a mount point that is not known. ``name`` is the folder that is not there yet.
    """
    if before and now and before != now and PurePosixPath(before).is_relative_to(now):
        raise SyncError(
            f"{root}: what was mounted at {before} is not mounted: mount it again, "
            f"or make the folder {name} there, if copies are to go to what is there now"
        )
