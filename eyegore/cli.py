"""The command line: ``eyegore -p DIR`` and the sub-commands; sets up logging once."""

from __future__ import annotations

import argparse
import contextlib
import errno
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from eyegore import __version__
from eyegore.basics import standard_output
from eyegore.basics.errors import EyegoreError, SettingsError
from eyegore.commands.command_line import CommandLine, add_checks, add_elvis, add_limits, session_of
from eyegore.commands.running import set_up_logging
from eyegore.limits.model import Phase
from eyegore.session.settings import KEEP_DAYS

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

COMMANDS = {
    "demo": "simulate a session and monitor it",
    "simulate": "write what ELVIS writes into a folder, to try Eyegore on",
    "limits": "print, validate and compare limit tables",
    "retake": "which exposures have to be taken again",
    "quicklook": "every image of a folder as PDF and CSV, or as JSON",
    "hk-report": "the housekeeping of a day as PDF and CSV (the old HKmonitor)",
    "alarms": "print or export the alarm journal",
    "ds9": "open images of consecutive ObsIDs in DS9 (the old quickds9)",
    "sync": "copy a day folder to other places, and verify what is there",
    "verify": "compare a day folder with its copy, byte by byte",
    "trust": "trust the host key of another computer",
    "settings": "check and show the settings of warnings and copies",
    "roster": "who is on duty",
    "warnings": "what was told to whom; test it",
    "watchdog": "on a second machine: notice that Eyegore itself died",
}
"""The commands in a few words each; each has a module of its name in ``commands/``."""

CANNOT_JUDGE = 2
"""Exit code when nothing can be said of the hardware, whatever the reason."""
READER_LEFT = 141
"""Exit code when nobody reads our output any more, as a shell tells it of any program: 128 + SIGPIPE."""


def build_parser(words: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """The parser of the command line; of the commands only those are imported that ``words`` name, else all."""
    parser = CommandLine(
        prog="eyegore", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"eyegore {__version__}")
    what = parser.add_argument_group("what to monitor")
    what.add_argument("-p", "--path", metavar="DIR", type=Path, help="day folder; need not exist yet")
    what.add_argument("--follow", action="store_true", help="DIR holds day folders: monitor the newest, always")
    add_elvis(what)
    add_limits(what)
    what.add_argument(
        "--phase", choices=[one.value for one in Phase], help="phase of the camera (default: as its temperature tells)"
    )
    what.add_argument("--block", metavar="NAME", default="", help="detector block: the offsets expected of its images")
    add_checks(what)
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
    for command, about in COMMANDS.items():
        if words is None or command in words:
            import_module(f"eyegore.commands.{command.replace('-', '_')}").add_parser(commands, about)
        else:
            commands.add_parser(command, help=about)
    return parser


def main(
    argv: Sequence[str] | None = None, parser: Callable[[Sequence[str]], argparse.ArgumentParser] = build_parser
) -> int:
    """Entry point; returns the exit code."""
    standard_output.prepare()
    try:
        args = _parsed(argv, parser)
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


def _parsed(
    argv: Sequence[str] | None, parser: Callable[[Sequence[str]], argparse.ArgumentParser]
) -> argparse.Namespace:
    try:
        words = sys.argv[1:] if argv is None else argv
        return parser(words).parse_args(words)
    finally:  # after --help: a reader who left is noticed here, not when Python ends
        sys.stdout.flush()


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
        from eyegore.reports import once

        return once.run(session_of(args), as_json=args.json)
    if args.json:
        raise SettingsError("--json goes with --once")
    if copying and args.path is None:
        raise SettingsError("which folder is to be copied? give it with -p DIR")
    if args.headless:
        from eyegore.commands import headless
        from eyegore.session.service import Service

        session = session_of(args)
        set_up_logging(console=not sys.stdout.isatty(), file_tag=args.tag if args.log else None)
        return headless.run(Service(session), threading.Event())
    return _desktop(args)


def _desktop(args: argparse.Namespace) -> int:
    """The window, where there is a display and a tkinter; without ``-p`` it asks for a folder."""
    session = session_of(args) if args.path else None
    if sys.platform != "darwin" and not os.environ.get("DISPLAY"):
        raise SettingsError("no display (DISPLAY is not set): log in with ssh -X, or use --headless")
    try:
        from eyegore.desktop.app import run_desktop
    except ImportError as why:
        if why.name not in ("tkinter", "_tkinter"):
            raise
        raise SettingsError("this Python has no tkinter: apt-get install python3-tk, or use --headless") from why
    set_up_logging(console=True, file_tag=args.tag if args.log else None)
    return run_desktop(session, dark=args.dark)


def quickds9() -> int:
    """Entry point of ``quickds9``."""
    from eyegore.commands import ds9

    return main(None, lambda _words: ds9.own_parser())
