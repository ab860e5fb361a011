"""``eyegore -p DIR --headless --once``: read the folder, judge it, print, exit."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console

from eyegore.basics.standard_output import written_out
from eyegore.feeds.ingest import read_folder
from eyegore.limits.model import LimitSet, LimitTable, Verdict
from eyegore.messages.events import CaughtUp, Event, HkAccepted, LayoutChanged, SourceEvent, SourceKind
from eyegore.reports.findings import Findings, as_json as document_of, exit_code, print_report
from eyegore.session.monitor import Monitor
from eyegore.session.service import rules_for
from eyegore.session.settings import Session


def judge(
    session: Session,
    *,
    images: bool = True,
    progress: Callable[[Monitor], None] = lambda monitor: None,
    heard: Callable[[Event], object] = lambda event: None,
) -> Findings:
    """Read and judge everything the folder holds now; how old it is does not matter here.

    Without ``images`` only what is text is read. ``progress`` is called with the monitor as it goes on, ``heard`` with
    each event.
    """
    rules = rules_for(session, keep_all=True)
    monitor = Monitor(rules, str(session.folder))
    limited: dict[str, None] = {}
    judged: set[str] = set()
    unread: dict[str, str] = {}
    images = images and session.images
    for message in read_folder(session.folder, elvis=session.elvis, images=images, exposures=session.exposures):
        if isinstance(message, CaughtUp):
            continue
        if isinstance(message, SourceEvent):
            _note_unread(message, unread)
        progress(monitor)
        for event in monitor.take(message, time.time()):
            heard(event)
            if isinstance(event, LayoutChanged):
                limited.update(dict.fromkeys(_limited(rules.tables(event.elvis), session.limit_set)))
            elif isinstance(event, HkAccepted):
                some = (event.verdicts != Verdict.UNCHECKED).any(axis=0)
                judged.update(name for name, any_ in zip(event.rows.columns, some, strict=True) if any_)
    unjudged = tuple(name for name in limited if name not in judged) if monitor.hk.rows else ()
    return Findings(monitor, unjudged, unread)


def _limited(table: LimitTable | None, limit_set: LimitSet) -> Iterator[str]:
    for name, parameter in (table.parameters if table else {}).items():
        if any(form.checked(limit_set) for form in parameter.forms):
            yield name


def _note_unread(event: SourceEvent, unread: dict[str, str]) -> None:
    lost = event.kind is SourceKind.UNREADABLE or (
        event.kind is SourceKind.VANISHED and event.path.lower().endswith(".txt")  # images are counted apart
    )
    if lost:
        unread[event.path] = event.text.rpartition(": ")[0]
    elif event.kind in (SourceKind.READABLE, SourceKind.RETURNED):
        unread.pop(event.path, None)


def run(session: Session, *, as_json: bool) -> int:
    """Print the report; the exit code is that of the contract."""
    findings = judge(session)
    with written_out():
        if as_json:
            # ASCII, so that no encoding of the terminal changes what is told
            sys.stdout.write(json.dumps(document_of(findings), indent=1, allow_nan=False) + "\n")
        else:
            print_report(findings, Console(width=None if sys.stdout.isatty() else 160))
    return exit_code(findings)
