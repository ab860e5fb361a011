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

from eyegore.alarm_messages import (
    Action as Action,
    Alarm as Alarm,
    AlarmEntry as AlarmEntry,
    AlarmKind as AlarmKind,
    AlarmState as AlarmState,
    Flag as Flag,
    FlagCommand as FlagCommand,
    FlagState as FlagState,
    PhaseChosen as PhaseChosen,
)
from eyegore.limits.model import LimitSet, LimitTable, Phase
from eyegore.sync_messages import Role as Role, SyncState as SyncState
from eyegore.warning_messages import (
    WarningLine as WarningLine,
    WarningPath as WarningPath,
    WarningsState as WarningsState,
)

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
class FreeSpace:
    """Free space of the volume called ``name`` [byte], of which a user can write; NaN with a ``problem``."""

    name: str
    path: str
    free: float
    total: float
    received: float
    problem: str = ""


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


@dataclass(frozen=True)
class LimitsEdited:
    """The lab's own limit table at ``path`` was edited: as it reads now, or None and the ``problem`` with it."""

    path: str
    table: LimitTable | None
    problem: str
    received: float


FeedMessage = (
    HkHeader
    | HkRows
    | BadLine
    | ExposureRows
    | ImageFile
    | SourceEvent
    | WatcherState
    | FreeSpace
    | CaughtUp
    | WorkerDied
    | LimitsEdited
    | WarningPath
    | SyncState
)


# --- from the monitor ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FlagChanged:
    """A flag shows something else than before."""

    flag: Flag


@dataclass(frozen=True)
class AlarmChanged:
    """An alarm changed, or somebody said something about it; ``text`` is the line for the log and for people."""

    alarm: Alarm
    entry: AlarmEntry
    text: str


@dataclass(frozen=True)
class PastAlarms:
    """What the journal knows of the time before this start, the oldest first; told once, before all else."""

    entries: tuple[AlarmEntry, ...]


@dataclass(frozen=True)
class Drift:
    """A parameter on its way to ``limit``, which it reaches ``at`` [lab s] if it goes on changing ``per_minute``.

    That is in ``minutes`` of the newest row, give or take ``minutes_error`` (half the 95 % interval); ``text`` says all
    this to people.
    """

    per_minute: float
    limit: float
    at: float
    minutes: float
    minutes_error: float
    text: str


@dataclass(frozen=True)
class Trends:
    """Where the parameters are heading, by name; those that go nowhere are not among them."""

    drifts: Mapping[str, Drift]

    @property
    def texts(self) -> dict[str, str]:
        """The same in words."""
        return {name: drift.text for name, drift in self.drifts.items()}


@dataclass(frozen=True)
class Noted:
    """Something for the journal that is no transition of an alarm, such as a change of the limits.

    ``text`` is the line for the log, "" where something else tells it.
    """

    entry: AlarmEntry
    text: str


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
    """The parameters, their limits, the phase or the ELVIS version changed.

    ``flags`` and ``alarms`` are all as they stand; ``table`` holds the limits in use, None where there are none.
    """

    elvis: str
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    flags: tuple[Flag, ...]
    alarms: tuple[Alarm, ...] = ()
    table: LimitTable | None = None
    phase: Phase | None = None


@dataclass(frozen=True)
class Health:
    """The health strip: ages [s] are NaN where nothing came yet. ``checked`` of ``total`` parameters are judged.

    ``raised`` are the alarms that last, ``critical`` those of them that are; shelved ones are counted apart.
    ``phase_by`` is the person who chose the phase, "" where the temperature tells it.
    """

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
    shelved: int
    invalid: int
    hk_rows: int
    bad_lines: int
    obsids: int
    exposure_rows: int
    images: int
    clock_skew: float = float("nan")
    phase: Phase | None = None
    phase_by: str = ""
    running: tuple[str, ...] = field(default=())


Event = (
    FlagChanged
    | AlarmChanged
    | PastAlarms
    | Noted
    | Trends
    | Said
    | HkAccepted
    | ExposuresAccepted
    | ImageFile
    | ImagesReady
    | LayoutChanged
    | Health
    | SourceEvent
    | WarningLine
    | WarningsState
    | SyncState
)
