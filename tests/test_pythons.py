"""``make test`` with several Pythons or the oldest libraries that are allowed, as the files in ``.ci`` see to it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .patience import AWAITED_S

TOP = Path(__file__).parents[1]
HERE = platform.python_version()


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder first on PATH: this Python under its version, and a make that writes down how it was called."""
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / f"python{HERE}").symlink_to(sys.executable)
    make = folder / "make"
    make.write_text(f'#!/bin/sh\necho "$@" >>"{tmp_path}/called"\nexit ${{MAKE_ENDS:-0}}\n')
    make.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LIBRARIES", "newest")
    return folder


def pythons(*versions: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", TOP / ".ci" / "pythons", *versions], capture_output=True, text=True, timeout=AWAITED_S)


def test_each_python_that_is_installed_has_an_environment_of_its_own(programs: Path, tmp_path: Path) -> None:
    run = pythons("3.0", HERE)
    assert run.returncode == 0
    assert (tmp_path / "called").read_text().splitlines() == [
        f"test PYTHONS= PYTHON={programs}/python{HERE} VENV=.venv-{HERE}"
    ]
    assert f"passed with Python {HERE}\n" in run.stdout
    assert "not installed here, or without tkinter or venv: 3.0\n" in run.stdout


def test_a_python_of_another_version_than_its_name_is_not_taken(programs: Path, tmp_path: Path) -> None:
    (programs / "python3.0").symlink_to(sys.executable)
    run = pythons("3.0")
    assert run.returncode == 1
    assert "passed with Python none\n" in run.stdout
    assert not (tmp_path / "called").exists()


def test_tests_that_fail_are_told_at_the_end(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKE_ENDS", "2")
    run = pythons(HERE)
    assert run.returncode == 1
    assert f"FAILED with {HERE}\n" in run.stdout


def test_oldest_libraries_stay_apart(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIBRARIES", "oldest")
    assert pythons(HERE).returncode == 0
    assert (tmp_path / "called").read_text().endswith(f"VENV=.venv-{HERE}-oldest\n")


def test_every_library_has_an_oldest_version() -> None:
    run = subprocess.run([sys.executable, TOP / ".ci" / "oldest"], capture_output=True, text=True, check=True)
    oldest = run.stdout.splitlines()
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {requirement.partition(">=")[0].partition("[")[0] for requirement in project["dependencies"]}
    assert named <= {line.partition("==")[0] for line in oldest}
    assert "numpy==2.0" in oldest
    assert "moto==5" in oldest
    assert all(line.count("==") == 1 and not set("[]>; ") & set(line) for line in oldest)
