"""``eyegore quicklook``: a page and four rows of a table for each image of a folder, or its numbers as JSON."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from eyegore.basics.errors import SettingsError
from eyegore.basics.standard_output import say, written_out
from eyegore.commands.command_line import Commands, add_checks, add_command, obsid, obsid_range
from eyegore.commands.terminal import counting_bar
from eyegore.messages.exposures import CCDS

if TYPE_CHECKING:
    from eyegore.reports.quicklook.page_maker import PageRecord, QuicklookRules
    from eyegore.reports.quicklook.quicklook import QuicklookImages

MOST_JOBS = 8
"""Processes unless told otherwise: each needs 150 MB, and a disk serves no more."""
MOST_TOLD = 20
"""Images told one by one of which something is wrong."""

_EPILOG = """\
examples:
  eyegore quicklook /data/14_Mar_19 --block BORN         quicklook_14_Mar_19/ here, with PDF and CSV
  eyegore quicklook /data/14_Mar_19 -o /tmp/look --ccd 2 CCD2 only, into another folder
  eyegore quicklook /data/14_Mar_19 --obsid 20103 20112  ten ObsIDs
  eyegore quicklook a.fits b.fits -o /tmp/look           two files from anywhere
  eyegore quicklook *.fits --json | jq -c '[.obsid, .ccd, .verdict]'

The PDF has a page for each image, the CSV a row for each quadrant (docs/quicklook.rst). What is
done is kept: after Ctrl-C the same command goes on with what is missing; images that came or
changed are made anew. Nothing is ever written into DIR.

exit code
  0    every image passed its checks
  1    one is WARNING or FAIL, or a file that is no image
  2    neither can be said: an image is NOT CHECKED, there is none, or nothing can be written
  130  interrupted (Ctrl-C)"""


def add_parser(commands: Commands, about: str) -> None:
    """Add ``quicklook`` to the commands of the program."""
    parser = add_command(
        commands,
        "quicklook",
        about,
        "Measure and judge every image of a folder: one PDF with a page for each (header, statistics,\n"
        "checks, picture, profiles, histogram) and one CSV.",
        _EPILOG,
        run,
    )
    parser.add_argument("places", metavar="DIR|FILE", type=Path, nargs="+", help="day folders, or images")
    parser.add_argument("-o", "--output", metavar="FOLDER", type=Path, help="write there (quicklook_<day>, here)")
    parser.add_argument(
        "-c", "--ccd", metavar="CCD", type=int, choices=CCDS, action="append", help="1, 2 or 3; several times"
    )
    parser.add_argument("--obsid", metavar="OBSID", type=obsid, nargs="+", help="FIRST [LAST]: only these ObsIDs")
    parser.add_argument("--block", metavar="NAME", default="", help="detector block: the offsets expected")
    add_checks(parser)
    parser.add_argument("--jobs", metavar="N", type=int, help="processes (default: as there are cores, at most 8)")
    parser.add_argument(
        "--json", action="store_true", help="print an object for each image, in the order given; write no file"
    )


def run(args: argparse.Namespace) -> int:
    """Do what the command line says; the exit code."""
    from eyegore.commands.running import set_up_logging
    from eyegore.reports.quicklook.page_maker import QuicklookRules
    from eyegore.reports.quicklook.quicklook import find_images
    from eyegore.session.side_workers import check_table

    if args.json and args.output is not None:
        raise SettingsError("--json writes no file: give either --json or -o")
    if args.jobs is not None and args.jobs < 1:
        raise SettingsError("--jobs must be 1 or more")
    set_up_logging(console=False, file_tag=None)  # what is wrong with an image is in the document
    rules = QuicklookRules(check_table(args.checks, args.block), args.block)
    found = find_images([place.expanduser() for place in args.places], args.ccd or (), obsid_range(args.obsid))
    if not found.images:
        where = ", ".join(str(place) for place in args.places)
        chosen = " chosen by --ccd and --obsid" if args.ccd or args.obsid else ""
        raise SettingsError(f"no image{chosen} in {where}")
    jobs = args.jobs or min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2, MOST_JOBS)
    return _json(found, rules, jobs) if args.json else _documents(args, found, rules, jobs)


def _json(found: QuicklookImages, rules: QuicklookRules, jobs: int) -> int:
    from eyegore.reports.quicklook.quicklook import exit_code, numbers

    verdicts = []
    with written_out():
        for result in numbers([image.path for image in found.images], rules, jobs):
            sys.stdout.write(json.dumps(result.as_json(), allow_nan=False) + "\n")
            sys.stdout.flush()
            verdicts.append(result.verdict)
    return exit_code(verdicts)


def _documents(args: argparse.Namespace, found: QuicklookImages, rules: QuicklookRules, jobs: int) -> int:
    from eyegore.reports.paper import output_folder
    from eyegore.reports.quicklook.quicklook import bind, exit_code, make_pages, write_table

    folder = output_folder(args.output, f"quicklook_{found.day}", found.folders)
    pages = output_folder(folder / "pages", "pages", found.folders)
    document = folder / f"quicklook_{found.day}{_chosen(args)}"
    paths = [image.path for image in found.by_obsid]
    done: list[str] = []
    try:
        with counting_bar("pages", len(paths)) as advance:

            def one(name: str) -> None:
                done.append(name)
                advance(name)

            records, made = make_pages(paths, rules, pages, jobs, one)
        table, pdf = document.with_name(f"{document.name}.csv"), document.with_name(f"{document.name}.pdf")
        write_table(records, table)
        with counting_bar("binding", len(records)) as advance:
            bind(records, pages, pdf, f"Quick look {found.day}", lambda: advance(""))
    except KeyboardInterrupt:
        sys.stderr.write(f"eyegore: interrupted; {len(done)} of {len(paths)} pages are kept, run it again to go on\n")
        raise
    with written_out():
        for line in _told(records, made):
            say(line)
        sys.stdout.write(f"{pdf}\n{table}\n")
    return exit_code([record.verdict for record in records])


def _chosen(args: argparse.Namespace) -> str:
    """What a document of some images only is called by."""
    ccds = "".join(f"_CCD{ccd}" for ccd in sorted(set(args.ccd or ())))
    obsids = obsid_range(args.obsid)
    return ccds + (f"_{obsids[0]}-{obsids[1]}" if obsids else "")


def _told(records: list[PageRecord], made: int) -> list[str]:
    from eyegore.limits.frame_model import ImageVerdict

    counts: dict[str, int] = {}
    for record in records:
        counts[record.verdict.value] = counts.get(record.verdict.value, 0) + 1
    bad = [record for record in records if record.verdict is not ImageVerdict.PASS]
    lines = [
        f"{record.verdict.value:<11} {Path(record.stamp.path).name}" + (f"  {record.wrong}" if record.wrong else "")
        for record in bad[:MOST_TOLD]
    ]
    if len(bad) > MOST_TOLD:
        lines.append(f"and {len(bad) - MOST_TOLD} more, in the table")
    words = ", ".join(f"{count} {name}" for name, count in counts.items())
    return [*lines, f"{len(records)} images: {words}; {made} pages made now, {len(records) - made} kept from before"]
