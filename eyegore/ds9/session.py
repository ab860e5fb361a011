"""A DS9 to talk to, and one of our own, which is started when it is needed and ends with us."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from eyegore.basics.errors import Ds9Error
from eyegore.ds9.program import Silence, ending, launch, private_folder, silence_of, wait_for_answer
from eyegore.ds9.xpa import Ds9GivenUpError, Ds9SilentError, Transport, Xpa

log = logging.getLogger(__name__)

_END_LIMIT_S = 2.0


def own_title() -> str:
    """Title of a DS9 of ours: it tells whose it is."""
    return f"eyegore-{os.getpid()}"


class Ds9Session(Protocol):
    """A DS9 to talk to; ``name`` is how it is called in a sentence."""

    name: str

    def connect(self) -> tuple[Xpa, str]:
        """Calls and address of a DS9 that is there, started if that is ours to do; raises Ds9Error."""

    def failed(self, why: Ds9Error) -> str:
        """What a failed call means and what comes next, as one sentence."""

    def close(self) -> None:
        """End what was started, remove what was made."""


class OwnDs9:
    """A DS9 started by us, in a session of its own, reachable by this user alone.

    It ends with us, and so do its sockets. When it was closed or killed, or does not answer a second time, the next
    :meth:`connect` starts another; but one that waits for an answer to a dialog is left to the person who gives it.
    XPA opens the folder of its sockets to everybody (mode 0777), so that folder lies within a private one. The DS9 does
    not register with a name server (XPA_NSREGISTER): none is started, none can be lost.

    ``process`` is the one that was started.
    """

    name = "DS9"

    def __init__(self, transport: Transport, say: Callable[[int, str], None], cancelled: threading.Event) -> None:
        self._transport = transport
        self._say = say
        self._cancelled = cancelled
        self.process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._xpa: Xpa | None = None
        self._address = ""
        self._suspect = False

    def connect(self) -> tuple[Xpa, str]:
        """Calls and address of our DS9, started when there is none or the one there is does not answer any more."""
        if self.process is not None and self.process.poll() is not None:
            self._say(logging.INFO, f"DS9 was {self._ending()}: starting it again")
            self.close()
        if self._suspect and self._xpa is not None and self.process is not None:
            try:
                self._xpa.get(self._address, "version")
            except Ds9SilentError:
                if silence_of(self.process.pid) is Silence.WAITING:
                    raise  # an answer of a person is awaited, and what the person did in it is not thrown away
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
        process = self.process
        if process is None:
            return str(why)
        silent = isinstance(why, Ds9SilentError)
        try:
            process.wait(0.2 if silent else 0)
        except subprocess.TimeoutExpired:
            self._suspect = self._suspect or silent
            if not silent:
                return str(why)
            does = silence_of(process.pid)
            if does is Silence.WAITING:
                return f"{does.value} (or close DS9 itself: the next request starts another)"
            return f"{why}: {does.value}; the next request starts it anew if need be"
        return f"DS9 was {self._ending()}; the next request starts it again"

    def close(self) -> None:
        """End our DS9 and remove its folder; harmless when there is none."""
        process, self.process, self._xpa = self.process, None, None
        if process is not None:
            _end(process)
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _start(self) -> None:
        if self._cancelled.is_set():
            raise Ds9GivenUpError("DS9 not started: given up")
        folder = self._folder = private_folder()
        xpa = Xpa(
            self._transport,
            {"XPA_METHOD": "local", "XPA_TMPDIR": str(folder / "xpa"), "XPA_NSREGISTER": "false"},
            self._cancelled,
        )
        complaints = folder / "ds9.log"
        self.process = launch(own_title(), xpa.environment, complaints)

        def answering() -> str:
            for socket in (folder / "xpa").glob("DS9_*"):
                with contextlib.suppress(Ds9SilentError):  # the socket comes before the window that serves it
                    version = xpa.get(str(socket), "version")
                    log.info("DS9 started: %s, through %s", version, self._transport.name)
                    return str(socket)
            return ""

        self._address = wait_for_answer(self.process, complaints, answering, self._cancelled)
        self._xpa = xpa

    def _ending(self) -> str:
        return ending(self.process.returncode or 0) if self.process is not None else "closed"


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
