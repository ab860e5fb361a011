"""The copies in the health strip."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eyegore.messages.copies import Role, SyncState
from eyegore.presenters.copies import backup_cells
from eyegore.presenters.copy_book import CopyBook, Target
from eyegore.widgets.cells.flags import Status

WELL = SyncState("/b", Role.BACKUP, 12, 12, 0.0, 1000.0)
FULL = replace(WELL, problem="the disk is full")
WAITS = replace(WELL, verified=9, lag_s=40.0)


def book(*states: SyncState | None) -> CopyBook:
    roles = (Role.BACKUP, Role.BROADCAST, Role.BROADCAST)
    targets = [Target(f"/{n}", role) for n, role in zip(range(len(states)), roles, strict=False)]
    made = CopyBook(targets)
    for target, state in zip(targets, states, strict=True):
        if state is not None:
            made.take(replace(state, target=target.name, role=target.role))
    return made


@pytest.mark.parametrize(
    ("state", "text", "status"),
    [
        (WELL, "12 s ago", Status.IN_LIMITS),
        (WAITS, "3 files wait", Status.UNCHECKED),
        (replace(WELL, verified=11), "1 file waits", Status.UNCHECKED),
        (replace(WELL, complete=0, verified=0), "nothing yet", Status.UNKNOWN),
        (FULL, "fails", Status.WARNING),
        (replace(WAITS, lag_s=1000.0), "lags behind", Status.WARNING),
        (None, "unknown", Status.UNKNOWN),
    ],
)
def test_green_is_only_what_is_all_there_and_verified(state: SyncState | None, text: str, status: Status) -> None:
    (cell,) = backup_cells(book(state), 1012.0)
    assert (cell.key, cell.label, cell.text, cell.status) == ("copies", "backup", text, status)
    assert state is None or state.problem in cell.tip


@pytest.mark.parametrize(
    ("states", "text", "status"),
    [
        ((WELL, replace(WELL, received=990.0)), "22 s ago", Status.IN_LIMITS),
        ((WELL, WAITS), "broadcast 3 files wait", Status.UNCHECKED),
        ((FULL, WAITS), "backup fails", Status.WARNING),
        ((FULL, WELL, FULL), "2 of 3 fail", Status.WARNING),
        ((WELL, None), "broadcast unknown", Status.UNKNOWN),
    ],
)
def test_of_several_the_worst_is_shown_and_each_has_its_line(
    states: tuple[SyncState | None, ...], text: str, status: Status
) -> None:
    (cell,) = backup_cells(book(*states), 1012.0)
    assert (cell.label, cell.text, cell.status) == ("copies", text, status)
    assert all(f"/{n}: " in cell.tip for n in range(len(states)))


def test_where_nothing_is_copied_there_is_no_segment() -> None:
    assert backup_cells(CopyBook(), 1000.0) == []
