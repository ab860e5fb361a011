"""The progress bars of commands that read a folder or work through many things: on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from eyegore.basics.safe_text import printable

if TYPE_CHECKING:
    from eyegore.session.monitor import Monitor


@contextmanager
def progress_bar(what: str, total: float | None, *columns: str) -> Iterator[Callable[..., object]]:
    """A bar on standard error while the block runs; what it gives takes news as ``rich.progress.Progress.update`` does.

    ``columns`` are names of columns in :mod:`rich.progress` that stand behind the bar, before the description.
    """
    if not sys.stderr.isatty():
        yield lambda **news: None
        return
    from rich import progress
    from rich.console import Console

    parts = [progress.TextColumn(what), progress.BarColumn(), *(getattr(progress, name)() for name in columns)]
    parts += [progress.TimeRemainingColumn(), progress.TextColumn("{task.description}", markup=False)]
    with progress.Progress(*parts, console=Console(stderr=True), transient=True) as bar:
        yield partial(bar.update, bar.add_task("", total=total))


@contextmanager
def counting_bar(what: str, total: int) -> Iterator[Callable[[str], object]]:
    """A bar for so many things; call what it gives with the name of each that is done."""
    with progress_bar(what, total, "MofNCompleteColumn") as update:
        yield lambda name: update(advance=1, description=printable(name))


@contextmanager
def reading_bar() -> Iterator[Callable[[Monitor], None]]:
    """A bar while a folder is read and judged, by the time of its HK rows."""
    with progress_bar("judging", None) as update:

        def advance(monitor: Monitor) -> None:
            length = monitor.exposures.newest_time - monitor.hk.first_time
            done = monitor.hk.last_time - monitor.hk.first_time
            if length > 0:
                update(total=length, completed=min(done, length), description=f"{monitor.hk.rows} rows")

        yield advance
