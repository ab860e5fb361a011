"""``eyegore warnings``: what went out to whom, and a real test of every way out."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, replace

from rich.console import Console

from eyegore.basics.lab_time import zoned
from eyegore.basics.safe_text import one_line
from eyegore.commands.command_line import Commands, add_command, add_journal, add_shared, journal_of, settings_file_of
from eyegore.commands.terminal import counting_bar, print_rows
from eyegore.journal.journal import JournalReader
from eyegore.journal.outbox import Outbox
from eyegore.messages.events import WarningLine
from eyegore.messages.warnings import Channel, Outcome, Result, Sender
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


def add_parser(commands: Commands, about: str) -> None:
    """Add ``warnings`` and its own commands to the command line."""
    parser = add_command(commands, "warnings", about, _ABOUT, _EXAMPLE, run)
    commands = parser.add_subparsers(dest="warnings_command", required=True, metavar="list | test")
    listing = add_command(commands, "list", "what went out, to whom, when, with which answer", epilog=_EXAMPLE)
    add_journal(listing)
    listing.add_argument("-n", "--newest", metavar="N", type=int, default=200, help="only the newest N (200)")
    listing.add_argument("--json", action="store_true", help="JSON lines")
    test = add_command(
        commands,
        "test",
        "send a real test on every channel",
        "Sends a test to everybody, or to one person, and prints what each provider answered. Of text messages and\n"
        "calls it is asked for up to a minute whether they arrived.\n"
        "Exit status 0 when all were taken and none is known not to have arrived, 1 when not.",
        _EXAMPLE,
    )
    test.add_argument("person", metavar="PERSON", nargs="?", help="the name in the settings (default: everybody)")
    test.add_argument("--channel", choices=[one.value for one in Channel], help="by this channel only")
    add_shared(test, "--settings", metavar="FILE", help="the settings of the warnings")


RECEIPT_WAIT_S, RECEIPT_PAUSE_S = 60.0, 2.0
"""How long a test waits for word that what was taken arrived, and how often it asks [s]: a telephone rings for 45 s."""
_Tested = tuple[str, Channel, str, Outcome]


def run(args: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    return _list(args) if args.warnings_command == "list" else _test(args)


def _list(args: argparse.Namespace) -> int:
    path = journal_of(args)
    with JournalReader(path):  # says what is wrong with a file that is no journal
        lines = [line_of(delivery) for delivery in Outbox(path).newest(max(args.newest, 0))]
    if args.json:
        for line in lines:
            told = asdict(line) | {
                "severity": line.severity.name, "made": zoned(line.made), "changed": zoned(line.changed)
            }  # fmt: skip
            sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        headings = ("time", "person", "channel", "address", "subject", "state", "tries", "answer")
        print_rows(Console(), headings, map(_cells, lines))
    sys.stdout.flush()
    return 0


def _cells(line: WarningLine) -> tuple[str, ...]:
    subject, detail = one_line(line.subject), one_line(line.detail)
    address, tries = line.address, str(line.attempts)
    return zoned(line.made), line.person, line.channel, address, subject, line.state, tries, detail


def _test(args: argparse.Namespace) -> int:
    from eyegore.warning.notices import of_test
    from eyegore.warning.opening import senders_for, test_targets
    from eyegore.warning.settings import load_settings

    settings = load_settings(settings_file_of(args.settings))
    senders = senders_for(settings)
    targets = test_targets(settings, args.person, Channel(args.channel) if args.channel else None)
    outcomes: list[_Tested] = []
    with counting_bar("testing", len(targets)) as done:
        for person, channel, address in targets:
            sender = senders.get(channel)
            missing = Outcome(Result.REFUSED, f"{channel.value} is not set up")
            outcome = (
                sender.send(address, of_test(person, channel, time.time()), None) if sender is not None else missing
            )
            outcomes.append((person, channel, address, outcome))
            done(person)
    outcomes = _arrived(outcomes, senders)
    rows = [
        (person, channel.value, address, one.result.value, one_line(one.detail))
        for person, channel, address, one in outcomes
    ]
    print_rows(Console(), ("person", "channel", "address", "result", "answer"), rows)
    sys.stdout.flush()
    return 0 if outcomes and all(one.result is Result.SENT for *_, one in outcomes) else 1


def _arrived(tested: list[_Tested], senders: Mapping[Channel, Sender]) -> list[_Tested]:
    """The same with what became of what was taken, as far as that is known in time."""
    from eyegore.warning.channels.receipts import Receipted

    end = time.monotonic() + RECEIPT_WAIT_S
    told = list(tested)
    open_ones = {at for at, (*_, one) in enumerate(told) if one.result is Result.SENT and one.reference}
    while open_ones:
        for at in sorted(open_ones):
            person, channel, address, taken = told[at]
            sender = senders.get(channel)
            later = sender.receipt(address, taken.reference) if isinstance(sender, Receipted) else taken
            if later.result in (Result.SENT, Result.REFUSED):
                open_ones.discard(at)
                told[at] = (person, channel, address, later)
            elif time.monotonic() + RECEIPT_PAUSE_S > end:
                open_ones.discard(at)
                told[at] = (person, channel, address, replace(taken, detail=f"{taken.detail}; {later.detail}"))
        if open_ones:
            time.sleep(RECEIPT_PAUSE_S)
    return told
