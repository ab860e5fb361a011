"""Alarms in words: the line for the log, the window and the person who is called."""

from __future__ import annotations

from eyegore.alarms.alarm import Change
from eyegore.basics.lab_time import clock_text
from eyegore.limits.model import Verdict
from eyegore.limits.wording import quantity
from eyegore.messages.events import Alarm, AlarmKind

_WORDS = {
    Verdict.LOW: "too low",
    Verdict.HIGH: "too high",
    Verdict.UNEXPECTED: "not as expected",
    Verdict.DELTA_LOW: "falls too fast",
    Verdict.DELTA_HIGH: "rises too fast",
}


def sentence(change: Change, verdict: Verdict | None) -> str:
    """One line that tells a transition; "" for what is only written to the journal."""
    alarm = change.alarm
    if change.what in ("pending", "glitch"):
        return ""
    head = _head(alarm, change.what, verdict)
    by = f" by {change.person}" if change.person else ""
    comment = f": {change.comment}" if change.comment else ""
    match change.what:
        case "raised" | "risen":
            return f"{alarm.severity.name} {head} since {clock_text(alarm.since)}"
        case "returned":
            return f"{alarm.parameter} {_back(alarm)} at {clock_text(alarm.time)}"
        case "still out":
            return f"{alarm.severity.name} {alarm.parameter} still out of limits after an hour: acknowledge again"
        case "shelved":
            return f"{alarm.parameter} shelved{by}{comment}"
        case _:
            return f"{alarm.parameter} {change.what}{by}{comment}"


def _head(alarm: Alarm, what: str, verdict: Verdict | None) -> str:
    if alarm.kind is AlarmKind.INVALID:
        return f"{alarm.parameter} has no valid reading"
    if alarm.kind.in_words:
        return f"{alarm.parameter}: {alarm.limit}"
    limits = "performance limit" if alarm.kind is AlarmKind.PERFORMANCE else "limit"
    word = _WORDS.get(verdict, "out of limits") if verdict is not None else "out of limits"
    return f"{alarm.parameter} {quantity(alarm.value, alarm.unit)} {word} ({limits} {alarm.limit})"


def _back(alarm: Alarm) -> str:
    if alarm.kind is AlarmKind.INVALID:
        return "has a valid reading again"
    if alarm.kind.in_words:
        return "is well again"
    limits = "performance limits" if alarm.kind is AlarmKind.PERFORMANCE else "limits"
    return f"{quantity(alarm.value, alarm.unit)} back in {limits}"
