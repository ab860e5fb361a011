"""One pass over a folder for one target: what is complete and not there is copied by rsync, then read back.

Nothing is ever written into the folder, and nothing deleted on the target: what lies there under the name of a file to
be copied, and is not the beginning of a text that grew, is kept beside it.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from eyegore.copies.ledger import FileState, LedgerEntry, MountMemory, SyncLedger
from eyegore.copies.programs.rsync import RsyncProgress, RsyncResult, RsyncRun
from eyegore.copies.report import Compared, Likeness, Mismatch, PassListener, PassReport, exposure_copies
from eyegore.copies.scan import FolderState, SourceFile, SyncScan, portions
from eyegore.copies.side import OtherSide
from eyegore.copies.target import SyncTarget
from eyegore.messages.copies import ExposureCopy

log = logging.getLogger(__name__)

TIMEOUT_S = 6 * 3600.0
"""Longest time one rsync may take [s]: a day of images over a slow line."""
IDLE_S = 300.0
BATCH_BYTES = 1 << 30
"""So much is copied before it is read back [bytes]: what a ``kill -9`` costs, and how late an image counts as safe."""
REREAD_BYTES = 256 << 20
"""So much of what is verified is read again in a slow pass [bytes]."""
MEND_AGAIN_S = 900.0
"""A file that differs even after it was copied again is left alone for so long: each try leaves a file beside."""
PARTIAL = ".eyegore-partial"
"""Folder on the target for what an interrupted rsync has of a file."""


STILL_DIFFERS = "files differ even after they were copied again: check disk and memory of both sides"


@dataclass
class _Pass:
    """What one pass has found so far."""

    files: dict[str, SourceFile]
    incomplete: dict[str, str]
    lost: tuple[str, ...]
    stuck: tuple[str, ...]
    copied: int = 0
    copied_bytes: int = 0
    problem: str = ""
    gone: list[LedgerEntry] = field(default_factory=list)
    """Verified once, and not on the target any more."""


class SyncEngine:
    """Keeps the copy of ``source`` on one target. One thread runs passes; :meth:`cancel` may come from any."""

    def __init__(
        self, source: Path, target: SyncTarget, side: OtherSide, ledger: SyncLedger, mounts: MountMemory
    ) -> None:
        self.source = source
        self.target = target
        self.listener = PassListener()
        self._side = side
        self._ledger = ledger
        self._mounts = mounts
        known = {path: entry.stamp for path, entry in ledger.entries().items()}
        self._scan = SyncScan(source, known)
        self._found: FolderState | None = None
        self._last: PassReport | None = None
        self._entries: Mapping[str, LedgerEntry] = {}
        self._stop = threading.Event()
        side.stopped = self._stop.is_set
        self._run: RsyncRun | None = None
        self._vain: dict[str, float] = {}
        """When [monotonic s] a file was copied again in vain."""
        self._exposures: Mapping[int, ExposureCopy] = {}
        self._exposures_of: object = None

    @property
    def progress(self) -> RsyncProgress:
        """Of the rsync at work; may be asked for on any thread."""
        run = self._run
        return run.progress if run else RsyncProgress()

    @property
    def stopped(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """End the pass within a second, for good."""
        self._stop.set()
        run = self._run
        if run is not None:
            run.cancel()

    def close(self) -> None:
        """Close the ledger and the way to the target; on the thread that made the engine."""
        self._side.close()
        self._ledger.close()

    def look(self) -> FolderState:
        """What is complete in the folder now."""
        return self._scan.look(time.monotonic(), time.time())

    def sync(self, *, full: bool = False) -> PassReport:
        """One pass. ``full`` asks also whether what was verified is still there, and reads some of it again.

        Raises
        ------
        SyncError
            When nothing can be copied: no folder, no target, no ledger.
        """
        found = self.look()
        last = self._last
        if last is not None and not full and self._unchanged(found, last):
            return replace(last, time=time.time())
        self._found = found
        current = _Pass(dict(found.complete), dict(found.incomplete), found.lost, found.stuck)
        entries = self._ledger.entries()
        now = time.time()
        self._ledger.put([begun(file, entries.get(file.path), now) for file in self._unknown(current)])
        mismatches: list[Mismatch] = []
        if full or self._waiting(current):
            self.listener.on_look(self._report(current, []))
            self._check_target()
            if full or self._side.empty:  # where all of it was taken away, nothing is verified any more
                self._look_for_lost(current)
            if full:
                self._reread(current)
            self.listener.on_report(self._report(current, []))
            mismatches = self._copy_all(current)
            mismatches += [self._mended(entry, "") for entry in current.gone]
        self._last = self._report(current, mismatches)
        self._entries = self._ledger.entries()
        return self._last

    def _unchanged(self, found: FolderState, last: PassReport) -> bool:
        """Whether a pass would do and tell what the last one did, which found nothing to do."""
        same = found is self._found and self._ledger.entries() is self._entries
        return same and last.done and not last.copied and not last.mismatches

    # --- what is to be done -----------------------------------------------------------------------------------------

    def _unknown(self, current: _Pass) -> list[SourceFile]:
        entries = self._ledger.entries()
        return [
            file for path, file in current.files.items() if path not in entries or entries[path].stamp != file.stamp
        ]

    def _waiting(self, current: _Pass) -> list[LedgerEntry]:
        entries = self._ledger.entries()
        return [entries[path] for path in current.files if entries[path].state is not FileState.VERIFIED]

    def _check_target(self) -> None:
        holds = any(entry.verified for entry in self._ledger.entries().values())
        device = self._side.ready(self._ledger.kept("device"), holds, self._mounts.known)
        self._mounts.keep(self._side.mount)
        if device != self._ledger.kept("device"):
            self._ledger.keep("device", device)
        self.listener.on_space(self._side.space)

    def _look_for_lost(self, current: _Pass) -> None:
        """Verified files that are no longer there in their length are copied again."""
        entries = self._ledger.entries()
        verified = [file for path, file in current.files.items() if entries[path].state is FileState.VERIFIED]
        lost = self._side.absent(verified)
        words = "was verified on the target, and is there no more or cut"
        current.gone = [
            replace(entries[path], state=FileState.COMPLETE, verified=0.0, error=words, since=time.time())
            for path in sorted(lost)
        ]
        self._ledger.put(current.gone)

    def _reread(self, current: _Pass) -> None:
        """Read again what was verified longest ago."""
        entries = self._ledger.entries()
        verified = [path for path in current.files if entries[path].state is FileState.VERIFIED]
        verified.sort(key=lambda path: entries[path].verified)
        some: list[SourceFile] = []
        size = 0
        for path in verified:
            if some and size + current.files[path].size > REREAD_BYTES:
                break
            some.append(current.files[path])
            size += current.files[path].size
        for compared in self._side.compare(some, from_disk=True):
            self._ledger.put([judged(entries[compared.path], compared, time.time())])

    # --- copying ----------------------------------------------------------------------------------------------------

    def _copy_all(self, current: _Pass) -> list[Mismatch]:
        """Copy and verify everything that waits, images first where texts wait too; what did not match, once more."""
        differing: dict[str, LedgerEntry] = {}
        for number, batch in enumerate(_batches(self._waiting(current))):
            if self.stopped:
                break
            if number:
                self._check_target()  # a disk may be taken away between two runs of rsync
            fresh = [entry for entry in batch if entry.state is not FileState.MISMATCH]
            differing |= {entry.path: entry for entry in batch if entry.state is FileState.MISMATCH}
            if fresh:
                differing |= {entry.path: entry for entry in self._copy(current, fresh)}
        differing = {path: entry for path, entry in differing.items() if self._worth_mending(path, current)}
        if not differing or self.stopped:
            return [_mismatch(entry) for entry in differing.values()]
        suffix = time.strftime(".mismatch-%Y%m%dT%H%M%SZ", time.gmtime())
        for batch in _batches(differing.values()):
            for entry in self._transfer(current, batch, ["--checksum", *_beside(suffix)], suffix):
                self._vain[entry.path] = time.monotonic()
                current.problem = STILL_DIFFERS
        return [self._mended(entry, suffix) for entry in differing.values()]

    def _worth_mending(self, path: str, current: _Pass) -> bool:
        if time.monotonic() - self._vain.get(path, float("-inf")) >= MEND_AGAIN_S:
            return True
        current.problem = STILL_DIFFERS
        return False

    def _copy(self, current: _Pass, batch: Sequence[LedgerEntry]) -> list[LedgerEntry]:
        """Copy and verify files that are not known to differ; those found to do."""
        appended: list[LedgerEntry] = []
        others: list[LedgerEntry] = []
        texts = [current.files[entry.path] for entry in batch if current.files[entry.path].grows and not entry.verified]
        begun = self._side.begun(texts) if texts else set()
        for entry in batch:
            grown = current.files[entry.path].grows and (entry.verified > 0 or entry.path in begun)
            (appended if grown else others).append(entry)
        suffix = time.strftime(".replaced-%Y%m%dT%H%M%SZ", time.gmtime())
        differing: list[LedgerEntry] = []
        if others:
            differing += self._transfer(current, others, _beside(suffix), suffix)
        if appended and not self.stopped:
            differing += self._transfer(current, appended, ["--append"], "")
        return differing

    def _transfer(
        self, current: _Pass, batch: Sequence[LedgerEntry], options: list[str], suffix: str
    ) -> list[LedgerEntry]:
        """Run rsync for these files, then read them back; those that differ."""
        result = self._rsync([entry.path for entry in batch], options)
        if result.outcome.fault:
            current.problem = result.sentence
            self._side.close()  # it may be the connection: the next question tries another
        current.copied += result.files
        current.copied_bytes += result.bytes
        entries: dict[str, LedgerEntry] = {}
        for compared in self._side.compare([current.files[entry.path] for entry in batch]):
            before = self._ledger.entries()[compared.path]
            entries[compared.path] = judged(before, compared, time.time(), result)
            if len(entries) % 64 == 0:
                self._ledger.put(entries.values())
        for path in self._side.kept(list(entries), suffix) if suffix and result.files else ():
            log.warning("%s: the %s that was there is kept as %s%s", self.target.name, path, path, suffix)
        self._ledger.put(entries.values())
        self.listener.on_report(self._report(current, []))
        return [entry for entry in entries.values() if entry.state is FileState.MISMATCH]

    def _rsync(self, paths: Iterable[str], options: list[str]) -> RsyncResult:
        limit = [f"--bwlimit={self.target.bandwidth_kb}"] if self.target.bandwidth_kb else []
        folder = self.target.copy_of(self.source)
        command = ["rsync", "-tLO", "--chmod=Du+rwx,Fu+rw", "--timeout=60", *options, *limit, *self._side.options]
        command += ["--from0", "--files-from=-", "--", f"{os.path.realpath(self.source)}/", folder.address]
        names = b"".join(b"./" + os.fsencode(path) + b"\0" for path in paths)
        self._run = RsyncRun(
            command,
            timeout_s=TIMEOUT_S,
            idle_s=IDLE_S,
            given=names,
            on_file=self.listener.on_file,
            on_progress=self.listener.on_progress,
            lock=self._ledger.lock,
        )
        if self.stopped:
            self._run.cancel()
        try:
            return self._run.run()
        finally:
            self._run = None
            self.listener.on_run_end()

    # --- the report -------------------------------------------------------------------------------------------------

    def _mended(self, entry: LedgerEntry, suffix: str) -> Mismatch:
        kept = f"{os.path.basename(entry.path)}{suffix}" if suffix and self._side.kept([entry.path], suffix) else ""
        mended = self._ledger.entries()[entry.path].state is FileState.VERIFIED
        return replace(_mismatch(entry), kept=kept, mended=mended)

    def _report(self, current: _Pass, mismatches: list[Mismatch]) -> PassReport:
        waiting = sorted(self._waiting(current), key=lambda entry: entry.since)
        for mismatch in mismatches:
            log.error("%s: %s", self.target.name, mismatch.alarm_text)
        return PassReport(
            source=str(self.source),
            target=self.target.name,
            time=time.time(),
            complete=len(current.files),
            complete_bytes=sum(file.size for file in current.files.values()),
            verified=len(current.files) - len(waiting),
            copied=current.copied,
            copied_bytes=current.copied_bytes,
            waiting=tuple(waiting),
            incomplete=current.incomplete,
            mismatches=tuple(mismatches),
            problem=current.problem if waiting else "",
            lost=current.lost,
            stuck=current.stuck,
            exposures=self._exposure_copies(current),
        )

    def _exposure_copies(self, current: _Pass) -> Mapping[int, ExposureCopy]:
        """How the exposures stand; found anew only when something about them may have changed."""
        entries = self._ledger.entries()
        now = self._ledger.exposures_put, len(current.files), frozenset(current.incomplete)
        if now != self._exposures_of:
            found = exposure_copies(current.files, current.incomplete, entries)
            self._exposures_of = now
            self._exposures = self._exposures if found == self._exposures else found
        return self._exposures


def judged(entry: LedgerEntry, compared: Compared, now: float, result: RsyncResult | None = None) -> LedgerEntry:
    """The entry after its file was compared at ``now`` [unix s], after a run with this ``result`` if any."""
    if compared.likeness is Likeness.EQUAL:
        return replace(entry, state=FileState.VERIFIED, verified=now, checksum=compared.checksum, error="")
    if compared.likeness is Likeness.CHANGED:
        return entry
    fault = result.reason(entry.path) if result is not None and result.outcome.fault else compared.words
    if compared.likeness is Likeness.DIFFERENT:
        if entry.checksum and compared.checksum not in ("", entry.checksum):
            words = f"{compared.words}; the source is not as it was when it was verified: look at both"
            return replace(entry, state=FileState.MISMATCH, verified=0.0, error=words)
        return replace(entry, state=FileState.MISMATCH, verified=0.0, error=compared.words)
    if compared.likeness in (Likeness.MISSING, Likeness.SHORT):
        return replace(entry, state=FileState.FAILED, error=fault)
    return replace(entry, state=FileState.FAILED, error=f"{compared.words}; {fault}" if result else compared.words)


def begun(file: SourceFile, before: LedgerEntry | None, now: float) -> LedgerEntry:
    """The entry of a file that is new or was written to; that a text was verified tells that it may be appended to."""
    verified = before.verified if before and file.grows and before.size <= file.size else 0.0
    since = before.since if before and before.state is not FileState.VERIFIED else now
    known = FileState.MISMATCH if before and before.state is FileState.MISMATCH else FileState.COMPLETE
    return LedgerEntry(file.path, file.size, file.mtime_ns, known, file.obsid, since, verified)


def _batches(entries: Iterable[LedgerEntry]) -> Iterator[list[LedgerEntry]]:
    return portions(sorted(entries, key=lambda entry: entry.since), BATCH_BYTES)


def _beside(suffix: str) -> list[str]:
    return [f"--partial-dir={PARTIAL}", "--backup", f"--suffix={suffix}"]


def _mismatch(entry: LedgerEntry) -> Mismatch:
    return Mismatch(entry.path, entry.obsid, entry.error or "differs on the target")
