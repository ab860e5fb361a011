"""Receives heartbeats over HTTP, for a watchdog that shares no disk with Eyegore."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Self

from eyegore.basics.errors import SettingsError

PATH = "/heartbeat"
REQUEST_S = 10.0
"""A request that is not complete within so long [s] is dropped."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    beats = 0

    def server_bind(self) -> None:
        """Bind, without asking a name server (which may not answer) what our address is called."""
        TCPServer.server_bind(self)

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor who hangs up or writes nonsense is no trouble of ours."""


class _Request(BaseHTTPRequestHandler):
    server: _Server
    timeout = REQUEST_S
    server_version = "eyegore"
    sys_version = ""

    def do_GET(self) -> None:
        there = self.path.partition("?")[0] == PATH
        if there:
            self.server.beats += 1
        self.send_response(204 if there else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_POST = do_GET  # noqa: N815  the names that http.server asks for

    def log_message(self, *_: object) -> None:
        """A line for each beat would hide those that matter."""


class HeartbeatListener:
    """Counts requests for ``http://HOST:PORT/heartbeat`` while it is open; port 0 takes a free one.

    Raises
    ------
    SettingsError
        When the address cannot be listened on.
    """

    def __init__(self, host: str, port: int) -> None:
        try:
            self._server = _Server((host, port), _Request)
        except OSError as why:
            raise SettingsError(f"cannot listen on {host}:{port}: {why.strerror or why}") from why
        self.port = int(self._server.server_address[1])
        self.name = f"port {self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="listener", daemon=True)

    def seen(self) -> object:
        """How many beats have come; None before the first."""
        return self._server.beats or None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
