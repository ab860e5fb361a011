"""The samples of the last hour."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from eyegore.messages.events import HkRows
from eyegore.warning.recent_samples import KEPT_S, RecentSamples


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
    assert found.tolist() == [time for time in times if time >= times[-1] - KEPT_S]
    assert values.tolist() == [time + 1 for time in found.tolist()]


def test_memory_is_bounded_row_by_row() -> None:
    recent = RecentSamples()
    for time in range(10_000):
        recent.add(rows([float(time)]))
    assert recent.of("A")[0].size == KEPT_S + 1
    assert len(recent._blocks) <= KEPT_S + 1


def test_other_columns_begin_anew_and_unknown_ones_are_empty() -> None:
    recent = RecentSamples()
    assert recent.of("A")[0].size == 0
    recent.add(rows([1.0, 2.0]))
    assert recent.of("C")[0].size == 0
    recent.add(rows([3.0], ("B", "C")))
    assert recent.of("B")[0].tolist() == [3.0]
    assert recent.of("A")[0].size == 0
