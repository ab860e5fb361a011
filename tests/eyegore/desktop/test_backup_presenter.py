"""The copies in the health strip."""

from __future__ import annotations

import pytest

from eyegore.desktop.backup_presenter import backup_cells
from eyegore.messages import Role, SyncState
from eyegore.widgets.cells import Status


@pytest.mark.parametrize(
    ("state", "text", "status"),
    [
        (SyncState("/b", Role.BACKUP, 12, 12, 0.0, 1000.0), "12 s ago", Status.IN_LIMITS),
        (SyncState("/b", Role.BACKUP, 12, 9, 40.0, 1000.0), "3 files wait", Status.UNCHECKED),
        (SyncState("/b", Role.BACKUP, 0, 0, 0.0, 1000.0), "nothing yet", Status.UNKNOWN),
        (SyncState("/b", Role.BACKUP, 12, 12, 0.0, 1000.0, "the disk is full"), "fails", Status.WARNING),
    ],
)
def test_green_is_only_what_is_all_there_and_verified(state: SyncState, text: str, status: Status) -> None:
    (cell,) = backup_cells([state], 1012.0)
    assert (cell.label, cell.text, cell.status) == ("backup", text, status)
    assert state.problem in cell.tip
