"""The file of the warning settings: TOML, read whole and right, or refused with every error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from eyegore.basics.files import config_path
from eyegore.basics.toml_file import REASONS, Keys, TomlSource, keys_of, read_toml, reason_of
from eyegore.messages.warnings import Channel
from eyegore.warning.channels.accounts import ImapAccount, SmtpAccount, TwilioAccount
from eyegore.warning.duty.roster import QuietHours, Roster, WallClock
from eyegore.warning.settings.model import Heartbeat, Person, Proof, Rates, Texts, WarningSettings

if TYPE_CHECKING:
    from eyegore.warning.settings.schema import ImapEntry, ProofEntry, SettingsEntry, SmtpEntry

FILE = "warnings.toml"
_SECRET_KEYS = ("password", "passwd", "pass", "token", "auth_token", "secret", "api_key", "key", "webhook")
_KEYWORDS = {"begins": "from", "ends": "to", "critical": "CRITICAL", "warning": "WARNING"}
_REASONS = REASONS | {
    "string_pattern_mismatch": "must be AC and 32 hexadecimal digits, as the console of Twilio shows it",
    "dict_type": "must be a table with an entry for each name",
}


def default_path() -> Path:
    """Where the settings are unless told otherwise."""
    return config_path(FILE)


def example() -> str:
    """The settings a lab begins with, commented."""
    return (Path(__file__).parent / "example.toml").read_text(encoding="utf-8")


def load_settings(path: Path) -> WarningSettings:
    """Read the settings. Raises :class:`TomlError` with every error found."""
    from eyegore.warning.settings.between import faults_between
    from eyegore.warning.settings.schema import SettingsEntry

    source = read_toml(path, begin="eyegore settings example")
    between = faults_between(source.raw, datetime.now().date())
    return _built(source, source.valid(SettingsEntry, between, keys=_keys, reason=_reason))


def _keys(location: Iterable[int | str]) -> Keys:
    return tuple(_KEYWORDS.get(key, key) for key in keys_of(location))


def _reason(error: Mapping[str, Any]) -> str:
    """Never with the value: it may be a secret in the wrong place."""
    if error["type"] == "extra_forbidden" and str(error["loc"][-1]).lower() in _SECRET_KEYS:
        return "must not be in this file: credentials are in the environment, a keyring or a file of their own"
    return reason_of(error, _REASONS, values=False)


def _built(source: TomlSource, entry: SettingsEntry) -> WarningSettings:
    clock = WallClock(entry.time_zone)
    there = tuple(map(Channel, entry.accounts()))
    people = {
        key: Person(
            key=key,
            name=each.name,
            channels=tuple(channel for channel in map(Channel, each.reach()) if channel in there),
            email=each.email or "",
            phone=each.phone or "",
            other=tuple(each.other),
        )
        for key, each in entry.people.items()
    }
    quiet = {key: [span.span() for span in each.quiet] for key, each in entry.people.items() if each.quiet is not None}
    smtp, imap, twilio, beat, proof = entry.smtp, entry.imap, entry.twilio, entry.heartbeat, entry.proof
    return WarningSettings(
        path=source.path,
        zone=entry.time_zone,
        texts=Texts(entry.texts.lab, entry.texts.signature or "", entry.texts.instructions or ""),
        people=MappingProxyType(people),
        roster=Roster([each.entry() for each in entry.duty], clock),
        quiet_hours=QuietHours([each.span() for each in entry.quiet], quiet, clock),
        routes=MappingProxyType(entry.routed()),
        escalate_after_s=entry.escalate_after_min * 60,
        rates=Rates(
            entry.rates.per_parameter, entry.rates.total, entry.rates.window_min * 60, entry.rates.expires_min * 60
        ),
        poll_s=entry.poll_s,
        smtp=SmtpAccount(**_server(source, smtp), sender=smtp.sender, helo=smtp.helo or "") if smtp else None,
        twilio=TwilioAccount(twilio.sid, None, twilio.sender, twilio.base_url or "", twilio.timeout_s)
        if twilio
        else None,
        imap=ImapAccount(**_server(source, imap), folder=imap.folder) if imap else None,
        other=MappingProxyType({name: each.timeout_s for name, each in entry.other.items()}),
        heartbeat=Heartbeat(_below(source, beat.file), beat.url or "", beat.period_s, wanted=True)
        if beat
        else Heartbeat(),
        proof=_proof(proof, there) if proof else Proof(),
        credentials=Path(_below(source, entry.credentials)) if entry.credentials else None,
    )


def _proof(entry: ProofEntry, there: tuple[Channel, ...]) -> Proof:
    """By all channels but calls unless it says so: nobody is to be rung up each day."""
    usual = tuple(channel for channel in there if channel is not Channel.CALL)
    return Proof(tuple(sorted(entry.at)), entry.answer_min * 60, tuple(map(Channel, entry.channels or ())) or usual)


def _server(source: TomlSource, entry: SmtpEntry | ImapEntry) -> dict[str, Any]:
    return {
        "host": entry.host,
        "port": entry.port or entry.usual_ports[entry.security],
        "security": entry.security,
        "user": entry.user or "",
        "ca_file": _below(source, entry.ca_file),
        "timeout_s": entry.timeout_s,
    }


def _below(source: TomlSource, name: str | None) -> str:
    return str(source.below(name)) if name else ""
