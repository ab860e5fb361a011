from __future__ import annotations

import pytest

from eyegore.desktop.images import result_book
from eyegore.desktop.images.result_book import ResultBook
from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.images import ImageCheck, ImageResult, QuadrantStatistics, SectionStatistics


def result(obsid: int, ccd: int = 1) -> ImageResult:
    section = SectionStatistics(10, 2200.0, 1.4)
    quadrant = QuadrantStatistics("E", section, section, section, 0, 0, 10, 0)
    check = ImageCheck("std_pre", "E", 1.4, 0.86, 1.44, ImageVerdict.PASS, "ADU")
    return ImageResult("/d/x.fits", obsid, ccd, ImageVerdict.PASS, quadrants={"E": quadrant}, checks=(check,))


def test_a_result_comes_back_as_it_was() -> None:
    book = ResultBook()
    book.put(result(7))
    assert repr(book.get(7, 1)) == repr(result(7))
    assert book.get(7, 2) is None


def test_of_too_many_the_oldest_obsids_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_book, "MOST_RESULTS", 2)
    book = ResultBook()
    for obsid in (9, 5, 7):
        book.put(result(obsid))
    assert [book.get(obsid, 1) is not None for obsid in (5, 7, 9)] == [False, True, True]
