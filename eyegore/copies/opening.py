"""From what a person wrote to an engine that can copy: folder, target and ledger are checked, in this order."""

from __future__ import annotations

import shutil
from pathlib import Path

from eyegore.copies.engine import SyncEngine
from eyegore.copies.ledger import SyncError, SyncLedger, ledger_path
from eyegore.copies.local_side import LocalSide
from eyegore.copies.mount_memory import MountMemory
from eyegore.copies.programs import rsync_words
from eyegore.copies.side import OtherSide
from eyegore.copies.ssh.side import SshSide
from eyegore.copies.target import SyncTarget, TargetKind, refuse_inside


def other_side(source: Path, target: SyncTarget) -> OtherSide:
    """How to find out what is on the target."""
    below = target.copy_of(source)
    return SshSide(source, below) if target.kind is TargetKind.SSH else LocalSide(source, Path(below.path))


def open_ledger(source: Path, target: SyncTarget, state: Path) -> SyncLedger:
    """The ledger of this folder on this target, below the folder ``state``."""
    return SyncLedger(ledger_path(state, source, _whole_address(target)))


def open_engine(source: Path, target: SyncTarget, state: Path) -> SyncEngine:
    """An engine, the only one for this folder and target.

    Raises
    ------
    SyncError
        The folder or the ledger cannot be used, or another one is at it.
    SettingsError
        The target is the folder or lies in it.
    """
    if not source.is_dir():
        raise SyncError(f"{source} is not a folder: name the day folder")
    if shutil.which("rsync") is None:
        raise SyncError(rsync_words.MISSING.sentence)
    refuse_inside(source, target)
    side = other_side(source, target)
    ledger = open_ledger(source, target, state)
    try:
        ledger.alone()
        return SyncEngine(source, target, side, ledger, MountMemory(state, _whole_address(target)))
    except BaseException:
        ledger.close()
        raise


def _whole_address(target: SyncTarget) -> str:
    return f"{target.address}:{target.port}"
