"""Alarms and flags as they stand, what people do with them, and what the journal keeps of them; all frozen.

Part of :mod:`eyegore.messages.events`, which offers all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from eyegore.basics.records import ByName
from eyegore.limits.model import NO_BOUNDS, Bounds, Phase, Severity, Verdict


class Action(Enum):
    """What a person does to the alarms of one parameter; RESET_ALL lowers those of all."""

    LOWER = "lower"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    COMMENT = "comment"
    RESET_ALL = "reset all"


@dataclass(frozen=True)
class FlagCommand:
    """A person acts on the alarms of one parameter (``parameter`` is "" for RESET_ALL).

    LOWER acknowledges what lasts and clears what is over. ``until`` is the unix time [s] a SHELVE ends at (the longest
    allowed when NaN); ``comment`` goes with any action and is the reason of a SHELVE. ``kind`` tells which alarm it is
    about; None, as from the flag, is all of the parameter.
    """

    action: Action
    parameter: str
    person: str
    comment: str = ""
    until: float = float("nan")
    kind: AlarmKind | None = None


@dataclass(frozen=True)
class PhaseChosen:
    """A person says which phase the camera is in; None: the temperature is to tell again."""

    phase: Phase | None
    person: str
    comment: str = ""


class AlarmKind(ByName, Enum):
    """What an alarm is about; a parameter can have one of each kind.

    OOL is that of the limits in use; PERFORMANCE that of the performance limits where both sets are in use.
    FRAME is that of what a check says of an image, STUCK that of a parameter that stands still though it never did.
    """

    OOL = "OOL"
    PERFORMANCE = "PERFORMANCE"
    INVALID = "INVALID"
    DEADMAN = "DEADMAN"
    TREND = "TREND"
    FRAME = "FRAME"
    STUCK = "STUCK"

    @property
    def in_words(self) -> bool:
        """Whether no limit of a parameter is crossed: what is wrong is told in words."""
        return self in (AlarmKind.DEADMAN, AlarmKind.TREND, AlarmKind.FRAME, AlarmKind.STUCK)


class NoteKind(Enum):
    """What an entry of the journal is about that is no change of an alarm.

    UNKNOWN is read, never written: the kind is one of a later release.
    """

    CONFIGURATION = "CONFIGURATION"
    PHASE = "PHASE"
    REPLY = "REPLY"
    UNKNOWN = "UNKNOWN"


EntryKind = AlarmKind | NoteKind


class AlarmState(ByName, Enum):
    """State of one alarm (ISA-18.2): process and operator in one word."""

    NORMAL = "normal"
    PENDING = "pending"
    UNACK = "unacknowledged"
    ACKED = "acknowledged"
    RTN_UNACK = "back to normal, unacknowledged"
    SHELVED = "shelved"
    OUT_OF_SERVICE = "out of service"


class Transition(ByName, Enum):
    """What happened to an alarm, in the word for the log. PENDING and GLITCH are only written to the journal."""

    PENDING = "pending"
    GLITCH = "glitch"
    RAISED = "raised"
    RISEN = "risen"
    CROSSED = "out on the other side"
    RETURNED = "returned"
    STILL_OUT = "still out"
    FOUND = "was already out when watching began"
    ACKNOWLEDGED = "acknowledged"
    LOWERED = "lowered"
    COMMENTED = "commented"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    OUT_OF_SERVICE = "out of service"
    IN_SERVICE = "in service again"
    RELEASED = "not checked any more"


@dataclass(frozen=True)
class Alarm:
    """One alarm as it stands.

    ``parameter`` is an HK parameter or the name of a dead-man timer. ``severity`` is the worst since the alarm began,
    NONE when it is normal. ``active`` tells whether the process is out now. ``since``, ``worst_time`` and ``time`` (of
    the last change) are lab seconds, ``shelved_until`` is unix time; NaN where there is none. ``incident`` numbers the
    incident it belongs to, ``first_out`` names the alarm that began that incident. ``side`` tells on which side it is
    or was out, ``bounds`` are the absolute limits, where there are any.
    """

    parameter: str
    kind: AlarmKind
    state: AlarmState
    severity: Severity = Severity.NONE
    active: bool = False
    value: float = float("nan")
    unit: str = ""
    time: float = float("nan")
    since: float = float("nan")
    worst: float = float("nan")
    worst_time: float = float("nan")
    limit: str = ""
    acknowledged_by: str = ""
    comment: str = ""
    shelved_until: float = float("nan")
    shelved_by: str = ""
    shelf_reason: str = ""
    glitches: int = 0
    incident: int = 0
    first_out: str = ""
    side: Verdict = Verdict.UNCHECKED
    bounds: Bounds = NO_BOUNDS

    @property
    def unchecked(self) -> bool:
        """Whether it has no limit any more, and is over only as nobody can say whether it is."""
        limits = self.kind in (AlarmKind.OOL, AlarmKind.PERFORMANCE)
        return limits and not self.limit and self.state is AlarmState.RTN_UNACK

    @property
    def key(self) -> str:
        """What tells alarms apart, e.g. ``CCD1_TEMP/OOL``: a parameter can have one of each kind."""
        return f"{self.parameter}/{self.kind.name}"


def kind_of(key: str) -> AlarmKind:
    """The kind of the alarm with this :attr:`Alarm.key`."""
    return AlarmKind[key.rpartition("/")[2]]


def parameter_of(key: str) -> str:
    """The parameter of the alarm with this :attr:`Alarm.key`."""
    return key.rpartition("/")[0]


@dataclass(frozen=True)
class AlarmEntry:
    """One line of the journal. ``time`` is unix time [s], ``data_time`` lab seconds (NaN where no data is behind it).

    ``before``, ``after`` and ``what`` are None for entries that are no change of an alarm (a change of configuration, a
    reply). ``comment`` is a person's, or what such an entry says. ``table`` is the hash of the limit table in use.
    ``old`` marks what happened so long before Eyegore saw it that nobody is to be told.
    """

    time: float
    data_time: float
    parameter: str
    kind: EntryKind
    before: AlarmState | None
    after: AlarmState | None
    severity: Severity
    value: float
    limit: str
    context: str
    person: str
    comment: str
    table: str
    incident: int = 0
    old: bool = False
    what: Transition | None = None

    @property
    def note(self) -> str:
        """What a person said or, where nobody said anything, the word for what happened."""
        return self.comment or (self.what.value if self.what is not None else "")


class FlagState(Enum):
    """What the flag of one parameter shows."""

    UNCHECKED = "not checked"
    NO_DATA = "no data yet"
    INVALID = "invalid"
    STALE = "stale"
    NORMAL = "in limits"
    PENDING = "out of limits, not yet for long enough"
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    LATCHED = "back to normal"
    SHELVED = "shelved"
    OUT_OF_SERVICE = "out of service"


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
    acknowledged_by: str = ""
    comment: str = ""
