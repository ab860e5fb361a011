from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from eyegore.series.theil_sen import sorted_median, theil_sen

TIMES = np.arange(20.0)


def test_a_straight_line_is_found_exactly() -> None:
    lines = theil_sen(TIMES, np.column_stack([3 + 0.5 * TIMES, -TIMES]))
    np.testing.assert_allclose(lines.slope, [0.5, -1.0])
    np.testing.assert_allclose(lines.level, [3 + 0.5 * 9.5, -9.5])
    np.testing.assert_allclose(lines.pivot, 9.5)
    assert lines.certain.all()


@pytest.mark.parametrize("wild", [1, 3, 5])
def test_a_quarter_of_wild_points_does_not_turn_it(wild: int) -> None:
    values = 0.5 * TIMES
    values[np.random.default_rng(wild).permutation(20)[:wild]] += 1000
    assert theil_sen(TIMES, values[:, None]).slope[0] == pytest.approx(0.5, abs=0.1)


def test_sen_1968_interval() -> None:
    """The example of Sen (1968), p. 1388: slope 4.0, its 93 % interval between the 4th pair from either end."""
    times = np.array([1.0, 2, 3, 4, 10, 12, 18])
    values = np.array([9.0, 15, 19, 20, 45, 55, 78])
    lines = theil_sen(times, values[:, None])
    pairs = np.sort([(values[j] - values[i]) / (times[j] - times[i]) for i in range(7) for j in range(i + 1, 7)])
    # 1.96 * sqrt(7 * 6 * 19 / 18) = 13.05: ranks (21 - 13.05) / 2 = 3.97, that is the 3rd from either end
    assert (lines.slope[0], lines.low[0], lines.high[0]) == (pytest.approx(4.0), pairs[2], pairs[-3])


def test_missing_points_change_nothing_for_the_others() -> None:
    values = np.random.default_rng(0).normal(size=(20, 3))
    holed = values.copy()
    holed[[2, 3, 11], 1] = np.nan
    holed[:, 2] = np.nan
    there = np.isfinite(holed[:, 1])
    lines, whole = theil_sen(TIMES, holed), theil_sen(TIMES, values)
    alone = theil_sen(TIMES[there], values[there, 1:2])
    for name in ("slope", "low", "high", "pivot", "level", "scatter"):
        found = getattr(lines, name)
        assert found[0] == getattr(whole, name)[0]
        assert found[1] == pytest.approx(getattr(alone, name)[0])
        assert name in ("low", "high") or np.isnan(found[2])
    assert lines.points.tolist() == [20, 17, 0]
    assert not lines.certain[2]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_points_give_no_certain_line(count: int) -> None:
    lines = theil_sen(TIMES[:count], np.ones((count, 2)))
    assert not lines.certain.any()
    assert np.isneginf(lines.low).all()
    assert np.isposinf(lines.high).all()


def test_newest_points_that_left_the_line_are_noticed() -> None:
    values = np.where(TIMES < 16, 0.0, 7.0)
    lines = theil_sen(TIMES, values[:, None])
    assert (lines.slope[0], lines.scatter[0], lines.astray[0]) == (0, 0, 7)


def test_a_displaced_block_lies_beside_the_line() -> None:
    values = np.random.default_rng(0).normal(0, 0.1, 20) - 0.2 * TIMES
    values[:5] -= 10
    assert theil_sen(TIMES, values[:, None]).beside[0] >= 0.25
    values[:5] += 10
    assert theil_sen(TIMES, values[:, None]).beside[0] <= 0.05


def test_noise_is_that_of_neighbours_and_scatter_that_about_the_line() -> None:
    random = np.random.default_rng(5)
    noise = random.normal(0, 0.1, 400)
    times = np.arange(400.0)
    bent = np.column_stack([0.3 * times + noise, 1e-4 * (times - 200) ** 2 + noise])
    lines = theil_sen(times, bent)
    assert lines.noise == pytest.approx(0.1, rel=0.25)
    assert lines.scatter[0] == pytest.approx(0.1, rel=0.25)
    assert lines.scatter[1] > 8 * lines.noise[1]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))), min_size=1, max_size=12))
def test_sorted_median_is_the_median_of_what_is_there(values: list[float]) -> None:
    there = [value for value in values if value == value]
    found = sorted_median(np.array([values]))[0]
    assert np.isnan(found) if not there else found == pytest.approx(np.median(there))


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.integers(-1000, 1000), min_size=3, max_size=15),
    st.integers(-50, 50),
    st.integers(-100, 100),
)
def test_a_line_added_to_the_points_is_added_to_the_line(points: list[int], slope: int, level: int) -> None:
    times, values = np.arange(float(len(points))), np.array(points, float)
    before, after = theil_sen(times, values[:, None]), theil_sen(times, (values + slope * times + level)[:, None])
    np.testing.assert_allclose(after.slope, before.slope + slope, atol=1e-8)
    np.testing.assert_allclose(after.scatter, before.scatter, atol=1e-8)
    np.testing.assert_allclose(after.level, before.level + slope * before.pivot + level, atol=1e-8)
