"""The private folder of one ssh connection, with its socket; those that killed programs left are cleared away."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

log = logging.getLogger(__name__)

PREFIX = "eyegore-ssh-"
SOCKET = "c"
PLAIN = re.compile(r"[A-Za-z0-9_/.,:@+-]+")
"""Paths that mean the same to us, to rsync's splitting of ``-e`` and to ssh's quoting, ``%`` and ``~``."""
LONGEST_BASE = 50
"""Of the folder for temporary files [bytes]: a socket's path has 108 at most, ssh itself takes 17."""
CLOSE_S = 3.0
"""How long a connection may take to end [s]."""


class SshFolder:
    """A folder of mode 0700 whose path is short enough for a socket, locked while we live.

    The kernel lets the lock go when we are killed: a folder that can be locked is nobody's.
    """

    def __init__(self) -> None:
        base = _base()
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
            lock = _locked(self.path)
            if lock is not None:
                break  # else somebody who clears away was quicker
        self._lock: int | None = lock

    def close(self) -> None:
        """End the connection and remove the folder; may be called twice."""
        lock, self._lock = self._lock, None
        if lock is not None:
            _remove(self.path)
            os.close(lock)


def clear_abandoned() -> None:
    """Remove the folders of programs that were killed, and end their connections; those in use stay."""
    with contextlib.suppress(OSError):
        for path in list(Path(_base()).glob(f"{PREFIX}*")):
            lock = _locked(path)
            if lock is not None:
                log.debug("%s was left by a program that was killed", path)
                _remove(path)
                os.close(lock)


def _base() -> str:
    base = tempfile.gettempdir()
    return base if len(os.fsencode(base)) <= LONGEST_BASE and PLAIN.fullmatch(base) else "/tmp"


def _locked(path: Path) -> int | None:
    """A lock on a folder of our own; None when it is somebody else's, in use, or gone."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        there = os.fstat(lock)
        if there.st_uid == os.geteuid() and stat.S_IMODE(there.st_mode) == 0o700:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.lstat(path), there):  # not removed before it was locked
                return lock
    except OSError:
        pass
    os.close(lock)
    return None


def _remove(path: Path) -> None:
    if (path / SOCKET).exists():
        command = ["ssh", "-F", "none", "-o", f"ControlPath={path / SOCKET}", "-O", "exit", "--", "target"]
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=CLOSE_S, check=False)
    shutil.rmtree(path, ignore_errors=True)
