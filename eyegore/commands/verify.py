"""``eyegore verify``: compare a folder with its copy, byte by byte, now."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eyegore.basics.errors import SettingsError
from eyegore.basics.standard_output import say, written_out
from eyegore.commands.command_line import Commands, add_command, add_folder, add_shared, folder_of
from eyegore.commands.sync import add_ssh_options, target_of
from eyegore.commands.terminal import progress_bar

if TYPE_CHECKING:
    from eyegore.copies.report import Compared
    from eyegore.copies.scan import FolderState, SourceFile

SAME, NOT_SAME = 0, 1
TOLD = 50
"""Files told one by one."""

_EPILOG = """\
TARGET is what "eyegore sync" was given: the copy is in TARGET/<name of DIR>. Every complete file of DIR is read on
both sides. What is found is remembered: a running "eyegore sync" keeps a file that differs beside, and copies it again.

exit code
  0   every complete file of DIR is there and the same
  1   files are missing, or differ; or one rests that is not whole, which is never copied
  2   nothing can be said
"""


def add_parser(commands: Commands, about: str) -> None:
    """Add ``verify`` to the commands of the program."""
    parser = add_command(
        commands,
        "verify",
        about,
        "Compare every complete file of a day folder with its copy, byte by byte, and report.",
        _EPILOG,
        run,
    )
    add_folder(parser)
    parser.add_argument("target", metavar="TARGET", help="where it was copied to")
    parser.add_argument("--json", action="store_true", help="tell the result as JSON")
    add_ssh_options(parser)
    add_shared(parser, "--state", metavar="DIR", help="where is kept what is known of the copies")


def run(args: argparse.Namespace) -> int:
    """Compare as the command line says; SettingsError or SyncError when nothing can be said."""
    from eyegore.basics.files import state_dir
    from eyegore.copies.engine import begun, judged
    from eyegore.copies.scan import SyncScan, settled
    from eyegore.copies.service import open_ledger, other_side

    folder = folder_of(args.folder)
    if not folder.is_dir():
        raise SettingsError(f"{folder} is not a folder: name the day folder")
    target = target_of(args, args.target)
    side = other_side(folder, target)
    try:
        side.ready("", False)
        started = time.monotonic()
        scan = SyncScan(folder)
        found = settled(lambda: scan.look(time.monotonic(), time.time()), time.sleep)
        files = sorted(found.complete.values(), key=lambda file: file.path)
        size = sum(file.size for file in files)
        results: list[tuple[SourceFile, Compared]] = []
        with (
            closing(open_ledger(folder, target, state_dir(args.state))) as ledger,
            progress_bar("comparing", size, "DownloadColumn", "TransferSpeedColumn") as update,
        ):
            for compared in side.compare(files, from_disk=True):
                file = found.complete[compared.path]
                before = ledger.entries().get(file.path)
                if before is None or before.stamp != file.stamp:
                    before = begun(file, None, time.time())
                ledger.put([judged(before, compared, time.time())])
                results.append((file, compared))
                update(advance=file.size)
    finally:
        side.close()
    whole = not found.lost and not found.stuck
    code = SAME if whole and all(_same(compared) for _, compared in results) else NOT_SAME
    with written_out():
        if args.json:
            sys.stdout.write(json.dumps(_as_json(folder, args.target, code, found, results), indent=1) + "\n")
        else:
            _print(args.target, found, results, time.monotonic() - started)
    return code


def _same(compared: Compared) -> bool:
    from eyegore.copies.report import Likeness

    return compared.likeness is Likeness.EQUAL


def _as_json(
    folder: Path, target: str, code: int, found: FolderState, results: list[tuple[SourceFile, Compared]]
) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "target": target,
        "exit": code,
        "complete": len(found.complete),
        "bytes": sum(file.size for file in found.complete.values()),
        "equal": sum(_same(compared) for _, compared in results),
        "unequal": [
            {"file": file.path, "obsid": file.obsid, "likeness": one.likeness.value, "reason": one.words}
            for file, one in results
            if not _same(one)
        ],
        "incomplete": dict(sorted(found.incomplete.items())),
        "unlisted": list(found.lost),
        "stuck": list(found.stuck),
    }


def _print(target: str, found: FolderState, results: list[tuple[SourceFile, Compared]], seconds: float) -> None:
    counts = Counter(one.likeness.value for _, one in results)
    size = sum(file.size for file in found.complete.values())
    told = ", ".join(f"{number} {likeness}" for likeness, number in sorted(counts.items())) or "nothing to compare"
    say(f"{target}: {told} of {len(found.complete)} complete files, {size / 1e6:.1f} MB in {seconds:.1f} s")
    unequal = [(file, one) for file, one in results if not _same(one)]
    for file, one in unequal[:TOLD]:
        whose = "" if file.obsid is None else f"ObsID {file.obsid}: "
        say(f"  {one.likeness.name} {whose}{file.path} {one.words}")
    if len(unequal) > TOLD:
        say(f"  and {len(unequal) - TOLD} more (--json tells all)")
    if found.incomplete:
        say(f"  {len(found.incomplete)} files of the folder are not complete, and were not compared")
    for path in found.stuck:
        say(f"  {path} is not whole and rests, it is never copied: {found.incomplete[path]}")
    for why in found.lost:
        say(f"  {why}")
