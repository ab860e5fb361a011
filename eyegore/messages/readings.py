"""What travels from the readers to the monitor; frozen. :mod:`eyegore.messages.events` tells the clocks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from eyegore.limits.model import LimitTable

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class HkHeader:
    """The header of an HK file was read. ``elvis`` is the version recognised from it, "" when none fits.

    ``columns`` are the parameters in file order, without the time; ``unknown`` are those the version does not know,
    ``missing`` those it should have. ``units`` runs along ``columns`` ("" where unknown), or is empty.
    ``continuous``: ELVIS writes rows into it all the time, not only while it exposes.
    """

    path: str
    elvis: str
    columns: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    continuous: bool = True


@dataclass(frozen=True, eq=False)
class HkRows:
    """Complete rows of an HK file, in file order.

    ``times`` [lab s] has shape (n,), ``values`` shape (n, len(columns)); NaN where a cell holds no number.
    ``line`` is the line number of the first row. ``preview`` marks the tail of the file read ahead of its history
    at start-up: the same rows come again in their turn.
    """

    path: str
    columns: tuple[str, ...]
    times: FloatArray
    values: FloatArray
    line: int
    received: float
    preview: bool = False


@dataclass(frozen=True)
class BadLine:
    """A line that could not be read; the rest of the file was.

    ``rows`` are the times [lab s] of the rows before and after a line of housekeeping, NaN where these are the one that
    was read last and the one that is read next; None for a line of an exposure log.
    """

    path: str
    line: int
    reason: str
    rows: tuple[float, float] | None = None


@dataclass(frozen=True)
class Exposure:
    """One row of the exposure log: one CCD of one ObsID. ``cells`` holds the text of every column of the file.

    ``time`` [lab s] and ``exptime`` [s] are NaN where the log does not tell.
    """

    obsid: int
    ccd: str
    test: str
    time: float
    exptime: float
    columns: tuple[str, ...]
    cells: tuple[str, ...]

    def cell(self, column: str) -> str:
        """Text of one column, "" where the file has no such column."""
        try:
            return self.cells[self.columns.index(column)]
        except (ValueError, IndexError):
            return ""

    def number(self, column: str) -> float:
        """Number in one column, NaN where there is none."""
        try:
            return float(self.cell(column))
        except ValueError:
            return float("nan")


@dataclass(frozen=True)
class ExposureRows:
    """New rows of an exposure log, in file order."""

    path: str
    columns: tuple[str, ...]
    rows: tuple[Exposure, ...]
    received: float


@dataclass(frozen=True)
class ImageFile:
    """A FITS image was seen; ``complete`` when its length is what its own headers say. ``problem`` says why not.

    ``past``: it was there when Eyegore began to look, and old then.
    """

    path: str
    obsid: int
    ccd: int
    complete: bool
    modified: float
    problem: str = ""
    past: bool = False


class SourceKind(Enum):
    """What happened to the folder or one of its files."""

    ONLINE = "online"
    OFFLINE = "offline"
    SWITCHED = "switched"
    CREATED = "created"
    TRUNCATED = "truncated"
    REPLACED = "replaced"
    VANISHED = "vanished"
    RETURNED = "returned"
    UNREADABLE = "unreadable"
    READABLE = "readable"
    OVERFLOW = "overflow"


@dataclass(frozen=True)
class SourceEvent:
    """Something happened to the folder or one of its files; ``text`` is the sentence for the log."""

    kind: SourceKind
    path: str
    text: str


@dataclass(frozen=True)
class WatcherState:
    """How the folder is watched: ``kind`` is "inotify" or "polling"; ``reason`` says why."""

    kind: str
    alive: bool
    reason: str


@dataclass(frozen=True)
class FreeSpace:
    """Free space of the volume called ``name`` [byte], of which a user can write; NaN with a ``problem``."""

    name: str
    free: float
    problem: str = ""


@dataclass(frozen=True)
class CaughtUp:
    """Everything that was in the folder at the start has been read."""

    folder: str


@dataclass(frozen=True)
class WorkerDied:
    """A worker thread ended on an error and is being restarted."""

    worker: str
    error: str


@dataclass(frozen=True)
class LimitsEdited:
    """The lab's own limit table at ``path`` was edited: as it reads now, or None and the ``problem`` with it."""

    path: str
    table: LimitTable | None
    problem: str
