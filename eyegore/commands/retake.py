"""``eyegore retake``: which exposures of a day folder have to be taken again, and why."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, Group

from eyegore.basics.files import WriteError, refuse_inside, state_dir
from eyegore.basics.standard_output import written_out
from eyegore.commands.command_line import (
    Commands,
    add_checks,
    add_command,
    add_elvis,
    add_folder,
    add_limits,
    add_shared,
    folder_of,
    known_version,
    require_positive,
)
from eyegore.commands.terminal import counting_bar, reading_bar
from eyegore.elvis.day_folder import FileKind, parse_name
from eyegore.exposures.standing import ImageFindings
from eyegore.limits.model import LimitSet
from eyegore.messages.events import ImageFile
from eyegore.messages.exposures import ccd_of
from eyegore.reports import retake
from eyegore.reports.once import Findings
from eyegore.session.monitor import Monitor
from eyegore.session.settings import Session
from eyegore.session.side_workers import check_table

if TYPE_CHECKING:
    from eyegore.limits.frame_model import CheckTable

MOST_JOBS = 4
"""Processes that measure images: each needs some 250 MB, and a disk serves no more."""

_EPILOG = """\
An exposure is at risk from its date in the log until its last line is read. It is
  compromised   where a parameter with a limit was out of limits meanwhile
  no HK         where HK rows or valid readings are missing: nobody knows what was
  unknown       where its HK is not read yet, or no parameter of this ELVIS version has a limit
CCDn_* parameters concern one CCD, all others all three. An image that FAILs a check, is missing
or is no whole image is bad (docs/frames.rst). What a session found out about the images is used;
others are measured, some five a second on each core.

examples:
  eyegore retake /data/14_Mar_19                        a table
  eyegore retake /data/14_Mar_19 --set both             judged by the performance limits, too
  eyegore retake /data/14_Mar_19 --csv retake.csv       one line for each reason; "-" is standard output
  eyegore retake /data/14_Mar_19 --block BORN           images against the offsets of that block
  eyegore retake /data/14_Mar_19 --no-images            by housekeeping alone: seconds
  eyegore retake /data/14_Mar_19 --json | jq '.retake[].obsid'

exit code
  0   every exposure is clean
  1   some are compromised, have a bad image, or have no HK
  2   neither can be said"""


def add_parser(commands: Commands, about: str) -> None:
    """Add ``retake`` to the commands of the program."""
    parser = add_command(
        commands,
        "retake",
        about,
        "List the ObsIDs of a day folder that have to be taken again: those during which HK was out of "
        "limits or missing, and those whose images are bad or missing, with the reasons.",
        _EPILOG,
        run,
    )
    add_folder(parser)
    add_limits(parser)
    add_elvis(parser)
    parser.add_argument(
        "--stale-after", metavar="SECONDS", type=float, default=60.0, help="so long without a row is no HK (60)"
    )
    parser.add_argument(
        "--block", metavar="NAME", default="", help="detector block: the offsets expected of its images"
    )
    add_checks(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--image-warnings", action="store_true", help="an image that is a WARNING is bad, too")
    which.add_argument("--no-images", action="store_true", help="look at no image: judge by HK alone")
    add_shared(parser, "--state", metavar="DIR", help="where results of images are kept")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--csv", metavar="FILE", help="write CSV, to standard output when FILE is -")
    how.add_argument("--json", action="store_true", help="print JSON (docs/retake.rst)")


def run(args: argparse.Namespace) -> int:
    """Judge the folder and print; the exit code is that of the contract."""
    require_positive(args.stale_after, "--stale-after", "seconds")
    folder = folder_of(args.folder)
    target = Path(args.csv).expanduser() if args.csv and args.csv != "-" else None
    if target is not None:
        refuse_inside(target, [folder], "give another file")
    session = Session(
        folder=folder,
        elvis=known_version(args.elvis),
        limits=args.limits,
        limit_set=LimitSet(args.set),
        stale_after_s=args.stale_after,
    )
    table = check_table(args.checks, args.block)
    with reading_bar() as progress:
        findings = judge(session, progress)
    images = None if args.no_images else judge_images(findings.monitor, table, args)
    with written_out():
        if args.json:
            sys.stdout.write(json.dumps(retake.as_json(findings, images), indent=1, allow_nan=False) + "\n")
        elif args.csv == "-":
            sys.stdout.write(retake.as_csv(findings, images))
        else:
            if target is not None:
                _write(target, retake.as_csv(findings, images))
            console = Console(width=None if sys.stdout.isatty() else 180)
            console.print(Group(*retake.parts(findings, images)))
    return retake.exit_code(findings, images)


def judge(session: Session, progress: Callable[[Monitor], None] = lambda monitor: None) -> Findings:
    """Read and judge everything the folder holds now; HK that is older than stale is all there will be."""
    from eyegore.reports import once

    findings = once.judge(session, images=False, progress=progress)
    monitor, now = findings.monitor, time.time()
    age = now + monitor.rules.lab_offset_s(now) - monitor.hk.last_time
    monitor.hk.exposures.end(over=age > session.stale_after_s)
    return findings


def judge_images(monitor: Monitor, table: CheckTable, args: argparse.Namespace) -> ImageFindings:
    """Judge every image that the exposure log has a row for."""
    from eyegore.images.judge import judge_folder

    now = time.time()
    rows = monitor.exposures.all()
    wanted = {(row.obsid, ccd_of(row.ccd)) for row in rows}
    there = images_of(Path(monitor.folder))
    images = [one for one in there if (one.obsid, one.ccd) in wanted]
    unlogged = [one for one in there if not wanted & {(one.obsid, one.ccd), (one.obsid, 0)}]
    state, jobs = state_dir(args.state), min(MOST_JOBS, os.cpu_count() or 1)
    with counting_bar("judging images", len(images)) as done:
        results = judge_folder(
            images, rows, table, args.block, state, jobs=jobs, done=lambda path: done(os.path.basename(path))
        )
    names = tuple(os.path.basename(one.path) for one in unlogged)
    return ImageFindings(results, now + monitor.rules.lab_offset_s(now), args.image_warnings, names)


def images_of(folder: Path) -> list[ImageFile]:
    """The image files of a folder, whole or not; of several of one ObsID and CCD the one named last."""
    found: dict[tuple[int, int], ImageFile] = {}
    for name in sorted(os.listdir(folder)):
        file = parse_name(name)
        if file is not None and file.kind is FileKind.IMAGE:
            obsid, ccd = file.obsid or 0, file.ccd or 0
            found[obsid, ccd] = ImageFile(str(folder / name), obsid, ccd, True, math.nan)
    return list(found.values())


def _write(path: Path, text: str) -> None:
    try:  # as it is, not in one step: it may be a pipe or a device
        path.write_text(text, encoding="utf-8")
    except OSError as why:
        raise WriteError(path, why) from why
