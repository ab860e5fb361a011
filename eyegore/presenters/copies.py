"""From what is known of the copies to their list; pure: values in, cells out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from eyegore.basics.lab_time import age_text, local_text
from eyegore.basics.quantities import bytes_text
from eyegore.messages.copies import CopyFile, CopyProgress, SyncState, VolumeSpace
from eyegore.presenters.copy_book import SIGNS, CopyBook, Target
from eyegore.widgets.cells.flags import HealthCell, Status
from eyegore.widgets.cells.lists import CopyCell, FileCell


def verdict(state: SyncState | None, copying: bool = False) -> tuple[str, Status]:
    """How a target stands, in a word or two; green means that every complete file is there and verified."""
    if state is None:
        return "unknown", Status.UNKNOWN
    if state.problem:
        return ("differs" if state.urgent else "fails"), Status.WARNING
    if state.lags:
        return "lags behind", Status.WARNING
    if copying or (state.interim and state.complete > state.verified):
        return "copying", Status.UNCHECKED
    if state.complete > state.verified:
        return "files wait", Status.UNCHECKED
    return ("verified", Status.IN_LIMITS) if state.complete else ("nothing yet", Status.UNKNOWN)


def copy_cell(
    target: Target,
    state: SyncState | None,
    progress: CopyProgress | None,
    volumes: Mapping[str, VolumeSpace],
    now: float,
    files: tuple[FileCell, ...] = (),
) -> CopyCell:
    """The row of one target at ``now`` [unix s], None for what was not told yet; ``files`` as of :func:`file_cells`."""
    word, status = verdict(state, progress is not None)
    if state is None:
        facts = ("not looked at yet",)
        return CopyCell(target.name, status, word, target.role.value, math.nan, "", math.nan, "", math.nan, "",
                        math.nan, "", math.nan, "", "", facts=facts, no_files="not looked at yet")  # fmt: skip
    waits = state.complete - state.verified
    space = volumes.get(state.volume)
    left = max(0, state.lag_bytes - (progress.sent if progress else 0))
    queue = f"{_files(waits)}, {bytes_text(left)}" if waits else ""
    at_last = f"{_files(waits)}, {bytes_text(state.lag_bytes)}" if waits else ""  # texts to read stand still
    lag_s = state.lag_s + max(0.0, now - state.received) if waits else 0.0
    return CopyCell(
        key=target.name,
        status=status,
        state=word,
        role=target.role.value,
        queue_bytes=float(left),
        queue=queue,
        lag_s=lag_s,
        lag=age_text(lag_s) if waits else "",
        rate=progress.rate if progress else math.nan,
        rate_text=f"{bytes_text(progress.rate)}/s" if progress else "",
        succeeded=state.succeeded,
        success="not yet" if math.isnan(state.succeeded) else f"{age_text(max(0.0, now - state.succeeded))} ago",
        free=space.free if space else math.nan,
        free_text=_free(space),
        error=" ".join(state.problem.split()),
        share=progress.done / progress.size if progress and progress.size else math.nan,
        work=_work(progress),
        facts=_facts(state, space, waits, at_last),
        trouble=_trouble(state),
        files=files,
        counts=_counts(state, at_last),
        no_files=_no_files(state),
    )


def file_cells(state: SyncState) -> tuple[FileCell, ...]:
    """The files of a target that are worth a line: the worst that wait, those not whole, those that were mended."""
    cells, nan = [_file(one) for one in state.waiting], math.nan
    for path, why in state.incomplete:
        key = f"incomplete/{path}"
        cells.append(FileCell(key, Status.UNKNOWN, "not whole", "", path, nan, "", nan, "", " ".join(why.split())))
    for one in state.mended:
        key = f"mended/{one.since}/{one.path}"
        cells.append(replace(_file(one), key=key, state="mended", size=nan, size_text=""))
    return tuple(cells)


def _file(one: CopyFile) -> FileCell:
    return FileCell(
        key=f"file/{one.path}",
        status=SIGNS[one.state],
        state=one.state.value,
        obsid="" if one.obsid is None else str(one.obsid),
        file=one.path,
        size=float(one.size),
        size_text=bytes_text(one.size),
        since=one.since,
        since_text=local_text(one.since),
        reason=" ".join(one.reason.split()),
    )


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"


def _free(space: VolumeSpace | None) -> str:
    if space is None:
        return ""
    if math.isnan(space.free):
        return "no answer"
    soon = "" if math.isnan(space.hours) else f", full in {age_text(3600 * space.hours)}"
    return f"{bytes_text(space.free)}{soon}"


def _work(progress: CopyProgress | None) -> str:
    if progress is None:
        return ""
    done = f"{bytes_text(progress.done)} of {bytes_text(progress.size)}"
    return f"copying {progress.file}   {done}   {bytes_text(progress.rate)}/s"


def _no_files(state: SyncState) -> str:
    if state.complete:
        return "every complete file is there, verified"
    return "what there is to copy is not known" if state.problem else "no complete file in the folder yet"


def _facts(state: SyncState, space: VolumeSpace | None, waits: int, queue: str) -> tuple[str, ...]:
    known = state.complete or not state.problem
    facts = [f"{state.verified} of {_files(state.complete)} in the folder verified there"] if known else []
    if waits:
        facts.append(f"{queue} to be copied, the oldest since {local_text(state.received - state.lag_s)}")
    if state.incomplete_files:
        facts.append(f"{_files(state.incomplete_files)} not whole yet: not copied")
    if math.isnan(state.succeeded):
        facts.append("not everything was there yet since Eyegore began to look")
    else:
        facts.append(f"looked at last {local_text(state.received)}, all was there {local_text(state.succeeded)}")
    if space is not None:
        facts.append(space.text)
    return tuple(facts)


def _trouble(state: SyncState) -> tuple[str, str]:
    if state.problem:
        since = f" since {local_text(state.problem_since)}" if state.last_problem == state.problem else ""
        return f"what is wrong{since}", state.problem
    if state.last_problem:
        return f"nothing is wrong now; the last trouble began {local_text(state.problem_since)}", state.last_problem
    return "nothing is wrong", ""


def _counts(state: SyncState, queue: str) -> str:
    parts = [f"{queue} to be copied" if queue else "no file to be copied"]
    listed = len(state.waiting)
    if listed < state.complete - state.verified:
        parts.append(f"the first {listed} are listed")
    if state.incomplete_files:
        parts.append(f"{state.incomplete_files} not whole")
    if state.mended:
        parts.append(f"{len(state.mended)} mended")
    return " · ".join(parts)


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
