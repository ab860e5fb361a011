"""The parser of the command line and of each command on it, and the options that several have, with what they mean."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from eyegore.basics.errors import EyegoreError, SettingsError
from eyegore.limits.model import LimitSet, Phase
from eyegore.session.settings import Session

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What commands are added to."""
_SHOWN_FOLDERS = 6
"""Journals that are told when one has to be chosen."""


class CommandLine(argparse.ArgumentParser):
    """A parser, as those of its sub-commands are, whose help and version fail when they cannot be written.

    argparse itself keeps quiet about that since Python 3.11.7, and ends with 0.
    """

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        if file is not None and file is sys.stdout:
            file.write(message)
        else:  # nobody could be told that standard error cannot be written
            super()._print_message(message, file)


def add_command(
    commands: Commands,
    name: str,
    about: str,
    description: str | None = None,
    epilog: str | None = None,
    run: Callable[[argparse.Namespace], int] | None = None,
    parents: Sequence[argparse.ArgumentParser] = (),
) -> argparse.ArgumentParser:
    """Add a command whose help is laid out as it is written; ``run`` does it and returns the exit status.

    It has the options of its ``parents`` as well.
    """
    parser = commands.add_parser(
        name,
        help=about,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=list(parents),
    )
    if run is not None:
        parser.set_defaults(run=run)
    return parser


def add_folder(parser: argparse.ArgumentParser) -> None:
    """DIR, to be read as :func:`folder_of` does."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="the day folder")


def add_shared(parser: argparse._ActionsContainer, *names: str, metavar: str, help: str) -> None:
    """A path that may be given before the command as well: that is not forgotten then."""
    parser.add_argument(*names, metavar=metavar, type=Path, default=argparse.SUPPRESS, help=help)


def add_limits(parser: argparse._ActionsContainer) -> None:
    """By which limits housekeeping is judged."""
    parser.add_argument("--limits", metavar="FILE", type=Path, help="the lab's own limit table")
    parser.add_argument(
        "--set", choices=[one.value for one in LimitSet], default="S", help="limits: S safe (default), P performance"
    )


def add_elvis(parser: argparse._ActionsContainer) -> None:
    """Which version wrote the folder, to be read as :func:`known_version` does."""
    parser.add_argument("-E", "--elvis", metavar="VERSION", help="ELVIS version (default: recognised from the files)")


def add_checks(parser: argparse._ActionsContainer) -> None:
    """By which limits images are judged."""
    parser.add_argument("--checks", metavar="FILE", type=Path, help="limits of the images (default: those built in)")


def add_copies(parser: argparse.ArgumentParser) -> None:
    """``--copies FILE``."""
    add_shared(
        parser,
        "--copies",
        metavar="FILE",
        help="names and settings of targets (default: copies.toml in the configuration folder of your home)",
    )


def add_settings(parser: argparse.ArgumentParser) -> None:
    """``--settings FILE``, to be read as :func:`settings_file_of` does."""
    add_shared(
        parser,
        "--settings",
        metavar="FILE",
        help="the settings (default: warnings.toml in the configuration folder of your home)",
    )


def add_journal(parser: argparse.ArgumentParser) -> None:
    """Which journal, to be read as :func:`journal_of` does."""
    add_shared(parser, "-p", "--path", metavar="DIR", help="the monitored folder")
    add_shared(parser, "--state", metavar="DIR", help="where the journals are (--state of eyegore)")
    parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="the journal itself, e.g. a copy")


def session_of(args: argparse.Namespace) -> Session:
    """The session that the options of the main command line describe."""
    if args.path is None:
        raise SettingsError("which folder? give it with -p DIR (see eyegore --help)")
    require_positive(args.stale_after, "--stale-after", "seconds")  # with NaN nothing would ever be stale
    require_positive(args.keep_days, "--keep-days", "days")  # with NaN nothing would ever be forgotten
    return Session(
        folder=folder_of(args.path),
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
        warnings=settings_file_of(args.settings) if args.warnings else None,
    )


def require_positive(value: float, option: str, unit: str) -> None:
    """Raise SettingsError unless the number of an option is above 0, and finite."""
    if not 0 < value < math.inf:
        raise SettingsError(f"{option} must be a positive number of {unit}")


def folder_of(path: Path) -> Path:
    """The folder as an absolute path, ``~`` understood; need not exist yet."""
    try:
        return path.expanduser().absolute()
    except RuntimeError:  # ~name of nobody: then it is the name of a folder
        return path.absolute()
    except FileNotFoundError as why:
        raise SettingsError("the folder we are in was deleted: change to another, or give -p an absolute path") from why


def settings_file_of(given: Path | None) -> Path:
    """The settings of the warnings: the file that was named, or where they are by default."""
    if given is not None:
        return given
    from eyegore.warning.settings import default_path

    return default_path()


def known_version(version: str | None) -> str | None:
    """The ELVIS version as the tables spell it."""
    from eyegore.elvis.dialect import DIALECTS

    if version is None or version in DIALECTS:
        return version
    raise SettingsError(f"ELVIS version {version!r} is not known; known are {', '.join(DIALECTS)}")


def obsid(text: str) -> int:
    """One ObsID; for argparse."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"'{text}' is no ObsID")
    return int(text)


def obsid_range(obsids: Sequence[int] | None) -> tuple[int, int] | None:
    """First and last of the ObsIDs of an option, None where it was not given; SettingsError when they are no range."""
    if not obsids:
        return None
    if len(obsids) > 2:
        raise SettingsError("--obsid takes one or two ObsIDs, FIRST and LAST")
    if obsids[-1] < obsids[0]:
        raise SettingsError(f"LAST ({obsids[-1]}) comes before FIRST ({obsids[0]})")
    return obsids[0], obsids[-1]


def journal_of(args: argparse.Namespace) -> Path:
    """The journal the options name; raises :class:`SettingsError` when none or several could be meant."""
    from eyegore.basics.files import state_dir
    from eyegore.journal.journal import journal_path, journals

    state: Path | None = args.state
    folder: Path | None = args.path
    file: Path | None = args.file
    if file is not None:
        if folder is not None:
            raise SettingsError("give either the monitored folder with -p DIR, or the journal FILE")
        if file.is_dir():
            raise SettingsError(f"{file} is a folder; if it is the monitored one, give it with -p {file}")
        return file
    if folder is not None:
        path = journal_path(state, folder)
        if not path.exists():
            where = "" if state else ", or with another --state DIR"
            raise SettingsError(f"{folder} has no alarm journal ({path}): it was not monitored yet{where}")
        return path
    there = journals(state)
    if len(there) == 1:
        return there[0]
    if not there:
        raise SettingsError(
            f"no alarm journal in {state_dir(state)}: nothing was monitored yet, or with another --state DIR"
        )
    told = ", ".join(_journal_name(path) for path in there[:_SHOWN_FOLDERS])
    more = f" and {len(there) - _SHOWN_FOLDERS} more in {there[0].parent}" if len(there) > _SHOWN_FOLDERS else ""
    raise SettingsError(f"{len(there)} alarm journals, choose one: {told}{more}")


def _journal_name(path: Path) -> str:
    """How to ask for this journal."""
    from eyegore.journal.journal import JournalReader

    try:
        with JournalReader(path) as journal:
            folder = journal.folder()
    except EyegoreError:
        folder = ""
    return f"-p {folder}" if folder else str(path)
