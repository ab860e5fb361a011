"""What can stand behind a key of the warning settings: times of day, dates, addresses; each refused with its reason.

No reason repeats what was given: a secret that somebody wrote in the wrong place must not come out in a message.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainValidator, StringConstraints

YEARS = range(2000, 2101)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
NAME = r"[A-Za-z][A-Za-z0-9-]{0,39}"


class Entry(BaseModel):
    """Nothing is converted, nothing unknown is passed over: settings are either right or refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True)


def _name(value: object) -> str:
    if not (isinstance(value, str) and re.fullmatch(NAME, value)):
        raise ValueError("must be a short name of letters, digits and -, such as anna")
    return value


def _email(value: object) -> str:
    wanted = isinstance(value, str) and re.fullmatch(r"[!-~]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", value)
    if not wanted or re.search(r"[,;:<>()\"\\\[\]]|@.*@|\.\.", cast(str, value)):
        raise ValueError("must be one mail address, such as anna@lab.example")
    return cast(str, value)


def _phone(value: object) -> str:
    # not phonenumbers: its tables age and would refuse a new number; it reads +1-800-FLOWERS and passes over extensions
    written = re.sub(r"[ -]", "", value) if isinstance(value, str) else ""
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", written):
        raise ValueError("must be a number with + and country code as text (E.164), such as '+49 30 1234567'")
    return written


def _zone(value: object) -> ZoneInfo:
    try:
        if not isinstance(value, str):
            raise ValueError
        return ZoneInfo(value)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise ValueError("must be the name of an IANA time zone, such as 'Europe/Berlin'") from None


def _minute(value: object) -> int:
    """Minutes after midnight."""
    found = re.fullmatch(r"([01][0-9]|2[0-4]):([0-5][0-9])", value) if isinstance(value, str) else None
    if isinstance(value, time) and value.tzinfo is None and not (value.second or value.microsecond):
        return value.hour * 60 + value.minute
    if not found or (found[1] == "24" and found[2] != "00"):
        raise ValueError("must be a time of day, such as '08:00' ('24:00' is the end of the day)")
    return int(found[1]) * 60 + int(found[2])


def _moment(value: object) -> int | datetime:
    """A time of day as minutes after midnight, or a local date and time."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:00)?", value):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("is no date and time of the calendar") from None
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise ValueError("must be without offset: it is in the time_zone of this file")
        if value.second or value.microsecond or value.year not in YEARS:
            raise ValueError(f"must be a whole minute of the years {YEARS[0]} to {YEARS[-1]}")
        return value
    try:
        return _minute(value)
    except ValueError:
        raise ValueError("must be a time of day, such as '08:00', or with a date: '2026-11-21 08:00'") from None


def _date(value: object) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise ValueError("is no date of the calendar") from None
    if not isinstance(value, date) or isinstance(value, datetime) or value.year not in YEARS:
        raise ValueError(f"must be a date of the years {YEARS[0]} to {YEARS[-1]}, such as 2026-11-21")
    return value


def _weekday(value: object) -> int:
    if not (isinstance(value, str) and value in DAYS):
        raise ValueError(f"must be one of {', '.join(DAYS)}")
    return DAYS.index(value)


def _url(value: object) -> str:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        usable = parts and parts.scheme in ("https", "http") and parts.hostname and (parts.port or 1)
    except ValueError:
        usable = None
    if not usable or not re.fullmatch(r"[!-~]+", cast(str, value)):
        raise ValueError("must be a URL that begins with https:// or http://")
    return cast(str, value)


def no_secret_in(url: str) -> str:
    """A URL without user, password or query; those belong to the credentials."""
    parts = urlsplit(url)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("must be without user, password and ?...: give it as a credential instead")
    return url


def guarded(url: str) -> str:
    """A URL to which a password can be sent: encrypted, or of this computer."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ValueError("must begin with https://: the token would go out in the clear")
    return url


def _one_line(value: Any) -> Any:
    if isinstance(value, str) and not value.strip().isprintable():
        raise ValueError("must be one line of printable text")
    return value


def _host(value: object) -> str:
    if not (isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.:-]*[A-Za-z0-9])?|::1", value)):
        raise ValueError("must be the name or address of a computer, such as mail.lab.example")
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Line = Annotated[str, BeforeValidator(_one_line), StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Name = Annotated[str, PlainValidator(_name)]
Email = Annotated[str, PlainValidator(_email)]
Phone = Annotated[str, PlainValidator(_phone)]
Zone = Annotated[ZoneInfo, PlainValidator(_zone)]
Minute = Annotated[int, PlainValidator(_minute)]
Moment = Annotated[int | datetime, PlainValidator(_moment)]
Day = Annotated[date, PlainValidator(_date)]
Weekday = Annotated[int, PlainValidator(_weekday)]
Host = Annotated[str, PlainValidator(_host)]
Url = Annotated[str, PlainValidator(_url)]
PlainUrl = Annotated[Url, AfterValidator(no_secret_in)]
ChannelName = Literal["email", "sms", "call", "other"]
