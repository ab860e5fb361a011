"""Which exposure was being acquired, and what was commanded."""

from __future__ import annotations

import math

import numpy as np

from eyegore.exposures.index import ExposureIndex
from eyegore.messages.events import Exposure


def exposure(obsid: int, time: float, drain: str = "26.0") -> Exposure:
    return Exposure(obsid, "CCD1", "BIAS01", time, 0.0, ("ObsID", "OD_1_T"), (str(obsid), drain))


def test_an_exposure_lasts_until_the_next_starts() -> None:
    index = ExposureIndex()
    index.add([exposure(2, 200.0), exposure(1, 100.0), exposure(2, 150.0)])
    at = [found.obsid if (found := index.at(time)) else None for time in (99.9, 100.0, 199.9, 200.0, 1e9)]
    assert at == [None, 1, 1, 2, 2]


def test_commanded_values_follow_the_exposures() -> None:
    index = ExposureIndex()
    index.add([exposure(1, 100.0, "26.0"), exposure(2, 200.0, "off")])
    values = index.commanded("OD_1_T", np.array([50.0, 100.0, 199.0, 200.0]))
    np.testing.assert_array_equal(values, [math.nan, 26.0, 26.0, math.nan])
    index.add([exposure(3, 300.0, "27.5")])
    np.testing.assert_array_equal(index.commanded("OD_1_T", np.array([300.0])), [27.5])
    assert np.isnan(index.commanded("NO_SUCH", np.array([300.0]))).all()


def test_an_exposure_without_time_is_not_placed() -> None:
    index = ExposureIndex()
    index.add([exposure(1, math.nan)])
    assert index.at(1e9) is None
    assert np.isnan(index.commanded("OD_1_T", np.array([1.0]))).all()


def test_a_changed_command_must_settle() -> None:
    index = ExposureIndex()
    index.add([exposure(1, 100.0), exposure(2, 200.0), exposure(3, 300.0, "27.5"), exposure(4, 400.0, "off")])
    times = np.array([100.0, 201.0, 300.0, 304.9, 305.0, 401.0])
    np.testing.assert_array_equal(index.settled("OD_1_T", times, 5.0), [26.0, 26.0, math.nan, math.nan, 27.5, math.nan])
    np.testing.assert_array_equal(index.settled("OD_1_T", times[2:5], 0.0), [27.5] * 3)
    assert np.isnan(index.settled("NO_SUCH", times, 5.0)).all()
