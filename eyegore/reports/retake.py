"""Which exposures of a folder have to be taken again, and why: as JSON, as CSV, as a table for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from eyegore.basics.lab_time import clock_text, iso
from eyegore.basics.quantities import short
from eyegore.elvis.day_folder import FileKind
from eyegore.exposures.standing import ImageFindings, ImageReason, Reason, RetakeVerdict, Standing, standings
from eyegore.limits.frame_model import ImageVerdict
from eyegore.reports.once import Findings, number

NONE, SOME, CANNOT_JUDGE = 0, 1, 2

TO_RETAKE = (RetakeVerdict.COMPROMISED, RetakeVerdict.BAD_IMAGE, RetakeVerdict.NO_HK)

CSV_COLUMNS = (
    "obsid", "ccds", "test", "start", "end", "verdict", "source", "reason_verdict", "parameter", "sample", "first",
    "last", "samples", "worst", "unit", "limit", "severity", "text",
    "quadrant",
)  # fmt: skip

_STYLES = {
    RetakeVerdict.COMPROMISED: "bold red",
    RetakeVerdict.BAD_IMAGE: "bold red",
    RetakeVerdict.NO_HK: "magenta",
    RetakeVerdict.UNKNOWN: "yellow",
}
_WORDS = {
    NONE: "no exposure has to be taken again",
    SOME: "should be taken again",
    CANNOT_JUDGE: "cannot say that all exposures are good",
}


def all_standings(findings: Findings, images: ImageFindings | None = None) -> list[Standing]:
    """Every ObsID of the log in its order; without ``images`` by housekeeping alone."""
    return standings(findings.monitor.hk.exposures.states, images)


def doubtful(findings: Findings, images: ImageFindings | None = None) -> list[Standing]:
    """The ObsIDs that are not clean, in their order."""
    return [one for one in all_standings(findings, images) if one.verdict is not RetakeVerdict.CLEAN]


def exit_code(findings: Findings, images: ImageFindings | None = None) -> int:
    """0: every exposure is clean; 1: some are not, or have no HK; 2: neither can be said."""
    found = all_standings(findings, images)
    if any(one.verdict in TO_RETAKE for one in found):
        return SOME
    unsure = any(one.verdict is RetakeVerdict.UNKNOWN for one in found)
    return CANNOT_JUDGE if unsure or doubts(findings, images) else NONE


def doubts(findings: Findings, images: ImageFindings | None = None) -> list[str]:
    """Why nobody can say that every exposure is clean, but for what is told of single ones.

    A line of housekeeping that could not be read is told of the exposures during which it was written.
    """
    found = [*findings.unread.values(), *findings.bad_lines(FileKind.EXPLOG)]
    if not findings.monitor.hk.exposures.states:
        found.append("no exposure was read from an exposure log")
    if findings.unjudged:
        found.append(f"limits, but never judged: {', '.join(findings.unjudged)}")
    if images is not None and images.unlogged:
        first = ", ".join(images.unlogged[:3]) + (" …" if len(images.unlogged) > 3 else "")
        found.append(f"{len(images.unlogged)} images without a row of the exposure log were not judged: {first}")
    if images is not None and images.none:
        found.append("there is no image in the folder: --no-images judges by housekeeping alone")
    return found


def as_json(findings: Findings, images: ImageFindings | None = None) -> dict[str, Any]:
    """The JSON contract of ``eyegore retake`` (docs/retake.rst)."""
    monitor = findings.monitor
    folder = Path(monitor.folder)
    found = doubtful(findings, images)
    return {
        "folder": str(folder),
        "elvis": monitor.hk.elvis or None,
        "set": monitor.rules.limit_set.value,
        "exit": exit_code(findings, images),
        "doubts": doubts(findings, images),
        "hk_first": iso(monitor.hk.first_time),
        "hk_last": iso(monitor.hk.last_time),
        "unread": [{"file": Path(path).name, "reason": why} for path, why in findings.unread.items()],
        "unjudged": list(findings.unjudged),
        "exposures": len(monitor.hk.exposures.states),
        "clean": len(monitor.hk.exposures.states) - len(found),
        "retake": [exposure_json(one) for one in found if one.verdict in TO_RETAKE],
        "unknown": [exposure_json(one) for one in found if one.verdict not in TO_RETAKE],
        "images": None if images is None else {verdict.value: images.count(verdict) for verdict in ImageVerdict},
    }


def exposure_json(one: Standing) -> dict[str, Any]:
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


def _image_json(reason: ImageReason) -> dict[str, Any]:
    check = reason.check
    severity = "NONE"
    if check is not None and check.verdict is not ImageVerdict.NOT_CHECKED:
        severity = "CRITICAL" if check.verdict is ImageVerdict.FAIL else "WARNING"
    return {
        "source": reason.source,
        "verdict": reason.verdict.name,
        "parameter": check.name if check else None,
        "ccd": reason.ccd or None,
        "sample": reason.sample,
        "first": None,
        "last": None,
        "samples": 1 if check else 0,
        "worst": number(check.value) if check else None,
        "unit": check.unit or None if check else None,
        "limit": f"{short(check.low, 6)} … {short(check.high, 6)}" if check else None,
        "severity": severity,
        "text": reason.text,
        "quadrant": check.quadrant or None if check else None,
    }


def _reason_json(reason: Reason) -> dict[str, Any]:
    if isinstance(reason, ImageReason):
        return _image_json(reason)
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
        "quadrant": None,
    }


def as_csv(findings: Findings, images: ImageFindings | None = None) -> str:
    """One line for each reason of each ObsID that is not clean; empty cells where there is nothing to tell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for one in doubtful(findings, images):
        for reason in one.reasons:
            told = _reason_json(reason)
            first = (one.obsid, _ccds(one, reason), one.test, iso(one.start), iso(one.end), one.verdict.name)
            rest = (told["verdict"], *(told[key] for key in CSV_COLUMNS[8:]))
            writer.writerow(["" if cell is None else cell for cell in (*first, reason.source, *rest)])
    return text.getvalue()


def parts(findings: Findings, images: ImageFindings | None = None) -> Iterator[Text | Table]:
    """The same for people."""
    monitor = findings.monitor
    states, found = monitor.hk.exposures.states, doubtful(findings, images)
    limits = f"limits {monitor.rules.limit_set.words}"
    yield Text(f"{monitor.folder}  ELVIS {monitor.hk.elvis or 'unknown'}  {limits}", style="bold")
    for why in (*doubts(findings, images), *findings.bad_lines(FileKind.MASTER_HK, FileKind.OBSID_HK)):
        yield Text(why, style="bold magenta")
    hk = "no HK row" if not monitor.hk.rows else f"HK {iso(monitor.hk.first_time)} to {iso(monitor.hk.last_time)}"
    yield Text(f"{len(states)} ObsIDs, {len(states) - len(found)} of them clean; {hk}")
    if images is None or not images.none:
        yield _images_line(images)
    if found:
        yield _table(found)
    code = exit_code(findings, images)
    many = sum(one.verdict in TO_RETAKE for one in found)
    exposures = f"{many} exposure{'s' if many != 1 else ''} " if code == SOME else ""
    yield Text(exposures + _WORDS[code], style=("green", "bold red", "magenta")[code])


def _images_line(images: ImageFindings | None) -> Text:
    if images is None:
        return Text("images were not judged", style="dim")
    counts = ", ".join(f"{count} {verdict.value}" for verdict in ImageVerdict if (count := images.count(verdict)))
    hint = " (--image-warnings lists them)" if images.count(ImageVerdict.WARNING) and not images.warnings else ""
    return Text(f"{len(images.results)} images: {counts}{hint}")


def _table(found: Iterable[Standing]) -> Table:
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
            style = _STYLES[RetakeVerdict[reason.verdict.name]]
            table.add_row(*map(Text, cells), Text(reason.text + assumed), style=style if not place else "")
    return table


def _ccds(one: Standing, reason: Reason) -> str:
    """The CCDs of the log that a reason concerns, by number where the log gives them one."""
    if reason.ccd:
        return str(reason.ccd)
    return " ".join(name.removeprefix("CCD") or "?" for name in one.verdicts)
