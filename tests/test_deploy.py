"""The units of systemd: understood by systemd, and their command lines by Eyegore."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from eyegore.cli import build_parser

UNITS = sorted((Path(__file__).parents[1] / "deploy").glob("*.service"))


def command_of(unit: Path) -> list[str]:
    text = unit.read_text(encoding="utf-8").replace("\\\n", " ")
    (line,) = [line for line in text.splitlines() if line.startswith("ExecStart=")]
    return shlex.split(line.partition("=")[2])


def test_there_are_units() -> None:
    assert [unit.name for unit in UNITS] == ["eyegore-watchdog.service", "eyegore.service"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_command_line_is_one_of_eyegore(unit: Path) -> None:
    program, *options = command_of(unit)
    assert Path(program).name == "eyegore"
    build_parser().parse_args(options)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_it(unit: Path, tmp_path: Path) -> None:
    """With a program that exists here: that it is missing would be all that is told."""
    copy = tmp_path / unit.name
    program = command_of(unit)[0]
    copy.write_text(unit.read_text(encoding="utf-8").replace(program, "/bin/true").replace("User=eyegore", "User=root"))
    told = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True)
    ours = [line for line in told.stderr.splitlines() if unit.name in line and "default.target" not in line]
    assert ours == []
