"""Alarms in words: the line for the log, the window and the person who is called."""

from __future__ import annotations

from eyegore.alarms.alarm import AlarmStep
from eyegore.basics.lab_time import clock_text
from eyegore.limits.model import Verdict
from eyegore.limits.wording import quantity
from eyegore.messages.events import Alarm, AlarmKind, Transition

_WORDS = {
    Verdict.LOW: "too low",
    Verdict.HIGH: "too high",
    Verdict.UNEXPECTED: "not as expected",
    Verdict.DELTA_LOW: "falls too fast",
    Verdict.DELTA_HIGH: "rises too fast",
}


def what(alarm: Alarm, value: float, verdict: Verdict | None = None) -> str:
    """An alarm in a few words, e.g. ``CCD1_TEMP −136 °C (limit −133 … 35 °C)``; ``verdict`` says on which side."""
    if alarm.kind is AlarmKind.INVALID:
        return f"{alarm.parameter} has no valid reading"
    if alarm.kind.in_words:
        return f"{alarm.parameter}: {alarm.limit}"
    side = f" {_WORDS.get(verdict, 'out of limits')}" if verdict is not None else ""
    limit = f" ({_limits(alarm)} {alarm.limit})" if alarm.limit else ""
    return f"{alarm.parameter} {quantity(value, alarm.unit)}{side}{limit}"


def back(alarm: Alarm) -> str:
    """How an alarm ends, in a few words."""
    if alarm.kind is AlarmKind.INVALID:
        return "reads again"
    return "is well again" if alarm.kind.in_words else "back in limits"


def _limits(alarm: Alarm) -> str:
    return "performance limit" if alarm.kind is AlarmKind.PERFORMANCE else "limit"


def sentence(change: AlarmStep, verdict: Verdict | None) -> str:
    """One line that tells a transition; "" for what is only written to the journal."""
    alarm, by = change.alarm, f" by {change.person}" if change.person else ""
    comment = f": {change.comment}" if change.comment else ""
    match change.what:
        case Transition.PENDING | Transition.GLITCH:
            return ""
        case Transition.RAISED | Transition.RISEN:
            said = what(alarm, alarm.value, verdict if verdict is not None else Verdict.UNCHECKED)
            return f"{alarm.severity.name} {said} since {clock_text(alarm.since)}"
        case Transition.RETURNED if alarm.kind is AlarmKind.INVALID:
            return f"{alarm.parameter} has a valid reading again at {clock_text(alarm.time)}"
        case Transition.RETURNED if alarm.kind.in_words:
            return f"{alarm.parameter} {back(alarm)} at {clock_text(alarm.time)}"
        case Transition.RETURNED:
            value = quantity(alarm.value, alarm.unit)
            return f"{alarm.parameter} {value} back in {_limits(alarm)}s at {clock_text(alarm.time)}"
        case Transition.STILL_OUT:
            return f"{alarm.severity.name} {alarm.parameter} still out of limits after an hour: acknowledge again"
        case _:
            return f"{alarm.parameter} {change.what.value}{by}{comment}"
