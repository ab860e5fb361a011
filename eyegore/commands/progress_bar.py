"""The progress bars of commands that read a folder or work through many things: on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from eyegore.basics.safe_text import printable

if TYPE_CHECKING:
    from eyegore.session.monitor import Monitor


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[str], object]]:
    """A bar on standard error while the block runs; call what it gives with the name of each thing that is done."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)

        def done(name: str) -> None:
            bar.update(task, advance=1, description=escape(printable(name)))

        yield done


@contextmanager
def reading_bar() -> Iterator[Callable[[Monitor], None]]:
    """A bar while a folder is read and judged, by the time of its HK rows."""
    if not sys.stderr.isatty():
        yield lambda monitor: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("judging"), BarColumn(), TextColumn("{task.fields[rows]} rows"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("judging", total=None, rows=0)

        def advance(monitor: Monitor) -> None:
            length = monitor.exposures.newest_time - monitor.hk.first_time
            done = monitor.hk.last_time - monitor.hk.first_time
            if length > 0:
                bar.update(task, total=length, completed=min(done, length), rows=monitor.hk.rows)

        yield advance
