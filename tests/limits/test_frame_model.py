"""Limits of the checks of frames."""

import itertools
import math

import pytest

from eyegore.limits.frame_model import CheckLimit, CheckTable, Family, ImageVerdict, worst

NOISE = CheckLimit("std_pre", 0.86, 1.44, "ADU", ImageVerdict.FAIL, "RON_OOL", "noise")


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (1.0, ImageVerdict.PASS),
        (0.86, ImageVerdict.PASS),
        (1.44, ImageVerdict.PASS),
        (0.859, ImageVerdict.FAIL),
        (1.441, ImageVerdict.FAIL),
        (math.inf, ImageVerdict.FAIL),
        (math.nan, ImageVerdict.NOT_CHECKED),
    ],
)
def test_a_value_is_good_between_the_limits_and_at_them(value: float, verdict: ImageVerdict) -> None:
    assert NOISE.verdict(value, NOISE.low, NOISE.high) is verdict


@pytest.mark.parametrize(("low", "high"), [(math.nan, 1.0), (0.0, math.nan)])
def test_nothing_is_checked_without_limits(low: float, high: float) -> None:
    assert NOISE.verdict(0.5, low, high) is ImageVerdict.NOT_CHECKED


@pytest.mark.parametrize(
    ("families", "tests", "expected"),
    [
        (frozenset(), (), True),
        ({Family.FLAT}, (), True),
        ({Family.BIAS}, (), False),
        (frozenset(), ("PTC02*",), True),
        (frozenset(), ("NL01", "PTC02_730"), True),
        ({Family.FLAT}, ("PTC01",), False),
    ],
)
def test_whose_limit_it_is(families: frozenset[Family], tests: tuple[str, ...], expected: bool) -> None:
    limit = CheckLimit("a", 0, 1, "", ImageVerdict.FAIL, "", "", families=frozenset(families), tests=tests)
    assert limit.holds_for(Family.FLAT, "PTC02_730") is expected


def test_the_worst_verdict_does_not_depend_on_the_order() -> None:
    ranking = [ImageVerdict.PASS, ImageVerdict.NOT_CHECKED, ImageVerdict.WARNING, ImageVerdict.FAIL]
    for length in range(1, 5):
        for some in itertools.product(ranking, repeat=length):
            assert worst(some) is max(some, key=ranking.index)
    assert worst([]) is ImageVerdict.NOT_CHECKED


def test_offsets_of_a_block_or_of_none() -> None:
    table = CheckTable("x", "", (), {"BORN": {(1, "E"): 2300.0}}, 2800.0)
    assert table.offset("BORN", 1, "E") == 2300.0
    assert table.offset("", 1, "E") == 2800.0
    with pytest.raises(KeyError):
        table.offset("BURN", 1, "E")
