"""The settings of the warnings once they are known to be right; all frozen, and no secret is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel
from eyegore.warning.channels.accounts import ImapAccount, SmtpAccount, TwilioAccount
from eyegore.warning.duty.roster import QuietHours, Roster


@dataclass(frozen=True)
class Person:
    """Somebody to be told; ``key`` is what the roster and the journal call them, ``other`` names other channels."""

    key: str
    name: str
    channels: tuple[Channel, ...]
    email: str = ""
    phone: str = ""
    other: tuple[str, ...] = ()

    def addresses(self, channel: Channel) -> tuple[str, ...]:
        """Where this channel reaches the person; for OTHER the names of the entries, whose URLs are credentials."""
        if channel not in self.channels:
            return ()
        known = {Channel.EMAIL: (self.email,), Channel.OTHER: self.other}
        return known.get(channel, (self.phone,))


@dataclass(frozen=True)
class Rates:
    """How much is too much: messages to one person about one parameter, and in all, within ``window_s`` [s]."""

    per_parameter: int
    total: int
    window_s: float
    expires_s: float


@dataclass(frozen=True)
class Texts:
    """What stands in every message: the lab's name; at the end of mails a signature and the lab's own instructions."""

    lab: str
    signature: str = ""
    instructions: str = ""


@dataclass(frozen=True)
class Heartbeat:
    """What tells another machine that Eyegore lives: a file that is touched, a URL that is fetched ("" for neither).

    ``wanted`` is also true for a URL that is a credential.
    """

    file: str = ""
    url: str = field(default="", repr=False)
    period_s: float = 60.0
    wanted: bool = False


@dataclass(frozen=True)
class Proof:
    """When the path is proven: minutes after midnight on the clock of the lab, never where ``at`` is empty."""

    at: tuple[int, ...] = ()
    answer_s: float = 1800.0
    channels: tuple[Channel, ...] = ()


@dataclass(frozen=True)
class WarningSettings:
    """All of them; ``path`` is the file, ``zone`` that of the roster. Times ending in ``_s`` are in seconds."""

    path: Path
    zone: ZoneInfo
    texts: Texts
    people: Mapping[str, Person]
    roster: Roster = field(repr=False)
    quiet_hours: QuietHours = field(repr=False)
    routes: Mapping[Severity, tuple[Channel, ...]]
    escalate_after_s: float
    rates: Rates
    poll_s: float
    smtp: SmtpAccount | None
    twilio: TwilioAccount | None
    imap: ImapAccount | None
    other: Mapping[str, float]
    """Time-out [s] of each other channel, by name."""
    heartbeat: Heartbeat
    proof: Proof
    credentials: Path | None
    """The file with the credentials, None where they are elsewhere."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels there is an account for."""
        there = {
            Channel.SMS: self.twilio,
            Channel.CALL: self.twilio,
            Channel.EMAIL: self.smtp,
            Channel.OTHER: self.other,
        }
        return tuple(channel for channel, account in there.items() if account)

    def reach(self, person: str) -> tuple[Channel, ...]:
        """The channels by which a person can be told."""
        known = self.people.get(person)
        return known.channels if known else ()


@dataclass(frozen=True, eq=False)
class SettingsRead:
    """The file of the settings was changed: what it says now, or in words why it cannot be used."""

    settings: WarningSettings | None
    problem: str = ""
