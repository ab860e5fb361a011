"""One alarm: the state machine between the process, which is out or back, and the person, who has seen it or not.

The terms and transitions are those of ISA-18.2: a violation is unacknowledged until somebody acknowledges it; one that
ends before that stays latched; a shelved alarm goes on underneath and tells nobody. Alarms that come together are an
incident, which names what came first; many are a flood, which is summarised.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from eyegore.alarms.debounce import Step, StepKind
from eyegore.limits.model import NO_BOUNDS, Bounds, Severity
from eyegore.messages.events import Alarm, AlarmKind, AlarmState, Transition

REALARM_S = 3600.0
"""A critical alarm that was acknowledged and is still out after so long is unacknowledged again [s]."""
LONGEST_SHELF_S = {Severity.NONE: 12 * 3600.0, Severity.WARNING: 12 * 3600.0, Severity.CRITICAL: 4 * 3600.0}
"""How long an alarm may be shelved at most [s], by the severity it can reach."""


@dataclass(frozen=True)
class AlarmStep:
    """A transition, with the states it shows before and after."""

    what: Transition
    before: AlarmState
    after: AlarmState
    alarm: Alarm
    person: str = ""
    comment: str = ""


@dataclass(frozen=True)
class AlarmMemory:
    """What survives a restart; ``under`` is the state below the shelf, ``acknowledged_at`` unix time [s]."""

    alarm: Alarm
    under: AlarmState
    acknowledged_at: float = math.nan


class AlarmMachine:
    """The alarm of one parameter and kind. Each method returns the transition it made, None when there was none."""

    def __init__(self, parameter: str, kind: AlarmKind, *, gravest: Severity, unit: str = "", limit: str = "") -> None:
        self._gravest = gravest
        self._alarm = Alarm(parameter, kind, AlarmState.NORMAL, unit=unit, limit=limit)
        self._under = AlarmState.NORMAL
        self._acknowledged_at = math.nan

    @property
    def alarm(self) -> Alarm:
        """The alarm as it stands."""
        return self._alarm

    @property
    def idle(self) -> bool:
        """Whether nothing is to be remembered of it."""
        return self._under is AlarmState.NORMAL and not self.shelved

    @property
    def shelved(self) -> bool:
        """Whether it is shelved."""
        return not math.isnan(self._alarm.shelved_until)

    # --- the process -------------------------------------------------------------------------------------------------

    def step(self, step: Step) -> AlarmStep | None:
        """The process went out, came back, or is about to."""
        match step.what:
            case StepKind.PENDING:
                return (
                    self._to(AlarmState.PENDING, Transition.PENDING, step) if self._under is AlarmState.NORMAL else None
                )
            case StepKind.GLITCH:
                self._alarm = replace(self._alarm, glitches=self._alarm.glitches + 1)
                return (
                    self._to(AlarmState.NORMAL, Transition.GLITCH, step) if self._under is AlarmState.PENDING else None
                )
            case StepKind.ACTIVE:
                return self._out(step)
            case StepKind.CROSSED:
                return self._cross(step)
            case StepKind.WORSE:
                self._note_worst(step)
                return None
            case _:
                return self._back(step)

    def _out(self, step: Step) -> AlarmStep | None:
        alarm, found = self._alarm, step.violation
        lasting = alarm.active
        if not lasting:
            alarm = replace(
                alarm, since=found.first, worst=found.worst, worst_time=found.worst_time, severity=found.severity,
                acknowledged_by="", comment="", side=found.verdict,
            )  # fmt: skip
        risen = found.severity > alarm.severity
        self._alarm = replace(alarm, active=True, severity=max(alarm.severity, found.severity))
        if lasting:
            self._alarm = replace(self._alarm, worst=found.worst, worst_time=found.worst_time, side=found.verdict)
        if lasting and not risen:
            return None
        self._acknowledged_at = math.nan
        return self._to(AlarmState.UNACK, Transition.RISEN if lasting else Transition.RAISED, step)

    def _cross(self, step: Step) -> AlarmStep | None:
        """Out on the other side: who acknowledged it saw something else."""
        found = step.violation
        risen = found.severity > self._alarm.severity
        self._note_worst(step)
        self._alarm = replace(self._alarm, active=True, severity=max(self._alarm.severity, found.severity))
        self._acknowledged_at = math.nan
        return self._to(AlarmState.UNACK, Transition.RISEN if risen else Transition.CROSSED, step)

    def _note_worst(self, step: Step) -> None:
        found = step.violation
        self._alarm = replace(self._alarm, worst=found.worst, worst_time=found.worst_time, side=found.verdict)

    def _back(self, step: Step) -> AlarmStep | None:
        found = step.violation
        self._alarm = replace(self._alarm, active=False, worst=found.worst, worst_time=found.worst_time)
        if self._under is AlarmState.UNACK:
            return self._to(AlarmState.RTN_UNACK, Transition.RETURNED, step)
        return self._calm(Transition.RETURNED, step=step)

    # --- the person --------------------------------------------------------------------------------------------------

    def acknowledge(self, person: str, comment: str, now: float) -> AlarmStep | None:
        """Acknowledge what lasts, clear what is over; on a shelved alarm this does nothing."""
        if self.shelved:
            return None
        if self._under is AlarmState.UNACK:
            self._acknowledged_at = now
            self._alarm = replace(self._alarm, acknowledged_by=person, comment=comment)
            return self._to(AlarmState.ACKED, Transition.ACKNOWLEDGED, None, person, comment)
        if self._under is AlarmState.RTN_UNACK:
            return self._calm(Transition.LOWERED, person=person, comment=comment)
        return None

    def note(self, person: str, comment: str) -> AlarmStep:
        """Add a comment; no state changes. It stays with an alarm that is not normal."""
        if not self.idle:
            self._alarm = replace(self._alarm, comment=comment)
        shown = self._alarm.state
        return AlarmStep(Transition.COMMENTED, shown, shown, self._alarm, person, comment)

    def shelve(self, until: float, person: str, reason: str, now: float) -> AlarmStep | None:
        """Shelve until ``until`` [unix s], at most as long as its severity allows; NaN means that long."""
        if self._alarm.state is AlarmState.OUT_OF_SERVICE:
            return None
        latest = now + LONGEST_SHELF_S[self._gravest]
        end = latest if math.isnan(until) else min(until, latest)
        if end <= now:
            return None
        before = self._alarm.state
        self._alarm = replace(self._alarm, shelved_until=end, shelved_by=person, shelf_reason=reason)
        self._alarm = replace(self._alarm, state=AlarmState.SHELVED)
        return AlarmStep(Transition.SHELVED, before, AlarmState.SHELVED, self._alarm, person, reason)

    def unshelve(self, person: str, comment: str = "") -> AlarmStep | None:
        """Take back from the shelf; what is still out is unacknowledged, whoever acknowledged it before."""
        if not self.shelved:
            return None
        if self._alarm.active:
            self._under, self._acknowledged_at = AlarmState.UNACK, math.nan
        self._alarm = replace(self._alarm, shelved_until=math.nan, shelved_by="", shelf_reason="", state=self._under)
        return AlarmStep(Transition.UNSHELVED, AlarmState.SHELVED, self._under, self._alarm, person, comment)

    def tick(self, now: float) -> AlarmStep | None:
        """Time has passed: a shelf runs out, an acknowledged critical alarm is told again."""
        if self.shelved:
            return self.unshelve("", "the shelf ran out") if now >= self._alarm.shelved_until else None
        again = self._under is AlarmState.ACKED and self._alarm.severity is Severity.CRITICAL
        if again and now - self._acknowledged_at >= REALARM_S:
            self._acknowledged_at = math.nan
            return self._to(AlarmState.UNACK, Transition.STILL_OUT, None)
        return None

    # --- state -------------------------------------------------------------------------------------------------------

    def tell(self, limit: str, gravest: Severity | None = None, bounds: Bounds = NO_BOUNDS) -> None:
        """Say in words what is out, or what the limit is; ``gravest`` is the severity it can reach from now on."""
        self._alarm = replace(self._alarm, limit=limit, bounds=bounds)
        if gravest is not None:
            self._gravest = gravest

    def retire(self, reason: str) -> AlarmStep | None:
        """Put out of service, by configuration: nothing of it is remembered."""
        was = self._alarm
        if was.state is AlarmState.OUT_OF_SERVICE:
            return None
        out = AlarmState.OUT_OF_SERVICE
        self._alarm = Alarm(
            was.parameter, was.kind, out, unit=was.unit, limit=was.limit, comment=reason, bounds=was.bounds
        )
        self._under, self._acknowledged_at = AlarmState.NORMAL, math.nan
        return AlarmStep(Transition.OUT_OF_SERVICE, was.state, out, replace(was, state=out), comment=reason)

    def reinstate(self) -> AlarmStep | None:
        """Put back in service: the next samples tell how it is."""
        if self._alarm.state is not AlarmState.OUT_OF_SERVICE:
            return None
        self._alarm = replace(self._alarm, state=AlarmState.NORMAL, comment="")
        return AlarmStep(Transition.IN_SERVICE, AlarmState.OUT_OF_SERVICE, AlarmState.NORMAL, self._alarm)

    def release(self) -> AlarmStep | None:
        """Nothing judges it any more, by configuration: over for the process, latched where nobody has seen it."""
        if self._under in (AlarmState.NORMAL, AlarmState.RTN_UNACK):
            return None
        self._alarm = replace(self._alarm, active=False)
        if self._under is AlarmState.UNACK:
            return self._to(AlarmState.RTN_UNACK, Transition.RELEASED, None)
        return self._calm(Transition.RELEASED)

    def join_incident(self, number: int, first_out: str) -> None:
        """Note which incident the alarm belongs to."""
        self._alarm = replace(self._alarm, incident=number, first_out=first_out)

    def _calm(
        self, what: Transition, *, step: Step | None = None, person: str = "", comment: str = ""
    ) -> AlarmStep | None:
        was = self._alarm
        change = self._to(AlarmState.NORMAL, what, step, person, comment)
        self._alarm = replace(
            self._alarm, severity=Severity.NONE, active=False, since=math.nan, worst=math.nan, worst_time=math.nan,
            acknowledged_by="", comment="", incident=0, first_out="",
        )  # fmt: skip
        told = replace(was, state=self._alarm.state, time=self._alarm.time, value=self._alarm.value, active=False)
        return replace(change, alarm=told) if change is not None else None

    def _to(
        self, after: AlarmState, what: Transition, step: Step | None, person: str = "", comment: str = ""
    ) -> AlarmStep | None:
        before = self._alarm.state
        self._under = after
        shown = AlarmState.SHELVED if self.shelved else after
        self._alarm = replace(self._alarm, state=shown)
        if step is not None:
            self._alarm = replace(self._alarm, time=step.time, value=step.value)
        return AlarmStep(what, before, shown, self._alarm, person, comment)

    def memory(self) -> AlarmMemory:
        """What must survive a restart."""
        return AlarmMemory(self._alarm, self._under, self._acknowledged_at)

    def restore(self, memory: AlarmMemory) -> None:
        """Take back what :meth:`memory` gave; unit and limit are those of the table in use now."""
        now = self._alarm
        self._alarm = replace(memory.alarm, unit=now.unit, limit=now.limit, bounds=now.bounds)
        self._under, self._acknowledged_at = memory.under, memory.acknowledged_at


def subsystem_of(alarm: Alarm) -> tuple[str, str]:
    """What an alarm is of, as far as its name and unit tell: ``CCD2_TEMP_T`` of the temperatures of the CCDs."""
    first = re.match(r"[^\W\d_]*", alarm.parameter)
    return first[0] if first is not None else "", alarm.unit


TOGETHER_S = 30.0
"""Alarms that begin within so long of the first one are one incident [s]."""
FLOOD_ALARMS, FLOOD_S = 10, 600.0
"""More alarms than this within so long are a flood."""
CHATTER_TURNS, CHATTER_S = 3, 600.0
"""What goes out and back so often within so long chatters [s]."""


class Incident(NamedTuple):
    """Alarms that belong together; ``began`` [lab s] is when the first of them, ``first_out``, went out."""

    number: int
    began: float
    first_out: str
    alarms: int


@dataclass
class IncidentBook:
    """Groups alarms in the order they are raised, and is remembered as it is. All times are lab seconds.

    ``opened`` is when the first alarm of the current incident was raised, ``raised`` when those of a flood were.
    """

    current: Incident | None = None
    opened: float = float("-inf")
    raised: list[float] = field(default_factory=list)
    flood: bool = False

    def join(self, parameter: str, since: float, time: float) -> Incident:
        """An alarm that is out since ``since`` was raised at ``time``; returns the incident it belongs to."""
        current = self.current
        if current is None or not 0.0 <= time - self.opened <= TOGETHER_S:
            number = current.number + 1 if current is not None else 1
            current, self.opened = Incident(number, since, parameter, 0), time
        first = (since, parameter) if since < current.began else (current.began, current.first_out)
        self.current = Incident(current.number, first[0], first[1], current.alarms + 1)
        self.raised.append(time)
        return self.current

    def flood_changed(self, time: float) -> bool:
        """Whether a flood began or ended by ``time``; :attr:`flood` tells which."""
        self.raised = [one for one in self.raised if abs(time - one) <= FLOOD_S]  # one row may be from next year
        flood = len(self.raised) > (FLOOD_ALARMS if not self.flood else FLOOD_ALARMS // 2)
        changed, self.flood = flood is not self.flood, flood
        return changed

    @property
    def raised_lately(self) -> int:
        """Number of alarms raised within the time a flood is counted over."""
        return len(self.raised)
