"""What lists and the log show: a frozen cell for each line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from eyegore.widgets.cells.flags import Status


class Standing(Enum):
    """How an alarm stands between the process and the operator; the value is the word shown."""

    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    BACK = "back to normal"
    UNCHECKED = "not checked any more"
    PENDING = "pending"
    SHELVED = "shelved"


@dataclass(frozen=True)
class AlarmCell:
    """One alarm that is not normal. Texts are shown as they are; numbers carry their units.

    ``key`` tells alarms apart (a parameter can have one of each ``kind``); ``kind`` is "" for what is simply out of
    limits. ``severity`` is WARNING or CRITICAL, the worst since the alarm began, or IN_LIMITS where nothing was wrong
    when it was shelved. ``began`` orders by time: larger is later, on any clock; ``age`` is how long ago it was.
    ``shelved_until`` is a time of day, ``shelved_for`` what is left; ``shelved_by`` and ``reason`` belong to the shelf.
    ``first_out`` marks the alarm that an incident began with, ``after`` names it in the others. ``todo`` tells the
    person on shift what to do, ``story`` what happened to the alarm, a line each, newest first.
    """

    key: str
    parameter: str
    severity: Status
    standing: Standing
    kind: str = ""
    value: str = ""
    limit: str = ""
    since: str = ""
    began: float = 0.0
    worst: str = ""
    trend: str = ""
    test: str = ""
    obsid: str = ""
    acknowledged_by: str = ""
    comment: str = ""
    shelved_until: str = ""
    shelved_for: str = ""
    blink: bool = False
    first_out: bool = False
    after: str = ""
    age: str = ""
    shelved_by: str = ""
    reason: str = ""
    todo: str = ""
    story: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it waits for a person to acknowledge it."""
        return self.standing in (Standing.UNACKNOWLEDGED, Standing.BACK, Standing.UNCHECKED)


@dataclass(frozen=True)
class FileCell:
    """One file: ``size`` [byte] and ``since`` [unix s] are what to sort by, NaN where nobody knows."""

    key: str
    status: Status
    state: str
    obsid: str
    file: str
    size: float
    size_text: str
    since: float
    since_text: str
    reason: str


@dataclass(frozen=True)
class CopyCell:
    """One target. Numbers are what to sort by, NaN where nobody knows; texts what is shown.

    ``share`` is how much of the file at work is there (0 .. 1), NaN while nothing is copied; ``work`` says it.
    ``facts`` are lines of what is known, ``trouble`` the heading and the text of what is wrong or was. ``counts`` tells
    of all files, also those not among ``files``; ``no_files`` why there are none.
    """

    key: str
    status: Status
    state: str
    role: str
    queue_bytes: float
    queue: str
    lag_s: float
    lag: str
    rate: float
    rate_text: str
    succeeded: float
    success: str
    free: float
    free_text: str
    error: str
    share: float = math.nan
    work: str = ""
    facts: tuple[str, ...] = ()
    trouble: tuple[str, str] = ("", "")
    files: tuple[FileCell, ...] = ()
    counts: str = ""
    no_files: str = ""


@dataclass(frozen=True)
class WarningCell:
    """One thing told, or to be told, to one person by one channel. Texts are shown as they are.

    ``status`` is the sign of ``state``, which is a word; CRITICAL means that it did not get there. ``made`` orders by
    time: larger is later. ``answer`` is that of the provider, ``text`` the whole that goes out, ``heading`` tells
    whether it did. ``facts`` are what else is known, a line each.
    """

    key: str
    state: str
    status: Status
    made: float = 0.0
    time: str = ""
    person: str = ""
    channel: str = ""
    address: str = ""
    subject: str = ""
    attempts: int = 0
    answer: str = ""
    text: str = ""
    heading: str = ""
    facts: tuple[str, ...] = ()
    open: bool = False

    @property
    def lost(self) -> bool:
        """Whether it did not get there, and nothing more is tried."""
        return self.status is Status.CRITICAL


@dataclass(frozen=True)
class RowCell:
    """One row of the table; ``cells`` follows the columns of the file.

    ``key`` identifies the row for life; rows of one ``group`` (ObsID) share a stripe; ``tint`` is the value of a
    :class:`~eyegore.widgets.cells.flags.Status`, "" for none.
    """

    key: str
    cells: tuple[str, ...]
    group: str
    tint: str = ""


@dataclass(frozen=True)
class LogCell:
    """One line of the log; ``level`` is a level of :mod:`logging`, ``status`` the sign in front (None: by level)."""

    time: str
    level: int
    text: str
    status: Status | None = None
