"""What travels from the readers to the monitor, and from the monitor to its subscribers; all frozen.

Two clocks. ``time`` / ``times`` are *lab seconds*: the date and time ELVIS wrote, as seconds since 1970-01-01 of the
lab's own wall clock (no time zone: what a person in the lab reads off the file). ``received`` and ``now`` are unix
seconds of this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from eyegore.limits.model import LimitSet, LimitTable, Phase
from eyegore.messages.alarms import (
    Action as Action,
    Alarm as Alarm,
    AlarmEntry as AlarmEntry,
    AlarmKind as AlarmKind,
    AlarmState as AlarmState,
    EntryKind as EntryKind,
    Flag as Flag,
    FlagCommand as FlagCommand,
    FlagState as FlagState,
    NoteKind as NoteKind,
    PhaseChosen as PhaseChosen,
    Transition as Transition,
    kind_of as kind_of,
    parameter_of as parameter_of,
)
from eyegore.messages.copies import CopyNews, Role as Role, SyncState as SyncState, VolumeSpace
from eyegore.messages.exposures import ExposureHk as ExposureHk
from eyegore.messages.images import ImageJudged as ImageJudged, ImagesWaiting as ImagesWaiting
from eyegore.messages.readings import (
    BadLine as BadLine,
    CaughtUp as CaughtUp,
    Exposure as Exposure,
    ExposureRows as ExposureRows,
    FloatArray as FloatArray,
    FreeSpace as FreeSpace,
    HkHeader as HkHeader,
    HkRows as HkRows,
    ImageFile as ImageFile,
    LimitsEdited as LimitsEdited,
    SourceEvent as SourceEvent,
    SourceKind as SourceKind,
    WatcherState as WatcherState,
    WorkerDied as WorkerDied,
)
from eyegore.messages.warnings import (
    WarningLine as WarningLine,
    WarningPath as WarningPath,
    WarningsState as WarningsState,
)

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
    | ImageJudged
    | ImagesWaiting
    | CopyNews
)


# --- from the monitor ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FlagChanged:
    """A flag shows something else than before."""

    flag: Flag


@dataclass(frozen=True)
class AlarmReworded:
    """An alarm in words that lasts has other words: it is later, or fuller. Nothing happened to it."""

    alarm: Alarm


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
    """A parameter on its way to ``limit``, which it reaches ``at`` [lab s] if it goes on like this.

    That is in ``minutes`` of the newest row, give or take ``minutes_error`` (half the 95 % interval); ``text`` says all
    this to people.
    """

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
    | AlarmReworded
    | PastAlarms
    | Noted
    | Trends
    | Said
    | HkAccepted
    | ExposuresAccepted
    | ExposureHk
    | ImageFile
    | ImagesReady
    | LayoutChanged
    | Health
    | SourceEvent
    | WarningLine
    | WarningsState
    | ImageJudged
    | ImagesWaiting
    | CopyNews
    | VolumeSpace
)
