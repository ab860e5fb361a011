"""Replies by e-mail, fetched from a mailbox by IMAP.

The From line of a mail is not proof of who sent it: anybody can write any address there. What protects us is the code,
which only those told by a warning know, and that few wrong ones are tried (:mod:`eyegore.warning.replies.desk`). The
mailbox ought to be Eyegore's own, at a server that refuses forged mail (SPF, DKIM, DMARC).
"""

from __future__ import annotations

import base64
import contextlib
import email
import imaplib
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from eyegore.warning.channels.attempt import Attempt
from eyegore.warning.channels.network_words import lasting, told, trouble, unexpected
from eyegore.warning.replies.mail_text import by_machine, sender_of, text_of
from eyegore.warning.replies.reply import Polled, Reply

if TYPE_CHECKING:
    from eyegore.warning.channels.accounts import ImapAccount

LONGEST_POLL = 3.0
"""A poll may take so many time-outs of the account in all."""
MOST_MAILS = 50
"""Mails of one poll, the newest first; the others come in the next."""
MOST_BYTES = 65_536
"""Of each mail: an answer stands at its top."""
DAY_S = 86_400.0
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""As IMAP writes them in every language."""


class ImapInbox:
    """Gives the mails that arrived since ``since`` [unix s] and are not marked as read.

    Mails that were taken are marked by the next poll: when Eyegore is killed before, they come again, and the desk
    knows them. ``clock`` gives unix time [s].
    """

    def __init__(self, account: ImapAccount, since: float, clock: Callable[[], float] = time.time) -> None:
        self._account = account
        self._clock = clock
        self._since = since - DAY_S  # IMAP knows days only, of an unknown zone
        self._done: set[str] = set()  # taken, or written by a program
        self._to_mark: set[str] = set()

    def poll(self) -> Polled:
        """Replies that were not taken yet; ends within :data:`LONGEST_POLL` time-outs, whatever the server does."""
        now = self._clock()
        attempt = Attempt(LONGEST_POLL * self._account.timeout_s)
        found: list[Reply] = []  # what was read before something went wrong counts
        skipped: set[str] = set()
        problem = ""
        try:
            attempt.run(lambda: self._read(attempt, found, skipped, now))
        except Exception as why:  # noqa: BLE001 - whatever it is must not end the polling: people answer while it lasts
            problem = self._explained(why)
        replies = tuple(sorted(found, key=lambda reply: reply.received))
        self._done |= set(skipped)
        return Polled(replies, problem)

    def taken(self, reply: Reply) -> str:
        """The reply is not wanted again; the server is told by the next poll."""
        self._done.add(reply.reference)
        self._to_mark.add(reply.reference)
        return ""

    def _read(self, attempt: Attempt, found: list[Reply], skipped: set[str], now: float) -> None:
        with contextlib.closing(_Mailbox(self._account, attempt)) as mailbox:
            marked = set(self._to_mark)
            mailbox.mark_read(marked)
            self._to_mark -= marked
            unread = [one for one in mailbox.unread(self._since) if one not in self._done]
            for reference in unread[-MOST_MAILS:][::-1]:
                reply = mailbox.fetch(reference, now)
                if reply is not None:
                    found.append(reply)
                else:
                    skipped.add(reference)

    def _explained(self, why: Exception) -> str:
        where = f"the mailbox at {self._account.host}"
        said = lasting(why)
        if said is None and isinstance(why, UnicodeError):
            said = "user, password or folder hold signs that it cannot take"
        if said is None and isinstance(why, _RefusalError):
            said = told(str(why), *_spellings(self._account))
        if said is None:
            said = trouble(why, self._account.timeout_s)
        if said is None and isinstance(why, imaplib.IMAP4.abort):
            said = "it closed the connection, or does not speak IMAP: check port and security"
        if said is None and isinstance(why, imaplib.IMAP4.error | ValueError):
            said = "it answered something that cannot be read"
        return f"{where}: {said or unexpected(why, where)}"


class _RefusalError(Exception):
    """The server said no; its words are the text."""


class _Connection(imaplib.IMAP4):
    """A connection that an attempt can cut; encrypted from its first byte where ``context`` is given."""

    def __init__(self, account: ImapAccount, attempt: Attempt, context: ssl.SSLContext | None) -> None:
        self._attempt = attempt
        self._context = context
        super().__init__(account.host, account.port, timeout=min(account.timeout_s, attempt.left))

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((self.host, self.port), timeout)
        try:
            self._attempt.connected(plain)
            return plain if self._context is None else self._context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


class _Mailbox:
    """The folder of an account, open. References are ``imap/UIDVALIDITY/UID``, which hold for ever (RFC 3501)."""

    # not imap-tools: it fetches whole mails, however long, without the server's own word on when they arrived
    def __init__(self, account: ImapAccount, attempt: Attempt) -> None:
        context = ssl.create_default_context(cafile=account.ca_file or None) if account.security != "none" else None
        self._imap = _Connection(account, attempt, context if account.security == "tls" else None)
        try:
            if account.security == "starttls":
                if "STARTTLS" not in self._imap.capabilities:
                    raise _RefusalError("it offers no STARTTLS: check port and security")
                self._ask("STARTTLS", self._imap.starttls, context)
            self._log_in(account)
            self._ask(f"the folder {account.folder}", self._imap.select, _quoted(account.folder))
            self._validity = _number(self._imap.response("UIDVALIDITY")[1])
        except BaseException:
            self.close()
            raise

    def _log_in(self, account: ImapAccount) -> None:
        user, password = account.user, account.secret
        if user.isascii() and password.isascii():
            self._ask("the login", self._imap.login, user, password)
        else:  # LOGIN knows ASCII only
            self._ask("the login", self._imap.authenticate, "PLAIN", lambda _: f"\0{user}\0{password}".encode())

    def close(self) -> None:
        """Say good-bye, whether or not anybody listens."""
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self._imap.logout()
        with contextlib.suppress(OSError):
            self._imap.shutdown()

    def unread(self, since: float) -> list[str]:
        """Mails that are not marked as read, as they arrived."""
        day = datetime.fromtimestamp(max(since, 0.0), UTC)
        criteria = ("UNSEEN", "SINCE", f"{day.day:02d}-{MONTHS[day.month - 1]}-{day.year}")
        answer = self._ask("the search for new mails", self._imap.uid, "SEARCH", *criteria)
        numbers = b" ".join(part for part in answer if isinstance(part, bytes)).split()
        return [f"imap/{self._validity}/{int(number)}" for number in numbers]

    def fetch(self, reference: str, now: float) -> Reply | None:
        """A mail as a reply; None when a program wrote it, or it is gone."""
        number = reference.rpartition("/")[2]
        answer = self._ask("a mail", self._imap.uid, "FETCH", number, f"(INTERNALDATE BODY.PEEK[]<0.{MOST_BYTES}>)")
        literals = [part[1] for part in answer if isinstance(part, tuple) and len(part) > 1]
        if not literals:
            return None
        rest = b" ".join(part[0] if isinstance(part, tuple) else part for part in answer if part)
        mail = email.message_from_bytes(literals[0])
        if by_machine(mail):
            return None
        return Reply(reference, sender_of(mail), text_of(mail), min(_arrived(rest, now), now))

    def mark_read(self, references: set[str]) -> None:
        """Mark mails as read; those of another life of the mailbox are left alone."""
        ours = [one.split("/")[2] for one in references if one.split("/")[1] == self._validity]
        if ours:
            self._ask(
                "to mark mails as read", self._imap.uid, "STORE", ",".join(sorted(ours)), "+FLAGS.SILENT", r"(\Seen)"
            )

    def _ask(self, what: str, command: Callable[..., tuple[str, Any]], *arguments: Any) -> Sequence[Any]:
        """What the server answers; bytes, tuples of bytes, and None."""
        try:
            result, answer = command(*arguments)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as why:
            raise _RefusalError(f"it refused {what}: {_words(why.args)}") from None
        if result != "OK":
            raise _RefusalError(f"it refused {what}: {_words(answer)}")
        return tuple(answer)


def _words(parts: Iterable[object]) -> str:
    return " ".join(part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part) for part in parts)


def _spellings(account: ImapAccount) -> tuple[str, ...]:
    """The password in each form it may come back in: some servers repeat what was sent, and imaplib shows the bytes."""
    password = account.secret
    sent = _quoted(password)[1:-1]
    plain = base64.b64encode(f"\0{account.user}\0{password}".encode()).decode()
    return repr(sent.encode())[2:-1], sent, password, plain


def _quoted(text: str) -> str:
    """As IMAP wants text that may hold anything, and as imaplib sends a password."""
    return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'


def _number(answer: Sequence[object]) -> str:
    """The number in an answer, "0" where there is none."""
    match = re.search(rb"\d+", b" ".join(part for part in answer if isinstance(part, bytes)))
    return match[0].decode() if match else "0"


def _arrived(answer: bytes, now: float) -> float:
    """When the server got a mail [unix s]: its own word, not the Date line, which anybody can write."""
    with contextlib.suppress(ValueError, OverflowError):
        moment = imaplib.Internaldate2tuple(answer)
        if moment is not None:
            return time.mktime(moment)
    return now
