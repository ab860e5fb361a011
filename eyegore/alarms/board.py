"""All alarms of a session: judges rows in the order they were recorded, and keeps what people did.

What it tells depends on the rows and on what people did, not on how the rows were batched: the steps of all parameters
are taken in the order of the rows, then of the columns.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from eyegore.alarms.alarm import FLOOD_S, AlarmMachine, AlarmStep, IncidentBook
from eyegore.alarms.debounce import Step, StepKind, Violation
from eyegore.alarms.watched import Found, Judgement, TrackMemory, Watched, unread_kind
from eyegore.alarms.words import of_warnings, sentence
from eyegore.limits.checks import notable_columns
from eyegore.limits.model import LimitSet, Parameter, Phase, Severity, Verdict
from eyegore.messages.events import (
    Action,
    Alarm,
    AlarmChanged,
    AlarmEntry,
    AlarmKind,
    AlarmReworded,
    AlarmState,
    Event,
    FlagCommand,
    HkRows,
    Noted,
    NoteKind,
    Said,
    Transition,
)


@dataclass(frozen=True)
class EntryContext:
    """What an entry of the journal says besides the alarm.

    ``now`` is unix time [s]; ``table`` the hash of the limit table; what is older than ``news`` [lab s] nobody is told.
    """

    now: float
    table: str = ""
    context: str = ""
    news: float = float("-inf")


@dataclass(frozen=True)
class BoardMemory:
    """What survives a restart: the alarms that are not idle, by parameter and kind; ``untold`` are those raised by
    what was old."""

    alarms: Mapping[str, TrackMemory]
    incidents: IncidentBook
    untold: tuple[str, ...] = ()


class AlarmBoard:
    """The alarms by parameter and kind; parameters that come later are added, none is ever forgotten."""

    def __init__(self) -> None:
        self._watched: dict[str, Watched] = {}
        self._timers: dict[tuple[str, AlarmKind], AlarmMachine] = {}
        self._incidents = IncidentBook()
        self._remembered: dict[str, TrackMemory] = {}
        self._phase: Phase | None = None
        self._awake: dict[AlarmMachine, None] = {}
        self._untold: set[str] = set()
        """Keys of the alarms raised by what nobody was told, because it was old."""
        self._columns: tuple[str, ...] = ()
        self._places: dict[str, int] = {}
        """The columns of the newest rows, and the place of each."""
        self._loud: set[str] = set()
        """The parameters of which samples in limits would change something."""
        self._stirred: set[str] = set()
        """What may have another alarm than when this was last asked for."""

    # --- parameters --------------------------------------------------------------------------------------------------

    def watch(
        self, parameter: Parameter, limit_set: LimitSet, frame: EntryContext, *, listed: bool = True
    ) -> list[Event]:
        """Have alarms for a parameter; one that is watched keeps them, and is judged by these limits from now on.

        ``listed``: a table says so; without one nobody has decided that there are no limits.
        """
        watched = self._watched.get(parameter.name)
        known = watched is not None
        if watched is None:
            watched = self._watched[parameter.name] = Watched(parameter, limit_set)
            for track in watched.tracks.values():
                memory = self._remembered.pop(track.machine.alarm.key, None)
                if memory is not None:
                    track.restore(memory)
        watched.obey(parameter, self._phase)
        changes = watched.enlist(listed=listed)
        self._listen(watched, parameter.name)
        self._stir(*watched.machines)
        return [_event(change, frame, None) for change in changes if known or change.before is not AlarmState.NORMAL]

    def enter(self, phase: Phase | None) -> None:
        """Judge by the limits of another phase from now on."""
        self._phase = phase
        for watched in self._watched.values():
            watched.enter(phase)
        self._stirred.update(self._watched)

    def alarms(self) -> Iterator[Alarm]:
        """Every alarm, those of the parameters in file order first."""
        for watched in self._watched.values():
            yield from watched.alarms
        for machine in self._timers.values():
            yield machine.alarm

    def lasting_timers(self) -> list[Alarm]:
        """The alarms of dead-man timers and trends that last, but for those on the shelf, and those a flag shows."""
        lasting = (AlarmState.UNACK, AlarmState.ACKED)
        alarms = [machine.alarm for machine in self._timers.values() if machine.alarm.state in lasting]
        return [alarm for alarm in alarms if alarm.kind is not AlarmKind.STUCK]

    def of(self, parameter: str) -> tuple[Alarm, ...]:
        """The alarms of a watched parameter: that of its limits first, that of invalid readings last."""
        alarms, stuck = self._watched[parameter].alarms, self._timers.get((parameter, AlarmKind.STUCK))
        return alarms if stuck is None else (*alarms[:-1], stuck.alarm, alarms[-1])

    # --- the process -------------------------------------------------------------------------------------------------

    def apply(
        self, rows: HkRows, judgement: Judgement, frame: EntryContext, gone: Mapping[str, float] | None = None
    ) -> list[Event]:
        """Let alarms follow rows, in the order they were recorded, with what the checks say of them.

        ``gone`` are watched parameters that the rows do not hold, with the time [lab s] after which that counts as no
        valid reading.
        """
        if rows.columns != self._columns:
            self._columns = rows.columns
            self._places = {name: column for column, name in enumerate(rows.columns)}
        columns = {*notable_columns(judgement.shown), *(self._places[one] for one in self._loud & self._places.keys())}
        found: list[Found] = []
        for column in columns:
            name = rows.columns[column]
            watched = self._watched.get(name)
            if watched is not None:
                found += watched.steps(column, rows, judgement)
                self._listen(watched, name)
        for place, (name, since) in enumerate((gone or {}).items(), len(rows.columns)):
            found += self._watched[name].missing(place, rows.times, since)
            self._listen(self._watched[name], name)
        found.sort(key=lambda one: (one.row, one.column))
        events: list[Event] = []
        for one in found:
            change = self._apply(one.machine, one.step, frame)
            events += change
            if change and one.machine.alarm.kind is AlarmKind.INVALID and one.machine.alarm.active:
                events += self._lost(one.machine.alarm, one.step.time, frame)
        return events

    def _lost(self, alarm: Alarm, time: float, frame: EntryContext) -> list[Event]:
        """Without a reading of any sensor of a kind something that can be critical is unwatched: critical itself."""
        events: list[Event] = []
        for machine in unread_kind(self._watched.values(), alarm):
            violation = _timer_violation(Severity.CRITICAL, machine.alarm.since, time, Verdict.INVALID)
            events += self._apply(machine, Step(StepKind.ACTIVE, 0, time, float("nan"), violation), frame)
        return events

    def _listen(self, watched: Watched, name: str) -> None:
        (self._loud.discard if watched.quiet else self._loud.add)(name)

    def _apply(self, machine: AlarmMachine, step: Step, frame: EntryContext) -> list[Event]:
        change = machine.step(step)
        self._stir(machine)
        if change is None:
            return []
        events: list[Event] = []
        if change.what is Transition.RAISED and not of_warnings(change.alarm.parameter):
            incident = self._incidents.join(change.alarm.parameter, change.alarm.since, step.time)
            machine.join_incident(incident.number, incident.first_out)
            for other in self._machines():  # one that was raised later may have been out before
                if other.alarm.incident == incident.number and other.alarm.first_out != incident.first_out:
                    other.join_incident(incident.number, incident.first_out)
            change = replace(change, alarm=machine.alarm)
        if change.what in (Transition.RAISED, Transition.RISEN):
            (self._untold.add if step.time < frame.news else self._untold.discard)(change.alarm.key)
        events.append(_event(change, frame, step))
        if change.what is Transition.RAISED and self._incidents.flood_changed(step.time) and self._incidents.flood:
            text = f"flood: {self._incidents.raised_lately} alarms within {FLOOD_S / 60:.0f} min"
            events.append(Said(logging.WARNING, text, frame.now))
        return events

    def found(self, frame: EntryContext) -> list[Event]:
        """Watching begins: tell, once, what went out before and lasts, however long ago that was."""
        if not self._untold:
            return []
        lasting = [machine.alarm for machine in self._machines() if machine.alarm.key in self._untold]
        self._untold.clear()
        waiting = [alarm for alarm in lasting if alarm.active and alarm.state is AlarmState.UNACK]
        return [_event(AlarmStep(Transition.FOUND, one.state, one.state, one), frame, None) for one in waiting]

    def timer(
        self,
        name: str,
        severity: Severity,
        text: str,
        since: float,
        time: float,
        frame: EntryContext,
        kind: AlarmKind = AlarmKind.DEADMAN,
        side: Verdict = Verdict.STALE,
    ) -> list[Event]:
        """A dead-man timer ran out, or a trend foretells trouble: ``text`` says which. Times [lab s].

        While it lasts the alarm has the newest text. ``side`` tells towards which limit a trend goes.
        """
        machine = self._timer(name, kind)
        lasts = machine.alarm.active and severity <= machine.alarm.severity
        if lasts and machine.alarm.limit == text:
            return []
        machine.tell(text)
        if lasts:
            self._stir(machine)
            return [AlarmReworded(machine.alarm)]
        step = Step(StepKind.ACTIVE, 0, time, float("nan"), _timer_violation(severity, since, time, side))
        return self._apply(machine, step, frame)

    def timer_well(
        self, name: str, time: float, frame: EntryContext, kind: AlarmKind = AlarmKind.DEADMAN
    ) -> list[Event]:
        """What a dead-man timer waits for has come, or the trend has turned."""
        machine = self._timers.get((name, kind))
        if machine is None or not machine.alarm.active:
            return []
        violation = _timer_violation(machine.alarm.severity, machine.alarm.since, time)
        return self._apply(machine, Step(StepKind.OVER, 0, time, float("nan"), violation), frame)

    def timer_of(self, name: str, kind: AlarmKind = AlarmKind.DEADMAN) -> Alarm | None:
        """The alarm of a dead-man timer or trend as it stands, None where there never was one."""
        machine = self._timers.get((name, kind))
        return machine.alarm if machine is not None else None

    def let_go(self, name: str, frame: EntryContext) -> list[Event]:
        """What a dead-man timer waits for is not awaited any more, though it has not come."""
        machine = self._timers[name, AlarmKind.DEADMAN]
        machine.tell("")
        change = machine.release()
        self._stir(machine)
        return [_event(change, frame, None)] if change is not None else []

    def _timer(self, name: str, kind: AlarmKind) -> AlarmMachine:
        key = (name, kind)
        if key not in self._timers:
            self._timers[key] = AlarmMachine(name, kind, gravest=Severity.CRITICAL)
            memory = self._remembered.pop(self._timers[key].alarm.key, None)
            if memory is not None:
                self._timers[key].restore(memory.alarm)
                self._timers[key].tell(memory.alarm.alarm.limit)  # what ran out: no table tells it
                self._stir(self._timers[key])
        return self._timers[key]

    # --- people and time ---------------------------------------------------------------------------------------------

    def command(self, command: FlagCommand, frame: EntryContext) -> list[Event]:
        """Do what a person asked."""
        if command.action is Action.RESET_ALL:
            events = self._each(self._machines(), command, Action.LOWER, frame)
            return [*events, Said(logging.INFO, f"all alarms lowered by {command.person}", frame.now)]
        machines = [
            machine for machine in self._machines_of(command.parameter) if command.kind in (None, machine.alarm.kind)
        ]
        if not machines:
            return [Said(logging.WARNING, f"there is no alarm of {command.parameter}", frame.now)]
        return self._each(machines, command, command.action, frame)

    def _each(
        self, machines: Sequence[AlarmMachine], command: FlagCommand, action: Action, frame: EntryContext
    ) -> list[Event]:
        if action is Action.COMMENT:
            machines = [next((machine for machine in machines if not machine.idle), machines[0])]
        changes = [_done(machine, action, command, frame.now) for machine in machines]
        self._stir(*machines)
        return [_event(change, frame, None) for change in changes if change is not None]

    def tick(self, frame: EntryContext) -> list[Event]:
        """Time has passed: shelves run out, acknowledged critical alarms are told again."""
        self._awake = {machine: None for machine in self._awake if not machine.idle}
        changes = [machine.tick(frame.now) for machine in self._awake]
        made = [change for change in changes if change is not None]
        self._stirred.update(change.alarm.parameter for change in made)
        return [_event(change, frame, None) for change in made]

    def stirred(self) -> set[str]:
        """What may have another alarm than when this was last asked; asked by one only."""
        found, self._stirred = self._stirred, set()
        return found

    def _stir(self, *machines: AlarmMachine) -> None:
        """Something happened to these alarms: time may change them, and they look other."""
        self._awake.update(dict.fromkeys(machines))
        self._stirred.update(machine.alarm.parameter for machine in machines)

    def _machines(self) -> list[AlarmMachine]:
        machines = [machine for watched in self._watched.values() for machine in watched.machines]
        return [*machines, *self._timers.values()]

    def _machines_of(self, name: str) -> list[AlarmMachine]:
        watched = self._watched.get(name)
        machines = watched.machines if watched is not None else []
        return [*machines, *(machine for (timer, _), machine in self._timers.items() if timer == name)]

    # --- memory ------------------------------------------------------------------------------------------------------

    def memory(self) -> BoardMemory:
        """What must survive a restart."""
        alarms = dict(self._remembered)
        for watched in self._watched.values():
            for track in watched.tracks.values():
                memory = track.memory()
                if memory is not None:
                    alarms[memory.alarm.alarm.key] = memory
        for machine in self._timers.values():
            if not machine.idle:
                alarms[machine.alarm.key] = TrackMemory(machine.memory())
        return BoardMemory(alarms, self._incidents, tuple(sorted(self._untold)))

    def restore(self, memory: BoardMemory) -> None:
        """Take back what :meth:`memory` gave; before any parameter is watched."""
        self._remembered, self._incidents = dict(memory.alarms), memory.incidents
        self._untold = set(memory.untold)
        for alarm in [track.alarm.alarm for track in memory.alarms.values()]:
            if alarm.kind.in_words:
                self._timer(alarm.parameter, alarm.kind)


def noted(
    text: str,
    frame: EntryContext,
    kind: NoteKind = NoteKind.CONFIGURATION,
    time: float = float("nan"),
    person: str = "",
    *,
    said: bool = False,
) -> Noted:
    """An entry of the journal that is no transition, such as a change of the configuration; ``time`` [lab s].

    ``said``: the log is told by another event.
    """
    nan = float("nan")
    entry = AlarmEntry(
        frame.now, time, "", kind, None, None, Severity.NONE, nan, "", frame.context, person, text, frame.table
    )
    return Noted(entry, "" if said else text)


def _timer_violation(severity: Severity, since: float, time: float, side: Verdict = Verdict.STALE) -> Violation:
    return Violation(side, severity, since, float("nan"), time, 1)


def _done(machine: AlarmMachine, action: Action, command: FlagCommand, now: float) -> AlarmStep | None:
    match action:
        case Action.LOWER:
            return machine.acknowledge(command.person, command.comment, now)
        case Action.SHELVE:
            return machine.shelve(command.until, command.person, command.comment, now)
        case Action.UNSHELVE:
            return machine.unshelve(command.person, command.comment)
        case _:
            return machine.note(command.person, command.comment)


def _event(change: AlarmStep, frame: EntryContext, step: Step | None) -> AlarmChanged:
    alarm = change.alarm
    data_time = alarm.time if step is None else step.time
    old = step is not None and data_time < frame.news
    entry = AlarmEntry(
        time=frame.now,
        data_time=data_time,
        parameter=alarm.parameter,
        kind=alarm.kind,
        before=change.before,
        after=change.after,
        severity=alarm.severity,
        value=alarm.worst if change.what is Transition.RETURNED else alarm.value,
        limit=alarm.limit,
        context=frame.context,
        person=change.person,
        comment=change.comment,
        table=frame.table,
        incident=alarm.incident,
        old=old,
        what=change.what,
    )
    shelved = AlarmState.SHELVED in (change.before, change.after) and change.before is change.after
    text = "" if shelved else sentence(change)
    return AlarmChanged(alarm, entry, f"{text} (before Eyegore looked)" if old and text else text)
