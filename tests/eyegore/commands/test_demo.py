"""The demo as a process: what it tells, and what it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ...patience import AWAITED_S

pytestmark = pytest.mark.slow

Display = tuple[str, "subprocess.Popen[bytes]"]


@contextmanager
def demo(temporary: Path, *options: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A demo whose folder lies there; it has ended when its output is read to the end, and with it all it started."""
    with subprocess.Popen(
        [sys.executable, "-m", "eyegore", "demo", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(temporary), **variables},
    ) as process:
        yield process


def await_line(process: subprocess.Popen[bytes], part: bytes) -> None:
    assert process.stderr is not None
    assert any(part in line for line in process.stderr)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_stopped_early_it_says_so_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with demo(tmp_path, "--headless") as process:
        await_line(process, b"ELVIS 7.5.X")
        process.send_signal(number)
        said, _ = process.communicate(timeout=AWAITED_S)
    assert process.returncode == 0
    assert said.endswith(b"Stopped before the planted excursion was over.\n")
    assert list(tmp_path.iterdir()) == []


def test_it_ends_by_itself_and_warns_of_what_was_planted_alone(tmp_path: Path) -> None:
    with demo(tmp_path, "--headless") as process:
        said, logged = process.communicate(timeout=110)
    assert process.returncode == 0
    assert b"The planted excursion was found and told:" in said
    warnings = [line for line in logged.decode().splitlines() if "INFO" not in line]
    assert [line for line in warnings if "CRITICAL CCD2_TEMP_B" not in line] == []
    assert len(warnings) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.gui
def test_when_the_display_dies_it_says_so_and_leaves_nothing(tmp_path: Path, own_display: Display) -> None:
    name, server = own_display
    with demo(tmp_path, "--no-images", "--minutes", "2", DISPLAY=name) as process:
        await_line(process, b"read up to now")
        server.kill()
        _, logged = process.communicate(timeout=AWAITED_S)
    assert process.returncode == 2
    assert b"eyegore: the window of the demo was ended" in logged
    assert list(tmp_path.iterdir()) == []


@pytest.mark.gui
def test_a_signal_closes_the_window_and_leaves_nothing(tmp_path: Path, display: str, private_home: Path) -> None:
    with demo(tmp_path, "--no-images", "--minutes", "2") as process:
        await_line(process, b"read up to now")
        process.terminate()
        process.communicate(timeout=AWAITED_S)
    assert process.returncode == 0
    assert (private_home / ".config/eyegore").is_dir()  # the layout was kept: the window was closed, not killed
    assert list(tmp_path.iterdir()) == []
