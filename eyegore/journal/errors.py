"""What went wrong with a journal, in one line that says what to do."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from eyegore.basics.errors import EyegoreError

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
    sqlite3.SQLITE_NOTADB: "it is no journal: choose another file; Eyegore sets it aside if it lies in its place",
}
_SYSTEM = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _LOCKED,
    errno.EPERM: _LOCKED,
    errno.EROFS: _LOCKED,
    errno.EIO: _FAILING,
}


class JournalError(EyegoreError):
    """The journal of alarms cannot be opened, read or written; nothing of the failed call was written."""


def journal_error(path: Path, why: sqlite3.Error | OSError) -> JournalError:
    """The error to raise from ``why``."""
    if isinstance(why, OSError):
        reason, advice = why.strerror or str(why), _SYSTEM.get(why.errno or 0, _ODD)
    else:
        reason, advice = str(why), _SQLITE.get(primary_code(why), _ODD)
    return JournalError(" ".join(f"the alarm journal {path}: {reason}: {advice}".split()))


def primary_code(why: sqlite3.Error) -> int:
    """The primary result code of SQLite; 0 for errors that are not SQLite's own."""
    return int(getattr(why, "sqlite_errorcode", 0)) & 0xFF


def is_corrupt(why: sqlite3.Error) -> bool:
    """Whether the content of the file is at fault, not the disk, the permissions or another program."""
    return primary_code(why) in CORRUPT
