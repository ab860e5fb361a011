"""Why a DS9 does not answer: what its process is doing, as far as the system tells."""

from __future__ import annotations

import os
import re
import threading
from enum import Enum
from pathlib import Path

_LOOKS = 8
_LOOK_S = 0.03
"""How often, and after how long each [s], it is looked how much a process works."""
_BUSY_SHARE = 0.5
"""Share of a processor above which a process is busy; a DS9 with a dialog blinks its cursor and does little else."""
_SOCKET_PID = re.compile(r"\.(\d+)$")


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
