"""Samples against limits, whole blocks at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from eyegore.limits.delta import DeltaCheck
from eyegore.limits.model import TOLERANCE, Expected, LimitSet, LimitTable, Parameter, Phase, Range, Relative, Verdict


def spans_of(values: npt.NDArray[np.uint8] | npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Maximal runs of equal values in a vector, as (start, stop) with ``stop`` exclusive."""
    if values.size == 1:  # a row that has just come, as once a second: nothing to compare
        yield 0, 1
        return
    start = 0
    for stop in (*(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist(), values.size):
        if stop > start:
            yield start, stop
        start = stop


def runs_of(codes: npt.NDArray[np.uint8]) -> Iterator[tuple[int, int, Verdict]]:
    """Maximal runs of equal codes in a vector, as (start, stop, verdict) with ``stop`` exclusive."""
    for start, stop in spans_of(codes):
        yield start, stop, Verdict(int(codes[start]))


_NOTABLE = np.array([verdict.out or verdict is Verdict.INVALID for verdict in Verdict])


def notable_columns(codes: npt.NDArray[np.uint8]) -> list[int]:
    """The columns of which a sample is out of limits or no valid reading, in order; ``codes`` are those of verdicts."""
    marks = _NOTABLE[codes]
    return np.flatnonzero(marks[0] if len(marks) == 1 else marks.any(axis=0)).tolist()


def worst_of(values: npt.NDArray[np.float64], verdict: Verdict, expected: float = 0.0) -> float:
    """Extreme of ``values`` in the direction of ``verdict`` (farthest from ``expected`` for UNEXPECTED).

    NaN when no value is finite or the verdict is not out of limits.
    """
    if values.size == 1:  # a row that has just come, as once a second
        return worse(verdict, math.nan, float(values[0]), expected)
    finite = values[np.isfinite(values)]
    if finite.size == 0 or not verdict.out:
        return float("nan")
    if verdict in (Verdict.LOW, Verdict.DELTA_LOW):
        return float(finite.min())
    if verdict is Verdict.UNEXPECTED:
        return float(finite[np.argmax(np.abs(finite - expected))])
    return float(finite.max())


def worse(verdict: Verdict, one: float, other: float, expected: float = 0.0) -> float:
    """The worse of two values in the direction of ``verdict``, the first where neither is; one that is finite is worse
    than one that is not. NaN when neither is finite or the verdict is not out of limits."""
    if not verdict.out or not (math.isfinite(one) or math.isfinite(other)):
        return math.nan
    if not math.isfinite(other):
        return one
    if not math.isfinite(one):
        return other
    if verdict in (Verdict.LOW, Verdict.DELTA_LOW):
        return min(one, other)
    if verdict is Verdict.UNEXPECTED:
        return other if abs(other - expected) > abs(one - expected) else one
    return max(one, other)


FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint8]

_BLOCK = 1024
"""Rows judged at once: a block of 80 columns and its codes stay in the cache of a core."""

_FAR = float(np.finfo(np.float64).max)


def slack(limit: float) -> float:
    """How far beyond ``limit`` a value still counts as at the limit, in the unit of the limit."""
    return TOLERANCE * max(1.0, abs(limit))


class Checker:
    """Judges the samples of one HK layout against one set of limits, in the phase the caller names.

    It remembers the last samples of parameters with a delta limit and nothing else: rows must come in the order of
    the file, but how they are cut into blocks makes no difference. ``checked`` tells for each column whether it has
    any limit in this set, in whatever phase; those without are UNCHECKED whatever they hold, as are columns the table
    does not know and those out of service.
    """

    def __init__(self, table: LimitTable | None, limit_set: LimitSet, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        self._readable: dict[tuple[int, ...], _Readable] = {}
        found = self._parameters = [table.parameters.get(name) if table else None for name in columns]
        phases = {phase for parameter in found if parameter for phase in parameter.phases}
        self._usual = _Checks(found, limit_set)
        self._by_phase = {
            phase: _Checks([each and each.during(phase) for each in found], limit_set) for phase in phases
        }
        self.checked = tuple(any(one) for one in zip(*(checks.checked for checks in self._all()), strict=True))

    def _all(self) -> list[_Checks]:
        return [self._usual, *self._by_phase.values()]

    def verdicts(
        self,
        times: npt.ArrayLike,
        values: npt.ArrayLike,
        commanded: Mapping[str, npt.ArrayLike] | None = None,
        phase: Phase | None = None,
    ) -> Codes:
        """Codes of :class:`Verdict`, one for each sample.

        Parameters
        ----------
        times
            Lab seconds, shape (n,); only delta limits use them.
        values
            In the units of the table, shape (n, len(columns)). NaN and infinity are INVALID where there is a limit.
        commanded
            For each column of the exposure log the value commanded, one number or shape (n,). Where it is missing or
            NaN a relative limit cannot be judged: UNCHECKED.
        phase
            The phase of all these rows, None where it is not known.
        """
        samples, stamps = np.asarray(values, dtype=np.float64), np.asarray(times, dtype=np.float64)
        if samples.ndim != 2 or samples.shape[1] != len(self.columns) or stamps.shape != samples.shape[:1]:
            raise ValueError(
                f"times {stamps.shape} and values {samples.shape} do not fit {len(self.columns)} columns of n samples"
            )
        checks = self._by_phase.get(phase, self._usual) if phase is not None else self._usual
        codes = checks.judge(stamps, samples, commanded or {})
        for other in self._all():
            if other is not checks:
                other.follow(stamps, samples)
        return codes

    def beyond(self, values: FloatArray, phase: Phase | None = None) -> npt.NDArray[np.bool_] | None:
        """Which samples lie beyond a hard limit, shape of ``values``; None when there is no hard limit at all."""
        checks = self._by_phase.get(phase, self._usual) if phase is not None else self._usual
        return checks.beyond(values)

    def unreadable(self, values: FloatArray, columns: Sequence[int]) -> npt.NDArray[np.bool_]:
        """Which readings of these columns are none, in any phase: shape (n, len(columns))."""
        key = tuple(columns)
        if key not in self._readable:
            self._readable[key] = _Readable([self._parameters[column] for column in columns])
        return self._readable[key].none(values[:, np.array(key, np.intp)])

    def inherit(self, before: Checker) -> None:
        """Take over the last samples of another checker of the same columns, so that delta limits go on."""
        memories = [delta for checks in before._all() for delta in checks.deltas]
        for checks in self._all():
            for delta in checks.deltas:
                for memory in memories:
                    if memory.column == delta.column:
                        delta.inherit(memory)


class _Checks:
    """The checks of all columns as they are in one phase."""

    def __init__(self, found: Sequence[Parameter | None], limit_set: LimitSet) -> None:
        parameters = {column: each for column, each in enumerate(found) if each and each.checked(limit_set)}
        self.checked = tuple(column in parameters for column in range(len(found)))
        self._bounds = _Bounds(len(found), parameters)
        self._masked: list[tuple[int, int, int]] = []
        self.deltas: list[DeltaCheck] = []
        self._hard: list[tuple[int, float, float]] = []
        relative: dict[int, Relative] = {}
        for column, parameter in parameters.items():
            match parameter.limit(limit_set):
                case Range(low, high) as limit:
                    self._bounds.set(column, low, high, Verdict.LOW, Verdict.HIGH)
                    if limit.hard:
                        self._hard.append((column, limit.lolo, limit.hihi))
                case Expected(equals, None):
                    self._bounds.set(column, equals, equals, Verdict.UNEXPECTED, Verdict.UNEXPECTED)
                case Expected(equals, int(mask)):
                    self._masked.append((column, equals & mask, mask))
                case Relative() as limit:
                    relative[column] = limit
            if parameter.delta:
                alone = parameter.limit(limit_set) is None
                self.deltas.append(DeltaCheck(column, parameter.delta, alone))
        self._relative = _RelativeLimits(relative)

    def judge(self, times: FloatArray, samples: FloatArray, commanded: Mapping[str, npt.ArrayLike]) -> Codes:
        commands = self._relative.commands(commanded, len(samples))
        codes = np.empty(samples.shape, np.uint8)
        with np.errstate(over="ignore", invalid="ignore"):  # differences too large for a float are infinite: fine
            for first in range(0, len(samples), _BLOCK):
                block = slice(first, first + _BLOCK)
                self._bounds.judge(samples[block], codes[block])
                self._relative.judge(samples[block], commands[block], codes[block])
            for column, equals, mask in self._masked:
                _judge_masked(equals, mask, samples[:, column], codes[:, column])
            for delta in self.deltas:
                delta.judge(times, samples[:, delta.column], codes[:, delta.column])
        return codes

    def follow(self, times: FloatArray, samples: FloatArray) -> None:
        """Take samples that are judged as those of another phase."""
        if not self.deltas:
            return
        codes = np.empty(samples.shape, np.uint8)
        self._bounds.judge(samples, codes)
        for delta in self.deltas:
            delta.follow(times, samples[:, delta.column], codes[:, delta.column])

    def beyond(self, values: FloatArray) -> npt.NDArray[np.bool_] | None:
        if not self._hard:
            return None
        found = np.zeros(values.shape, np.bool_)
        for column, lolo, hihi in self._hard:
            found[:, column] = values[:, column] < lolo - slack(lolo)
            found[:, column] |= values[:, column] > hihi + slack(hihi)
        return found


class _Readable:
    """Which readings of some columns are none, in whatever phase and with whatever limits."""

    def __init__(self, found: Sequence[Parameter | None]) -> None:
        bounds = [each.valid if each and each.valid else (-_FAR, _FAR) for each in found]
        self._low, self._high = np.array(bounds, dtype=np.float64).reshape(-1, 2).T
        most = max((len(each.sentinels) for each in found if each), default=0)
        self._sentinels = np.full((most, len(found)), np.nan)
        for place, each in enumerate(found):
            self._sentinels[: len(each.sentinels) if each else 0, place] = each.sentinels if each else ()
        self._room = TOLERANCE * np.maximum(1.0, np.abs(self._sentinels))
        self._each = [
            (low, high, [(one, slack(one)) for one in (each.sentinels if each else ())])
            for each, (low, high) in zip(found, bounds, strict=True)
        ]

    def none(self, values: FloatArray) -> npt.NDArray[np.bool_]:
        """In the shape of ``values``. Every comparison with NaN is false: so what is one is asked."""
        if len(values) == 1:  # a row that has just come, as once a second
            return np.array([[
                not low <= value <= high or any(abs(value - one) <= room for one, room in sentinels)
                for value, (low, high, sentinels) in zip(values[0].tolist(), self._each, strict=True)
            ]])  # fmt: skip
        found = ~((values >= self._low) & (values <= self._high))
        for sentinel, room in zip(self._sentinels, self._room, strict=True):
            found |= np.abs(values - sentinel) <= room
        return found


class _Bounds:
    """Fixed bounds and validity of all columns at once.

    A valid sample of a column whose limit is of another kind leaves here as IN_LIMITS, for that kind to refine.
    """

    def __init__(self, columns: int, parameters: Mapping[int, Parameter]) -> None:
        self._low, self._high = np.full(columns, -np.inf), np.full(columns, np.inf)
        self._valid_low, self._valid_high = np.full(columns, -_FAR), np.full(columns, _FAR)
        self._code_in, self._code_invalid = np.zeros(columns, np.uint8), np.zeros(columns, np.uint8)
        self._step_low, self._step_high = np.zeros(columns, np.uint8), np.zeros(columns, np.uint8)
        self._sentinels: list[tuple[int, float]] = []
        for column, parameter in parameters.items():
            self._code_in[column], self._code_invalid[column] = Verdict.IN_LIMITS, Verdict.INVALID
            low, high = parameter.valid or (-_FAR, _FAR)
            self._valid_low[column], self._valid_high[column] = low, high
            self._sentinels += [(column, value) for value in parameter.sentinels if low <= value <= high]

    def set(self, column: int, low: float, high: float, below: Verdict, above: Verdict) -> None:
        self._low[column], self._high[column] = low - slack(low), high + slack(high)
        self._step_low[column], self._step_high[column] = below - Verdict.IN_LIMITS, above - Verdict.IN_LIMITS

    def judge(self, values: FloatArray, codes: Codes) -> None:
        """Arithmetic on the codes, not masks: as fast on a night of faults as on a quiet one.

        Every comparison with NaN is false: so "valid" is asked, not "invalid".
        """
        true = np.empty(values.shape, np.bool_)
        flag = true.view(np.uint8)
        np.less(values, self._low, out=true)
        np.multiply(flag, self._step_low, out=codes)
        np.greater(values, self._high, out=true)
        flag *= self._step_high
        codes += flag
        codes += self._code_in
        for compare, bound in ((np.greater_equal, self._valid_low), (np.less_equal, self._valid_high)):
            compare(values, bound, out=true)
            codes *= flag
        np.equal(codes, Verdict.UNCHECKED, out=true)
        flag *= self._code_invalid
        codes += flag
        for column, sentinel in self._sentinels:
            codes[np.abs(values[:, column] - sentinel) <= slack(sentinel), column] = Verdict.INVALID


class _RelativeLimits:
    """The limits relative to a command, of all columns that have one."""

    def __init__(self, limits: Mapping[int, Relative]) -> None:
        self._columns = list(limits)
        self._names = [limit.commanded for limit in limits.values()]
        self._low = np.array([limit.low for limit in limits.values()])
        self._high = np.array([limit.high for limit in limits.values()])

    def commands(self, commanded: Mapping[str, npt.ArrayLike], rows: int) -> FloatArray:
        """What was commanded for each row and column with such a limit; NaN where it is not known."""
        commands = np.full((rows, len(self._names)), np.nan)
        for place, name in enumerate(self._names):
            if name in commanded:
                commands[:, place] = np.asarray(commanded[name], dtype=np.float64)
        return commands

    def judge(self, values: FloatArray, commands: FloatArray, codes: Codes) -> None:
        if not self._columns:
            return
        difference = values[:, self._columns] - commands
        room = TOLERANCE * np.maximum(1.0, np.abs(commands))
        verdict = np.full(commands.shape, Verdict.IN_LIMITS, np.uint8)
        verdict += np.uint8(Verdict.LOW - Verdict.IN_LIMITS) * (difference < self._low - room)
        verdict += np.uint8(Verdict.HIGH - Verdict.IN_LIMITS) * (difference > self._high + room)
        verdict *= np.isfinite(commands)
        before = codes[:, self._columns]
        codes[:, self._columns] = np.where(before == Verdict.INVALID, before, verdict)


def _judge_masked(equals: int, mask: int, values: FloatArray, codes: Codes) -> None:
    """A value that is no whole number, or too large to be exact, is UNEXPECTED."""
    judged = codes != Verdict.INVALID
    whole = np.rint(values[judged])
    exact = (np.abs(values[judged] - whole) <= TOLERANCE * np.maximum(1.0, np.abs(whole))) & (np.abs(whole) <= 2.0**53)
    bits = np.where(exact, whole, 0.0).astype(np.int64) & mask
    codes[judged] = np.where(exact & (bits == equals), Verdict.IN_LIMITS, Verdict.UNEXPECTED)
