"""XPA calls to DS9, each one in a child process with a time limit.

Two transports can carry a call. The commands of *xpa-tools* come first: they need no compiler, work with any Python
and cost 4 ms. Where they are missing, the XPA binding that *pyds9* installs does the same, at 50 ms a call. The binding
has no time limit of its own that can be trusted, is not thread-safe and loses error texts, so it too runs in a child,
which can be ended: what cannot be interrupted inside this process can be outside of it.

DS9 is addressed by what XPA calls its method, a socket path or ``host:port``: that needs no name server.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eyegore.basics.errors import Ds9Error

HANDSHAKE_S = 3
"""XPA gives up when DS9 does not take a call up within this time [s]: it is frozen, or a dialog of XPA's is open."""
COMMAND_S = 20
"""A call that DS9 took up and does not end within this time [s] is given up; for a file on a slow disk."""
_LONGER_S = 30
"""How much later than we XPA would give up a call that was taken up [s]: it reports that as success."""
_SLICE_S = 0.1

_SILENT = re.compile(r"no response|timed? ?out|access points match", re.IGNORECASE)
_NOISE = re.compile(r"XPA\$ERROR:?|\(\S*:\S*( \S+)?\)")


class Ds9SilentError(Ds9Error):
    """DS9 does not answer: it is frozen, busy or gone."""


class Ds9GivenUpError(Ds9Error):
    """What was being done is not wanted any more."""


@dataclass(frozen=True)
class AccessPoint:
    """A DS9 that the XPA name server knows: its title and where it listens."""

    name: str
    address: str


@dataclass(frozen=True)
class Transport:
    """What a child process that carries one XPA call is started with, before the address and the words.

    ``get`` asks, its output is the answer; ``put`` orders; ``send`` orders and hands over what it reads from its input.
    """

    name: str
    get: tuple[str, ...]
    put: tuple[str, ...]
    send: tuple[str, ...]


XPA_TOOLS = Transport("xpa-tools", ("xpaget",), ("xpaset", "-p"), ("xpaset",))
"""The commands of the Debian package xpa-tools; ``-p``: there is nothing to read from its input."""
_CHILD = (sys.executable, "-P", str(Path(__file__).with_name("pyds9_call.py")))
PYDS9 = Transport("pyds9", (*_CHILD, "get"), (*_CHILD, "set"), (*_CHILD, "send"))
"""The XPA binding installed by pyds9, called in a child of this Python."""


def available_transport() -> Transport:
    """The safer of the transports that are installed here."""
    if shutil.which("xpaget") and shutil.which("xpaset"):
        return XPA_TOOLS
    if importlib.util.find_spec("pyds9") and importlib.util.find_spec("xpa"):
        return PYDS9
    raise Ds9Error("no way to talk to DS9: install the package xpa-tools (or pip install pyds9)")


class Xpa:
    """XPA calls in one XPA environment; every call returns, or raises :class:`Ds9Error`, within a fixed time.

    Parameters
    ----------
    transport
        What carries the calls.
    environment
        Variables set on top of this process's own.
    cancelled
        Once set, a call in flight is given up at once and raises.
    """

    def __init__(self, transport: Transport, environment: Mapping[str, str], cancelled: threading.Event) -> None:
        self.environment = {
            **os.environ,
            "XPA_SHORT_TIMEOUT": str(HANDSHAKE_S),
            "XPA_LONG_TIMEOUT": str(HANDSHAKE_S + COMMAND_S + _LONGER_S),
            **environment,
        }
        self._transport = transport
        self._cancelled = cancelled

    def get(self, address: str, *words: str) -> str:
        """Answer of DS9 to a question."""
        return self._call(self._transport.get, address, words).strip()

    def put(self, address: str, *words: str) -> None:
        """Order DS9 to do something."""
        self._call(self._transport.put, address, words)

    def send(self, address: str, text: str, *words: str) -> None:
        """Order DS9 to do something with a text: it needs no file."""
        self._call(self._transport.send, address, words, text)

    def running(self) -> list[AccessPoint]:
        """The DS9s registered with the name server of this environment; none when there is no name server."""
        try:
            lines = self.get("xpans").splitlines()
        except Ds9SilentError:
            return []
        found = [line.rsplit(maxsplit=3) for line in lines if line.startswith("DS9 ")]
        # "DS9", name, access, address, user; a name can hold blanks
        return [AccessPoint(cells[0].removeprefix("DS9 "), cells[2]) for cells in found if len(cells) == 4]

    def _call(self, command: tuple[str, ...], address: str, words: tuple[str, ...], text: str | None = None) -> str:
        asked = " ".join(words)
        try:
            child = subprocess.Popen(
                [*command, address, *words],
                env=self.environment,
                stdin=subprocess.DEVNULL if text is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            )
        except OSError as why:
            raise Ds9Error(f"{command[0]} cannot be run: {why.strerror}") from why
        with child:
            try:
                answer, complaint = self._wait(child, asked, text)
            except BaseException:
                child.kill()
                raise
        if child.returncode or "XPA$ERROR" in complaint:
            if self._cancelled.is_set():  # Ctrl-C has ended the child as well
                raise Ds9GivenUpError(f"'{asked}' given up")
            text = " ".join(_NOISE.sub(" ", complaint).split()) or f"error {child.returncode}"
            if _SILENT.search(complaint):
                raise Ds9SilentError(f"DS9 does not answer ({text})")
            raise Ds9Error(f"DS9 refused '{asked}': {text}")
        return answer

    def _wait(self, child: subprocess.Popen[str], asked: str, text: str | None) -> tuple[str, str]:
        limit_s = HANDSHAKE_S + COMMAND_S
        end = time.monotonic() + limit_s
        while True:
            try:
                return child.communicate(text, timeout=_SLICE_S)
            except subprocess.TimeoutExpired:
                text = None  # it has been handed over, or is being
                if self._cancelled.is_set():
                    raise Ds9GivenUpError(f"'{asked}' given up") from None
                if time.monotonic() > end:
                    raise Ds9SilentError(f"DS9 did not end '{asked}' within {limit_s:g} s") from None
