"""``eyegore -p DIR --headless --once``: read the folder, judge it, print, exit."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator

from rich.console import Console

from eyegore import report
from eyegore.feeds.ingest import read_folder
from eyegore.messages import CaughtUp, FeedMessage
from eyegore.monitor import Monitor
from eyegore.service import rules_for
from eyegore.settings import Session
from eyegore.standard_output import written_out


def judge(session: Session) -> Monitor:
    """Read and judge everything the folder holds now; how old it is does not matter here."""
    monitor = Monitor(rules_for(session, keep_all=True), str(session.folder))
    for message in _messages(session):
        if not isinstance(message, CaughtUp):
            monitor.take(message, time.time())
    return monitor


def _messages(session: Session) -> Iterator[FeedMessage]:
    return read_folder(session.folder, elvis=session.elvis, images=session.images, exposures=session.exposures)


def run(session: Session, *, as_json: bool) -> int:
    """Print the report; the exit code is that of the contract."""
    monitor = judge(session)
    with written_out():
        if as_json:
            # ASCII, so that no encoding of the terminal changes what is told
            sys.stdout.write(json.dumps(report.as_json(monitor), indent=1, allow_nan=False) + "\n")
        else:
            report.print_report(monitor, Console(width=None if sys.stdout.isatty() else 160))
    return report.exit_code(monitor)
