"""What commands show on a terminal: rows as a table, progress bars; piped, rows with tabs for ``cut`` and ``awk``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from eyegore.basics.safe_text import printable

if TYPE_CHECKING:
    from rich.console import Console

    from eyegore.session.monitor import Monitor


def print_rows(
    console: Console,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str = "",
    cut: bool = False,
    last_folds: bool = False,
) -> None:
    """A table, headings first; on a terminal what is CRITICAL is bold.

    There ``cut`` keeps each row to a line, ``last_folds`` all of it but its last cell.
    """
    if not console.is_terminal:  # rich would take brackets for markup, break long lines and turn tabs into blanks
        console.file.write("\t".join(headings) + "\n")
        console.file.writelines("\t".join(row) + "\n" for row in rows)
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD,
        title=Text(title) if title else None,
        title_justify="left",
        expand=cut,
        padding=(0, 1, 0, 0),
    )
    for heading in headings:
        last = heading == headings[-1]
        whole, rest = cut or (last_folds and not last), 1 if cut and last else None
        table.add_column(Text(heading), no_wrap=whole, overflow="ellipsis" if cut else "fold", ratio=rest)
    for row in rows:
        table.add_row(*(Text(cell, style="bold" if "CRITICAL" in cell else "") for cell in row))
    console.print(table)


def say_aligned(rows: Sequence[Sequence[str]]) -> None:
    """Rows on standard output, their columns aligned on a terminal."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        aligned = "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        sys.stdout.write(f"{aligned if sys.stdout.isatty() else chr(9).join(row)}\n")


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
