"""``eyegore watchdog``: on a second machine, notices that Eyegore itself died and runs a program that tells people."""

from __future__ import annotations

import argparse
import contextlib
import logging
import math
import os
import subprocess
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from types import TracebackType
from typing import Protocol, Self

from eyegore.basics.errors import SettingsError
from eyegore.basics.lab_time import age_text
from eyegore.commands.command_line import Commands, add_command, require_positive
from eyegore.commands.running import ended_by_signals, set_up_logging

log = logging.getLogger(__name__)

FRESH, SILENT = 0, 1
"""Exit codes of --once; 2 is for what cannot be used, as with all commands."""
READ_S = 2.0
WARN_S = 60.0
"""A warning program may take so long [s]."""
DESCRIPTION = """\
Waits for the heartbeat of an Eyegore that runs elsewhere: a file it writes (on a shared or copied disk), or the
requests it makes to the address we listen on. When none has come for --after seconds the program of --exec is run
once, and again every --again seconds for as long as the silence lasts; it finds what happened in a sentence on its
standard input and in the variable EYEGORE_WATCHDOG. It is run a last time when Eyegore is heard again. A program
that fails is tried again after --every seconds or a minute, whichever is longer."""
EPILOG = """\
exit codes: 0 ended by Ctrl-C or SIGTERM (--once: heard lately), 1 silent (--once only), 2 the options cannot be used

examples:
  eyegore watchdog --file /net/lab/eyegore.beat --exec mail -s "Eyegore is silent" night@lab.org
  eyegore watchdog --listen 0.0.0.0:8765 --after 180 --exec /usr/local/bin/ring-the-bell
  eyegore watchdog --file /net/lab/eyegore.beat --once || echo "silent"      (for cron)"""


class Beats(Protocol):
    """Where heartbeats come from."""

    name: str

    def seen(self) -> object:
        """Something that changes with every beat, None before the first."""
        ...


class BeatFile:
    """A heartbeat file: other content is a beat, whatever the clocks of the machines say."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        self._last: object = None
        self._thread: threading.Thread | None = None

    def seen(self) -> object:
        """The content as it was last read; a disk that hangs, as that of a dead machine may, does not hold us up."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._read, name="heartbeat file", daemon=True)
            self._thread.start()
        self._thread.join(READ_S)
        return self._last

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            self._last = self._path.read_bytes()[:200]

    def age(self, now: float) -> float:
        """Age [s] at ``now`` [unix s]: by the older of the time written in it and the file's own; inf without one."""
        try:
            content, modified = self._path.read_bytes()[:200], self._path.stat().st_mtime
        except OSError:
            return math.inf
        try:
            written = float(content.split()[0])
        except (ValueError, IndexError):
            return math.inf  # not ours, or cut short
        return now - min(written, modified) if math.isfinite(written) else math.inf


class Watch:
    """Decides when to warn: pure, but for ``warn``, which takes the text and returns a problem or "". Times [s]."""

    def __init__(self, name: str, after_s: float, again_s: float, warn: Callable[[str], str], now: float) -> None:
        self._name = name
        self._after_s = after_s
        self._again_s = again_s
        self._warn = warn
        self._seen: object = None
        self._heard = now
        self._next = -math.inf
        self._silent = False
        self._told = False

    def look(self, seen: object, now: float, retry_s: float) -> None:
        """Take what was seen at ``now`` of one clock that never goes back."""
        if seen is not None and seen != self._seen:
            first = self._seen is None and not self._silent
            self._seen, self._heard = seen, now
            if first:
                log.info("heartbeat of Eyegore found (%s)", self._name)
            if self._silent:
                self._silent, self._next = False, -math.inf
                log.warning("Eyegore is heard again")
        silence = now - self._heard
        if silence > self._after_s:
            self._silent = True
        if now < self._next:
            return
        if self._silent:
            text = f"Eyegore is silent for {age_text(silence)} ({self._name}): nobody watches the camera"
            self._told = self._tell(text, now, self._again_s, retry_s) or self._told
        elif self._told and self._tell(f"Eyegore is heard again ({self._name})", now, 0.0, retry_s):
            self._told = False

    def _tell(self, text: str, now: float, again_s: float, retry_s: float) -> bool:
        log.warning("%s", text)
        problem = self._warn(text)
        if problem:
            log.error("the warning failed: %s", problem)
        self._next = now + (retry_s if problem else again_s)
        return not problem


def add_parser(commands: Commands, about: str) -> None:
    """Add the sub-command."""
    parser = add_command(commands, "watchdog", about, DESCRIPTION, EPILOG, run)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--file", metavar="FILE", type=Path, help="the heartbeat file")
    source.add_argument("--listen", metavar="HOST:PORT", help="listen for requests to http://HOST:PORT/heartbeat")
    parser.add_argument("--after", metavar="SECONDS", type=float, default=120.0, help="silence that is told (120)")
    parser.add_argument("--again", metavar="SECONDS", type=float, default=3600.0, help="tell again so often (3600)")
    parser.add_argument("--every", metavar="SECONDS", type=float, default=5.0, help="look so often (5)")
    parser.add_argument("--once", action="store_true", help="look at the file once; the exit code tells")
    parser.add_argument(
        "--exec",
        metavar="PROG",
        nargs=argparse.REMAINDER,
        default=[],
        help="the program and its arguments; put it last",
    )


def run(args: argparse.Namespace) -> int:
    """Watch until stopped, or look once."""
    for option, value in (("--after", args.after), ("--again", args.again), ("--every", args.every)):
        require_positive(value, option, "seconds")
    if args.once:
        return _look_once(args)
    if not args.exec:
        raise SettingsError("what is to be run when Eyegore is silent? give it with --exec PROG ARG...")
    set_up_logging(console=True, file_tag=None)
    stop = threading.Event()
    with ended_by_signals(stop):
        if args.file is not None:
            watch(BeatFile(args.file), args, stop)
        else:
            with HeartbeatListener(*_address(args.listen)) as listener:
                watch(listener, args, stop)
    return FRESH


def _look_once(args: argparse.Namespace) -> int:
    if args.file is None:
        raise SettingsError("--once looks at a file: give it with --file FILE")
    age = BeatFile(args.file).age(time.time())
    return FRESH if age <= args.after else SILENT


def watch(beats: Beats, args: argparse.Namespace, stop: threading.Event) -> None:
    """Look at the beats until ``stop`` is set."""
    command: list[str] = args.exec
    state = Watch(beats.name, args.after, args.again, lambda text: run_program(command, text), time.monotonic())
    log.info("waiting for the heartbeat of Eyegore (%s)", beats.name)
    while not stop.is_set():
        state.look(beats.seen(), time.monotonic(), max(args.every, WARN_S))
        stop.wait(args.every)


def run_program(command: list[str], text: str) -> str:
    """Run the program with the text on its standard input; returns a problem, "" when it ended well."""
    try:
        done = subprocess.run(
            command, input=text + "\n", text=True, timeout=WARN_S, env=os.environ | {"EYEGORE_WATCHDOG": text}
        )
    except OSError as why:
        return f"{command[0]} cannot be run: {why.strerror or why}"
    except subprocess.TimeoutExpired:
        return f"{command[0]} did not end within {WARN_S:.0f} s"
    return f"{command[0]} ended with {done.returncode}" if done.returncode else ""


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not (colon and port.isascii() and port.isdigit() and int(port) < 65536):
        raise SettingsError(f"--listen {text!r} is no HOST:PORT such as 0.0.0.0:8765")
    return host.strip("[]"), int(port)


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
