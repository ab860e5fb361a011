"""What the view of the copies shows: one cell for each target, and one for each file that is worth a line."""

from __future__ import annotations

import math
from dataclasses import dataclass

from eyegore.widgets.cells.flags import Status


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
