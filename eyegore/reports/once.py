"""``eyegore -p DIR --headless --once``: read the folder, judge it, print the documented JSON or a table, exit."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from eyegore.basics.lab_time import iso
from eyegore.basics.standard_output import written_out
from eyegore.elvis.day_folder import FileKind, parse_name
from eyegore.feeds.ingest import read_folder
from eyegore.limits.model import LimitSet, LimitTable, Verdict
from eyegore.messages.events import BadLine, CaughtUp, Event, Flag, HkAccepted, LayoutChanged, SourceEvent, SourceKind
from eyegore.series.excursions import Run
from eyegore.session.monitor import Monitor
from eyegore.session.service import rules_for
from eyegore.session.settings import Session

IN_LIMITS, OUT_OF_LIMITS, CANNOT_JUDGE = 0, 1, 2


def number(value: float) -> float | None:
    """A number JSON can hold; None for NaN and infinities."""
    return value if math.isfinite(value) else None


@dataclass(frozen=True)
class Findings:
    """A folder read and judged.

    ``unjudged`` are the parameters with a limit of which no sample could be judged, ``unread`` the files that could
    not be read, by path, with the reason. What the monitor could not read of the others are its ``bad_lines``.
    """

    monitor: Monitor
    unjudged: tuple[str, ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict)

    def bad_lines(self, *kinds: FileKind) -> Iterator[str]:
        """What could not be read of files of these kinds, or of any; a sentence for each file."""
        counted: dict[str, list[BadLine]] = {}
        for bad in self.monitor.bad_lines:
            file = parse_name(os.path.basename(bad.path))
            if not kinds or (file is not None and file.kind in kinds):
                counted.setdefault(bad.path, []).append(bad)
        for path, found in counted.items():
            first = min(found, key=lambda one: one.line)
            lines = f"line {first.line}" if len(found) == 1 else f"{len(found)} lines, the first of them {first.line},"
            yield f"{os.path.basename(path)}: {lines} could not be read: {first.reason}"

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why nobody can say that everything was in limits; nothing of these was looked at."""
        hk = self.monitor.hk
        found = [*self.unread.values(), *self.bad_lines()]
        if not hk.rows:
            found.append("no row of housekeeping was read")
        elif not self.monitor.flags.counts().checked:
            found.append(f"nothing was judged: no parameter of ELVIS {hk.elvis or 'unknown'} has a limit")
        if self.unjudged:
            found.append(f"limits, but never judged: {', '.join(self.unjudged)}")
        return tuple(found)


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
            note_unread(message, unread, images=images)
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


def note_unread(event: SourceEvent, unread: dict[str, str], *, images: bool) -> None:
    """Note in ``unread`` which files cannot be read, by path, with the reason; ``images``: of images, too."""
    file = parse_name(os.path.basename(event.path))
    if not images and file is not None and file.kind is FileKind.IMAGE:
        return
    lost = event.kind is SourceKind.UNREADABLE or (
        event.kind is SourceKind.VANISHED and event.path.lower().endswith(".txt")  # images are counted apart
    )
    if lost:
        unread[event.path] = event.text.rpartition(": ")[0]
    elif event.kind in (SourceKind.READABLE, SourceKind.RETURNED):
        unread.pop(event.path, None)


def exit_code(findings: Findings) -> int:
    """0: every sample of every checked parameter in limits; 1: a sample out of limits; 2: neither can be said."""
    monitor = findings.monitor
    if monitor.hk.excursions.runs(out=True):
        return OUT_OF_LIMITS
    return CANNOT_JUDGE if findings.doubts or monitor.hk.excursions.runs(out=False) else IN_LIMITS


def document_of(findings: Findings) -> dict[str, Any]:
    """The JSON contract of ``--once --json`` (docs/once.rst)."""
    monitor = findings.monitor
    folder = Path(monitor.folder)
    log, images = monitor.exposures, monitor.images
    return {
        "folder": str(folder),
        "elvis": monitor.hk.elvis or None,
        "set": monitor.rules.limit_set.value,
        "exit": exit_code(findings),
        "doubts": list(findings.doubts),
        "unread": [{"file": _name(path, folder), "reason": why} for path, why in findings.unread.items()],
        "hk": {
            "files": [_name(path, folder) for path in monitor.hk.files],
            "rows": monitor.hk.rows,
            "first": iso(monitor.hk.first_time),
            "last": iso(monitor.hk.last_time),
            "bad_lines": [
                {"file": _name(bad.path, folder), "line": bad.line, "reason": bad.reason} for bad in monitor.bad_lines
            ],
            "bad_line_count": monitor.bad_line_count,
            "unknown_columns": list(monitor.hk.unknown),
            "missing_columns": list(monitor.hk.missing),
            "unjudged": list(findings.unjudged),
            "parameters": {flag.parameter: _parameter(flag) for flag in monitor.flags.views()},
        },
        "excursions": [_excursion(run, monitor) for run in monitor.hk.excursions.runs(out=True)],
        "invalid": [_excursion(run, monitor) for run in monitor.hk.excursions.runs(out=False)],
        "exposures": {
            "obsids": log.obsids,
            "rows": log.rows,
            "first": log.first,
            "last": log.last,
            "tests": log.tests(),
            "incomplete": log.incomplete(),
        },
        "images": {
            "files": images.files,
            "complete": images.complete,
            "latest_obsid": images.latest,
            "incomplete": {_name(path, folder): problem for path, problem in sorted(images.problems.items())},
        },
    }


def _name(path: str, folder: Path) -> str:
    return str(Path(path).relative_to(folder)) if Path(path).is_relative_to(folder) else path


def _parameter(flag: Flag) -> dict[str, Any]:
    return {"value": number(flag.value), "unit": flag.unit, "time": iso(flag.time), "verdict": flag.live.name}


def _excursion(run: Run, monitor: Monitor) -> dict[str, Any]:
    first, last = monitor.index.at(run.first), monitor.index.at(run.last)
    return {
        "parameter": run.parameter,
        "set": monitor.rules.limit_set.value,
        "verdict": run.verdict.name,
        "first": iso(run.first),
        "last": iso(run.last),
        "samples": run.samples,
        "worst": number(run.worst),
        "obsid_first": first.obsid if first else None,
        "obsid_last": last.obsid if last else None,
    }


_ENDS = {
    IN_LIMITS: ("every sample of every checked parameter is in limits", "green"),
    OUT_OF_LIMITS: ("something was out of limits", "bold red"),
    CANNOT_JUDGE: ("cannot say that all is in limits", "magenta"),
}


def print_report(findings: Findings, console: Console) -> None:
    """Print the same as :func:`document_of`, for people."""
    console.print(Group(*_parts(document_of(findings))))
    for doubt in findings.doubts:
        console.print(Text(doubt, style="bold magenta"))
    text, style = _ENDS[exit_code(findings)]
    console.print(Text(text, style=style))


def _parts(report: Mapping[str, Any]) -> Iterable[RenderableType]:
    hk, log, images = report["hk"], report["exposures"], report["images"]
    yield Text(
        f"{report['folder']}  ELVIS {report['elvis'] or 'unknown'}  limits {LimitSet(report['set']).words}",
        style="bold",
    )
    yield Text(
        f"HK: {hk['rows']} rows in {len(hk['files'])} files, {hk['first'] or '-'} to {hk['last'] or '-'}, "
        f"{hk['bad_line_count']} bad lines"
    )
    for bad in hk["bad_lines"][:20]:
        yield Text(f"  {bad['file']}, line {bad['line']}: {bad['reason']}", style="yellow")
    tests = ", ".join(f"{name} {count}" for name, count in log["tests"].items())
    span = f"{log['first'] or '-'} to {log['last'] or '-'}"
    yield Text(f"exposures: {log['obsids']} ObsIDs, {log['rows']} rows, {span}  {tests}".rstrip())
    if log["incomplete"]:
        yield Text(f"  ObsIDs without all three CCDs: {', '.join(map(str, log['incomplete']))}", style="yellow")
    newest = "-" if images["latest_obsid"] is None else images["latest_obsid"]
    yield Text(f"images: {images['complete']} of {images['files']} complete, newest ObsID {newest}")
    for name, problem in images["incomplete"].items():
        yield Text(f"  {name}: {problem}", style="yellow")
    verdicts: dict[str, int] = {}
    for parameter in hk["parameters"].values():
        verdicts[parameter["verdict"]] = verdicts.get(parameter["verdict"], 0) + 1
    yield Text("last values: " + (", ".join(f"{count} {_word(name)}" for name, count in verdicts.items()) or "-"))
    for title, key in (("out of limits", "excursions"), ("no valid reading", "invalid")):
        if report[key]:
            yield _table(title, report[key])


def _word(verdict: str) -> str:
    return Verdict[verdict].name.lower().replace("_", " ")


def _table(title: str, runs: list[dict[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left", box=None)
    for heading in ("parameter", "verdict", "first", "last", "samples", "worst", "ObsIDs"):
        table.add_column(heading, justify="right" if heading in ("samples", "worst") else "left")
    for run in runs:
        obsids = f"{run['obsid_first'] or '-'} .. {run['obsid_last'] or '-'}"
        worst = "-" if run["worst"] is None else f"{run['worst']:g}"
        table.add_row(run["parameter"], run["verdict"], run["first"], run["last"], str(run["samples"]), worst, obsids)
    return table


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
