"""Offset, noise and fluence of images as curves against time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eyegore.images import trends as frame_trends
from eyegore.images.trends import NAMES, ImageTrends
from eyegore.limits.frame_model import ImageVerdict
from eyegore.limits.model import Verdict
from eyegore.messages.events import Exposure
from eyegore.messages.images import ImageCheck, ImageJudged, ImageResult, QuadrantStatistics, SectionStatistics


def quadrant(letter: str, offset: float, noise: float, fluence: float) -> QuadrantStatistics:
    section = SectionStatistics(100, offset, noise, offset, noise)
    return QuadrantStatistics(letter, section, section, section, 0, 0, 100, 0, fluence)


def judged(
    obsid: int, ccd: int = 1, test: str = "BIAS01", noise: float = 1.2, fluence: float = math.nan, high: float = 1.44
) -> ImageJudged:
    verdict = ImageVerdict.PASS if noise <= high else ImageVerdict.FAIL
    checks = (ImageCheck("std_pre", "E", noise, 0.86, high, verdict, "ADU"),)
    quadrants = {"E": quadrant("E", 2900.0 + obsid, noise, fluence)}
    result = ImageResult("", obsid, ccd, verdict, test, quadrants=quadrants, checks=checks)
    return ImageJudged(result, False, 1000.0 + obsid)


def rows(*obsids: int) -> list[Exposure]:
    return [Exposure(obsid, f"CCD{ccd}", "", 80.0 * obsid, 0.0, (), ()) for obsid in obsids for ccd in (1, 2, 3)]


def points(trends: ImageTrends, name: str, test: str = "") -> list[tuple[float, float]]:
    history = trends.history(test)
    found = history.envelope(name, *history.span, bins=500)
    assert found.breaks.all()  # points: nothing joins them
    return list(zip(found.times.tolist(), found.low.tolist(), strict=True))


def test_images_come_in_any_order_and_lie_at_the_time_of_their_exposure() -> None:
    trends = ImageTrends()
    trends.add(rows(1, 2, 3))
    for obsid in (3, 1, 2):
        trends.take(judged(obsid))
    assert points(trends, "CCD1 E offset_pre") == [(80.0, 2901.0), (160.0, 2902.0), (240.0, 2903.0)]
    assert points(trends, "CCD2 E offset_pre") == points(trends, "CCD1 E fluence") == []


def test_without_a_row_of_the_log_the_time_of_the_file_counts_until_it_comes() -> None:
    trends = ImageTrends(lambda now: 3600.0)
    trends.take(judged(7))
    assert points(trends, "CCD1 E std_pre") == [(4607.0, pytest.approx(1.2))]
    trends.add(rows(7))
    assert points(trends, "CCD1 E std_pre")[0][0] == 560.0


def test_the_three_images_of_an_obsid_share_a_row_and_one_judged_again_replaces_itself() -> None:
    trends = ImageTrends()
    trends.add(rows(1))
    for ccd in (1, 2, 3):
        trends.take(judged(1, ccd))
    trends.take(judged(1, 2, noise=9.0))
    history = trends.history()
    assert history.rows == 1
    sample = history.latest("CCD2 E std_pre")
    assert sample is not None
    assert (sample.value, sample.verdict) == (9.0, Verdict.HIGH)
    assert history.envelope("CCD2 E std_pre", 0.0, 100.0, 10).out.tolist() == [True]
    window = history.window("CCD1 F offset_pre", 0.0, 100.0)
    assert np.isnan(window.values).all()
    assert window.times.tolist() == [80.0]


def test_one_test_is_chosen_and_limits_are_those_all_its_images_share() -> None:
    trends = ImageTrends()
    trends.add(rows(1, 2, 3))
    trends.take(judged(1))
    trends.take(judged(2, test="PTC01", fluence=500.0, high=1.6))
    trends.take(judged(3, test="PTC01", fluence=9000.0, high=1.6))
    assert trends.tests == ["BIAS01", "PTC01"]
    assert [value for _, value in points(trends, "CCD1 E fluence", "PTC01")] == [500.0, 9000.0]
    assert trends.limits("CCD1 E std_pre", "PTC01") == pytest.approx((0.86, 1.6))
    low, high = trends.limits("CCD1 E std_pre")
    assert low == pytest.approx(0.86)
    assert high == math.inf
    assert trends.limits("CCD1 E fluence") == (-math.inf, math.inf)
    trends.take(judged(1, test="PTC01"))
    assert trends.tests == ["PTC01"]


def test_nearest_and_an_empty_session() -> None:
    trends = ImageTrends()
    assert math.isnan(trends.history().span[0])
    assert trends.history().latest(NAMES[0]) is None
    trends.add(rows(1, 2))
    for obsid in (1, 2):
        trends.take(judged(obsid))
    near = trends.history().nearest("CCD1 E offset_pre", 130.0)
    assert near is not None
    assert near.time == 160.0


def test_only_the_newest_images_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_trends, "MOST_IMAGES", 3)
    trends = ImageTrends()
    trends.add(rows(*range(10)))
    for obsid in (5, 1, 2, 3, 4):
        trends.take(judged(obsid))
    assert [time for time, _ in points(trends, "CCD1 E std_pre")] == [240.0, 320.0, 400.0]


def test_many_points_are_drawn_in_bins_that_keep_extremes() -> None:
    trends = ImageTrends()
    trends.add(rows(*range(1, 301)))
    for obsid in range(1, 301):
        trends.take(judged(obsid, noise=7.0 if obsid == 150 else 1.2))
    history = trends.history()
    found = history.envelope("CCD1 E std_pre", *history.span, bins=50)
    assert found.times.size <= 52
    assert found.high.max() == 7.0


def test_the_same_images_against_their_obsids() -> None:
    trends = ImageTrends()
    trends.add(rows(11, 13))
    trends.add([Exposure(12, "CCD1", "", 9999.0, 0.0, (), ())])  # a clock that was wrong
    for obsid in (13, 12, 11):
        trends.take(judged(obsid, noise=9.0 if obsid == 12 else 1.2))
    history = trends.history().by_obsid()
    assert history.span == (11.0, 13.0)
    assert history.window("CCD1 E offset_pre", 12.0, 20.0).times.tolist() == [12.0, 13.0]
    assert history.times.tolist() == [880.0, 9999.0, 1040.0]
    newest, near = history.latest("CCD1 E offset_pre"), history.nearest("CCD1 E offset_pre", 11.6)
    assert newest is not None
    assert near is not None
    assert (newest.value, near.time, near.value) == (2913.0, 12.0, 2912.0)
    found = history.envelope("CCD1 E std_pre", 11.0, 13.0, 500)
    assert found.out.tolist() == [False, True, False]
    assert found.breaks.all()
    assert history.nearest_place(500.0) == 13.0
    assert math.isnan(ImageTrends().history().by_obsid().nearest_place(1.0))
