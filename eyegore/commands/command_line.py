"""The parser of the command line, and of each command on it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class CommandLine(argparse.ArgumentParser):
    """A parser, as those of its sub-commands are, whose help and version fail when they cannot be written.

    argparse itself keeps quiet about that since Python 3.11.7, and ends with 0.
    """

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        if file is not None and file is sys.stdout:
            file.write(message)
        else:  # nobody could be told that standard error cannot be written
            super()._print_message(message, file)
