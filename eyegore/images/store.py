"""What was found out about the images of one folder: one SQLite file, so that a restart measures nothing twice.

It only ever holds what the images themselves tell: where it is lost or cannot be read, they are measured again.
"""

from __future__ import annotations

import functools
import json
import logging
import os
import sqlite3
import zlib
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from eyegore.basics.errors import EyegoreError
from eyegore.basics.files import kept_path
from eyegore.basics.store import StoreKind
from eyegore.messages.images import ImageResult

if TYPE_CHECKING:
    from pydantic import BaseModel

log = logging.getLogger(__name__)

VERSION = 1
"""Of what is measured: results of another version are not used."""
KEEP_S = 60 * 86_400.0
"""A store that nobody has opened for so long is given up [s]: its images are measured again within minutes."""
_LEFT_OUT = ("header", "details")
"""The file has them."""

_TABLE = """
    CREATE TABLE frames (
        name BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
        rules TEXT NOT NULL, result BLOB NOT NULL
    ) WITHOUT ROWID
"""
STORE = StoreKind("the store of results of images", EyegoreError, 0x45794672, 0, (_TABLE,), wait_s=5.0)
"""The application is "EyFr"."""


@dataclass(frozen=True)
class ImageStamp:
    """What a result holds for: the file's name in its folder, its size [bytes] and time, and what it was judged by."""

    name: str
    size: int
    mtime_ns: int
    rules: str


def store_path(state: Path, folder: Path) -> Path:
    """The store of a folder below the state folder."""
    return kept_path(state / "frames", os.path.realpath(folder))


def forget_old(state: Path, now: float) -> None:
    """Delete the stores that nobody has opened for :data:`KEEP_S` before ``now`` [unix s]."""
    with suppress(OSError):
        for path in list((state / "frames").glob("*.sqlite")):
            if now - path.stat().st_mtime > KEEP_S:
                log.info("%s has not been used for %.0f days and is deleted", path, KEEP_S / 86_400)
                for suffix in ("-wal", "-shm", ""):
                    Path(f"{path}{suffix}").unlink(missing_ok=True)


class ImageStore:
    """Results by file. Used on one thread; a fault of the file is logged, and nothing is kept any more."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        try:
            self._connection = STORE.open(path)
            os.utime(path)  # it is in use, see forget_old
        except (OSError, EyegoreError) as why:
            self._give_up("cannot be opened", why)

    def find(self, stamp: ImageStamp) -> ImageResult | None:
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
        except (ValueError, TypeError, RecursionError, zlib.error) as why:
            log.warning("%s: the result of %s is not understood, it is measured again: %s", self.path, stamp.name, why)
            return None

    def put(self, stamp: ImageStamp, result: ImageResult) -> None:
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


def _values(stamp: ImageStamp) -> tuple[int, int, str]:
    return stamp.size, stamp.mtime_ns, f"{VERSION} {stamp.rules}"


@functools.cache
def _kept() -> type[BaseModel]:
    """A model of what is kept of a result."""
    from pydantic import create_model

    hints = get_type_hints(ImageResult)
    chosen: dict[str, Any] = {
        one.name: (hints[one.name], ...) for one in fields(ImageResult) if one.name not in _LEFT_OUT
    }
    return create_model("KeptResult", **chosen)


def _packed(result: ImageResult) -> bytes:
    model = _kept()
    told = model.model_construct(**{name: getattr(result, name) for name in model.model_fields}).model_dump(mode="json")
    return zlib.compress(json.dumps(told).encode(), 1)


def _unpacked(content: bytes) -> ImageResult:
    kept = _kept().model_validate(json.loads(zlib.decompress(content)))
    return ImageResult(**{name: getattr(kept, name) for name in type(kept).model_fields})
