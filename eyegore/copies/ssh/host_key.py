"""The host key that another computer shows: whether it is known, what it is, and trusting it from now on."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.copies.programs.rsync import plain_environment
from eyegore.copies.programs.rsync_words import first_words
from eyegore.copies.programs.ssh_words import CHANGED, UNKNOWN, ssh_problem
from eyegore.copies.ssh.line import CONNECT_S, SshLine, fingerprints, own_file, ssh_keygen
from eyegore.copies.target import SyncTarget

PASSED = re.compile(r"Permission denied \(|Too many authentication failures|No supported authentication methods")
"""What ssh says when it took the host key for right, and then was not let in: it offers nothing here."""


class KeyState(Enum):
    """How the key a computer shows stands to those that are known."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    CHANGED = "changed"


@dataclass(frozen=True)
class HostKey:
    """The key of ``target``: ``lines`` for a file of host keys, ``fingerprints`` as kind and SHA256.

    ``state`` KNOWN has no lines. Where it is CHANGED, ``name`` is what ssh calls the computer, ``known`` are the
    fingerprints known until now, and ``old`` is file and line of the one that ssh met first.
    """

    target: SyncTarget
    state: KeyState
    fingerprints: tuple[str, ...]
    lines: str = ""
    name: str = ""
    known: str = ""
    old: str = ""

    def trust(self) -> Path:
        """Take it for the right one from now on, instead of what our own file says; that file.

        Raises
        ------
        SettingsError
            The file cannot be written.
        """
        file = own_file(self.target)
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.state is KeyState.CHANGED and file.exists():
                ssh_keygen("-R", self.name, "-f", str(file), check=True)  # keeps the file before as FILE.old
            before = file.read_bytes() if file.exists() else b""
            gap = b"" if before.endswith(b"\n") or not before else b"\n"
            handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with open(handle, "ab") as known:
                known.write(gap + self.lines.encode())
        except (OSError, subprocess.SubprocessError) as why:
            raise SettingsError(f"{file} cannot be written ({why}): check its rights, or name another") from why
        return file


def shown_by(target: SyncTarget) -> HostKey:
    """Ask a computer for its host key; nothing else is sent, no key of ours is offered.

    Raises
    ------
    SettingsError
        It cannot be reached, or its key was revoked: what to do.
    """
    line = SshLine(replace(target, key=None))
    try:
        code, said = _knock(line, target)
        if code == 0 or PASSED.search(said):
            return HostKey(target, KeyState.KNOWN, tuple(filter(None, fingerprints(target).split(", "))))
        changed, unknown = re.search(CHANGED, said, re.MULTILINE), re.search(UNKNOWN, said, re.MULTILINE)
        if not changed and not unknown:
            problem = ssh_problem(said)
            raise SettingsError(f"{target.host}: {problem.sentence if problem else first_words(said.splitlines())}")
        with tempfile.TemporaryDirectory(prefix="eyegore-key-") as folder:
            seen = Path(folder) / "seen"
            _knock(line, target, "StrictHostKeyChecking=accept-new", f"UserKnownHostsFile={seen}",
                   "GlobalKnownHostsFile=/dev/null")  # fmt: skip
            lines = seen.read_text(encoding="utf-8") if seen.exists() else ""
            marks = _fingerprints_in(seen) if lines else ()
    finally:
        line.close()
    if not marks:
        raise SettingsError(f"{target.host} did not show its host key again: try once more")
    if not changed:
        return HostKey(target, KeyState.UNKNOWN, marks, lines)
    name = re.search(r"^Host key for (\S+) has changed", said, re.MULTILINE)
    place = re.search(r"Offending \S+ key in (.+:\d+)\s*$", said, re.MULTILINE)
    return HostKey(
        target,
        KeyState.CHANGED,
        marks,
        lines,
        name[1] if name else target.host,
        fingerprints(target),
        place[1] if place else "",
    )


def _knock(line: SshLine, target: SyncTarget, *options: str) -> tuple[int, str]:
    """Connect without logging in; ssh's code and words. Of options that are given twice the first counts."""
    program, *usual = line.command
    own = ("PreferredAuthentications=none", "ControlPath=none", "ControlMaster=no", *options)
    command = [program, *(word for one in own for word in ("-o", one)), *usual, "--", target.login, "true"]
    try:
        told = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=2 * CONNECT_S,
            env=plain_environment(),
            start_new_session=True,  # no terminal on which ssh could ask
        )
    except subprocess.TimeoutExpired as why:
        raise SettingsError(f"{target.host} did not answer within {2 * CONNECT_S} s: check that it runs") from why
    except OSError as why:
        raise SettingsError(f"ssh could not be started ({why.strerror or why})") from why
    return told.returncode, told.stderr.decode("utf-8", "replace")


def _fingerprints_in(file: Path) -> tuple[str, ...]:
    """Kind and SHA256 of all keys in a file of host keys."""
    told = ssh_keygen("-l", "-f", str(file))
    return tuple(
        f"{kind} {mark}" for mark, kind in re.findall(r"^\d+ (SHA256:\S+) .*\((\S+)\)\s*$", told, re.MULTILINE)
    )
