"""When the alarms of a session lasted: from what happens now, and from what the journal knows of before.

The journal does not keep the first sample out of limits, only the one that raised the alarm (a few rows later).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from eyegore.limits.model import Severity
from eyegore.messages.alarms import Alarm, AlarmEntry, AlarmState, EntryKind, Transition

if TYPE_CHECKING:
    from eyegore.messages.events import AlarmChanged

MOST_SPANS = 2000
"""Spans kept that are over; then the oldest are forgotten."""


@dataclass(frozen=True)
class AlarmSpan:
    """One excursion that raised an alarm. ``since``, ``until`` and ``worst_time`` are lab seconds.

    ``until`` is infinite while it lasts. ``worst`` and ``worst_time`` are NaN where they are not known. ``seen`` tells
    that a person has acknowledged or lowered it.
    """

    parameter: str
    kind: EntryKind
    severity: Severity
    since: float
    until: float = math.inf
    worst: float = math.nan
    worst_time: float = math.nan
    seen: bool = False

    @property
    def lasting(self) -> bool:
        """Whether it is not over."""
        return math.isinf(self.until)


class AlarmSpans:
    """The spans of all parameters, a bounded number of them."""

    def __init__(self, most: int = MOST_SPANS) -> None:
        self.revision = 0
        self._open: dict[tuple[str, EntryKind], AlarmSpan] = {}
        self._over: deque[AlarmSpan] = deque(maxlen=most)

    def of(self, parameter: str) -> list[AlarmSpan]:
        """The spans of one parameter, in order of their begin."""
        found = [span for span in (*self._over, *self._open.values()) if span.parameter == parameter]
        return sorted(found, key=lambda span: span.since)

    def past(self, entries: Iterable[AlarmEntry]) -> None:
        """Take entries of the journal, the oldest first."""
        for entry in entries:
            key = (entry.parameter, entry.kind)
            match None if entry.person else entry.what:
                case Transition.RAISED:
                    self._finish(key, entry.data_time)
                    worst = (entry.value, entry.data_time)
                    self._open[key] = AlarmSpan(*key, entry.severity, entry.data_time, math.inf, *worst)
                case Transition.RISEN | Transition.CROSSED if key in self._open:
                    self._open[key] = replace(
                        self._open[key],
                        severity=entry.severity,
                        worst=entry.value,
                        worst_time=entry.data_time,
                        seen=False,
                    )
                case Transition.RETURNED if key in self._open:
                    worst_time = self._open[key].worst_time if entry.value == self._open[key].worst else math.nan
                    self._open[key] = replace(self._open[key], worst=entry.value, worst_time=worst_time)
                    self._finish(key, entry.data_time)
                case None if _is_seen(entry):
                    self._see(key)
        self.revision += 1

    def stand(self, alarms: Iterable[Alarm]) -> None:
        """Take alarms as they stand: those that last, those that do not last any more."""
        for alarm in alarms:
            self._note(alarm)
        self.revision += 1

    def take(self, event: AlarmChanged) -> None:
        """Take a change of one alarm."""
        self._note(event.alarm)
        if _is_seen(event.entry):
            self._see((event.alarm.parameter, event.alarm.kind))
        self.revision += 1

    def _note(self, alarm: Alarm) -> None:
        key = (alarm.parameter, alarm.kind)
        known = self._open.get(key)
        if not alarm.active:
            if known is not None:
                if math.isfinite(alarm.worst):
                    self._open[key] = replace(known, worst=alarm.worst, worst_time=alarm.worst_time)
                self._finish(key, alarm.time)
        elif math.isfinite(alarm.since):
            if known is not None and alarm.since > known.since:  # another excursion: the end of the first is lost
                self._finish(key, alarm.since)
                known = None
            shelved_seen = known is not None and known.seen and alarm.state is AlarmState.SHELVED
            seen = alarm.state is AlarmState.ACKED or shelved_seen
            worst = (alarm.worst, alarm.worst_time)
            self._open[key] = AlarmSpan(*key, alarm.severity, alarm.since, math.inf, *worst, seen)

    def _finish(self, key: tuple[str, EntryKind], until: float) -> None:
        span = self._open.pop(key, None)
        if span is not None:
            self._over.append(replace(span, until=max(span.since, until) if math.isfinite(until) else span.since))

    def _see(self, key: tuple[str, EntryKind]) -> None:
        """A person acknowledged what lasts, or lowered what is over; also what was before it."""
        if key in self._open:
            self._open[key] = replace(self._open[key], seen=True)
        for at, span in enumerate(self._over):
            if (span.parameter, span.kind) == key and not span.seen:
                self._over[at] = replace(span, seen=True)


def _is_seen(entry: AlarmEntry) -> bool:
    """Whether a person acknowledged what lasts, or lowered what is over."""
    seen = ((AlarmState.UNACK, AlarmState.ACKED), (AlarmState.RTN_UNACK, AlarmState.NORMAL))
    return bool(entry.person) and (entry.before, entry.after) in seen
