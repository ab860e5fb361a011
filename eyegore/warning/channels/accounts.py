"""What is needed to be let in by a mail server, Twilio or a chat; secrets stay wrapped until the provider is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pydantic import SecretStr


@dataclass(frozen=True)
class SmtpAccount:
    """The server that takes our mail; ``sender`` is the From address, ``timeout_s`` [s] bounds one whole attempt.

    Without ``user`` there is no login. ``ca_file`` names the certificate of the authority of a lab's own server; "" is
    what the computer trusts.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str
    password: SecretStr | None
    sender: str
    timeout_s: float = 15
    ca_file: str = ""


@dataclass(frozen=True)
class TwilioAccount:
    """An account with Twilio; ``sender`` is its own number (+4930...), ``timeout_s`` [s] bounds one whole attempt.

    ``base_url`` stands in for https://api.twilio.com, "" for that itself.
    """

    sid: str
    token: SecretStr
    sender: str
    base_url: str = ""
    timeout_s: float = 15


@dataclass(frozen=True)
class OtherAccount:
    """Addresses of whatever the lab uses besides; each is a secret, for who knows it may write there."""

    urls: tuple[SecretStr, ...]
    timeout_s: float = 15


@dataclass(frozen=True)
class ImapAccount:
    """The mailbox where answers to our mails arrive; ``timeout_s`` [s] bounds each answer of the server."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str
    password: SecretStr
    folder: str = "INBOX"
    timeout_s: float = 15
    ca_file: str = ""
