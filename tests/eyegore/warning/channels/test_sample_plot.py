"""The last hour of samples, and the picture of it."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st
from PIL import Image

from eyegore.messages.events import HkRows
from eyegore.messages.warnings import Samples
from eyegore.warning.channels.sample_plot import HOUR_S, RecentSamples, plot, with_gaps

from .some_notice import samples


def pixels(drawn: Samples) -> np.ndarray:
    with Image.open(io.BytesIO(plot(drawn))) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def red(image: np.ndarray) -> np.ndarray:
    """Where the colour of limits is."""
    found: np.ndarray = image[:, :, 0] > image[:, :, 1:].max(axis=2) + 50
    return found


def limit_rows(image: np.ndarray) -> int:
    """How many lines of limits go across the picture."""
    rows = red(image).sum(axis=1) > image.shape[1] / 3
    return int(np.count_nonzero(np.diff(rows.astype(int), prepend=0) == 1))


@pytest.mark.parametrize("count", [0, 1, 2, 100, 3600])
def test_limits_are_drawn_whatever_the_samples(count: int) -> None:
    image = pixels(samples(count))
    assert image.shape == (400, 800, 3)
    assert limit_rows(image) == 2


def test_limit_that_is_not_there_is_not_drawn() -> None:
    assert limit_rows(pixels(replace(samples(), low=float("nan")))) == 1


def test_limits_are_dashed() -> None:
    found = red(pixels(samples()))
    row = found[np.argmax(found.sum(axis=1))]
    assert np.count_nonzero(np.diff(row.astype(int)) == 1) > 20


@pytest.mark.parametrize(
    "bad",
    [
        Samples("X", "", np.array([1.0, 2.0]), np.array([np.nan, np.nan])),
        Samples("X", "V", np.array([1.0, np.nan, 3.0]), np.array([np.inf, 2.0, np.nan])),
        Samples("$x_", "$\\frac", np.array([1.0, 2.0]), np.array([1.0, 1.0]), 1.0, 1.0),
        Samples("−120 °C 警", "°C", np.array([2.0, 1.0]), np.array([1e30, -1e30])),
    ],
)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_strange_samples_are_drawn(bad: Samples) -> None:
    assert pixels(bad).shape == (400, 800, 3)


def test_nothing_is_drawn_across_gaps() -> None:
    times, values = with_gaps(np.array([0.0, 1, 2, 3, 60, 61]), np.array([1.0, np.inf, 3, 4, 5, 6]))
    assert times.tolist() == [0, 1, 2, 3, 3, 60, 61]
    np.testing.assert_array_equal(values, [1, np.nan, 3, 4, np.nan, 5, 6])


def rows(times: list[float], columns: tuple[str, ...] = ("A", "B")) -> HkRows:
    values = np.column_stack([np.array(times) + offset for offset in range(len(columns))])
    return HkRows("hk", columns, np.array(times, dtype=float), values, 2, 0.0)


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=30), st.data())
def test_any_batching_keeps_the_last_hour(steps: list[int], data: st.DataObject) -> None:
    times = np.cumsum(steps).astype(float).tolist()
    recent, rest = RecentSamples(), times
    while rest:
        count = data.draw(st.integers(1, len(rest)))
        recent.add(rows(rest[:count]))
        rest = rest[count:]
    found, values = recent.of("B")
    assert found.tolist() == [time for time in times if time >= times[-1] - HOUR_S]
    assert values.tolist() == [time + 1 for time in found.tolist()]


def test_memory_is_bounded_row_by_row() -> None:
    recent = RecentSamples()
    for time in range(10_000):
        recent.add(rows([float(time)]))
    assert recent.of("A")[0].size == HOUR_S + 1
    assert len(recent._blocks) <= HOUR_S + 1


def test_other_columns_begin_anew_and_unknown_ones_are_empty() -> None:
    recent = RecentSamples()
    assert recent.of("A")[0].size == 0
    recent.add(rows([1.0, 2.0]))
    assert recent.of("C")[0].size == 0
    recent.add(rows([3.0], ("B", "C")))
    assert recent.of("B")[0].tolist() == [3.0]
    assert recent.of("A")[0].size == 0
