"""A small IMAP server (RFC 3501): the commands that reading replies takes, with one mailbox of real mails."""

from __future__ import annotations

import contextlib
import re
import shlex
import socket
import socketserver
import ssl
import threading
from base64 import b64decode
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO

USER = "eyegore"
PASSWORD = 'planted "imap" \\password 3f1c'


@dataclass
class Mail:
    uid: int
    content: bytes
    arrived: datetime
    flags: set[str] = field(default_factory=set)


class ImapServer:
    """``mails`` is the folder INBOX; ``commands`` what was asked. A fault spoils the next command of its name.

    Faults: ``NO`` and ``BAD`` (with the command itself, as some servers repeat it), ``drop``, ``hang``, ``drip``,
    ``nonsense``.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, implicit: bool = False, password: str = PASSWORD) -> None:
        self.mails: list[Mail] = []
        self.commands: list[str] = []
        self.faults: dict[str, deque[str]] = {}
        self.validity = 7
        self.password = password
        self.tls, self.implicit = tls, implicit
        self.closing = threading.Event()
        self._server = _Listener(("127.0.0.1", 0), _session_of(self))
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="imap-server")
        self._thread.start()

    def close(self) -> None:
        """Let go of whoever still waits."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def arrive(self, content: str, when: datetime | None = None) -> Mail:
        """A mail arrives."""
        made = Mail(len(self.mails) + 101, content.replace("\n", "\r\n").encode(), when or datetime.now(UTC))
        self.mails.append(made)
        return made

    def plant(self, command: str, *faults: str) -> None:
        """What goes wrong with the next commands of that name; "greeting" for the first line."""
        self.faults.setdefault(command, deque()).extend(faults)

    def fault(self, command: str) -> str:
        faults = self.faults.get(command)
        return faults.popleft() if faults else ""


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = False
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients hang up: that is what some tests are about."""


def _session_of(server: ImapServer) -> type[socketserver.BaseRequestHandler]:
    class Session(socketserver.BaseRequestHandler):
        stream: BinaryIO

        def handle(self) -> None:
            connection: socket.socket = self.request
            connection.settimeout(30)
            if server.implicit and server.tls is not None:
                connection = server.tls.wrap_socket(connection, server_side=True)
            with contextlib.ExitStack() as opened:
                opened.enter_context(connection)
                self.connection = connection
                self.stream = opened.enter_context(connection.makefile("rwb"))
                if not self._spoilt(server.fault("greeting"), "*", ""):
                    self._say("* OK [CAPABILITY IMAP4rev1] ready")
                    self._serve(opened)

        def _serve(self, opened: contextlib.ExitStack) -> None:
            while line := self.stream.readline():
                tag, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
                words = rest.split(" ")
                name = (words[1] if words[0].upper() == "UID" else words[0]).upper()
                server.commands.append(rest)
                if self._spoilt(server.fault(name), tag, rest):
                    return
                if name == "STARTTLS" and server.tls is not None:
                    self._say(f"{tag} OK begin")
                    self.stream.close()
                    self.connection = opened.enter_context(server.tls.wrap_socket(self.connection, server_side=True))
                    self.stream = opened.enter_context(self.connection.makefile("rwb"))
                    continue
                self._answer(tag, name, rest)
                if name == "LOGOUT":
                    return

        def _answer(self, tag: str, name: str, rest: str) -> None:
            match name:
                case "CAPABILITY":
                    ready = server.tls is not None and not server.implicit
                    self._say(f"* CAPABILITY IMAP4rev1 AUTH=PLAIN{' STARTTLS' if ready else ''}")
                case "LOGIN":
                    if shlex.split(rest)[1:] != [USER, server.password]:
                        return self._say(f"{tag} NO [AUTHENTICATIONFAILED] wrong password")
                case "AUTHENTICATE":
                    self._say("+ ")
                    if b64decode(self.stream.readline()).decode() != f"\0{USER}\0{server.password}":
                        return self._say(f"{tag} NO [AUTHENTICATIONFAILED] wrong password")
                case "SELECT":
                    self._say(f"* {len(server.mails)} EXISTS")
                    self._say(f"* OK [UIDVALIDITY {server.validity}] UIDs valid")
                case "SEARCH":
                    self._say(f"* SEARCH {' '.join(self._found(rest))}".rstrip())
                case "FETCH":
                    self._fetch(rest)
                case "STORE":
                    numbers = rest.split(" ")[2].split(",")
                    for mail in server.mails:
                        mail.flags |= {r"\Seen"} if str(mail.uid) in numbers else set()
                case "LOGOUT":
                    self._say("* BYE")
            return self._say(f"{tag} OK {name} completed")

        def _found(self, rest: str) -> list[str]:
            day = datetime.strptime(rest.split(" ")[4], "%d-%b-%Y").date()
            return [str(one.uid) for one in server.mails if not one.flags and one.arrived.date() >= day]

        def _fetch(self, rest: str) -> None:
            number, most = rest.split(" ")[2], int(re.findall(r"<0\.(\d+)>", rest)[0])
            for place, mail in enumerate(server.mails, 1):
                if str(mail.uid) == number:
                    content = mail.content[:most]
                    date = mail.arrived.strftime("%d-%b-%Y %H:%M:%S %z")
                    head = f'* {place} FETCH (UID {number} INTERNALDATE "{date}" BODY[]<0> {{{len(content)}}}\r\n'
                    self.stream.write(head.encode() + content + b")\r\n")

        def _spoilt(self, fault: str, tag: str, rest: str) -> bool:
            """Whether the session ends here."""
            if fault in ("NO", "BAD"):
                self._say(f"{tag} {fault} cannot do: {rest}")
                return self._drain()
            if fault == "nonsense":
                self._say("HTTP/1.1 200 OK")
                return self._drain()
            if fault == "hang":
                server.closing.wait()
            elif fault == "drip":
                with contextlib.suppress(OSError):
                    while not server.closing.wait(0.05):
                        self.stream.write(b"*")
                        self.stream.flush()
            return bool(fault)

        def _drain(self) -> bool:
            """Let the other side be the first to hang up, so that it reads what was said."""
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_WR)
                while self.connection.recv(1000):
                    pass
            return True

        def _say(self, line: str) -> None:
            self.stream.write(line.encode() + b"\r\n")
            self.stream.flush()

    return Session
