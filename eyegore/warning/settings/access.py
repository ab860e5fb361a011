"""The accounts of the settings together with their credentials, and which of these are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    mail = None
    if smtp and (SMTP in found or SMTP not in wanted):
        mail = SmtpAccount(
            smtp.host,
            smtp.port,
            smtp.security,
            smtp.user,
            found.get(SMTP),
            smtp.sender,
            smtp.timeout_s,
            smtp.ca_file,
        )
    inbox = None
    if imap and IMAP in found:
        inbox = ImapAccount(
            imap.host, imap.port, imap.security, imap.user, found[IMAP], imap.folder, imap.timeout_s, imap.ca_file
        )
    phone = None
    if twilio and TWILIO in found:
        phone = TwilioAccount(twilio.sid, found[TWILIO], twilio.sender, twilio.base_url, twilio.timeout_s)
    other = {
        name: OtherAccount((found[other_name(name)],), timeout_s)
        for name, timeout_s in settings.other.items()
        if other_name(name) in found
    }
    url = SecretStr(settings.heartbeat.url) if settings.heartbeat.url else None
    if settings.heartbeat.wanted:
        url = credentials.get(HEARTBEAT) or url
    missing = tuple(f"{name} ({what})" for name, what in wanted.items() if name not in found)
    return Accounts(mail, phone, inbox, other, url, missing)
