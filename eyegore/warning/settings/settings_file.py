"""The file of the warning settings: TOML, read whole and right, or refused with every error."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from eyegore.basics.errors import SettingsError
from eyegore.basics.toml_source import REASONS, Keys, TomlError, TomlSource, parse_toml, read_toml, reason_of
from eyegore.messages.warnings import Channel
from eyegore.warning.duty.quiet_hours import QuietHours
from eyegore.warning.duty.roster import Roster
from eyegore.warning.duty.wall_clock import WallClock
from eyegore.warning.settings.model import Heartbeat, Person, Proof, Rates, Server, Texts, Twilio, WarningSettings

if TYPE_CHECKING:
    from eyegore.warning.settings.schema import ImapEntry, ProofEntry, SettingsEntry, SmtpEntry

FILE = "warnings.toml"
_SECRET_KEYS = ("password", "passwd", "pass", "token", "auth_token", "secret", "api_key", "key", "webhook")
_KEYWORDS = {"begins": "from", "ends": "to", "critical": "CRITICAL", "warning": "WARNING"}
_REASONS = REASONS | {
    "string_pattern_mismatch": "must be AC and 32 hexadecimal digits, as the console of Twilio shows it",
    "dict_type": "must be a table with an entry for each name",
}


class WarningSettingsError(SettingsError):
    """Settings that cannot be used. Its text has one line per error: file and line, key, reason."""


def default_path() -> Path:
    """Where the settings are unless told otherwise."""
    from platformdirs import user_config_dir

    return Path(user_config_dir("eyegore")) / FILE


def load_settings(path: Path) -> WarningSettings:
    """Read the settings. Raises :class:`WarningSettingsError` with every error found."""
    try:
        source = read_toml(path)
    except TomlError as why:
        told = str(why)
        if not path.exists():
            folder = "" if path.parent.is_dir() else f"mkdir -p {path.parent}; "
            told = f"{path}: no such file; begin with: {folder}eyegore settings example > {path}"
        raise WarningSettingsError(told) from None
    return _settings(source)


def parse_settings(path: Path, content: bytes) -> WarningSettings:
    """The same of a file that was read already."""
    try:
        return _settings(parse_toml(path, content))
    except TomlError as why:
        raise WarningSettingsError(str(why)) from None


def _settings(source: TomlSource) -> WarningSettings:
    from pydantic import ValidationError

    from eyegore.warning.settings.between import faults_between
    from eyegore.warning.settings.schema import SettingsEntry

    errors: dict[Keys, list[str]] = {}
    entry = None
    try:
        entry = SettingsEntry.model_validate(source.raw)
    except ValidationError as why:
        for each in why.errors(include_url=False):
            errors.setdefault(_keys(each["loc"]), []).append(_reason(each))
    for keys, reason in faults_between(source.raw, datetime.now().date()):
        errors.setdefault(keys, []).append(reason)
    if errors or entry is None:
        lines = [
            ": ".join(part for part in (source.place(keys), _named(keys), reason) if part)
            for keys, reasons in errors.items()
            for reason in reasons
        ]
        raise WarningSettingsError("\n".join(sorted(lines, key=_line_number)))
    return _built(source.path, entry)


def _keys(location: tuple[int | str, ...]) -> Keys:
    keys = [_KEYWORDS.get(str(key), str(key)) for key in location]
    return tuple(keys[:-1] if keys[-1] == "[key]" else keys)


def _named(keys: Keys) -> str:
    """``duty 1.from``: people count entries from 1. Keys that are no names are told as Python text."""
    name = ""
    for key in keys:
        shown = key if key.isprintable() and key.strip() else repr(key)
        name += f" {int(key) + 1}" if key.isdigit() and name else f".{shown}" if name else shown
    return name


def _line_number(line: str) -> int:
    parts = line.split(":", 2)
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0


def _reason(error: Mapping[str, Any]) -> str:
    """Never with the value: it may be a secret in the wrong place."""
    if error["type"] == "extra_forbidden" and str(error["loc"][-1]).lower() in _SECRET_KEYS:
        return "must not be in this file: credentials are in the environment, a keyring or a file of their own"
    return reason_of(error, _REASONS, values=False)


def _built(path: Path, entry: SettingsEntry) -> WarningSettings:
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
        path=path,
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
        smtp=_server(path, smtp) if smtp else None,
        twilio=Twilio(twilio.sid, twilio.sender, twilio.base_url or "", twilio.timeout_s) if twilio else None,
        imap=_server(path, imap) if imap else None,
        other=MappingProxyType({name: each.timeout_s for name, each in entry.other.items()}),
        heartbeat=Heartbeat(_below(path, beat.file), beat.url or "", beat.period_s, wanted=True)
        if beat
        else Heartbeat(),
        proof=_proof(proof, there) if proof else Proof(),
        credentials=Path(_below(path, entry.credentials)) if entry.credentials else None,
    )


def _proof(entry: ProofEntry, there: tuple[Channel, ...]) -> Proof:
    """By all channels but calls unless it says so: nobody is to be rung up each day."""
    usual = tuple(channel for channel in there if channel is not Channel.CALL)
    return Proof(tuple(sorted(entry.at)), entry.answer_min * 60, tuple(map(Channel, entry.channels or ())) or usual)


def _server(path: Path, entry: SmtpEntry | ImapEntry) -> Server:
    return Server(
        host=entry.host,
        port=entry.port or entry.usual_ports[entry.security],
        security=entry.security,
        user=entry.user or "",
        ca_file=_below(path, entry.ca_file),
        timeout_s=entry.timeout_s,
        sender=getattr(entry, "sender", ""),
        folder=getattr(entry, "folder", ""),
    )


def _below(path: Path, name: str | None) -> str:
    """A file the settings name: below their own folder unless it says where."""
    if not name:
        return ""
    try:
        return str(path.absolute().parent / Path(name).expanduser())
    except RuntimeError:  # ~name of nobody: then it is the name of a file
        return str(path.absolute().parent / name)
