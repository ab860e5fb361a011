"""Following one exposure log of any version: one row per CCD of each ObsID, told once each."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from eyegore.elvis.day_folder import parse_stamp
from eyegore.elvis.dialect import DIALECTS, Recognition, recognise_explog, version_named
from eyegore.elvis.hk_text import excerpt, number
from eyegore.elvis.tail import LONGEST_LINE, Tail, at_end, polled
from eyegore.messages.events import BadLine, Exposure, ExposureRows, FeedMessage

CHUNK = 1 << 16
"""Bytes turned into rows at once: about 100 rows, 1 ms."""

_OBSID = re.compile(r"(\d{1,18})(?:\.0*)?", re.ASCII)


@dataclass(frozen=True)
class LogHeader:
    """Columns of a log and where those are that every version has, whatever it calls them (None: not there)."""

    columns: tuple[str, ...]
    obsid: int
    ccd: int | None
    test: int | None
    date: int | None
    file_name: int | None
    exptime: int | None
    egse_ver: int | None

    @classmethod
    def of(cls, line: str) -> LogHeader | None:
        """Header in a line, None when it has no ObsID column. One empty cell after the last name is left out."""
        cells = tuple(cell.strip() for cell in line.split("\t"))
        if not cells[-1]:
            cells = cells[:-1]
        lower = [cell.lower() for cell in cells]
        if "obsid" not in lower or len(cells) < 2:
            return None

        def place(name: str) -> int | None:
            return lower.index(name) if name in lower else None

        return cls(
            cells,
            lower.index("obsid"),
            place("ccd"),
            place("test"),
            place("date"),
            place("file_name"),
            place("exptime"),
            place("egse_ver"),
        )


def seconds_per_unit(columns: tuple[str, ...], elvis: str = "") -> float:
    """What turns the exposure time of a log into seconds: 1e-3 up to 6.1.0, whose logs very likely hold ms, else 1.

    ``elvis`` decides where it is known, then the header; a header of no known version tells it by its spelling:
    ``Exptime`` is the old one.
    """
    dialect = DIALECTS.get(elvis) or DIALECTS.get(recognise_explog(columns).elvis)
    if dialect is not None:
        return dialect.exptime_scale
    return 1e-3 if "Exptime" in columns else 1.0


class ExposureTail:
    """Follows one exposure log. ``elvis`` overrides the version.

    Call :meth:`poll` until it returns nothing, then again when the file may have changed.
    """

    def __init__(self, path: str, elvis: str | None = None) -> None:
        self.path = path
        self.elvis = elvis
        self._tail = Tail(path)
        self._header: LogHeader | None = None
        self._scale = 1.0
        self._recognition = Recognition("")

    @property
    def recognition(self) -> Recognition:
        """Version that wrote the log: the one its rows name if they do, else what its header tells."""
        return self._recognition

    def poll(self, received: float, max_bytes: int = 4 * CHUNK) -> list[FeedMessage]:
        """What is new in the file, about ``max_bytes`` of it; empty when nothing is. Costs one stat when idle."""
        return polled(self._tail, lambda: self._rows(received), max_bytes)

    def end(self, received: float) -> list[FeedMessage]:
        """Nothing will be added to the file: what is to be said of a last line without an end."""
        if not self._tail.unended:
            return []
        why_not = at_end(self._tail, received)
        return [BadLine(self.path, self._tail.line, why_not)] if why_not else self.poll(received)

    def _rows(self, received: float) -> Iterator[FeedMessage]:
        chunk = self._tail.read(CHUNK, received)
        if chunk is None:
            return
        if chunk.restart:
            self._header = None
        yield from self._lines(chunk.data, chunk.line, received)
        if chunk.too_long is not None:
            yield BadLine(self.path, chunk.too_long, f"it is longer than {LONGEST_LINE} bytes")

    def _lines(self, data: bytes, line: int, received: float) -> Iterator[FeedMessage]:
        rows: list[Exposure] = []
        for place, text in enumerate(_text(data).split("\n")[:-1], start=line):
            bare = text.strip()
            if not bare or bare.startswith("#"):
                continue
            header = LogHeader.of(text) if "obsid" in text.lower() else None
            if header is not None:
                if header != self._header:
                    yield from self._told(rows, received)
                    rows = []
                    self._begin(header)
                continue
            found = self._row(text)
            if isinstance(found, Exposure):
                rows.append(found)
            else:
                yield BadLine(self.path, place, found)
        yield from self._told(rows, received)

    def _begin(self, header: LogHeader) -> None:
        self._header = header
        self._recognition = recognise_explog(header.columns)
        self._scale = seconds_per_unit(header.columns, self.elvis or "")

    def _told(self, rows: list[Exposure], received: float) -> Iterator[FeedMessage]:
        if rows:
            yield ExposureRows(self.path, rows[0].columns, tuple(rows), received)

    def _row(self, text: str) -> Exposure | str:
        """The row in a line, or why it is none."""
        header = self._header
        if header is None:
            return f"it is no header, and none came before it: {excerpt(text)}"
        if "\0" in text:
            return "it holds bytes that are not text"
        # Most cells repeat from row to row: one copy of each is kept.
        cells = tuple(map(sys.intern, map(str.strip, text.split("\t"))))
        if len(cells) == len(header.columns) + 1 and not cells[-1]:
            cells = cells[:-1]
        if len(cells) != len(header.columns):
            return f"it has {len(cells)} cells, the header {len(header.columns)}"
        obsid = _OBSID.fullmatch(cells[header.obsid])
        if obsid is None:
            return f"its ObsID is no number: {excerpt(cells[header.obsid])}"
        if header.egse_ver is not None and (version := version_named(cells[header.egse_ver])):
            self._recognition = Recognition(version, candidates=(version,))
        time = math.nan if header.date is None else parse_stamp(cells[header.date])
        if math.isnan(time) and header.file_name is not None:
            time = parse_stamp(cells[header.file_name])
        return Exposure(
            obsid=int(obsid[1]),
            ccd="" if header.ccd is None else cells[header.ccd],
            test="" if header.test is None else cells[header.test],
            time=time,
            exptime=math.nan if header.exptime is None else number(cells[header.exptime]) * self._scale,
            columns=header.columns,
            cells=cells,
        )


def _text(data: bytes) -> str:
    """Text of complete lines: UTF-8 where all of a line is, else Latin-1 (operators' names, comments)."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(_line_text(line) for line in data.splitlines(keepends=True))


def _line_text(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
