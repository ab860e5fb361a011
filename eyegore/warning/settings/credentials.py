"""Passwords and tokens, and the accounts they open.

They come from the environment, a file that only its owner can read, or the keyring of the desktop.
A value is wrapped where it is read, and unwrapped only where it is given to the provider. No message has one in it.
"""

from __future__ import annotations

import importlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from eyegore.basics.errors import SettingsError
from eyegore.warning.channels.accounts import ImapAccount, OtherAccount, SmtpAccount, TwilioAccount
from eyegore.warning.settings.model import WarningSettings

if TYPE_CHECKING:
    from pydantic import SecretStr

SMTP = "EYEGORE_SMTP_PASSWORD"
IMAP = "EYEGORE_IMAP_PASSWORD"
TWILIO = "EYEGORE_TWILIO_TOKEN"
HEARTBEAT = "EYEGORE_HEARTBEAT_URL"
SERVICE = "eyegore"
"""Under this name entries are kept in a keyring."""
_MODE = 0o600
_LONGEST = 65_536
"""No credentials file is longer [bytes]."""


def other_name(channel: str) -> str:
    """The name of the credential with the URL of another channel: ``lab-chat`` is ``EYEGORE_OTHER_LAB_CHAT``."""
    return f"EYEGORE_OTHER_{channel.upper().replace('-', '_')}"


@dataclass(frozen=True)
class Credential:
    """One secret and where it came from."""

    secret: SecretStr
    origin: str


class Credentials:
    """All that are there. ``environ`` goes before the ``file``, the file before the keyring.

    Raises :class:`SettingsError` when the file may be read by others, or cannot be read.
    """

    def __init__(self, file: Path | None = None, environ: Mapping[str, str] | None = None) -> None:
        from pydantic import SecretStr

        self.file = file
        there = os.environ if environ is None else environ
        self._from_environment = {
            name: SecretStr(value) for name, value in there.items() if name.startswith("EYEGORE_") and value
        }
        self._from_file = _read(file) if file is not None else {}

    def __repr__(self) -> str:
        return f"Credentials({str(self.file)!r})"

    def find(self, name: str) -> Credential | None:
        """The credential of that name, None where there is none."""
        if name in self._from_environment:
            return Credential(self._from_environment[name], "environment")
        if name in self._from_file:
            return Credential(self._from_file[name], str(self.file))
        secret = _from_keyring(name)
        return Credential(secret, "keyring") if secret is not None else None

    def get(self, name: str) -> SecretStr | None:
        """The secret alone."""
        found = self.find(name)
        return found.secret if found else None


def _read(path: Path) -> dict[str, SecretStr]:
    """What a credentials file holds; it is looked at by its handle, so that it cannot be exchanged in between."""
    from pydantic import SecretStr

    from eyegore.basics.toml_file import TomlError, parse_toml

    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as why:
        if path.is_symlink():
            raise SettingsError(f"{path}: is a link: name the credentials file itself") from None
        raise SettingsError(f"{path}: the credentials file cannot be read: {why.strerror}") from None
    try:
        _refuse_shared(path, os.fstat(handle))
        with open(handle, "rb", closefd=False) as file:
            content = file.read(_LONGEST + 1)
    except OSError as why:
        raise SettingsError(f"{path}: the credentials file cannot be read: {why.strerror}") from None
    finally:
        os.close(handle)
    if len(content) > _LONGEST:
        raise SettingsError(f"{path}: is too long for a credentials file")
    try:
        source = parse_toml(path, content)
    except TomlError as why:
        place = str(why).split(": ", 1)[0]  # what stands there may be the secret itself
        raise SettingsError(f'{place}: is not TOML: each line must be NAME="value", in double quotes') from None
    found = {}
    for name, value in source.raw.items():
        place = source.place((name,))
        if not name.startswith("EYEGORE_"):
            raise SettingsError(f"{place}: only names that begin with EYEGORE_ belong into a credentials file")
        if not isinstance(value, str) or not value:
            raise SettingsError(f"{place}: {name}: must be text in double quotes, and not empty")
        found[name] = SecretStr(value)
    return found


def _refuse_shared(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise SettingsError(f"{path}: is not a regular file: credentials are read from one only")
    if found.st_uid != os.geteuid():
        raise SettingsError(f"{path}: belongs to another user: credentials must be in a file of your own")
    mode = stat.S_IMODE(found.st_mode)
    if mode != _MODE:
        raise SettingsError(f"{path}: has mode {mode:04o}, must be 0600 (for you alone): chmod 600 {path}")


def _from_keyring(name: str) -> SecretStr | None:
    """From the keyring of the desktop where the package keyring is installed and has one; it is optional."""
    from pydantic import SecretStr

    try:
        keyring = importlib.import_module("keyring")
        errors = importlib.import_module("keyring.errors")
    except ImportError:
        return None
    try:
        value = keyring.get_password(SERVICE, name)
    except (errors.KeyringError, RuntimeError, OSError):  # locked, no desktop, no bus
        return None
    return SecretStr(value) if value else None


@dataclass(frozen=True)
class Accounts:
    """The accounts of the settings with their credentials; None or absent without.

    ``missing`` names these in words, ``flawed`` those that can never work.
    """

    smtp: SmtpAccount | None
    twilio: TwilioAccount | None
    imap: ImapAccount | None
    other: Mapping[str, OtherAccount]
    heartbeat_url: SecretStr | None
    missing: tuple[str, ...]
    flawed: tuple[str, ...] = ()


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


def flaws(settings: WarningSettings, credentials: Credentials) -> dict[str, str]:
    """What is wrong with credentials that are there and can never work, by name; not with what is in them."""
    found = {}
    for name in needed(settings):
        secret = credentials.get(name)
        flaw = _flaw(name, secret.get_secret_value()) if secret is not None else ""
        if flaw:
            found[name] = flaw
    return found


def _flaw(name: str, secret: str) -> str:
    if not secret.isprintable():
        return "holds a line break or another sign that cannot be typed: copy it again"
    if name == TWILIO and not re.fullmatch(r"[!-~]+", secret):
        return "holds letters that no token has: copy it again from the console"
    if name not in (SMTP, IMAP, TWILIO) and not re.match(r"https?://[!-~]", secret):
        return "is no URL that begins with https://"
    return ""


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
    flawed = tuple(f"{name} {flaw}" for name, flaw in flaws(settings, credentials).items())
    return Accounts(mail, phone, inbox, other, url, missing, flawed)
