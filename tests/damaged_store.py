"""A SQLite file of ours with one field that something else wrote."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def damage(path: Path, table: str, column: str, value: object, key: str | None = None) -> bool:
    """Put a value into a column, of the row with that ``key`` or of all; False where SQLite itself knows better."""
    rows, values = ("", [value]) if key is None else (" WHERE key = ?", [value, key])
    with closing(sqlite3.connect(path)) as other:
        try:
            other.execute(f'UPDATE {table} SET "{column}" = ?{rows}', values)
        except sqlite3.IntegrityError:
            return False
        other.commit()
    return True
