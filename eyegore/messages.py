"""What travels from the readers to the monitor, and from the monitor to its subscribers; all frozen.

Two clocks. ``time`` / ``times`` are *lab seconds*: the date and time ELVIS wrote, as seconds since 1970-01-01 of the
lab's own wall clock (no time zone: what a person in the lab reads off the file). ``received`` and ``now`` are unix
seconds of this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import numpy.typing as npt

from eyegore.limits.model import LimitSet, Severity, Verdict

FloatArray = npt.NDArray[np.float64]


# --- from the feeds -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HkHeader:
    """The header of an HK file was read. ``elvis`` is the version recognised from it, "" when none fits.

    ``columns`` are the parameters in file order, without the time; ``unknown`` are those the version does not know,
    ``missing`` those it should have. ``units`` runs along ``columns`` ("" where unknown), or is empty.
    """

    path: str
    elvis: str
    columns: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class HkRows:
    """Complete rows of an HK file, in file order.

    ``times`` [lab s] has shape (n,), ``values`` shape (n, len(columns)); NaN where a cell holds no number.
    ``line`` is the line number of the first row. ``preview`` marks the tail of the file read ahead of its history
    at start-up: the same rows come again in their turn; ``backlog`` marks rows older than such a preview.
    """

    path: str
    columns: tuple[str, ...]
    times: FloatArray
    values: FloatArray
    line: int
    received: float
    preview: bool = False
    backlog: bool = False


@dataclass(frozen=True)
class BadLine:
    """A line that could not be read; the rest of the file was."""

    path: str
    line: int
    reason: str


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
    """A FITS image was seen; ``complete`` when its length is what its own headers say. ``problem`` says why not."""

    path: str
    obsid: int
    ccd: int
    complete: bool
    modified: float
    problem: str = ""


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
    received: float


@dataclass(frozen=True)
class WatcherState:
    """How the folder is watched: ``kind`` is "inotify" or "polling"; ``reason`` says why."""

    kind: str
    alive: bool
    reason: str
    received: float


@dataclass(frozen=True)
class CaughtUp:
    """Everything that was in the folder at the start has been read."""

    folder: str
    received: float


@dataclass(frozen=True)
class WorkerDied:
    """A worker thread ended on an error and is being restarted."""

    worker: str
    error: str
    received: float


FeedMessage = (
    HkHeader | HkRows | BadLine | ExposureRows | ImageFile | SourceEvent | WatcherState | CaughtUp | WorkerDied
)


# --- from a person ---------------------------------------------------------------------------------------------------


class Action(Enum):
    """What a person does to a flag; RESET_ALL and TICK concern all."""

    LOWER = "lower"
    MUTE = "mute"
    UNMUTE = "unmute"
    RESET_ALL = "reset all"


@dataclass(frozen=True)
class FlagCommand:
    """A person acts on one flag (``parameter`` is "" for RESET_ALL)."""

    action: Action
    parameter: str
    person: str


# --- from the monitor ------------------------------------------------------------------------------------------------


class FlagState(Enum):
    """State of one OOL flag."""

    UNCHECKED = "not checked"
    NO_DATA = "no data yet"
    INVALID = "invalid"
    STALE = "stale"
    NORMAL = "in limits"
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    LATCHED = "back in limits"
    MUTED = "muted"


@dataclass(frozen=True)
class Flag:
    """One OOL flag as it stands. ``live`` is the verdict of the newest sample, whatever the flag shows.

    ``since`` [lab s] and ``worst`` belong to the excursion that raised the flag; NaN when there is none.
    ``latched`` tells that an excursion nobody has lowered is over, also where ``state`` shows something else.
    """

    parameter: str
    state: FlagState
    live: Verdict
    severity: Severity
    value: float
    unit: str
    time: float
    since: float = float("nan")
    worst: float = float("nan")
    limit_text: str = ""
    latched: bool = False


@dataclass(frozen=True)
class FlagChanged:
    """A flag changed state; ``text`` is the line for the log, ``what`` one of raised, lowered, muted, ..."""

    what: str
    flag: Flag
    text: str
    person: str
    now: float


@dataclass(frozen=True)
class Said:
    """A line for the status bar and the log. ``level`` is a level of :mod:`logging`."""

    level: int
    text: str
    now: float


@dataclass(frozen=True)
class HkAccepted:
    """Rows were judged; ``verdicts`` has their shape (codes of :class:`Verdict`)."""

    rows: HkRows
    verdicts: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class ExposuresAccepted:
    """Rows were merged into the exposure log; ``replaced`` tells that some replace rows known before."""

    columns: tuple[str, ...]
    rows: tuple[Exposure, ...]


@dataclass(frozen=True)
class ImagesReady:
    """All CCDs the log announces for this ObsID (or all three) are complete; ``paths`` by CCD number."""

    obsid: int
    paths: Mapping[int, str]


@dataclass(frozen=True)
class LayoutChanged:
    """The parameters, their limits or the ELVIS version changed; ``flags`` are all flags as they stand."""

    elvis: str
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Health:
    """The health strip: ages [s] are NaN where nothing came yet. ``checked`` of ``total`` parameters are judged."""

    now: float
    folder: str
    online: bool
    elvis: str
    limit_set: LimitSet
    hk_age: float
    explog_age: float
    image_age: float
    hk_stale: bool
    checked: int
    total: int
    watcher: str
    watcher_alive: bool
    raised: int
    critical: int
    muted: int
    invalid: int
    hk_rows: int
    bad_lines: int
    obsids: int
    exposure_rows: int
    images: int
    clock_skew: float = float("nan")
    running: tuple[str, ...] = field(default=())


Event = (
    FlagChanged | Said | HkAccepted | ExposuresAccepted | ImageFile | ImagesReady | LayoutChanged | Health | SourceEvent
)
