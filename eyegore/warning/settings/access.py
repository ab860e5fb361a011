"""The accounts of the settings together with their credentials, and which of these are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from eyegore.warning.channels.accounts import ImapAccount, OtherAccount, SmtpAccount, TwilioAccount
from eyegore.warning.settings.credentials import HEARTBEAT, IMAP, SMTP, TWILIO, Credentials, other_name
from eyegore.warning.settings.model import WarningSettings

if TYPE_CHECKING:
    from pydantic import SecretStr


@dataclass(frozen=True)
class Accounts:
    """What can be used; None or absent without its credential. ``missing`` names these, in words for people."""

    smtp: SmtpAccount | None
    twilio: TwilioAccount | None
    imap: ImapAccount | None
    other: Mapping[str, OtherAccount]
    heartbeat_url: SecretStr | None
    missing: tuple[str, ...]


def needed(settings: WarningSettings) -> dict[str, str]:
    """The credentials these settings need, and what for."""
    found = {}
    if settings.smtp and settings.smtp.user:
        found[SMTP] = "password of [smtp]"
    if settings.twilio:
        found[TWILIO] = "auth token of [twilio]"
    if settings.imap:
        found[IMAP] = "password of [imap]"
    found |= {other_name(name): f"URL of [other.{name}]" for name in settings.other}
    if settings.heartbeat.wanted and not (settings.heartbeat.file or settings.heartbeat.url):
        found[HEARTBEAT] = "URL of [heartbeat], which has neither file nor url"
    return found


def open_accounts(settings: WarningSettings, credentials: Credentials) -> Accounts:
    """The accounts, each with its credential."""
    from pydantic import SecretStr

    wanted = needed(settings)
    found = {name: secret for name in wanted if (secret := credentials.get(name)) is not None}
    smtp, twilio, imap = settings.smtp, settings.twilio, settings.imap
    no_login = SMTP not in wanted
    mail = replace(smtp, password=found.get(SMTP)) if smtp and (no_login or SMTP in found) else None
    phone = replace(twilio, token=found[TWILIO]) if twilio and TWILIO in found else None
    inbox = replace(imap, password=found[IMAP]) if imap and IMAP in found else None
    other = {
        name: OtherAccount(found[other_name(name)], timeout_s)
        for name, timeout_s in settings.other.items()
        if other_name(name) in found
    }
    url = SecretStr(settings.heartbeat.url) if settings.heartbeat.url else None
    if settings.heartbeat.wanted:
        url = credentials.get(HEARTBEAT) or url
    missing = tuple(f"{name} ({what})" for name, what in wanted.items() if name not in found)
    return Accounts(mail, phone, inbox, other, url, missing)
