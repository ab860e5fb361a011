"""Warnings on their way to a person: what is to be said, to whom, how, and what the provider answered; all frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from eyegore.basics.records import ByName
from eyegore.limits.model import Severity


class Channel(ByName, Enum):
    """How a person is reached; OTHER is whatever the lab uses besides (a chat, a push service)."""

    EMAIL = "email"
    SMS = "sms"
    CALL = "call"
    OTHER = "other"

    @property
    def loud(self) -> bool:
        """Whether it rings or buzzes."""
        return self in (Channel.SMS, Channel.CALL)


class Reason(ByName, Enum):
    """Why a person is told something."""

    RAISED = "raised"
    FOUND = "already out when watching began"
    RISEN = "risen in severity"
    ESCALATED = "nobody acknowledged"
    AGAIN = "still out after an hour"
    CROSSED = "out on the other side now"
    REPEATED = "still nobody acknowledged"
    CHATTER = "goes out and back"
    MORNING = "over when the quiet hours ended"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "over"
    FLOOD = "many alarms"
    CHANNEL = "a channel fails"
    TEST = "test"
    PROOF = "proof of the path"

    @property
    def asks(self) -> bool:
        """Whether somebody is to take care of alarms."""
        return self not in _ASK_NOTHING

    @property
    def good(self) -> bool:
        """Whether it is good news: somebody took care, or it is over."""
        return self in (Reason.ACKNOWLEDGED, Reason.CLEARED)


_ASK_NOTHING = (Reason.ACKNOWLEDGED, Reason.CLEARED, Reason.CHANNEL, Reason.TEST, Reason.PROOF)


@dataclass(frozen=True)
class Notice:
    """One thing to tell one person, by each of ``channels``.

    ``key`` is the same whenever the same thing is to be told to the same person: it is told once. ``code`` is what the
    person answers with (``ACK 4711``), "" where there is nothing to answer. ``text`` is for mail, ``short`` for a text
    message, ``spoken`` for a call. ``made`` and ``expires`` are unix time [s]: later than that nobody is to be told.
    ``parameter`` is what it is about, "" for more than one; ``incident`` is 0 where it is about none. ``alarms`` are
    the keys of all alarms it tells of, none in notices of releases before.
    """

    key: str
    reason: Reason
    severity: Severity
    person: str
    channels: tuple[Channel, ...]
    subject: str
    text: str
    short: str
    spoken: str
    made: float
    expires: float
    parameter: str = ""
    incident: int = 0
    code: str = ""
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Samples:
    """The last hour of a parameter for the plot and the table of a mail.

    ``times`` [lab s] and ``values`` [``unit``] have shape (n,); ``low`` and ``high`` are NaN where there is no limit.
    """

    parameter: str
    unit: str
    times: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    low: float = float("nan")
    high: float = float("nan")


class Result(Enum):
    """What became of one attempt. UNKNOWN: the provider gave no answer, it may have been sent."""

    SENT = "sent"
    RETRY = "to be tried again"
    REFUSED = "refused"
    UNKNOWN = "no answer"


class Scope(Enum):
    """Whom it concerns that something did not get out: all who are told that way, or one; or it rang in vain."""

    PROVIDER = "the provider"
    ADDRESS = "one address"
    PERSON = "nobody answers"


@dataclass(frozen=True)
class Outcome:
    """The provider's answer in words a person can act on, without any secret; ``retry_after`` [s] where it asks for it.

    ``reference`` is the provider's own name of the message. ``scope`` is whom a failure concerns.
    """

    result: Result
    detail: str
    reference: str = ""
    retry_after: float | None = None
    scope: Scope = Scope.ADDRESS


class Sender(Protocol):
    """One channel. :meth:`send` blocks for seconds at most, and does not raise: all that can happen is an outcome."""

    channel: Channel

    def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
        """Send a notice to one address (a mail address, a phone number, a URL)."""
        ...


@dataclass(frozen=True)
class WarningPath:
    """Whether warnings get out by one channel: ``problem`` says why not, "" when they do."""

    channel: str
    problem: str
    since: float


@dataclass(frozen=True)
class WarningLine:
    """What became of one thing to be told to one person by one channel; ``key`` stays the same from state to state.

    ``made`` and ``changed`` are unix time [s]. ``state`` and ``detail``, the provider's answer, are words; ``open``
    tells that something is still to be done, ``failed`` that it did not or may not get there.
    """

    key: str
    made: float
    changed: float
    severity: Severity
    reason: str
    person: str
    channel: str
    address: str
    subject: str
    text: str
    state: str
    detail: str
    attempts: int
    open: bool
    failed: bool


@dataclass(frozen=True)
class WarningsState:
    """The state of the warnings, told when it changes.

    ``channels`` are those set up, ``problems`` what is wrong by channel. ``on_duty`` and ``backup`` are people, "" for
    nobody, until ``duty_ends`` [unix s]. ``proof`` tells in words when the path to a person was last proven, ``proven``
    whether that is so (None where none is asked for, or none came yet). ``withheld`` and ``waiting`` count messages.
    """

    channels: tuple[str, ...]
    on_duty: str
    backup: str
    proof: str
    proven: bool | None
    withheld: int
    waiting: int
    problems: Mapping[str, str] = field(default_factory=dict)
    duty_ends: float = float("inf")
