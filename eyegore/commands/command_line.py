"""The parser of the command line, and of each command on it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What commands are added to."""


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
