"""From the alarms of the monitor to the rows of the alarm list; pure: values in, cells out."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from eyegore.alarms.alarm_text import quantity
from eyegore.lab_time import age_text, clock_text
from eyegore.limits.model import Severity
from eyegore.messages import Alarm, AlarmKind, AlarmState, Exposure
from eyegore.widgets.alarm_cells import AlarmCell, Standing
from eyegore.widgets.cells import Status

_STANDING = {
    AlarmState.PENDING: Standing.PENDING,
    AlarmState.UNACK: Standing.UNACKNOWLEDGED,
    AlarmState.ACKED: Standing.ACKNOWLEDGED,
    AlarmState.RTN_UNACK: Standing.BACK,
    AlarmState.SHELVED: Standing.SHELVED,
}
_KINDS = {
    AlarmKind.OOL: "",
    AlarmKind.INVALID: "invalid",
    AlarmKind.DEADMAN: "overdue",
    AlarmKind.TREND: "trend",
}


def alarm_key(alarm: Alarm) -> str:
    """What tells alarms apart: a parameter can have one of each kind."""
    return f"{alarm.parameter}/{alarm.kind.name}"


def alarm_cell(
    alarm: Alarm, now: float, exposure: Exposure | None = None, trend: str = "", *, incident: bool = False
) -> AlarmCell:
    """The row of one alarm that is not NORMAL (KeyError for one that is).

    ``now`` is unix time [s]; ``exposure`` is what was being taken when it began. ``incident`` tells that other alarms
    came with it, so that it matters which was the first.
    """
    first = alarm.first_out == alarm.parameter
    shelved = alarm.state is AlarmState.SHELVED and math.isfinite(alarm.shelved_until)
    return AlarmCell(
        key=alarm_key(alarm),
        parameter=alarm.parameter,
        severity=Status.CRITICAL if alarm.severity is Severity.CRITICAL else Status.WARNING,
        standing=_STANDING[alarm.state],
        kind=_KINDS[alarm.kind],
        value=_value(alarm),
        limit=alarm.limit,
        since="" if math.isnan(alarm.since) else clock_text(alarm.since),
        began=0.0 if math.isnan(alarm.since) else alarm.since,
        worst="" if math.isnan(alarm.worst) else quantity(alarm.worst, alarm.unit),
        trend=trend,
        test=exposure.test if exposure else "",
        obsid=str(exposure.obsid) if exposure else "",
        acknowledged_by=alarm.acknowledged_by,
        comment=alarm.comment,
        shelved_until=_day_time(alarm.shelved_until, now) if shelved else "",
        shelved_for=age_text(alarm.shelved_until - now) if shelved else "",
        blink=alarm.state is AlarmState.UNACK,
        first_out=incident and first,
        after=alarm.first_out if incident and not first else "",
    )


def alarm_cells(
    alarms: Iterable[Alarm],
    now: float,
    exposure_of: Callable[[Alarm], Exposure | None] = lambda alarm: None,
    trends: Mapping[str, str] | None = None,
) -> list[AlarmCell]:
    """The rows of all alarms that are not NORMAL; ``trends`` are texts by parameter."""
    trends = trends or {}
    listed = [alarm for alarm in alarms if alarm.state is not AlarmState.NORMAL]
    together = Counter(alarm.incident for alarm in listed if alarm.incident)
    return [
        alarm_cell(
            alarm,
            now,
            exposure_of(alarm),
            trends.get(alarm.parameter, ""),
            incident=together[alarm.incident] > 1,
        )
        for alarm in listed
    ]


def sounding(alarms: Iterable[Alarm]) -> dict[str, Severity]:
    """What the annunciator is to be told: all alarms that nobody has acknowledged, by key."""
    return {
        alarm_key(alarm): alarm.severity
        for alarm in alarms
        if alarm.state is AlarmState.UNACK and alarm.severity is not Severity.NONE
    }


def _value(alarm: Alarm) -> str:
    if math.isnan(alarm.value) and alarm.kind is not AlarmKind.INVALID:
        return ""
    return quantity(alarm.value, alarm.unit)


def _day_time(time_s: float, now: float) -> str:
    """A time to come [unix s] on the clock of this machine, with the day when it is far."""
    form = "%H:%M" if time_s - now < 12 * 3600 else "%d/%b %H:%M"
    return time.strftime(form, time.localtime(time_s))
