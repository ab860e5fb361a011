"""The frozen dataclass that the alarm list accepts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from eyegore.widgets.cells.flags import Status


class Standing(Enum):
    """How an alarm stands between the process and the operator; the value is the word shown."""

    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    BACK = "back to normal"
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
        return self.standing in (Standing.UNACKNOWLEDGED, Standing.BACK)
