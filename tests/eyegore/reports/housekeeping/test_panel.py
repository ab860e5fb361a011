"""The curve of a parameter, its limits, and what of them is in the picture."""

from __future__ import annotations

import numpy as np
import pytest

from eyegore.elvis.dialect import DIALECTS
from eyegore.exposures.books import ExposureIndex
from eyegore.limits.model import LimitSet, LimitTable, Parameter, Phase, Range, Verdict
from eyegore.limits.table import table_for
from eyegore.messages.events import HkAccepted, HkRows, LayoutChanged
from eyegore.reports.housekeeping.panel import LimitLine, joined, limit_lines, value_range
from eyegore.reports.housekeeping.samples import HkSamples, Samples


def samples(values: np.ndarray, codes: np.ndarray | None = None) -> Samples:
    codes = np.full(values.size, Verdict.IN_LIMITS, np.uint8) if codes is None else codes
    return Samples(np.arange(values.size, dtype=float), values, codes)


def test_no_spike_is_lost_however_few_points_are_drawn() -> None:
    values = np.sin(np.arange(86_400.0) / 9000)
    codes = np.full(values.size, Verdict.IN_LIMITS, np.uint8)
    values[12_345], values[70_000] = 9.0, -9.0
    codes[[12_345, 70_000]] = Verdict.HIGH, Verdict.LOW
    values[40_000], codes[40_000] = np.nan, Verdict.INVALID
    found = samples(values, codes).envelope(500)
    assert found.times.size <= 502
    assert (found.high.max(), found.low.min()) == (9.0, -9.0)
    assert found.times[found.out] == pytest.approx([12_345, 70_000], abs=180)
    assert found.invalid == pytest.approx([40_000], abs=180)


def test_a_gap_breaks_the_curve() -> None:
    times = np.concatenate((np.arange(100.0), np.arange(300.0, 400.0)))
    one = Samples(times, np.ones(200), np.full(200, Verdict.IN_LIMITS, np.uint8))
    assert one.envelope(500).times[one.envelope(500).breaks].tolist() == [0.0, 300.0]


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [(9.0, 12.0, (9.0, 12.0)), (-100.0, 12.0, (9.9, 12.0)), (-100.0, 200.0, (9.9, 11.0))],
)
def test_limits_are_in_the_picture_as_far_as_the_curve_can_still_be_seen(
    low: float, high: float, shown: tuple[float, float]
) -> None:
    found = samples(np.linspace(9.9, 11.0, 50)).envelope(500)
    line = LimitLine(LimitSet.SAFE, found.times, np.full(50, low), np.full(50, high), "")
    bottom, top = value_range(found, [line])
    margin = 0.06 * (shown[1] - shown[0])
    assert (bottom, top) == pytest.approx((shown[0] - margin, shown[1] + margin))


def test_a_constant_is_drawn_in_the_middle() -> None:
    bottom, top = value_range(samples(np.full(9, 5.0)).envelope(9), [])
    assert bottom < 5.0 < top


def test_limits_are_those_of_the_phase() -> None:
    cold = Parameter("T", "degC", "", safe=Range(-130.0, -110.0))
    parameter = Parameter("T", "degC", "", safe=Range(-140.0, 40.0), phases={Phase.COLD: cold})
    table = LimitTable("7.5.X", "", "", {"T": parameter})
    found = HkSamples()
    for start, phase in ((0.0, Phase.WARM), (10.0, Phase.COLD)):
        found.take(LayoutChanged("7.5.X", ("T",), (), table=table, phase=phase))
        rows = HkRows("HK_14-03-19_ROE1_01.txt", ("T",), np.arange(start, start + 10), np.zeros((10, 1)), 1, 0.0)
        found.take(HkAccepted(rows, np.full((10, 1), Verdict.IN_LIMITS, np.uint8)))
    (line,) = limit_lines("T", found, found.all_of("T").times, LimitSet.SAFE, ExposureIndex())
    assert line.low.tolist() == [-140.0] * 10 + [-130.0] * 10
    assert line.text == "S -140 to 40, -130 to -110"
    assert limit_lines("U", found, np.arange(3.0), LimitSet.SAFE, ExposureIndex()) == ()


@pytest.mark.parametrize("limit_set", LimitSet)
def test_every_limit_that_comes_with_eyegore_can_be_drawn(limit_set: LimitSet) -> None:
    tables = [table for version in DIALECTS if (table := table_for(version)) is not None]
    assert tables
    for table in tables:
        found = HkSamples()
        names = tuple(table.parameters)
        found.take(LayoutChanged(table.elvis, names, (), table=table))
        rows = HkRows("HK_14-03-19_ROE1_01.txt", names, np.arange(5.0), np.zeros((5, len(names))), 1, 0.0)
        found.take(HkAccepted(rows, np.zeros((5, len(names)), np.uint8)))
        for name, parameter in table.parameters.items():
            lines = limit_lines(name, found, np.arange(5.0), limit_set, ExposureIndex())
            known = [one for one in limit_set.parts if parameter.limit(one) and not parameter.out_of_service]
            assert [line.limit_set for line in lines] == known


def test_times_close_together_are_one_stretch() -> None:
    assert joined(np.array([1.0, 2.0, 3.0, 50.0]), 2.0) == [(1.0, 3.0), (49.0, 51.0)]
    assert joined(np.empty(0), 2.0) == []
