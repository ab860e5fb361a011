"""Where the files of a session are copied to: a folder of this computer, or of another one over ssh."""

from __future__ import annotations

import os
import re
import socket
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from eyegore.basics.errors import SettingsError
from eyegore.basics.files import lies_in
from eyegore.messages.events import Role

HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9._-]+)?")
"""A name or address; a leading dash would be an option to ssh."""
USER = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.\\+-]*\$?")
SCP = re.compile(r"(?:(?P<user>[^/:@\[\]]*)@)?(?:\[(?P<bracketed>[^\]/]*)\]|(?P<host>[^/:@\[\]]*)):(?P<path>.*)")
"""``user@host:/path``: as rsync reads it, a colon before the first slash."""
FORMS = "/mnt/backup, user@host:/path or ssh://user@host:port/path"


class TargetKind(Enum):
    """How a target is reached."""

    LOCAL = "local"
    SSH = "ssh"


@dataclass(frozen=True)
class SyncTarget:
    """One place that files are copied to.

    ``path`` is absolute, on the target's own computer, without a slash at the end. ``user`` "" and ``port`` 0 leave the
    choice to ssh, ``key`` and ``known_hosts`` None as well; ``bandwidth_kb`` [KiB/s] 0 means no limit.
    """

    name: str
    kind: TargetKind
    path: str
    host: str = ""
    user: str = ""
    port: int = 0
    key: Path | None = None
    known_hosts: Path | None = None
    bandwidth_kb: int = 0
    role: Role = Role.BACKUP

    @property
    def volume(self) -> str:
        """What its free space is told under."""
        return f"volume of {self.path if self.kind is TargetKind.LOCAL else self.name}"

    @property
    def login(self) -> str:
        """``user@host``, as ssh takes it; "" for a local target."""
        return f"{self.user}@{self.host}" if self.user else self.host

    @property
    def address(self) -> str:
        """The folder as an argument of rsync, with the slash that means "into it"; give it after ``--``."""
        folder = self.path.rstrip("/") + "/"
        if self.kind is TargetKind.LOCAL:
            return folder
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.user}@{host}:{folder}" if self.user else f"{host}:{folder}"

    def below(self, folder: str) -> SyncTarget:
        """The target in a folder below this one; an absolute ``folder`` replaces the path (as ``-B NAME`` always did).

        Raises
        ------
        SettingsError
            When the folder is empty or leads out of the target.
        """
        refuse_odd(folder)
        parts = PurePosixPath(folder)
        if not parts.is_absolute() and (".." in parts.parts or parts == PurePosixPath(".")):
            raise SettingsError(f"{folder!r} is not a folder below {self.path}: give a plain name")
        return replace(self, path=str(PurePosixPath(self.path) / parts))

    def copy_of(self, source: Path) -> SyncTarget:
        """Where the copy of this folder is. It has the name of the folder a link leads to, so that days do not mix."""
        return replace(self, path=str(PurePosixPath(self.path) / os.path.basename(os.path.realpath(source))))


def parse_target(text: str) -> SyncTarget:
    """The target a person wrote: ``/mnt/backup``, ``user@host:/path``, ``host:/path``, ``ssh://user@host:port/path``.

    A colon before the first slash means another computer, as for rsync; ``./a:b`` is a local folder. Local paths are
    made absolute, so that blanks, dashes and colons in them mean nothing to rsync.

    Raises
    ------
    SettingsError
        What is wrong, and which forms there are.
    """
    refuse_odd(text)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        host, user, port, path = _url(text)
    elif match := SCP.fullmatch(text):
        host, user, port = match["host"] or match["bracketed"] or "", match["user"] or "", 0
        path = match["path"]
        if path.startswith(":"):
            raise SettingsError(f"target {text!r} is an rsync daemon, which has no encryption: give {FORMS}")
        if match["user"] == "":
            raise SettingsError(f"target {text!r} has no user before the @")
    else:
        return SyncTarget(text, TargetKind.LOCAL, os.path.abspath(os.path.expanduser(text)))
    _check_login(text, host, user)
    if not path.startswith("/"):
        raise SettingsError(f"target {text!r} needs the whole path on {host}, such as {host}:/data/backup")
    path = str(PurePosixPath("/") / path.lstrip("/"))
    return SyncTarget(text, TargetKind.SSH, path, host, user, port)


def refuse_inside(source: Path, target: SyncTarget) -> None:
    """Refuse a target that is the source, lies in it, or whose folder of the source's name is the source.

    Symbolic links are resolved and bind mounts seen through. Of other computers nothing can be known, but this one is
    recognised under its own names.

    Raises
    ------
    SettingsError
        The source would be copied into itself, again and again.
    """
    if target.kind is TargetKind.SSH and target.host.lower() not in _own_names():
        return
    for folder in (Path(target.path), Path(target.path) / source.resolve().name):
        if lies_in(folder, source):
            raise SettingsError(
                f"target {target.name!r} lies in {source}, the folder to be copied: choose a folder outside it"
            )


def place_of(target: SyncTarget) -> object:
    """The same for two targets that are one place, whoever writes there; links of this computer are resolved."""
    if target.kind is TargetKind.SSH:
        return target.host.lower(), target.port or 22, target.path
    return os.path.realpath(target.path)


def _own_names() -> set[str]:
    return {"localhost", "127.0.0.1", "::1", socket.gethostname().lower()}


def refuse_odd(text: str) -> None:
    """Refuse what can be no target in any form: an empty text, a line break, an option."""
    if not text.strip():
        raise SettingsError(f"an empty target: give {FORMS}")
    if any(not letter.isprintable() for letter in text):
        raise SettingsError(f"target {text!r} has a line break or another sign that cannot be printed")
    if text.startswith("-"):
        raise SettingsError(f"target {text!r} begins with a dash, like an option: write ./{text} for such a folder")


def _url(text: str) -> tuple[str, str, int, str]:
    """Host, user, port and path of ``ssh://user@host:port/path``."""
    try:
        parts = urlsplit(text)
        port = parts.port or 0
    except ValueError as why:
        raise SettingsError(f"target {text!r} cannot be read ({why}): give {FORMS}") from why
    if parts.scheme != "ssh":
        raise SettingsError(f"target {text!r} is of a kind that is not known: give {FORMS}")
    if parts.password is not None:
        raise SettingsError("a target has no password, everybody could read it there: use a key")
    if parts.query or parts.fragment:
        raise SettingsError(f"target {text!r}: write ? as %3F and # as %23")
    path, user = unquote(parts.path), unquote(parts.username or "")
    refuse_odd(path or "/")
    host = parts.netloc.rpartition("@")[2]  # urlsplit makes names small, and people search for what they wrote
    host = host[1 : host.index("]")] if host.startswith("[") else host.partition(":")[0]
    return host, user, port, path


def _check_login(text: str, host: str, user: str) -> None:
    if not HOST.fullmatch(host):
        raise SettingsError(f"target {text!r}: {host!r} is no name or address of a computer")
    if user and not USER.fullmatch(user):
        raise SettingsError(f"target {text!r}: {user!r} is no name of a user")
