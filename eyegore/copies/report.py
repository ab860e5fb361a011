"""What one pass over a folder did for one target, and how what lies there compares."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from eyegore.copies.ledger import FileState, LedgerEntry
from eyegore.copies.programs.rsync import RsyncFile, RsyncProgress
from eyegore.copies.scan import SourceFile
from eyegore.elvis.day_folder import parse_name
from eyegore.messages.copies import CopyState, ExposureCopy


class Likeness(Enum):
    """How a file on the target compares with its source."""

    EQUAL = "equal"
    DIFFERENT = "different"
    SHORT = "short"
    """The target has less than it should: a copy that has not come to its end."""
    MISSING = "missing"
    CHANGED = "changed"
    """The source changed meanwhile: nothing can be said."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Compared:
    """One file compared, byte by byte. ``checksum`` is the SHA-256 of the source where it was read here, else ""."""

    path: str
    likeness: Likeness
    words: str = ""
    checksum: str = ""


@dataclass(frozen=True)
class Mismatch:
    """A file that was not the same on the target. ``kept`` is the name the other one has there now, "" for none."""

    path: str
    obsid: int | None
    words: str
    kept: str = ""
    mended: bool = False

    @property
    def alarm_text(self) -> str:
        """For the person who must know."""
        whose = "" if self.obsid is None else f"ObsID {self.obsid}: "
        done = "copied again and verified" if self.mended else "not mended yet"
        beside = f", the other is kept beside as {self.kept}" if self.kept else ""
        return f"{whose}{self.path} {self.words}; {done}{beside}"


@dataclass(frozen=True)
class PassReport:
    """One pass. ``problem`` is "" or what a person can act on; ``waiting`` are complete files not verified there yet.

    ``complete``, ``verified`` and ``copied`` count files; ``incomplete`` tells by path why others are not offered.
    ``lost`` and ``stuck`` are those of :class:`~eyegore.copies.scan.FolderState`.
    ``exposures`` tells how the files of each ObsID stand; the same object as before when no one stands otherwise.
    """

    source: str
    target: str
    time: float
    complete: int
    complete_bytes: int
    verified: int
    copied: int
    copied_bytes: int
    waiting: tuple[LedgerEntry, ...]
    incomplete: Mapping[str, str]
    mismatches: tuple[Mismatch, ...]
    problem: str = ""
    lost: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    exposures: Mapping[int, ExposureCopy] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether every complete file is on the target and verified."""
        return not self.waiting and not self.problem and not self.lost

    @property
    def failed(self) -> tuple[LedgerEntry, ...]:
        """The files that wait because they could not be copied."""
        return tuple(entry for entry in self.waiting if entry.state is FileState.FAILED)

    @property
    def lag_bytes(self) -> int:
        """Bytes of the files that wait [bytes]."""
        return sum(entry.size for entry in self.waiting)

    @property
    def lag_s(self) -> float:
        """How long the oldest of them has been waiting [s]; 0 when none does."""
        return max((self.time - entry.since for entry in self.waiting), default=0.0)


STATES = {
    FileState.COMPLETE: CopyState.WAITING,
    FileState.VERIFIED: CopyState.VERIFIED,
    FileState.MISMATCH: CopyState.DIFFERS,
    FileState.FAILED: CopyState.FAILED,
}


def exposure_copies(
    files: Mapping[str, SourceFile], incomplete: Iterable[str], entries: Mapping[str, LedgerEntry]
) -> dict[int, ExposureCopy]:
    """The worst state of the files of each ObsID; one that is being written waits."""
    worst: dict[int, CopyState] = {}
    images: dict[int, int] = {}
    for path, file in files.items():
        if file.obsid is None:
            continue
        state = STATES[entries[path].state]
        known = worst.get(file.obsid)
        if known is None or state.rank > known.rank:
            worst[file.obsid] = state
        images[file.obsid] = images.get(file.obsid, 0) + (not file.grows)
    for path in incomplete:
        day_file = parse_name(os.path.basename(path))
        if day_file is not None and day_file.obsid is not None:
            known = worst.get(day_file.obsid, CopyState.VERIFIED)
            worst[day_file.obsid] = max(known, CopyState.WAITING, key=lambda state: state.rank)
    return {obsid: ExposureCopy(state, images.get(obsid, 0)) for obsid, state in worst.items()}


class PassListener:
    """Told on the thread of the pass; must return at once and not raise. This one does nothing."""

    def on_file(self, file: RsyncFile) -> None:
        """Rsync begins with a file."""

    def on_progress(self, progress: RsyncProgress) -> None:
        """Rsync has come so far."""

    def on_run_end(self) -> None:
        """Rsync has ended."""

    def on_look(self, report: PassReport) -> None:
        """So much is to be done; the target was not asked yet."""

    def on_report(self, report: PassReport) -> None:
        """The target answers; the pass has come so far, and goes on."""

    def on_space(self, free: float) -> None:
        """The volume of the target has so much free space [byte]."""
