"""Alarms in words: what happened and what to do about it, the same in log, window, mail, SMS and call."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eyegore.basics.lab_time import clock_text
from eyegore.limits.model import Verdict
from eyegore.limits.readings import bound_text, reading
from eyegore.messages.alarms import Alarm, AlarmKind, Transition

if TYPE_CHECKING:
    from eyegore.alarms.alarm import AlarmStep

_PATHS = {"sms": "SMS", "call": "telephone calls", "email": "e-mail", "other": "the other channel"}
_BACK = {
    AlarmKind.OOL: ("back in limits", "back in limits"),
    AlarmKind.PERFORMANCE: ("back in performance limits", "back in performance limits"),
    AlarmKind.INVALID: ("has valid readings again", "have valid readings again"),
    AlarmKind.TREND: ("no longer heads for its limit", "no longer head for their limits"),
    AlarmKind.STUCK: ("changes again", "change again"),
    AlarmKind.FRAME: ("well in the newest image", "well in the newest images"),
}
"""How an alarm ends, and how several of a kind do."""
_TIMER_BACK = {
    "HK rows": "arrive again",
    "HK clock": "goes on",
    "ELVIS clock": "is right again",
    "EXPOSURES": "go on",
    "IMAGES": "have all arrived",
}


def subject(alarm: Alarm) -> str:
    """What an alarm is about, as people call it."""
    first, _, path = alarm.parameter.partition(" by ")
    return _PATHS.get(path, path) if first == "WARNINGS" and path else alarm.parameter


def what(alarm: Alarm, value: float) -> str:
    """An alarm in a few words, with a value [its unit]: ``CCD1_TEMP_T −136.1 °C, below −133 °C``."""
    if alarm.kind is AlarmKind.INVALID:
        return f"{alarm.parameter}: no valid reading"
    if alarm.kind.in_words:
        return f"{subject(alarm)}: {alarm.limit}"
    return f"{alarm.parameter} {reading(value, alarm.unit, alarm.bounds)}, {crossed(alarm, value)}"


def crossed(alarm: Alarm, value: float) -> str:
    """Which limit was crossed, e.g. ``below −133 °C``, or "was below" where the value is not beyond it any more."""
    beyond = value if math.isfinite(value) else alarm.worst
    bound = alarm.bounds.crossed(beyond, alarm.side)
    low, performance = alarm.side is Verdict.LOW, alarm.kind is AlarmKind.PERFORMANCE
    limit = "performance limit" if performance else "limit"
    match alarm.side:
        case Verdict.LOW | Verdict.HIGH if math.isfinite(bound):
            out = math.isfinite(value) and (value < bound if low else value > bound)
            side = f"{'' if out else 'was '}{'below' if low else 'above'}"
            return f"{side} {'performance limit ' if performance else ''}{bound_text(bound, alarm.unit)}"
        case Verdict.LOW | Verdict.HIGH if alarm.limit:
            return f"{'below' if low else 'above'} {limit} {alarm.limit}"
        case Verdict.UNEXPECTED if alarm.limit:
            return f"not as expected ({alarm.limit})"
        case Verdict.DELTA_LOW | Verdict.DELTA_HIGH:
            return "falls too fast" if alarm.side is Verdict.DELTA_LOW else "rises too fast"
    return f"out of {limit}s ({alarm.limit})" if alarm.limit else f"out of {limit}s"


def of_warnings(parameter: str) -> bool:
    """Whether it is an alarm of the warnings themselves: it begins no incident of the camera, and belongs to none."""
    return parameter.startswith("WARNINGS ")


def back(alarm: Alarm) -> str:
    """How an alarm ends, in a few words."""
    if alarm.kind is AlarmKind.DEADMAN and not alarm.limit:
        return "no longer awaited"
    if alarm.kind is AlarmKind.DEADMAN:
        return _TIMER_BACK.get(alarm.parameter, "is well again")
    if (
        alarm.kind in (AlarmKind.OOL, AlarmKind.PERFORMANCE)
        and not alarm.limit
        and alarm.side in (Verdict.LOW, Verdict.HIGH, Verdict.UNEXPECTED)
    ):
        return "not checked any more"
    return _BACK[alarm.kind][0]


def all_back(alarms: Sequence[Alarm]) -> str:
    """How alarms end, at least one: of one parameter, or of several."""
    ends = {back(alarm) for alarm in alarms}
    if {alarm.kind for alarm in alarms} == {AlarmKind.OOL, AlarmKind.PERFORMANCE}:
        ends -= {_BACK[AlarmKind.PERFORMANCE][0]}
    several = len({alarm.parameter for alarm in alarms}) > 1
    if len(ends) > 1:
        return "are over" if several else "is over"
    (end,) = ends
    return _BACK[alarms[0].kind][1] if several and end == _BACK.get(alarms[0].kind, ("",))[0] else end


def sentence(change: AlarmStep) -> str:
    """One line that tells a transition; "" for what is only written to the journal."""
    alarm, by = change.alarm, f" by {change.person}" if change.person else ""
    name, comment = subject(alarm), f": {change.comment}" if change.comment else ""
    match change.what:
        case Transition.PENDING | Transition.GLITCH:
            return ""
        case Transition.RAISED | Transition.RISEN | Transition.CROSSED:
            out = "since" if alarm.kind.in_words or alarm.kind is AlarmKind.INVALID else "out since"
            return f"{alarm.severity.name} {what(alarm, alarm.value)}, {out} {clock_text(alarm.since)}"
        case Transition.FOUND:
            said = f"{alarm.severity.name} {what(alarm, alarm.value)}"
            return f"{said}, {change.what.value}, since {clock_text(alarm.since)}"
        case Transition.RETURNED if alarm.kind.in_words or alarm.kind is AlarmKind.INVALID:
            return f"{name} {back(alarm)} at {clock_text(alarm.time)}"
        case Transition.RETURNED:
            value = reading(alarm.value, alarm.unit, alarm.bounds)
            return f"{name} {value} {back(alarm)} at {clock_text(alarm.time)}"
        case Transition.RELEASED if alarm.kind is AlarmKind.DEADMAN:
            return f"{name} {back(alarm)}"
        case Transition.STILL_OUT:
            return f"{alarm.severity.name} {name} still out an hour after it was acknowledged: acknowledge again"
        case _:
            return f"{name} {change.what.value}{by}{comment}"


TIMER_RESPONSES = {
    "HK rows": (
        "See whether ELVIS runs, its HK window changes and the share is there; start it again if not. Until rows come "
        "nothing is judged: watch temperatures and supplies on the hardware."
    ),
    "HK clock": (
        "See whether ELVIS hangs: do the values in its HK window change? Do not trust them before its clock goes on: "
        "watch temperatures and supplies on the hardware."
    ),
    "ELVIS clock": (
        "Set the clock of the camera PC: time zone, summer time, network time. Until then times are told as that clock "
        "shows them."
    ),
    "HK values": (
        "See whether ELVIS still reads the camera: does any value in its HK window change? Until then nothing is "
        "watched: look at the hardware."
    ),
    "EXPOSURES": (
        "See whether the script of ELVIS waits for an answer, or ended with an error. The hardware is still watched: "
        "only the campaign stands still."
    ),
    "IMAGES": (
        "See whether ELVIS writes its files: space and mount of the data volume, messages of ELVIS. Do not go on with "
        "a test without images."
    ),
    "DATA VOLUME": (
        "Make room: move or delete what is backed up, never the folder of today. When the volume is full ELVIS loses "
        "images."
    ),
}
"""What to do when a dead-man timer runs out, by its name; that of a parameter is in the table of limits.

All that is said here to do fits whole into two text messages with the longest alarm it is for.
"""
IMAGE_RESPONSES = {
    "read noise": (
        "Look at the image for interference, and at the supplies on the HK plots. If the next images are noisy too, "
        "stop the test and find out what was switched on."
    ),
    "offset": (
        "Compare with the other quadrants and the trend (Shift-F7); is it the right --block? All quadrants: suspect a "
        "supply. One: its video chain."
    ),
    "lost pixels": (
        "Look at the image for lost lines or blocks, and at ELVIS for errors of the transfer. Take the exposure again."
    ),
    "file": (
        "See space and mount of the data volume and messages of ELVIS; see whether a copy has it whole. If not, take "
        "the exposure again."
    ),
}
"""What to do about an image, by what is wrong with it."""
IMAGE_RESPONSE = (
    "Look at the image and the trend (Shift-F7): source on, shutter open, exposure time and column as planned? "
    "The log marks what to retake."
)
SPACE_RESPONSE = "Make room there, or mount the volume again: files wait until there is space, none is lost."
COPY_RESPONSE = (
    "Look at the copies (F3) for the reason: computer on, disk mounted, key accepted, space? Nothing is lost: delete "
    "nothing at the source until it is verified."
)
WARNING_RESPONSE = (
    "Check the account and the network (eyegore warnings test), and stay within sight of the window until a warning "
    "gets out."
)
INVALID_RESPONSE = (
    "See whether ELVIS shows a reading, and compare with the neighbours. Until readings return this hardware is "
    "unwatched: look at it yourself."
)
TREND_RESPONSE = "Look at the plot, find out what changed when the drift began, and act before the time told."
LIMIT_RESPONSE = (
    "Compare with its neighbours and with what is commanded. If it stays out, stop the script and call the person "
    "responsible for the camera."
)
PERFORMANCE_RESPONSE = (
    "The hardware is safe, the data may be bad: compare with what is commanded, and see in the log what to retake."
)

STUCK_RESPONSE = (
    "The reading may be dead: compare with its neighbours and with ELVIS. Until it changes treat the hardware as "
    "unwatched there."
)


def response_to(alarm: Alarm, of_limits: str = "") -> str:
    """What to do, never empty; ``of_limits`` is what the table of limits says of the parameter and the side."""
    match alarm.kind:
        case AlarmKind.FRAME:
            return IMAGE_RESPONSES.get(alarm.parameter.split(maxsplit=2)[-1], IMAGE_RESPONSE)
        case AlarmKind.DEADMAN:
            return TIMER_RESPONSES.get(alarm.parameter) or _by_first_word(alarm.parameter)
        case AlarmKind.INVALID:
            return INVALID_RESPONSE
        case AlarmKind.TREND:
            return of_limits or TREND_RESPONSE
        case AlarmKind.STUCK:
            return STUCK_RESPONSE
        case AlarmKind.PERFORMANCE:
            return PERFORMANCE_RESPONSE
        case _:
            return of_limits or LIMIT_RESPONSE


def _by_first_word(name: str) -> str:
    """For timers with a name of somebody's: a target, a channel, a volume."""
    first = name.partition(" ")[0]
    return {"WARNINGS": WARNING_RESPONSE, "BACKUP": COPY_RESPONSE, "BROADCAST": COPY_RESPONSE}.get(
        first, SPACE_RESPONSE
    )
