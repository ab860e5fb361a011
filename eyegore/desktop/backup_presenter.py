"""From the state of the copies to the health strip; pure: values in, cells out."""

from __future__ import annotations

from collections.abc import Iterable

from eyegore.lab_time import age_text
from eyegore.messages import SyncState
from eyegore.widgets.cells import HealthCell, Status


def backup_cells(states: Iterable[SyncState], now: float) -> list[HealthCell]:
    """A segment for each target at ``now`` [unix s]: green means that every complete file is there and verified."""
    return [_cell(state, now) for state in states]


def _cell(state: SyncState, now: float) -> HealthCell:
    waiting = state.complete - state.verified
    age = age_text(max(0.0, now - state.received))
    lines = [
        f"copy to {state.target}, looked at {age} ago",
        f"{state.verified} of {state.complete} complete files verified there",
        *([f"the oldest of the others waits for {age_text(state.lag_s)}"] if waiting else []),
        *([state.problem] if state.problem else []),
    ]
    if state.problem:
        text, status = "fails", Status.WARNING
    elif waiting:
        text, status = f"{waiting} files wait", Status.UNCHECKED
    elif not state.complete:
        text, status = "nothing yet", Status.UNKNOWN
    else:
        text, status = f"{age} ago", Status.IN_LIMITS
    return HealthCell(f"{state.role.value} {state.target}", state.role.value, text, status, "\n".join(lines))
