"""A real sshd on loopback with keys, port and host key of its own, that can be killed, come back, and be another."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from eyegore.copies.target import SyncTarget, parse_target

from ...patience import AWAITED_S

HOST = "127.0.0.1"
PRIVILEGE_SEPARATION = Path("/run/sshd")
"""sshd started by root refuses to work without it."""


class SshServer:
    """An sshd that takes one key; ``known_hosts`` knows it after :meth:`make_known`.

    It listens on ``host``, and is started by the command ``within``, such as one that enters another network.
    """

    def __init__(
        self, folder: Path, wait_until: Callable[..., None], host: str = HOST, within: Sequence[str] = ()
    ) -> None:
        self.folder = folder
        self.host = host
        self._within = tuple(within)
        self.key = folder / "client_key"
        self.known_hosts = folder / "known_hosts"
        self._host_key = folder / "host_key"
        self._wait_until = wait_until
        self._sshd: subprocess.Popen[bytes] | None = None
        self._settings: tuple[str, ...] = ()
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port: int = free.getsockname()[1]
        _make_key(self.key)
        _make_key(self._host_key)
        shutil.copy(f"{self.key}.pub", folder / "authorized_keys")

    def target(self, path: Path | str, **changes: object) -> SyncTarget:
        """A folder reached through this server."""
        target = parse_target(self.address("/"))
        ours = {"path": str(path), "key": self.key, "known_hosts": self.known_hosts}
        return SyncTarget(**(vars(target) | ours | changes))

    def address(self, path: Path | str) -> str:
        """The same as a person would write it; ssh itself must then know key and host, see :meth:`ssh_program`."""
        return f"ssh://{getpass.getuser()}@{self.host}:{self.port}{path}"

    def ssh_program(self, folder: Path, *options: str) -> None:
        """Put an ``ssh`` into ``folder`` that knows key and host, and has these options before all others."""
        own = [*options, f"IdentityFile={self.key}", f"UserKnownHostsFile={self.known_hosts}"]
        words = " ".join(f"-o {shlex.quote(option)}" for option in own)
        program(folder, "ssh", f'exec {shutil.which("ssh")} {words} "$@"')

    def start(self, *settings: str) -> None:
        """Start it, and wait until it answers; ``settings`` are lines for its configuration, kept for later starts."""
        self._settings = settings or self._settings
        if os.geteuid() == 0:
            PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)
        config = self.folder / "sshd_config"
        # a home without start files: those of the user's shell, killed in the middle, leave locks
        variables = [one.removeprefix("SetEnv ") for one in self._settings if one.startswith("SetEnv ")]
        lines = [
            f"SetEnv HOME={self.folder} {' '.join(variables)}",  # of each the first counts
            *self._settings,
            f"ListenAddress {self.host}:{self.port}",
            f"HostKey {self._host_key}",
            f"SetEnv HOME={self.folder}",  # the start files of whoever runs the tests may do anything
            f"AuthorizedKeysFile {self.folder / 'authorized_keys'}",
            "PidFile none",
            "StrictModes no",
            "UsePAM no",
            "PasswordAuthentication no",
            "PermitRootLogin yes",
            "UseDNS no",
            "PrintMotd no",
            "MaxStartups 100",
        ]
        config.write_text("\n".join(lines) + "\n")
        sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
        assert sshd, "sshd is missing: sudo apt-get install openssh-server"
        with (self.folder / "sshd.log").open("ab") as log:
            self._sshd = subprocess.Popen(
                [*self._within, sshd, "-D", "-e", "-f", str(config)], stdin=subprocess.DEVNULL, stderr=log
            )
        self._wait_until(self._answers, message=(self.folder / "sshd.log").read_text())

    def kill(self) -> None:
        """End it and everybody it serves at once, as when the computer loses its power."""
        if self._sshd is None:
            return
        for number in (*_descendants(self._sshd.pid), self._sshd.pid):
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._sshd.wait(AWAITED_S)
        self._sshd = None

    def freeze(self) -> None:
        """Answer nothing any more, with all connections open, as behind a cut line; :meth:`kill` ends that as well."""
        assert self._sshd is not None
        for number in (self._sshd.pid, *_descendants(self._sshd.pid)):
            os.kill(number, signal.SIGSTOP)

    def change_host_key(self) -> None:
        """Be another computer, after the next start."""
        _make_key(self._host_key)

    def accept_keys(self) -> None:
        """Start again as a server that takes our key."""
        self.kill()
        self.start("PubkeyAuthentication yes")

    def ask_for_password(self) -> None:
        """Start again as a server that takes no keys, only passwords."""
        self.kill()
        self.start("PubkeyAuthentication no", "PasswordAuthentication yes")

    def force_command(self, command: str) -> None:
        """Start again as a server that runs this, whatever it is asked to run."""
        self.kill()
        self.start(f"ForceCommand {command}")

    def make_known(self) -> None:
        """Write its host key into ``known_hosts``, as an administrator would."""
        kind, key = Path(f"{self._host_key}.pub").read_text().split()[:2]
        self.known_hosts.write_text(f"[{self.host}]:{self.port} {kind} {key}\n")

    @property
    def connections(self) -> int:
        """How many it serves at the moment."""
        return len(_children(self._sshd.pid)) if self._sshd else 0

    def _answers(self) -> bool:
        assert self._sshd is not None
        if self._sshd.poll() is not None:
            pytest.fail(f"sshd ended: {(self.folder / 'sshd.log').read_text()}")
        try:
            with socket.create_connection((self.host, self.port), 1) as line:
                return line.recv(4) == b"SSH-"
        except OSError:
            return False


def program(folder: Path, name: str, script: str) -> None:
    """Put a program into ``folder``, to be found before the one it stands for."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _make_key(path: Path) -> None:
    path.unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(path)], check=True)


def _children(number: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == number:
            found.append(int(status.parent.name))
    return found


def _descendants(number: int) -> list[int]:
    """All processes below this one, the lowest first."""
    return [found for child in _children(number) for found in (*_descendants(child), child)]
