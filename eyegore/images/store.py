"""What was found out about the images of one folder: one SQLite file, so that a restart measures nothing twice.

It only ever holds what the images themselves tell: where it is lost or cannot be read, they are measured again.
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import os
import re
import sqlite3
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from eyegore.messages.images import FrameResult

if TYPE_CHECKING:
    from pydantic import BaseModel

log = logging.getLogger(__name__)

APPLICATION = 0x45794672
"""``PRAGMA application_id``: "EyFr", so that no other program's database is written to."""
VERSION = 1
"""Of the table, and of what is measured: results of another version are not used."""
WAIT_S = 5.0
"""Longest wait for another writer [s]."""
KEEP_S = 60 * 86_400.0
"""A store that nobody has opened for so long is given up [s]: its images are measured again within minutes."""
_LEFT_OUT = ("header", "details")
"""The file has them."""

_TABLE = """
    CREATE TABLE IF NOT EXISTS frames (
        name BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
        rules TEXT NOT NULL, result BLOB NOT NULL
    ) WITHOUT ROWID
"""


@dataclass(frozen=True)
class FrameStamp:
    """What a result holds for: the file's name in its folder, its size [bytes] and time, and what it was judged by."""

    name: str
    size: int
    mtime_ns: int
    rules: str


def store_path(state: Path, folder: Path) -> Path:
    """The store of a folder below the state folder: a name to recognise, a hash to be the only one."""
    whole = os.path.realpath(folder)
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", os.path.basename(whole))[:60].strip("._") or "folder"
    return state / "frames" / f"{name}-{hashlib.sha256(os.fsencode(whole)).hexdigest()[:10]}.sqlite"


def forget_old(state: Path, now: float) -> None:
    """Delete the stores that nobody has opened for :data:`KEEP_S` before ``now`` [unix s]."""
    with suppress(OSError):
        for path in list((state / "frames").glob("*.sqlite")):
            if now - path.stat().st_mtime > KEEP_S:
                log.info("%s has not been used for %.0f days and is deleted", path, KEEP_S / 86_400)
                for suffix in ("-wal", "-shm", ""):
                    Path(f"{path}{suffix}").unlink(missing_ok=True)


class FrameStore:
    """Results by file. Used on one thread; a fault of the file is logged, and nothing is kept any more."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._connection = self._opened()
            os.utime(path)  # it is in use, see forget_old
        except (OSError, sqlite3.Error) as why:
            self._give_up("cannot be opened", why)

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connected()
        except sqlite3.OperationalError:
            raise  # locked, full, not permitted: nothing is wrong with what it holds
        except sqlite3.DatabaseError:
            aside = f"{self.path}.unreadable-{time.time_ns()}"
            for suffix in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    os.rename(f"{self.path}{suffix}", f"{aside}{suffix}")
            return self._connected()

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=WAIT_S, isolation_level=None)
        try:
            # in this order: whoever makes the file now says whose it is first, and makes its table then
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            if tables and application != APPLICATION:
                raise sqlite3.OperationalError("it is of another program")
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(_TABLE)
            connection.execute("SELECT name, size, mtime_ns, rules, result FROM frames LIMIT 1")
        except BaseException:
            connection.close()
            raise
        return connection

    def find(self, stamp: FrameStamp) -> FrameResult | None:
        """The result for exactly this file, judged in this way; None when there is none."""
        if self._connection is None:
            return None
        query = "SELECT result FROM frames WHERE name = ? AND size = ? AND mtime_ns = ? AND rules = ?"
        try:
            row = self._connection.execute(query, (os.fsencode(stamp.name), *_values(stamp))).fetchone()
        except sqlite3.Error as why:
            self._give_up("cannot be read", why)
            return None
        if row is None:
            return None
        try:
            return _unpacked(row[0])
        except (ValueError, zlib.error) as why:
            log.warning("%s: the result of %s is not understood, it is measured again: %s", self.path, stamp.name, why)
            return None

    def put(self, stamp: FrameStamp, result: FrameResult) -> None:
        """Keep a result, without its header and details."""
        if self._connection is None:
            return
        row = (os.fsencode(stamp.name), *_values(stamp), _packed(result))
        try:
            self._connection.execute("INSERT OR REPLACE INTO frames VALUES (?, ?, ?, ?, ?)", row)
        except sqlite3.Error as why:
            self._give_up("cannot be written", why)

    def close(self) -> None:
        """Close the file; may be called twice."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _give_up(self, what: str, why: Exception) -> None:
        log.warning("%s %s (%s): the images are measured again after a restart", self.path, what, why)
        self.close()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Have the file written ahead, which SQLite refuses without waiting while another one does the same."""
    until = time.monotonic() + WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as why:
            if "locked" not in str(why) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _values(stamp: FrameStamp) -> tuple[int, int, str]:
    return stamp.size, stamp.mtime_ns, f"{VERSION} {stamp.rules}"


@functools.cache
def _kept() -> type[BaseModel]:
    """A model of what is kept of a result."""
    from pydantic import create_model

    hints = get_type_hints(FrameResult)
    chosen: dict[str, Any] = {
        one.name: (hints[one.name], ...) for one in fields(FrameResult) if one.name not in _LEFT_OUT
    }
    return create_model("KeptResult", **chosen)


def _packed(result: FrameResult) -> bytes:
    model = _kept()
    told = model.model_construct(**{name: getattr(result, name) for name in model.model_fields}).model_dump(mode="json")
    return zlib.compress(json.dumps(told).encode(), 1)


def _unpacked(content: bytes) -> FrameResult:
    kept = _kept().model_validate(json.loads(zlib.decompress(content)))
    return FrameResult(**{name: getattr(kept, name) for name in type(kept).model_fields})
