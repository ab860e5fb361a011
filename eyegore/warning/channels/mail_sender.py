"""Warnings by mail, through the lab's own server."""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from typing import TYPE_CHECKING

from eyegore.messages.warnings import Channel, Outcome, Result
from eyegore.warning.channels.attempt import Attempt
from eyegore.warning.channels.mail_message import AddressError, Mail, mail
from eyegore.warning.channels.network_words import lasting, told

if TYPE_CHECKING:
    from eyegore.messages.warnings import Notice, Samples
    from eyegore.warning.channels.accounts import SmtpAccount

TOO_BIG = 552
"""RFC 1870: the message is larger than the server takes."""
GREYLISTED_S = 300.0
"""Greylisting servers let in who comes again after this time [s] (RFC 6647 asks for 1 min to 24 h; 5 min is usual)."""


class MailSender:
    """The channel EMAIL; ``context`` is the trust in certificates, by default this computer's or ``ca_file``'s."""

    channel = Channel.EMAIL

    def __init__(self, account: SmtpAccount, context: ssl.SSLContext | None = None) -> None:
        self._account = account
        self._context = context
        self._name = f"the SMTP server {account.host}:{account.port}"

    def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
        """One mail to one address; the whole of it ends within the account's time."""
        try:
            letter = mail(self._account.sender, address, notice, samples)
        except AddressError as why:
            return Outcome(Result.REFUSED, f"{why}: check the settings")
        attempt = Attempt(self._account.timeout_s)
        return attempt.outcome(self._name, lambda: self._deliver(attempt, address, letter), self._explain)

    def _deliver(self, attempt: Attempt, address: str, letter: Mail) -> Outcome:
        account = self._account
        context = self._context
        if context is None and account.security != "none":
            context = ssl.create_default_context(cafile=account.ca_file or None)
        server = _HeldTls(attempt, account, context) if account.security == "tls" else _Held(attempt, account)
        try:
            if account.security == "starttls":
                server.starttls(context=context)
            if account.user:
                server.login(account.user, account.secret)
            outcome = self._transact(server, attempt, address, letter)
            with contextlib.suppress(smtplib.SMTPException, OSError):  # the mail is theirs already
                server.quit()
            return outcome
        finally:
            server.close()

    def _transact(self, server: smtplib.SMTP, attempt: Attempt, address: str, letter: Mail) -> Outcome:
        server.ehlo_or_helo_if_needed()
        most = server.esmtp_features.get("size", "")
        fits = not most.isdigit() or int(most) == 0 or len(letter.full) <= int(most)
        code, answer = self._offer(server, attempt, address, letter.full if fits else letter.bare)
        if code == TOO_BIG and fits:
            fits = False
            server.rset()
            code, answer = self._offer(server, attempt, address, letter.bare)
        if code != 250:
            return self._refusal(code, answer, f"the mail to {address}")
        without = "" if fits else ", without picture and table: it takes no mail of that size"
        return Outcome(Result.SENT, f"{self._name} took the mail to {address}{without}", letter.message_id)

    def _offer(self, server: smtplib.SMTP, attempt: Attempt, address: str, content: bytes) -> tuple[int, bytes]:
        """The server's last answer: 250, or the first that says no. Up to the last line nothing can have been sent."""
        steps = (f"mail FROM:<{self._account.sender}>", f"rcpt TO:<{address}>", "data")
        for step, wanted in zip(steps, ((250,), (250, 251), (354,)), strict=True):
            code, answer = server.docmd(step)
            if code not in wanted:
                return code, answer
        server.send(re.sub(rb"(?m)^\.", b"..", content))  # RFC 5321, 4.5.2: a line of one dot is the end
        attempt.handing_over()
        server.send(b".\r\n")
        code, answer = server.getreply()
        if code != 250 and code < 400:  # half an answer reads like a whole one
            raise smtplib.SMTPServerDisconnected
        attempt.handed_over = False  # it has answered: nothing is unknown any more
        return code, answer

    def _explain(self, why: Exception) -> Outcome | None:
        if isinstance(why, smtplib.SMTPAuthenticationError):
            return self._refusal(why.smtp_code, why.smtp_error, "the login")
        if isinstance(why, smtplib.SMTPNotSupportedError):
            hint = (
                f"the server does not offer what is asked for: check security ({self._account.security}), port and user"
            )
            return Outcome(Result.REFUSED, f"{self._name}: {hint}")
        if isinstance(why, smtplib.SMTPResponseException):
            return self._refusal(why.smtp_code, why.smtp_error, "the connection")
        if isinstance(why, UnicodeError):
            return Outcome(Result.REFUSED, f"{self._name}: user and password may hold ASCII letters only")
        if isinstance(why, smtplib.SMTPException) and not isinstance(why, smtplib.SMTPServerDisconnected):
            return Outcome(Result.REFUSED, f"{self._name}: no way of logging in that both sides know: check user")
        words = None if isinstance(why, smtplib.SMTPServerDisconnected) else lasting(why)
        return Outcome(Result.REFUSED, f"{self._name}: {words}") if words else None

    def _refusal(self, code: int, answer: bytes | str, what: str) -> Outcome:
        """4xx is "not now", 5xx "not so", -1 an end in the middle of an answer."""
        if code < 400:
            return Outcome(Result.RETRY, f"{self._name} broke off at {what}; nothing was sent")
        hint = ""
        if what == "the login":
            hint = ": check user and EYEGORE_SMTP_PASSWORD"
        elif code == 530:
            hint = ": it wants a login or encryption, check user and security"
        elif what.startswith("the mail"):
            hint = ": check the address and the sender"
        password = self._account.secret
        said = told(answer, password, f"\0{self._account.user}\0{password}") if password else told(answer)
        if code < 500:
            later = GREYLISTED_S if code in (450, 451) else None
            return Outcome(Result.RETRY, f"{self._name} puts off {what} ({code} {said})", retry_after=later)
        return Outcome(Result.REFUSED, f"{self._name} refused {what} ({code} {said}){hint}")


class _Held(smtplib.SMTP):
    """A connection that its attempt can cut, from the greeting on."""

    def __init__(self, attempt: Attempt, account: SmtpAccount) -> None:
        self._attempt = attempt
        super().__init__(account.host, account.port, timeout=attempt.left)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._attempt.connected(connection)
        return connection


class _HeldTls(smtplib.SMTP_SSL, _Held):
    """The same with TLS from the first byte: what is held is the connection below it."""

    def __init__(self, attempt: Attempt, account: SmtpAccount, context: ssl.SSLContext | None) -> None:
        self._attempt = attempt
        smtplib.SMTP_SSL.__init__(self, account.host, account.port, timeout=attempt.left, context=context)
