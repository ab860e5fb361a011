"""Samples against limits: each kind of limit, and that neither batches nor other columns make a difference."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings, strategies as st

from eyegore.limits.checks import Checker, worse, worst_of
from eyegore.limits.model import (
    Delta,
    Expected,
    Limit,
    LimitSet,
    LimitTable,
    Parameter,
    Range,
    Relative,
    Verdict,
)
from eyegore.limits.table import table_for

UNCHECKED, INVALID, IN, LOW, HIGH, UNEXPECTED, DELTA_LOW, DELTA_HIGH = (
    Verdict.UNCHECKED,
    Verdict.INVALID,
    Verdict.IN_LIMITS,
    Verdict.LOW,
    Verdict.HIGH,
    Verdict.UNEXPECTED,
    Verdict.DELTA_LOW,
    Verdict.DELTA_HIGH,
)
NAN, INF = math.nan, math.inf
CCD_SENTINELS = (-246.86, -246.60, -246.08)


def parameter(name: str, limit: Limit | None, **more: object) -> Parameter:
    return Parameter(name=name, unit="V", description="", safe=limit, **more)  # type: ignore[arg-type]


def table(*parameters: Parameter) -> LimitTable:
    return LimitTable("lab", "lab.toml", "", {each.name: each for each in parameters})


def verdicts_of(
    one: Parameter, values: Sequence[float], commanded: Mapping[str, npt.ArrayLike] | None = None
) -> list[Verdict]:
    checker = Checker(table(one), LimitSet.SAFE, [one.name])
    codes = checker.verdicts(np.arange(float(len(values))), np.array(values, dtype=float).reshape(-1, 1), commanded)
    assert codes.dtype == np.uint8
    return [Verdict(code) for code in codes[:, 0]]


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (-133.0, IN),
        (35.0, IN),
        (0.0, IN),
        (-133.01, LOW),
        (35.01, HIGH),
        (-133.0 - 1e-8, IN),
        (35.0 + 1e-8, IN),
        (NAN, INVALID),
        (INF, INVALID),
        (-INF, INVALID),
        (1e308, HIGH),
    ],
)
def test_range(value: float, verdict: Verdict) -> None:
    assert verdicts_of(parameter("P", Range(-133.0, 35.0)), [value]) == [verdict]


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (-246.86, INVALID),
        (-246.60, INVALID),
        (-246.08, INVALID),
        (-250.0, INVALID),
        (150.01, INVALID),
        (-240.0, LOW),
        (-136.0, LOW),
        (-100.0, IN),
        (150.0, HIGH),
    ],
)
def test_no_reading_is_not_cold(value: float, verdict: Verdict) -> None:
    one = parameter("P", Range(-133.0, 35.0), sentinels=CCD_SENTINELS, valid=(-240.0, 150.0))
    assert verdicts_of(one, [value]) == [verdict]


@pytest.mark.parametrize(
    ("value", "verdict"), [(99.99, INVALID), (99.99 + 1e-12, INVALID), (99.98, HIGH), (0.5, IN), (NAN, INVALID)]
)
def test_a_sentinel_may_lie_among_valid_readings(value: float, verdict: Verdict) -> None:
    assert verdicts_of(parameter("P", Range(0.0, 1.0), sentinels=(99.99,)), [value]) == [verdict]


@pytest.mark.parametrize(
    ("limit", "value", "verdict"),
    [
        (Expected(0), 0.0, IN),
        (Expected(0), 1.0, UNEXPECTED),
        (Expected(0), -1.0, UNEXPECTED),
        (Expected(0), NAN, INVALID),
        (Expected(0x2FA0), 12192.0, IN),
        (Expected(0x2FA0), 12193.0, UNEXPECTED),
        (Expected(0x2FA0), 12192.5, UNEXPECTED),
        (Expected(0x20, 0xF0), 0x2F, IN),
        (Expected(0x2F, 0xF0), 0x20, IN),
        (Expected(0x20, 0xF0), 0x3F, UNEXPECTED),
        (Expected(0x20, 0xF0), 32.5, UNEXPECTED),
        (Expected(0x20, 0xF0), 1e300, UNEXPECTED),
        (Expected(0x20, 0xF0), NAN, INVALID),
        (Expected(0x20, 0xF0), INF, INVALID),
    ],
)
def test_expected_value(limit: Expected, value: float, verdict: Verdict) -> None:
    assert verdicts_of(parameter("P", limit), [value]) == [verdict]


@pytest.mark.parametrize(
    ("commanded", "value", "verdict"),
    [
        ({"IDH": 6.0}, 6.2, IN),
        ({"IDH": 6.0}, 5.8, IN),
        ({"IDH": 6.0}, 6.21, HIGH),
        ({"IDH": 6.0}, 5.79, LOW),
        ({"IDH": 6.0}, NAN, INVALID),
        ({"IDH": NAN}, 6.0, UNCHECKED),
        ({"IDH": INF}, 6.0, UNCHECKED),
        ({"IDH": NAN}, NAN, INVALID),
        ({"IDL": 6.0}, 6.0, UNCHECKED),
        ({}, 6.0, UNCHECKED),
        (None, 6.0, UNCHECKED),
        (None, INF, INVALID),
        ({"IDH": -1e308}, 1e308, HIGH),
    ],
)
def test_relative_to_the_command(commanded: Mapping[str, float] | None, value: float, verdict: Verdict) -> None:
    assert verdicts_of(parameter("P", Relative(-0.2, 0.2, "IDH")), [value], commanded) == [verdict]


def test_the_command_may_change_from_sample_to_sample() -> None:
    one = parameter("P", Relative(-0.2, 0.2, "IDH"))
    commanded = {"IDH": np.array([18.0, 18.0, NAN, 13.0])}
    assert verdicts_of(one, [18.0, 13.0, 13.0, 13.0], commanded) == [IN, LOW, UNCHECKED, IN]


@pytest.mark.parametrize("value", [0.0, NAN, INF])
@pytest.mark.parametrize("found", [True, False])
def test_a_column_without_limits_is_unchecked_whatever_it_holds(value: float, found: bool) -> None:
    one = parameter("P" if found else "Q", None, sentinels=(0.0,), valid=(1.0, 2.0))
    checker = Checker(table(one), LimitSet.SAFE, ["P"])
    assert checker.checked == (False,)
    assert checker.verdicts([0.0], [[value]]).tolist() == [[UNCHECKED]]


def test_a_version_without_a_table_is_unchecked() -> None:
    checker = Checker(None, LimitSet.SAFE, ["A", "B"])
    assert checker.checked == (False, False)
    assert checker.verdicts([0.0], [[1.0, NAN]]).tolist() == [[UNCHECKED, UNCHECKED]]


def test_each_set_has_its_own_limits() -> None:
    one = Parameter("P", "V", "", safe=Range(-133.0, 35.0), performance=Range(-121.0, -119.0))
    two = Parameter("Q", "V", "", safe=Range(0.0, 1.0))
    found = {
        each: (
            Checker(table(one, two), each, ["Q", "P"]).checked,
            Checker(table(one, two), each, ["Q", "P"]).verdicts([0.0], [[0.0, -130.0]]).tolist(),
        )
        for each in LimitSet
    }
    assert found[LimitSet.SAFE] == ((True, True), [[IN, IN]])
    assert found[LimitSet.PERFORMANCE] == ((False, True), [[UNCHECKED, LOW]])


@pytest.mark.parametrize(
    ("times", "values"),
    [([0.0], [[1.0, 2.0, 3.0]]), ([0.0], [1.0, 2.0]), ([0.0, 1.0], [[1.0, 2.0]]), ([], [[1.0, 2.0]])],
)
def test_a_block_that_does_not_fit_the_columns_is_refused(times: list[float], values: object) -> None:
    with pytest.raises(ValueError, match="do not fit 2 columns"):
        Checker(None, LimitSet.SAFE, ["A", "B"]).verdicts(times, values)  # type: ignore[arg-type]


def test_no_samples() -> None:
    checker = Checker(table(parameter("P", Relative(0.0, 1.0, "X"), delta=Delta(0.0, 1.0, 3))), LimitSet.SAFE, ["P"])
    assert checker.verdicts(np.empty(0), np.empty((0, 1)), {"X": 3.0}).shape == (0, 1)


def test_a_quiet_night_of_the_built_in_table_is_in_limits() -> None:
    built_in = table_for("7.5.X")
    assert built_in is not None
    nominal = {
        name: float(each.safe.equals) if isinstance(each.safe, Expected) else (each.safe.low + each.safe.high) / 2
        for name, each in built_in.parameters.items()
        if isinstance(each.safe, Expected | Range)
    }
    block = np.tile(list(nominal.values()), (3000, 1))
    block[2500, list(nominal).index("CCD2_TEMP_B")] = -136.0
    codes = Checker(built_in, LimitSet.SAFE, list(nominal)).verdicts(np.arange(3000.0), block)
    assert np.argwhere(codes != IN).tolist() == [[2500, list(nominal).index("CCD2_TEMP_B")]]
    assert codes.min(initial=9) == IN
    assert codes.max(initial=0) == LOW


# --- any table, any data ---------------------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.sampled_from([NAN, INF, -INF, -246.86, 0.0, 1.0, 2.0, 3.0, 12192.0, 0.1 + 0.2, 1e308, -1e308]),
    st.floats(-5.0, 5.0),
)
BOUNDS = st.tuples(st.integers(-3, 0), st.integers(1, 4))
LIMITS: st.SearchStrategy[Limit | None] = st.one_of(
    st.none(),
    BOUNDS.map(lambda bounds: Range(float(bounds[0]), float(bounds[1]))),
    BOUNDS.map(lambda bounds: Relative(bounds[0] / 10, bounds[1] / 10, "X")),
    st.builds(Expected, st.integers(0, 3), st.sampled_from([None, 1, 2, 3])),
)
DELTAS = st.one_of(
    st.none(), st.builds(lambda bounds, n: Delta(60.0 * bounds[0], 60.0 * bounds[1], n), BOUNDS, st.integers(2, 5))
)
PARAMETERS = st.lists(
    st.builds(
        Parameter,
        name=st.just("P"),
        unit=st.just("V"),
        description=st.just(""),
        safe=LIMITS,
        delta=DELTAS,
        sentinels=st.sampled_from([(), (-246.86,), (2.0,)]),
        valid=st.sampled_from([None, (-4.5, 4.5)]),
    ),
    min_size=1,
    max_size=4,
)


class Night:
    """A table of some columns, their samples, and the commands."""

    def __init__(self, data: st.DataObject) -> None:
        drawn = data.draw(PARAMETERS)
        self.columns = [f"P{number}" for number in range(len(drawn))]
        self.parameters = drawn
        self.table = LimitTable("lab", "", "", dict(zip(self.columns, drawn, strict=True)))
        rows = data.draw(st.integers(0, 12))
        row = st.lists(NUMBERS, min_size=len(drawn), max_size=len(drawn))
        self.values = np.array(data.draw(st.lists(row, min_size=rows, max_size=rows))).reshape(rows, len(drawn))
        steps = st.sampled_from([1.0, 1.0, 1.0, 2.0, 0.0, -1.0, NAN])
        self.times = 1e9 + np.cumsum(data.draw(st.lists(steps, min_size=rows, max_size=rows)) or np.empty(0))
        self.commands = np.array(data.draw(st.lists(NUMBERS, min_size=rows, max_size=rows)))

    def judge(self, *cuts: int) -> npt.NDArray[np.uint8]:
        """Verdicts on all samples, handed over in blocks that end at ``cuts``."""
        checker = Checker(self.table, LimitSet.SAFE, self.columns)
        edges = [0, *sorted(cuts), len(self.times)]
        blocks = [slice(first, last) for first, last in itertools.pairwise(edges)]
        return np.concatenate(
            [checker.verdicts(self.times[part], self.values[part], {"X": self.commands[part]}) for part in blocks]
        )


@pytest.mark.slow
@settings(deadline=None)
@given(st.data())
def test_how_the_rows_are_cut_into_blocks_makes_no_difference(data: st.DataObject) -> None:
    night = Night(data)
    cuts = data.draw(st.lists(st.integers(0, len(night.times)), max_size=6))
    assert night.judge(*cuts).tolist() == night.judge().tolist()


@pytest.mark.slow
@settings(deadline=None)
@given(st.data())
def test_a_fault_in_one_column_changes_no_other(data: st.DataObject) -> None:
    night = Night(data)
    before = night.judge()
    column = data.draw(st.integers(0, len(night.columns) - 1))
    night.values[:, column] = data.draw(NUMBERS)
    after = night.judge()
    assert np.delete(after, column, axis=1).tolist() == np.delete(before, column, axis=1).tolist()


@pytest.mark.slow
@settings(deadline=None)
@given(st.data())
def test_the_verdicts_are_those_of_one_sample_at_a_time(data: st.DataObject) -> None:
    night = Night(data)
    expected = [
        [_verdict(night, row, column) for column in range(len(night.columns))] for row in range(len(night.times))
    ]
    assert night.judge().tolist() == expected


def _slack(scale: float) -> float:
    return 1e-9 * max(1.0, abs(scale))


def _valid(one: Parameter, value: float) -> bool:
    low, high = one.valid or (-1e309, 1e309)
    known = any(abs(value - each) <= _slack(each) for each in one.sentinels)
    return math.isfinite(value) and low <= value <= high and not known


def _within(value: float, low: float, high: float) -> Verdict:
    return LOW if value < low else HIGH if value > high else IN


def _verdict(night: Night, row: int, column: int) -> Verdict:
    """What the rules say of one sample, in plain Python."""
    one, value, command = night.parameters[column], float(night.values[row, column]), float(night.commands[row])
    if one.safe is None and one.delta is None:
        return UNCHECKED
    if not _valid(one, value):
        return INVALID
    verdict = IN
    match one.safe:
        case Range(low, high):
            verdict = _within(value, low - _slack(low), high + _slack(high))
        case Relative(low, high):
            room = _slack(command)
            verdict = _within(value - command, low - room, high + room) if math.isfinite(command) else UNCHECKED
        case Expected(equals, mask):
            exact = abs(value) < 2**53 and abs(value - round(value)) <= _slack(round(value))
            bits = -1 if mask is None else mask
            verdict = IN if exact and round(value) & bits == equals & bits else UNEXPECTED
    if one.delta is None or verdict != IN:
        return verdict
    first = row - one.delta.samples + 1
    window = range(first, row + 1)
    usable = first >= 0 and all(_valid(one, float(night.values[each, column])) for each in window)
    if not usable or not all(night.times[each] > night.times[each - 1] for each in window[1:]):
        return UNCHECKED if one.safe is None else IN
    change = (value - float(night.values[first, column])) / float(night.times[row] - night.times[first]) * 60
    low, high = one.delta.low, one.delta.high
    return {LOW: DELTA_LOW, HIGH: DELTA_HIGH}.get(_within(change, low - _slack(low), high + _slack(high)), IN)


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("one", [-2.0, 1.0, math.nan, math.inf])
@pytest.mark.parametrize("other", [-2.0, 2.0, math.nan, -math.inf])
def test_the_worse_of_two_is_the_worst_of_both(verdict: Verdict, one: float, other: float) -> None:
    found = worse(verdict, one, other, 0.5)
    assert math.isnan(found) == (not verdict.out or not (math.isfinite(one) or math.isfinite(other)))
    if not math.isnan(found):
        finite = [value for value in (one, other) if math.isfinite(value)]
        low = verdict in (Verdict.LOW, Verdict.DELTA_LOW)
        key = abs if verdict is Verdict.UNEXPECTED else float
        assert found == (min(finite) if low else max(finite, key=lambda value: key(value - 0.5)))
    assert np.array_equal(worst_of(np.array([one]), verdict), worse(verdict, math.nan, one), equal_nan=True)
