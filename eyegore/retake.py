"""Which exposures of a folder have to be taken again, and why: as JSON, as CSV, as a table for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from eyegore.exposure_messages import ExposureHk, HkVerdict, RetakeReason
from eyegore.lab_time import clock_text, iso
from eyegore.report import Findings, number

NONE, SOME, CANNOT_JUDGE = 0, 1, 2

TO_RETAKE = (HkVerdict.COMPROMISED, HkVerdict.NO_HK)

CSV_COLUMNS = (
    "obsid", "ccds", "test", "start", "end", "verdict", "source", "reason_verdict", "parameter", "sample", "first",
    "last", "samples", "worst", "unit", "limit", "severity", "text",
)  # fmt: skip

_STYLES = {HkVerdict.COMPROMISED: "bold red", HkVerdict.NO_HK: "magenta", HkVerdict.UNKNOWN: "yellow"}
_WORDS = {
    NONE: "no exposure has to be taken again",
    SOME: "should be taken again",
    CANNOT_JUDGE: "cannot say that all exposures are good: see what is unknown, unread or not judged above",
}


def doubtful(findings: Findings) -> list[ExposureHk]:
    """The ObsIDs that are not clean, in their order."""
    return [one for one in findings.monitor.hk.frames.states if one.verdict is not HkVerdict.CLEAN]


def exit_code(findings: Findings) -> int:
    """0: every exposure is clean; 1: some are compromised or without HK; 2: neither can be said."""
    states = findings.monitor.hk.frames.states
    if any(one.verdict in TO_RETAKE for one in states):
        return SOME
    unsure = any(one.verdict is HkVerdict.UNKNOWN for one in states) or findings.unread or findings.unjudged
    return CANNOT_JUDGE if not states or unsure else NONE


def as_json(findings: Findings) -> dict[str, Any]:
    """The JSON contract of ``eyegore retake`` (docs/retake.rst)."""
    monitor = findings.monitor
    folder = Path(monitor.folder)
    found = doubtful(findings)
    return {
        "folder": str(folder),
        "elvis": monitor.hk.elvis or None,
        "set": monitor.rules.limit_set.value,
        "exit": exit_code(findings),
        "hk_first": iso(monitor.hk.first_time),
        "hk_last": iso(monitor.hk.last_time),
        "unread": [{"file": Path(path).name, "reason": why} for path, why in findings.unread.items()],
        "unjudged": list(findings.unjudged),
        "exposures": len(monitor.hk.frames.states),
        "clean": len(monitor.hk.frames.states) - len(found),
        "retake": [exposure_json(one) for one in found if one.verdict in TO_RETAKE],
        "unknown": [exposure_json(one) for one in found if one.verdict not in TO_RETAKE],
    }


def exposure_json(one: ExposureHk) -> dict[str, Any]:
    """One ObsID of the contract."""
    return {
        "obsid": one.obsid,
        "test": one.test,
        "start": iso(one.start),
        "end": iso(one.end),
        "verdict": one.verdict.name,
        "ccds": {name: verdict.name for name, verdict in one.verdicts.items()},
        "assumed": list(one.assumed),
        "reasons": [_reason_json(reason) for reason in one.reasons],
    }


def _reason_json(reason: RetakeReason) -> dict[str, Any]:
    return {
        "source": reason.source,
        "verdict": reason.verdict.name,
        "parameter": reason.parameter or None,
        "ccd": reason.ccd or None,
        "sample": reason.sample.name,
        "first": iso(reason.first),
        "last": iso(reason.last),
        "samples": reason.samples,
        "worst": number(reason.worst),
        "unit": reason.unit or None,
        "limit": reason.limit or None,
        "severity": reason.severity.name,
        "text": reason.text,
    }


def as_csv(findings: Findings) -> str:
    """One line for each reason of each ObsID that is not clean; empty cells where there is nothing to tell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for one in doubtful(findings):
        for reason in one.reasons:
            told = _reason_json(reason)
            first = (one.obsid, _ccds(one, reason), one.test, iso(one.start), iso(one.end), one.verdict.name)
            rest = (told["verdict"], *(told[key] for key in CSV_COLUMNS[8:]))
            writer.writerow(["" if cell is None else cell for cell in (*first, reason.source, *rest)])
    return text.getvalue()


def parts(findings: Findings) -> Iterator[Text | Table]:
    """The same for people."""
    monitor = findings.monitor
    states, found = monitor.hk.frames.states, doubtful(findings)
    limits = f"limits {monitor.rules.limit_set.words}"
    yield Text(f"{monitor.folder}  ELVIS {monitor.hk.elvis or 'unknown'}  {limits}", style="bold")
    for why in findings.unread.values():
        yield Text(why, style="bold magenta")
    if findings.unjudged:
        yield Text(f"limits, but never judged: {', '.join(findings.unjudged)}", style="magenta")
    hk = "no HK row" if not monitor.hk.rows else f"HK {iso(monitor.hk.first_time)} to {iso(monitor.hk.last_time)}"
    yield Text(f"{len(states)} ObsIDs, {len(states) - len(found)} of them clean; {hk}")
    if found:
        yield _table(found)
    code = exit_code(findings)
    many = sum(one.verdict in TO_RETAKE for one in found)
    exposures = f"{many} exposure{'s' if many != 1 else ''} " if code == SOME else ""
    yield Text(exposures + _WORDS[code], style=("green", "bold red", "magenta")[code])


def _table(found: Iterable[ExposureHk]) -> Table:
    table = Table(box=None)
    table.add_column("ObsID", justify="right")
    for heading in ("CCD", "test", "from", "to", "verdict"):
        table.add_column(heading, no_wrap=True)
    table.add_column("reason")
    for one in found:
        head = [str(one.obsid), "", one.test, clock_text(one.start), clock_text(one.end)[-8:], one.verdict.value]
        for place, reason in enumerate(one.reasons):
            cells = head if not place else [""] * len(head)
            cells[1] = _ccds(one, reason)
            assumed = f" ({'; '.join(one.assumed)})" if one.assumed and not place else ""
            style = _STYLES[reason.verdict]
            table.add_row(*map(Text, cells), Text(reason.text + assumed), style=style if not place else "")
    return table


def _ccds(one: ExposureHk, reason: RetakeReason) -> str:
    """The CCDs of the log that a reason concerns, by number where the log gives them one."""
    if reason.ccd:
        return str(reason.ccd)
    return " ".join(name.removeprefix("CCD") or "?" for name in one.verdicts)
