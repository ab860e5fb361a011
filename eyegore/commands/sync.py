"""``eyegore sync``: copy a day folder to other places, while it is written or once, and prove that it is there."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eyegore.basics.errors import EyegoreError, SettingsError
from eyegore.basics.standard_output import say, written_out
from eyegore.commands.command_line import Commands, add_command, add_copies, add_folder, add_shared, folder_of
from eyegore.commands.running import ended_by_signals

if TYPE_CHECKING:
    from eyegore.commands.sync_bars import TargetBar
    from eyegore.copies.engine import SyncEngine
    from eyegore.copies.report import PassReport
    from eyegore.copies.target import SyncTarget
    from eyegore.copies.worker import SyncNews

ALL_THERE, NOT_ALL, CANNOT = 0, 1, 2
TRIES = 3
"""Passes of ``--once`` while files changed under them."""
HANGS_S = 3.0
"""A thread that does not end in this time hangs in a disk or mount: we end without it."""
TOLD = 10
"""Files told one by one."""

_EPILOG = """\
Each file goes to TARGET/<name of DIR>, is read back and compared. Only complete files are copied; nothing is ever
written into DIR, nothing deleted on the target. A file that differs there is kept beside, and copied again.

exit code
  0   every complete file is on every target and verified
  1   not all of them, or a file rests that is not whole and is not copied
  2   nothing can be said: no folder, no target, no rsync

examples
  eyegore sync /data/14_Mar_19 --to /mnt/backup            while it is written, until Ctrl-C
  eyegore sync /data/14_Mar_19 --to /mnt/backup --once --json
                                                           for cron
  eyegore sync /data/14_Mar_19 --to vault lab@gateway:/srv/data
                                                           to two places, one of them named in the settings
"""


def add_parser(commands: Commands, about: str) -> None:
    """Add ``sync`` to the commands of the program."""
    parser = add_command(
        commands,
        "sync",
        about,
        "Copy a day folder to one or several targets with rsync, and verify every file there.",
        _EPILOG,
        run,
    )
    add_folder(parser)
    parser.add_argument(
        "--to",
        metavar="TARGET",
        nargs="+",
        required=True,
        help="/mnt/backup, user@host:/path, a name of the settings, …",
    )
    parser.add_argument("--once", action="store_true", help="copy what is complete now, verify it, exit")
    parser.add_argument("--json", action="store_true", help="with --once: tell the result as JSON")
    parser.add_argument(
        "--bandwidth", metavar="KIB", type=int, help="limit [KiB/s], 0 for none (default: as in the settings)"
    )
    add_ssh_options(parser)
    parser.add_argument(
        "--trust", action="store_true", help="take the host keys for the right ones where none is known"
    )
    add_shared(parser, "--state", metavar="DIR", help="where is kept what is known of the copies")


def add_ssh_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of targets on other computers."""
    parser.add_argument(
        "--key", metavar="FILE", type=Path, help="ssh key (default: as in the settings, or as ssh is set up)"
    )
    parser.add_argument(
        "--known-hosts", metavar="FILE", type=Path, help="host keys (default: those of Eyegore and yours of ssh)"
    )
    add_copies(parser)


def target_of(args: argparse.Namespace, text: str, bandwidth_kb: int | None = None) -> SyncTarget:
    """The target a person wrote, with the options of :func:`add_ssh_options`."""
    from eyegore.copies.settings import TargetNames

    names = TargetNames(args.copies)
    return names.target(text, None, key=args.key, known_hosts=args.known_hosts, bandwidth_kb=bandwidth_kb)


def run(args: argparse.Namespace) -> int:
    """Copy as the command line says."""
    from eyegore.basics.files import state_dir

    if args.json and not args.once:
        raise SettingsError("--json goes with --once")
    from eyegore.copies.settings.target_names import distinct

    targets = distinct([(f"--to {text}", target_of(args, text, args.bandwidth)) for text in args.to])
    if args.trust:
        _trust(targets)
    state = state_dir(args.state)
    logging.getLogger("eyegore").addHandler(logging.NullHandler())  # what matters is told on standard output
    folder = folder_of(args.folder)
    stop = threading.Event()
    from eyegore.commands.sync_bars import bars

    with ended_by_signals(stop), bars([target.name for target in targets]) as shown:
        if not args.once:
            return _always(folder, targets, state, stop, shown)
        results = [_copied(folder, target, state, stop, shown.get(target.name)) for target in targets]
    return _told(folder, results, as_json=args.json)


def _trust(targets: list[SyncTarget]) -> None:
    """Learn the host keys of targets that are not known yet; told on standard error, for comparison."""
    from eyegore.copies.ssh.host_key import KeyState, shown_by
    from eyegore.copies.target import TargetKind

    for target in targets:
        if target.kind is TargetKind.SSH:
            key = shown_by(target)
            if key.state is KeyState.CHANGED:
                continue  # refused when it is used, with what to do
            if key.state is KeyState.UNKNOWN:
                key.trust()
            sys.stderr.write(f"the host key of {target.host} is {', '.join(key.fingerprints)}\n")


# --- once ------------------------------------------------------------------------------------------------------------


def _told(folder: Path, results: Sequence[PassReport | tuple[SyncTarget, str]], *, as_json: bool) -> int:
    """Print what was found; the exit status."""
    code = max(_code(result) for result in results)
    with written_out():
        if as_json:
            told = {"folder": str(folder), "exit": code, "targets": [_as_json(one) for one in results]}
            sys.stdout.write(json.dumps(told, indent=1) + "\n")
        else:
            for result in results:
                _print(result)
    return code


def _copied(
    folder: Path, target: SyncTarget, state: Path, stop: threading.Event, bar: TargetBar | None
) -> PassReport | tuple[SyncTarget, str]:
    """The report of the last of some passes, or the target and why there is none."""
    from dataclasses import replace

    from eyegore.copies.scan import settled
    from eyegore.copies.service import open_engine

    try:
        engine = open_engine(folder, target, state)
    except EyegoreError as why:
        return _failed(target, why, bar)
    if bar is not None:
        engine.listener = bar
    watcher = threading.Thread(target=_cancel_on, args=(stop, engine), name="sync stop", daemon=True)
    watcher.start()
    try:
        settled(engine.look, stop.wait)
        report = engine.sync(full=True)
        mismatches = report.mismatches
        for _ in range(TRIES - 1):
            if report.done or report.problem or stop.is_set():
                break
            report = engine.sync()
            mismatches += report.mismatches
        if bar is not None:
            bar.pass_ended(report)
        return replace(report, mismatches=mismatches, problem=report.problem or ("stopped" if stop.is_set() else ""))
    except EyegoreError as why:
        return _failed(target, why, bar)
    finally:
        engine.cancel()
        watcher.join()
        engine.close()


def _failed(target: SyncTarget, why: EyegoreError, bar: TargetBar | None) -> tuple[SyncTarget, str]:
    if bar is not None:
        bar.fail(str(why))
    return target, str(why)


def _cancel_on(stop: threading.Event, engine: SyncEngine) -> None:
    while not engine.stopped:
        if stop.wait(0.1):
            engine.cancel()


def _code(result: PassReport | tuple[SyncTarget, str]) -> int:
    if isinstance(result, tuple):
        return CANNOT
    return ALL_THERE if result.done and not result.stuck else NOT_ALL


def _as_json(result: PassReport | tuple[SyncTarget, str]) -> dict[str, Any]:
    if isinstance(result, tuple):
        return {"target": result[0].name, "exit": CANNOT, "problem": result[1]}
    return {
        "target": result.target,
        "exit": _code(result),
        "problem": result.problem,
        "complete": result.complete,
        "bytes": result.complete_bytes,
        "verified": result.verified,
        "copied": result.copied,
        "copied_bytes": result.copied_bytes,
        "waiting": [
            {"file": one.path, "obsid": one.obsid, "state": one.state.value, "reason": one.error}
            for one in result.waiting
        ],
        "mismatches": [
            {"file": one.path, "obsid": one.obsid, "reason": one.words, "kept": one.kept, "mended": one.mended}
            for one in result.mismatches
        ],
        "incomplete": dict(sorted(result.incomplete.items())),
        "unlisted": list(result.lost),
        "stuck": list(result.stuck),
    }


def _print(result: PassReport | tuple[SyncTarget, str]) -> None:
    if isinstance(result, tuple):
        say(f"{result[0].name}: {result[1]}")
        return
    say(summary(result))
    for mismatch in result.mismatches:
        say(f"  MISMATCH {mismatch.alarm_text}")
    for entry in result.waiting[:TOLD]:
        whose = "" if entry.obsid is None else f"ObsID {entry.obsid}: "
        say(f"  {whose}{entry.path}: {entry.error or 'not copied yet'}")
    if len(result.waiting) > TOLD:
        say(f"  and {len(result.waiting) - TOLD} more")
    for path, why in sorted(result.incomplete.items(), key=lambda one: (one[0] not in result.stuck, one))[:TOLD]:
        say(f"  {path} is not copied: {why}{' and nothing is written to it' if path in result.stuck else ''}")
    for why in result.lost:
        say(f"  {why}")


def summary(report: PassReport) -> str:
    """One line on a pass."""
    line = f"{report.target}: {report.verified} of {report.complete} complete files are there and verified"
    if report.copied:
        line += f", {report.copied} copied now ({report.copied_bytes / 1e6:.1f} MB)"
    if report.waiting:
        line += f"; {len(report.waiting)} wait ({report.lag_bytes / 1e6:.1f} MB, for {report.lag_s:.0f} s)"
    if report.failed:
        line += f"; {len(report.failed)} of them could not be copied"
    if report.incomplete:
        line += f"; {len(report.incomplete)} are not complete"
    return f"{line}: {report.problem}" if report.problem else line


# --- always ----------------------------------------------------------------------------------------------------------


def _always(
    folder: Path,
    targets: Sequence[SyncTarget],
    state: Path,
    stop: threading.Event,
    shown: Mapping[str, TargetBar],
) -> int:
    from eyegore.copies.report import PassReport
    from eyegore.copies.service import open_engine
    from eyegore.copies.worker import SyncWorker

    last: dict[str, SyncNews] = {}
    speaking = threading.Lock()

    def tell(news: SyncNews) -> None:
        with speaking:
            before, last[news.target] = last.get(news.target), news
            if news.target in shown:
                shown[news.target].pass_ended(news)
            if isinstance(news, PassReport):
                lasting = isinstance(before, PassReport) and before.problem == news.problem
                if news.copied or news.mismatches or not lasting:
                    say(f"{time.strftime('%H:%M:%S')} {summary(news)}")
                    for mismatch in news.mismatches:
                        say(f"  MISMATCH {mismatch.alarm_text}")
            elif isinstance(before, PassReport) or before is None or before.words != news.words:
                say(f"{time.strftime('%H:%M:%S')} {news.target}: {news.words}; it is tried again")

    def opener(target: SyncTarget) -> SyncWorker:
        def opened() -> SyncEngine:
            engine = open_engine(folder, target, state)
            engine.listener = shown.get(target.name, engine.listener)
            return engine

        return SyncWorker(target.name, opened, tell)

    # what can never succeed is said at once; what may come (a mount, the folder) is waited for
    from eyegore.copies.target import refuse_inside

    for target in targets:
        refuse_inside(folder, target)
    workers = [opener(target) for target in targets]
    for worker in workers:
        worker.start()
    while not stop.wait(0.5) and any(not worker.join(0) for worker in workers):
        pass
    for worker in workers:
        worker.stop()
    for worker in workers:
        worker.join(HANGS_S)
    news = [last.get(target.name) for target in targets]
    reports = [one for one in news if isinstance(one, PassReport)]
    if not reports:
        return CANNOT
    return ALL_THERE if len(reports) == len(targets) and all(_code(one) == ALL_THERE for one in reports) else NOT_ALL
