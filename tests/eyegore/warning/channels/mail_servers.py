"""Mail servers of this machine: a real one with STARTTLS and login, and one that answers as a test says."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER = "eyegore"
PASSWORD = "planted-mail-password-9d1e"
SENDER = "eyegore@lab.example"


SILENT_S = 3.0
"""After how long a server that says nothing more is given up [s]: a busy machine must come so far before."""


@dataclass
class Mailbox:
    """What the server took; ``refuse`` and ``answer`` are what it says to a recipient and to a whole mail."""

    mails: list[Envelope] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 2.0.0 Ok: queued as 4F2"
        if answer.startswith("250"):
            self.mails.append(envelope)
        return answer


@dataclass(frozen=True)
class Trust:
    """A certificate authority made for one test, and a server's side of it."""

    server: ssl.SSLContext
    ca_file: Path

    @property
    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file)


def trust(folder: Path, name: str = "localhost") -> Trust:
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(server)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    return Trust(server, folder / "ca.pem")


class _AnyPort(Controller):
    """At a port the system chooses; aiosmtpd connects to itself once, to see that it works."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextlib.contextmanager
def mail_server(
    mailbox: Mailbox, tls: ssl.SSLContext | None, implicit: bool = False, size: int = 0, password: str = PASSWORD
) -> Iterator[int]:
    """The port of a server that asks for encryption and a login."""

    def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        right = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), password.encode())
        return AuthResult(success=right, handled=False)

    controller = _AnyPort(
        mailbox,
        hostname="127.0.0.1",
        port=0,
        ssl_context=tls if implicit else None,
        tls_context=None if implicit else tls,
        require_starttls=tls is not None and not implicit,
        auth_required=not implicit,  # aiosmtpd warns of it without STARTTLS; the login is looked at all the same
        auth_require_tls=tls is not None and not implicit,
        authenticator=login,
        data_size_limit=size or 33_554_432,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextlib.contextmanager
def scripted(answers: Mapping[str, str], greeting: str = "220 lab ready") -> Iterator[int]:
    """The port of a server with one answer a command; "hang" is none, "drip" one without end, "drop" the end.

    "." is the command for the answer to a whole mail. What is not in the script is "250 OK", and "354" for DATA.
    """
    closing = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)

    def tell(connection: socket.socket, answer: str) -> bool:
        if answer == "hang":
            closing.wait()
            return False
        if answer == "drop":
            return False
        while answer == "drip" and not closing.wait(0.05):
            connection.sendall(b"2")
        if closing.is_set():
            return False
        connection.sendall(answer.encode() + b"\r\n")
        return True

    def serve(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError):
            alive, content = tell(connection, greeting), False
            while alive and (line := lines.readline()):
                word = "." if content and line == b".\r\n" else line.split()[0].decode().upper() if not content else ""
                if not word:
                    continue
                content = False
                answer = answers.get(word, {"DATA": "354 go on", "EHLO": "250 lab"}.get(word, "250 OK"))
                alive = tell(connection, answer)
                content = word == "DATA" and answer.startswith("354")

    def accept() -> None:
        with listener:
            while not closing.is_set():
                with contextlib.suppress(TimeoutError):
                    connection = listener.accept()[0]
                    connection.settimeout(None)
                    threads.append(threading.Thread(target=serve, args=(connection,)))
                    threads[-1].start()

    threads = [threading.Thread(target=accept)]
    threads[0].start()
    try:
        yield listener.getsockname()[1]
    finally:
        closing.set()
        for thread in threads:
            thread.join()
