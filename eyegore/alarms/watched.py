"""The alarms of one HK parameter, each with the filter between its samples and itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from eyegore.alarms.alarm import AlarmMachine, AlarmMemory, AlarmStep, subsystem_of
from eyegore.alarms.debounce import Counted, Debounce, Repetition, Step, violation_in
from eyegore.limits.checks import runs_of, spans_of
from eyegore.limits.model import (
    NO_BOUNDS,
    Limit,
    LimitSet,
    Parameter,
    Phase,
    Range,
    Reading,
    Relative,
    Severity,
    Verdict,
    describe,
)
from eyegore.messages.events import Alarm, AlarmKind, HkRows

Codes = npt.NDArray[np.uint8]
Marks = npt.NDArray[np.bool_]
Commanded = Mapping[str, npt.NDArray[np.float64]]

TO_RAISE: Mapping[Reading, Mapping[Severity, int]] = {
    Reading.MEASURED: {Severity.NONE: 3, Severity.WARNING: 3, Severity.CRITICAL: 2},
    Reading.REGISTER: {Severity.NONE: 3, Severity.WARNING: 3, Severity.CRITICAL: 1},
}
"""Samples in a row until a violation counts, where the table names no number of its own."""
TO_CLEAR: Mapping[Severity, int] = dict.fromkeys(Severity, 3)
"""Samples in a row until a violation is over, where the table names no number of its own."""
INVALID = Repetition(dict.fromkeys(Severity, 3), dict.fromkeys(Severity, 1))


@dataclass(frozen=True)
class TrackMemory:
    """What survives a restart; there is no ``filter`` where no sample counts, as for dead-man timers."""

    alarm: AlarmMemory
    filter: Counted | None = None


@dataclass(frozen=True)
class Track:
    """One alarm and what its samples pass through."""

    machine: AlarmMachine
    debounce: Debounce

    def memory(self) -> TrackMemory | None:
        """What must survive a restart, None when there is nothing."""
        if self.machine.idle and self.debounce.quiet:
            return None
        return TrackMemory(self.machine.memory(), self.debounce.memory())

    def restore(self, memory: TrackMemory) -> None:
        """Take back what :meth:`memory` gave."""
        self.machine.restore(memory.alarm)
        if memory.filter is not None:
            self.debounce.restore(memory.filter)


@dataclass(frozen=True)
class Found:
    """A step with its place among those of the batch."""

    row: int
    column: int
    machine: AlarmMachine
    step: Step


@dataclass(frozen=True, eq=False)
class JudgedPart:
    """The verdicts by one set of limits, and which samples are beyond a hard one (None: there is no hard limit).

    Of the performance limits ``beyond`` marks what is beyond the safe ones too: that is for the other part to tell.
    """

    kind: AlarmKind
    codes: Codes
    beyond: Marks | None = None


@dataclass(frozen=True, eq=False)
class Judgement:
    """What the checks say of a block of rows, in the shape of its values; ``shown`` is what is told of each sample.

    ``commanded`` is what the relative limits were judged by: for each column of the exposure log a value for each row.
    """

    shown: Codes
    parts: tuple[JudgedPart, ...]
    commanded: Commanded = field(default_factory=dict)

    @classmethod
    def by_one_set(cls, codes: Codes, beyond: Marks | None = None, commanded: Commanded | None = None) -> Judgement:
        """Where one set of limits is in use."""
        return cls(codes, (JudgedPart(AlarmKind.OOL, codes, beyond),), commanded or {})

    @classmethod
    def by_both_sets(
        cls, safe: Codes, beyond: Marks | None, performance: Codes, commanded: Commanded | None = None
    ) -> Judgement:
        """Where both are: what is not safe is one alarm, not two."""
        unsafe = safe >= Verdict.LOW
        settled = unsafe | (safe == Verdict.INVALID) | ((safe == Verdict.IN_LIMITS) & (performance < Verdict.LOW))
        shown = np.where(settled, safe, performance)
        parts = (JudgedPart(AlarmKind.OOL, safe, beyond), JudgedPart(AlarmKind.PERFORMANCE, performance, unsafe))
        return cls(shown, parts, commanded or {})

    def since(self, first: int) -> Judgement:
        """That of the rows from ``first`` on."""
        parts = (
            JudgedPart(part.kind, part.codes[first:], None if part.beyond is None else part.beyond[first:])
            for part in self.parts
        )
        if not first:
            return self
        commanded = {column: values[first:] for column, values in self.commanded.items()}
        return Judgement(self.shown[first:], tuple(parts), commanded)


def joined(pieces: list[Judgement]) -> Judgement:
    """One judgement of rows that were judged in pieces by the same sets, at least one."""
    if len(pieces) == 1:
        return pieces[0]
    shapes = [piece.shown.shape for piece in pieces]
    parts = []
    for number, part in enumerate(pieces[0].parts):
        beyond = [piece.parts[number].beyond for piece in pieces]
        marks = None
        if any(one is not None for one in beyond):
            marks = np.concatenate([
                np.zeros(shape, np.bool_) if one is None else one for one, shape in zip(beyond, shapes, strict=True)
            ])  # fmt: skip
        parts.append(JudgedPart(part.kind, np.concatenate([piece.parts[number].codes for piece in pieces]), marks))
    return Judgement(np.concatenate([piece.shown for piece in pieces]), tuple(parts))


class Watched:
    """The alarms of ``parameter`` by kind: one for each set of limits, and one for readings that are none."""

    def __init__(self, parameter: Parameter, limit_set: LimitSet) -> None:
        kinds = [AlarmKind.OOL, AlarmKind.INVALID]
        if limit_set is LimitSet.BOTH:
            kinds.insert(1, AlarmKind.PERFORMANCE)
        self.tracks: dict[AlarmKind, Track] = {
            kind: Track(
                AlarmMachine(parameter.name, kind, gravest=Severity.WARNING, unit=parameter.unit), Debounce(INVALID)
            )
            for kind in kinds
        }
        self.machines = [track.machine for track in self.tracks.values()]
        self._limit_set = limit_set
        self._sets = dict(zip((AlarmKind.OOL, AlarmKind.PERFORMANCE), limit_set.parts, strict=False))
        self._commanded: dict[AlarmKind, str] = {}
        self.obey(parameter, None)

    def obey(self, parameter: Parameter, phase: Phase | None) -> None:
        """Judge by these limits from now on; the alarms stay as they are until samples say otherwise."""
        self._parameter = parameter
        current = parameter.during(phase)
        self._read = any(current.checked(one) for one in self._limit_set.parts)
        for kind, one in self._sets.items():
            limit = current.limit(one)
            gravest = parameter.gravest if kind is AlarmKind.OOL else Severity.WARNING
            text = describe(limit, parameter.unit) if limit is not None else ""
            self.tracks[kind].machine.tell(text, gravest, limit.bounds if isinstance(limit, Range) else NO_BOUNDS)
            self.tracks[kind].debounce.obey(_repetition(parameter, limit))
            self._commanded[kind] = limit.commanded if isinstance(limit, Relative) else ""
        invalid = self.tracks[AlarmKind.INVALID].machine
        invalid.tell(self.tracks[AlarmKind.OOL].machine.alarm.limit)

    @property
    def grave(self) -> bool:
        """Whether it is judged, and can be critical."""
        return self._read and self._parameter.gravest is Severity.CRITICAL

    def enter(self, phase: Phase | None) -> None:
        """Judge by the limits of another phase from now on."""
        if self._parameter.phases:
            self.obey(self._parameter, phase)

    def enlist(self, *, listed: bool = True) -> list[AlarmStep]:
        """Put the alarms out of service, or back in, as the table says; ``listed``: there is a table that decides.

        An alarm whose limits a table has no more would last for ever: no sample could end it.
        """
        reason = self._parameter.out_of_service
        changes: list[AlarmStep | None] = []
        for kind, track in self.tracks.items():
            dropped = listed and not self._judged_in_any_phase(kind)
            if reason or dropped:
                track.debounce.forget()
            changes.append(track.machine.retire(reason) if reason else track.machine.reinstate())
            if dropped and not reason:
                changes.append(track.machine.release())
        return [change for change in changes if change is not None]

    def _judged_in_any_phase(self, kind: AlarmKind) -> bool:
        sets = [self._sets[kind]] if kind in self._sets else self._limit_set.parts
        return any(form.checked(one) for form in self._parameter.forms for one in sets)

    @property
    def quiet(self) -> bool:
        """Whether samples in limits would change nothing."""
        return all(track.debounce.quiet for track in self.tracks.values())

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """Its alarms as they stand: that of the limits first, that of invalid readings last."""
        return tuple([machine.alarm for machine in self.machines])

    def steps(self, column: int, rows: HkRows, judgement: Judgement) -> Iterator[Found]:
        """What the samples of one column of ``rows`` change."""
        if self._parameter.out_of_service:
            return
        values = rows.values[:, column]
        for part in judgement.parts:
            yield from self._violations(part, column, rows.times, values, judgement.commanded)
        track = self.tracks[AlarmKind.INVALID]
        for start, stop, verdict in runs_of(judgement.shown[:, column]):
            times, found = rows.times[start:stop], values[start:stop]
            unread = verdict is Verdict.INVALID
            violation = violation_in(verdict, Severity.WARNING, times, found) if unread else None
            # Of what is not judged at all nobody knows whether it is a reading: that ends nothing.
            known = Verdict.IN_LIMITS if self._read and not unread else verdict
            for step in track.debounce.count(violation, known, times, found):
                yield Found(start + step.row, column, track.machine, step)

    def missing(self, column: int, times: npt.NDArray[np.float64], since: float) -> Iterator[Found]:
        """What it changes that rows do not hold the parameter, of those after ``since`` [lab s].

        ``column`` is its place among the steps of the batch.
        """
        first = int(np.searchsorted(times, since, side="right"))
        late = times[first:]
        if not late.size or not self._read or self._parameter.out_of_service:
            return
        track, nothing = self.tracks[AlarmKind.INVALID], np.full(late.size, np.nan)
        violation = violation_in(Verdict.INVALID, Severity.WARNING, late, nothing)
        for step in track.debounce.count(violation, Verdict.INVALID, late, nothing):
            yield Found(first + step.row, column, track.machine, step)

    def _violations(
        self,
        part: JudgedPart,
        column: int,
        times: npt.NDArray[np.float64],
        values: npt.NDArray[np.float64],
        commanded: Commanded,
    ) -> Iterator[Found]:
        track = self.tracks[part.kind]
        command = commanded.get(self._commanded.get(part.kind, ""))
        judged = values if command is None else values - command
        beyond = None if part.beyond is None else part.beyond[:, column]
        for start, stop, verdict, hard in _graded(part.codes[:, column], beyond):
            if hard and part.kind is AlarmKind.PERFORMANCE:
                track.debounce.hold()
                continue
            violation = None
            if verdict.out:
                severity = self._parameter.severity(verdict, hard)
                if part.kind is AlarmKind.PERFORMANCE:
                    severity = min(severity, Severity.WARNING)
                violation = violation_in(verdict, severity, times[start:stop], values[start:stop])
            piece = slice(start, stop)
            for step in track.debounce.count(violation, verdict, times[piece], values[piece], judged[piece]):
                yield Found(start + step.row, column, track.machine, step)


def _graded(codes: Codes, beyond: Marks | None) -> Iterator[tuple[int, int, Verdict, bool]]:
    """Runs of equal verdict, cut where a hard limit is crossed, with whether they are beyond it."""
    for start, stop, verdict in runs_of(codes):
        if beyond is None or not verdict.out:
            yield start, stop, verdict, False
            continue
        for first, last in spans_of(beyond[start:stop]):
            yield start + first, start + last, verdict, bool(beyond[start + first])


def _repetition(parameter: Parameter, limit: Limit | None) -> Repetition:
    to_raise = dict.fromkeys(Severity, parameter.to_raise) if parameter.to_raise else TO_RAISE[parameter.reading]
    to_clear = dict.fromkeys(Severity, parameter.to_clear) if parameter.to_clear else TO_CLEAR
    if isinstance(limit, Range | Relative):
        return Repetition(to_raise, to_clear, parameter.deadband, limit.low, limit.high)
    return Repetition(to_raise, to_clear)


def unread_kind(watched: Iterable[Watched], alarm: Alarm) -> list[AlarmMachine]:
    """The alarms to become critical as there is no reading of any sensor of the kind that ``alarm`` is of.

    None where one of them is read, where there is but one, or where none can be critical.
    """
    unread = [one.tracks[AlarmKind.INVALID].machine for one in watched if one.grave]
    kind = [one for one in unread if subsystem_of(one.alarm) == subsystem_of(alarm)]
    if len(kind) < 2 or alarm.key not in {one.alarm.key for one in kind} or not all(one.alarm.active for one in kind):
        return []
    return [one for one in kind if one.alarm.severity is not Severity.CRITICAL]
