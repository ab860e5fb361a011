"""What a process does that does not answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from eyegore.ds9.silence import Silence, pid_of, silence_of

from ...patience import AWAITED_S


@pytest.mark.parametrize(
    ("address", "pid"),
    [("/tmp/x/DS9_lab.123", 123), ("/tmp/x.7/DS9_a.b.45", 45), ("7f000001:39011", None), ("localhost:1.2", None)],
)
def test_a_local_socket_tells_its_process(address: str, pid: int | None) -> None:
    assert pid_of(address) == pid


@pytest.mark.parametrize(
    ("program", "stopped", "does"),
    [
        ("input()", False, Silence.WAITING),
        ("while True: pass", False, Silence.BUSY),
        ("input()", True, Silence.SUSPENDED),
    ],
)
def test_what_a_process_does_is_seen(
    program: str, stopped: bool, does: Silence, wait_until: Callable[..., None]
) -> None:
    command = [sys.executable, "-c", f"print(flush=True)\n{program}"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        if stopped:
            process.send_signal(signal.SIGSTOP)
        wait_until(lambda: silence_of(process.pid) is does)
    finally:
        process.kill()
        process.communicate(timeout=AWAITED_S)
    assert silence_of(process.pid) is Silence.GONE


def test_of_no_process_nothing_is_known() -> None:
    assert silence_of(None) is Silence.UNKNOWN
    assert silence_of(os.getpid()) is not Silence.UNKNOWN
