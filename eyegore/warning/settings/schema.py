"""What the settings of the warnings in TOML must look like; ``docs/warnings.rst`` describes every key.

What one section says of another is checked in :mod:`eyegore.warning.settings.between`, so that one wrong key does not
hide what is wrong with the others.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel
from eyegore.warning.duty.roster import ALL_DAYS, DAY_MIN, Dated, Entry as RosterEntry, Pattern, QuietSpan
from eyegore.warning.settings.fields import (
    LOOPBACK,
    ChannelName,
    Day,
    Email,
    Entry,
    Host,
    Line,
    Minute,
    Moment,
    Name,
    Phone,
    PlainUrl,
    Text,
    Weekday,
    Zone,
    guarded,
)

Security = Literal["starttls", "tls", "none"]
_Each = TypeVar("_Each")
Timeout = Annotated[float, Field(ge=1, le=120)]


def _single(values: list[_Each]) -> list[_Each]:
    if len(set(values)) < len(values):
        raise ValueError("must not name anything twice")
    return values


def _there(phone: object, email: object, other: object) -> list[ChannelName]:
    """The channels of what there is, the most urgent first."""
    found: list[ChannelName] = ["sms", "call"] if phone else []
    if email:
        found.append("email")
    if other:
        found.append("other")
    return found


class QuietEntry(Entry):
    """``{ from = "22:00", to = "07:00", days = [...] }``."""

    begins: Minute = Field(alias="from")
    ends: Minute = Field(alias="to")
    days: Annotated[list[Weekday], Field(min_length=1)] = sorted(ALL_DAYS)

    def span(self) -> QuietSpan:
        """What this entry stands for."""
        return QuietSpan(self.begins % DAY_MIN, self.ends, frozenset(self.days))


class PersonEntry(Entry):
    """``[people.NAME]``."""

    name: Line
    email: Email | None = None
    phone: Phone | None = None
    other: Annotated[list[Name], AfterValidator(_single)] = Field(default=[])
    channels: Annotated[list[ChannelName], AfterValidator(_single)] | None = None
    quiet: list[QuietEntry] | None = None

    @field_validator("channels")
    @classmethod
    def _has_addresses(cls, channels: list[ChannelName] | None, info: ValidationInfo) -> list[ChannelName] | None:
        needed = {"email": "email", "sms": "phone", "call": "phone", "other": "other"}
        for channel in channels or ():
            if not info.data.get(needed[channel], "wrong by itself"):
                raise ValueError(f"{channel} needs {needed[channel]} = ...")
        return channels

    def reach(self) -> list[ChannelName]:
        """The channels this person can be told by: as said, or all they have an address for."""
        if self.channels is not None:
            return self.channels
        return _there(self.phone, self.email, self.other)


class DutyEntry(Entry):
    """``[[duty]]``: times of day make a pattern, dates and times one shift."""

    primary: Name
    backup: Name | None = None
    begins: Moment = Field(default=0, alias="from")
    ends: Moment = Field(default=DAY_MIN, alias="to")
    days: Annotated[list[Weekday], Field(min_length=1)] | None = None
    since: Day | None = None
    until: Day | None = None
    every_weeks: int = Field(default=1, ge=1, le=12)
    instead: bool = False

    @field_validator("backup")
    @classmethod
    def _another(cls, backup: str | None, info: ValidationInfo) -> str | None:
        if backup is not None and backup == info.data.get("primary"):
            raise ValueError("must be somebody else than primary; leave it out if there is nobody")
        return backup

    @field_validator("ends")
    @classmethod
    def _later(cls, ends: int | datetime, info: ValidationInfo) -> int | datetime:
        begins = info.data.get("begins")
        if isinstance(begins, datetime) and isinstance(ends, datetime) and not begins < ends:
            raise ValueError("must be later than from")
        return ends

    @model_validator(mode="after")
    def _one_kind(self) -> DutyEntry:
        if isinstance(self.begins, datetime) is not isinstance(self.ends, datetime):
            raise ValueError("from and to must both be times of day, or both with a date")
        if isinstance(self.begins, datetime):
            given = [key for key in ("days", "since", "until", "every_weeks") if key in self.model_fields_set]
            if given:
                raise ValueError(f"{', '.join(given)}: not for a shift with a date")
            return self
        if self.instead:
            raise ValueError("instead is for a shift with a date: from = '2026-11-21 08:00'")
        if self.every_weeks > 1 and self.since is None:
            raise ValueError("every_weeks needs since = the first day of the first of these weeks")
        if self.since and self.until and self.until < self.since:
            raise ValueError("until must not be before since")
        return self

    def entry(self) -> RosterEntry:
        """What this entry stands for."""
        backup = self.backup or ""
        if isinstance(self.begins, datetime) and isinstance(self.ends, datetime):
            return Dated(self.primary, backup, self.begins, self.ends, self.instead)
        assert isinstance(self.begins, int)
        assert isinstance(self.ends, int)
        days = frozenset(ALL_DAYS if self.days is None else self.days)
        begins = self.begins % DAY_MIN
        return Pattern(self.primary, backup, begins, self.ends, days, self.every_weeks, self.since, self.until)


class RoutesEntry(Entry):
    """``[routes]``: the channels of each severity."""

    critical: Annotated[list[ChannelName], Field(min_length=1), AfterValidator(_single)] | None = Field(
        default=None, alias="CRITICAL"
    )
    warning: Annotated[list[ChannelName], AfterValidator(_single)] | None = Field(default=None, alias="WARNING")


class RatesEntry(Entry):
    """``[rates]``: how much is too much, and how long a message is of use."""

    per_parameter: int = Field(default=6, ge=1, le=1000)
    total: int = Field(default=30, ge=1, le=10_000)
    window_min: float = Field(default=60, ge=1, le=1440)
    expires_min: float = Field(default=240, ge=5, le=2880)


class TextsEntry(Entry):
    """``[texts]``."""

    lab: Line
    signature: Text | None = None
    instructions: Text | None = None


class _MailServer(Entry):
    host: Host
    security: Security
    port: int | None = Field(default=None, ge=1, le=65535)
    user: Line | None = None
    ca_file: Text | None = None
    timeout_s: Timeout = 15

    @field_validator("user")
    @classmethod
    def _hidden(cls, user: str | None, info: ValidationInfo) -> str | None:
        plain = info.data.get("security") == "none" and info.data.get("host", "localhost") not in LOOPBACK
        if user is not None and plain:
            raise ValueError('with security = "none" the password would go out in the clear: "starttls" or "tls"')
        return user


class SmtpEntry(_MailServer):
    """``[smtp]``."""

    usual_ports: ClassVar[dict[str, int]] = {"starttls": 587, "tls": 465, "none": 25}
    security: Security = "starttls"
    sender: Email
    helo: Host | None = None


class ImapEntry(_MailServer):
    """``[imap]``."""

    usual_ports: ClassVar[dict[str, int]] = {"starttls": 143, "tls": 993, "none": 143}
    security: Security = "tls"
    user: Line
    folder: Line = "INBOX"


class TwilioEntry(Entry):
    """``[twilio]``."""

    sid: Annotated[str, Field(pattern=r"^AC[0-9a-fA-F]{32}$")]
    sender: Phone
    base_url: Annotated[PlainUrl, AfterValidator(guarded)] | None = None
    timeout_s: Timeout = 15


class OtherEntry(Entry):
    """``[other.NAME]``: its URL is a credential."""

    about: Line | None = None
    timeout_s: Timeout = 15


class HeartbeatEntry(Entry):
    """``[heartbeat]``: a URL with a secret in it is a credential."""

    file: Text | None = None
    url: PlainUrl | None = None
    period_s: float = Field(default=60, ge=5, le=3600)


class ProofEntry(Entry):
    """``[proof]``."""

    at: Annotated[list[Minute], Field(min_length=1), AfterValidator(_single)]
    answer_min: float = Field(default=30, ge=1, le=720)
    channels: Annotated[list[ChannelName], Field(min_length=1), AfterValidator(_single)] | None = None

    @field_validator("at")
    @classmethod
    def _within_the_day(cls, at: list[int]) -> list[int]:
        if DAY_MIN in at:
            raise ValueError("midnight is '00:00' here")
        return at


class SettingsEntry(Entry):
    """The whole file."""

    time_zone: Zone
    credentials: Text | None = None
    texts: TextsEntry
    people: dict[Name, PersonEntry] = Field(min_length=1)
    duty: list[DutyEntry] = Field(min_length=1, max_length=500)
    quiet: list[QuietEntry] = Field(default=[])
    routes: RoutesEntry = RoutesEntry()
    escalate_after_min: float = Field(default=10, ge=1, le=240)
    rates: RatesEntry = RatesEntry()
    poll_s: float = Field(default=20, ge=5, le=600)
    smtp: SmtpEntry | None = None
    twilio: TwilioEntry | None = None
    imap: ImapEntry | None = None
    other: dict[Name, OtherEntry] = Field(default={})
    heartbeat: HeartbeatEntry | None = None
    proof: ProofEntry | None = None

    def accounts(self) -> list[ChannelName]:
        """The channels there is an account for, the most urgent first."""
        return _there(self.twilio, self.smtp, self.other)

    def routed(self) -> dict[Severity, tuple[Channel, ...]]:
        """Channels by severity: critical by all there are, a warning by mail, where the file does not say."""
        there = self.accounts()
        critical = there if self.routes.critical is None else self.routes.critical
        usual = [channel for channel in there if channel == "email"]
        warning = usual if self.routes.warning is None else self.routes.warning
        return {Severity.CRITICAL: tuple(map(Channel, critical)), Severity.WARNING: tuple(map(Channel, warning))}
