"""The way to a target over ssh: never a question, only known host keys, and one connection for all that is sent."""

from __future__ import annotations

import contextlib
import logging
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.copies.outcome import RsyncOutcome, RsyncVerdict
from eyegore.copies.programs.rsync import plain_environment
from eyegore.copies.programs.rsync_words import explain, first_words
from eyegore.copies.programs.ssh_words import ssh_problem
from eyegore.copies.ssh import known_hosts
from eyegore.copies.ssh.folder import PLAIN, SOCKET, SshFolder, clear_abandoned
from eyegore.copies.target import SyncTarget

log = logging.getLogger(__name__)

CONNECT_S = 10
ALIVE_S = 15
"""How often a silent target is asked whether it lives; the third time without answer ends the connection."""
PERSIST_S = 60
"""How long the connection stays open unused: longer than the pause between two passes of a busy day."""
TICK_S = 0.1


@dataclass(frozen=True)
class SshAnswer:
    """What a command on the other side said; its exit ``code``, 255 when ssh itself failed, and what that means."""

    code: int
    output: bytes
    verdict: RsyncVerdict


class SshLine:
    """The connection to one target.

    The first command opens it, all later ones and rsync (by :attr:`options`) use it. :meth:`close` ends it; call that
    also when a command failed, so that the next does not wait for a connection that is dead.

    Raises
    ------
    SettingsError
        The target's key cannot be read, or ssh is not installed.
    """

    def __init__(self, target: SyncTarget, *, connect_s: int = CONNECT_S, alive_s: int = ALIVE_S) -> None:
        if shutil.which("ssh") is None:
            raise SettingsError("ssh is not installed on this computer: install it (apt install openssh-client)")
        if target.key is not None and not os.access(target.key, os.R_OK):
            raise SettingsError(f"the key {target.key} of target {target.name!r} cannot be read: check path and rights")
        self._target = target
        self._connect_s = connect_s
        self._alive_s = alive_s
        self._folder: SshFolder | None = None

    @property
    def command(self) -> list[str]:
        """ssh with all its options, without the host: no word of it has a quote."""
        options = {
            "BatchMode": "yes",
            "StrictHostKeyChecking": "yes",
            "UpdateHostKeys": "no",
            "ConnectTimeout": str(self._connect_s),
            "ConnectionAttempts": "1",
            "ServerAliveInterval": str(self._alive_s),
            "ServerAliveCountMax": "3",
            "ControlMaster": "auto",
            "ControlPath": self._private(SOCKET),
            "ControlPersist": f"{PERSIST_S}s",
            "ClearAllForwardings": "yes",
            "PermitLocalCommand": "no",
            "RemoteCommand": "none",
            "RequestTTY": "no",
            "LogLevel": "INFO",
        }
        own = self._plain(known_hosts.own_file(self._target), "known_hosts")
        options["UserKnownHostsFile"] = " ".join((own, *known_hosts.others(self._target)))
        if self._target.key is not None:
            options |= {"IdentityFile": self._plain(self._target.key, "key"), "IdentitiesOnly": "yes"}
        words = ["ssh", "-a", "-x"]
        words += [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        return [*words, "-p", str(self._target.port)] if self._target.port else words

    @property
    def options(self) -> tuple[str, ...]:
        """What rsync needs to use this connection."""
        return ("-e", " ".join(f'"{word}"' if " " in word else word for word in self.command))

    def run(
        self,
        words: Sequence[str],
        *,
        timeout_s: float,
        given: bytes = b"",
        stopped: Callable[[], bool] = lambda: False,
    ) -> SshAnswer:
        """Run a command on the other side, word by word as given; its shell sees each quoted.

        ``given`` goes to its standard input. ``stopped`` ends it within a second, as does the time limit.
        """
        return self._ask([*self.command, "--", self._target.login, shlex.join(words)], timeout_s, given, stopped)

    def close(self) -> None:
        """End the connection; another command opens it again."""
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.close()

    # --- the private folder -------------------------------------------------------------------------------------------

    def _private(self, name: str) -> str:
        """Path in the private folder; that is made again where a cleaner took it away."""
        if self._folder is not None and not self._folder.path.is_dir():
            self.close()
        if self._folder is None:
            clear_abandoned()
            self._folder = SshFolder()
        return str(self._folder.path / name)

    def _plain(self, path: Path, name: str) -> str:
        """The path, absolute, or that of a link to it where ssh or rsync would misread it."""
        path = path.absolute()
        if PLAIN.fullmatch(str(path)):
            return str(path)
        link = Path(self._private(name))
        with contextlib.suppress(FileExistsError):
            link.symlink_to(path)
        return str(link)

    def _ask(
        self,
        command: list[str],
        timeout_s: float,
        given: bytes = b"",
        stopped: Callable[[], bool] = lambda: False,
    ) -> SshAnswer:
        end = time.monotonic() + timeout_s
        try:
            with tempfile.TemporaryFile() as told:  # a pipe would have to be filled while the answer is read
                told.write(given)
                told.seek(0)
                process = subprocess.Popen(
                    command,
                    stdin=told,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env=plain_environment(),
                    start_new_session=True,  # no terminal on which ssh could ask
                )
        except OSError as why:
            reason = f"ssh could not be started ({why.strerror or why}): check memory and process limits"
            return SshAnswer(255, b"", RsyncVerdict(RsyncOutcome.PASSING, reason))
        with process:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    output, errors = process.communicate(timeout=TICK_S)
                    break
                if stopped() or time.monotonic() > end:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
                    late = RsyncVerdict(RsyncOutcome.PASSING, f"the target did not answer within {timeout_s:g} s")
                    stop = RsyncVerdict(RsyncOutcome.CANCELLED, "stopped on request")
                    return SshAnswer(-signal.SIGKILL, b"", stop if stopped() else late)
        code = process.returncode
        log.debug("%s: %s", shlex.join(command[-2:]), code)
        return SshAnswer(code, output, self._verdict(code, errors.decode("utf-8", "replace")))

    def _verdict(self, code: int, said: str) -> RsyncVerdict:
        if code == 0:
            return RsyncVerdict(RsyncOutcome.DONE, f"{self._target.host} answers")
        if code == 255:
            return ssh_problem(said, known_hosts.trust_command(self._target)) or explain(code, said)
        told = first_words(said.splitlines())
        return RsyncVerdict(RsyncOutcome.PASSING, f"a command on {self._target.host} ended with code {code}: {told}")
