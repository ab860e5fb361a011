"""Parameters that stand still though they never did: a sensor that is dead in limits looks healthy.

How long a parameter goes without a turn, up and then down or the other way round, is learned from its own values. One
with noise turns every few samples; one in coarse steps stays for minutes; one that runs on evenly, or is switched, does
not turn at all and is never called stuck.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.limits.model import Parameter, Reading, Severity, Verdict, quantity
from eyegore.messages.events import AlarmKind, Event, FloatArray, HkRows

Codes = npt.NDArray[np.uint8]
Marks = npt.NDArray[np.bool_]

STILL_S = 600.0
"""Nothing is stuck that changed within so long [s], nor within :data:`TIMES` its own longest way between two turns."""
TIMES = 30.0
TURNS = 50
"""A parameter is known after so many turns, and :data:`SEEN_S` [s] at least from the first to its last change."""
SEEN_S = 3600.0
STEP_S = 60.0
"""Rows that are further apart count as so far apart [s]: what went on in a gap nobody knows."""
LOOK_S = 10.0
"""How often it is asked what stands still [s]."""
FROZEN = "HK values"
"""Name of the alarm that all stand still."""
BLOCK = 64
"""Rows are looked at in blocks of so many, and when somebody asks."""
LEAST_KNOWN = 3
"""So many known parameters tell that all stand still."""


@dataclass(frozen=True)
class Still:
    """A parameter that stands at ``value`` [its unit] since ``time`` [lab s], that of its last change."""

    name: str
    value: float
    time: float


class StillWatch:
    """Fed with every row once, in time order; in how many portions does not matter."""

    def __init__(self) -> None:
        self._columns: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self._places: list[int] = []
        self._names: tuple[str, ...] = ()
        self._clock = 0.0
        self._last = float("nan")
        self._of: dict[str, FloatArray] = {}
        self._known: dict[str, float] = {}
        self._state = np.empty((len(_FRESH), 0))
        self._look_at = float("-inf")
        self._waiting: list[tuple[HkRows, Codes, tuple[str, ...]]] = []

    def add(self, rows: HkRows, verdicts: Codes, measured: tuple[str, ...]) -> None:
        """Add rows, at least one, and what the checks say of them; of the columns those ``measured`` count."""
        self._waiting.append((rows, verdicts, measured))
        if rows.times.size > BLOCK or len(self._waiting) > BLOCK:
            self._catch_up()

    def _catch_up(self) -> None:
        """One after the other rows would cost a hundred times as much as in blocks."""
        waiting, self._waiting = self._waiting, []
        for columns, some in itertools.groupby(waiting, key=lambda one: (one[0].columns, one[2])):
            pieces = list(some)
            times = np.concatenate([rows.times for rows, _, _ in pieces])
            values = np.concatenate([rows.values for rows, _, _ in pieces])
            valid = np.concatenate([verdicts for _, verdicts, _ in pieces]) != Verdict.INVALID
            self._take(columns[0], columns[1], times, values, valid & np.isfinite(values))

    def _take(
        self,
        columns: tuple[str, ...],
        measured: tuple[str, ...],
        times: FloatArray,
        values: FloatArray,
        valid: Marks,
    ) -> None:
        if (columns, measured) != self._columns:
            self._watch(columns, measured)
        if not self._places:
            return
        first = times[0] if np.isnan(self._last) else self._last
        self._last = float(times[-1])
        steps = np.clip(np.diff(times, prepend=first), 0.0, STEP_S)
        clock = self._clock + np.cumsum(steps)
        self._clock = float(clock[-1])
        values, read = values[:, self._places], valid[:, self._places]
        if not read.all():
            values = _filled(values, read, self._state[_VALUE])
            passed = steps @ ~read  # of what cannot be read nobody knows whether it stands still
            self._state[_CHANGED] += passed
            self._state[_TURNED] += passed
        self._follow(clock, times, values)

    def _watch(self, columns: tuple[str, ...], measured: tuple[str, ...]) -> None:
        self._of.update((name, self._state[:, place]) for place, name in enumerate(self._names))
        wanted = set(measured)
        self._columns, self._names = (columns, measured), tuple(name for name in columns if name in wanted)
        self._places = [columns.index(name) for name in self._names]
        self._state = (
            np.column_stack([self._begun(name) for name in self._names]) if self._names else self._state[:, :0]
        )

    def _begun(self, name: str) -> FloatArray:
        if name in self._of:
            return self._of[name]
        state = np.array(_FRESH)
        state[[_CHANGED, _TURNED, _BEGAN]] = self._clock
        if name in self._known:
            state[[_LONGEST, _TURNS, _BEGAN]] = self._known[name], TURNS, self._clock - SEEN_S
        return state

    def _follow(self, clock: FloatArray, times: FloatArray, values: FloatArray) -> None:
        state = self._state
        before = np.vstack([np.where(np.isnan(state[_VALUE]), values[0], state[_VALUE]), values[:-1]])
        state[_VALUE] = values[-1]
        with np.errstate(invalid="ignore"):
            signs = np.sign(values - before).T
        columns, rows = np.nonzero(np.nan_to_num(signs))
        if not columns.size:
            return
        found = signs[columns, rows]
        begins = np.flatnonzero(np.diff(columns, prepend=-1))
        former = np.concatenate(([0.0], found[:-1]))
        former[begins] = state[_SIGN, columns[begins]]
        ends = np.append(begins[1:], columns.size) - 1
        last = columns[ends]
        state[_SIGN, last], state[_CHANGED, last], state[_AT, last] = found[ends], clock[rows[ends]], times[rows[ends]]
        turn = found * former < 0
        columns, turned = columns[turn], clock[rows[turn]]
        if not columns.size:
            return
        begins = np.flatnonzero(np.diff(columns, prepend=-1))
        former = np.concatenate(([0.0], turned[:-1]))
        former[begins] = state[_TURNED, columns[begins]]
        last = columns[begins]
        state[_BEGAN, last] = np.where(state[_TURNS, last] == 0, turned[begins], state[_BEGAN, last])
        state[_LONGEST, last] = np.maximum(state[_LONGEST, last], np.maximum.reduceat(turned - former, begins))
        state[_TURNED, last] = turned[np.append(begins[1:], columns.size) - 1]
        state[_TURNS, last] += np.diff(np.append(begins, columns.size))

    @property
    def _is_known(self) -> Marks:
        state = self._state
        known: Marks = (state[_TURNS] >= TURNS) & (state[_CHANGED] - state[_BEGAN] >= SEEN_S)
        return known

    def look(
        self,
        board: AlarmBoard,
        parameter_of: Callable[[str], Parameter | None],
        time: float,
        frame: EntryContext,
    ) -> list[Event]:
        """Alarms of what stands still at ``time`` [lab s], that of the newest row; ``frame`` tells the unix time."""
        if frame.now < self._look_at:
            return []
        self._look_at = frame.now + LOOK_S
        events: list[Event] = []
        for still in self.stuck():
            parameter = parameter_of(still.name)
            if parameter is not None and not parameter.out_of_service:
                text = f"stuck at {quantity(still.value, parameter.unit)} while its neighbours change"
                events += board.timer(still.name, Severity.WARNING, text, still.time, time, frame, AlarmKind.STUCK)
        over = [
            alarm.parameter
            for alarm in board.alarms()
            if alarm.kind is AlarmKind.STUCK and alarm.active and _is_exempt(parameter_of(alarm.parameter))
        ]
        changing = self.changing()
        for name in [*changing, *over]:
            events += board.timer_well(name, time, frame, AlarmKind.STUCK)
        frozen = self.frozen()
        if not math.isnan(frozen):
            text = "no value changes any more, though rows arrive (ELVIS hangs?)"
            events += board.timer(FROZEN, Severity.CRITICAL, text, frozen, time, frame)
        elif changing:
            events += board.timer_well(FROZEN, time, frame)
        return events

    def stuck(self) -> list[Still]:
        """The parameters that stand still while others that are known change; none when all stand still."""
        self._catch_up()
        known, still, too_long = self._standing()
        return self._told(known & too_long) if (known & (still <= STEP_S)).any() else []

    def frozen(self) -> float:
        """Since when [lab s] all that is known stands still, NaN when anything changes or too little is known."""
        self._catch_up()
        known, still, too_long = self._standing()
        if known.sum() < LEAST_KNOWN or (known & (still < STILL_S)).any() or not (known & too_long).any():
            return float("nan")
        return float(self._state[_AT, known].max())

    def _standing(self) -> tuple[Marks, FloatArray, Marks]:
        """Which are known, for how long each has not changed [s], and whether that is longer than it ever did."""
        still: FloatArray = self._clock - self._state[_CHANGED]
        too_long: Marks = still >= np.maximum(STILL_S, TIMES * self._state[_LONGEST])
        return self._is_known, still, too_long

    def changing(self) -> list[str]:
        """The parameters that have changed lately."""
        self._catch_up()
        lately = (self._clock - self._state[_CHANGED] < STILL_S) & np.isfinite(self._state[_AT])
        return [self._names[place] for place in np.flatnonzero(lately)]

    def _told(self, which: Marks) -> list[Still]:
        value, at = self._state[_VALUE], self._state[_AT]
        return [Still(self._names[place], float(value[place]), float(at[place])) for place in np.flatnonzero(which)]

    def memory(self) -> dict[str, float]:
        """What must survive a restart: of each known parameter its longest way between two turns [s]."""
        known = np.flatnonzero(self._is_known)  # what waits in the last block is read again
        return self._known | {self._names[place]: float(self._state[_LONGEST, place]) for place in known}

    def restore(self, memory: Mapping[str, float]) -> None:
        """Take back what :meth:`memory` gave; before the first row."""
        self._known = dict(memory)


_VALUE, _SIGN, _CHANGED, _TURNED, _LONGEST, _TURNS, _BEGAN, _AT = range(8)
"""What is kept of a parameter: its newest value and direction, when it changed and turned last and was first seen (on
the clock of the watch, which stands in gaps), its longest way between turns, their number, its last change [lab s]."""
_FRESH = (np.nan, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, np.nan)


def _is_exempt(parameter: Parameter | None) -> bool:
    return parameter is not None and (bool(parameter.out_of_service) or parameter.reading is Reading.REGISTER)


def _filled(values: FloatArray, read: Marks, before: FloatArray) -> FloatArray:
    """The values, each that cannot be read as the one before it."""
    table = np.vstack([before, values])
    places = np.vstack([np.zeros(values.shape[1], np.intp), np.where(read, np.arange(1, len(table))[:, None], 0)])
    filled: FloatArray = np.take_along_axis(table, np.maximum.accumulate(places, axis=0), axis=0)[1:]
    return filled
