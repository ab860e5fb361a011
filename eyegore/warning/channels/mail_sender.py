"""Warnings by mail, through the lab's own server."""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from eyegore.messages.warnings import Channel, Outcome, Result, Scope
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
            letter = mail(self._account.sender, address, notice, samples, time.time())
        except AddressError as why:
            return Outcome(Result.REFUSED, f"{why}: check the settings")
        attempt = Attempt(self._account.timeout_s)
        return attempt.outcome(self._name, lambda: self._deliver(attempt, address, letter), self._explain)

    def check(self) -> Outcome:
        """Whether mail can be sent at all, as far as that shows without one: greeting, encryption, login, sender."""
        attempt = Attempt(self._account.timeout_s)
        return attempt.outcome(self._name, lambda: self._checked(attempt), self._explain)

    def _checked(self, attempt: Attempt) -> Outcome:
        sender = self._account.sender
        with self._opened(attempt) as server:
            server.ehlo_or_helo_if_needed()
            code, answer = server.docmd(f"mail FROM:<{sender}>")
            if code == 250:  # many servers say only now that they do not like our name; no address need exist for that
                code, answer = server.docmd(f"rcpt TO:<{sender}>")
                code = code if _is_about_our_name(answer) else 250
            if code != 250:
                return self._refusal(code, answer, f"mail from {sender}")
        return Outcome(Result.SENT, f"{self._name} lets us in")

    def _deliver(self, attempt: Attempt, address: str, letter: Mail) -> Outcome:
        with self._opened(attempt) as server:
            return self._transact(server, attempt, address, letter)

    @contextlib.contextmanager
    def _opened(self, attempt: Attempt) -> Iterator[smtplib.SMTP]:
        """A connection that is logged in."""
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
            yield server
            with contextlib.suppress(smtplib.SMTPException, OSError):  # the mail is theirs already
                server.quit()
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
            return Outcome(Result.REFUSED, f"{self._name}: {hint}", scope=Scope.PROVIDER)
        if isinstance(why, smtplib.SMTPResponseException):
            what = "our greeting" if isinstance(why, smtplib.SMTPHeloError) else "the connection"
            return self._refusal(why.smtp_code, why.smtp_error, what)
        if isinstance(why, smtplib.SMTPException) and not isinstance(why, smtplib.SMTPServerDisconnected):
            unknown = f"{self._name}: no way of logging in that both sides know: check user"
            return Outcome(Result.REFUSED, unknown, scope=Scope.PROVIDER)
        words = None if isinstance(why, smtplib.SMTPServerDisconnected) else lasting(why)
        return Outcome(Result.REFUSED, f"{self._name}: {words}", scope=Scope.PROVIDER) if words else None

    def _refusal(self, code: int, answer: bytes | str, what: str) -> Outcome:
        """4xx is "not now", 5xx "not so", -1 an end in the middle of an answer."""
        if code < 400:
            broken = f"{self._name} broke off at {what}; nothing was sent"
            return Outcome(Result.RETRY, broken, scope=Scope.PROVIDER)
        about_us = what == "our greeting" or _is_about_our_name(answer)
        scope = Scope.ADDRESS if what.startswith("the mail") and not about_us else Scope.PROVIDER
        password = self._account.secret
        said = told(answer, password, f"\0{self._account.user}\0{password}") if password else told(answer)
        hint = self._hint(code, what, about_us=about_us)
        if code < 500:
            later = GREYLISTED_S if code in (450, 451) and scope is Scope.ADDRESS else None
            words = f"{self._name} puts off {what} ({code} {said}){hint if about_us else ''}"
            return Outcome(Result.RETRY, words, retry_after=later, scope=scope)
        return Outcome(Result.REFUSED, f"{self._name} refused {what} ({code} {said}){hint}", scope=scope)

    def _hint(self, code: int, what: str, *, about_us: bool) -> str:
        if about_us:
            return ": it does not like the name of this computer, set helo in [smtp] to one that it knows"
        if what == "the login":
            odd = not (self._account.user + self._account.secret).isascii()
            letters = " (they hold letters that not every server takes: try a password of ASCII letters)" if odd else ""
            return f": check user and EYEGORE_SMTP_PASSWORD{letters}"
        if code == 530:
            return ": it wants a login or encryption, check user and security"
        if what.startswith("mail from"):
            return ": check the sender"
        return ": check the address and the sender" if what.startswith("the mail") else ""


def _is_about_our_name(answer: bytes | str) -> bool:
    """Whether a refusal is of the name we gave in the greeting; Postfix tells it when it hears of the recipient."""
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return re.search(r"\b(?:helo|ehlo)\b", said, re.IGNORECASE) is not None


def _own_name(name: str, connection: socket.socket) -> str:
    """The name of this computer, or its address as RFC 5321, 4.1.3 writes it where that name is known nowhere else."""
    if not re.search(r"^\[|(?:^|\.)(?:localhost|localdomain|local)$", name):
        return name
    address = str(connection.getsockname()[0])
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


class _Held(smtplib.SMTP):
    """A connection that its attempt can cut, from the greeting on; logins may hold any letters, as UTF-8 (RFC 4616)."""

    def __init__(self, attempt: Attempt, account: SmtpAccount) -> None:
        self._attempt = attempt
        super().__init__(account.host, account.port, account.helo or None, timeout=attempt.left)
        self._name(account)

    def _name(self, account: SmtpAccount) -> None:
        if not account.helo and self.sock is not None:
            self.local_hostname = _own_name(self.local_hostname, self.sock)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._attempt.connected(connection)
        return connection

    def auth(self, mechanism: str, authobject: Any, *, initial_response_ok: bool = True) -> tuple[int, bytes]:
        """As in the library, which knows ASCII only (python/cpython#73936)."""
        if (self.user + self.password).isascii():
            return super().auth(mechanism, authobject, initial_response_ok=initial_response_ok)
        user, password = self.user.encode(), self.password.encode()
        if mechanism == "PLAIN":
            code, answer = self.docmd("AUTH", f"PLAIN {_base64(b'%c%b%c%b' % (0, user, 0, password))}")
        elif mechanism == "LOGIN":
            code, answer = self.docmd("AUTH", f"LOGIN {_base64(user)}")
            if code == 334:
                code, answer = self.docmd(_base64(password))
        else:
            raise smtplib.SMTPAuthenticationError(
                504, f"{mechanism} is not tried with letters that are not ASCII".encode()
            )
        if code not in (235, 503):
            raise smtplib.SMTPAuthenticationError(code, answer)
        return code, answer


class _HeldTls(smtplib.SMTP_SSL, _Held):
    """The same with TLS from the first byte: what is held is the connection below it."""

    def __init__(self, attempt: Attempt, account: SmtpAccount, context: ssl.SSLContext | None) -> None:
        self._attempt = attempt
        smtplib.SMTP_SSL.__init__(
            self, account.host, account.port, account.helo or None, timeout=attempt.left, context=context
        )
        self._name(account)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
