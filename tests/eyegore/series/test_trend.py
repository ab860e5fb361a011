from __future__ import annotations

import math
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from eyegore.feeds.ingest import read_folder
from eyegore.limits.checks import Checker
from eyegore.limits.model import LimitSet, LimitTable, Range, Verdict
from eyegore.limits.table import table_for
from eyegore.messages.events import FloatArray, HkRows
from eyegore.series.theil_sen import ROWS_PER_BIN, TrendBins
from eyegore.series.trend import GAP_S, MOST_POINTS, WINDOW_S, Forecast, Slope, TrendWindow, duration_text
from eyegore.simulator.simulator import SimulatedSession, Simulator

T0 = 1552521600.0
RESPONSE_MIN = 30.0
QUIET_HOURS = float(os.environ.get("EYEGORE_QUIET_HOURS", "4"))
"""48 gives the figure of the two quiet days; it takes a minute."""


def ramp(minutes: float, per_minute: float, noise: float = 0.02, start: float = -120.0, seed: int = 0) -> FloatArray:
    """One sample a second, rounded as ELVIS does."""
    seconds = np.arange(60 * minutes)
    noisy = start + per_minute * seconds / 60 + np.random.default_rng(seed).normal(0, noise, len(seconds))
    return np.round(noisy, 2)


def window_of(*columns: FloatArray, begin: float = T0) -> TrendWindow:
    window = TrendWindow([f"P{place}" for place in range(len(columns))])
    window.add(begin + np.arange(float(len(columns[0]))), np.column_stack(columns))
    return window


def forecast(values: FloatArray, low: float = -133.0, high: float = 35.0) -> Forecast | None:
    return window_of(values).time_to_limit("P0", low, high, T0 + len(values))


# --- forecasts of what drifts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("per_minute", "noise", "minutes"),
    [(-0.2, 0.02, 30), (-0.3, 0.02, 10), (-0.05, 0.1, 30), (0.02, 0.3, 30), (-1.0, 0.02, 6), (0.5, 1.0, 30)],
)
@pytest.mark.parametrize("seed", range(4))
def test_a_drift_is_foretold_within_its_error(per_minute: float, noise: float, minutes: float, seed: int) -> None:
    values = ramp(minutes, per_minute, noise, 0.0, seed)
    limit = per_minute * (minutes + 25)
    found = forecast(values, min(limit, -1e9 * (limit > 0)), limit if limit > 0 else math.inf)
    assert found is not None
    assert found.side is (Verdict.HIGH if per_minute > 0 else Verdict.LOW)
    assert found.limit == limit
    assert abs(found.minutes - 25) <= 1.6 * found.minutes_error  # 99.8 %: none of the 24 cases by chance
    assert found.minutes_error < 8
    assert found.at == pytest.approx(T0 + len(values) + 60 * found.minutes)


def test_the_stated_error_is_a_95_percent_interval() -> None:
    window = window_of(*(ramp(30, -0.05, 0.1, 0.0, seed) for seed in range(200)))
    found = [window.time_to_limit(column, -2.75, 1.0, T0 + 1800) for column in window.columns]
    inside = sum(one is not None and abs(one.minutes - 25) <= one.minutes_error for one in found)
    assert 0.88 * 200 <= inside <= 200


def test_a_drift_that_has_just_begun_is_foretold_within_minutes() -> None:
    quiet, falling = ramp(60, 0.0), ramp(6, -0.5, seed=1)
    found = forecast(np.concatenate([quiet, falling]))
    assert found is not None
    assert abs(found.minutes - 20) <= found.minutes_error < 6
    assert forecast(np.concatenate([quiet, falling[:60]])) is None


def test_both_sensors_of_a_dip_that_goes_on_are_foretold(tmp_path: Path) -> None:
    """A dip of the simulator falls to its middle: before it has left the limits, the limit is announced."""
    Simulator(
        tmp_path / "day",
        SimulatedSession(
            start=T0,
            seconds=7200,
            images=False,
            plants=["CCD2_TEMP_B:dip:-150@3600+7200"],
        ),
    ).write_at_once()
    first: dict[str, float] = {}
    truth = math.nan
    for rows, window, table in followed(tmp_path / "day"):
        values = rows.values[:, rows.columns.index("CCD2_TEMP_B")]
        if math.isnan(truth) and (values < -133).any():
            truth = float(rows.times[np.argmax(values < -133)])
        for column, found in forecasts(window, table, "CCD"):
            first.setdefault(column, found.at - float(rows.times[-1]))
    assert list(first) == ["CCD2_TEMP_B"]
    assert math.isfinite(truth)
    assert first["CCD2_TEMP_B"] > 0


# --- silence ----------------------------------------------------------------------------------------------------------


def noise_only(seed: int) -> FloatArray:
    return ramp(30, 0.0, 0.02, 0.0, seed)


SILENT = {
    "constant": np.zeros(1800),
    "noise": noise_only(1),
    "a single flip of the last digit": np.repeat([0.0, 0.01], 900),
    "a step in the middle": noise_only(2) + 10 * (np.arange(1800) > 900),
    "a step a minute ago": noise_only(3) + 10 * (np.arange(1800) > 1740),
    "a step four minutes ago": noise_only(3) + 10 * (np.arange(1800) > 1575),
    "a spike": noise_only(4) + 100 * (np.arange(1800) % 700 == 3),
    "a slow wave that has turned": np.cos(np.arange(1800) / 1800 * 2 * np.pi) + noise_only(5),
    "no number": np.full(1800, np.nan),
    "infinite": np.full(1800, np.inf),
    "3 minutes": ramp(3, -0.5),
}


@pytest.mark.parametrize("values", SILENT.values(), ids=SILENT.keys())
@pytest.mark.parametrize("limit", [0.2, 20.0])
def test_silence(values: FloatArray, limit: float) -> None:
    found = forecast(values, -limit, limit)
    assert found is None or found.minutes > RESPONSE_MIN


def test_noise_beside_its_limit_makes_no_pre_alarm() -> None:
    """82 parameters for 2 h with the limit at 2.5 sigma."""
    times, values = T0 + np.arange(7200.0), np.random.default_rng(0).normal(0, 0.02, (7200, 82)).round(2)
    window = TrendWindow([str(place) for place in range(82)])
    for row in range(0, 7200, 60):
        window.add(times[row : row + 60], values[row : row + 60])
        for column in window.columns:
            found = window.time_to_limit(column, -0.05, 0.05, window.newest)
            assert found is None or found.minutes > RESPONSE_MIN


DRIFT = ramp(30, -0.2)


@pytest.mark.parametrize(
    ("low", "high", "later", "told"),
    [
        (-133.0, 35.0, 0.0, True),
        (-133.0, math.inf, 0.0, True),
        (-math.inf, 35.0, 0.0, False),
        (math.nan, 35.0, 0.0, False),
        (-133.0, 35.0, 500.0, True),
        (-133.0, 35.0, 700.0, False),  # no data for longer than the longest gap
        (-133.0, 35.0, -700.0, False),  # a clock that is wrong
        (-500.0, 35.0, 0.0, False),  # 31 h ahead
        (-125.0, 35.0, 0.0, False),  # passed
    ],
)
def test_when_there_is_a_forecast(low: float, high: float, later: float, told: bool) -> None:
    found = window_of(DRIFT).time_to_limit("P0", low, high, T0 + 1800 + later)
    assert (found is not None) == told


def test_a_limit_just_reached_is_zero_minutes_away() -> None:
    slope = window_of(DRIFT).slope("P0")
    assert slope is not None
    found = window_of(DRIFT).time_to_limit("P0", slope.now + slope.noise, 35.0, T0 + 1800)
    assert found is not None
    assert (found.minutes, found.at) == (0.0, T0 + 1800)


def test_an_unknown_parameter_has_no_slope() -> None:
    assert window_of(DRIFT).slope("P7") is None
    assert TrendWindow(["P0"]).slope("P0") is None
    assert math.isnan(TrendWindow(["P0"]).newest)


# --- gaps, clocks, portions -------------------------------------------------------------------------------------------


def test_invalid_and_stale_samples_are_left_out() -> None:
    values = ramp(30, -0.2)[:, None].repeat(2, axis=1)
    verdicts = np.full(values.shape, Verdict.IN_LIMITS, np.uint8)
    values[::3, 1], verdicts[::3, 1] = -246.86, Verdict.INVALID
    values[1::9, 1], verdicts[1::9, 1] = -250, Verdict.STALE
    window = TrendWindow(["A", "B"])
    window.add(T0 + np.arange(1800.0), values, verdicts)
    alone, holed = window.slope("A"), window.slope("B")
    assert alone is not None
    assert holed is not None
    assert holed.per_minute == pytest.approx(alone.per_minute, abs=0.005)


def test_a_parameter_silent_for_long_has_no_forecast() -> None:
    values = ramp(30, -0.2)
    values[1000:] = np.nan
    assert forecast(values) is None


@pytest.mark.parametrize("jump", [3600.0, -3600.0, 86400.0, -30.0], ids=str)
def test_a_jump_of_the_clock_starts_anew(jump: float) -> None:
    window = window_of(ramp(30, -0.2))
    window.add(T0 + 1800 + jump + np.arange(600.0), np.full((600, 1), -110.0))
    slope = window.slope("P0")
    assert slope is not None
    assert (slope.now, slope.per_minute) == (-110, 0)
    assert slope.span_s < 600


@pytest.mark.parametrize("stamp", [T0 + 9e8, T0 - 9e8, math.nan], ids=["later", "earlier", "none"])
def test_a_few_wrong_stamps_do_not(stamp: float) -> None:
    times = T0 + np.arange(1800.0)
    times[[500, 900, 901, 902, 903]] = stamp
    window = TrendWindow(["P0"])
    window.add(times, DRIFT[:, None])
    slope, right = window.slope("P0"), window_of(DRIFT).slope("P0")
    assert slope is not None
    assert right is not None
    assert slope.samples == right.samples
    assert slope.per_minute == pytest.approx(right.per_minute, abs=0.001)


def test_hk_of_exposures_only_has_a_trend() -> None:
    """70 s of rows in each 300 s."""
    times = T0 + np.arange(3600.0)
    there = np.arange(3600) % 300 < 70
    window = TrendWindow(["P0"])
    window.add(times[there], ramp(60, -0.1)[there, None])
    slope = window.slope("P0")
    assert slope is not None
    assert slope.significant
    assert slope.per_minute == pytest.approx(-0.1, abs=0.005)


def new_bins(columns: int = 1) -> TrendBins:
    return TrendBins(columns, WINDOW_S, WINDOW_S / MOST_POINTS, GAP_S)


def test_a_clock_that_stands_still_fills_no_memory() -> None:
    bins = new_bins()
    for portion in range(50):  # later rows of a bin are left out: the median is that of the first ones
        bins.add(np.full(ROWS_PER_BIN, T0), np.full((ROWS_PER_BIN, 1), float(portion)), None)
    bins.add(np.array([T0 + 2 * WINDOW_S / MOST_POINTS]), np.ones((1, 1)), None)
    _times, medians = bins.points()
    assert medians.tolist() == [[0.0]]


def test_memory_does_not_grow_with_the_session() -> None:
    window = TrendWindow(["P0"])
    for hour in range(48):
        window.add(T0 + 3600 * hour + np.arange(3600.0), np.zeros((3600, 1)))
        slope = window.slope("P0")
        assert slope is not None
        assert slope.samples <= 60


def cut(count: int, places: list[int]) -> Iterator[slice]:
    edges = sorted({0, count, *(place % (count + 1) for place in places)})
    yield from (slice(first, last) for first, last in pairwise(edges))


@settings(deadline=None, max_examples=40)
@given(
    steps=st.lists(st.sampled_from([1.0, 1.0, 1.0, 20.0, 0.0, -2.0, -90.0, 700.0, math.nan]), min_size=5, max_size=80),
    places=st.lists(st.integers(0, 1000), max_size=8),
)
def test_portions_do_not_matter(steps: list[float], places: list[int]) -> None:
    times = T0 + np.cumsum(np.nan_to_num(steps)) * 5
    times[np.isnan(steps)] = math.nan
    values = np.random.default_rng(0).normal(size=(len(steps), 2))
    values[::7, 1] = math.nan
    found = []
    for portions in ([slice(None)], list(cut(len(steps), places)), [slice(row, row + 1) for row in range(len(steps))]):
        window, bins = TrendWindow(["A", "B"]), new_bins(2)
        for portion in portions:
            window.add(times[portion], values[portion])
            bins.add(times[portion], values[portion], None)
        found.append((bins.newest, bins.closed, *bins.points(), window.slope("B")))
    for other in found[1:]:
        np.testing.assert_array_equal(found[0][2], other[2])
        np.testing.assert_array_equal(found[0][3], other[3])
        assert repr((found[0][0], found[0][1], found[0][4])) == repr((other[0], other[1], other[4]))


# --- words ------------------------------------------------------------------------------------------------------------


SLOPE = Slope(-0.52, -0.56, -0.47, -120.0, T0, 60, 1770.0, 0.01, True)


@pytest.mark.parametrize(
    ("found", "unit", "text"),
    [
        (Forecast(-133, T0 + 13260, 25.2, 3.4, Verdict.LOW, SLOPE), "degC", "reaches −133 °C at 03:41 (25 ± 4 min)"),
        (Forecast(0.55, T0 + 60, 1, 0.01, Verdict.HIGH, SLOPE), "A", "reaches 0.55 A at 00:01 (1 ± 1 min)"),
        (Forecast(30, T0 + 11100, 185, 22, Verdict.HIGH, SLOPE), "", "reaches 30 at 03:05 (3.1 ± 0.4 h)"),
    ],
)
def test_text_of_a_forecast(found: Forecast, unit: str, text: str) -> None:
    assert found.text(unit) == text


def test_a_long_duration_has_an_error_of_a_tenth_of_an_hour_at_least() -> None:
    assert duration_text(240, 0.5) == "4.0 ± 0.1 h"


# --- quiet days -------------------------------------------------------------------------------------------------------


def followed(folder: Path) -> Iterator[tuple[HkRows, TrendWindow, LimitTable]]:
    """Rows of the master HK of 7.5.X in portions of 30 s, each taken by the window."""
    table = table_for("7.5.X")
    assert table is not None
    window: TrendWindow | None = None
    for rows in read_folder(folder, images=False, exposures=False):
        if not isinstance(rows, HkRows) or "_ROE1_" not in Path(rows.path).name:
            continue
        if window is None:
            window = TrendWindow(rows.columns)
            checker = Checker(table, LimitSet.SAFE, rows.columns)
        verdicts = checker.verdicts(rows.times, rows.values)
        for row in range(0, len(rows.times), 30):
            part = slice(row, row + 30)
            window.add(rows.times[part], rows.values[part], verdicts[part])
            yield (
                HkRows(rows.path, rows.columns, rows.times[part], rows.values[part], 0, 0.0),
                window,
                table,
            )


def forecasts(window: TrendWindow, table: LimitTable, prefix: str = "") -> Iterator[tuple[str, Forecast]]:
    """Pre-alarms of set S: forecasts within the response time."""
    for column in window.columns:
        limit = table.parameters[column].limit(LimitSet.SAFE) if column.startswith(prefix) else None
        if isinstance(limit, Range):
            found = window.time_to_limit(column, limit.low, limit.high, window.newest)
            if found is not None and found.minutes <= RESPONSE_MIN:
                yield column, found


def test_quiet_days_have_no_pre_alarm(tmp_path: Path) -> None:
    Simulator(
        tmp_path / "day", SimulatedSession(start=T0, seconds=int(3600 * QUIET_HOURS), images=False, seed=7)
    ).write_at_once()
    looked = 0
    for _rows, window, table in followed(tmp_path / "day"):
        looked += 1
        assert list(forecasts(window, table)) == []
    assert looked >= 100 * QUIET_HOURS
