"""The link to the other computer goes down while a file is on its way, and comes back."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from eyegore.copies.worker import SyncPace

from ...patience import AWAITED_S
from ..written_day import Day
from .backup_lab import PATIENCE_S, QUICK, BackupLab, small_day
from .ssh_server import SshServer

pytestmark = pytest.mark.slow

DOWN_S = float(os.environ.get("EYEGORE_TEST_DOWN_S", "0"))
"""How long the link is down at least [s]; when above 0, with the patience and pace that people have."""
LARGE = 4 << 20


@dataclass(frozen=True)
class Network:
    """Another computer, as far as the network goes: a name space with one link to us."""

    name: str
    host: str
    ours: str
    theirs: str

    @property
    def within(self) -> list[str]:
        """What starts a program there."""
        return ["ip", "netns", "exec", self.name]

    def link(self, state: str) -> None:
        """Set their end "down" or "up"."""
        ip("-n", self.name, "link", "set", self.theirs, state)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True, timeout=AWAITED_S)


@pytest.fixture
def network() -> Iterator[Network]:
    if shutil.which("ip") is None:
        pytest.skip("ip is missing (apt install iproute2): no network can be made to go down")
    number = os.getpid() % (1 << 14)
    near, far = (f"198.18.{number >> 6}.{(number % 64) * 4 + end}" for end in (1, 2))  # a range for tests (RFC 2544)
    made = Network(f"eyegore-{os.getpid()}", far, f"eyea{os.getpid()}", f"eyeb{os.getpid()}")
    try:
        ip("netns", "add", made.name)
    except subprocess.CalledProcessError as why:
        pytest.skip(f"network name spaces are not permitted here: {why.stderr.strip()}")
    try:
        try:
            ip("link", "add", made.ours, "type", "veth", "peer", "name", made.theirs, "netns", made.name)
            ip("addr", "add", f"{near}/30", "dev", made.ours)
            ip("-n", made.name, "addr", "add", f"{far}/30", "dev", made.theirs)
        except subprocess.CalledProcessError as why:
            pytest.skip(f"virtual links are not permitted here: {why.stderr.strip()}")
        ip("link", "set", made.ours, "up")
        made.link("up")
        yield made
    finally:
        ip("netns", "del", made.name)  # and the link with it


@pytest.fixture
def server(network: Network, tmp_path: Path, wait_until: Callable[..., None]) -> Iterator[SshServer]:
    (tmp_path / "sshd").mkdir()
    server = SshServer(tmp_path / "sshd", wait_until, network.host, network.within)
    server.start()
    server.make_known()
    yield server
    server.kill()


def test_the_link_goes_down_in_mid_transfer_and_comes_back(
    network: Network,
    server: SshServer,
    tmp_path: Path,
    wait_until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "14_Mar_19").mkdir()
    (tmp_path / "gateway").mkdir()
    day = small_day(Day(tmp_path / "14_Mar_19"))
    if not DOWN_S:
        server.ssh_program(tmp_path / "bin", "ServerAliveInterval=1", "ServerAliveCountMax=2", "ConnectTimeout=1")
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    target = server.target(tmp_path / "gateway", bandwidth_kb=1500)
    pace = SyncPace() if DOWN_S else QUICK
    lab = BackupLab(day, target, tmp_path / "gateway", tmp_path / "state", wait_until, pace)
    lab.begin()
    try:
        lab.copied()
        lab.arrive("large", LARGE)
        lab.under_way("large")
        network.link("down")
        threading.Event().wait(DOWN_S)
        lab.failed("there is no way to the target", "network", "tried again", patience=PATIENCE_S + 2 * DOWN_S)
        assert not (lab.there / "large").exists()
        network.link("up")
        lab.copied(PATIENCE_S + 2 * DOWN_S)
    finally:
        lab.end()
