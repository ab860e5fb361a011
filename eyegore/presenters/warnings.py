"""From the state of the warnings to the health strip and the list of what was sent; pure: values in, cells out."""

from __future__ import annotations

from eyegore.basics.lab_time import local_text
from eyegore.journal.delivery import DeliveryState
from eyegore.messages.warnings import WarningLine, WarningsState
from eyegore.widgets.cells.flags import HealthCell, Status
from eyegore.widgets.cells.lists import WarningCell

SENT = DeliveryState.SENT.value
_HEADINGS = {SENT: "What went out", DeliveryState.LOST.value: "What did not arrive"}
LIST_KEY = "F4 lists what was sent"


def warnings_cells(state: WarningsState | None) -> list[HealthCell]:
    """The segments of the health strip; None where warnings are off, which is never green."""
    if state is None:
        tip = "nobody is told of alarms who does not see this window; the option -W switches warnings on"
        return [HealthCell("warnings", "warnings", "off", Status.UNCHECKED, tip)]
    tip = "\n".join(_all_of(state))
    status = Status.WARNING if _trouble(state) else Status.IN_LIMITS
    cells = [HealthCell("warnings", "warnings", _channels(state), status, tip)]
    nobody = Status.WARNING if not state.on_duty else None
    cells.append(HealthCell("duty", "on duty", _people(state), nobody, tip))
    if state.proof:
        failed = Status.WARNING if state.proven is False else None
        cells.append(HealthCell("proof", "", _short_proof(state.proof), failed, tip))
    if state.withheld:
        cells.append(HealthCell("withheld", "", f"{state.withheld} withheld", None, tip))
    cells.append(HealthCell("outbox", "outbox", f"{state.waiting} waiting" if state.waiting else "empty", None, tip))
    return cells


def _trouble(state: WarningsState) -> bool:
    """Whether a warning may not reach anybody."""
    return not state.channels or not state.on_duty or state.proven is False or any(state.problems.values())


def _channels(state: WarningsState) -> str:
    armed = [name for name in state.channels if not state.problems.get(name)]
    failing = [name for name, problem in state.problems.items() if problem]
    parts = [f"{' '.join(armed)} armed"] if armed else []
    if failing:
        parts.append(f"{' '.join(failing)} {'fails' if len(failing) == 1 else 'fail'}")
    return ", ".join(parts) or "no channel set up"


def _people(state: WarningsState) -> str:
    if not state.on_duty:
        return f"nobody (backup {state.backup})" if state.backup else "nobody"
    return f"{state.on_duty} (backup {state.backup})" if state.backup else state.on_duty


def _short_proof(proof: str) -> str:
    """What matters of the proof now; the rest is in the tip."""
    return proof.partition(", ")[0].removeprefix("path ")


def _all_of(state: WarningsState) -> list[str]:
    """Everything about the warnings, a line each."""
    channels = [
        f"{name}: {state.problems.get(name) or 'armed'}" for name in dict.fromkeys((*state.channels, *state.problems))
    ]
    return [
        *(channels or ["no channel is set up: nobody is told of alarms"]),
        f"on duty: {_people(state)}",
        *([state.proof] if state.proof else ["no proof of the path is asked for"]),
        f"{state.withheld} withheld by the rate limits",
        f"{state.waiting} waiting to be sent; {LIST_KEY}",
    ]


def warning_cell(line: WarningLine) -> WarningCell:
    """The row of one delivery."""
    facts = [
        line.address,
        f"because of: {line.reason}{'' if not line.severity else f' ({line.severity.name})'}",
        f"written {local_text(line.made)}",
        f"{line.state} {local_text(line.changed)}",
        f"{line.attempts} attempt{'' if line.attempts == 1 else 's'}" if line.attempts else "not tried yet",
        f"provider’s answer: {line.detail}" if line.detail else "",
    ]
    return WarningCell(
        key=line.key,
        state=line.state,
        status=_status(line),
        made=line.made,
        time=local_text(line.made),
        person=line.person,
        channel=line.channel,
        address=line.address,
        subject=line.subject,
        attempts=line.attempts,
        answer=" ".join(line.detail.split()),
        text=line.text,
        heading="What goes out" if line.open else _HEADINGS.get(line.state, "Did not go out"),
        facts=tuple(fact for fact in facts if fact),
        open=line.open,
    )


def _status(line: WarningLine) -> Status:
    """Green only for what the provider took; what may have got there twice, or fails so far, is amber."""
    if line.open:
        return Status.WARNING if line.failed or (line.attempts and line.detail) else Status.UNKNOWN
    if line.failed:
        return Status.WARNING if line.state == SENT else Status.CRITICAL
    return Status.IN_LIMITS if line.state == SENT else Status.OUT_OF_SERVICE


def closing_question(state: WarningsState) -> str:
    """What closing the window means while warnings are armed."""
    count = state.waiting
    unsent = f", and {count} message{' is' if count == 1 else 's are'} not sent yet" if count else ""
    return f"Warnings are armed: when Eyegore closes nobody is told of alarms{unsent}."
