"""The way to a target over ssh: never a question, only known host keys, and one connection for all that is sent.

Which files say what the host keys of other computers are, and what a person types to trust one, stands here as well.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from eyegore.basics.errors import SettingsError
from eyegore.basics.files import config_path
from eyegore.copies.outcome import RsyncOutcome, RsyncVerdict
from eyegore.copies.programs.rsync import plain_environment
from eyegore.copies.programs.rsync_words import explain, first_words
from eyegore.copies.programs.ssh_words import ssh_problem
from eyegore.copies.ssh.folder import PLAIN, SOCKET, SshFolder, clear_abandoned
from eyegore.copies.target import SyncTarget

log = logging.getLogger(__name__)

CONNECT_S = 10
ALIVE_S = 15
"""How often a silent target is asked whether it lives; the third time without answer ends the connection."""
PERSIST_S = 60
"""How long the connection stays open unused: longer than the pause between two passes of a busy day."""
TICK_S = 0.1
YOURS = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
"""The files of host keys of ssh itself, as it finds them: read, never written."""
LOOK_S = 20.0
"""How long ssh-keygen may take to look into a file [s]; it takes milliseconds."""


@dataclass(frozen=True)
class SshAnswer:
    """What a command on the other side said; its exit ``code``, 255 when ssh itself failed, and what that means.

    ``said`` is what it complained of, or else what it told.
    """

    code: int
    output: bytes
    verdict: RsyncVerdict
    said: str = ""


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
        own = self._plain(own_file(self._target), "known_hosts")
        options["UserKnownHostsFile"] = " ".join((own, *others(self._target)))
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
        said = errors.decode("utf-8", "replace")
        verdict = self._verdict(code, said)
        return SshAnswer(code, output, verdict, said if said.strip() else output.decode("utf-8", "replace"))

    def _verdict(self, code: int, said: str) -> RsyncVerdict:
        if code == 0:
            return RsyncVerdict(RsyncOutcome.DONE, f"{self._target.host} answers")
        if code == 255:
            return ssh_problem(said, trust_command(self._target)) or explain(code, said)
        told = first_words(said.splitlines())
        return RsyncVerdict(RsyncOutcome.PASSING, f"a command on {self._target.host} ended with code {code}: {told}")


def own_file(target: SyncTarget) -> Path:
    """The file that new host keys are written to: that of the settings, or Eyegore's own."""
    return target.known_hosts if target.known_hosts is not None else config_path("known_hosts")


def others(target: SyncTarget) -> tuple[str, ...]:
    """The files of host keys that count as well; none where the settings name one. A key in any of them is right."""
    return () if target.known_hosts is not None else YOURS


def fingerprints(target: SyncTarget) -> str:
    """Kind and SHA256 of the host keys known for the target, for comparison; "" when none is."""
    host = f"[{target.host}]:{target.port}" if target.port not in (0, 22) else target.host
    home = pwd.getpwuid(os.getuid()).pw_dir  # where ssh looks, whatever HOME says
    found: dict[str, None] = {}
    for file in (str(own_file(target)), *(name.replace("~", home, 1) for name in others(target))):
        if Path(file).is_file():
            told = ssh_keygen("-l", "-F", host, "-f", file)
            found |= dict.fromkeys(re.findall(r"^(?!#)\S+ (\S+ SHA256:\S+)", told, re.MULTILINE))
    return ", ".join(found)


def ssh_keygen(*words: str, check: bool = False) -> str:
    """What ssh-keygen says; with ``check`` CalledProcessError where it fails. Raises TimeoutExpired."""
    done = subprocess.run(
        ["ssh-keygen", *words],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=LOOK_S, check=check, env=plain_environment(),
    )  # fmt: skip
    return done.stdout.decode("utf-8", "replace")


def trust_command(target: SyncTarget) -> str:
    """What to type to trust the host key of this computer; it needs no settings, and no key of ours."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    if target.port:
        user = f"{quote(target.user)}@" if target.user else ""
        computer = f"ssh://{user}{host}:{target.port}"
    else:
        computer = f"{target.user}@{host}" if target.user else host
    file = ["--known-hosts", str(target.known_hosts)] if target.known_hosts is not None else []
    return shlex.join(["eyegore", "trust", computer, *file])
