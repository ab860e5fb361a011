"""A day folder that is copied to a folder beside it, and what makes both comparable."""

from __future__ import annotations

import os
from pathlib import Path

from eyegore.copies.engine import SyncEngine
from eyegore.copies.service import open_engine
from eyegore.copies.target import parse_target
from eyegore.elvis.day_folder import parse_name

OLD = 1_500_000_000
"""A time [unix s] so long ago that what was written then is at rest."""


def age(folder: Path) -> None:
    """Make all files of a folder old."""
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (OLD, OLD))


def listing(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Everything of a folder that a copy could have changed: kind, times and content, not the time of last access."""
    found = {}
    for path in sorted([folder, *folder.rglob("*")]):
        there = path.lstat()
        content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes() if path.is_file() else b""
        found[os.fsencode(path).decode("latin-1")] = (there.st_mode, there.st_mtime_ns, there.st_ctime_ns, content)
    return found


def flaws(source: Path, there: Path) -> list[str]:
    """What of a copy anybody could mistake for whole: texts must be beginnings, all other visible files the same."""
    found = []
    for path in sorted(there.rglob("*")):
        inside = path.relative_to(there)
        if not path.is_file() or any(part.startswith(".") for part in inside.parts):
            continue
        copied = path.read_bytes()  # before its source: that may grow meanwhile
        content = (source / inside).read_bytes() if (source / inside).exists() else b""
        grows = parse_name(path.name) is not None and path.suffix == ".txt"
        if not (content.startswith(copied) and copied if grows else copied == content):
            found.append(f"{inside}: {len(copied)} of {len(content)} bytes")
    return found


def hidden(there: Path) -> list[str]:
    """What programs at work, or killed ones, left on the target."""
    found = (path.relative_to(there) for path in there.rglob("*"))
    return sorted(str(path) for path in found if any(part.startswith(".") for part in path.parts))


class SyncLab:
    """The folder ``source``, the target ``root``, and its copy ``there``."""

    def __init__(self, source: Path, root: Path, state: Path) -> None:
        self.source = source
        self.root = root
        self.state = state
        self.there = root / source.name

    def engine(self) -> SyncEngine:
        return open_engine(self.source, parse_target(str(self.root)), self.state)

    @property
    def alike(self) -> bool:
        """Whether every file of the source is on the target with the same content."""
        files = [path for path in self.source.rglob("*") if path.is_file() and not path.name.startswith(".")]
        pairs = [(path, self.there / path.relative_to(self.source)) for path in files]
        if not all(copy.is_file() and copy.stat().st_size == path.stat().st_size for path, copy in pairs):
            return False  # without reading all of it each time it is asked for
        return all(copy.read_bytes() == path.read_bytes() for path, copy in pairs)

    @property
    def names(self) -> set[str]:
        """Of what is to be copied, and of nothing else."""
        return {path.name for path in self.source.iterdir() if not path.name.startswith(".")}

    @property
    def copied_names(self) -> set[str]:
        """What is visible on the target."""
        found = self.there.iterdir() if self.there.exists() else iter(())
        return {path.name for path in found if not path.name.startswith(".")}

    def spoil(self, name: str, offset: int = 100) -> None:
        """Turn one bit of a copied file; size and time stay."""
        path = self.there / name
        times = path.stat()
        content = bytearray(path.read_bytes())
        content[offset] ^= 1
        path.write_bytes(content)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
