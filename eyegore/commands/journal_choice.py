"""Which journal a command is about: options, and the choice where there is only one."""

from __future__ import annotations

import argparse
from pathlib import Path

from eyegore.basics.errors import EyegoreError, SettingsError
from eyegore.basics.files import state_dir
from eyegore.commands.options import add_shared
from eyegore.journal.journal import JournalReader, journal_path, journals

_SHOWN_FOLDERS = 6


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which journal."""
    add_shared(parser, "-p", "--path", metavar="DIR", help="the monitored folder")
    add_shared(parser, "--state", metavar="DIR", help="where the journals are (--state of eyegore)")
    parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="the journal itself, e.g. a copy")


def chosen(args: argparse.Namespace) -> Path:
    """The journal the options name; raises :class:`SettingsError` when none or several could be meant."""
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
    told = ", ".join(_name(path) for path in there[:_SHOWN_FOLDERS])
    more = f" and {len(there) - _SHOWN_FOLDERS} more in {there[0].parent}" if len(there) > _SHOWN_FOLDERS else ""
    raise SettingsError(f"{len(there)} alarm journals, choose one: {told}{more}")


def _name(path: Path) -> str:
    """How to ask for this journal."""
    try:
        with JournalReader(path) as journal:
            folder = journal.folder()
    except EyegoreError:
        folder = ""
    return f"-p {folder}" if folder else str(path)
