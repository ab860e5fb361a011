"""Which DS9 is meant: one of the user's that runs, one of our own that cannot start."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.ds9.plain_names import private_folder
from eyegore.ds9.xpa import Xpa, XpaTools
from eyegore.errors import Ds9Error

START_S = 60


def answers(calls: Xpa, address: str) -> bool:
    with contextlib.suppress(Ds9Error):
        return bool(calls.get(address, "version"))
    return False


def known(*titles: str) -> bool:
    return {point.name for point in Xpa(XpaTools(), {}, threading.Event()).running()} == set(titles)


@pytest.fixture
def users_ds9(display: str, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., None]) -> Iterator[Callable]:
    """Starts DS9s as a user does, with a name server, in an XPA environment of the test's own; ends them."""
    folder = private_folder()
    for variable, value in {"XPA_METHOD": "local", "XPA_TMPDIR": str(folder / "xpa")}.items():
        monkeypatch.setenv(variable, value)
    started: list[subprocess.Popen[bytes]] = []

    def start(title: str, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            ["ds9", "-title", title, "-samp", "no"],
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(10)
    # the name server ends with its last DS9
    wait_until(lambda: not (folder / "xpa" / "xpans_unix").exists(), 20)
    shutil.rmtree(folder)


@pytest.mark.ds9
def test_a_running_ds9_is_used_and_left_running(frames, transport, users_ds9, open_viewer, told, tmp_path, wait_until):
    process = users_ds9("lab")
    wait_until(lambda: known("lab"), START_S)
    viewer = open_viewer("lab", transport)
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 shown in DS9: CCD1, CCD2, CCD3"), START_S)
    assert viewer.stop(10)
    assert process.poll() is None
    answer = subprocess.run(["xpaget", "DS9:lab", "file"], capture_output=True, text=True, timeout=10, check=True)
    assert answer.stdout.startswith(str(paths[3]))


@pytest.mark.ds9
def test_an_ambiguous_or_unknown_target_is_said_with_those_running(
    frames, transport, users_ds9, open_viewer, told, tmp_path, wait_until
):
    users_ds9("left")
    users_ds9("right")
    wait_until(lambda: known("left", "right"), START_S)
    paths = frames(tmp_path, 7)
    for target, sentence in {
        "DS9:*": "'*' fits 2 running DS9s: choose one by -d: ",
        "lost": "no DS9 named 'lost' is running (running: left, right)",
    }.items():
        open_viewer(target, transport).show(paths, 7)
        wait_until(told.matches(sentence), 10)
    assert told.matches("left at /")()
    assert told.matches("right at /")()


@pytest.mark.ds9
def test_host_and_port_reach_a_ds9_by_inet_whatever_the_users_method(
    frames, users_ds9, open_viewer, told, tmp_path, wait_until
):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    users_ds9("there", XPA_METHOD="localhost", XPA_NSREGISTER="false", XPA_PORT=f"DS9:there {port} {port + 1}")
    by_inet = Xpa(XpaTools(), {"XPA_METHOD": "inet"}, threading.Event())
    wait_until(lambda: answers(by_inet, f"127.0.0.1:{port}"), START_S)
    open_viewer(f"localhost:{port}").show(frames(tmp_path, 7), 7)
    wait_until(told.matches("ObsID 7 shown in DS9: CCD1, CCD2, CCD3"), START_S)


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


def test_the_private_folder_is_private_and_avoids_a_base_ds9_or_a_socket_cannot_use(temporary, monkeypatch):
    folders = [private_folder()]
    for base in ("/tmp/" + "long" * 20, "/tmp/[brackets]"):
        monkeypatch.setattr(tempfile, "tempdir", base)
        folders.append(private_folder())
    for folder in folders:
        assert folder.stat().st_mode & 0o777 == 0o700
        folder.rmdir()
    assert [str(folder.parent) for folder in folders] == [str(temporary), "/tmp", "/tmp"]
