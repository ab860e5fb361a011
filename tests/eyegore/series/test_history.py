"""The HK history against plain arrays, and what decimation must never lose."""

from __future__ import annotations

import gc
import tracemalloc
import weakref

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from eyegore.limits.model import Verdict
from eyegore.series.decimation import Envelope
from eyegore.series.history import HkHistory, Sample

START = 953_000_000.0


def filled(values: np.ndarray, times: np.ndarray | None = None, step: int = 1000, **options: int) -> HkHistory:
    """One column "T", appended ``step`` rows at a time."""
    history = HkHistory(["T"], **options)
    stamps = START + np.arange(len(values)) if times is None else times
    for low in range(0, len(values), step):
        history.append(stamps[low : low + step], values[low : low + step, None])
    return history


def whole(history: HkHistory, bins: int) -> Envelope:
    return history.envelope("T", *history.span, bins)


def test_nothing_yet() -> None:
    history = HkHistory(["T"])
    assert history.latest("T") is None
    assert np.isnan(history.span).all()
    assert history.envelope("T", 0.0, 10.0, 5).times.size == 0
    assert history.window("T", 0.0, 10.0).values.size == 0


def test_few_samples_are_points_of_their_own() -> None:
    history = filled(np.array([1.0, 3.0, 2.0]))
    curve = whole(history, 100)
    assert curve.times.tolist() == [START, START + 1, START + 2]
    assert curve.low.tolist() == curve.high.tolist() == [1.0, 3.0, 2.0]
    assert curve.breaks.tolist() == [True, False, False]
    assert history.latest("T") == Sample(START + 2, 2.0, Verdict.UNCHECKED)


@pytest.mark.parametrize("rows", [900, 20_000, 90_000])
def test_every_extreme_sample_is_kept(rows: int) -> None:
    noise = np.random.default_rng(7).normal(size=rows)
    places = [0, 1, rows // 3, rows // 2 + 1, rows - 2, rows - 1]
    noise[places] = [50.0, -50.0, 60.0, -60.0, 70.0, -70.0]
    history = filled(noise, step=777)
    bins = 200
    curve = whole(history, bins)
    width = (rows - 1) / bins
    assert len(curve.times) <= bins + 2 or rows <= 2 * bins
    for place in places:
        near = np.abs(curve.times - (START + place)) <= 2 * width
        value = np.float32(noise[place])
        assert value in (curve.high[near] if value > 0 else curve.low[near])
    assert not curve.breaks[1:].any()


@pytest.mark.parametrize("rows", [3_000, 60_000])
def test_bins_agree_with_the_raw_samples(rows: int) -> None:
    values = np.cumsum(np.random.default_rng(1).normal(size=rows)).astype(np.float32).astype(float)
    history = filled(values)
    curve = whole(history, 100)
    assert curve.low.min() == values.min()
    assert curve.high.max() == values.max()
    assert (curve.low <= curve.high).all()
    assert (np.diff(curve.times) > 0).all()


def test_a_moving_window_leaves_old_bins_alone() -> None:
    history = filled(np.random.default_rng(2).normal(size=5000))
    one = history.envelope("T", START + 1000.0, START + 4000.0, 100)
    two = history.envelope("T", START + 1001.0, START + 4001.0, 100)
    after = dict(zip(two.times.tolist(), two.high.tolist(), strict=True))
    assert [after.get(time) for time in one.times[5:90].tolist()] == one.high[5:90].tolist()


@pytest.mark.parametrize("rows", [400, 6_000, 80_000])
def test_a_gap_breaks_the_curve(rows: int) -> None:
    times = START + np.arange(rows, dtype=float)
    at = rows // 2 + 5
    times[at:] += rows / 4
    curve = whole(filled(np.zeros(rows), times), 150)
    assert curve.breaks.sum() == 2
    after = int(np.flatnonzero(curve.breaks)[1])
    assert curve.times[after] >= times[at] - 2
    assert curve.times[after - 1] <= times[at - 1]


def test_one_missed_row_at_1_hz_is_no_gap_but_two_minutes_are() -> None:
    times = START + np.array([0.0, 1, 2, 4, 5, 6, 126, 127])
    assert np.flatnonzero(whole(filled(np.zeros(8), times), 100).breaks).tolist() == [0, 6]


def test_the_period_of_the_rows_decides_what_a_gap_is() -> None:
    times = START + 60.0 * np.array([0.0, 1, 2, 3, 5, 6])
    assert np.flatnonzero(whole(filled(np.zeros(6), times), 100).breaks).tolist() == [0, 4]


@pytest.mark.parametrize("rows", [100, 50_000])
def test_invalid_samples_are_marked_and_never_drawn(rows: int) -> None:
    values = np.ones(rows)
    codes = np.full((rows, 1), Verdict.IN_LIMITS, dtype=np.uint8)
    values[[10, 11]] = [np.nan, np.inf]
    values[50], codes[50] = -999.0, Verdict.INVALID
    history = HkHistory(["T"])
    history.append(START + np.arange(rows), values[:, None], codes)
    curve = whole(history, 60)
    assert curve.low.min() == curve.high.max() == 1.0
    width = rows / 60
    assert all((np.abs(curve.invalid - (START + place)) <= 2 * width).any() for place in (10, 11, 50))
    assert history.window("T", START + 50, START + 50).values.tolist() == [-999.0]


def test_an_invalid_latest_sample_has_no_value() -> None:
    history = HkHistory(["T"])
    history.append(np.array([START]), np.array([[-999.0]]), np.array([[Verdict.INVALID]], dtype=np.uint8))
    latest = history.latest("T")
    assert latest is not None
    assert np.isnan(latest.value)
    assert latest.verdict is Verdict.INVALID


@pytest.mark.parametrize("rows", [100, 50_000])
def test_out_of_limits_is_told_by_the_verdict(rows: int) -> None:
    codes = np.full((rows, 1), Verdict.IN_LIMITS, dtype=np.uint8)
    codes[70:80] = Verdict.LOW
    history = HkHistory(["T"])
    history.append(START + np.arange(rows), np.zeros((rows, 1)), codes)
    curve = whole(history, 60)
    out = curve.times[curve.out]
    assert out.size
    assert (np.abs(out - (START + 75)) <= max(5, 2 * rows / 60)).all()


def test_columns_do_not_mix() -> None:
    history = HkHistory(["A", "B"])
    history.append(START + np.arange(3), np.array([[1.0, 10], [2, 20], [3, 30]]))
    assert history.window("B", START + 1, START + 5).values.tolist() == [20.0, 30.0]
    with pytest.raises(KeyError):
        history.latest("C")


def test_the_oldest_rows_go_when_it_is_full() -> None:
    history = filled(np.arange(5000.0), step=1, capacity_rows=1000)
    assert 875 <= history.rows <= 1000
    assert history.span[1] == START + 4999
    assert history.window("T", *history.span).values.tolist() == list(range(5000 - history.rows, 5000))


def test_rows_of_a_preview_come_again() -> None:
    values = np.random.default_rng(3).normal(size=3000)
    times = START + np.arange(3000)
    history = HkHistory(["T"], capacity_rows=20_000)
    history.append(times[-150:], values[-150:, None])
    for low in range(0, 3000, 400):
        history.append(times[low : low + 400], values[low : low + 400, None])
    read = history.window("T", *history.span)
    assert read.times.tolist() == times.tolist()
    assert read.values.tolist() == values.astype(np.float32).tolist()


def test_a_stuck_clock_keeps_every_sample() -> None:
    history = filled(np.arange(500.0), np.full(500, START), step=1)
    assert history.rows == 500
    assert whole(history, 50).high.max() == 499.0


def test_rows_without_a_time_are_dropped() -> None:
    history = filled(np.array([1.0, 2.0, 3.0]), np.array([START, np.nan, START + 2]))
    assert history.window("T", *history.span).values.tolist() == [1.0, 3.0]


def test_each_append_counts_as_a_revision() -> None:
    history = filled(np.zeros(3), step=1)
    assert history.revision == 3


@settings(max_examples=60, deadline=None)
@given(
    batches=st.lists(st.lists(st.integers(0, 400), min_size=1, max_size=40), min_size=1, max_size=25),
    capacity=st.sampled_from([64, 500, 100_000]),
)
def test_any_order_of_time_gives_the_newest_rows_in_order(batches: list[list[int]], capacity: int) -> None:
    history = HkHistory(["T"], capacity_rows=capacity)
    total, value = 0, 0.0
    for batch in batches:
        values = value + np.arange(len(batch), dtype=float)
        value += len(batch)
        total += len(batch)
        history.append(np.array(batch, dtype=float), values[:, None])
        read = history.window("T", -1.0, 500.0)
        assert (np.diff(read.times) >= 0).all()
        assert len(read.times) == history.rows <= capacity
        curve = history.envelope("T", -1.0, 500.0, 10)
        assert curve.low.min() == read.values.min()
        assert curve.high.max() == read.values.max()
    if total <= capacity:
        assert history.rows == total


def test_filling_a_day_needs_little_memory() -> None:
    rows, columns = 43_200, 40
    block = np.zeros((rows, columns))
    times = START + np.arange(rows)
    tracemalloc.start()
    try:
        history = HkHistory([str(i) for i in range(columns)], capacity_rows=rows)
        history.append(times, block)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert history.rows >= rows * 7 / 8
    assert peak <= 3 * rows * columns * 4


@pytest.mark.parametrize(
    ("time", "value"), [(-50.0, 0.0), (0.4, 0.0), (0.6, 1.0), (699.6, 700.0), (700.4, 700.0), (5e6, 2999.0)]
)
def test_the_nearest_sample(time: float, value: float) -> None:
    history = filled(np.arange(3000.0), capacity_rows=8000)
    found = history.nearest("T", START + time)
    assert found == Sample(START + value, value, Verdict.UNCHECKED)


def test_the_nearest_sample_over_the_edge_of_a_leaf_and_a_gap() -> None:
    times = START + np.arange(2000.0)
    times[1000:] += 500.0
    history = filled(np.arange(2000.0), times, capacity_rows=8000)
    for time, value in ((1100.0, 999.0), (1400.0, 1000.0)):
        found = history.nearest("T", START + time)
        assert found is not None
        assert found.value == value


def test_no_sample_is_near_when_there_is_none() -> None:
    assert HkHistory(["T"]).nearest("T", START) is None


def test_what_is_let_go_is_not_held_by_the_last_curve() -> None:
    history = HkHistory(("A",), capacity_rows=80)
    history.append(np.arange(80.0), np.zeros((80, 1)))
    history.envelope("A", *history.span, 10)
    oldest = weakref.ref(history._leaves[0])
    history.append(np.arange(80.0, 100.0), np.zeros((20, 1)))
    gc.collect()
    assert oldest() is None
