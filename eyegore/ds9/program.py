"""DS9 as a program of this computer: a folder for it, its start, and what it does instead of answering."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path

from eyegore.basics.errors import Ds9Error
from eyegore.ds9.xpa import Ds9GivenUpError

PLAIN = re.compile(r"[\w ./+=,@:-]*", re.ASCII)
"""Paths that DS9 takes as they are, within braces."""

_LONGEST_BASE = 40  # a socket path holds 107 bytes; ours adds about 60
START_LIMIT_S = 30.0
"""A DS9 on a loaded machine over ssh takes this long [s] to open its window; 1.2 s on an idle one."""
CONNECT_S = 2.0
"""A port that takes no connection within so long [s] cannot be reached."""
_POLL_S = 0.05
_LOOKS = 8
_LOOK_S = 0.03
"""How often, and after how long each [s], it is looked how much a process works."""
_BUSY_SHARE = 0.5
"""Share of a processor above which a process is busy; a DS9 with a dialog blinks its cursor and does little else."""
_SOCKET_PID = re.compile(r"\.(\d+)$")


def private_folder() -> Path:
    """A new folder, mode 0700, whose path DS9 can read and is short enough to hold a socket."""
    base = tempfile.gettempdir()
    if len(os.fsencode(base)) > _LONGEST_BASE or not PLAIN.fullmatch(base):
        base = "/tmp"
    return Path(tempfile.mkdtemp(prefix="eyegore-ds9-", dir=base))


def launch(title: str, environment: Mapping[str, str], complaints: Path) -> subprocess.Popen[bytes]:
    """Start a DS9 in a session of its own; what it complains about goes to a file."""
    program = shutil.which("ds9")
    if program is None:
        raise Ds9Error("DS9 is not installed: no ds9 on the PATH (apt install saods9)")
    with complaints.open("wb") as output:
        return subprocess.Popen(
            [program, "-title", title, "-samp", "no"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def wait_for_answer(
    process: subprocess.Popen[bytes], complaints: Path, answer: Callable[[], str], given_up: threading.Event
) -> str:
    """Wait until ``answer`` gives something, and return it; Ds9Error when DS9 ends before that, or takes too long."""
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end:
        if found := answer():
            return found
        if process.poll() is not None:
            # without a display it ends with 0, so the code tells nothing
            said = complaints.read_text(errors="replace").strip().splitlines()
            raise Ds9Error(f"DS9 did not start: {said[0] if said else ending(process.returncode)}")
        if given_up.wait(_POLL_S):
            raise Ds9GivenUpError("start of DS9 given up")
    raise Ds9Error(f"DS9 did not answer within {START_LIMIT_S:g} s of its start")


def ending(code: int) -> str:
    """How a process ended, from its return code."""
    if code < 0:
        return f"ended by signal {-code} ({signal.strsignal(-code)})"
    return "closed" if code == 0 else f"ended with error {code}"


class Silence(Enum):
    """What a DS9 does instead of answering; the value says it."""

    GONE = "it has ended"
    SUSPENDED = "it is suspended (by a signal or Ctrl-Z)"
    BUSY = "it is busy"
    WAITING = "DS9 is waiting for you to close a dialog"
    UNKNOWN = "it is frozen or busy, or waits for you to close a dialog"


def silence_of(pid: int | None) -> Silence:
    """What the process is doing.

    A DS9 that idles while a call lies before it has a modal dialog open: what else would it wait for?
    """
    if pid is None or not Path("/proc/self/stat").exists():
        return Silence.UNKNOWN
    pause = threading.Event()
    looks: list[tuple[str, int]] = []
    while len(looks) <= _LOOKS:
        if looks:
            pause.wait(_LOOK_S)
        look = _stat(pid)
        if look is None or look[0] in "ZX":
            return Silence.GONE
        if look[0] in "Tt":
            return Silence.SUSPENDED
        looks.append(look)
    worked = (looks[-1][1] - looks[0][1]) / os.sysconf("SC_CLK_TCK")
    # on a loaded machine a busy process may have to queue for a processor, and one that waits does so now and then
    at_work = all(state in "RD" for state, _ in looks)
    return Silence.BUSY if at_work or worked > _BUSY_SHARE * _LOOKS * _LOOK_S else Silence.WAITING


def nobody_at(address: str) -> str:
    """Why nobody can be reached at a socket or ``host:port``, and what to do; "" where somebody listens.

    Asked only when a DS9 did not answer: XPA itself does not tell a closed port from a busy program.
    """
    try:
        if address.startswith("/"):
            with socket.socket(socket.AF_UNIX) as there:
                there.settimeout(CONNECT_S)
                there.connect(address)
        else:
            host, _, port = address.rpartition(":")
            socket.create_connection((host, int(port)), CONNECT_S).close()
    except (ConnectionRefusedError, FileNotFoundError):
        return f"nobody listens at {address}: take the address that xpaget xpans tells, or start a DS9"
    except socket.gaierror:
        return f"there is no computer of the name in {address}: check it"
    except (OSError, ValueError, OverflowError) as why:
        return (
            f"{address} cannot be reached ({getattr(why, 'strerror', '') or why}): check address, network and firewall"
        )
    return ""


def pid_of(address: str) -> int | None:
    """Process that listens at a local socket of XPA, which has its number in its name; None for other addresses."""
    match = _SOCKET_PID.search(address) if address.startswith("/") else None
    return int(match[1]) if match else None


def _stat(pid: int) -> tuple[str, int] | None:
    """State and processor time [clock ticks] of a process, None when it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    cells = text.rpartition(")")[2].split()  # a program may have any name
    return cells[0], int(cells[11]) + int(cells[12])
