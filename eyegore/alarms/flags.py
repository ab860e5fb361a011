"""One out-of-limits flag: what raises it, what latches it, and what a person's click does to it.

A flag has two parts. The *process* part follows the samples: in limits, out of limits, unknown. The *operator* part
remembers: raised until somebody lowers it, latched when the excursion ended before that, acknowledged while it lasts.
Mute hides both from the panel and the log without stopping either. Unknown data never lowers a flag.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from eyegore.limits.model import Parameter, Severity, Verdict
from eyegore.messages import Flag, FlagState

NAN = float("nan")


class Latch(Enum):
    """The operator's part of a flag."""

    NORMAL = "normal"
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    LATCHED = "latched"


_SHOWN = {
    Latch.RAISED: FlagState.RAISED,
    Latch.ACKNOWLEDGED: FlagState.ACKNOWLEDGED,
    Latch.LATCHED: FlagState.LATCHED,
    Latch.NORMAL: FlagState.NORMAL,
}
_UNKNOWN = {
    Verdict.UNCHECKED: FlagState.UNCHECKED,
    Verdict.INVALID: FlagState.INVALID,
    Verdict.STALE: FlagState.STALE,
}


@dataclass(frozen=True)
class Sighting:
    """A run of consecutive samples with one verdict, as a flag is told of it.

    ``first`` and ``last`` are times [lab s], ``worst`` the extreme value, ``value`` the last one.
    """

    verdict: Verdict
    first: float
    last: float
    value: float
    worst: float


class OolFlag:
    """The flag of one parameter. Each method returns the name of what changed for the person watching, or ""."""

    def __init__(self, parameter: Parameter, limit_text: str = "", *, checked: bool = True) -> None:
        self.parameter = parameter
        self.checked = checked
        self._limit_text = limit_text
        self._latch = Latch.NORMAL
        self._muted = False
        self._live: Verdict | None = None
        self._stale = False
        self._severity = Severity.NONE
        self._value = self._time = self._since = self._worst = NAN
        self._unfinished: Sighting | None = None

    def view(self) -> Flag:
        """The flag as it stands."""
        live = Verdict.STALE if self._stale else self._live or Verdict.UNCHECKED
        return Flag(
            parameter=self.parameter.name,
            state=self._state(live),
            live=live,
            severity=self._severity,
            value=self._value,
            unit=self.parameter.unit,
            time=self._time,
            since=self._since,
            worst=self._worst,
            limit_text=self._limit_text,
            latched=self._latch is Latch.LATCHED,
        )

    def _state(self, live: Verdict) -> FlagState:
        if self._muted:
            return FlagState.MUTED
        if self._latch in (Latch.RAISED, Latch.ACKNOWLEDGED):
            return _SHOWN[self._latch]
        if self._live is None and not self._stale:
            return FlagState.NO_DATA if self.checked else FlagState.UNCHECKED
        if live in _UNKNOWN:
            return _UNKNOWN[live]
        return _SHOWN[self._latch]

    @property
    def violating(self) -> bool:
        """Whether the newest sample is known to be out of limits."""
        return self._live is not None and self._live.out

    def see(self, sighting: Sighting) -> str:
        """Take a run of samples that has just been recorded."""
        verdict, before = sighting.verdict, self._live
        unknown_before = self._stale or before is None or before is Verdict.INVALID
        self._live, self._stale = verdict, False
        self._value, self._time = sighting.value, sighting.last
        if verdict.out:
            return self._go_out(sighting, before, unknown_before)
        self._unfinished = None
        if verdict is not Verdict.IN_LIMITS:
            return verdict.name.lower() if unknown_before or verdict is not before else ""
        if self._latch is Latch.RAISED:
            self._latch = Latch.LATCHED
            return "returned"
        if self._latch is Latch.ACKNOWLEDGED:
            self._calm()
            return "returned"
        return "valid" if unknown_before else ""

    def recall(self, sighting: Sighting) -> str:
        """Take a run recorded before the newest samples that this flag has already seen: it can only latch."""
        if not sighting.verdict.out:
            self._unfinished = None
            return ""
        earlier = self._unfinished
        self._unfinished = sighting if earlier is None else _joined(earlier, sighting)
        if self._latch is not Latch.NORMAL:
            self._worst = _worse(sighting.verdict, self._worst, sighting.worst)
            return ""
        self._latch = Latch.LATCHED
        self._remember(sighting)
        return "latched"

    def _go_out(self, sighting: Sighting, before: Verdict | None, unknown_before: bool) -> str:
        severity = self.parameter.severity(sighting.verdict)
        running, self._unfinished = self._unfinished, None
        lasting = self._latch in (Latch.RAISED, Latch.ACKNOWLEDGED)
        other_side = before is not None and before.out and before is not sighting.verdict
        again = self._latch is Latch.ACKNOWLEDGED and (severity > self._severity or other_side)
        if lasting and not again:
            if running is not None:
                self._since = min(self._since, running.first)
            self._worst = sighting.worst if other_side else _worse(sighting.verdict, self._worst, sighting.worst)
            self._severity = max(self._severity, severity)
            return "valid" if unknown_before else ""
        self._latch = Latch.RAISED
        self._remember(sighting if running is None else _joined(running, sighting))
        return "raised"

    def _remember(self, sighting: Sighting) -> None:
        self._severity = self.parameter.severity(sighting.verdict)
        self._since, self._worst = sighting.first, sighting.worst

    def _calm(self) -> None:
        self._latch = Latch.NORMAL
        self._severity = Severity.NONE
        self._since = self._worst = NAN

    def grow_stale(self) -> str:
        """No new sample came in time."""
        if self._stale or self._live is None:
            return ""
        self._stale = True
        return "stale"

    def lower(self) -> str:
        """Lower: acknowledges a violation that lasts, clears one that is over. A muted flag is left alone."""
        if self._muted:
            return ""
        if self._latch is Latch.RAISED:
            self._latch = Latch.ACKNOWLEDGED
            return "acknowledged"
        if self._latch is Latch.LATCHED:
            self._calm()
            return "lowered"
        return ""

    def mute(self) -> str:
        """Mute: no colour and no warning until unmuted; checking goes on."""
        if self._muted:
            return ""
        self._muted = True
        return "muted"

    def unmute(self) -> str:
        """Unmute; a violation that lasts is raised, whoever acknowledged it before."""
        if not self._muted:
            return ""
        self._muted = False
        if self.violating:
            self._latch = Latch.RAISED
        return "unmuted"

    @property
    def muted(self) -> bool:
        """Whether the flag is muted."""
        return self._muted


def _joined(earlier: Sighting, later: Sighting) -> Sighting:
    worst = _worse(later.verdict, earlier.worst, later.worst)
    return Sighting(later.verdict, earlier.first, later.last, later.value, worst)


def _worse(verdict: Verdict, one: float, other: float) -> float:
    if math.isnan(one) or math.isnan(other):
        return other if math.isnan(one) else one
    if verdict is Verdict.UNEXPECTED:
        return other
    return min(one, other) if verdict in (Verdict.LOW, Verdict.DELTA_LOW) else max(one, other)
