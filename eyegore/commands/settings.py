"""``eyegore settings``: check and show the settings of warnings and copies, and print examples to begin with."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.basics.toml_file import TomlError
from eyegore.commands.command_line import Commands, add_command, add_copies, add_settings, settings_file_of
from eyegore.commands.terminal import say_aligned
from eyegore.warning.settings import WarningSettings, default_path, example, load_settings
from eyegore.warning.settings.credentials import Credentials, flaws
from eyegore.warning.settings.told import credential_rows, notes, rows, where_to_put

_ABOUT = """\
The settings of the warnings (warnings.toml: people, duty roster, channels, accounts) and of the copies
(copies.toml: names of targets, the gateway, keys, limits). No password is in them.
docs/warnings.rst and docs/sync.rst explain every key.
"""
_EXAMPLE = """\
to begin with:
  eyegore settings example > warnings.toml     then edit it
  eyegore settings check warnings.toml         every error, with line and key; missing credentials
  eyegore roster today --settings warnings.toml
  eyegore settings example copies > copies.toml
  eyegore settings check --copies copies.toml
"""
_BOTH = """\
Without a FILE and options those of your home are meant, as far as they are there.
"""


def add_parser(commands: Commands, about: str) -> None:
    """Add ``settings`` and its own commands to the command line."""
    parser = add_command(commands, "settings", about, _ABOUT, _EXAMPLE, run)
    commands = parser.add_subparsers(dest="settings_command", required=True, metavar="check | show | example")
    check = add_command(
        commands,
        "check",
        "validate the files, look for credentials and keys",
        "Print every error of the files, which credentials are missing and where they may be put, which\n"
        "ssh keys cannot be used. Exit status: 0 they can be used, 1 a credential or key is missing, 2 they cannot.\n"
        + _BOTH,
        "example: eyegore settings check",
    )
    show = add_command(
        commands,
        "show",
        "print what is in use",
        "Print the settings in use; secrets are masked.\n" + _BOTH,
        "example: eyegore settings show",
    )
    for command in (check, show):
        command.add_argument("file", metavar="FILE", type=Path, nargs="?", help="the settings (default: in your home)")
        add_settings(command)
        add_copies(command)
    example = add_command(
        commands,
        "example",
        "print a commented example",
        "Print a commented example that can be used once it has your people, accounts and computers.",
        "example: eyegore settings example > warnings.toml",
    )
    example.add_argument(
        "of", choices=("warnings", "copies"), nargs="?", default="warnings", help="of which (warnings)"
    )


def _file_of(args: argparse.Namespace) -> Path:
    """The settings of the warnings that were asked for."""
    named: Path | None = args.file
    if named is not None and args.settings is not None and named != args.settings:
        raise SettingsError("give the settings either as FILE or with --settings FILE")
    return settings_file_of(named or args.settings)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    if args.settings_command == "example":
        sys.stdout.write(_example(args.of))
        return 0
    warnings, copies = _files(args)
    if args.settings_command == "check":
        return max([_check(path) for path in warnings] + [_check_copies(path) for path in copies])
    for path in warnings:
        settings = load_settings(path)
        credentials = Credentials(settings.credentials)
        say_aligned([*rows(settings), *((name, state) for name, _, state in credential_rows(settings, credentials))])
    for path in copies:
        from eyegore.copies.settings import load_settings as load_copies

        say_aligned(load_copies(path).rows)
    return 0


def _example(of: str) -> str:
    if of == "copies":
        from eyegore.copies.settings.settings_file import EXAMPLE as COPIES

        return COPIES
    return example()


def _files(args: argparse.Namespace) -> tuple[list[Path], list[Path]]:
    """The files of the warnings and of the copies that are meant; at least one."""
    from eyegore.copies.settings import default_path as copies_path

    usual, copies, file, option = copies_path(), args.copies, args.file, args.settings
    if file is not None and file.name == usual.name and copies is None and option is None:
        return [], [file]
    if copies is not None or file is not None or option is not None:
        named = file is not None or option is not None
        return [_file_of(args)] if named else [], [copies] if copies is not None else []
    there = [usual] if usual.exists() else []
    return [default_path()] if default_path().exists() or not there else [], there


def _check_copies(path: Path) -> int:
    from eyegore.copies.settings import load_settings as load_copies

    try:
        settings = load_copies(path)
    except TomlError as why:
        sys.stdout.write(f"{why}\n")
        return 2
    faults = settings.faults
    sys.stdout.write(f"{path}: can be used: {settings.summary}\n")
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


def _check(path: Path) -> int:
    try:
        settings = load_settings(path)
    except TomlError as why:
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
    """Tell what is there of the credentials; returns whether all are and can work."""
    found = credential_rows(settings, credentials)
    for name, what, state in found:
        sys.stdout.write(f"{name}: {state}, {what}\n")
    missing = [name for name, _, state in found if state == "missing"]
    if missing:
        lines = where_to_put(settings, missing)
        sys.stdout.write(f"{len(missing)} of {len(found)} credentials missing; {lines[0]}\n")
        sys.stdout.writelines(f"{line}\n" for line in lines[1:])
    flawed = flaws(settings, credentials)
    sys.stdout.writelines(f"{name} {flaw}\n" for name, flaw in flawed.items())
    return not (missing or flawed)
