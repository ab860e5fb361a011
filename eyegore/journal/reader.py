"""Reads a journal of alarms, also while Eyegore writes it."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from eyegore.basics.store import primary_code
from eyegore.journal.parts import whole_of
from eyegore.journal.schema import JOURNAL, SELECT, SELECT_OF_VERSION_2, VERSION, Cell, JournalError, entry_of
from eyegore.messages.events import AlarmEntry

PAGE = 500
"""Entries fetched at once. Between pages no snapshot is held, which would keep the writer's log growing."""


class JournalReader:
    """A journal opened for reading. To be used in the thread that made it; raises :class:`JournalError`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._select, self._version = SELECT, VERSION
        self._connection: sqlite3.Connection | None = self._opened()

    def _opened(self) -> sqlite3.Connection:
        with JOURNAL.told(self.path):
            try:
                os.stat(self.path)
                return self._looked_into("mode=ro")
            except FileNotFoundError:
                words = f"there is no alarm journal {self.path}: nothing was monitored with it yet"
                raise JournalError(words) from None
            except sqlite3.Error as why:
                unwritable = primary_code(why) in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
                if not unwritable or os.access(self.path.parent, os.W_OK):
                    raise
            return self._archived()

    def _archived(self) -> sqlite3.Connection:
        """On a read-only disk nobody writes, and SQLite must be told so: it cannot put its lock file there."""
        log = Path(f"{self.path}-wal")
        if log.exists() and log.stat().st_size:
            raise JournalError(
                f"the newest entries of {self.path} are still in {log.name}: copy both to a writable folder"
            )
        return self._looked_into("mode=ro&immutable=1")

    def _looked_into(self, options: str) -> sqlite3.Connection:
        connection = JOURNAL.connect(self.path, options)
        try:
            version = JOURNAL.version_of(connection, self.path)
            if version is None:
                raise JournalError(f"there is nothing in the alarm journal {self.path} yet")
            self._select, self._version = SELECT if version > 2 else SELECT_OF_VERSION_2, version
        except BaseException:
            connection.close()
            raise
        return connection

    def entries(
        self,
        since: float | None = None,
        until: float | None = None,
        parameter: str | None = None,
        limit: int | None = None,
    ) -> Iterator[AlarmEntry]:
        """The entries with ``since <= time < until`` [unix s] in the order they were written, oldest first.

        With ``limit`` only that many of them, the newest. The order is not that of ``time``, should the clock of the
        machine have been set back.
        """
        given = (('"time" >= ?', since), ('"time" < ?', until), ("parameter = ?", parameter))
        where = " AND ".join(["id > ?", *(condition for condition, value in given if value is not None)])
        values = [value for _, value in given if value is not None]
        last = 0
        if limit is not None:
            newest = f"SELECT min(id) FROM (SELECT id FROM entries WHERE {where} ORDER BY id DESC LIMIT ?)"
            ((first,),) = self._rows(newest, (0, *values, max(limit, 0)))
            if first is None:
                return
            last = first - 1
        while page := self._rows(f"{self._select} WHERE {where} ORDER BY id LIMIT {PAGE}", (last, *values)):
            for row in page:
                yield entry_of(row[1:])
            last = page[-1][0]

    def state(self) -> dict[str, Any] | None:
        """The state of the alarms as it was after the last entry; None when none was recorded yet."""
        parts = self._rows("SELECT path, json FROM state ORDER BY rowid", ()) if self._version > 3 else []
        if not parts:
            return self._kept("state")
        try:
            return whole_of(dict(parts))
        except (ValueError, TypeError, AttributeError, RecursionError) as why:
            raise self._no_json("state", why) from why

    def folder(self) -> str:
        """The folder this journal belongs to; "" when it was not told."""
        return str((self._kept("folder") or {}).get("path", ""))

    def _kept(self, name: str) -> dict[str, Any] | None:
        rows = self._rows("SELECT json FROM kept WHERE name = ?", (name,))
        if not rows:
            return None
        try:
            kept = json.loads(rows[0][0])
        except (ValueError, RecursionError) as why:
            raise self._no_json(name, why) from why
        return kept if isinstance(kept, dict) else {}

    def _no_json(self, name: str, why: Exception) -> JournalError:
        return JournalError(f"the {name} in the alarm journal {self.path} is not JSON ({why}): move it away")

    def _rows(self, query: str, values: Sequence[Cell]) -> list[tuple[Any, ...]]:
        if self._connection is None:
            raise JournalError(f"the alarm journal {self.path} is not open")
        with JOURNAL.told(self.path):
            return self._connection.execute(query, values).fetchall()

    def close(self) -> None:
        """Close it; may be called twice."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
