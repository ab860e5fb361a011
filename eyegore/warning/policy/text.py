"""What a person is told: a subject, a text for mail, a short one for a text message, a spoken one for a call.

Every message has the same shape: how bad it is, why it comes if not for the first time, which parameter, its value, the
limit it crossed, since when, where it is heading, what the camera is doing, what to do, and what to answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from eyegore.alarms.words import all_back, back, crossed, response_to, subject, what
from eyegore.basics.lab_time import age_text, clock_text
from eyegore.basics.safe_text import one_line
from eyegore.limits.model import Severity
from eyegore.limits.readings import per_minute, reading
from eyegore.messages.events import Alarm, AlarmKind
from eyegore.messages.warnings import Reason
from eyegore.warning.notices import Words
from eyegore.warning.policy.rules import Answering, Circumstances
from eyegore.warning.shapes import digits, short, spoken

_LISTED = 20
"""Alarms told one by one in one message; of more, how many there are."""
_NAMED = 5
"""Alarms named in a text message beside the first."""
_WHOLE = 5
"""Alarms of which a mail tells all there is."""
_TODAY_S = 12 * 3600.0
"""What began longer ago is told with the day [s]."""
_NOWHERE = Circumstances()


@dataclass(frozen=True)
class Telling:
    """What is to be said in one message.

    ``alarms`` are those it is about, the first of them first; ``others`` those of the same incident told before.
    ``by``, ``verb`` and ``comment`` are of the person who took care. ``waited`` [s] is how long nobody did. ``raised``
    counts the parameters with alarms of a flood, which is over or not; ``alarms`` are then all there still are of it.
    ``withheld`` counts what was not told because of the limits, ``turns`` how often an alarm (by its key) went out and
    back. ``why`` says why this person is told. ``circumstances`` are by
    :attr:`Alarm.key`; ``lab_now`` [lab s] is when it is told. ``lab`` and ``note`` are those of the lab.
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
    turns: Mapping[str, int] = field(default_factory=dict)
    circumstances: Mapping[str, Circumstances] = field(default_factory=dict)
    lab_now: float = math.nan
    lab: str = ""
    note: str = ""
    answering: Answering = field(default_factory=Answering)

    def around(self, alarm: Alarm) -> Circumstances:
        """What is going on around an alarm."""
        return self.circumstances.get(alarm.key, _NOWHERE)


def words(telling: Telling) -> Words:
    """Say it."""
    told = replace(telling, alarms=tuple(_as_it_is(alarm, telling) for alarm in telling.alarms))
    grade, said = _head(told)
    head = one_line(f"{grade} {said}".strip())
    lab = f"{telling.lab}: " if telling.lab else ""
    code = f" [{telling.code}]" if telling.code and (telling.answering.mail or telling.answering.text) else ""
    answer = f"Reply ACK {telling.code}" if telling.code and telling.answering.text else ""
    return Words(
        subject=f"{lab}{head}{code}",
        text=_text(told, head),
        short=short(lab, head, _details(told), _todo(told), answer),
        spoken=_spoken(told),
    )


def _as_it_is(alarm: Alarm, telling: Telling) -> Alarm:
    """What ran out, in its newest words; a trend has the unit of its parameter."""
    around = telling.around(alarm)
    if alarm.kind.in_words:
        return replace(alarm, limit=(around.text if alarm.active else "") or alarm.limit, unit=around.unit)
    return alarm


# --- the first line --------------------------------------------------------------------------------------------------


def _head(telling: Telling) -> tuple[str, str]:
    """How bad it is, in one word, and what it is."""
    match telling.reason:
        case Reason.ACKNOWLEDGED:
            by = f" by {telling.by}" if telling.by else ""
            return "", f"{_names(telling.alarms)} {telling.verb}{by}"
        case Reason.CLEARED:
            return "", f"{_names(telling.alarms)} {all_back(telling.alarms) if telling.alarms else 'over'}"
        case Reason.FLOOD if telling.flood_over:
            return "", f"flood is over: {_counted(telling)}"
        case Reason.FLOOD:
            return telling.severity.name, f"flood: {_counted(telling)}"
    first, lead = telling.alarms[0], _lead(telling)
    others = len(telling.alarms) - 1
    more = f" (and {others} more alarm{'s' if others > 1 else ''})" if others else ""
    return telling.severity.name, f"{lead}{': ' if lead else ''}{_what(first, telling)}{more}"


def _lead(telling: Telling) -> str:
    """Why a message comes that is not the first of an alarm."""
    match telling.reason:
        case Reason.RAISED:
            return ""
        case Reason.FOUND if not telling.alarms[0].active:
            return ""
        case Reason.RISEN:
            return "worse than told before"
        case Reason.ESCALATED:
            return f"nobody acknowledged for {age_text(telling.waited)}"
        case Reason.REPEATED:
            return f"still nobody acknowledged, for {age_text(telling.waited)}"
        case Reason.CHATTER:
            return f"goes out and back ({telling.turns.get(telling.alarms[0].key, 3)} times)"
        case Reason.MORNING:
            return "over in quiet hours"
        case Reason.AGAIN:
            return "still out, acknowledged an hour ago"
        case Reason.FOUND:
            return "was already out when watching began"
    return str(telling.reason.value)


def _names(alarms: tuple[Alarm, ...]) -> str:
    names = list(dict.fromkeys(subject(alarm) for alarm in alarms)) or ["alarm"]
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def _counted(telling: Telling) -> str:
    lasting = {alarm.parameter for alarm in telling.alarms if alarm.active}
    grave = {alarm.parameter for alarm in telling.alarms if alarm.active and alarm.severity is Severity.CRITICAL}
    worst = f", {len(grave)} of them critical" if grave else ""
    return f"{telling.raised} alarms, {len(lasting) or 'none'} still out{worst}"


def _what(alarm: Alarm, telling: Telling) -> str:
    """An alarm in a few words with its newest value; once it is over how it is now, and what it was."""
    value = telling.around(alarm).value
    if alarm.active and alarm.kind is AlarmKind.TREND and math.isfinite(value):
        return f"{subject(alarm)} {reading(value, alarm.unit)}, {alarm.limit}"
    if alarm.active:
        return what(alarm, value if math.isfinite(value) else alarm.value)
    if alarm.kind is AlarmKind.INVALID:
        return f"{subject(alarm)} {back(alarm)}"
    if alarm.kind.in_words:
        return f"{subject(alarm)} {back(alarm)} (it was: {alarm.limit})"
    worst = reading(alarm.worst, alarm.unit, alarm.bounds)
    return f"{subject(alarm)} {back(alarm)}, was {worst}, {crossed(alarm, alarm.worst)}"


# --- the details -----------------------------------------------------------------------------------------------------


def _details(telling: Telling) -> list[str]:
    """What a text message adds as far as there is room, the most important first."""
    first = telling.alarms[0] if telling.alarms else None
    turned = _turned(first, telling)
    if telling.reason is Reason.ACKNOWLEDGED:
        return [*filter(None, [telling.comment]), *turned, "go back to sleep"]
    if telling.reason is Reason.CLEARED:
        worst = [f"worst {_worst(first)}"] if first and len(telling.alarms) == 1 and _worst(first) else []
        return [*_whole_time(telling), *turned, *worst]
    withheld = [f"{telling.withheld} messages withheld before"] if telling.withheld else []
    why = [telling.why] if telling.why else []
    if telling.reason is Reason.FLOOD or first is None:
        return [*withheld, *(_what(alarm, telling) for alarm in telling.alarms if alarm.active), *why]
    names = list(dict.fromkeys(subject(alarm) for alarm in telling.alarms[1:] if subject(alarm) != subject(first)))
    also = [f"also {', '.join(names[:_NAMED])}{' ...' if len(names) > _NAMED else ''}"] if names else []
    return [
        *_times(first, telling),
        *turned,
        *withheld,
        *_trend(first, telling),
        *also,
        *_doing(telling.around(first)),
        *why,
    ]


def _turned(alarm: Alarm | None, telling: Telling) -> list[str]:
    """How often it went out and back, where that is not told already."""
    turns = telling.turns.get(alarm.key, 0) if alarm is not None and telling.reason is not Reason.CHATTER else 0
    return [f"{turns} times out and back"] if turns > 1 else []


def _times(alarm: Alarm, telling: Telling) -> list[str]:
    """Since when it is out, or when it was."""
    if not math.isfinite(alarm.since):
        return []
    begin = _clock(alarm.since, telling)
    return [f"since {begin[:-3]}"] if alarm.active else [f"from {begin} to {_clock(alarm.time, telling)}"]


def _whole_time(telling: Telling) -> list[str]:
    """When the first of the alarms began and the last was over."""
    known = [alarm for alarm in telling.alarms if math.isfinite(alarm.since) and math.isfinite(alarm.time)]
    if not known:
        return []
    first, last = min(alarm.since for alarm in known), max(alarm.time for alarm in known)
    return [f"from {_clock(first, telling)} to {_clock(last, telling)}"]


def _clock(time: float, telling: Telling) -> str:
    """A time of the lab, with the day unless it was lately."""
    text = clock_text(time)
    return text if telling.lab_now - time >= _TODAY_S else text[7:]


def _worst(alarm: Alarm) -> str:
    return reading(alarm.worst, alarm.unit, alarm.bounds) if math.isfinite(alarm.worst) else ""


def _trend(alarm: Alarm, telling: Telling) -> list[str]:
    around = telling.around(alarm)
    if not (alarm.active and math.isfinite(around.trend)):
        return []
    return [per_minute(around.trend, alarm.unit or around.unit)]


def _doing(around: Circumstances) -> list[str]:
    """The test and the ObsID of the newest exposure."""
    obsid = [f"ObsID {around.obsid}"] if around.obsid is not None else []
    return [" ".join([*([around.test] if around.test else []), *obsid])] if around.test or obsid else []


def _todo(telling: Telling) -> str:
    """What to do about the first of what is wrong."""
    if not telling.reason.asks or not telling.alarms or telling.flood_over:
        return ""
    first = telling.alarms[0]
    if telling.reason is Reason.FLOOD:
        began = min(telling.alarms, key=lambda alarm: (math.isnan(alarm.since), alarm.since))
        cause = f"First out was {subject(began)}: begin there, it may be the cause of the others."
        return f"{cause} See the list of alarms in the window."
    now = first.active or telling.reason is Reason.CHATTER
    return one_line(response_to(first, telling.around(first).response)) if now else ""


# --- a mail ----------------------------------------------------------------------------------------------------------


def _text(telling: Telling, head: str) -> str:
    blocks = [head]
    good = telling.reason.good
    if telling.reason is Reason.ACKNOWLEDGED:
        blocks.append((f"Comment: {one_line(telling.comment)}\n" if telling.comment else "") + "Go back to sleep.")
    if telling.reason is Reason.FLOOD and (todo := _todo(telling)):
        blocks.append(todo)
    listed = telling.alarms[:_LISTED]
    blocks += [_block(alarm, telling, brief=good or at >= _WHOLE) for at, alarm in enumerate(listed)]
    if len(telling.alarms) > _LISTED:
        blocks.append(f"and {len(telling.alarms) - _LISTED} more alarms, see the window")
    if telling.others:
        lines = [f"  {alarm.severity.name} {_what(alarm, telling)}" for alarm in telling.others[:_LISTED]]
        blocks.append("\n".join(["Of the same incident, told before:", *lines]))
    began = {alarm.first_out for alarm in telling.alarms if alarm.first_out} if not good else set()
    if len(began) == 1 and len(telling.alarms) + len(telling.others) > 1:
        blocks.append(f"The incident began with {began.pop()}.")
    if telling.code:
        blocks.append(f"To acknowledge, {_how(telling)}")
    if telling.withheld:
        blocks.append(f"{telling.withheld} messages were withheld before this one: there were more than the limit.")
    if telling.why:
        blocks.append(f"You are told because {telling.why}.")
    return "\n\n".join([*blocks, *([telling.note] if telling.note else [])]) + "\n"


def _how(telling: Telling) -> str:
    """How who reads a mail can answer."""
    code, answering = telling.code, telling.answering
    orders = f'"ACK {code}", and a comment if you like; or "SHELVE {code} 1h".'
    if answering.mail:
        return f"answer {orders}"
    if answering.text:
        return f"send by text message{f' to {answering.number}' if answering.number else ''}: {orders}"
    return "use the window of Eyegore: answers to this mail are not read."


def _block(alarm: Alarm, telling: Telling, *, brief: bool) -> str:
    title = f"{alarm.severity.name} {_what(alarm, telling)}"
    if brief:
        return f"{title}, {_times(alarm, telling)[0]}" if math.isfinite(alarm.since) else title
    lines = [title, *(f"  {label:<12}{text}" for label, text in _lines(alarm, telling) if text)]
    return "\n".join(lines)


def _lines(alarm: Alarm, telling: Telling) -> Iterable[tuple[str, str]]:
    """What a mail tells of an alarm, line by line."""
    around = telling.around(alarm)
    yield "what", around.name if around.name != alarm.parameter else ""
    if alarm.active:
        yield "since", f"{clock_text(alarm.since)} (clock of the lab)"
    else:
        yield "was out", f"{clock_text(alarm.since)} to {clock_text(alarm.time)} (clock of the lab)"
    if not alarm.kind.in_words:
        yield "limit", alarm.limit
        yield "worst", _worst(alarm) if alarm.kind is not AlarmKind.INVALID else ""
    value = reading(around.value, alarm.unit or around.unit, alarm.bounds) if math.isfinite(around.value) else ""
    if around.old and value:
        yield "last", f"{value} at {clock_text(around.time)}, no value since"
    elif alarm.active:
        yield "now", value
    yield "turns", "".join(_turned(alarm, telling))
    yield "trend", "".join(_trend(alarm, telling))
    yield "test", "".join(_doing(around))
    if alarm.active:
        yield "what to do", one_line(response_to(alarm, around.response))


# --- a call ----------------------------------------------------------------------------------------------------------

_SAID = 2
"""Alarms of a flood that are named in a call."""
_GRADES = {"CRITICAL": "Critical alarm.", "WARNING": "Warning."}


def _spoken(telling: Telling) -> str:
    told = replace(telling, alarms=tuple(_by_name(alarm, telling) for alarm in telling.alarms))
    grade, head = _head(told)
    parts = [f"This is Eyegore{' at ' + telling.lab if telling.lab else ''}.", _GRADES.get(grade, ""), f"{head}."]
    if telling.alarms and telling.reason.asks and telling.reason is not Reason.FLOOD:
        first = telling.alarms[0]
        parts += [f"{one.capitalize()}." for one in _times(first, telling)]
        parts += [f"{'Falling' if '−' in one else 'Rising'} {one[1:]}." for one in _trend(first, telling)]
    if telling.reason is Reason.FLOOD:
        lasting = [alarm for alarm in told.alarms if alarm.active]
        parts += [f"{_what(alarm, telling)}." for alarm in lasting[:_SAID]]
    if todo := _todo(telling):
        parts.append(f"What to do: {todo}")
    said = spoken(" ".join(filter(None, parts)))
    if telling.code and telling.answering.text:
        code = digits(telling.code)
        said += f" To acknowledge, answer by text message: A, C, K, and then {code}. I repeat: {code}."
    return said


def _by_name(alarm: Alarm, telling: Telling) -> Alarm:
    """Named for the ear; what it is known by otherwise stays as it is."""
    name = re.sub(r" ?[(][^)]*[)]|;.*", "", telling.around(alarm).name)
    return replace(alarm, parameter=f"{name},") if name else alarm
