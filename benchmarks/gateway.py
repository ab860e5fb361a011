"""A computer that copies are sent to over ssh: an sshd on loopback with keys and port of its own."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from eyegore.copies.target import SyncTarget, parse_target
from eyegore.messages.events import Role

HOST = "127.0.0.1"
PRIVILEGE_SEPARATION = Path("/run/sshd")
"""sshd started by root refuses to work without it."""
START_S = 10.0


class Gateway:
    """Where it listens, and how to be let in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port: int = free.getsockname()[1]
        for name in ("client", "host"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", str(folder / name)]
            subprocess.run(command, check=True)
        kind, key = (folder / "host.pub").read_text().split()[:2]
        (folder / "known_hosts").write_text(f"[{HOST}]:{self.port} {kind} {key}\n")

    def address(self, path: Path) -> str:
        """A folder there, as a person writes it."""
        return f"ssh://{getpass.getuser()}@{HOST}:{self.port}{path}"

    def target(self, path: Path) -> SyncTarget:
        """A folder there, with all that is needed to get in."""
        return replace(
            parse_target(self.address(path)),
            role=Role.BROADCAST,
            key=self.folder / "client",
            known_hosts=self.folder / "known_hosts",
        )

    def settings(self) -> Path:
        """A file of settings for copies that says how to get in."""
        path = self.folder / "copies.toml"
        path.write_text(
            f'[targets.gateway]\nhost = "{HOST}"\nport = {self.port}\nuser = "{getpass.getuser()}"\nroot = "/"\n'
            f'key = "{self.folder / "client"}"\nknown_hosts = "{self.folder / "known_hosts"}"\n'
        )
        return path


@contextlib.contextmanager
def gateway(folder: Path) -> Iterator[Gateway]:
    """One that listens."""
    folder.mkdir()
    found = Gateway(folder)
    if os.geteuid() == 0:
        PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if program is None:
        raise SystemExit("no sshd: sudo apt-get install --no-install-recommends openssh-server")
    settings = {
        "ListenAddress": f"{HOST}:{found.port}",
        "HostKey": str(folder / "host"),
        "AuthorizedKeysFile": str(folder / "client.pub"),
        "SetEnv": f"HOME={folder}",  # not the start files of whoever measures
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PermitRootLogin": "yes",
        "UseDNS": "no",
    }
    (folder / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    quiet = subprocess.DEVNULL
    command = [program, "-D", "-f", str(folder / "sshd_config")]
    with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet) as server:
        try:
            _wait_for(found.port, server)
            yield found
        finally:
            server.terminate()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection((HOST, port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"sshd did not start (exit code {server.poll()})")
