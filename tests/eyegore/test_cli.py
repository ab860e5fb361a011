"""The command line as a shell sees it: exit codes and output where the output is odd."""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from eyegore.cli import build_parser, main
from eyegore.commands.command_line import session_of
from eyegore.commands.ds9 import own_parser
from eyegore.simulator.simulator import SimulatedSession, Simulator

from ..patience import AWAITED_S

NARROW = {"PYTHONIOENCODING": "ascii"}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short session without trouble."""
    folder = tmp_path_factory.mktemp("night") / "14_Mär_19"
    Simulator(folder, SimulatedSession(start=1_552_593_600.0, seconds=120, images=False)).write_at_once()
    return folder


def eyegore(*arguments: str, around: str = '"$@"', **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program from a shell that does something with its output; the exit code is the program's."""
    command = [sys.executable, "-W", "error", "-m", "eyegore", *arguments]
    return subprocess.run(
        ["bash", "-c", f"{around}; exit ${{PIPESTATUS[0]}}", "-", *command],
        capture_output=True,
        timeout=AWAITED_S,
        env={**os.environ, **variables},
    )


@pytest.mark.parametrize("arguments", [("limits", "show", "7.5.X"), ("limits", "diff", "6.3.0", "7.5.X"), ("--help",)])
def test_what_the_terminal_cannot_show_stops_no_command(arguments: tuple[str, ...]) -> None:
    run = eyegore(*arguments, **NARROW)
    assert run.returncode == (arguments[1:2] == ("diff",))
    assert run.stderr == b""
    assert run.stdout.isascii()


def test_the_report_is_the_same_whatever_the_terminal_can_show(night: Path) -> None:
    ascii_only, utf8 = (
        eyegore("-p", str(night), "--once", "--json", **variables) for variables in (NARROW, {"PYTHONUTF8": "1"})
    )
    assert (ascii_only.returncode, ascii_only.stderr) == (0, b"")
    assert utf8.stdout == ascii_only.stdout
    assert json.loads(utf8.stdout)["folder"] == str(night)


def test_an_error_with_nowhere_to_say_it_is_an_exit_code() -> None:
    assert eyegore("-p", "/no/such/folder", "--once", around='"$@" 2>&-').returncode == 2


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("around", "judged", "help_code", "said"),
    [
        ('"$@" | true', 0, 141, b""),
        ('"$@" >&-', 0, 0, None),
        ('"$@" > /dev/full', 2, 2, b"eyegore: the output cannot be written: No space left on device\n"),
    ],
    ids=["the reader left", "closed", "a full disk"],
)
def test_a_failed_print_is_no_verdict(
    night: Path, unbuffered: str, around: str, judged: int, help_code: int, said: bytes | None
) -> None:
    for arguments, code in ((("-p", str(night), "--once", "--json"), judged), (("--help",), help_code)):
        run = eyegore(*arguments, around=around, PYTHONUNBUFFERED=unbuffered)
        assert run.returncode == code
        assert said is None or run.stderr == said
        assert b"Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("parser", "arguments"),
    [
        (build_parser, ("--version",)),
        (build_parser, ("limits", "--help")),
        (build_parser, ("limits", "show", "--help")),
        (build_parser, ("ds9", "--help")),
        (lambda _words: own_parser(), ("--help",)),
    ],
    ids=["version", "limits", "limits show", "ds9", "quickds9"],
)
def test_help_that_could_not_be_written_is_no_success(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    parser: Callable[[Sequence[str]], argparse.ArgumentParser],
    arguments: tuple[str, ...],
) -> None:
    with open("/dev/full", "wb", buffering=0) as full:
        monkeypatch.setattr("sys.stdout", io.TextIOWrapper(full, write_through=True))  # as of PYTHONUNBUFFERED=1
        assert main(arguments, parser) == 2
    assert capsys.readouterr().err == "eyegore: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--stale-after", "nan"), "--stale-after must be"),
        (("--stale-after", "inf"), "--stale-after must be"),
        (("--keep-days", "0"), "--keep-days must be"),
        (("--keep-days", "-1"), "--keep-days must be"),
        (("--keep-days", "nan"), "--keep-days must be"),
        (("--keep-days", "inf"), "--keep-days must be"),
        (("--follow",), "give --once the day folder"),
        (("-E", "9.9"), "not known; known are 5.7.02"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    night: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert main(["-p", str(night), "--once", *arguments]) == 2
    message = capsys.readouterr().err
    assert message.startswith("eyegore: ")
    assert message.count("\n") == 1
    assert said in message


@pytest.mark.parametrize(("options", "days"), [((), 400.0), (("--keep-days", "0.5"), 0.5)])
def test_how_long_the_journal_is_kept(options: tuple[str, ...], days: float) -> None:
    assert session_of(build_parser().parse_args(["-p", "/day", *options])).keep_days == days


FAULTY = """
import sys
import numpy
from eyegore import cli
from eyegore.reports import once

def judge(session):
    raise {fault}

once.judge = judge
sys.exit(cli.main(sys.argv[1:]))
"""


def faulty(fault: str, *arguments: str, around: str = '"$@"', **variables: str) -> subprocess.CompletedProcess[str]:
    """A process of the program with a fault in it, and what came of it."""
    command = [sys.executable, "-W", "error", "-c", FAULTY.format(fault=fault), *arguments]
    inherited = {name: value for name, value in os.environ.items() if name != "EYEGORE_DEBUG"}
    return subprocess.run(
        ["bash", "-c", around, "-", *command],
        capture_output=True,
        text=True,
        timeout=AWAITED_S,
        env={**inherited, **variables},
    )


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("ZeroDivisionError('float division by zero')", "ZeroDivisionError: float division by zero"),
        ("MemoryError", "MemoryError:"),
        ("OSError(5, 'Input/output error', '/data')", "OSError: [Errno 5] Input/output error: '/data'"),
        ("ModuleNotFoundError('No module\\nnamed x')", "ModuleNotFoundError: No module named x"),
    ],
)
def test_a_fault_of_the_program_is_no_verdict(night: Path, fault: str, said: str) -> None:
    run = faulty(fault, "-p", str(night), "--headless", "--once", "--json")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == (
        f"eyegore: unexpected error, a fault of Eyegore itself: {said} (EYEGORE_DEBUG=1 shows where)\n"
    )


def test_where_a_fault_is_can_be_shown(night: Path) -> None:
    run = faulty("KeyError('TEMP')", "-p", str(night), "--once", EYEGORE_DEBUG="1")
    assert run.returncode == 2
    assert run.stderr.startswith("Traceback")
    assert "in judge\n" in run.stderr
    assert run.stderr.splitlines()[-1].startswith("eyegore: unexpected error")


def test_a_fault_with_nowhere_to_say_it_is_no_verdict(night: Path) -> None:
    for place in ("&-", "/dev/full"):
        assert faulty("KeyError", "-p", str(night), "--once", around=f'"$@" 2>{place}').returncode not in (0, 1)


def test_the_log_tells_where_a_fault_was(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom eyegore import cli\nfrom eyegore.commands import headless\n"
        "headless.run = None\nsys.exit(cli.main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", script, "-p", str(tmp_path), "--headless", "-g", "--no-journal"]
    run = subprocess.run(
        command, capture_output=True, text=True, timeout=AWAITED_S, cwd=tmp_path, stdin=subprocess.DEVNULL
    )
    assert run.returncode == 2
    (log,) = tmp_path.glob("Eyegore_*.log")
    assert "TypeError: 'NoneType' object is not callable" in log.read_text()
    assert "Traceback" in log.read_text()


def test_a_folder_may_be_called_like_the_home_of_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("~nobody-of-that-name").mkdir()
    assert main(["-p", "~nobody-of-that-name", "--once"]) == 2
    assert capsys.readouterr().err == ""
