"""Starting a DS9 and waiting until it answers."""

from __future__ import annotations

import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from eyegore.basics.errors import Ds9Error
from eyegore.ds9.xpa import Ds9GivenUpError

START_LIMIT_S = 30.0
"""A DS9 on a loaded machine over ssh takes this long [s] to open its window; 1.2 s on an idle one."""
_POLL_S = 0.05


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
