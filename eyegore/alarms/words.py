"""Alarms in words: what happened and what to do about it, the same in log, window, mail, SMS and call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eyegore.basics.lab_time import clock_text
from eyegore.limits.model import Verdict, quantity
from eyegore.messages.alarms import Alarm, AlarmKind, Transition

if TYPE_CHECKING:
    from eyegore.alarms.alarm import AlarmStep

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
        case Transition.FOUND:
            said = f"{alarm.severity.name} {what(alarm, alarm.value)}"
            return f"{said} {change.what.value}, since {clock_text(alarm.since)}"
        case Transition.RETURNED if alarm.kind is AlarmKind.INVALID:
            return f"{alarm.parameter} has a valid reading again at {clock_text(alarm.time)}"
        case Transition.RETURNED if alarm.kind.in_words:
            return f"{alarm.parameter} {back(alarm)} at {clock_text(alarm.time)}"
        case Transition.RETURNED:
            value = quantity(alarm.value, alarm.unit)
            return f"{alarm.parameter} {value} back in {_limits(alarm)}s at {clock_text(alarm.time)}"
        case Transition.RELEASED if alarm.kind is AlarmKind.DEADMAN:
            return f"{alarm.parameter} is not awaited any more"
        case Transition.STILL_OUT:
            return f"{alarm.severity.name} {alarm.parameter} still out of limits after an hour: acknowledge again"
        case _:
            return f"{alarm.parameter} {change.what.value}{by}{comment}"


TIMER_RESPONSES = {
    "HK rows": (
        "Look at ELVIS: does it run, does its HK window change, is the share there? Until rows come again nothing is "
        "judged: watch temperatures and supplies on the hardware itself, and call the person responsible if HK stays "
        "away."
    ),
    "HK clock": (
        "Look at ELVIS: does its clock go on, do the values in its HK window change? Rows with one stamp may all be "
        "one row: do not trust them before the clock goes on, and watch temperatures and supplies on the hardware."
    ),
    "ELVIS clock": (
        "Set the clock of the camera PC: its time zone, summer time, network time. Rows are judged all the same, but "
        "times of frames and alarms are told as that clock shows them."
    ),
    "EXPOSURES": (
        "Look at ELVIS: does the script run, does it wait for an answer, did it end with an error? The hardware is "
        "still watched; only the campaign stands still."
    ),
    "IMAGES": (
        "See whether ELVIS writes its files: space and mount of the data volume, messages of ELVIS. Do not go on with "
        "a test whose images do not arrive."
    ),
    "DATA VOLUME": (
        "Make room: move or delete what is backed up already, never the folder of today. When the volume is full ELVIS "
        "loses images."
    ),
}
"""What to do when a dead-man timer runs out, by its name; that of a parameter is in the table of limits."""
IMAGE_RESPONSES = {
    "read noise": (
        "Look at the image (double click its row: DS9) for interference or a warm CCD, and at the supplies on the HK "
        "plots. If the next images are noisy too, stop the test, find out what was switched on, and take "
        "again what is marked."
    ),
    "offset": (
        "Compare with the quadrants beside it and with the trend (Shift-F7); see whether the block is the right one "
        "(--block). A jump in all quadrants is a supply, in one its video chain."
    ),
    "lost pixels": (
        "Pixels at 0 are no data: look at the image for lost lines or blocks, and at ELVIS for errors of the transfer. "
        "Take the exposure again."
    ),
    "file": (
        "The file is no whole image: see the space and the mount of the data volume and the messages of ELVIS, look "
        "whether the copies have it whole, and take the exposure again."
    ),
}
"""What to do about an image, by what is wrong with it."""
IMAGE_RESPONSE = (
    "Look at the image and at the trend (Shift-F7): is the source on, the shutter open, the exposure time and the "
    "script's column the planned ones? The column retake of the exposure log marks what to take again."
)
SPACE_RESPONSE = (
    "Make room there, or mount the volume again: files wait until there is space, none is lost while the data volume "
    "has them."
)
COPY_RESPONSE = (
    "Look at the list of copies (F3) for the reason: is the other computer on, the disk mounted, the key still "
    "accepted, is there space? Nothing is lost while the data volume has the files; delete none there until this copy "
    "is verified."
)
WARNING_RESPONSE = (
    "People are not reached by this channel: check the account and the network (eyegore warnings test), and stay "
    "within sight of the window until a warning gets out."
)
INVALID_RESPONSE = (
    "Nothing is known of this parameter: compare with its neighbours, look whether ELVIS shows a reading, and treat "
    "the hardware as unwatched there until readings return."
)
TREND_RESPONSE = (
    "The limit is not reached yet: look at the plot, find out what changed when the drift began, and act before the "
    "time told."
)


def response_to(alarm: Alarm, of_limits: str = "") -> str:
    """What to do; ``of_limits`` is what the table of limits says of the parameter. Not empty for what has no limit."""
    if alarm.kind is AlarmKind.FRAME:
        return IMAGE_RESPONSES.get(alarm.parameter.split(maxsplit=2)[-1], IMAGE_RESPONSE)
    if alarm.kind is AlarmKind.DEADMAN:
        return TIMER_RESPONSES.get(alarm.parameter) or _by_first_word(alarm.parameter)
    if alarm.kind is AlarmKind.INVALID:
        return of_limits or INVALID_RESPONSE
    if alarm.kind is AlarmKind.TREND:
        return of_limits or TREND_RESPONSE
    return of_limits


def _by_first_word(name: str) -> str:
    """For timers with a name of somebody's: a target, a channel, a volume."""
    first = name.partition(" ")[0]
    return {"WARNINGS": WARNING_RESPONSE, "BACKUP": COPY_RESPONSE, "BROADCAST": COPY_RESPONSE}.get(
        first, SPACE_RESPONSE
    )
