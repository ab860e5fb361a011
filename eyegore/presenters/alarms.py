"""From the alarms of the monitor to the rows of the alarm list; pure: values in, cells out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from eyegore.alarms.words import response_to
from eyegore.basics.lab_time import age_text, clock_text, local_text
from eyegore.limits.model import Severity, quantity
from eyegore.messages.alarms import Alarm, AlarmKind, AlarmState
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import AlarmCell, Standing

if TYPE_CHECKING:
    from eyegore.messages.events import AlarmChanged, Exposure

_STANDING = {
    AlarmState.PENDING: Standing.PENDING,
    AlarmState.UNACK: Standing.UNACKNOWLEDGED,
    AlarmState.ACKED: Standing.ACKNOWLEDGED,
    AlarmState.RTN_UNACK: Standing.BACK,
    AlarmState.SHELVED: Standing.SHELVED,
}
_TODAY_S = 12 * 3600.0
"""What is nearer than this needs no date [s]."""
_KINDS = {
    AlarmKind.OOL: "",
    AlarmKind.PERFORMANCE: "performance",
    AlarmKind.INVALID: "invalid",
    AlarmKind.DEADMAN: "overdue",
    AlarmKind.TREND: "trend",
    AlarmKind.FRAME: "image",
    AlarmKind.STUCK: "stuck",
}


def alarm_cell(
    alarm: Alarm,
    now: float,
    exposure: Exposure | None = None,
    trend: str = "",
    *,
    incident: bool = False,
    first: bool = False,
    lab_now: float = math.nan,
    todo: str = "",
    story: Iterable[str] = (),
) -> AlarmCell:
    """The row of one alarm that is not NORMAL (KeyError for one that is).

    ``now`` is unix time [s], ``lab_now`` the same on the lab's clock; ``exposure`` is what was being taken when it
    began. ``incident`` tells that other alarms came with it, so that it matters whether it was the ``first``. ``todo``
    tells what to do about the parameter, ``story`` what happened to the alarm, newest first.
    """
    told = alarm.kind.in_words
    shelved = alarm.state is AlarmState.SHELVED and math.isfinite(alarm.shelved_until)
    return AlarmCell(
        key=alarm.key,
        parameter=alarm.parameter,
        severity=_severity(alarm),
        standing=Standing.UNCHECKED if alarm.unchecked else _STANDING[alarm.state],
        kind=_KINDS[alarm.kind],
        value=_value(alarm),
        limit="" if told else alarm.limit,
        since=_since(alarm.since, lab_now),
        age="" if math.isnan(lab_now - alarm.since) else age_text(lab_now - alarm.since),
        began=0.0 if math.isnan(alarm.since) else alarm.since,
        worst="" if math.isnan(alarm.worst) else quantity(alarm.worst, alarm.unit),
        trend=alarm.limit if told else trend,
        test=exposure.test if exposure else "",
        obsid=str(exposure.obsid) if exposure else "",
        acknowledged_by=alarm.acknowledged_by,
        comment=alarm.comment,
        shelved_until=_day_time(alarm.shelved_until, now) if shelved else "",
        shelved_for=age_text(alarm.shelved_until - now) if shelved else "",
        blink=alarm.state is AlarmState.UNACK,
        first_out=incident and first,
        after=alarm.first_out if incident and not first else "",
        shelved_by=alarm.shelved_by if shelved else "",
        reason=alarm.shelf_reason if shelved else "",
        todo=response_to(alarm, todo),
        story=tuple(story),
    )


def alarm_cells(
    alarms: Iterable[Alarm],
    now: float,
    exposure_of: Callable[[Alarm], Exposure | None] = lambda alarm: None,
    trends: Mapping[str, str] | None = None,
    *,
    lab_now: float = math.nan,
    response_of: Callable[[Alarm], str] = lambda alarm: "",
    stories: Mapping[str, Iterable[str]] | None = None,
) -> list[AlarmCell]:
    """The rows of all alarms that are neither normal nor out of service.

    ``trends`` are texts by parameter, ``stories`` lines by :attr:`Alarm.key`, newest first.
    """
    trends, stories = trends or {}, stories or {}
    alarms = [alarm for alarm in alarms if alarm.state in _STANDING]
    shelves = {alarm.parameter for alarm in alarms if alarm.state is AlarmState.SHELVED and alarm.kind is AlarmKind.OOL}
    listed = [alarm for alarm in alarms if not (alarm.parameter in shelves and _is_shelved_with_it(alarm))]
    together = Counter(alarm.incident for alarm in listed if alarm.incident)
    first = _first_out(listed)
    return [
        alarm_cell(
            alarm,
            now,
            exposure_of(alarm),
            trends.get(alarm.parameter, ""),
            incident=together[alarm.incident] > 1,
            first=alarm is first.get(alarm.incident),
            lab_now=lab_now,
            todo=response_of(alarm),
            story=stories.get(alarm.key, ()),
        )
        for alarm in listed
    ]


def _first_out(alarms: Iterable[Alarm]) -> dict[int, Alarm]:
    """The alarm each incident began with, where it is among these: of those of that parameter the one out first."""
    found: dict[int, Alarm] = {}
    for alarm in alarms:
        known = found.get(alarm.incident)
        if alarm.first_out == alarm.parameter and (known is None or alarm.since < known.since):
            found[alarm.incident] = alarm
    return found


def story_line(event: AlarmChanged) -> str:
    """What happened to an alarm, with the time, as one line of its story; "" for what is no news."""
    alarm, entry = event.alarm, event.entry
    text = event.text.replace(f"{alarm.parameter} ", "", 1)
    if not text and alarm.state is AlarmState.SHELVED:
        text = f"{entry.note}, on the shelf"
    return f"{local_text(entry.time, '%H:%M:%S')}  {text}" if text else ""


def sounding(alarms: Iterable[Alarm]) -> dict[str, Severity]:
    """What the annunciator is to be told: all alarms that nobody has acknowledged, by key."""
    return {
        alarm.key: alarm.severity
        for alarm in alarms
        if alarm.state is AlarmState.UNACK and alarm.severity is not Severity.NONE
    }


def _severity(alarm: Alarm) -> Status:
    if alarm.state is AlarmState.SHELVED and alarm.severity is Severity.NONE:
        return Status.IN_LIMITS
    return Status.CRITICAL if alarm.severity is Severity.CRITICAL else Status.WARNING


def _is_shelved_with_it(alarm: Alarm) -> bool:
    """Whether an alarm is only listed as a parameter is shelved with all its alarms: nothing is wrong with this one."""
    return alarm.kind is not AlarmKind.OOL and alarm.state is AlarmState.SHELVED and alarm.severity is Severity.NONE


def _since(time_s: float, lab_now: float) -> str:
    """When it began [lab s], with the day unless that was lately."""
    if math.isnan(time_s):
        return ""
    text = clock_text(time_s)
    return text.partition(" ")[2] if lab_now - time_s < _TODAY_S else text


def _value(alarm: Alarm) -> str:
    if math.isnan(alarm.value) and alarm.kind is not AlarmKind.INVALID:
        return ""
    return quantity(alarm.value, alarm.unit)


def _day_time(time_s: float, now: float) -> str:
    """A time to come [unix s] on the clock of this machine, with the day when it is far."""
    form = "%H:%M" if time_s - now < _TODAY_S else "%d/%b %H:%M"
    return local_text(time_s, form)
