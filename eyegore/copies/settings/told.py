"""The settings of the copies as people read them."""

from __future__ import annotations

from collections.abc import Iterator

from eyegore.copies.settings.model import CopySettings, Place
from eyegore.copies.target import TargetKind

Row = tuple[str, str]


def rows(settings: CopySettings) -> list[Row]:
    """Each place and what is said of it."""
    told = [("copies file", str(settings.path))]
    if settings.gateway is not None:
        told.append(("-B NAME", f"{_told(settings.gateway)}: NAME is a folder below"))
    return told + [(f"target {name}", _told(place)) for name, place in settings.targets.items()]


def summary(settings: CopySettings) -> str:
    """What there is, in a few words."""
    gateway = settings.gateway
    told = [f"-B NAME below {gateway.target.login}:{gateway.target.path}"] if gateway else []
    names = ", ".join(settings.targets)
    return "; ".join([*told, *([f"targets {names}"] if names else [])]) or "nothing in it"


def faults(settings: CopySettings) -> Iterator[str]:
    """What is wrong with the key files, a line each: a session that needs one would not start."""
    return (fault for place in settings.places if (fault := place.key_fault()))


def _told(place: Place) -> str:
    target = place.target
    parts = [target.address.rstrip("/") or "/"]
    if target.kind is TargetKind.SSH:
        parts += [f"port {target.port}" if target.port else "", f"key {target.key}" if target.key else "keys of ssh"]
        parts.append(f"host keys in {target.known_hosts}" if target.known_hosts else "")
    parts.append(f"at most {target.bandwidth_kb} KiB/s" if target.bandwidth_kb else "")
    parts.append(f"for {place.role.value} only" if place.role else "")
    return ", ".join(part for part in parts if part)
