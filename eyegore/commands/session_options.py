"""From the options of the command line to the session they describe."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.limits.model import LimitSet, Phase
from eyegore.session.settings import Session


def session_of(args: argparse.Namespace) -> Session:
    """The session the options describe."""
    if args.path is None:
        raise SettingsError("which folder? give it with -p DIR (see eyegore --help)")
    if not 0 < args.stale_after < math.inf:  # with NaN nothing would ever be stale
        raise SettingsError("--stale-after must be a positive number of seconds")
    if not 0 < args.keep_days < math.inf:  # with NaN nothing would ever be forgotten
        raise SettingsError("--keep-days must be a positive number of days")
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
