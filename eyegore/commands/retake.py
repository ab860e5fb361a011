"""``eyegore retake``: which exposures of a day folder have to be taken again, and why."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console, Group

from eyegore import retake
from eyegore.errors import SettingsError
from eyegore.limits.model import LimitSet
from eyegore.monitor import Monitor
from eyegore.report import Findings
from eyegore.settings import Session
from eyegore.standard_output import written_out

_EPILOG = """\
An exposure is at risk from its date in the log until its last line is read. It is
  compromised   where a parameter with a limit was out of limits meanwhile
  no HK         where HK rows or valid readings are missing: nobody knows what was
  unknown       where its HK is not read yet, or no parameter of this ELVIS version has a limit
CCDn_* parameters concern one CCD, all others all three.

examples:
  eyegore retake /data/14_Mar_19                        a table
  eyegore retake /data/14_Mar_19 --set both             judged by the performance limits, too
  eyegore retake /data/14_Mar_19 --csv retake.csv       one line for each reason; "-" is standard output
  eyegore retake /data/14_Mar_19 --json | jq '.retake[].obsid'

exit code
  0   every exposure is clean
  1   some are compromised, or have no HK
  2   neither can be said"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``retake`` to the commands of the program."""
    parser = subparsers.add_parser(
        "retake",
        help="which exposures were taken out of limits",
        description="List the ObsIDs of a day folder that have to be taken again: those during which HK was out of "
        "limits or missing, with the reasons.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", metavar="DIR", type=Path, help="the day folder")
    parser.add_argument("--limits", metavar="FILE", type=Path, help="the lab's own limit table")
    parser.add_argument(
        "--set", choices=[one.value for one in LimitSet], default="S", help="limits: S safe (default), P performance"
    )
    parser.add_argument("-E", "--elvis", metavar="VERSION", help="ELVIS version (default: recognised from the files)")
    parser.add_argument(
        "--stale-after", metavar="SECONDS", type=float, default=60.0, help="so long without a row is no HK (60)"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--csv", metavar="FILE", help="write CSV, to standard output when FILE is -")
    how.add_argument("--json", action="store_true", help="print JSON (docs/retake.rst)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Judge the folder and print; the exit code is that of the contract."""
    from eyegore.cli import known_version

    if not 0 < args.stale_after < math.inf:
        raise SettingsError("--stale-after must be a positive number of seconds")
    folder: Path = args.folder.expanduser().absolute()
    session = Session(
        folder=folder,
        elvis=known_version(args.elvis),
        limits=args.limits,
        limit_set=LimitSet(args.set),
        stale_after_s=args.stale_after,
    )
    with _progress() as progress:
        findings = judge(session, progress)
    with written_out():
        if args.json:
            sys.stdout.write(json.dumps(retake.as_json(findings), indent=1, allow_nan=False) + "\n")
        elif args.csv == "-":
            sys.stdout.write(retake.as_csv(findings))
        else:
            if args.csv:
                _write(Path(args.csv).expanduser(), folder, retake.as_csv(findings))
            console = Console(width=None if sys.stdout.isatty() else 180)
            console.print(Group(*retake.parts(findings)))
    return retake.exit_code(findings)


def judge(session: Session, progress: Callable[[Monitor], None] = lambda monitor: None) -> Findings:
    """Read and judge everything the folder holds now; HK that is older than stale is all there will be."""
    from eyegore.commands import once

    findings = once.judge(session, images=False, progress=progress)
    monitor, now = findings.monitor, time.time()
    age = now + monitor.rules.lab_offset_s(now) - monitor.hk.last_time
    monitor.hk.frames.end(over=age > session.stale_after_s)
    return findings


def _write(path: Path, folder: Path, text: str) -> None:
    if path.resolve().is_relative_to(folder.resolve()):
        raise SettingsError(f"{path} is in the day folder, where nothing is written: give another file")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as why:
        raise SettingsError(f"{path} cannot be written: {why.strerror or why}") from why


@contextmanager
def _progress() -> Iterator[Callable[[Monitor], None]]:
    """A progress bar on a terminal, by the time of the HK rows; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda monitor: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("judging"), BarColumn(), TextColumn("{task.fields[rows]} rows"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("judging", total=None, rows=0)

        def advance(monitor: Monitor) -> None:
            length = monitor.exposures.newest_time - monitor.hk.first_time
            done = monitor.hk.last_time - monitor.hk.first_time
            if length > 0:
                bar.update(task, total=length, completed=min(done, length), rows=monitor.hk.rows)

        yield advance
