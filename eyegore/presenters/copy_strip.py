"""From the state of the copies to the health strip; pure: values in, cells out."""

from __future__ import annotations

from collections.abc import Sequence

from eyegore.basics.lab_time import age_text
from eyegore.messages.copies import SyncState
from eyegore.presenters.copies import verdict
from eyegore.presenters.copy_book import CopyBook, Target
from eyegore.widgets.cells.flags import HealthCell, Status

KEY = "copies"
_GRAVITY = (Status.WARNING, Status.UNKNOWN, Status.UNCHECKED, Status.IN_LIMITS)
"""The first that one of several targets has is shown."""


def backup_cells(book: CopyBook, now: float) -> list[HealthCell]:
    """One segment at ``now`` [unix s]; of several targets it shows the worst, and has a line for each."""
    stand = [(target, book.states.get(target.name)) for target in book.targets]
    if not stand:
        return []
    tip = "\n".join([*(line for target, state in stand for line in _lines(target, state, now)), "F3 or a click: more"])
    if len(stand) == 1:
        target, state = stand[0]
        return [HealthCell(KEY, target.role.value, _text(state, now), verdict(state)[1], tip)]
    found = [verdict(state)[1] for _, state in stand]
    worst = min(found, key=_GRAVITY.index)
    those = [(target, state) for (target, state), status in zip(stand, found, strict=True) if status is worst]
    return [HealthCell(KEY, "copies", _joined(those, len(stand), worst, now), worst, tip)]


def _joined(those: Sequence[tuple[Target, SyncState | None]], total: int, worst: Status, now: float) -> str:
    target, state = those[0]
    if worst is Status.IN_LIMITS:
        return _text(min((one for _, one in those if one), key=lambda one: one.received), now)
    if len(those) == 1:
        return f"{target.role.value} {_text(state, now)}"
    return f"{len(those)} of {total} {_plural(_text(state, now))}"


def _plural(words: str) -> str:
    return {"fails": "fail", "differs": "differ", "lags behind": "lag behind"}.get(words, words)


def _text(state: SyncState | None, now: float) -> str:
    word, status = verdict(state)
    if state is None or status in (Status.WARNING, Status.UNKNOWN):
        return word
    if status is Status.IN_LIMITS:
        return f"{age_text(max(0.0, now - state.received))} ago"
    waits = state.complete - state.verified
    return f"{waits} file{' waits' if waits == 1 else 's wait'}" if waits else word


def _lines(target: Target, state: SyncState | None, now: float) -> list[str]:
    name = f"{target.role.value} {target.name}"
    if state is None:
        return [f"{name}: not looked at yet"]
    age = age_text(max(0.0, now - state.received))
    lines = [f"{name}: {state.verified} of {state.complete} complete files verified, looked at {age} ago"]
    if state.complete > state.verified:
        lines.append(f"    the oldest of the others waits for {age_text(state.lag_s)}")
    if state.problem:
        lines.append(f"    {state.problem}")
    return lines
