"""The tables of a journal, and how an entry becomes a row of them."""

from __future__ import annotations

import math
from dataclasses import fields
from enum import Enum

from eyegore.basics.errors import EyegoreError
from eyegore.basics.store import StoreKind
from eyegore.limits.model import Severity
from eyegore.messages.events import AlarmEntry, AlarmKind, AlarmState, NoteKind, Transition


class JournalError(EyegoreError):
    """The journal of alarms cannot be opened, read or written; nothing of the failed call was written."""


VERSION = 4
"""Of the tables. Raise it with every change, and convert the older ones."""

COLUMNS = tuple(each.name for each in fields(AlarmEntry))
_REALS = ("time", "data_time", "value")
_INTEGERS = ("incident", "old")

Cell = float | int | str | None

OUTBOX = (
    """
    CREATE TABLE outbox (
        key TEXT PRIMARY KEY, state TEXT NOT NULL, channel TEXT NOT NULL, address TEXT NOT NULL,
        attempts INTEGER NOT NULL, next_try REAL NOT NULL, changed REAL NOT NULL, failing_since REAL,
        detail TEXT NOT NULL, reference TEXT NOT NULL, doubtful INTEGER NOT NULL, made REAL NOT NULL,
        notice TEXT NOT NULL, samples BLOB
    )
    """,
    "CREATE INDEX outbox_by_state ON outbox (state)",
)
WHAT = ("ALTER TABLE entries ADD COLUMN what TEXT NOT NULL DEFAULT ''",)
STATE = ("CREATE TABLE state (path TEXT PRIMARY KEY, json TEXT NOT NULL)",)
_KINDS = {**AlarmKind.__members__, **NoteKind.__members__}
_KNOWN = {"kind": _KINDS, "severity": Severity.__members__}
_OF_VERSION_2 = {one.value for one in Transition}
"""What a version before that column wrote as the comment of what no person did."""

TABLES = (
    f"""
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        {", ".join(f'"{name}" REAL' for name in _REALS)},
        {", ".join(f'"{name}" INTEGER NOT NULL' for name in _INTEGERS)},
        {", ".join(f'"{name}" TEXT NOT NULL' for name in COLUMNS if name not in _REALS + _INTEGERS)}
    )
    """,
    "CREATE INDEX entries_of_parameter ON entries (parameter)",
    """
    CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
    BEGIN SELECT RAISE (ABORT, 'the journal is append-only'); END
    """,
    "CREATE TABLE kept (name TEXT PRIMARY KEY, json TEXT NOT NULL)",
    *OUTBOX,
    *STATE,
)
"""``kept`` holds the folder the alarms belong to (before version 4 their state too), ``state`` their state in parts,
each of which is replaced when it changes; ``outbox`` what is told to people."""
BUSY_S = 2.0
"""How long another program that holds the file is waited for [s]; the monitor stands still meanwhile."""
JOURNAL = StoreKind(
    "the alarm journal", JournalError, 0x45796547, VERSION, TABLES, BUSY_S, {1: OUTBOX, 2: WHAT, 3: STATE}
)
"""The application is "EyeG"."""

_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
INSERT = f"INSERT INTO entries ({_NAMES}) VALUES ({', '.join('?' * len(COLUMNS))})"
SELECT = f"SELECT id, {_NAMES} FROM entries"
SELECT_OF_VERSION_2 = SELECT.replace('"what"', "'' AS what")
KEEP = "INSERT INTO kept VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET json = excluded.json"
KEEP_PART = "INSERT INTO state VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET json = excluded.json"


def row_of(entry: AlarmEntry) -> tuple[Cell, ...]:
    """The cells of one entry; NaN becomes NULL, half a character (from a broken file name) a question mark."""
    return tuple(_cell(name, getattr(entry, name)) for name in COLUMNS)


def _cell(name: str, value: float | str | Enum | None) -> Cell:
    if value is None or isinstance(value, Enum):
        return "" if value is None else value.name
    if name in _REALS:
        number = float(value)
        return None if math.isnan(number) else number
    return int(value) if name in _INTEGERS else str(value).encode("utf-8", "replace").decode("utf-8")


def entry_of(row: tuple[Cell, ...]) -> AlarmEntry:
    """The entry that :func:`row_of` took apart; its context tells what of it only a later release understands."""
    values: dict[str, object] = dict(zip(COLUMNS, row, strict=True))
    values |= {name: math.nan for name in _REALS if values[name] is None}
    values |= {name: AlarmState.__members__.get(str(values[name])) for name in ("before", "after")}
    values |= {"what": Transition.__members__.get(str(values["what"])), "old": bool(values["old"])}
    if values["after"] and not (values["what"] or values["person"]) and values["comment"] in _OF_VERSION_2:
        values |= {"what": Transition(values["comment"]), "comment": ""}
    later = [f"{name} {values[name]}" for name, known in _KNOWN.items() if values[name] not in known]
    if later:
        values["context"] = ", ".join(filter(None, (str(values["context"]), f"of a later Eyegore: {', '.join(later)}")))
    values["kind"] = _KINDS.get(str(values["kind"]), NoteKind.UNKNOWN)
    values["severity"] = Severity.__members__.get(str(values["severity"]), Severity.WARNING)
    return AlarmEntry(**values)  # type: ignore[arg-type]
