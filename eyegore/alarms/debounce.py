"""From verdicts of single samples to a violation that counts: repetition number and deadband.

A violation counts after N consecutive samples with the same verdict, and is over after M consecutive samples that lie
inside the limit by the deadband. Samples are counted as they were recorded, so that a burst of buffered rows is judged
as if it had come row by row, and any batching gives the same result.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
import numpy.typing as npt

from eyegore.limits.checks import worst_of
from eyegore.limits.model import Severity, Verdict
from eyegore.messages.events import FloatArray


@dataclass(frozen=True)
class Repetition:
    """How many consecutive samples count, by severity, to raise and to clear; ``deadband`` [unit] delays clearing.

    ``low`` and ``high`` are the limits the deadband lies inside of; infinite where there is none.
    """

    to_raise: Mapping[Severity, int]
    to_clear: Mapping[Severity, int]
    deadband: float = 0.0
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True)
class Violation:
    """Consecutive samples out of limits on one side: times [lab s] of the first and the worst, and how many."""

    verdict: Verdict
    severity: Severity
    first: float = math.nan
    worst: float = math.nan
    worst_time: float = math.nan
    samples: int = 1


class StepKind(Enum):
    """What changed at one sample."""

    PENDING = "pending"
    GLITCH = "glitch"
    ACTIVE = "active"
    WORSE = "worse"
    OVER = "over"


@dataclass(frozen=True)
class Step:
    """What changed at one sample.

    ``row`` is the place of the sample in the batch, ``time`` [lab s] and ``value`` are its own.
    """

    what: StepKind
    row: int
    time: float
    value: float
    violation: Violation


@dataclass(frozen=True)
class Counted:
    """What survives a restart: what is out, what may become so, and the samples that count for either."""

    active: Violation | None = None
    candidate: Violation | None = None
    grave: int = 0
    clear: int = 0


class Debounce:
    """Judges the samples of one parameter in their order.

    A sample beyond a hard limit also counts as one beyond the soft one: so a value that goes to and fro across the
    hard limit is out as soon as one that stays on either side of it. The candidate's severity is that of its mildest
    sample; ``_grave`` counts its last samples that are worse than that.
    """

    def __init__(self, repetition: Repetition) -> None:
        self._rule = repetition
        self._active: Violation | None = None
        self._candidate: Violation | None = None
        self._grave = 0
        self._clear = 0

    def obey(self, repetition: Repetition) -> None:
        """Judge by another rule from now on; what is out stays out until samples say otherwise."""
        self._rule = repetition

    def forget(self) -> None:
        """Begin anew, as if no sample had come."""
        self._active = self._candidate = None
        self._grave = self._clear = 0

    def hold(self) -> None:
        """Pass over samples that are out, but for another alarm to tell: they neither count nor end anything."""
        self._clear = 0

    @property
    def quiet(self) -> bool:
        """Whether samples in limits would change nothing."""
        return self._active is None and self._candidate is None

    def count(self, found: Violation | None, verdict: Verdict, times: FloatArray, values: FloatArray) -> list[Step]:
        """Count consecutive samples of one verdict, with ``found`` their violation, None when they are none."""
        if found is not None:
            return self._out(found, times, values)
        steps: list[Step] = []
        if self._candidate is not None:
            if self._active is None:
                steps.append(_step(StepKind.GLITCH, 0, times, values, self._candidate))
            self._candidate = None
        if self._active is not None:
            steps += self._back(self._active, verdict, times, values)
        return steps

    def _out(self, found: Violation, times: FloatArray, values: FloatArray) -> list[Step]:
        active = self._active
        self._clear = 0
        if active is not None and active.verdict is found.verdict and found.severity <= active.severity:
            self._candidate = None
            self._active = _joined(active, found)
            return (
                [_step(StepKind.WORSE, found.samples - 1, times, values, self._active)]
                if _is_worse(active, found)
                else []
            )
        before = self._candidate if self._candidate is not None and self._candidate.verdict is found.verdict else None
        level = found.severity if before is None else min(before.severity, found.severity)
        have = before.samples if before is not None else 0
        grave = self._grave if before is not None and found.severity > level else have
        at, reached = min(
            (max(0, self._rule.to_raise[found.severity] - grave - 1), found.severity),
            (max(0, self._rule.to_raise[level] - have - 1), level),
            key=lambda one: (one[0], -one[1]),
        )
        fresh = before is None and active is None
        if at >= found.samples:
            self._candidate = found if before is None else replace(_joined(before, found), severity=level)
            self._grave = grave + found.samples if found.severity > level else 0
            return [_step(StepKind.PENDING, 0, times, values, self._candidate)] if fresh else []
        counted = violation_in(found.verdict, reached, times[: at + 1], values[: at + 1])
        counted = counted if before is None else replace(_joined(before, counted), severity=reached)
        self._active, self._candidate = counted, None
        steps = [_step(StepKind.ACTIVE, at, times, values, counted)]
        if fresh and at > 0:
            steps.insert(0, _step(StepKind.PENDING, 0, times, values, counted))
        if found.severity > reached:
            samples = grave + at + 1
            self._candidate = replace(counted, severity=found.severity, samples=samples)
        if at + 1 < found.samples:
            rest = violation_in(found.verdict, found.severity, times[at + 1 :], values[at + 1 :])
            steps += [
                replace(step, row=step.row + at + 1) for step in self._out(rest, times[at + 1 :], values[at + 1 :])
            ]
        return steps

    def _back(self, active: Violation, verdict: Verdict, times: FloatArray, values: FloatArray) -> list[Step]:
        if verdict is not Verdict.IN_LIMITS:
            self._clear = 0
            return []
        need = self._rule.to_clear[active.severity]
        for at, inside in enumerate(self._inside(active, values).tolist()):
            self._clear = self._clear + 1 if inside else 0
            if self._clear >= need:
                self._active, self._clear = None, 0
                return [_step(StepKind.OVER, at, times, values, active)]
        return []

    def _inside(self, active: Violation, values: FloatArray) -> npt.NDArray[np.bool_]:
        """Which samples lie inside the limit by the deadband."""
        rule = self._rule
        if active.verdict is Verdict.LOW and math.isfinite(rule.low):
            return np.asarray(values >= rule.low + rule.deadband)
        if active.verdict is Verdict.HIGH and math.isfinite(rule.high):
            return np.asarray(values <= rule.high - rule.deadband)
        return np.ones(values.size, dtype=bool)

    def memory(self) -> Counted | None:
        """What must survive a restart, None when there is nothing."""
        return None if self.quiet else Counted(self._active, self._candidate, self._grave, self._clear)

    def restore(self, memory: Counted) -> None:
        """Take back what :meth:`memory` gave."""
        self._active, self._candidate = memory.active, memory.candidate
        self._grave, self._clear = memory.grave, memory.clear


def violation_in(verdict: Verdict, severity: Severity, times: FloatArray, values: FloatArray) -> Violation:
    """The violation that these samples are, all with the same verdict."""
    worst = worst_of(values, verdict)
    at = int(np.argmax(values == worst)) if math.isfinite(worst) else 0
    return Violation(verdict, severity, float(times[0]), worst, float(times[at]), int(times.size))


def _step(what: StepKind, row: int, times: FloatArray, values: FloatArray, violation: Violation) -> Step:
    return Step(what, row, float(times[row]), float(values[row]), violation)


def _is_worse(one: Violation, other: Violation) -> bool:
    both = np.array([one.worst, other.worst])
    return other.worst != one.worst and worst_of(both, one.verdict) == other.worst


def _joined(earlier: Violation, later: Violation) -> Violation:
    worse = later if _is_worse(earlier, later) else earlier
    return replace(
        earlier,
        severity=max(earlier.severity, later.severity),
        worst=worse.worst,
        worst_time=worse.worst_time,
        samples=earlier.samples + later.samples,
    )
