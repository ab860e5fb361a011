"""Killed with -9 at any moment while it copies: nothing lost, nothing half to be taken for whole, nothing left over."""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.simulator.simulator import SimulatedSession, Simulator

from ...patience import AWAITED_S
from ..written_day import Day, fits
from .copy_lab import OLD, flaws
from .ssh_server import SshServer, program

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("EYEGORE_TEST_KILLS", "20"))
SEED = int(os.environ.get("EYEGORE_TEST_SEED", "5"))
BACKLOG, MEGABYTE = 8, 700
"""So many images are there at first, and as many pixels wide and high is one of 1 MB."""
FAST_KB, SLOW_KB = 3000, 100
"""So fast images are copied [KiB/s]; where a kill is to meet a copy, one of 1 MB takes ten seconds."""


class Eyegore:
    """Commands that copy ``day`` to both ``targets``, with a folder for temporary files of their own."""

    def __init__(self, day: Path, targets: tuple[str, str], state: Path, temporary: Path, programs: Path) -> None:
        eyegore = [sys.executable, "-m", "eyegore"]
        local, remote = targets
        self._sync = [*eyegore, "sync", str(day), "--to", local, remote, "--state", str(state)]
        session = [*eyegore, "-p", str(day), "--headless", "-r", local, "-B", remote, "--state", str(state)]
        self._commands = (self._sync, session)
        self._environment = os.environ | {"TMPDIR": str(temporary), "PATH": f"{programs}:{os.environ['PATH']}"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, number: int, log: Path) -> None:
        """Start ``eyegore sync`` or a session, by turns."""
        with log.open("ab") as said:
            command = self._commands[number % len(self._commands)]
            self._process = subprocess.Popen(command, env=self._environment, stdout=said, stderr=said)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def once(self) -> dict[str, object]:
        """A clean pass; what it tells."""
        told = subprocess.run(
            [*self._sync, "--once", "--json"],
            env=self._environment,
            capture_output=True,
            timeout=AWAITED_S,
            check=False,
        )
        assert told.returncode == 0, told.stdout.decode() + told.stderr.decode()
        return dict(json.loads(told.stdout))


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files; its name is short enough for sockets below it."""
    with tempfile.TemporaryDirectory(prefix="ey-") as name:
        yield Path(name)


def test_killed_at_random_moments(tmp_path: Path, temporary: Path, wait_until: Callable[..., None]) -> None:
    chance = random.Random(SEED)
    for name in ("sshd", "backup", "gateway"):
        (tmp_path / name).mkdir()
    server = SshServer(tmp_path / "sshd", wait_until)
    server.ssh_program(tmp_path / "bin")
    limit = tmp_path / "limit"
    limited = f'--bwlimit="$(cat {shlex.quote(str(limit))})"'
    program(tmp_path / "bin", "rsync", f'exec {shutil.which("rsync")} {limited} "$@"')
    server.start()
    server.make_known()
    elvis = Simulator(tmp_path / "day", SimulatedSession(images=False, seconds=100_000, force=True))
    elvis.append_rows(20)
    day = Day(tmp_path / "day")
    targets = (str(tmp_path / "backup"), server.address(tmp_path / "gateway"))
    copies = [tmp_path / name / "day" for name in ("backup", "gateway")]
    eyegore = Eyegore(day.folder, targets, tmp_path / "state", temporary, tmp_path / "bin")
    pause = threading.Event()
    for number in range(BACKLOG):
        old_image(day, number)
    try:
        for number in range(KILLS):
            image, half = arrive(day, 100 + number, chance.randint(100, 500))
            meets = number % 2 == 0
            if meets:
                old_image(day, BACKLOG + number)
            limit.write_text(str(SLOW_KB if meets else FAST_KB))
            copy = chance.choice(copies)
            left = halves(copy)
            eyegore.start(number // 2, tmp_path / "log")
            pause.wait(chance.uniform(0.0, 0.2))
            elvis.append_rows(chance.randint(1, 20))
            append(image, half)
            if meets:
                wait_until(lambda copy=copy, left=left: halves(copy) - left, message=f"kill {number} meets no copy")
                pause.wait(chance.uniform(0.0, 0.2))
            else:
                pause.wait(chance.uniform(0.0, 0.8))
            eyegore.kill()
            assert [flaws(day.folder, copy) for copy in copies] == [[], []], f"after kill {number}"
        (tmp_path / "bin" / "rsync").unlink()
        eyegore.once()
    finally:
        eyegore.kill()
        server.kill()
    whole = {path.name: path.read_bytes() for path in day.folder.iterdir() if not path.name.startswith(".")}
    for copy in copies:
        assert {path.name: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == whole
    assert list(temporary.iterdir()) == []


def halves(copy: Path) -> set[Path]:
    """Images of which a part has arrived: those being copied, and what killed copies left for a moment."""
    return {path for path in copy.glob(".EUC*") if path.is_file()}


def old_image(day: Day, obsid: int) -> None:
    """A whole image that was there before anybody looked: it is copied at first sight."""
    path, half = arrive(day, obsid, MEGABYTE)
    append(path, half)
    os.utime(path, (OLD, OLD))


def append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)


def arrive(day: Day, obsid: int, width: int) -> tuple[Path, bytes]:
    """An image of which a half is there, and the other half."""
    content = fits(width, width)
    content += bytes(-len(content) % 2880)
    path = day.image(obsid)
    path.write_bytes(content[: len(content) // 2])
    return path, content[len(content) // 2 :]
