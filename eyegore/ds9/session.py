"""Which DS9 the images go to: one of our own, which ends with us, or one that is running already, never ended by us."""

from __future__ import annotations

import contextlib
import fnmatch
import logging
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from eyegore.ds9.plain_names import private_folder
from eyegore.ds9.xpa import Ds9SilentError, Transport, Xpa
from eyegore.errors import Ds9Error

log = logging.getLogger(__name__)

START_LIMIT_S = 30.0
"""A DS9 on a loaded machine over ssh takes this long [s] to open its window; 1.2 s on an idle one."""
_POLL_S = 0.05
_END_LIMIT_S = 2.0

_HOST_PORT = re.compile(r"[^:/]+:\d+")


class Ds9Session(Protocol):
    """A DS9 to talk to."""

    def connect(self) -> tuple[Xpa, str]:
        """Calls and address of a DS9 that is there, started if that is ours to do; raises Ds9Error."""

    def failed(self, why: Ds9Error) -> str:
        """What a failed call means and what comes next, as one sentence."""

    def close(self) -> None:
        """End what was started, remove what was made."""


class OwnDs9:
    """A DS9 started by us, in a session of its own, reachable by this user alone.

    It ends with us, and so do its sockets. When it was closed or killed, or does not answer a second time, the next
    :meth:`connect` starts another.
    XPA opens the folder of its sockets to everybody (mode 0777), so that folder lies within a private one. The DS9 does
    not register with a name server (XPA_NSREGISTER): none is started, none can be lost.
    """

    def __init__(self, transport: Transport, say: Callable[[int, str], None], cancelled: threading.Event) -> None:
        self._transport = transport
        self._say = say
        self._cancelled = cancelled
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._xpa: Xpa | None = None
        self._address = ""
        self._suspect = False

    def connect(self) -> tuple[Xpa, str]:
        """Calls and address of our DS9, started when there is none or the one there is does not answer any more."""
        if self._process is not None and self._process.poll() is not None:
            self._say(logging.INFO, f"DS9 was {self._ending()}: starting it again")
            self.close()
        if self._suspect and self._xpa is not None:
            try:
                self._xpa.get(self._address, "version")
            except Ds9SilentError:
                self._say(logging.WARNING, "DS9 still does not answer: it is ended and started again")
                self.close()
            self._suspect = False
        if self._xpa is None:
            try:
                self._start()
            except BaseException:
                self.close()
                raise
        assert self._xpa is not None
        return self._xpa, self._address

    def failed(self, why: Ds9Error) -> str:
        """What a failed call means; a DS9 that did not answer is asked once more before it is given up."""
        process = self._process
        if process is None:
            return str(why)
        try:
            process.wait(0.2 if isinstance(why, Ds9SilentError) else 0)
        except subprocess.TimeoutExpired:
            self._suspect = isinstance(why, Ds9SilentError)
            return f"{why}; the next request starts it anew if need be" if self._suspect else str(why)
        return f"DS9 was {self._ending()}; the next request starts it again"

    def close(self) -> None:
        """End our DS9 and remove its folder; harmless when there is none."""
        process, self._process, self._xpa = self._process, None, None
        if process is not None:
            _end(process)
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _start(self) -> None:
        if self._cancelled.is_set():
            raise Ds9Error("DS9 not started: Eyegore is ending")
        program = shutil.which("ds9")
        if program is None:
            raise Ds9Error("DS9 is not installed: no ds9 on the PATH (apt install saods9)")
        folder = self._folder = private_folder()
        xpa = Xpa(
            self._transport,
            {"XPA_METHOD": "local", "XPA_TMPDIR": str(folder / "xpa"), "XPA_NSREGISTER": "false"},
            self._cancelled,
        )
        complaints = folder / "ds9.log"
        with complaints.open("wb") as output:
            self._process = process = subprocess.Popen(
                [program, "-title", f"eyegore-{os.getpid()}", "-samp", "no"],
                env=xpa.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        end = time.monotonic() + START_LIMIT_S
        while time.monotonic() < end:
            for socket in (folder / "xpa").glob("DS9_*"):
                try:
                    version = xpa.get(str(socket), "version")
                except Ds9SilentError:
                    break  # the socket comes before the window that serves it
                log.info("DS9 started: %s, through %s", version, self._transport.name)
                self._xpa, self._address = xpa, str(socket)
                return
            if process.poll() is not None:
                # without a display it ends with 0, so the code tells nothing
                said = complaints.read_text(errors="replace").strip().splitlines()
                raise Ds9Error(f"DS9 did not start: {said[0] if said else self._ending()}")
            if self._cancelled.wait(_POLL_S):
                raise Ds9Error("start of DS9 given up: Eyegore is ending")
        raise Ds9Error(f"DS9 did not answer within {START_LIMIT_S:g} s of its start")

    def _ending(self) -> str:
        code = self._process.returncode if self._process is not None else 0
        if code is not None and code < 0:
            return f"ended by signal {-code} ({signal.strsignal(-code)})"
        return "closed" if code == 0 else f"ended with error {code}"


class RunningDs9:
    """A DS9 of the user's, found by its title or address in the user's own XPA environment; never started or ended.

    ``target`` is a title (``ds9``, ``DS9:lab``, with wildcards), what XPA calls its method, or ``host:port``, which XPA
    reaches by inet only.
    """

    def __init__(self, target: str, transport: Transport, cancelled: threading.Event) -> None:
        self._name = target.removeprefix("DS9:").removeprefix("ds9:")
        self._at = self._name if _HOST_PORT.fullmatch(target) or target.startswith("/") else ""
        environment = {"XPA_METHOD": "inet"} if _HOST_PORT.fullmatch(self._at) else {}
        self._xpa = Xpa(transport, environment, cancelled)

    def connect(self) -> tuple[Xpa, str]:
        """Calls and address of the one DS9 meant; looked up each time, because a restarted DS9 has a new address."""
        if self._at:
            return self._xpa, self._at
        running = sorted(self._xpa.running(), key=lambda point: point.name)
        meant = [point for point in running if fnmatch.fnmatchcase(point.name, self._name)]
        if len(meant) == 1:
            return self._xpa, meant[0].address
        if meant:
            listed = ", ".join(f"{point.name} at {point.address}" for point in meant)
            raise Ds9Error(f"'{self._name}' fits {len(meant)} running DS9s: choose one by -d: {listed}")
        names = ", ".join(point.name for point in running) or "none"
        raise Ds9Error(f"no DS9 named '{self._name}' is running (running: {names})")

    def failed(self, why: Ds9Error) -> str:
        """What a failed call means: the user's DS9 is left alone."""
        return str(why)

    def close(self) -> None:
        """Nothing was started, nothing is ended."""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started; a stopped one is woken to hear it, one that does not listen is killed."""
    for orders in ((signal.SIGTERM, signal.SIGCONT), (signal.SIGKILL,)):
        for order in orders:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, order)
        try:
            process.wait(_END_LIMIT_S)
            return
        except subprocess.TimeoutExpired:
            continue
    log.error("DS9 (process %d) cannot be ended", process.pid)
