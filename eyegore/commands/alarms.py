"""``eyegore alarms``: read the journal of a monitored folder, also while it is monitored."""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from eyegore.basics.lab_time import clock_text, iso, local_text, zoned
from eyegore.basics.safe_text import printable
from eyegore.commands.command_line import Commands, add_command, add_journal, journal_of
from eyegore.commands.terminal import print_rows
from eyegore.journal.journal import JournalReader
from eyegore.messages.events import AlarmEntry, AlarmState

if TYPE_CHECKING:
    from rich.console import Console

_ABOUT = """\
Print what the alarm journal of a folder holds, oldest first: every change of an
alarm, acknowledgement, shelving, comment and change of configuration.
The folder may be monitored meanwhile; nothing is changed.
"""
_EXAMPLE = """\
examples:
  eyegore alarms list -p /data/14_Mar_19 --since 2019-03-14T20:00
  eyegore alarms export -p /data/14_Mar_19 --parameter CCD2_TEMP_T > night.csv
  eyegore alarms export --json | jq 'select(.severity == "CRITICAL")'
"""
FIELDS = (
    "time",
    "data_time",
    "parameter",
    "kind",
    "from",
    "to",
    "severity",
    "value",
    "limit",
    "context",
    "person",
    "comment",
    "table",
    "incident",
    "old",
)
Field = str | float | int | bool | None


def add_parser(commands: Commands, about: str) -> None:
    """Add ``alarms`` and its own commands to the command line."""
    parser = add_command(commands, "alarms", about, _ABOUT, _EXAMPLE, run)
    which = argparse.ArgumentParser(add_help=False)
    add_journal(which)
    which.add_argument("--since", metavar="ISO", type=_moment, help="from then on, e.g. 2019-03-14T20:00 (local time)")
    which.add_argument("--until", metavar="ISO", type=_moment, help="before then")
    which.add_argument("--parameter", metavar="NAME", help="of this parameter only")
    which.add_argument("-n", "--newest", metavar="N", type=_count, help="only the newest N")
    which.add_argument("--json", action="store_true", help="JSON lines")
    commands = parser.add_subparsers(dest="alarms_command", required=True, metavar="list | export")
    add_command(
        commands,
        "list",
        "for people",
        "Print the journal: a table on a terminal, one line per entry with tabs when piped.",
        _EXAMPLE,
        parents=[which],
    )
    add_command(
        commands,
        "export",
        "for programs",
        f"Print the journal as CSV, or as JSON lines. Fields: {', '.join(FIELDS)}.",
        _EXAMPLE,
        parents=[which],
    )


def run(args: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    with JournalReader(journal_of(args)) as journal:
        entries = journal.entries(args.since, args.until, args.parameter, args.newest)
        if args.json:
            for entry in entries:
                sys.stdout.write(json.dumps(_as_json(entry), ensure_ascii=False, allow_nan=False) + "\n")
        elif args.alarms_command == "export":
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(FIELDS)
            writer.writerows([_as_text(value) for value in fields_of(entry).values()] for entry in entries)
        else:
            from rich.console import Console

            _show(Console(), journal.folder() or str(journal.path), entries)
    sys.stdout.flush()  # a pipe closed at the other end is noticed here, where the command line handles it
    return 0


def _moment(text: str) -> float:
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 2019-03-14T20:00") from None


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**63):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of entries")
    return int(text)


# --- for programs ----------------------------------------------------------------------------------------------------


def _zoned(time: float) -> str | None:
    """Unix time [s] as ISO 8601 with the offset of the local zone; None where it is unknown."""
    try:
        return zoned(time, "milliseconds")
    except (ValueError, OverflowError, OSError):
        return None


def fields_of(entry: AlarmEntry) -> dict[str, Field]:
    """One entry as it is exported; times are ISO 8601: ``time`` with zone, ``data_time`` the lab's own clock."""
    values: tuple[Field, ...] = (
        _zoned(entry.time),
        iso(entry.data_time),
        entry.parameter,
        entry.kind.name,
        _name(entry.before),
        _name(entry.after),
        entry.severity.name,
        entry.value,
        entry.limit,
        entry.context,
        entry.person,
        entry.note,
        entry.table,
        entry.incident,
        entry.old,
    )
    return dict(zip(FIELDS, values, strict=True))


def _name(state: AlarmState | None) -> str:
    return state.name if state is not None else ""


def _as_json(entry: AlarmEntry) -> dict[str, Field]:
    """JSON has no numbers that are not finite: null."""
    return fields_of(entry) | {"value": entry.value if math.isfinite(entry.value) else None}


def _as_text(value: Field) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or value != value else str(value)


# --- for people ------------------------------------------------------------------------------------------------------

_WIDE = 130
"""Columns of a terminal that all headings need [characters]; with fewer the last ones share a column."""
_HEADINGS: tuple[str, ...] = ("time", "data time", "parameter", "kind", "change", "severity", "value", "limit", "note")


def _show(console: Console, title: str, entries: Iterable[AlarmEntry]) -> None:
    rows = ([printable(cell, " ") for cell in row] for row in _rows(entries))
    if not console.is_terminal:
        print_rows(console, _HEADINGS, rows)
        return
    from rich.text import Text

    console.print(Text(f"alarms of {printable(title, ' ')}", style="italic"), soft_wrap=True)
    headings, listed = _HEADINGS, list(rows)
    if console.width < _WIDE:
        headings = ("time", "parameter", "kind", "to", "severity", "value, limit, note")
        listed = [[row[0], row[2], row[3], row[4].rpartition(" ")[2], row[5], _joined(*row[6:])] for row in listed]
    if listed:
        print_rows(console, headings, listed, last_folds=True)
    else:
        console.print("no entries")


def _rows(entries: Iterable[AlarmEntry]) -> Iterator[tuple[str, ...]]:
    for entry in entries:
        change = f"{_name(entry.before)} → {_name(entry.after)}" if entry.before or entry.after else ""
        said = f"{entry.person}: {entry.note}" if entry.person and entry.note else entry.person or entry.note
        incident = f"incident {entry.incident}" if entry.incident else ""
        yield (
            _local_clock(entry.time),
            clock_text(entry.data_time),
            entry.parameter,
            entry.kind.name,
            change,
            entry.severity.name,
            f"{entry.value:g}" if entry.value == entry.value else "",
            entry.limit,
            _joined(said, entry.context, incident, "old" if entry.old else ""),
        )


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _local_clock(time: float) -> str:
    try:
        return local_text(time)
    except (ValueError, OverflowError, OSError):
        return "?"
