"""What the monitor tells of the exposures as their housekeeping comes, before and after a restart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from eyegore.housekeeping.housekeeping import Rules
from eyegore.limits.model import LimitTable, Parameter, Range
from eyegore.messages.events import CaughtUp, Event, Exposure, ExposureHk, ExposureRows, FeedMessage, HkHeader, HkRows
from eyegore.session.monitor import Monitor, Tick

COLUMNS = ("CCD1_TEMP", "SPARE")
TABLE = LimitTable("7.5.X", "test.toml", "", {"CCD1_TEMP": Parameter("CCD1_TEMP", "degC", "", Range(-133, 35))})
NOW = 1_000_000.0
LOG = ("toi_fl", "toi_ro", "chinj", "v_tpump", "s_tpump", "vstart", "vend")
CELLS = ("0", "1000", "0", "0", "0", "0", "2086")


def monitor() -> Monitor:
    one = Monitor(Rules(lambda elvis: TABLE if elvis == "7.5.X" else None), "/data/21_Feb_80")
    one.take(HkHeader("hk", "7.5.X", COLUMNS), NOW)
    return one


def rows(first: float, values: Iterable[float], preview: bool = False) -> HkRows:
    readings = np.array([(value, 1.0) for value in values])
    times = NOW + first + np.arange(len(readings), dtype=float)
    return HkRows("hk", COLUMNS, times, readings, 2, float(times[-1]), preview=preview)


def exposures(*starts: float) -> ExposureRows:
    """One CCD of exposures of no time, which end 71.8 s after their start."""
    found = tuple(
        Exposure(obsid, "CCD1", "BIAS01", NOW + start, 0.0, LOG, CELLS) for obsid, start in enumerate(starts, start=1)
    )
    return ExposureRows("log", LOG, found, NOW)


def told(events: Sequence[Event]) -> list[tuple[int, str]]:
    return [(one.obsid, one.verdict.value) for one in events if isinstance(one, ExposureHk)]


def test_an_exposure_from_its_row_in_the_log_to_its_verdict() -> None:
    one = monitor()
    assert told(one.take(exposures(10), NOW + 10)) == [(1, "unknown")]
    assert told(one.take(rows(5, [-120.0] * 20), NOW + 25)) == []
    assert told(one.take(rows(25, [-140.0, -120.0]), NOW + 27)) == [(1, "compromised")]
    assert told(one.take(rows(27, [-120.0] * 50), NOW + 77)) == []
    (final,) = (event for event in one.take(rows(77, [-120.0] * 20), NOW + 97) if isinstance(event, ExposureHk))
    assert final.final
    assert final.verdict.value == "compromised"
    assert told(one.take(Tick(), NOW + 98)) == []


def test_a_preview_says_nothing_of_an_exposure() -> None:
    one = monitor()
    one.take(exposures(10), NOW)
    assert told(one.take(rows(0, [-140.0] * 200, preview=True), NOW)) == []


def test_silence_is_no_hk_once_the_folder_has_been_read() -> None:
    one = monitor()
    one.take(exposures(10), NOW)
    one.take(rows(5, [-120.0] * 20), NOW + 25)
    assert told(one.take(Tick(), NOW + 100)) == []
    one = monitor()
    one.take(CaughtUp("/data/21_Feb_80"), NOW)
    one.take(exposures(10), NOW)
    one.take(rows(5, [-120.0] * 20), NOW + 25)
    assert told(one.take(Tick(), NOW + 80)) == []
    assert told(one.take(Tick(), NOW + 90)) == [(1, "no HK")]
    assert told(one.take(Tick(), NOW + 91)) == []
    assert told(one.take(rows(91, [-120.0]), NOW + 91)) == [(1, "no HK")]  # and for good: 67 s are lost
    assert told(one.take(rows(92, [-120.0]), NOW + 92)) == []


def test_after_a_restart_the_same_is_found_again() -> None:
    feed: list[FeedMessage] = [
        exposures(10, 100, 200),
        rows(0, [-120.0] * 150),
        rows(150, [-140.0] * 3 + [-120.0] * 200),
    ]
    before = monitor()
    for message in feed:
        before.take(message, NOW + 400)
    after = monitor()
    after.restore(before.memory())
    for message in feed:
        after.take(message, NOW + 500)
    assert after.hk.exposures.states == before.hk.exposures.states
    assert [one.verdict.value for one in after.hk.exposures.states] == ["clean", "compromised", "clean"]


def test_a_file_that_is_read_again_is_not_judged_twice() -> None:
    one = monitor()
    one.take(exposures(10), NOW)
    one.take(rows(0, [-120.0] * 20 + [-140.0] * 5 + [-120.0] * 100), NOW + 200)
    before = one.hk.exposures.states
    one.take(HkHeader("hk", "7.5.X", COLUMNS), NOW + 201)
    events = one.take(rows(0, [-120.0] * 20 + [-140.0] * 5 + [-120.0] * 100), NOW + 201)
    assert told(events) == []
    assert one.hk.exposures.states == before
