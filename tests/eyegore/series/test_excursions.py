"""Runs out of limits do not depend on how the rows were batched."""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, strategies as st

from eyegore.limits.model import Verdict
from eyegore.series.excursions import ExcursionFinder, Run

G, L, H, N, U = Verdict.IN_LIMITS, Verdict.LOW, Verdict.HIGH, Verdict.INVALID, Verdict.UNEXPECTED


def find(codes: npt.ArrayLike, values: npt.ArrayLike, cuts: tuple[int, ...] = ()) -> list[Run]:
    verdicts = np.array(codes, dtype=np.uint8).reshape(-1, 1)
    samples = np.array(values, dtype=float).reshape(-1, 1)
    times = np.arange(len(samples), dtype=float)
    finder = ExcursionFinder()
    edges = [0, *sorted(cuts), len(samples)]
    runs: list[Run] = []
    for start, stop in itertools.pairwise(edges):
        runs += finder.find(["X"], times[start:stop], samples[start:stop], verdicts[start:stop], {"X": 12192.0})
    return runs + finder.open_runs


@pytest.mark.parametrize(
    ("codes", "values", "runs"),
    [
        ([G, G], [1, 1], []),
        ([G, L, L, G], [1, -3, -5, 1], [Run("X", L, 1, 2, 2, -5)]),
        ([H], [9], [Run("X", H, 0, 0, 1, 9)]),
        ([L, H], [-1, 9], [Run("X", L, 0, 0, 1, -1), Run("X", H, 1, 1, 1, 9)]),
        ([U, U], [12191, 0], [Run("X", U, 0, 1, 2, 0)]),
        ([L, G, L], [-1, 0, -2], [Run("X", L, 0, 0, 1, -1), Run("X", L, 2, 2, 1, -2)]),
    ],
)
def test_runs(codes: list[Verdict], values: list[float], runs: list[Run]) -> None:
    assert find(codes, values) == runs


def test_samples_that_cannot_be_judged_are_a_run_of_their_own() -> None:
    low, invalid = find([L, N, N], [-1, math.nan, math.nan])
    assert (low.samples, invalid.verdict, invalid.samples) == (1, N, 2)
    assert math.isnan(invalid.worst)


@given(
    st.lists(st.tuples(st.sampled_from([G, L, H, U]), st.integers(-9, 9)), min_size=1, max_size=30),
    st.lists(st.integers(0, 30), max_size=4),
)
def test_any_batching_gives_the_same_runs(samples: list[tuple[Verdict, int]], cuts: list[int]) -> None:
    codes, values = zip(*samples, strict=True)
    inside = tuple(cut for cut in cuts if cut <= len(samples))
    assert find(codes, values, inside) == find(codes, values)
