"""What a person is told: a subject, a text for mail, a short one for a text message, a spoken one for a call.

A message says how bad it is, which parameter, its value, the limits, since when, where it is heading, what the camera
is doing, what to do, and what to answer.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from eyegore.alarms.words import back, response_to, what
from eyegore.basics.lab_time import age_text, clock_text
from eyegore.basics.safe_text import one_line
from eyegore.limits.model import Severity, quantity
from eyegore.messages.events import Alarm
from eyegore.messages.warnings import Reason
from eyegore.warning.notices import Words
from eyegore.warning.policy.rules import Circumstances

_LISTED = 20
"""Alarms told one by one in one message; of more, how many there are."""
SHORT = 160
"""Characters of one text message, as long as all are of the basic alphabet (GSM 03.38)."""
_PLAIN = str.maketrans({
    "−": "-", "–": "-", "…": "..", "°": "", "±": "+-", "µ": "u", "μ": "u", "Ω": "Ohm", "²": "2", "³": "3",
    "[": "(", "]": ")", "{": "(", "}": ")", "|": "/", "\\": "/", "~": "-", "^": "", "`": "'", "€": "EUR",
    "“": '"', "”": '"', "’": "'", "‘": "'", "·": "-", "→": "->", "\t": " ",
})  # fmt: skip
_SAID = (
    (r"°C\b", " degrees Celsius"), (r"\bV\b", " volts"), (r"\bmV\b", " millivolts"), (r"\bmA\b", " milliamperes"),
    (r"(?<=\d) K\b", " kelvin"), (r"\bmbar\b", " millibar"), (r"−(?=[\d.])", "minus "), ("…", "to"),
    ("±", "plus or minus"), (r"_", " "), (r"[\[\](){}<>&|#*]", " "),
)  # fmt: skip


@dataclass(frozen=True)
class Telling:
    """What is to be said in one message.

    ``alarms`` are those it is about, the first of them first; ``others`` those of the same incident told before.
    ``by``, ``verb`` and ``comment`` are of the person who took care. ``waited`` [s] is how long nobody did. ``raised``
    counts the alarms of a flood, which is over or not. ``withheld`` counts what was not told because of the limits.
    ``why`` says why this person is told. ``lab`` and ``note`` are those of the lab.
    """

    reason: Reason
    severity: Severity
    alarms: tuple[Alarm, ...]
    others: tuple[Alarm, ...] = ()
    code: str = ""
    by: str = ""
    verb: str = ""
    comment: str = ""
    waited: float = 0.0
    raised: int = 0
    flood_over: bool = False
    withheld: int = 0
    why: str = ""
    circumstances: Mapping[str, Circumstances] = field(default_factory=dict)
    lab: str = ""
    note: str = ""


def words(telling: Telling) -> Words:
    """Say it."""
    head = one_line(_head(telling))
    lab = f"{telling.lab}: " if telling.lab else ""
    code = f" [{telling.code}]" if telling.code else ""
    answer = f"Reply ACK {telling.code}" if telling.code else ""
    return Words(
        subject=f"{lab}{head}{code}",
        text=_text(telling, head),
        short=short(f"{lab}{head}", "; ".join(_details(telling)), answer),
        spoken=_spoken(telling, head),
    )


# --- the first line --------------------------------------------------------------------------------------------------


def _head(telling: Telling) -> str:
    names = _names(telling.alarms) if telling.alarms else ""
    match telling.reason:
        case Reason.ACKNOWLEDGED:
            return f"{names} {telling.verb} by {telling.by}" if telling.by else f"{names} {telling.verb}"
        case Reason.CLEARED:
            return f"{names} {back(telling.alarms[0]) if len(telling.alarms) == 1 else 'back in limits'}"
        case Reason.FLOOD if telling.flood_over:
            return f"flood of {telling.raised} alarms is over, {_still_out(telling.alarms)}"
        case Reason.FLOOD:
            return f"{telling.severity.name} many alarms: {telling.raised}, {_still_out(telling.alarms)}"
    first = telling.alarms[0]
    more = f" and {len(telling.alarms) - 1} more" if len(telling.alarms) > 1 else ""
    head = f"{telling.severity.name} {_what(first)}{more}"
    match telling.reason:
        case Reason.ESCALATED:
            return f"nobody acknowledged for {age_text(telling.waited)}: {head}"
        case Reason.AGAIN:
            return f"still out after an hour: {head}"
        case Reason.RISEN:
            return f"now {head}"
        case Reason.FOUND if first.active:
            return f"{head} was already out when watching began"
        case _:
            return head if first.active else f"{head}, {back(first)}"


def _names(alarms: tuple[Alarm, ...]) -> str:
    names = list(dict.fromkeys(alarm.parameter for alarm in alarms))
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def _still_out(alarms: tuple[Alarm, ...]) -> str:
    critical = sum(alarm.active and alarm.severity is Severity.CRITICAL for alarm in alarms)
    text = f"{sum(alarm.active for alarm in alarms)} still out"
    return f"{text}, {critical} of them critical" if critical else text


def _what(alarm: Alarm) -> str:
    """An alarm in a few words, with the worst value once it is over."""
    return what(alarm, alarm.value if alarm.active else alarm.worst)


# --- the details -----------------------------------------------------------------------------------------------------


def _details(telling: Telling) -> list[str]:
    """What a text message adds if there is room, the most important first."""
    if telling.reason is Reason.ACKNOWLEDGED:
        return [telling.comment] * bool(telling.comment) + ["go back to sleep"]
    if telling.reason is Reason.CLEARED:
        return [f"at {clock_text(telling.alarms[0].time)}"]
    withheld = [f"{telling.withheld} withheld"] if telling.withheld else []
    why = [telling.why] if telling.why else []
    if telling.reason is Reason.FLOOD or not telling.alarms:
        return [*withheld, *why, *(_what(alarm) for alarm in telling.alarms if alarm.active)]
    first = telling.alarms[0]
    around = telling.circumstances.get(first.parameter, Circumstances())
    response = [todo.rstrip(".")] if (todo := response_to(first, around.response)) else []
    return [
        f"since {clock_text(first.since)[7:]}", *withheld, *_trend(first, around), *response, *why,
        *(_what(alarm) for alarm in telling.alarms[1:]),
    ]  # fmt: skip


def _trend(alarm: Alarm, around: Circumstances) -> list[str]:
    if not math.isfinite(around.trend):
        return []
    return [f"{'+' if around.trend > 0 else ''}{quantity(around.trend, alarm.unit)} per minute"]


def _text(telling: Telling, head: str) -> str:
    blocks = [head]
    good = telling.reason in (Reason.ACKNOWLEDGED, Reason.CLEARED)
    if telling.reason is Reason.ACKNOWLEDGED:
        blocks.append((f"Comment: {one_line(telling.comment)}\n" if telling.comment else "") + "Go back to sleep.")
    blocks += [_block(alarm, telling, brief=good or at >= 5) for at, alarm in enumerate(telling.alarms[:_LISTED])]
    if len(telling.alarms) > _LISTED:
        blocks.append(f"and {len(telling.alarms) - _LISTED} more alarms, see the window")
    if telling.others:
        lines = [f"  {_what(alarm)}{'' if alarm.active else ', ' + back(alarm)}" for alarm in telling.others[:_LISTED]]
        blocks.append("\n".join(["Of the same incident, told before:", *lines]))
    began = {alarm.first_out for alarm in telling.alarms if alarm.first_out} if not good else set()
    if len(began) == 1 and len(telling.alarms) + len(telling.others) > 1:
        blocks.append(f"The incident began with {began.pop()}.")
    if telling.code:
        code = telling.code
        blocks.append(f'To acknowledge, answer "ACK {code}", and a comment if you like; or "SHELVE {code} 1h".')
    if telling.withheld:
        blocks.append(f"{telling.withheld} messages were withheld before this one: there were more than the limit.")
    if telling.why:
        blocks.append(f"You are told because {telling.why}.")
    return "\n\n".join([*blocks, *([telling.note] if telling.note else [])]) + "\n"


def _block(alarm: Alarm, telling: Telling, *, brief: bool) -> str:
    state = "" if alarm.active else f", {back(alarm)} at {clock_text(alarm.time)}"
    title = f"{alarm.severity.name} {_what(alarm)}{state}"
    if brief:
        return title
    around = telling.circumstances.get(alarm.parameter, Circumstances())
    lines = [title, f"  since       {clock_text(alarm.since)} (clock of the lab)"]
    if math.isfinite(around.value) and alarm.active:
        lines.append(f"  now         {quantity(around.value, alarm.unit)}")
    lines += [f"  trend       {trend}" for trend in _trend(alarm, around)]
    doing = [around.test] * bool(around.test) + [f"ObsID {around.obsid}"] * (around.obsid is not None)
    if doing:
        lines.append(f"  test        {', '.join(doing)}")
    if todo := response_to(alarm, around.response):
        lines.append(f"  what to do  {one_line(todo)}")
    return "\n".join(lines)


def _spoken(telling: Telling, head: str) -> str:
    parts = [f"This is Eyegore{' at ' + telling.lab if telling.lab else ''}.", f"{head}."]
    if telling.alarms and telling.reason not in (Reason.ACKNOWLEDGED, Reason.CLEARED, Reason.FLOOD):
        around = telling.circumstances.get(telling.alarms[0].parameter, Circumstances())
        parts += [f"{trend}." for trend in _trend(telling.alarms[0], around)]
        todo = response_to(telling.alarms[0], around.response)
        parts += [f"What to do: {todo.rstrip('.')}."] if todo else []
    if telling.code:
        code = digits(telling.code)
        parts.append(f"To acknowledge, answer by text message: ACK {code}. I repeat: {code}.")
    return spoken(" ".join(parts))


# --- for channels that take little: a text message, a voice -----------------------------------------------------------


def plain(text: str) -> str:
    """The text in characters a text message takes without becoming longer; others are "?"."""
    letters = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return (
        one_line("".join(one for one in letters if not unicodedata.combining(one))).encode("ascii", "replace").decode()
    )


def short(head: str, details: str, tail: str) -> str:
    """A text message: the head and the tail whole, of the details as much as there is room for."""
    head, details, tail = plain(head), plain(details), plain(tail)
    room = SHORT - len(head) - len(tail) - 2 * bool(tail)
    if room < 0:
        return f"{head[: SHORT - len(tail) - 3]}.. {tail}"[:SHORT] if tail else head[:SHORT]
    rest = f", {details}" if details else ""
    if len(rest) > room:
        rest = f"{rest[: room - 2]}.." if room > 10 else ""
    return f"{head}{rest}{'. ' + tail if tail else ''}"


def spoken(text: str) -> str:
    """The text as a voice should read it."""
    for pattern, said in _SAID:
        text = re.sub(pattern, said, text)
    return one_line(text)


def digits(code: str) -> str:
    """A code, digit by digit."""
    return ", ".join(code)
