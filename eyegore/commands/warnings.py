"""``eyegore warnings``: what went out to whom, and a real test of every way out."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from eyegore.commands.journal_choice import add_choice, chosen
from eyegore.journal.journal import JournalReader
from eyegore.journal.outbox import Outbox
from eyegore.messages.events import WarningLine
from eyegore.messages.warnings import Channel, Outcome, Result
from eyegore.warning.center import line_of

_ABOUT = """\
Warnings are mails, text messages and calls to the people on duty (eyegore -W).
"""
_EXAMPLE = """\
examples:
  eyegore warnings list -p /data/14_Mar_19     what went out, to whom, with which answer
  eyegore warnings test                        a real test to everybody, by every channel
  eyegore warnings test ana --channel sms      to one person, by one channel
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], about: str) -> None:
    """Add ``warnings`` and its own commands to the command line."""
    kind = argparse.RawDescriptionHelpFormatter
    parser = subparsers.add_parser("warnings", help=about, description=_ABOUT, epilog=_EXAMPLE, formatter_class=kind)
    parser.set_defaults(run=run)
    commands = parser.add_subparsers(dest="warnings_command", required=True, metavar="list | test")
    listing = commands.add_parser(
        "list", help="what went out, to whom, when, with which answer", epilog=_EXAMPLE, formatter_class=kind
    )
    add_choice(listing)
    listing.add_argument("-n", "--newest", metavar="N", type=int, default=200, help="only the newest N (200)")
    listing.add_argument("--json", action="store_true", help="JSON lines")
    test = commands.add_parser(
        "test",
        help="send a real test on every channel",
        description="Sends a test to everybody, or to one person, and prints what each provider answered. "
        "Exit status 0 when all were taken, 1 when not.",
        epilog=_EXAMPLE,
        formatter_class=kind,
    )
    test.add_argument("person", metavar="PERSON", nargs="?", help="the name in the settings (default: everybody)")
    test.add_argument("--channel", choices=[one.value for one in Channel], help="by this channel only")
    test.add_argument(
        "--settings", metavar="FILE", type=Path, default=argparse.SUPPRESS, help="the settings of the warnings"
    )


def run(args: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    return _list(args) if args.warnings_command == "list" else _test(args)


def _list(args: argparse.Namespace) -> int:
    path = chosen(args)
    with JournalReader(path):  # says what is wrong with a file that is no journal
        lines = [line_of(delivery) for delivery in Outbox(path).newest(max(args.newest, 0))]
    if args.json:
        for line in lines:
            told = asdict(line) | {
                "severity": line.severity.name, "made": _iso(line.made), "changed": _iso(line.changed)
            }  # fmt: skip
            sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        _print(("time", "person", "channel", "address", "subject", "state", "tries", "answer"), map(_cells, lines))
    sys.stdout.flush()
    return 0


def _cells(line: WarningLine) -> tuple[str, ...]:
    return (
        _iso(line.made), line.person, line.channel, line.address, line.subject, line.state, str(line.attempts),
        line.detail,
    )  # fmt: skip


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment).astimezone().isoformat(timespec="seconds")


def _print(headings: tuple[str, ...], rows: object) -> None:
    """A table on a terminal, lines with tabs when piped."""
    found = [tuple(" ".join(cell.split()) for cell in row) for row in rows]  # type: ignore[attr-defined]
    if not sys.stdout.isatty():
        for row in (headings, *found):
            sys.stdout.write("\t".join(row) + "\n")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading)
    for row in found:
        table.add_row(*map(Text, row))
    Console().print(table)


def _test(args: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.progress import track

    from eyegore.warning.notices import of_test
    from eyegore.warning.opening import senders_for, test_targets
    from eyegore.warning.settings import default_path, load_settings

    settings = load_settings(getattr(args, "settings", None) or default_path())
    senders = senders_for(settings)
    targets = test_targets(settings, args.person, Channel(args.channel) if args.channel else None)
    outcomes: list[tuple[str, Channel, str, Outcome]] = []
    silent = not sys.stderr.isatty()
    for person, channel, address in track(
        targets, "testing", console=Console(stderr=True), transient=True, disable=silent
    ):
        sender = senders.get(channel)
        missing = Outcome(Result.REFUSED, f"{channel.value} is not set up")
        outcome = sender.send(address, of_test(person, channel, time.time()), None) if sender is not None else missing
        outcomes.append((person, channel, address, outcome))
    rows = [
        (person, channel.value, address, one.result.value, one.detail) for person, channel, address, one in outcomes
    ]
    _print(("person", "channel", "address", "result", "answer"), rows)
    sys.stdout.flush()
    return 0 if outcomes and all(one.result is Result.SENT for *_, one in outcomes) else 1
