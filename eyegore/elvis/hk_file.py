"""Following one HK file of any version: what is in it becomes messages, each row once.

In files of the 5.7 line a parameter has a line: its name and then its samples, 1 s apart, with no time at all.
"""

from __future__ import annotations

import calendar
import math
import os
import time as clock
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from eyegore.elvis.day_folder import is_continuous, parse_name
from eyegore.elvis.dialect import (
    DIALECTS,
    TIME_COLUMNS,
    Recognition,
    Stamp,
    compare_hk,
    parameter_info,
    recognise_hk,
    settle,
)
from eyegore.elvis.hk_text import DAY, HkClock, HkTable, excerpt, number, plain
from eyegore.elvis.tail import LONGEST_LINE, Tail, at_end, both_ends, polled
from eyegore.messages.events import BadLine, FeedMessage, FloatArray, HkHeader, HkRows

CHUNK = 1 << 17
"""Bytes turned into rows at once: about 1 ms, during which no other thread runs."""

HEAD = 1 << 14
"""Bytes in which a preview looks for the header (the longest has about 2 KiB)."""

_TIME_MARKS = (b"ime", b"IME")
"""What the name of each time column has in it."""
CADENCE = 1.0
"""Time between two samples of a file of the 5.7 line [s]: what the table files of later versions show."""
_KNOWN = frozenset(
    column for dialect in DIALECTS.values() if dialect.stamp is Stamp.NONE for column in dialect.hk_columns
)


def table_columns(line: str) -> tuple[tuple[str, ...], int] | None:
    """Columns of a table header and the place of the time among them; None when the line is no such header.

    Where no column is called as ELVIS calls the time, the first will do if it has "time" in its name. Nameless and
    repeated columns are given names of their own.
    """
    cells = [cell.strip() for cell in line.split("\t")]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) < 2 or "\0" in line or cells[0].startswith("#"):
        return None
    place = next((cells.index(name) for name in TIME_COLUMNS if name in cells), 0)
    named = cells[place] in TIME_COLUMNS or "time" in cells[0].lower()
    if not named or not all(math.isnan(number(cell)) for cell in cells):
        return None
    columns: list[str] = []
    for position, cell in enumerate(cells, start=1):
        columns.append(cell if cell and cell not in columns else f"{cell} (column {position})".strip())
    return tuple(columns), place


def hk_header(
    path: str, columns: tuple[str, ...], elvis: str | None, *, transposed: bool, explog: Recognition | None = None
) -> HkHeader:
    """What the columns of a file say; ``elvis`` and ``explog`` as of :class:`HkTail`."""
    found = compare_hk(elvis, columns) if elvis else recognise_hk(columns, transposed)
    version = settle(found, explog) if explog else found.elvis
    units = tuple(parameter_info(version, column)[0] for column in columns)
    return HkHeader(path, version, columns, found.unknown, found.missing, units, is_continuous(path))


class HkTail:
    """Follows one HK file. ``elvis`` overrides the version; ``explog`` is what the exposure log beside it tells.

    Call :meth:`poll` until it returns nothing, then again when the file may have changed.
    """

    def __init__(self, path: str, elvis: str | None = None, explog: Recognition | None = None) -> None:
        self.path = path
        self.elvis = elvis
        self.explog = explog
        self._tail = Tail(path)
        self._table: HkTable | None = None
        self._transposed: TransposedHk | None = None

    def poll(self, received: float, max_bytes: int = 2 * CHUNK) -> list[FeedMessage]:
        """What is new in the file, about ``max_bytes`` of it; empty when nothing is. Costs one stat when idle."""

        def read() -> Iterator[FeedMessage]:
            return self._rows_of_table(received) if self._transposed is None else self._rows_of_lines(received)

        return polled(self._tail, read, max_bytes)

    def end(self, received: float) -> list[FeedMessage]:
        """Nothing will be added to the file: what is to be said of a last line without an end."""
        if not self._tail.unended:
            return []
        why_not = at_end(self._tail, received)
        return [self._bad(self._tail.line, why_not)] if why_not else self.poll(received)

    def preview(self, received: float, size: int = 1 << 16) -> HkRows | None:
        """Newest rows of the file from its last ``size`` bytes, without a change to what :meth:`poll` will give.

        None where there are none or where their date follows only from all rows before them.
        """
        head, tail, begin = both_ends(self.path, HEAD, size)
        head = plain(head)
        at = 0
        for line in head.split(b"\n")[:-1]:
            at += len(line) + 1
            header = table_columns(line.decode("latin-1"))
            if header is not None:
                break
        else:
            return None
        first = at - begin if begin <= at else tail.find(b"\n") + 1
        rows = HkTable(*header, HkClock(math.nan)).rows(tail[first : tail.rfind(b"\n") + 1], 0)
        if not rows.times.size or np.isnan(rows.times).any():
            return None
        columns = HkTable(*header, HkClock(math.nan)).parameters
        return HkRows(self.path, columns, rows.times, rows.values, 0, received, preview=True)

    # --- tables -----------------------------------------------------------------------------------------------------

    def _rows_of_table(self, received: float) -> Iterator[FeedMessage]:
        chunk = self._tail.read(CHUNK, received)
        if chunk is None:
            return
        if chunk.restart:
            self._table = None
        yield from self._lines(chunk.data, chunk.line, received)
        if chunk.too_long is not None and self._transposed is None:
            yield self._bad(chunk.too_long, f"it is longer than {LONGEST_LINE} bytes")

    def _lines(self, data: bytes, line: int, received: float) -> Iterator[FeedMessage]:
        """Messages of complete lines: all at once, but for those where a header is looked for."""
        data = plain(data)
        while data and self._table is None:
            first, _, data = data.partition(b"\n")
            yield from self._before_header(first.decode("latin-1"), line)
            line += 1
            if self._transposed is not None:
                self._tail.start_over()
                yield from self._rows_of_lines(received)
                return
        while data and self._table is not None:
            begin, end = self._next_header(data)
            yield from self._data_lines(data[:begin], line, received)
            if begin == end:
                return
            line += data.count(b"\n", 0, begin)
            yield from self._another_header(data[begin:end], line, received)
            line += 1
            data = data[end:]

    def _before_header(self, text: str, line: int) -> Iterator[FeedMessage]:
        bare = text.strip()
        if not bare or bare.startswith("#"):
            return
        text = text.strip("\0")
        header = table_columns(text)
        if header is not None:
            yield self._start_table(*header)
        elif is_transposed(text):
            self._transposed = read_transposed(b"")
        else:
            yield self._bad(line, f"it is no header, and none came before it: {excerpt(bare)}")

    def _start_table(self, columns: tuple[str, ...], time_place: int) -> HkHeader:
        time_so_far = self._table.clock if self._table else HkClock(*self._begun())
        self._table = HkTable(columns, time_place, time_so_far)
        return self._header(self._table.parameters, transposed=False)

    def _next_header(self, data: bytes) -> tuple[int, int]:
        """Begin and end of the next line with the name of a time column; the end of ``data`` when there is none."""
        # One letter is found 20 times faster than a word, and rows have numbers only.
        found = [at for mark in _TIME_MARKS if mark[1:2] in data and (at := data.find(mark)) >= 0]
        if not found:
            return len(data), len(data)
        return data.rfind(b"\n", 0, min(found)) + 1, data.find(b"\n", min(found)) + 1

    def _another_header(self, line: bytes, at: int, received: float) -> Iterator[FeedMessage]:
        """ELVIS was started again and wrote a header into the same file, perhaps that of another version.

        One of no version, with as many columns as before, counts as well: by the old names what follows would be read
        wrong. With more or fewer it is taken for a torn line; rows that have as many are told as bad.
        """
        header = table_columns(line.decode("latin-1").strip("\0"))
        if header is None:
            yield from self._data_lines(line, at, received)
        elif self._table is None or header != self._table.header:
            alike = self._table is not None and len(header[0]) == len(self._table.columns)
            if alike or recognise_hk(header[0], transposed=False).elvis:
                yield self._start_table(*header)
            else:
                yield from self._data_lines(line, at, received)

    def _data_lines(self, data: bytes, line: int, received: float) -> Iterator[FeedMessage]:
        table = self._table
        if table is None or not data:
            return
        rows = table.rows(data, line)
        yield from (self._bad(bad, reason) for bad, reason, row in rows.bad if row == 0)
        if rows.times.size:
            yield HkRows(self.path, table.parameters, rows.times, rows.values, rows.line, received)
        times = [*rows.times.tolist(), math.nan]
        yield from (self._bad(bad, reason, times[row - 1], times[row]) for bad, reason, row in rows.bad if row)

    # --- transposed files -------------------------------------------------------------------------------------------

    def _rows_of_lines(self, received: float) -> Iterator[FeedMessage]:
        """The whole file is read again when it changed; samples that were there before are not told again."""
        data = self._tail.read_whole(received)
        before = self._transposed
        if data is None or before is None:
            return
        told = len(before.values)
        content = read_transposed(plain(data))
        if not content.columns:
            # Something else has taken the place of the file: begin anew, whatever it is.
            self._transposed = None
            self._tail.start_over()
            return
        self._transposed = content
        if content.columns != before.columns or not np.array_equal(
            content.values[:told], before.values, equal_nan=True
        ):
            told = 0
            yield self._header(content.columns, transposed=True)
        if len(content.values) > told:
            day, seconds = self._begun()
            times = np.arange(told, len(content.values), dtype=np.float64) * CADENCE + (day + seconds)
            yield HkRows(self.path, content.columns, times, content.values[told:], content.line, received)
        for line, reason in content.bad:
            if (line, reason) not in before.bad:
                yield self._bad(line, reason)

    # --- both -------------------------------------------------------------------------------------------------------

    def _bad(self, line: int, reason: str, after: float = math.nan, before: float = math.nan) -> BadLine:
        """A bad line; told between the rows before and after it unless it names them."""
        return BadLine(self.path, line, reason, (after, before))

    def _header(self, columns: tuple[str, ...], *, transposed: bool) -> HkHeader:
        return hk_header(self.path, columns, self.elvis, transposed=transposed, explog=self.explog)

    def _begun(self) -> tuple[float, float]:
        """Day [lab s] and seconds of that day at which the file begins by its name, else the day of its last change."""
        file = parse_name(os.path.basename(self.path))
        if file is not None and not math.isnan(file.time):
            return file.time - file.time % DAY, file.time % DAY
        changed = clock.localtime(self._tail.modified)
        return float(calendar.timegm((changed.tm_year, changed.tm_mon, changed.tm_mday, 0, 0, 0))), 0.0


@dataclass(frozen=True, eq=False)
class TransposedHk:
    """Content of one file: ``values`` has shape (samples, len(columns)); ``bad`` are line numbers with the reason.

    A line with another number of samples than most is bad; its parameter is kept and has no data (NaN).
    """

    columns: tuple[str, ...]
    values: FloatArray
    line: int
    bad: tuple[tuple[int, str], ...]


def is_transposed(line: str) -> bool:
    """Whether a line could be of such a file: a name, then numbers."""
    name, *samples = line.split() or [""]
    if not samples or np.isfinite(number(name)):
        return False
    return name in _KNOWN or (name[0].isalpha() and all(np.isfinite(number(sample)) for sample in samples))


def read_transposed(data: bytes) -> TransposedHk:
    """Content of the complete lines of a file."""
    samples: dict[str, list[str]] = {}
    at: dict[str, int] = {}
    bad: list[tuple[int, str]] = []
    for place, line in enumerate(data.decode("latin-1").split("\n")[:-1], start=1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        name, *cells = bare.split()
        if "\0" in line or not line.isascii():
            bad.append((place, "it holds bytes that are not text"))
        elif np.isfinite(number(name)):
            bad.append((place, f"it begins with a number, not a name: {excerpt(bare)}"))
        elif name in samples:
            bad.append((place, f"{name} is there twice, first in line {at[name]}"))
        else:
            samples[name], at[name] = cells, place
    counts = Counter(len(cells) for cells in samples.values())
    length = max(counts, key=lambda count: (counts[count], count), default=0)
    values = np.full((length, len(samples)), np.nan)
    for place, (name, cells) in enumerate(samples.items()):
        if len(cells) == length:
            values[:, place] = [number(cell) for cell in cells]
        else:
            bad.append((at[name], f"{name} has {len(cells)} samples, most parameters have {length}"))
    return TransposedHk(tuple(samples), values, min(at.values(), default=1), tuple(sorted(bad)))
