"""What is needed to be let in by a mail server, Twilio or a chat.

The settings hold accounts without their secrets, which are credentials (:mod:`eyegore.warning.settings.credentials`);
there they stay wrapped until the provider is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pydantic import SecretStr


@dataclass(frozen=True)
class MailServer:
    """A mail server; ``ca_file`` names the certificate of the authority of a lab's own, "" is what the computer trusts.

    Without ``user`` there is no login. ``timeout_s`` [s] bounds one whole attempt to send, and each answer of an inbox.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str
    password: SecretStr | None = None
    timeout_s: float = 15
    ca_file: str = ""

    @property
    def secret(self) -> str:
        """The password, "" where there is none."""
        return self.password.get_secret_value() if self.password else ""


@dataclass(frozen=True, kw_only=True)
class SmtpAccount(MailServer):
    """The server that takes our mail; ``sender`` is the From address, ``helo`` how this computer names itself there.

    Without ``helo`` it is the name of this computer, or its address where that name is known nowhere else.
    """

    sender: str
    helo: str = ""


@dataclass(frozen=True, kw_only=True)
class ImapAccount(MailServer):
    """The mailbox where answers to our mails arrive."""

    folder: str = "INBOX"


@dataclass(frozen=True)
class TwilioAccount:
    """An account with Twilio; ``sender`` is its own number (+4930...), ``timeout_s`` [s] bounds one whole attempt.

    ``base_url`` stands in for https://api.twilio.com, "" for that itself.
    """

    sid: str
    token: SecretStr | None
    sender: str
    base_url: str = ""
    timeout_s: float = 15

    @property
    def secret(self) -> str:
        """The token, "" where there is none."""
        return self.token.get_secret_value() if self.token else ""


@dataclass(frozen=True)
class OtherAccount:
    """The address of whatever the lab uses besides; it is a secret, for who knows it may write there."""

    url: SecretStr
    timeout_s: float = 15
