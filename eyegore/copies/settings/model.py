"""The settings of the copies as read, frozen, and as people read them."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from eyegore.copies.target import SyncTarget, TargetKind
from eyegore.messages.events import Role

GATEWAY = "broadcast"
"""The section of the computer on which ``-B NAME`` is a folder; no target can be called so."""
SSH_PORT = 22


@dataclass(frozen=True)
class Place:
    """One section: a place that copies can go to. ``target`` is its root; ``role`` None: for both.

    ``where`` is the file and the line of the section, ``keys_at`` the same of the key file, "" without one.
    """

    name: str
    target: SyncTarget
    role: Role | None
    where: str
    keys_at: str = ""

    def has(self, target: SyncTarget) -> bool:
        """Whether ``target`` is on this computer, as far as it says: without user or port, those of here are meant."""
        mine = self.target
        return (
            mine.kind is target.kind is TargetKind.SSH
            and mine.host.lower() == target.host.lower()
            and target.user in ("", mine.user)
            and target.port in (0, mine.port or SSH_PORT)
        )

    def completed(self, target: SyncTarget) -> SyncTarget:
        """The target with all that it does not say itself taken from here."""
        mine = self.target
        return replace(
            target,
            user=target.user or mine.user,
            port=target.port or mine.port,
            key=target.key or mine.key,
            known_hosts=target.known_hosts or mine.known_hosts,
            bandwidth_kb=target.bandwidth_kb or mine.bandwidth_kb,
        )

    @property
    def told(self) -> str:
        """The place as people read it."""
        target = self.target
        parts = [target.address.rstrip("/") or "/"]
        if target.kind is TargetKind.SSH:
            parts += [
                f"port {target.port}" if target.port else "",
                f"key {target.key}" if target.key else "keys of ssh",
            ]
            parts.append(f"host keys in {target.known_hosts}" if target.known_hosts else "")
        parts.append(f"at most {target.bandwidth_kb} KiB/s" if target.bandwidth_kb else "")
        parts.append(f"for {self.role.value} only" if self.role else "")
        return ", ".join(part for part in parts if part)

    def key_fault(self) -> str:
        """Why ssh would not use the key file, "" when it would, or there is none; with file and line."""
        key = self.target.key
        reason = "" if key is None else key_fault(key)
        return f"{self.keys_at}: {reason}" if reason else ""


@dataclass(frozen=True)
class CopySettings:
    """All places; ``path`` is the file, which need not exist when there are none."""

    path: Path
    gateway: Place | None = None
    targets: Mapping[str, Place] = field(default_factory=dict)

    @property
    def places(self) -> tuple[Place, ...]:
        """All of them, the gateway first."""
        return (*((self.gateway,) if self.gateway else ()), *self.targets.values())

    def of(self, target: SyncTarget) -> Place | None:
        """The first place that is on the computer of ``target``."""
        return next((place for place in self.places if place.has(target)), None)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Each place and what is said of it."""
        told = [("copies file", str(self.path))]
        if self.gateway is not None:
            told.append(("-B NAME", f"{self.gateway.told}: NAME is a folder below"))
        return told + [(f"target {name}", place.told) for name, place in self.targets.items()]

    @property
    def summary(self) -> str:
        """What there is, in a few words."""
        gateway = self.gateway
        told = [f"-B NAME below {gateway.target.login}:{gateway.target.path}"] if gateway else []
        names = ", ".join(self.targets)
        return "; ".join([*told, *([f"targets {names}"] if names else [])]) or "nothing in it"

    @property
    def faults(self) -> list[str]:
        """What is wrong with the key files, a line each: a session that needs one would not start."""
        return [fault for place in self.places if (fault := place.key_fault())]


def key_fault(key: Path) -> str:
    """Why ssh would not use this file as a key; "" when it would, as far as can be seen."""
    if key.suffix == ".pub":
        return f"{key} is the public half: name the private key, {key.with_suffix('')}"
    try:
        found = key.stat()
    except OSError as why:
        return f"{key} cannot be read ({why.strerror}): make a key with ssh-keygen -t ed25519 -f {key}"
    if not stat.S_ISREG(found.st_mode):
        return f"{key} is no file: name the private key itself"
    if found.st_uid == os.getuid() and found.st_mode & 0o077:
        return f"{key} can be read by others, so ssh does not use it: chmod 600 {key}"
    if not os.access(key, os.R_OK):
        return f"{key} cannot be read: it belongs to another user"
    return ""
