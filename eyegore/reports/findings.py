"""A folder judged once: the state of a monitor as the documented JSON contract, and as a table for people."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from eyegore.basics.lab_time import iso
from eyegore.limits.model import LimitSet, Verdict
from eyegore.messages.events import Flag
from eyegore.series.excursions import Run
from eyegore.session.monitor import Monitor

IN_LIMITS, OUT_OF_LIMITS, CANNOT_JUDGE = 0, 1, 2


def number(value: float) -> float | None:
    """A number JSON can hold; None for NaN and infinities."""
    return value if math.isfinite(value) else None


@dataclass(frozen=True)
class Findings:
    """A folder read and judged.

    ``unjudged`` are the parameters with a limit of which no sample could be judged, ``unread`` the files that could
    not be read, by path, with the reason: of neither can be said that all is well.
    """

    monitor: Monitor
    unjudged: tuple[str, ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict)


def exit_code(findings: Findings) -> int:
    """0: every sample of every checked parameter in limits; 1: a sample out of limits; 2: neither can be said."""
    monitor = findings.monitor
    if monitor.hk.excursions.runs(out=True):
        return OUT_OF_LIMITS
    judged = monitor.hk.rows and monitor.flags.counts().checked
    missed = monitor.hk.excursions.runs(out=False) or findings.unjudged or findings.unread
    return CANNOT_JUDGE if not judged or missed else IN_LIMITS


def as_json(findings: Findings) -> dict[str, Any]:
    """The JSON contract of ``--once --json`` (docs/once.rst)."""
    monitor = findings.monitor
    folder = Path(monitor.folder)
    log, images = monitor.exposures, monitor.images
    return {
        "folder": str(folder),
        "elvis": monitor.hk.elvis or None,
        "set": monitor.rules.limit_set.value,
        "exit": exit_code(findings),
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
    CANNOT_JUDGE: ("cannot say that all is in limits: see what is missing or invalid above", "magenta"),
}


def print_report(findings: Findings, console: Console) -> None:
    """Print the same as :func:`as_json`, for people."""
    console.print(Group(*_parts(as_json(findings))))
    text, style = _ENDS[exit_code(findings)]
    console.print(Text(text, style=style))


def _parts(report: Mapping[str, Any]) -> Iterable[RenderableType]:
    hk, log, images = report["hk"], report["exposures"], report["images"]
    yield Text(
        f"{report['folder']}  ELVIS {report['elvis'] or 'unknown'}  limits {LimitSet(report['set']).words}",
        style="bold",
    )
    for unread in report["unread"]:
        yield Text(unread["reason"], style="bold magenta")
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
    if hk["unjudged"]:
        yield Text(f"limits, but never judged: {', '.join(hk['unjudged'])}", style="magenta")
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
