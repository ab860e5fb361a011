"""How the copies of a session stand; frozen. Part of :mod:`eyegore.messages.events`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

LAG_S = 900.0
"""A file may wait so long for its copy, and a copy say nothing for so long, before it is an alarm [s]."""


class Role(Enum):
    """What a copy is for."""

    BACKUP = "backup"
    """So that nothing is lost (``-r``)."""
    BROADCAST = "broadcast"
    """So that people outside can read it (``-B``)."""


class CopyState(Enum):
    """How far files have come on their way to a target, the worst last."""

    VERIFIED = "verified"
    WAITING = "waiting"
    """Still to be copied and read back, or being written."""
    FAILED = "failed"
    DIFFERS = "differs"

    @property
    def rank(self) -> int:
        """Its place in that order."""
        return _RANKS[self]


_RANKS = {state: rank for rank, state in enumerate(CopyState)}


@dataclass(frozen=True)
class CopyFile:
    """One file that is worth a line: ``size`` [byte] (0 where nobody knows), in this ``state`` since [unix s]."""

    path: str
    obsid: int | None
    size: int
    state: CopyState
    since: float
    reason: str = ""


@dataclass(frozen=True)
class SyncState:
    """What one pass found: ``complete`` files in the folder, ``verified`` of them on the ``target``.

    ``problem`` says what is wrong, "" when nothing is; ``urgent`` that it does not go away by waiting. ``lag_s`` is how
    long the oldest file has been waiting [s], ``lag_bytes`` what all that wait have [byte], ``received`` when the pass
    ended [unix s]; ``interim`` tells that it goes on.

    ``waiting`` are the first of the files that wait, the worst first; ``mended`` differed and are right again, the
    newest first; ``incomplete`` tells why files are not offered, ``incomplete_files`` how many. ``succeeded`` is when
    everything was last known to be there [unix s], NaN when never. ``last_problem`` was the last one, which began
    ``problem_since`` [unix s]. ``volume`` is the name under which the free space there is told.
    """

    target: str
    role: Role
    complete: int
    verified: int
    lag_s: float
    received: float
    problem: str = ""
    urgent: bool = False
    lag_bytes: int = 0
    waiting: tuple[CopyFile, ...] = ()
    mended: tuple[CopyFile, ...] = ()
    incomplete: tuple[tuple[str, str], ...] = ()
    incomplete_files: int = 0
    succeeded: float = math.nan
    last_problem: str = ""
    problem_since: float = math.nan
    volume: str = ""
    interim: bool = False

    @property
    def lags(self) -> bool:
        """Whether a file has been waiting for too long."""
        return self.lag_s > LAG_S


@dataclass(frozen=True)
class CopyProgress:
    """The rsync at work: ``done`` of ``size`` [byte] of the ``file``, ``rate`` [byte/s]; ``sent`` [byte] by this run.

    ``file`` is "" once it has ended.
    """

    target: str
    role: Role
    file: str = ""
    done: int = 0
    size: int = 0
    rate: float = 0.0
    sent: int = 0


@dataclass(frozen=True)
class ExposureCopy:
    """The files of one ObsID on one target: the worst state, and how many images of it there are to copy."""

    state: CopyState
    images: int


@dataclass(frozen=True)
class ExposureCopies:
    """What has changed for exposures since the last message about this target, by ObsID."""

    target: str
    role: Role
    changed: Mapping[int, ExposureCopy]


@dataclass(frozen=True)
class VolumeSpace:
    """Free space [byte] of a volume, NaN where it does not answer; ``text`` says it, and when it will be full."""

    name: str
    free: float
    text: str
    hours: float = math.nan
    """Until it is full, NaN where not foretold."""


CopyNews = SyncState | CopyProgress | ExposureCopies
"""What one target tells."""
