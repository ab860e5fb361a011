"""What ``eyegore sync`` shows on a terminal, and that nothing of it is where no terminal is."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from eyegore.commands.sync_bars import bars
from eyegore.copies.ledger import FileState, LedgerEntry
from eyegore.copies.programs.rsync import RsyncFile, RsyncProgress
from eyegore.copies.report import PassReport
from eyegore.copies.worker import PassFailed
from eyegore.simulator.simulator import SimulatedSession, Simulator

from ..copies.copy_lab import age

EYEGORE = [sys.executable, "-m", "eyegore"]
CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def report(waiting: int, problem: str = "") -> PassReport:
    """Of ten files of a megabyte, some of which wait."""
    left = tuple(LedgerEntry(f"{n}.fits", 10**6, 0, FileState.COMPLETE, 7, 0.0) for n in range(waiting))
    return PassReport("day", "vault", 0.0, 10, 10**7, 10 - waiting, 0, 0, left, {}, (), problem)


def lines_of(screen: str) -> list[str]:
    """What was ever shown, without colours and moves."""
    shown = CONTROL.sub("", screen).replace("\r", "\n").split("\n")
    return [re.sub(r" +", " ", line).strip() for line in shown if line.strip()]


class Screen:
    """A terminal of 100 columns; ``line`` is the last picture of the only bar."""

    def __init__(self) -> None:
        self.console = Console(file=io.StringIO(), force_terminal=True, width=100)

    @property
    def line(self) -> str:
        assert isinstance(self.console.file, io.StringIO)
        return lines_of(self.console.file.getvalue())[-1]


def test_queue_rate_file_and_percent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eyegore.commands.sync_bars.REFRESH_S", 0.0)
    screen = Screen()
    with bars(["vault"], screen.console) as shown:
        bar = shown["vault"]
        assert re.fullmatch(r"vault ━+ 0 % not looked at yet", screen.line)
        bar.on_report(report(4))
        assert re.fullmatch(r"vault ━+[╸╺]?━+ 60 % 4 wait", screen.line)
        bar.on_file(RsyncFile("0.fits", 10**6, "<f+++++++++"))
        bar.on_progress(RsyncProgress("0.fits", 1, 10**6, 2e6))
        bar.on_file(RsyncFile("1.fits", 10**6, "<f+++++++++"))
        bar.on_progress(RsyncProgress("1.fits", 1, 1_500_000, 2.5e6))
        assert screen.line.endswith("75 % 4 wait 2.5 MB/s 1.fits 50 %")
        bar.on_run_end()
        assert screen.line.endswith("75 % 4 wait comparing")
        bar.pass_ended(report(0))
        assert screen.line.endswith("100 % all there")
        bar.pass_ended(report(1, "the disk of the target is full"))
        assert screen.line.endswith("90 % 1 wait the disk of the target is full")
        bar.pass_ended(PassFailed("vault", 0.0, "is it\nmounted?", 5.0))
        assert screen.line.endswith("is it?mounted?")


def test_a_name_in_brackets_is_no_markup() -> None:
    screen = Screen()
    with bars(["./[red]"], screen.console):
        assert screen.line.startswith("./[red] ")


def test_without_a_terminal_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with bars(["vault"]) as shown:
        assert shown == {}
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Our end and the program's end of a terminal of 400 columns, so that long paths of tests have room."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 400, 0, 0))
    yield ours, theirs
    os.close(ours)


@pytest.fixture
def sync(tmp_path: Path) -> list[str]:
    """The command for a small folder and two targets, the second of which is missing."""
    Simulator(tmp_path / "day", SimulatedSession(images=False, seconds=10_000, force=True)).append_rows(50)
    age(tmp_path / "day")
    (tmp_path / "b").mkdir()
    to = [str(tmp_path / "b"), str(tmp_path / "missing")]
    return [*EYEGORE, "sync", str(tmp_path / "day"), "--to", *to, "--state", str(tmp_path / "state")]


def test_json_goes_to_standard_output_and_the_bars_to_the_terminal(sync: list[str], terminal: tuple[int, int]) -> None:
    ours, theirs = terminal
    around = terminal_environment()
    with subprocess.Popen([*sync, "--once", "--json"], stdout=subprocess.PIPE, stderr=theirs, env=around) as copying:
        os.close(theirs)
        screen = "\n".join(lines_of(_read_all(ours).decode()))
        assert copying.stdout is not None
        told = json.loads(copying.stdout.read())
    assert [one["exit"] for one in told["targets"]] == [0, 2]
    assert "100 %" in screen
    assert "all there" in screen
    assert "is it mounted?" in screen


def test_lines_are_told_above_the_bars_and_stay(sync: list[str], terminal: tuple[int, int]) -> None:
    ours, theirs = terminal
    around = terminal_environment()
    said = b""
    with subprocess.Popen(sync, stdout=theirs, stderr=theirs, env=around) as copying:
        os.close(theirs)
        while b"are there and verified" not in said or b"it is tried again" not in said:
            said += os.read(ours, 65536)
        copying.send_signal(signal.SIGINT)
        said += _read_all(ours)
    verified = r"\d\d:\d\d:\d\d .*/b: (\d+) of \1 complete files are there and verified.*"
    assert any(re.fullmatch(verified, line) for line in lines_of(said.decode()))


def terminal_environment() -> dict[str, str]:
    """Where nothing but the terminal tells how wide it is."""
    return {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")} | {"TERM": "xterm"}


def _read_all(ours: int) -> bytes:
    """Until nobody has the other end any more."""
    found = b""
    while True:
        try:
            some = os.read(ours, 65536)
        except OSError:
            return found
        if not some:
            return found
        found += some
