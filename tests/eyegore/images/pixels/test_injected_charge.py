"""Injected charge on small images."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eyegore.images.pixels.injected_charge import injected_rows, measure_injection


def made(on: int, off: int, level: float, rows: int = 260, first: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Image and prescan means; the offset drifts from row to row, as the prescan knows."""
    random = np.random.default_rng(6)
    prescan = 2300 + 40 * np.sin(np.arange(rows) / 30)
    signal = random.normal(0, 1.4, (rows, 200)) + prescan[:, None]
    signal[injected_rows(rows, on, off, first)] += level * random.normal(1, 0.08, 200)
    return np.clip(np.rint(signal), 0, 65535).astype(np.uint16), prescan


@pytest.mark.parametrize(("on", "off", "first"), [(30, 100, 0), (30, 50, 0), (2066, 0, 0), (30, 100, 17)])
def test_what_numpy_finds_in_the_injected_rows(on: int, off: int, first: int) -> None:
    image, prescan = made(on, off, 12600, first=first)
    found = measure_injection(image, prescan, on, off, 12600.0, first)
    rows = injected_rows(len(image), on, off, first)
    signal = (image - prescan[:, None])[rows]
    assert found.level == pytest.approx(np.median(signal), abs=1 / 16)
    assert found.mean == pytest.approx(signal.mean(), abs=1 / 32)
    assert found.std == pytest.approx(signal.std(), rel=1e-4)
    assert (found.on, found.off, found.expected) == (on, off, 12600.0)
    if off:
        assert found.background == pytest.approx(np.median((image - prescan[:, None])[~rows]), abs=1 / 16)
        assert found.pattern > 0.999
    else:
        assert math.isnan(found.background)
        assert math.isnan(found.pattern)


def test_a_pattern_in_other_rows_than_commanded_is_seen() -> None:
    image, prescan = made(30, 100, 12600, first=60)
    assert measure_injection(image, prescan, 30, 100, math.nan, 0).pattern < 0.3


def test_without_charge_there_is_no_pattern() -> None:
    image, prescan = made(30, 100, 0)
    found = measure_injection(image, prescan, 30, 100, math.nan, 0)
    assert found.level == pytest.approx(0, abs=0.5)
    assert abs(found.pattern) < 0.4


def test_the_extremes_of_the_converter() -> None:
    image = np.array([[0, 65535], [65535, 0]], np.uint16)
    found = measure_injection(image, np.zeros(2), 1, 0, math.nan, 0)
    assert (found.mean, found.std) == (32767.5, 32767.5)


def test_no_rows_have_no_charge() -> None:
    found = measure_injection(np.zeros((0, 10), np.uint16), np.zeros(0), 30, 100, math.nan, 0)
    assert math.isnan(found.level)
    assert math.isnan(found.pattern)


def test_which_rows_are_injected() -> None:
    assert np.flatnonzero(injected_rows(8, 2, 2)).tolist() == [0, 1, 4, 5]
    assert np.flatnonzero(injected_rows(4, 2, 2, 3)).tolist() == [1, 2]
    assert not injected_rows(5, 0, 0).any()
