"""What is shipped: every file once, ``limits`` and ``widgets`` inside ``eyegore`` only, and usable from anywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .patience import AWAITED_S

pytestmark = pytest.mark.slow

TOP = Path(__file__).parents[1]
PACKAGES = ("eyegore", "limits", "widgets")


def in_checkout() -> set[str]:
    """Names that a wheel has to hold: all code, typing marks and tables, the two packages under ``eyegore``."""
    found = set()
    for package in PACKAGES:
        for path in (TOP / package).rglob("*"):
            name = path.relative_to(TOP).as_posix()
            if path.is_dir() or "__pycache__" in name or name.startswith(("eyegore/limits/", "eyegore/widgets/")):
                continue
            if path.suffix in (".py", ".toml") or path.name == "py.typed" or path.parent.name == "tables":
                found.add(name if package == "eyegore" else f"eyegore/{name}")
    return found


def build(source: Path, kind: str, out: Path) -> Path:
    """Build a ``wheel`` or an ``sdist`` as pip does, with the setuptools of this environment (no network)."""
    out.mkdir()
    code = f"import sys; from setuptools import build_meta; build_meta.build_{kind}(sys.argv[1])"
    made = subprocess.run(
        [sys.executable, "-c", code, str(out)], cwd=source, capture_output=True, text=True, timeout=AWAITED_S
    )
    assert made.returncode == 0, made.stderr
    (archive,) = out.iterdir()
    return archive


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout as git has it (with its links): building writes beside the sources."""
    copy = tmp_path_factory.mktemp("source") / "eyegore"
    copy.mkdir()
    for name in ("setup.py", "pyproject.toml", "README.rst", "LICENSE"):
        shutil.copy(TOP / name, copy)
    for package in PACKAGES:
        shutil.copytree(TOP / package, copy / package, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(source, "wheel", tmp_path_factory.mktemp("wheel") / "out")


def shipped(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return [name for name in archive.namelist() if ".dist-info/" not in name]


def test_wheel_holds_every_file_once_and_nothing_else(wheel: Path) -> None:
    names = shipped(wheel)
    assert len(names) == len(set(names))
    assert set(names) == in_checkout()


def test_wheel_has_no_top_level_package_but_eyegore(wheel: Path) -> None:
    assert {name.split("/")[0] for name in shipped(wheel)} == {"eyegore"}
    assert "eyegore/limits/tables/7.5.X.toml" in shipped(wheel)


def test_source_distribution_builds_the_same_wheel(source: Path, wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "unpacked"
    place.mkdir()
    archive = build(source, "sdist", tmp_path / "sdist")
    subprocess.run(["tar", "-xf", str(archive), "-C", str(place)], check=True, timeout=AWAITED_S)
    (unpacked,) = place.iterdir()
    assert set(shipped(build(unpacked, "wheel", tmp_path / "wheel"))) == set(shipped(wheel))


@pytest.fixture(scope="module")
def place(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel is installed."""
    place = tmp_path_factory.mktemp("installed") / "site"
    install = [sys.executable, "-m", "pip", "--isolated", "install", "-q", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*install, "--target", str(place), str(wheel)], check=True, capture_output=True, timeout=AWAITED_S)
    return place


def test_installed_wheel_works_from_another_folder(place: Path, tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import eyegore, eyegore.limits, eyegore.widgets\n"
        "from eyegore.limits.table import VERSIONS, table_for\n"
        "print([len(table_for(version).parameters) > 50 for version in VERSIONS])\n"
        "print(eyegore.__file__, eyegore.limits.__file__, eyegore.widgets.__file__, sep='\\n')"
    )
    command = [sys.executable, "-I", "-W", "error", "-c", code, str(place)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=AWAITED_S)
    assert run.returncode == 0, run.stderr
    tables, *files = run.stdout.splitlines()
    assert tables == str([True] * 4)
    assert [Path(file).relative_to(place).parent.as_posix() for file in files] == [
        "eyegore",
        "eyegore/limits",
        "eyegore/widgets",
    ]


def test_programs_of_an_installed_wheel_simulate_and_judge(place: Path, tmp_path: Path) -> None:
    around = {**os.environ, "PYTHONPATH": str(place)}

    def run(*arguments: str | Path) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=around, check=True, capture_output=True, text=True, timeout=AWAITED_S
        ).stdout

    program = place / "bin/eyegore"
    assert run("-c", "import eyegore; print(eyegore.__file__)") == f"{place}/eyegore/__init__.py\n"
    assert run(program, "--help").startswith("usage: eyegore")
    run(program, "simulate", "day", "--at-once", "--rows", "300", "--no-images", "--start", "2019-03-14T20:00")
    told = run(program, "-p", "day", "--headless", "--once")
    assert "every sample of every checked parameter is in limits" in told
