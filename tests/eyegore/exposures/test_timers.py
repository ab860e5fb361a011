"""Exposures and images that do not come are told, and nothing else is."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pytest
from hypothesis import given, settings, strategies as st

from eyegore.alarms import deadman
from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.basics.records import same
from eyegore.exposures import timers as exposure_pace
from eyegore.exposures.timers import MOST_AWAITED, ExposurePace, ExposureTimer, ImageTimer, SessionTimers
from eyegore.limits.model import Severity
from eyegore.messages.events import Action, AlarmChanged, Exposure, ExposureRows, FlagCommand, ImageFile

from ..restarted import restarted

T0 = 1552521600.0
COLUMNS = ("ObsID", "CCD", "Vstart ", "vend", "v_tpump")


def rows(
    obsid: int, time: float, exptime: float = 10.0, test: str = "LAB01", vend: str = "2086", pump: str = "0"
) -> list[Exposure]:
    """The three rows of one ObsID."""
    return [
        Exposure(obsid, f"CCD{ccd}", test, time, exptime, COLUMNS, (str(obsid), f"CCD{ccd}", "0", vend, pump))
        for ccd in (1, 2, 3)
    ]


def session(count: int, period: float = 100.0, first: int = 17_200, exptime: float = 10.0) -> list[Exposure]:
    return [row for place in range(count) for row in rows(first + place, T0 + place * period, exptime)]


def timer_of(exposures: Iterable[Exposure], tolerance_s: float = 300.0) -> ExposureTimer:
    timer = ExposureTimer(tolerance_s=tolerance_s)
    timer.exposed(exposures)
    return timer


# --- pace -------------------------------------------------------------------------------------------------------------


def test_the_overhead_is_learned_from_starts() -> None:
    pace = ExposurePace()
    assert len(pace.add(session(10))) == 10
    assert pace.newest is not None
    assert pace.overhead(pace.newest) == 90.0
    assert pace.period(pace.newest) == 100.0


@pytest.mark.parametrize(
    ("vend", "overhead"),
    [("2086", 91.8), ("100", 71.8 * 100 / 2086 + 20), ("", 91.8), ("0", 91.8), ("4000", 91.8)],
)
def test_without_a_log_the_timing_model_holds(vend: str, overhead: float) -> None:
    pace = ExposurePace()
    (start,) = pace.add(rows(1, T0, vend=vend))
    assert pace.overhead(start) == pytest.approx(overhead)


def test_each_kind_has_its_own_pace() -> None:
    pace = ExposurePace()
    pace.add(session(5))
    time = T0 + 1000
    for place in range(5):
        pace.add(rows(17_300 + place, time + 400 * place, pump="1"))
    assert pace.newest is not None
    assert pace.overhead(pace.newest) == 390.0
    (plain,) = pace.add(rows(17_400, time + 5000))
    assert pace.overhead(plain) == 90.0


def test_pauses_gaps_and_other_tests_teach_nothing() -> None:
    pace = ExposurePace()
    pace.add(session(6))
    last = T0 + 500
    pace.add(rows(17_206, last + 9000))  # a pause
    pace.add(rows(17_210, last + 9050))  # ObsIDs missing
    pace.add(rows(17_211, last + 9900, test="PTC01"))  # another test
    (start,) = pace.add(rows(17_300, last + 20_000))
    assert pace.overhead(start) == 90.0


def test_the_wait_between_two_tests_is_no_pace() -> None:
    pace = ExposurePace()
    for place in range(20):
        pace.add(rows(place, T0 + 900 * place, test=("BIAS01", "PTC01")[place % 2]))
    assert pace.newest is not None
    assert pace.overhead(pace.newest) == pytest.approx(91.8)


def test_the_median_stands_interruptions() -> None:
    pace = ExposurePace()
    time = T0
    for place in range(20):
        pace.add(rows(place, time))
        time += 700 if place in (12, 15, 17) else 100
    assert pace.newest is not None
    assert pace.overhead(pace.newest) == 90.0


def test_rows_without_time_and_older_ones_are_no_news() -> None:
    pace = ExposurePace()
    pace.add(session(3))
    assert pace.add(rows(17_203, math.nan)) == []
    assert pace.add(session(3)) == []
    assert pace.add(rows(17_202, T0 + 201)) == []  # a CCD of the last ObsID a second later
    (start,) = pace.add(rows(17_203, T0 + 300, exptime=math.nan))
    assert start.exptime == 0.0


def test_memory_is_bounded() -> None:
    pace = ExposurePace()
    for place in range(1000):
        test = f"T{place // 2}"
        pace.add(rows(place, T0 + 100 * place, test=test))
    assert len(pace._overheads) == exposure_pace.KINDS
    pace.add([Exposure(5000, "CCD1", "X", T0 + 1e6, 1.0, COLUMNS, ())])  # cells missing
    assert pace.newest is not None
    assert pace.newest.kind[0] == "X"


# --- exposures --------------------------------------------------------------------------------------------------------


def test_silent_before_any_exposure() -> None:
    timer = ExposureTimer()
    assert timer.late(T0 + 1e9) is None
    assert math.isnan(timer.due())
    assert same(timer.condition(T0), deadman.Condition("EXPOSURES", known=False))


@pytest.mark.parametrize(
    ("exptime", "period", "tolerance", "after", "late"),
    [
        (10.0, 100.0, 300.0, 399.0, False),  # due at 100, 300 tolerated
        (10.0, 100.0, 300.0, 401.0, True),
        (10.0, 100.0, 30.0, 199.0, False),  # the period is longer
        (10.0, 100.0, 30.0, 201.0, True),
        (900.0, 990.0, 300.0, 1979.0, False),
        (900.0, 990.0, 300.0, 1981.0, True),
        (10.0, 100.0, 300.0, -5000.0, False),  # a clock that went back
    ],
)
def test_when_an_exposure_is_late(exptime: float, period: float, tolerance: float, after: float, late: bool) -> None:
    timer = timer_of(session(10, period, exptime=exptime), tolerance)
    last = T0 + 9 * period
    assert timer.due() == last + period
    assert (timer.late(last + after) is not None) == late
    assert timer.condition(last + after).active == late


def test_frame_17219_is_6_min_late() -> None:
    timer = timer_of(session(19))
    due = T0 + 19 * 100
    found = timer.condition(due + 370)
    assert (found.text, found.since, found.severity) == ("frame 17219 is 6 min late", due, Severity.WARNING)
    late = timer.late(due + 370)
    assert late is not None
    assert (late.obsid, late.due) == (17_219, due)
    assert late.minutes == pytest.approx(37 / 6)


@pytest.mark.parametrize(
    ("test", "taken", "late"),
    [
        ("BIAS02", 10, False),  # all of them
        ("BIAS02", 9, True),
        ("BIAS02", 20, False),  # taken twice
        ("PTC01", 75, True),
        ("LAB01", 10, True),  # no test of the campaign: nobody knows how many frames it has
    ],
)
def test_after_the_last_frame_of_a_test_none_is_missing(test: str, taken: int, late: bool) -> None:
    """The end of a script is no missing frame, by day or by night."""
    before = [row for place in range(3) for row in rows(17_100 + place, T0 - 5000 + 100 * place, test="PTC01")]
    exposures = [row for place in range(taken) for row in rows(17_200 + place, T0 + 100 * place, test=test)]
    timer = timer_of([*before, *exposures])
    assert timer.condition(T0 + 100 * taken + 3600).active is late


def test_a_row_that_comes_while_we_look_is_judged_by_its_arrival() -> None:
    """Whatever its stamp says: of next year, of 1980, none, an hour ago because the clock was set back."""
    timer = ExposureTimer()
    timer.exposed(session(5))
    now = T0 + 500.0
    for place, stamp in enumerate((now, now + 365 * 86_400, 315_532_800.0, math.nan, now - 3600)):
        now += 100
        (start,) = timer.exposed(rows(17_205 + place, stamp), now, now)
        assert start.at(lambda _stamp: 0.0) == pytest.approx(now, abs=101.8)
        assert not timer.condition(now + 290).active
        assert timer.condition(now + 600).active
        assert timer.exposed(rows(17_205 + place, stamp), now, now) == [], "the log was read once more"
    assert timer.exposed(rows(17_201, T0 + 100), now, now) == []
    assert len(timer.exposed(rows(17_201, now), now, now)) == 1, "ObsIDs began anew"


@pytest.mark.parametrize("stamp", [T0 + 365 * 86_400, 315_532_800.0])
def test_one_row_of_another_year_before_the_start_disarms_nothing(stamp: float) -> None:
    timer = ExposureTimer()
    timer.exposed([*session(3), *rows(17_203, stamp), *rows(17_204, T0 + 400)])
    assert timer.due() == pytest.approx(T0 + 500, abs=2)
    assert timer.condition(T0 + 900).active


def test_a_campaign_that_had_ended_before_we_looked_is_not_late() -> None:
    """Started the next morning: nothing has been awaited for long; started a minute later: something is."""
    for begin, late in ((T0 + 20 * 3600, False), (T0 + 1000, True)):
        timer = ExposureTimer(begin=begin)
        timer.exposed(session(5))
        found = timer.condition(begin + 60)
        assert found.active is late
        assert late or not found.known


def test_the_next_exposure_ends_it() -> None:
    timer = timer_of(session(19))
    now = T0 + 1900 + 400
    assert timer.condition(now).active
    timer.exposed(session(19))  # nothing new
    assert timer.condition(now).active
    timer.exposed(rows(17_219, now))
    assert not timer.condition(now + 60).active
    assert timer.condition(now + 1000).active


@settings(deadline=None, max_examples=60)
@given(
    exptimes=st.lists(st.floats(0, 600), min_size=4, max_size=30),
    overhead=st.floats(30, 390),
    jitter=st.floats(-1, 1),
    portion=st.integers(1, 7),
)
def test_a_session_that_goes_on_is_never_late(
    exptimes: list[float], overhead: float, jitter: float, portion: int
) -> None:
    """Whatever the exposure times (overheads far above the timing model's have to be learned first).

    It is late once it has stopped for long.
    """
    exposures, time = [], T0
    timer, whole = ExposureTimer(), ExposureTimer()
    for place, exptime in enumerate(exptimes):
        assert timer.late(time) is None
        timer.exposed(rows(place, time, exptime))
        exposures += rows(place, time, exptime)
        time += exptime + overhead + jitter * (place % 3)
    whole.exposed(exposures)
    assert whole.late(time) is None
    assert whole.due() == timer.due()
    late = whole.late(time + 2 * (600 + overhead + 700))
    assert late is not None
    assert late.obsid == len(exptimes)
    pieces = ExposureTimer()
    for first in range(0, len(exposures), portion):
        pieces.exposed(exposures[first : first + portion])
    assert pieces.due() == whole.due()


# --- images -----------------------------------------------------------------------------------------------------------


def image(obsid: int, ccd: int, complete: bool = True) -> ImageFile:
    return ImageFile(f"/{obsid}_{ccd}.fits", obsid, ccd, complete, 0.0)


def images_of(exposures: list[Exposure], begin: float = 0.0) -> ImageTimer:
    pace = ExposurePace()
    timer = ImageTimer(pace, begin, after_s=60.0)
    timer.expect(pace.add(exposures))
    return timer


DEADLINE = T0 + 10 + 91.8 + 60


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ([], (1, 2, 3)),
        ([image(7, 1)], (2, 3)),
        ([image(7, 1), image(7, 2, complete=False), image(7, 3)], (2,)),
        ([image(7, 2), image(7, 2, complete=False)], (1, 2, 3)),
        ([image(8, 1), image(8, 2), image(8, 3)], (1, 2, 3)),
        ([image(7, 1), image(7, 2), image(7, 3)], ()),
    ],
)
@pytest.mark.parametrize("log_first", [True, False])
def test_which_ccds_are_missing(there: list[ImageFile], missing: tuple[int, ...], log_first: bool) -> None:
    pace = ExposurePace()
    timer = ImageTimer(pace, 0.0, after_s=60.0)
    if log_first:
        timer.expect(pace.add(rows(7, T0)))
    for one in there:
        timer.arrived(one)
    if not log_first:
        timer.expect(pace.add(rows(7, T0)))
    assert timer.missing(DEADLINE) == ()
    found = timer.missing(DEADLINE + 1)
    assert [one.ccds for one in found] == ([missing] if missing else [])
    assert timer.condition(DEADLINE + 1).active == bool(missing)


def test_text_of_missing_images() -> None:
    timer = images_of(session(3))
    for obsid, ccds in ((17_200, (1, 2)), (17_201, (1,)), (17_202, (1, 2, 3))):
        for ccd in ccds:
            timer.arrived(image(obsid, ccd))
    found = timer.condition(DEADLINE + 400)
    assert found.text == "image of CCD3 of frame 17200 missing for 7 min, and images of 1 other frame"
    assert found.since == DEADLINE
    timer.arrived(image(17_200, 3))
    assert timer.condition(DEADLINE + 400).text == "images of CCD2, CCD3 of frame 17201 missing for 5 min"


def test_what_was_missing_before_the_start_is_no_news() -> None:
    timer = images_of(session(50), begin=T0 + 49 * 100)
    assert [one.obsid for one in timer.missing(T0 + 1e6)] == [17_248, 17_249]


def test_images_of_a_row_of_another_year_are_awaited_too() -> None:
    pace = ExposurePace()
    timer = ImageTimer(pace, T0, after_s=60.0)
    timer.expect(pace.add(rows(7, T0 + 365 * 86_400), T0, T0))
    assert [one.obsid for one in timer.missing(DEADLINE + 1)] == [7]


# --- as alarms --------------------------------------------------------------------------------------------------------


class Bench:
    """A board and the timers of a session that begins at ``begin``; the clocks of lab and machine are the same."""

    def __init__(self, begin: float, before: Bench | None = None) -> None:
        self.board, self.timers = AlarmBoard(), SessionTimers(begin, images=True)
        if before is not None:
            self.board.restore(restarted(before.board.memory()))
            self.timers.restore(restarted(before.timers.memory()))

    def expose(self, exposures: list[Exposure], received: float = math.nan) -> None:
        message = ExposureRows("log", COLUMNS, tuple(exposures), received)
        self.timers.exposed(message, live=not math.isnan(received), shown=received)

    def look(self, now: float) -> list[str]:
        events = self.timers.look(self.board, now, lambda one: one, lambda one: one, EntryContext(now))
        return [f"{one.alarm.parameter} {one.alarm.state.name}" for one in events if isinstance(one, AlarmChanged)]

    def acknowledge(self, name: str, now: float) -> None:
        self.board.command(FlagCommand(Action.LOWER, name, "ops"), EntryContext(now))


def test_after_a_restart_nothing_is_well_again_before_something_came() -> None:
    now = T0 + 2000
    bench = Bench(T0)
    bench.expose(session(10))
    assert bench.look(now) == ["EXPOSURES UNACK", "IMAGES UNACK"]

    again = Bench(now + 60, bench)
    assert again.look(now + 61) == [], "no log was read"
    again.expose(session(10))
    assert again.look(now + 62) == [], "both are still missing"
    for obsid in range(17_200, 17_210):
        for ccd in (1, 2, 3):
            again.timers.arrived(image(obsid, ccd))
    assert again.look(now + 63) == ["IMAGES RTN_UNACK"]
    again.expose(rows(17_210, now + 90), now + 100)
    assert again.look(now + 101) == ["EXPOSURES RTN_UNACK"]


def test_who_acknowledges_says_that_it_will_not_come() -> None:
    """Else nobody could end an alarm of a frame that never comes."""
    now = T0 + 2000
    bench = Bench(T0)
    bench.expose(session(10))
    bench.look(now)
    bench.acknowledge("EXPOSURES", now)
    bench.acknowledge("IMAGES", now)
    assert bench.look(now + 1) == ["EXPOSURES NORMAL", "IMAGES NORMAL"]
    assert bench.look(now + 9000) == []

    again = Bench(now + 60, bench)
    again.expose(session(10))
    assert again.look(now + 61) == []
    again.expose(rows(17_210, now + 90), now + 100)
    assert again.look(now + 700) == ["EXPOSURES UNACK", "IMAGES UNACK"], "the next one is awaited again"


def test_memory_of_images_is_bounded() -> None:
    timer = images_of(session(MOST_AWAITED + 50))
    for obsid in range(5000):
        timer.arrived(image(obsid, 1))
    assert len(timer.missing(T0 + 1e9)) == MOST_AWAITED
    assert len(timer._there) == 2 * MOST_AWAITED
