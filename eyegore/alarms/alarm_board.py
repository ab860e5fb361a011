"""All alarms of a session: judges rows in the order they were recorded, and keeps what people did.

What it tells depends on the rows and on what people did, not on how the rows were batched: the steps of all parameters
are taken in the order of the rows, then of the columns.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from eyegore.alarms.alarm import AlarmMachine, Change
from eyegore.alarms.alarm_text import sentence
from eyegore.alarms.debounce import Debounce, Repetition, Step, Violation, violation_in
from eyegore.alarms.incidents import FLOOD_S, IncidentBook
from eyegore.limits.model import LimitSet, Parameter, Range, Severity, Verdict
from eyegore.limits.verdict_runs import runs_of
from eyegore.limits.wording import describe
from eyegore.messages import (
    Action,
    Alarm,
    AlarmChanged,
    AlarmEntry,
    AlarmKind,
    AlarmState,
    Event,
    FlagCommand,
    HkRows,
    Noted,
    Said,
)

TO_RAISE: Mapping[Severity, int] = {Severity.NONE: 3, Severity.WARNING: 3, Severity.CRITICAL: 1}
"""Consecutive samples until a violation counts, where the table names no number of its own."""
TO_CLEAR: Mapping[Severity, int] = dict.fromkeys(Severity, 3)
"""Consecutive samples until a violation is over, where the table names no number of its own."""
INVALID = Repetition(dict.fromkeys(Severity, 3), dict.fromkeys(Severity, 1))


@dataclass(frozen=True)
class Frame:
    """What an entry of the journal says besides the alarm.

    ``now`` is unix time [s]; ``table`` the hash of the limit table; what is older than ``news`` [lab s] nobody is told.
    """

    now: float
    table: str = ""
    context: str = ""
    news: float = float("-inf")


@dataclass(frozen=True)
class _Watched:
    parameter: Parameter
    ool: AlarmMachine
    invalid: AlarmMachine
    ool_filter: Debounce
    invalid_filter: Debounce

    @property
    def quiet(self) -> bool:
        return self.ool_filter.quiet and self.invalid_filter.quiet


@dataclass(frozen=True)
class _Found:
    """A step with its place among those of the batch."""

    row: int
    column: int
    machine: AlarmMachine
    step: Step


class AlarmBoard:
    """The alarms by parameter and kind; parameters that come later are added, none is ever forgotten."""

    def __init__(self) -> None:
        self._watched: dict[str, _Watched] = {}
        self._timers: dict[tuple[str, AlarmKind], AlarmMachine] = {}
        self._incidents = IncidentBook()
        self._remembered: dict[str, Any] = {}

    # --- parameters --------------------------------------------------------------------------------------------------

    def watch(self, parameter: Parameter, limit_set: LimitSet) -> None:
        """Have alarms for a parameter; one that is watched keeps them."""
        if parameter.name in self._watched:
            return
        limit = parameter.limit(limit_set)
        text = describe(limit, parameter.unit) if limit is not None else ""
        gravest = max(parameter.severity_low, parameter.severity_high)
        watched = _Watched(
            parameter,
            AlarmMachine(parameter.name, AlarmKind.OOL, gravest=gravest, unit=parameter.unit, limit=text),
            AlarmMachine(parameter.name, AlarmKind.INVALID, gravest=Severity.WARNING, unit=parameter.unit, limit=text),
            Debounce(_repetition(parameter, limit_set)),
            Debounce(INVALID),
        )
        self._watched[parameter.name] = watched
        self._recall(f"{parameter.name}/OOL", watched.ool, watched.ool_filter)
        self._recall(f"{parameter.name}/INVALID", watched.invalid, watched.invalid_filter)

    def _recall(self, key: str, machine: AlarmMachine, debounce: Debounce | None) -> None:
        memory = self._remembered.pop(key, None)
        if memory is not None:
            machine.restore(memory["alarm"])
            if debounce is not None and memory["filter"] is not None:
                debounce.restore(memory["filter"])

    def alarms(self) -> Iterator[Alarm]:
        """Every alarm, those of the parameters in file order first."""
        for watched in self._watched.values():
            yield watched.ool.alarm
            yield watched.invalid.alarm
        for machine in self._timers.values():
            yield machine.alarm

    def of(self, parameter: str) -> tuple[Alarm, Alarm]:
        """The OOL and the INVALID alarm of a watched parameter."""
        watched = self._watched[parameter]
        return watched.ool.alarm, watched.invalid.alarm

    # --- the process -------------------------------------------------------------------------------------------------

    def take(self, rows: HkRows, verdicts: npt.NDArray[np.uint8], frame: Frame) -> list[Event]:
        """Judge rows in the order they were recorded; ``verdicts`` has the shape of their values."""
        notable = ((verdicts >= Verdict.LOW) | (verdicts == Verdict.INVALID)).any(axis=0)
        found: list[_Found] = []
        for column, name in enumerate(rows.columns):
            watched = self._watched.get(name)
            if watched is not None and (notable[column] or not watched.quiet):
                found += self._steps(watched, column, rows, verdicts[:, column])
        found.sort(key=lambda one: (one.row, one.column))
        events: list[Event] = []
        for one in found:
            events += self._apply(one.machine, one.step, frame)
        return events

    def _steps(self, watched: _Watched, column: int, rows: HkRows, codes: npt.NDArray[np.uint8]) -> Iterator[_Found]:
        for start, stop, verdict in runs_of(codes):
            times, values = rows.times[start:stop], rows.values[start:stop, column]
            violation = None
            if verdict.out:
                violation = violation_in(verdict, watched.parameter.severity(verdict), times, values)
            for step in watched.ool_filter.take(violation, verdict, times, values):
                yield _Found(start + step.row, column, watched.ool, step)
            unread = verdict is Verdict.INVALID
            violation = violation_in(verdict, Severity.WARNING, times, values) if unread else None
            known = verdict if unread else Verdict.IN_LIMITS
            for step in watched.invalid_filter.take(violation, known, times, values):
                yield _Found(start + step.row, column, watched.invalid, step)

    def _apply(self, machine: AlarmMachine, step: Step, frame: Frame) -> list[Event]:
        change = machine.step(step)
        if change is None:
            return []
        events: list[Event] = []
        if change.what == "raised":
            incident = self._incidents.raised(change.alarm.parameter, change.alarm.since, step.time)
            machine.join_incident(incident.number, incident.first_out)
            change = Change(change.what, change.before, change.after, machine.alarm, change.person, change.comment)
        events.append(_event(change, frame, step))
        if change.what == "raised" and self._incidents.flood_changed(step.time) and self._incidents.flood:
            text = f"flood: {self._incidents.raised_lately} alarms within {FLOOD_S / 60:.0f} min"
            events.append(Said(logging.WARNING, text, frame.now))
        return events

    def timer(
        self,
        name: str,
        severity: Severity,
        text: str,
        since: float,
        time: float,
        frame: Frame,
        kind: AlarmKind = AlarmKind.DEADMAN,
    ) -> list[Event]:
        """A dead-man timer ran out, or a trend foretells trouble: ``text`` says which. Times [lab s]."""
        machine = self._timer(name, kind)
        if machine.alarm.active and severity <= machine.alarm.severity:
            return []
        machine.tell(text)
        step = Step("active", 0, time, float("nan"), _timer_violation(severity, since, time))
        return self._apply(machine, step, frame)

    def timer_well(self, name: str, time: float, frame: Frame, kind: AlarmKind = AlarmKind.DEADMAN) -> list[Event]:
        """What a dead-man timer waits for has come, or the trend has turned."""
        machine = self._timers.get((name, kind))
        if machine is None or not machine.alarm.active:
            return []
        violation = _timer_violation(machine.alarm.severity, machine.alarm.since, time)
        return self._apply(machine, Step("over", 0, time, float("nan"), violation), frame)

    def _timer(self, name: str, kind: AlarmKind) -> AlarmMachine:
        key = (name, kind)
        if key not in self._timers:
            self._timers[key] = AlarmMachine(name, kind, gravest=Severity.CRITICAL)
            self._recall(f"{name}/{kind.name}", self._timers[key], None)
        return self._timers[key]

    # --- people and time ---------------------------------------------------------------------------------------------

    def command(self, command: FlagCommand, frame: Frame) -> list[Event]:
        """Do what a person asked."""
        if command.action is Action.RESET_ALL:
            events = self._each(self._machines(), command, Action.LOWER, frame)
            return [*events, Said(logging.INFO, f"all alarms lowered by {command.person}", frame.now)]
        machines = self._machines_of(command.parameter)
        if not machines:
            return [Said(logging.WARNING, f"there is no alarm of {command.parameter}", frame.now)]
        return self._each(machines, command, command.action, frame)

    def _each(
        self, machines: Sequence[AlarmMachine], command: FlagCommand, action: Action, frame: Frame
    ) -> list[Event]:
        if action is Action.COMMENT:
            machines = [next((machine for machine in machines if not machine.idle), machines[0])]
        changes = [_done(machine, action, command, frame.now) for machine in machines]
        return [_event(change, frame, None) for change in changes if change is not None]

    def tick(self, frame: Frame) -> list[Event]:
        """Time has passed: shelves run out, acknowledged critical alarms are told again."""
        changes = [machine.tick(frame.now) for machine in self._machines() if not machine.idle]
        return [_event(change, frame, None) for change in changes if change is not None]

    def _machines(self) -> list[AlarmMachine]:
        machines = [machine for watched in self._watched.values() for machine in (watched.ool, watched.invalid)]
        return [*machines, *self._timers.values()]

    def _machines_of(self, name: str) -> list[AlarmMachine]:
        watched = self._watched.get(name)
        machines = [watched.ool, watched.invalid] if watched is not None else []
        return [*machines, *(machine for (timer, _), machine in self._timers.items() if timer == name)]

    # --- memory ------------------------------------------------------------------------------------------------------

    def memory(self) -> dict[str, Any]:
        """What must survive a restart, JSON-able."""
        alarms: dict[str, Any] = dict(self._remembered)
        for name, watched in self._watched.items():
            pairs = ((watched.ool, watched.ool_filter), (watched.invalid, watched.invalid_filter))
            for machine, debounce in pairs:
                if not (machine.idle and debounce.quiet):
                    key = f"{name}/{machine.alarm.kind.name}"
                    alarms[key] = {"alarm": machine.memory(), "filter": debounce.memory()}
        for (name, kind), machine in self._timers.items():
            if not machine.idle:
                alarms[f"{name}/{kind.name}"] = {"alarm": machine.memory(), "filter": None}
        return {"alarms": alarms, "incidents": self._incidents.memory()}

    def restore(self, memory: Mapping[str, Any]) -> None:
        """Take back what :meth:`memory` gave; before any parameter is watched."""
        self._remembered = dict(memory["alarms"])
        self._incidents.restore(memory["incidents"])
        for key in list(self._remembered):
            name, _, kind = key.rpartition("/")
            if AlarmKind[kind] in (AlarmKind.DEADMAN, AlarmKind.TREND):
                self._timer(name, AlarmKind[kind])


def noted(text: str, frame: Frame) -> Noted:
    """An entry of the journal that is no transition: a change of the configuration."""
    nan = float("nan")
    entry = AlarmEntry(
        frame.now, nan, "", "CONFIGURATION", "", "", "NONE", nan, "", frame.context, "", text, frame.table
    )
    return Noted(entry, text)


def _repetition(parameter: Parameter, limit_set: LimitSet) -> Repetition:
    limit = parameter.limit(limit_set)
    to_raise = dict.fromkeys(Severity, parameter.to_raise) if parameter.to_raise else TO_RAISE
    to_clear = dict.fromkeys(Severity, parameter.to_clear) if parameter.to_clear else TO_CLEAR
    if isinstance(limit, Range):
        return Repetition(to_raise, to_clear, parameter.deadband, limit.low, limit.high)
    return Repetition(to_raise, to_clear)


def _timer_violation(severity: Severity, since: float, time: float) -> Violation:
    return Violation(Verdict.STALE, severity, since, float("nan"), time, 1)


def _done(machine: AlarmMachine, action: Action, command: FlagCommand, now: float) -> Change | None:
    match action:
        case Action.LOWER:
            return machine.acknowledge(command.person, command.comment, now)
        case Action.SHELVE:
            return machine.shelve(command.until, command.person, command.comment, now)
        case Action.UNSHELVE:
            return machine.unshelve(command.person, command.comment)
        case _:
            return machine.note(command.person, command.comment)


def _event(change: Change, frame: Frame, step: Step | None) -> AlarmChanged:
    alarm = change.alarm
    data_time = alarm.time if step is None else step.time
    old = step is not None and data_time < frame.news
    entry = AlarmEntry(
        time=frame.now,
        data_time=data_time,
        parameter=alarm.parameter,
        kind=alarm.kind.value,
        before=change.before.name,
        after=change.after.name,
        severity=alarm.severity.name,
        value=alarm.worst if change.what == "returned" else alarm.value,
        limit=alarm.limit,
        context=frame.context,
        person=change.person,
        comment=change.comment or change.what,
        table=frame.table,
        incident=alarm.incident,
        old=old,
    )
    shelved = AlarmState.SHELVED in (change.before, change.after) and change.before is change.after
    text = "" if shelved else sentence(change, step.violation.verdict if step else None)
    return AlarmChanged(alarm, entry, f"{text} (before Eyegore looked)" if old and text else text)
