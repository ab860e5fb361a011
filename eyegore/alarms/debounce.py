"""From verdicts of single samples to a violation that counts: repetition number and deadband.

A violation counts after N samples in a row that are out, on whichever side, and is over after M in a row that lie
inside by the deadband. A sample that cannot be judged (no number, no command) is passed over: it neither counts nor
interrupts either count. Samples are counted as they were recorded, so that a burst of buffered rows is judged as if it
had come row by row, and any batching gives the same result.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
import numpy.typing as npt

from eyegore.limits.checks import slack, worse, worst_of
from eyegore.limits.model import Severity, Verdict
from eyegore.messages.events import FloatArray


@dataclass(frozen=True)
class Repetition:
    """How many samples in a row count, by severity, to raise and to clear; ``deadband`` [unit] delays clearing.

    ``low`` and ``high`` are the limits the deadband lies inside of; infinite where there is none.
    """

    to_raise: Mapping[Severity, int]
    to_clear: Mapping[Severity, int]
    deadband: float = 0.0
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True)
class Violation:
    """Samples out of limits in a row: times [lab s] of the first and the worst, and how many.

    ``verdict`` is that of the side it is out on, ``worst`` the worst value there; ``samples`` are until it counted.
    """

    verdict: Verdict
    severity: Severity
    first: float = math.nan
    worst: float = math.nan
    worst_time: float = math.nan
    samples: int = 1


class StepKind(Enum):
    """What changed at one sample. CROSSED: what was out on one side is out on the other."""

    PENDING = "pending"
    GLITCH = "glitch"
    ACTIVE = "active"
    CROSSED = "crossed"
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


Run = tuple[int, ...]
"""Samples out in a row that are at least so grave, for each severity."""
_NONE: Run = (0,) * len(Severity)


@dataclass(frozen=True)
class Counted:
    """What survives a restart: what is out, what may become so, and the samples that count for either.

    ``out`` counts samples out on any side, ``side`` those on the side of ``candidate``. ``crossed`` are the sides that
    the violation was out on, as it is over only when inside of each by the deadband.
    """

    active: Violation | None = None
    candidate: Violation | None = None
    out: Run = _NONE
    side: Run = _NONE
    clear: int = 0
    crossed: tuple[Verdict, ...] = ()


class Debounce:
    """Judges the samples of one parameter in their order.

    Out is out: a value that goes to and fro between the sides, or across a hard limit, is out as soon as one that
    stays. A severity is reached when that many samples in a row were at least so grave. What is out already has crossed
    to the other side when the samples there would be a violation by themselves.
    """

    def __init__(self, repetition: Repetition) -> None:
        self._rule = repetition
        self._now = Counted()

    def obey(self, repetition: Repetition) -> None:
        """Judge by another rule from now on; what is out stays out until samples say otherwise."""
        self._rule = repetition

    def forget(self) -> None:
        """Begin anew, as if no sample had come."""
        self._now = Counted()

    def hold(self) -> None:
        """Pass over samples that are out, but for another alarm to tell: they neither count nor end anything."""
        if self._now.clear:
            self._now = replace(self._now, clear=0)

    @property
    def quiet(self) -> bool:
        """Whether samples in limits would change nothing."""
        return self._now.active is None and self._now.candidate is None

    def count(
        self,
        found: Violation | None,
        verdict: Verdict,
        times: FloatArray,
        values: FloatArray,
        judged: FloatArray | None = None,
    ) -> list[Step]:
        """Count consecutive samples of one verdict, with ``found`` their violation, None when they are none.

        ``judged`` is what the limits are for, where that is not the values themselves.
        """
        if found is not None:
            return self._out(found, times, values)
        if verdict is not Verdict.IN_LIMITS or self.quiet:
            return []
        return self._back(times, values, values if judged is None else judged)

    def _out(self, found: Violation, times: FloatArray, values: FloatArray) -> list[Step]:
        steps: list[Step] = []
        start, size = 0, found.samples
        while start < size:
            stop = min(start + self._until_it_counts(found), size)
            part = found
            if stop - start < size:
                part = violation_in(found.verdict, found.severity, times[start:stop], values[start:stop])
            fresh = self.quiet
            what = self._add(part)
            now = self._now.active or self._now.candidate
            assert now is not None
            if fresh and (what is not StepKind.ACTIVE or stop > start + 1):
                steps.append(_step(StepKind.PENDING, start, times, values, found))
            if what is not None:
                steps.append(_step(what, stop - 1, times, values, now))
            start = stop
        return steps

    def _until_it_counts(self, found: Violation) -> int:
        """How many more such samples it takes until something changes by their number."""
        active, rule, now = self._now.active, self._rule.to_raise, self._now
        level = active.severity if active is not None else None
        needs = [
            rule[one] - now.out[one] for one in Severity if one <= found.severity and (level is None or one > level)
        ]
        if active is not None and active.verdict is not found.verdict:
            side = self._on_side(found.verdict)
            needs += [rule[one] - side[one] for one in Severity if one <= found.severity]
        return max(1, min(needs, default=found.samples))

    def _on_side(self, verdict: Verdict) -> Run:
        candidate = self._now.candidate
        return self._now.side if candidate is not None and candidate.verdict is verdict else _NONE

    def _add(self, found: Violation) -> StepKind | None:
        """Take samples in, as many as change something at most once; returns what has changed with the last."""
        now = self._now
        active, out = now.active, _longer(now.out, found)
        side = _longer(self._on_side(found.verdict), found)
        crossed = now.crossed if found.verdict in now.crossed else (*now.crossed, found.verdict)
        reached, beside = self._reached(out), self._reached(side)
        run = found if now.candidate is None else _joined(now.candidate, found)
        candidate: Violation | None = run
        what: StepKind | None = None
        if active is None:
            if reached is not None:
                active, candidate, what = replace(run, severity=reached), None, StepKind.ACTIVE
        elif active.verdict is found.verdict:
            what = StepKind.WORSE if _is_worse(active, found) else None
            worse = replace(_joined(active, found), samples=active.samples)
            active, candidate = worse if what is not None else active, None
        elif beside is not None:
            what = StepKind.CROSSED if {active.verdict, found.verdict} == _SIDES else StepKind.ACTIVE
            active, candidate = replace(run, first=active.first, severity=active.severity), None
        if active is not None and now.active is not None:
            level = now.active.severity if reached is None else max(reached, now.active.severity)
            risen = level > now.active.severity
            active = replace(active, severity=level)
            what = StepKind.ACTIVE if risen and what is not StepKind.CROSSED else what
        if active is not None:  # only what is graver, or on the other side, is counted still
            out = tuple(out[one] if one > active.severity else 0 for one in Severity)
            side = _NONE if candidate is None else side
        self._now = Counted(active, candidate, out, side, 0, crossed)
        return what

    def _reached(self, run: Run) -> Severity | None:
        return max((one for one in Severity if run[one] >= self._rule.to_raise[one]), default=None)

    def _back(self, times: FloatArray, values: FloatArray, judged: FloatArray) -> list[Step]:
        now = self._now
        if now.active is None:
            assert now.candidate is not None
            self._now = Counted()
            return [_step(StepKind.GLITCH, 0, times, values, now.candidate)]
        need, clear = self._rule.to_clear[now.active.severity], now.clear
        for at, inside in enumerate(self._inside(judged).tolist()):
            clear = clear + 1 if inside else 0
            if clear >= need:
                self._now = Counted()
                return [_step(StepKind.OVER, at, times, values, now.active)]
        self._now = replace(now, candidate=None, out=_NONE, side=_NONE, clear=clear)
        return []

    def _inside(self, judged: FloatArray) -> npt.NDArray[np.bool_]:
        """Which samples lie inside, by the deadband, of each limit that was crossed."""
        rule, crossed = self._rule, self._now.crossed
        inside = np.ones(judged.size, dtype=bool)
        if Verdict.LOW in crossed and math.isfinite(rule.low):
            inside &= judged >= rule.low + rule.deadband - slack(rule.low)
        if Verdict.HIGH in crossed and math.isfinite(rule.high):
            inside &= judged <= rule.high - rule.deadband + slack(rule.high)
        return inside

    def memory(self) -> Counted | None:
        """What must survive a restart, None when there is nothing."""
        return None if self.quiet else self._now

    def restore(self, memory: Counted) -> None:
        """Take back what :meth:`memory` gave; a release that counted otherwise left the violations alone."""
        active, candidate = memory.active, memory.candidate
        out = memory.out if candidate is None or any(memory.out) else _longer(_NONE, candidate)
        crossed = memory.crossed or tuple({one.verdict: None for one in (active, candidate) if one is not None})
        self._now = replace(memory, out=out, crossed=crossed)


_SIDES = {Verdict.LOW, Verdict.HIGH}


def violation_in(verdict: Verdict, severity: Severity, times: FloatArray, values: FloatArray) -> Violation:
    """The violation that these samples are, all with the same verdict."""
    worst = worst_of(values, verdict)
    at = int(np.argmax(values == worst)) if values.size > 1 and math.isfinite(worst) else 0
    return Violation(verdict, severity, float(times[0]), worst, float(times[at]), int(times.size))


def _step(what: StepKind, row: int, times: FloatArray, values: FloatArray, violation: Violation) -> Step:
    return Step(what, row, float(times[row]), float(values[row]), violation)


def _longer(run: Run, found: Violation) -> Run:
    """A run that goes on with these samples."""
    return tuple(run[one] + found.samples if one <= found.severity else 0 for one in Severity)


def _is_worse(one: Violation, other: Violation) -> bool:
    return other.worst != one.worst and worse(one.verdict, one.worst, other.worst) == other.worst


def _joined(earlier: Violation, later: Violation) -> Violation:
    """Both together; what is worst is told of the side the later one is on."""
    worst = later if earlier.verdict is not later.verdict or _is_worse(earlier, later) else earlier
    return replace(
        worst,
        first=earlier.first,
        severity=max(earlier.severity, later.severity),
        samples=earlier.samples + later.samples,
    )
