"""``eyegore hk-report``: the housekeeping of a day as one PDF and two tables (the old HKmonitor)."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.basics.standard_output import written_out
from eyegore.commands.command_line import (
    Commands,
    add_command,
    add_elvis,
    add_folder,
    add_limits,
    folder_of,
    known_version,
    obsid,
    obsid_range,
)
from eyegore.commands.terminal import counting_bar, reading_bar
from eyegore.limits.model import LimitSet
from eyegore.session.settings import Session

_EPILOG = """\
examples:
  eyegore hk-report /data/14_Mar_19                      hk-report_14_Mar_19/ here, with PDF and CSV
  eyegore hk-report /data/14_Mar_19 -o /tmp/hk --set P   against the performance limits
  eyegore hk-report /data/14_Mar_19 --obsid 20103 20112  while ten ObsIDs were taken
  eyegore hk-report /data/14_Mar_19 --from 2019-03-14T20:00 --to 2019-03-15T04:00

The PDF shows every parameter against time with its limits, the means of single ObsIDs, and all
that was out of limits (docs/hk-report.rst). Nothing is ever written into DIR.

exit code
  0    every sample of every checked parameter is in limits
  1    something was out of limits
  2    neither can be said, or nothing can be written
  130  interrupted (Ctrl-C)"""


def add_parser(commands: Commands, about: str) -> None:
    """Add ``hk-report`` to the commands of the program."""
    parser = add_command(
        commands,
        "hk-report",
        about,
        "Make one PDF of the housekeeping of a day folder, every parameter against time with its limits,\n"
        "and two tables: statistics of each ObsID, and what was out of limits.",
        _EPILOG,
        run,
    )
    add_folder(parser)
    parser.add_argument("-o", "--output", metavar="FOLDER", type=Path, help="write there (hk-report_<day>, here)")
    when = parser.add_argument_group("which time (default: all of it)")
    when.add_argument(
        "--from", metavar="TIME", type=_lab_time, dest="begin", help="from this time of the lab, ISO 8601"
    )
    when.add_argument("--to", metavar="TIME", type=_lab_time, dest="end", help="up to this time")
    when.add_argument("--obsid", metavar="OBSID", type=obsid, nargs="+", help="FIRST [LAST]: while these were taken")
    how = parser.add_argument_group("judged how")
    add_limits(how)
    add_elvis(how)


def run(args: argparse.Namespace) -> int:
    """Read and judge the folder and write the documents; the exit code."""
    from eyegore.commands.running import set_up_logging
    from eyegore.reports import once
    from eyegore.reports.housekeeping.report import HkReport, chosen_span
    from eyegore.reports.housekeeping.samples import HkSamples
    from eyegore.reports.paper import day_name, output_folder

    obsids = obsid_range(args.obsid)
    if obsids is not None and (args.begin is not None or args.end is not None):
        raise SettingsError("give either --obsid or --from and --to")
    set_up_logging(console=False, file_tag=None)
    folder: Path = folder_of(args.folder)
    session = Session(folder=folder, elvis=known_version(args.elvis), limits=args.limits, limit_set=LimitSet(args.set))
    day = day_name(folder)
    samples = HkSamples()
    with reading_bar() as progress:
        findings = once.judge(session, images=False, progress=progress, heard=samples.take)
    report = HkReport(findings, samples, chosen_span(samples, args.begin, args.end, obsids), day)
    output = output_folder(args.output, f"hk-report_{day}", [folder])
    name = f"hk-report_{day}{_chosen(args, obsids)}"
    documents = [output / f"{name}{end}" for end in (".pdf", "_obsids.csv", "_excursions.csv")]
    with counting_bar("drawing", 2 * len(samples.names)) as advance:
        report.write(documents[0], documents[1], documents[2], advance)
    with written_out():
        for line in report.told():
            sys.stdout.write(line + "\n")
        for path in documents:
            sys.stdout.write(f"{path}\n")
    return report.exit_code


def _chosen(args: argparse.Namespace, obsids: tuple[int, int] | None) -> str:
    """What a document of a part of the day is called by."""
    if obsids is not None:
        return f"_{obsids[0]}-{obsids[1]}"
    times = [
        f"{word}{datetime.fromtimestamp(time, UTC):%Y%m%dT%H%M%S}"
        for word, time in (("_from_", args.begin), ("_to_", args.end))
        if time is not None
    ]
    return "".join(times)


def _lab_time(text: str) -> float:
    """Lab seconds of ISO 8601 without a zone: the lab's own clock."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no time like 2019-03-14T20:00") from None
    if told.tzinfo is not None:
        raise argparse.ArgumentTypeError(f"'{text}' has a time zone: give the time of the lab's own clock, without one")
    return told.replace(tzinfo=UTC).timestamp()
