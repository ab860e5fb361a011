"""Exposure log and images of a session; which exposure was being acquired, and what was commanded."""

from __future__ import annotations

import logging
import math

import numpy as np

from eyegore.exposures.books import ExposureBook, ExposureIndex, ImageBook
from eyegore.messages.events import Exposure, ExposureRows, ExposuresAccepted, ImageFile, ImagesReady, Said

COLUMNS = ("ObsID", "CCD", "test")


def rows(*keys: tuple[int, int], test: str = "BIAS01", time: float = 5.0) -> ExposureRows:
    exposures = tuple(
        Exposure(obsid, f"CCD{ccd}", test, time, 0.0, COLUMNS, (str(obsid), f"CCD{ccd}", test)) for obsid, ccd in keys
    )
    return ExposureRows("EXP_LOG_210280.txt", COLUMNS, exposures, 0.0)


def image(obsid: int, ccd: int, complete: bool = True, problem: str = "") -> ImageFile:
    return ImageFile(f"/d/{obsid}_{ccd}.fits", obsid, ccd, complete, float(obsid), problem)


def test_logs_are_merged_by_obsid_and_ccd() -> None:
    book = ExposureBook()
    book.add(rows((2, 1), (2, 2), (2, 3)), 0.0)
    book.add(rows((1, 1), (1, 2), test="PTC01"), 0.0)
    assert (book.obsids, book.rows, book.first, book.last) == (2, 5, 1, 2)
    assert (book.tests(), book.incomplete(), book.newest_time) == ({"PTC01": 1, "BIAS01": 1}, [1], 5.0)


def test_a_row_read_twice_is_told_once_and_a_changed_one_is_said() -> None:
    book = ExposureBook()
    first, *_ = book.add(rows((1, 1)), 0.0)
    assert isinstance(first, ExposuresAccepted)
    assert book.add(rows((1, 1), time=math.nan), 0.0) == []
    accepted, said = book.add(rows((1, 1), test="OTHER"), 0.0)
    assert isinstance(accepted, ExposuresAccepted)
    assert isinstance(said, Said)
    assert said.level == logging.WARNING
    assert book.tests() == {"OTHER": 1}


def test_an_empty_log() -> None:
    book = ExposureBook()
    assert (book.obsids, book.first, book.last, book.incomplete(), book.tests()) == (0, None, None, [], {})


def test_images_are_announced_when_all_ccds_are_complete() -> None:
    book = ImageBook()
    assert book.add(image(7, 1)) == []
    assert book.add(image(7, 2, complete=False, problem="data cut")) == []
    assert book.add(image(7, 3)) == []
    assert book.problems == {"/d/7_2.fits": "data cut"}
    assert book.add(image(7, 2)) == [ImagesReady(7, {1: "/d/7_1.fits", 2: "/d/7_2.fits", 3: "/d/7_3.fits"})]
    assert book.add(image(7, 2)) == []
    assert (book.files, book.complete, book.latest, book.problems, book.newest_modified) == (3, 3, 7, {}, 7.0)
    book.add(image(7, 3, complete=False))
    assert book.complete == 2


def test_a_missing_ccd_does_not_hide_the_exposure_for_ever() -> None:
    book = ImageBook()
    book.add(image(7, 1))
    assert book.add(image(8, 1)) == [ImagesReady(7, {1: "/d/7_1.fits"})]
    assert book.latest == 7


def test_an_image_that_vanishes_is_no_longer_offered() -> None:
    book = ImageBook()
    book.add(image(7, 1))
    book.add(image(7, 1, complete=False, problem="vanished"))
    assert (book.files, book.complete) == (1, 0)


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


def test_an_image_that_is_packed_stays_when_the_unpacked_one_is_taken_away() -> None:
    book = ImageBook()
    for name in ("one.fits", "one.fits.fz"):
        book.add(ImageFile(name, 20103, 1, True, 0.0))
    book.add(ImageFile("one.fits", 20103, 1, False, 0.0, "the file is gone"))
    (ready,) = book.add(ImageFile("next.fits", 20104, 1, True, 0.0))
    assert isinstance(ready, ImagesReady)
    assert ready.paths == {1: "one.fits.fz"}
