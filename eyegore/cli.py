"""The command line: ``eyegore -p DIR`` and the sub-commands; sets up logging once."""

from __future__ import annotations

import argparse
import contextlib
import errno
import logging
import math
import os
import sys
import threading
import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from eyegore import __version__
from eyegore.basics import standard_output
from eyegore.basics.errors import EyegoreError, SettingsError
from eyegore.limits.model import LimitSet, Phase
from eyegore.session.settings import KEEP_DAYS, Session

DESCRIPTION = """\
Watches the day folder that ELVIS is filling and shows whether the hardware is healthy,
data is arriving and nothing is out of limits. Nothing is ever written into that folder."""

EPILOG = """\
examples:
  eyegore -p /data/14_Mar_19                     the desktop
  eyegore -p /data --follow                      always the newest day folder below /data
  eyegore -p /data/14_Mar_19 -r /mnt/backup -B campaign
                                                 with two copies, one of them for people outside
  eyegore -p /data/14_Mar_19 -L -t BORN          flags and health only, with a tag in the title
  eyegore -p /data/14_Mar_19 --headless -g       no window; a live summary, and a log file
  eyegore -p /data/14_Mar_19 --headless --once --json --set P
                                                 judge the folder once; exit 0 in limits, 1 out, 2 cannot judge
  eyegore simulate /tmp/21_Feb_80 --speed 10     write what ELVIS writes
  eyegore demo                                   simulate and monitor at once
  eyegore limits show 7.5.X                      the limits in use
  eyegore ds9 -p /data/14_Mar_19 -c 1 20103 20112
                                                 CCD1 of ten ObsIDs in DS9
  eyegore quicklook /data/14_Mar_19 --block BORN every image as PDF and CSV
  eyegore hk-report /data/14_Mar_19              every HK parameter of the day as PDF and CSV

"eyegore COMMAND --help" explains a command."""

CANNOT_JUDGE = 2
"""Exit code when nothing can be said of the hardware, whatever the reason."""
READER_LEFT = 141
"""Exit code when nobody reads our output any more, as a shell tells it of any program: 128 + SIGPIPE."""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="eyegore", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"eyegore {__version__}")
    what = parser.add_argument_group("what to monitor")
    what.add_argument("-p", "--path", metavar="DIR", type=Path, help="day folder; need not exist yet")
    what.add_argument("--follow", action="store_true", help="DIR holds day folders: monitor the newest, always")
    what.add_argument("-E", "--elvis", metavar="VERSION", help="ELVIS version (default: recognised from the files)")
    what.add_argument("--limits", metavar="FILE", type=Path, help="the lab's own limit table")
    what.add_argument(
        "--set", choices=[one.value for one in LimitSet], default="S", help="limits: S safe (default), P performance"
    )
    what.add_argument(
        "--phase", choices=[one.value for one in Phase], help="phase of the camera (default: as its temperature tells)"
    )
    what.add_argument("--block", metavar="NAME", default="", help="detector block: the offsets expected of its images")
    what.add_argument("--checks", metavar="FILE", type=Path, help="limits of the images (default: those built in)")
    what.add_argument("--polling", action="store_true", help="poll even where inotify works")
    what.add_argument("--stale-after", metavar="SECONDS", type=float, default=60.0, help="HK is stale then (60)")
    how = parser.add_argument_group("how")
    how.add_argument("-b", "--blind", action="store_true", help="no images, no HK plots; flags, log and health remain")
    how.add_argument("-L", "--lite", action="store_true", help="flags and health only")
    how.add_argument("--headless", action="store_true", help="no window: a live summary, log lines when piped")
    how.add_argument("--once", action="store_true", help="with --headless: read the folder, judge it, print, exit")
    how.add_argument("--json", action="store_true", help="with --once: print the JSON contract (docs/once.rst)")
    how.add_argument("-g", "--log", action="store_true", help="keep a log file Eyegore_<date>[_TAG].log here")
    how.add_argument("-t", "--tag", metavar="TAG", default="", help="appended to titles and the log's name")
    how.add_argument("-d", "--ds9", metavar="TARGET", default="", help="DS9 to use: XPA name or host:port")
    how.add_argument("--dark", action="store_true", default=None, help="dark theme, for the night")
    how.add_argument("--state", metavar="DIR", type=Path, help="where journals are kept (default: in your home)")
    how.add_argument(
        "--keep-days", metavar="DAYS", type=float, default=KEEP_DAYS, help="the journal is kept so long (400)"
    )
    how.add_argument("--no-journal", action="store_true", help="keep none: alarms are forgotten at the end")
    copy = parser.add_argument_group("copies (docs/sync.rst); -r and -B may be given several times")
    copy.add_argument(
        "-r", "--rsync", metavar="TARGET", action="append",
        help="copy the day folder there, verified: /mnt/backup, user@host:/path, a name of the settings",
    )  # fmt: skip
    copy.add_argument(
        "-B", "--broadcast", metavar="TARGET", action="append",
        help="the same for people outside: NAME is a folder on the gateway of the settings, or user@host:/path",
    )  # fmt: skip
    copy.add_argument(
        "--copies", metavar="FILE", type=Path, help="names, keys, limits of targets (default: eyegore settings check)"
    )
    warn = parser.add_argument_group("warnings (docs/warnings.rst)")
    warn.add_argument("-W", "--warnings", action="store_true", help="warn the people on duty by mail, SMS, call")
    warn.add_argument("--settings", metavar="FILE", type=Path, help="who, how, when (default: eyegore settings check)")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    from eyegore.commands import (
        alarms,
        demo,
        ds9,
        hk_report,
        limits,
        quicklook,
        retake,
        roster,
        settings,
        simulate,
        sync,
        trust,
        verify,
        warnings,
        watchdog,
    )

    listed = (
        demo, simulate, limits, retake, quicklook, hk_report, alarms, ds9, sync, verify, trust, settings, roster,
        warnings, watchdog,
    )  # fmt: skip
    for command in listed:
        command.add_parser(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    standard_output.prepare()
    try:
        args = _parsed(argv)
        code = _command(args) if args.command else _monitor(args)
        sys.stdout.flush()
        return code
    except EyegoreError as why:
        return _fail(str(why))
    except BrokenPipeError:
        standard_output.abandon()
        return READER_LEFT
    except OSError as why:
        if why.errno != errno.ENOSPC:
            return _unexpected(why)
        standard_output.abandon()
        return _fail(f"the output cannot be written: {why.strerror}")
    except KeyboardInterrupt:
        return 130
    except Exception as why:  # noqa: BLE001  the outermost frame of all: told, and logged where there is a log
        return _unexpected(why)


def _fail(text: str) -> int:
    """Say why nothing can be said, even where nobody hears it; the exit code that means so."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"eyegore: {text}\n")
    return CANNOT_JUDGE


def _unexpected(why: Exception) -> int:
    """An error of the program itself: never Python's own exit code 1, which means "out of limits"."""
    log = logging.getLogger(__name__)
    if log.hasHandlers():
        log.error("unexpected error", exc_info=why)
    if os.environ.get("EYEGORE_DEBUG"):
        with contextlib.suppress(OSError):
            traceback.print_exception(why)
    what = " ".join(f"{type(why).__name__}: {why}".split())
    return _fail(f"unexpected error, a fault of Eyegore itself: {what} (EYEGORE_DEBUG=1 shows where)")


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    try:
        return build_parser().parse_args(argv)
    finally:  # after --help: a reader who left is noticed here, not when Python ends
        sys.stdout.flush()


def session_of(args: argparse.Namespace) -> Session:
    """The session the options describe."""
    if args.path is None:
        raise SettingsError("which folder? give it with -p DIR (see eyegore --help)")
    if not 0 < args.stale_after < math.inf:  # with NaN nothing would ever be stale
        raise SettingsError("--stale-after must be a positive number of seconds")
    if not 0 < args.keep_days < math.inf:  # with NaN nothing would ever be forgotten
        raise SettingsError("--keep-days must be a positive number of days")
    return Session(
        folder=_folder(args.path),
        elvis=known_version(args.elvis),
        limits=args.limits,
        limit_set=LimitSet(args.set),
        follow=args.follow,
        polling=True if args.polling else None,
        blind=args.blind,
        lite=args.lite,
        tag=args.tag,
        ds9_target=args.ds9,
        stale_after_s=args.stale_after,
        phase=Phase(args.phase) if args.phase else None,
        state=args.state,
        journal=not args.no_journal,
        keep_days=args.keep_days,
        backups=tuple(args.rsync or ()),
        broadcasts=tuple(args.broadcast or ()),
        copies=args.copies,
        block=args.block,
        checks=args.checks,
        warnings=_settings_file(args.settings) if args.warnings else None,
    )


def _folder(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:  # ~name of nobody: then it is the name of a folder
        return path.absolute()
    except FileNotFoundError as why:
        raise SettingsError("the folder we are in was deleted: change to another, or give -p an absolute path") from why


def _settings_file(given: Path | None) -> Path:
    if given is not None:
        return given
    from eyegore.warning_settings import default_path

    return default_path()


def known_version(version: str | None) -> str | None:
    """The ELVIS version as the tables spell it."""
    from eyegore.elvis.dialect import DIALECTS

    if version is None or version in DIALECTS:
        return version
    raise SettingsError(f"ELVIS version {version!r} is not known; known are {', '.join(DIALECTS)}")


def _command(args: argparse.Namespace) -> int:
    if args.rsync or args.broadcast:
        raise SettingsError(
            f"-r and -B go with -p DIR, not with {args.command}: to copy is eyegore sync DIR --to TARGET"
        )
    return int(args.run(args))


def _monitor(args: argparse.Namespace) -> int:
    copying = bool(args.rsync or args.broadcast)
    if args.once:
        if copying:
            raise SettingsError("--once copies nothing: use eyegore sync DIR --to TARGET --once instead of -r and -B")
        if args.follow:
            raise SettingsError("--follow is for monitoring live: give --once the day folder itself")
        from eyegore.commands import once

        return once.run(session_of(args), as_json=args.json)
    if args.json:
        raise SettingsError("--json goes with --once")
    if copying and args.path is None:
        raise SettingsError("which folder is to be copied? give it with -p DIR")
    if args.headless:
        from eyegore import headless
        from eyegore.session.service import Service

        session = session_of(args)
        set_up_logging(console=not sys.stdout.isatty(), file_tag=args.tag if args.log else None)
        return headless.run(Service(session), threading.Event())
    return _desktop(args)


def _desktop(args: argparse.Namespace) -> int:
    session = session_of(args) if args.path else None
    return open_desktop(session, dark=args.dark, file_tag=args.tag if args.log else None)


def open_desktop(session: Session | None, *, dark: bool | None, file_tag: str | None = None) -> int:
    """Run the desktop until it is closed; without a session it asks for a folder."""
    if sys.platform != "darwin" and not os.environ.get("DISPLAY"):
        raise SettingsError("no display (DISPLAY is not set): log in with ssh -X, or use --headless")
    try:
        from eyegore.desktop.app import run_desktop
    except ImportError as why:
        if why.name not in ("tkinter", "_tkinter"):
            raise
        raise SettingsError("this Python has no tkinter: apt-get install python3-tk, or use --headless") from why
    set_up_logging(console=True, file_tag=file_tag)
    return run_desktop(session, dark=dark)


def set_up_logging(*, console: bool, file_tag: str | None) -> None:
    """Log lines to standard error, and to ``Eyegore_<date>[_TAG].log`` here when ``file_tag`` is given."""
    handlers: list[logging.Handler] = []
    if console:
        handlers.append(logging.StreamHandler())
    if file_tag is not None:
        tag = "".join(sign if sign.isalnum() or sign in "-." else "-" for sign in file_tag)
        name = f"Eyegore_{datetime.now():%Y%m%d_%H%M%S}{'_' + tag if tag else ''}.log"
        try:
            handlers.append(logging.FileHandler(name, encoding="utf-8"))
        except OSError as why:
            raise SettingsError(f"the log file cannot be written here: {why}") from why
    root = logging.getLogger("eyegore")
    root.setLevel(logging.INFO)
    root.handlers[:] = handlers or [logging.NullHandler()]
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%Y-%m-%d %H:%M:%S"))
