"""A DS9 that cannot be started, and what a process does that does not answer."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from eyegore.ds9.program import Silence, pid_of, silence_of

from ...patience import AWAITED_S


def test_a_missing_ds9_is_said_and_looked_for_again(frames, viewer, told, tmp_path, wait_until, monkeypatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("xpaget", "xpaset"):
        (programs / name).symlink_to(Path("/bin/false"))
    monkeypatch.setenv("PATH", str(programs))
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 not shown: DS9 is not installed: no ds9 on the PATH"))
    viewer.show(paths, 8)
    wait_until(told.matches("ObsID 8 not shown: DS9 is not installed"))
    assert all(level == logging.ERROR for level, _ in told.lines)


def test_a_ds9_that_ends_at_once_is_said(frames, viewer, told, tmp_path, wait_until, monkeypatch):
    program = tmp_path / "ds9"
    program.write_text("#!/bin/sh\necho the window system is broken >&2\necho more\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    viewer.show(frames(tmp_path, 7), 7)
    wait_until(told.matches("ObsID 7 not shown: DS9 did not start: the window system is broken"))


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
