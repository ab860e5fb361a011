"""HK files as the versions of ELVIS write them, and what was read of them; shared by the tests of reading HK."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from eyegore.elvis.day_folder import lab_seconds
from eyegore.elvis.dialect import DIALECTS, Stamp
from eyegore.elvis.hk_file import HkTail
from eyegore.messages.events import BadLine, FeedMessage, FloatArray, HkHeader, HkRows, SourceEvent, SourceKind

MASTER = "HK_21-02-80_ROE1_01.txt"
NIGHT = lab_seconds(21, 2, 80)
NAN = float("nan")
GOOD = "21-02-80_00:00:0{}\t1\t2\t3"


def read_all(tail: HkTail, max_bytes: int = 1 << 18) -> list[FeedMessage]:
    messages: list[FeedMessage] = []
    while found := tail.poll(1.0, max_bytes):
        messages += found
    return messages


def header_of(messages: list[FeedMessage]) -> HkHeader:
    (header,) = (message for message in messages if isinstance(message, HkHeader))
    return header


def times_of(messages: list[FeedMessage]) -> FloatArray:
    return np.concatenate([[], *(message.times for message in messages if isinstance(message, HkRows))])


def values_of(messages: list[FeedMessage]) -> FloatArray:
    return np.concatenate([message.values for message in messages if isinstance(message, HkRows)])


def bad_of(messages: list[FeedMessage]) -> list[int]:
    return [message.line for message in messages if isinstance(message, BadLine)]


def kinds_of(messages: list[FeedMessage]) -> list[SourceKind]:
    return [message.kind for message in messages if isinstance(message, SourceEvent)]


def small(*rows: str, header: str = "TimeStamp\tA\tB\tSPW_STATUS_REG", end: str = "\n") -> bytes:
    return "".join(line + end for line in (header, *rows)).encode("latin-1")


def read(tmp_path: Path, data: bytes, name: str = MASTER, elvis: str | None = None) -> list[FeedMessage]:
    (tmp_path / name).write_bytes(data)
    return read_all(HkTail(str(tmp_path / name), elvis))


def table_of(version: str, rows: int, end: str = "\n", register: str = "") -> bytes:
    """A file as one version writes it, around midnight; the value of parameter p in row r is p + r / 100."""
    dialect = DIALECTS[version]
    lines = ["\t".join([dialect.hk_time, *dialect.hk_columns])]
    for row in range(rows):
        clock = (86395 + row) % 86400
        time = f"{clock // 3600:02d}:{clock // 60 % 60:02d}:{clock % 60:02d}"
        if dialect.stamp is Stamp.DATE_CLOCK:
            time = f"{'21' if row < 5 else '22'}-02-80_{time}"
        cells = [
            register if register and column == "SPW_STATUS_REG" else f"{place + row / 100:.2f}"
            for place, column in enumerate(dialect.hk_columns)
        ]
        lines.append("\t".join([time, *cells]))
    return "".join(line + end for line in lines).encode()


def transposed_of(version: str, samples: int, end: str = "\n") -> bytes:
    return "".join(
        f"{column}\t{' '.join(f'{place + sample / 100:.2f}' for sample in range(samples))}{end}"
        for place, column in enumerate(DIALECTS[version].hk_columns)
    ).encode()
