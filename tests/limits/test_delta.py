"""How fast a parameter may change."""

from __future__ import annotations

import numpy as np
import pytest

from eyegore.limits.checks import Checker
from eyegore.limits.model import Delta, LimitSet, LimitTable, Parameter, Range, Verdict

UNCHECKED, INVALID, IN, HIGH = Verdict.UNCHECKED, Verdict.INVALID, Verdict.IN_LIMITS, Verdict.HIGH
SLOW, FAST = Verdict.DELTA_LOW, Verdict.DELTA_HIGH
NAN = float("nan")


def judged(values: list[float], times: list[float] | None = None, alone: bool = False) -> list[int]:
    """Verdicts where 3 samples may change by -60 .. 60 per minute: by one per second."""
    safe = None if alone else Range(0.0, 100.0)
    one = Parameter("P", "degC", "", safe=safe, delta=Delta(-60.0, 60.0, 3))
    checker = Checker(LimitTable("lab", "", "", {"P": one}), LimitSet.SAFE, ["P"])
    assert checker.checked == (True,)
    stamps = np.arange(float(len(values))) if times is None else np.array(times)
    return [int(code) for code in checker.verdicts(stamps, np.array(values).reshape(-1, 1))[:, 0]]


@pytest.mark.parametrize(
    ("values", "verdicts"),
    [
        ([10, 11, 12, 13], [IN, IN, IN, IN]),
        ([10, 10, 12.1, 12.1], [IN, IN, FAST, FAST]),
        ([10, 10, 7.9, 7.9, 7.9], [IN, IN, SLOW, SLOW, IN]),
        ([10, 30], [IN, IN]),
        ([10, NAN, 30, 50, 70], [IN, INVALID, IN, IN, FAST]),
        ([10, 50, 101, 99, 60], [IN, IN, HIGH, FAST, SLOW]),
    ],
)
def test_mean_change_per_minute(values: list[float], verdicts: list[Verdict]) -> None:
    assert judged(values) == verdicts


@pytest.mark.parametrize(
    ("times", "verdicts"),
    [
        ([0, 1, 2, 3, 4], [IN, IN, FAST, FAST, FAST]),
        ([0, 60, 120, 180, 240], [IN, IN, IN, IN, IN]),
        ([0, 0, 0, 0, 0], [IN, IN, IN, IN, IN]),
        ([0, 1, 1, 2, 3], [IN, IN, IN, IN, FAST]),
        ([5, 6, 1, 2, 3], [IN, IN, IN, IN, FAST]),
        ([0, NAN, 2, 3, 4], [IN, IN, IN, IN, FAST]),
    ],
)
def test_it_is_judged_only_while_the_clock_runs(times: list[float], verdicts: list[Verdict]) -> None:
    assert judged([0, 10, 20, 30, 40], times) == verdicts


def test_alone_it_says_nothing_before_it_can() -> None:
    assert judged([10, 11, 12, NAN, 12], alone=True) == [UNCHECKED, UNCHECKED, IN, INVALID, UNCHECKED]


def test_changes_too_large_for_a_float_are_too_fast() -> None:
    assert judged([-1e308, 0, 1e308], alone=True) == [UNCHECKED, UNCHECKED, FAST]


def test_it_goes_on_over_blocks_of_single_rows() -> None:
    one = Parameter("P", "degC", "", safe=Range(0.0, 100.0), delta=Delta(-60.0, 60.0, 3))
    checker = Checker(LimitTable("lab", "", "", {"P": one}), LimitSet.SAFE, ["P"])
    rows = enumerate([10.0, 10.0, 12.1, 12.1, 12.1])
    assert [int(checker.verdicts([time], [[value]])[0, 0]) for time, value in rows] == [IN, IN, FAST, FAST, IN]
