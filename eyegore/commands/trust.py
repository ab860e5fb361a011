"""``eyegore trust``: look at the host keys of other computers, and take them for the right ones from now on."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from eyegore.basics.errors import SettingsError
from eyegore.basics.standard_output import say
from eyegore.commands.command_line import Commands, add_command, add_copies

if TYPE_CHECKING:
    from eyegore.copies.ssh.host_key import HostKey
    from eyegore.copies.target import SyncTarget

TRUSTED, NOT_TRUSTED = 0, 1

_EPILOG = """\
TARGET is a name of the settings, a target as "eyegore sync" takes it, or only the computer: user@host,
ssh://host:port. Nothing is copied, nobody logs in. Without TARGET, all computers of the settings are asked.

exit code
  0   the host keys are known now
  1   one is not, or has changed
  2   a computer cannot be reached, or the settings cannot be used

examples
  eyegore trust vault                      shows the fingerprint, and asks
  eyegore trust ssh://gateway:2222 --yes   for scripts: whatever it shows is right the first time
  eyegore trust vault --replace            its key has changed, and its administrator says that this is right
"""


def add_parser(commands: Commands, about: str) -> None:
    """Add ``trust`` to the commands of the program."""
    parser = add_command(
        commands,
        "trust",
        about,
        "Show the host key of another computer for comparison, and trust it from now on.",
        _EPILOG,
        run,
    )
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="whose host key")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--replace", action="store_true", help="also a key that has changed; the old one is forgotten")
    parser.add_argument(
        "--known-hosts", metavar="FILE", type=Path, help="file of host keys (default: Eyegore's own, and yours of ssh)"
    )
    add_copies(parser)


def run(args: argparse.Namespace) -> int:
    """Ask every computer, one after the other; the exit status."""
    from dataclasses import replace

    from eyegore.copies.ssh.host_key import shown_by

    computers = _computers(args)
    if args.known_hosts is not None:
        computers = [replace(computer, known_hosts=args.known_hosts) for computer in computers]
    return max(_trust(shown_by(computer), args) for computer in computers)


def _computers(args: argparse.Namespace) -> list[SyncTarget]:
    from eyegore.copies.settings import TargetNames
    from eyegore.copies.target import TargetKind

    names = TargetNames(args.copies)
    if args.targets:
        return [names.computer(text) for text in args.targets]
    found = [place.target for place in names.settings.places if place.target.kind is TargetKind.SSH]
    if not found:
        raise SettingsError(f"which computer? {names.settings.path} has none: give a TARGET")
    return list({(one.host.lower(), one.port, one.known_hosts): one for one in found}.values())


def _trust(key: HostKey, args: argparse.Namespace) -> int:
    from eyegore.copies.ssh.host_key import KeyState

    host = key.target.host
    shown = ", ".join(key.fingerprints)
    if key.state is KeyState.KNOWN:
        say(f"{host}: its host key is known{f': {shown}' if shown else ''}")
        return TRUSTED
    if key.state is KeyState.CHANGED:
        where = f" ({key.old})" if key.old else ""
        say(f"{host}: THE HOST KEY HAS CHANGED: it is another computer, it was installed anew, or somebody listens in")
        say(f"  known   {key.known}{where}" if key.known else f"  known   another one{where}")
    else:
        say(f"{host}: its host key is not known yet")
    say(f"  it shows {shown}")
    if key.state is KeyState.CHANGED and not args.replace:
        say("  it is not trusted. Ask its administrator; if the change is right, say so with --replace")
        return NOT_TRUSTED
    if not args.yes and not _agreed(key):
        say("  it is not trusted")
        return NOT_TRUSTED
    file = key.trust()
    say(f"  trusted from now on ({file})")
    if key.old and not key.old.startswith(f"{file}:"):
        say(f"  the old key is still in your own file ({key.old}): ssh-keygen -R {key.name}")
    return TRUSTED


def _agreed(key: HostKey) -> bool:
    """Whether the person at the terminal says that it is the right key; where nobody sits, it is not."""
    kind = key.fingerprints[0].partition(" ")[0].lower()
    say(f"  compare it with what this prints there:  ssh-keygen -lf /etc/ssh/ssh_host_{kind}_key.pub")
    if not sys.stdin.isatty():
        say("  nobody can be asked here (no terminal): --yes trusts it")
        return False
    sys.stdout.write("  is it the same? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
