"""The phase of the camera from the temperatures of its CCDs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from eyegore.limits.model import Phase, PhaseRule
from eyegore.limits.phases import SMOOTHED, PhaseFinder

RULE = PhaseRule(("A", "B", "C"), cold_below=-100.0, warm_above=0.0, hysteresis=5.0)
WARM, DOWN, COLD, UP = Phase.WARM, Phase.COOL_DOWN, Phase.COLD, Phase.WARM_UP


def take(finder: PhaseFinder, temperatures: list[float]) -> list[Phase | None]:
    """The phase of each row, all sensors reading the same."""
    values = np.tile(np.array(temperatures, dtype=float).reshape(-1, 1), (1, 3))
    return spread(finder.find(values, np.zeros(values.shape, bool)), len(temperatures))


def spread(runs: list[tuple[int, Phase | None]], rows: int) -> list[Phase | None]:
    phases: list[Phase | None] = []
    for stop, phase in runs:
        assert stop > len(phases) or rows == 0
        phases += [phase] * (stop - len(phases))
    assert len(phases) == rows
    return phases


def ramp(start: float, stop: float, step: float = 0.5) -> list[float]:
    return np.arange(start, stop, step if stop > start else -step).tolist()


def changes(phases: list[Phase | None]) -> list[Phase | None]:
    """The phases in order, each once."""
    return [phase for at, phase in enumerate(phases) if at == 0 or phase is not phases[at - 1]]


@pytest.mark.parametrize(
    ("temperatures", "expected"),
    [
        ([20.0] * 10, [None, WARM]),
        ([-120.0] * 10, [None, COLD]),
        (ramp(20, -120), [None, WARM, DOWN, COLD]),
        (ramp(-120, 20), [None, COLD, UP, WARM]),
        (ramp(20, -120) + ramp(-120, 20), [None, WARM, DOWN, COLD, UP, WARM]),
        ([-50.0] * 50, [None]),
        (ramp(-50, -70), [None, DOWN]),
        (ramp(-70, -50), [None, UP]),
        (ramp(20, -60) + ramp(-60, -30), [None, WARM, DOWN, UP]),
        (ramp(-120, -60) + ramp(-60, -90), [None, COLD, UP, DOWN]),
        (ramp(20, -60) + ramp(-60, -57) + ramp(-57, -120), [None, WARM, DOWN, COLD]),
        ([-120.0] * 10 + ramp(-120, -97) + ramp(-97, -120), [None, COLD]),
        ([20.0] * 10 + ramp(20, -3) + ramp(-3, 20), [None, WARM]),
    ],
    ids=[
        "warm", "cold", "cooled", "warmed", "there and back", "at rest between", "falling between", "rising between",
        "cooling given up", "warming given up", "a dent", "not out of cold", "not out of warm",
    ],
)  # fmt: skip
def test_phase_follows_the_temperature(temperatures: list[float], expected: list[Phase | None]) -> None:
    assert changes(take(PhaseFinder(RULE), temperatures)) == expected


def test_a_bound_is_left_only_by_the_hysteresis() -> None:
    finder = PhaseFinder(RULE)
    phases = take(finder, [-120.0] * 10 + ramp(-120, -90))
    first_up = ([-120.0] * 10 + ramp(-120, -90))[phases.index(UP)]
    assert first_up == pytest.approx(-95.0 + 0.5 + 0.5 * (SMOOTHED // 2))


@pytest.mark.parametrize("spike", [[50.0], [50.0, 50.0], [float("nan")] * 20])
def test_one_or_two_odd_rows_change_nothing(spike: list[float]) -> None:
    assert changes(take(PhaseFinder(RULE), [-120.0] * 10 + spike + [-120.0] * 10)) == [None, COLD]


def test_one_wrong_sensor_changes_nothing() -> None:
    values = np.full((20, 3), -120.0)
    values[10:, 0] = 100.0
    runs = PhaseFinder(RULE).find(values, np.zeros(values.shape, bool))
    assert changes(spread(runs, 20)) == [None, COLD]


def test_an_invalid_reading_tells_nothing() -> None:
    values = np.full((20, 3), -246.86)
    values[:, 0] = 20.0
    invalid = np.zeros(values.shape, bool)
    invalid[:, 1:] = True
    assert changes(spread(PhaseFinder(RULE).find(values, invalid), 20)) == [None, WARM]


temperature = st.one_of(st.floats(-150, 40), st.sampled_from([float("nan"), -100.0, -95.0, 0.0, -5.0]))


@pytest.mark.slow
@given(st.lists(st.tuples(temperature, st.integers(1, 12)), max_size=12), st.data())
def test_any_batching_gives_the_same_phases_also_over_a_change_of_rule(
    legs: list[tuple[float, int]], data: st.DataObject
) -> None:
    temperatures = [value for value, count in legs for _ in range(count)]
    whole = take(PhaseFinder(RULE), temperatures)
    finder, pieces, rest = PhaseFinder(RULE), [], temperatures
    while rest:
        count = data.draw(st.integers(1, len(rest)))
        pieces += take(finder, rest[:count])
        rest = rest[count:]
        if data.draw(st.booleans()):
            before, finder = finder, PhaseFinder(RULE)
            finder.inherit(before)
    assert pieces == whole
