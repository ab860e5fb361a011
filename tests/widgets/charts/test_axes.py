"""What the curves of a history are drawn against."""

from __future__ import annotations

import pytest

from eyegore.widgets.charts.axes import CLOCK, OBSIDS, whole_ticks


@pytest.mark.parametrize(
    ("first", "last", "most", "wanted"),
    [
        (20100.0, 20104.0, 9, [20100, 20101, 20102, 20103, 20104]),
        (20100.4, 20103.6, 9, [20101, 20102, 20103]),
        (0.0, 8.0, 5, [0, 2, 4, 6, 8]),
        (20101.0, 20160.0, 6, [20110, 20120, 20130, 20140, 20150, 20160]),
        (20000.0, 23000.0, 7, [20000, 20500, 21000, 21500, 22000, 22500, 23000]),
        (-3.0, 2.0, 3, [-2, 0, 2]),
    ],
)
def test_ticks_of_obsids_are_whole_and_round(first: float, last: float, most: int, wanted: list[int]) -> None:
    assert whole_ticks(first, last, most) == wanted


def test_places_in_words() -> None:
    assert OBSIDS.words(20102.9) == "ObsID 20103"
    assert OBSIDS.tick_text(20103.0, 5.0) == "20103"
    assert CLOCK.words(953_000_000.0) == "14/Mar 02:13:20"
    assert [CLOCK.tick_text(953_000_000.0, span) for span in (599.0, 600.0)] == ["14/Mar 02:13:20", "14/Mar 02:13"]


def test_windows_know_the_least_and_the_most_of_their_axis() -> None:
    window = OBSIDS.window()
    assert window.limits(7.0, 7.0) == (2.0, 7.0)
    window.zoom(100.0, 7.0, 5.0, 7.0)
    first, last = window.limits(5.0, 7.0)
    assert last - first == 30.0
    window.show(6.0, 6.0, 5.0, 7.0)
    first, last = window.limits(5.0, 7.0)
    assert last - first == 5.0
