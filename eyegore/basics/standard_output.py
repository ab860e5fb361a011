"""Standard output as it may be found: closed, full, read by somebody who leaves, unable to encode "−" or "°"."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator

from eyegore.basics.safe_text import printable


def prepare() -> None:
    """See that there is an output to write to, and that no text stops it: what it cannot encode becomes "?"."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def abandon() -> None:
    """Write no more to standard output; what is buffered still would fail once more when Python ends."""
    with contextlib.suppress(OSError):  # it may have no file of its own, in a test
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
        os.close(devnull)


def say(line: str) -> None:
    """Write a line at once; what a terminal would take for a command becomes "?"."""
    sys.stdout.write(printable(line, but="\t") + "\n")
    sys.stdout.flush()


@contextlib.contextmanager
def written_out() -> Iterator[None]:
    """Write what the block prints to the end; a reader who leaves before (``| head``) has seen enough."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        abandon()
