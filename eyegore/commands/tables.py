"""Rows for people: a table on a terminal; lines with tabs when piped, for ``cut`` and ``awk``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


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
