"""``.ci/setup``: what it tells of the packages of the distribution, and where a checkout may lie."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from .patience import AWAITED_S

TOP = Path(__file__).parents[1]
OTHERS = (
    "cat", "chmod", "cksum", "dirname", "echo", "env", "grep", "head", "iconv", "id", "mkdir", "rm", "sed", "seq", "sh",
    "tail", "touch", "xargs",
)  # fmt: skip
"""Programs that a machine has before anything is installed for Eyegore."""
BROUGHT = {
    "saods9": "ds9", "xpa-tools": "xpaget", "procps": "ps", "gcc": "cc", "make": "make", "rsync": "rsync",
    "openssh-client": "ssh",
}  # fmt: skip
"""Packages that the demo asks for, and the program that each is asked for."""
NOISE = 700
SET_UP_S = 600
"""Long after this set-up hangs [s]; a busy machine takes minutes."""
LOCALES = {
    "UTF-8": {"PYTHONUTF8": "1"},
    "C": {"LC_ALL": "C"},
    "ASCII": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}
PYTHON = """\
#!/bin/sh
[ "$1$2" = -mvenv ] || exit 0
mkdir -p .venv/bin
echo "$PWD/.venv" >.venv/bin/activate
for name in python pip; do cat "$0" >.venv/bin/$name; chmod +x .venv/bin/$name; done
"""
"""A Python that can do all it is asked, at once."""
LINKING = """\
#!/bin/sh
[ "$1$2" = -mvenv ] || exec "{python}" "$@"
"{python}" -m venv --without-pip .venv
for one in "{packages}"/*; do
    case $one in *eyegore* | */__pycache__) ;; *) ln -s "$one" .venv/lib/python*/site-packages/ ;; esac
done
: >.venv/bin/pip
chmod +x .venv/bin/pip
"""
"""A Python whose new environments hold what that of the tests holds, except Eyegore: no network is needed."""

SetUp = Callable[..., subprocess.CompletedProcess[str]]


def program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def apt_get(*, fails: bool) -> str:
    """An apt-get that is talkative; what it installs are empty programs."""
    brings = "".join(f'case " $* " in *" {package} "*) new {name} ;; esac\n' for package, name in BROUGHT.items())
    install = 'echo "E: Unable to locate package saods9"; exit 100\n' if fails else brings
    return (
        '#!/bin/sh\nnew() { touch "${0%/*}/$1"; chmod +x "${0%/*}/$1"; }\n'
        f'seq -f "Unpacking package %g" {NOISE}\n'
        f'case " $* " in *" update "*) exit 0 ;; esac\n{install}'
    )  # fmt: skip


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """All programs of a machine that has none of those that Eyegore needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in OTHERS:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    program(folder / "sudo", '#!/bin/sh\nshift\nexec "$@"\n')
    return folder


@pytest.fixture
def set_up(tmp_path: Path, programs: Path) -> SetUp:
    """Sets up a checkout for a purpose, on that machine."""
    (tmp_path / ".ci").mkdir()
    for name in ("pyproject.toml", "setup.py", ".ci/setup"):
        shutil.copy(TOP / name, tmp_path / name)
    program(tmp_path / "python", PYTHON)
    around = {"PATH": str(programs), "PYTHON": str(tmp_path / "python")}

    def run(purpose: str, checkout: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        command = ["sh", ".ci/setup", purpose]
        return subprocess.run(command, cwd=checkout, env=around, capture_output=True, text=True, timeout=AWAITED_S)

    return run


def test_a_line_tells_each_step_and_what_apt_says_is_in_a_log(set_up: SetUp, programs: Path, tmp_path: Path) -> None:
    program(programs / "apt-get", apt_get(fails=False))
    run = set_up("demo")
    assert (run.returncode, run.stderr) == (0, "")
    assert [line.removeprefix("eyegore set-up: ") for line in run.stdout.splitlines()] == [
        "distribution packages are missing: saods9 xpa-tools procps gcc libc6-dev make rsync openssh-client",
        "reading the lists of packages",
        "fetching them, and what they need",
        "installing them",
        f"making .venv with {tmp_path}/python ()",
        "installing Python packages into .venv (a few minutes the first time)",
        "ready",
    ]
    assert (tmp_path / ".ci/apt.log").read_text().count("Unpacking") == 3 * NOISE


def test_where_apt_fails_the_end_of_its_log_is_told(set_up: SetUp, programs: Path, tmp_path: Path) -> None:
    program(programs / "apt-get", apt_get(fails=True))
    run = set_up("test")
    assert run.returncode == 1
    first, *ends, last = run.stderr.split("eyegore set-up: ")[1].splitlines()
    assert first == f"apt-get failed; it ended with the lines below, all are in {tmp_path}/.ci/apt.log"
    assert ends[-1].strip() == f"Unpacking package {NOISE}"
    assert last.strip() == "E: Unable to locate package saods9"
    assert len(ends) < 20
    assert "install them and try again" in run.stderr
    assert "Unpacking" not in run.stdout


def test_a_folder_whose_name_python_cannot_write_is_told(set_up: SetUp, tmp_path: Path) -> None:
    latin1 = tmp_path / os.fsdecode(b"Gr\xf6\xdfe")
    shutil.copytree(tmp_path / ".ci", latin1 / ".ci")
    run = set_up("demo", latin1)
    assert run.returncode == 1
    assert "not written in UTF-8" in run.stderr
    assert list(latin1.iterdir()) == [latin1 / ".ci"]


@pytest.fixture(scope="module")
def umlauts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in a folder with umlauts and blanks, set up; the packages it depends on are those of the tests."""
    checkout = tmp_path_factory.mktemp("clone") / os.fsdecode("Größe und Maß".encode()) / "eyegore"
    checkout.mkdir(parents=True)
    for name in ("setup.py", "pyproject.toml", "README.rst", "LICENSE"):
        shutil.copy(TOP / name, checkout)
    for name in (".ci", "eyegore", "limits", "widgets"):
        shutil.copytree(TOP / name, checkout / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    python = checkout.parents[1] / "python"
    program(python, LINKING.format(python=sys.executable, packages=sysconfig.get_path("purelib")))
    around = {"PYTHON": str(python), "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_CONFIG_FILE": os.devnull}
    command = ["sh", ".ci/setup", "demo"]
    run = subprocess.run(command, cwd=checkout, env={**os.environ, **around}, capture_output=True, timeout=SET_UP_S)
    assert run.returncode == 0, (run.stdout + run.stderr).decode(errors="replace")
    return checkout


@pytest.mark.slow
@pytest.mark.timeout(2 * SET_UP_S)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_checkout_may_have_umlauts_and_blanks_in_its_path(umlauts: Path, tmp_path: Path, locale: str) -> None:
    command = [umlauts / ".venv/bin/eyegore", "--version"]
    around = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    run = subprocess.run(command, cwd=tmp_path, env=around | LOCALES[locale], capture_output=True, timeout=AWAITED_S)
    assert run.returncode == 0, run.stderr.decode(errors="replace")
    assert run.stdout.startswith(b"eyegore ")
