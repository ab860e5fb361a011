"""``eyegore settings``: check and show the settings of the warnings, and print an example to begin with."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from eyegore.credentials import Credentials
from eyegore.errors import SettingsError
from eyegore.warning_settings import WarningSettings, WarningSettingsError, default_path, load_settings
from eyegore.warning_settings.told import credential_rows, notes, rows, where_to_put

_ABOUT = """\
The settings of the warnings: people, duty roster, channels, accounts. One TOML file;
no password is in it. docs/warnings.rst explains every key.
"""
_EXAMPLE = """\
to begin with:
  eyegore settings example > warnings.toml     then edit it
  eyegore settings check warnings.toml         every error, with line and key; missing credentials
  eyegore roster today --settings warnings.toml
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``settings`` and its own commands to the command line."""
    kind = argparse.RawDescriptionHelpFormatter
    parser = subparsers.add_parser(
        "settings",
        help="check and show the settings of the warnings",
        description=_ABOUT,
        epilog=_EXAMPLE,
        formatter_class=kind,
    )
    parser.set_defaults(run=run)
    commands = parser.add_subparsers(dest="settings_command", required=True, metavar="check | show | example")
    check = commands.add_parser(
        "check",
        help="validate the file, look for the credentials",
        description="Print every error of the file, which credentials are missing and where they may be put.\n"
        "Exit status: 0 it can be used, 2 it cannot. A missing credential is no error of the file.",
        epilog="example: eyegore settings check",
        formatter_class=kind,
    )
    show = commands.add_parser(
        "show",
        help="print what is in use",
        description="Print the settings in use; secrets are masked.",
        epilog="example: eyegore settings show",
        formatter_class=kind,
    )
    for command in (check, show):
        add_file(command)
    commands.add_parser(
        "example",
        help="print a commented example",
        description="Print a commented example that can be used once it has your people and accounts.",
        epilog="example: eyegore settings example > warnings.toml",
        formatter_class=kind,
    )


def add_file(parser: argparse.ArgumentParser) -> None:
    """FILE or ``--settings FILE``, as it is given elsewhere on the command line."""
    parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="the settings (default: in your home)")
    add_option(parser)


def add_option(parser: argparse.ArgumentParser) -> None:
    """``--settings FILE``; one given before the command is not forgotten."""
    parser.add_argument(
        "--settings",
        metavar="FILE",
        type=Path,
        default=argparse.SUPPRESS,
        help="the settings (default: warnings.toml in the configuration folder of your home)",
    )


def file_of(args: argparse.Namespace) -> Path:
    """The settings file that was asked for."""
    named: Path | None = getattr(args, "file", None)
    option: Path | None = getattr(args, "settings", None)
    if named is not None and option is not None and named != option:
        raise SettingsError("give the settings either as FILE or with --settings FILE")
    return named or option or default_path()


def run(args: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    if args.settings_command == "example":
        from eyegore.warning_settings.example import EXAMPLE

        sys.stdout.write(EXAMPLE)
        return 0
    if args.settings_command == "check":
        return _check(file_of(args))
    settings = load_settings(file_of(args))
    credentials = Credentials(settings.credentials)
    _say_rows([*rows(settings), *((name, state) for name, _, state in credential_rows(settings, credentials))])
    return 0


def _check(path: Path) -> int:
    try:
        settings = load_settings(path)
    except WarningSettingsError as why:
        sys.stdout.write(f"{why}\n")
        return 2
    people, entries = len(settings.people), len(settings.roster.entries)
    channels = ", ".join(channel.value for channel in settings.channels)
    sys.stdout.write(f"{path}: can be used: {people} people, {entries} entries of the roster; {channels}\n")
    try:
        credentials = Credentials(settings.credentials)
    except SettingsError as why:
        sys.stdout.write(f"{why}\n")
        return 2
    complete = _say_credentials(settings, credentials)
    for note in notes(settings, time.time()):
        sys.stdout.write(f"note: {note}\n")
    return 0 if complete else 1


def _say_credentials(settings: WarningSettings, credentials: Credentials) -> bool:
    """Tell what is there of the credentials; returns whether all are."""
    found = credential_rows(settings, credentials)
    for name, what, state in found:
        sys.stdout.write(f"{name}: {state}, {what}\n")
    missing = [name for name, _, state in found if state == "missing"]
    if missing:
        lines = where_to_put(settings, missing)
        sys.stdout.write(f"{len(missing)} of {len(found)} credentials missing; {lines[0]}\n")
        sys.stdout.writelines(f"{line}\n" for line in lines[1:])
    return not missing


def _say_rows(found: list[tuple[str, str]]) -> None:
    """Aligned on a terminal, with tabs into a pipe."""
    width = max(len(name) for name, _ in found)
    for name, value in found:
        gap = " " * (width - len(name) + 2) if sys.stdout.isatty() else "\t"
        sys.stdout.write(f"{name}{gap}{value}\n")
