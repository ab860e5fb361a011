"""How the files of each ObsID stand on a target."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from eyegore.copies.ledger import FileState, LedgerEntry
from eyegore.copies.scan import SourceFile
from eyegore.elvis.day_folder import parse_name
from eyegore.messages.copies import CopyState, ExposureCopy

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
