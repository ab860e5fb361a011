"""Exposures against their housekeeping: every case by hand, and all of them against a plain loop over the rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from eyegore.exposures.hk_book import ExposureHkBook
from eyegore.exposures.row_covers import RowKind
from eyegore.limits.model import Expected, LimitSet, LimitTable, Parameter, Range, Severity, Verdict
from eyegore.messages.events import Exposure
from eyegore.messages.exposures import ExposureHk, HkVerdict, ccd_of

GAP_S = 60.0
CLEAN, UNKNOWN, NO_HK, COMPROMISED = HkVerdict.CLEAN, HkVerdict.UNKNOWN, HkVerdict.NO_HK, HkVerdict.COMPROMISED
TABLE = LimitTable("7.5.X", "here", "", {
    "CCD2_TEMP": Parameter("CCD2_TEMP", "degC", "", Range(-133, 35), severity_low=Severity.CRITICAL),
    "SUPPLY": Parameter("SUPPLY", "V", "", Range(0, 10), Range(4, 6), severity_high=Severity.WARNING),
    "FLAG": Parameter("FLAG", "register", "", Expected(12192)),
})  # fmt: skip
KIND = RowKind("master", "7.5.X", ("CCD2_TEMP", "SUPPLY", "FREE"), TABLE, LimitSet.SAFE, None, True, True)
READ_S = 2086 * (4e-3 + 2128 * 14.3e-6)
COLUMNS = ("toi_fl", "toi_ro", "chinj", "v_tpump", "s_tpump", "vstart", "vend")
CELLS = ("0", "1000", "0", "0", "0", "0", "2086")


def exposure(obsid: int, start: float, end: float = math.nan, ccd: str = "CCD1") -> Exposure:
    """One row of the log of an exposure from ``start`` to ``end`` of its read-out, without a flush."""
    return Exposure(obsid, ccd, "BIAS01", start, end - start - READ_S, COLUMNS, CELLS)


def take(
    book: ExposureHkBook,
    times: Sequence[float],
    temperature: Sequence[float] | float = -120.0,
    supply: Sequence[float] | float = 5.0,
    kind: RowKind = KIND,
) -> list[ExposureHk]:
    """Rows with these readings, judged as the checks do."""
    stamps = np.array(times, float)
    columns = [np.broadcast_to(np.array(one, float), stamps.shape) for one in (temperature, supply, 7.0)]
    values = np.stack(columns, axis=1)
    codes = np.full(values.shape, Verdict.UNCHECKED, np.uint8)
    for column, (low, high) in enumerate(((-133, 35), (0, 10))):
        reading = values[:, column]
        codes[:, column] = np.where(reading < low, Verdict.LOW, np.where(reading > high, Verdict.HIGH, 3))
        codes[~np.isfinite(reading), column] = Verdict.INVALID
    return book.add_hk(kind, stamps, values, codes)


def judged(book: ExposureHkBook) -> dict[int, HkVerdict]:
    return {one.obsid: one.verdict for one in book.states}


def seconds(first: int, last: int) -> range:
    return range(first, last + 1)


def test_an_exposure_is_never_clean_by_default() -> None:
    book = ExposureHkBook(GAP_S)
    (told,) = book.add([exposure(1, 100, 200)])
    assert told.verdict is UNKNOWN
    take(book, seconds(90, 199))
    assert judged(book) == {1: UNKNOWN}
    assert "not been read" in book.states[0].reasons[0].text
    told = take(book, [200, 201])[-1]
    assert told.verdict is CLEAN
    assert told.final
    assert not told.reasons


@pytest.mark.parametrize(
    ("bad", "verdict"),
    [
        ((150, 150), COMPROMISED),
        ((90, 99), CLEAN),  # good again in the row of the start
        ((90, 100), COMPROMISED),  # exactly at the start
        ((100, 100), COMPROMISED),
        ((200, 200), COMPROMISED),  # exactly at the end
        ((201, 230), CLEAN),  # good still in the row of the end
        ((202, 230), CLEAN),
        ((90, 230), COMPROMISED),
    ],
)
def test_an_excursion_touches_what_was_taken_meanwhile(bad: tuple[int, int], verdict: HkVerdict) -> None:
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, 100, 200)])
    take(book, seconds(80, 240), supply=[12.0 if bad[0] <= time <= bad[1] else 5.0 for time in seconds(80, 240)])
    assert judged(book) == {1: verdict}


@pytest.mark.parametrize(
    ("start", "end", "verdict"),
    [
        (60, 150.5, COMPROMISED),  # bad in the row after the end, good in the one before it: nobody knows since when
        (60, 149.9, CLEAN),
        (60, 150, CLEAN),
        (160.5, 250, COMPROMISED),  # the same at the start
        (161, 250, CLEAN),
    ],
)
def test_a_value_changed_somewhere_between_two_rows(start: float, end: float, verdict: HkVerdict) -> None:
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, start, end)])
    take(book, seconds(40, 260), supply=[12.0 if 151 <= time <= 160 else 5.0 for time in seconds(40, 260)])
    assert judged(book) == {1: verdict}


def test_the_reason_tells_what_happened_within_the_exposure() -> None:
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, 100, 200), exposure(2, 220, 320)])
    readings = [-120.0 - (time - 180 if 180 <= time <= 230 else 0) for time in seconds(80, 400)]
    take(book, seconds(80, 400), readings)
    first, second = (one.reasons for one in book.states)
    assert [(one.first, one.last, one.samples, one.worst) for one in first] == [(194, 200, 7, -140)]
    assert [(one.first, one.last, one.samples, one.worst) for one in second] == [(220, 230, 11, -170)]
    assert first[0].severity is Severity.CRITICAL
    assert first[0].text.endswith("worst −140 °C (limit −133 … 35 °C)")
    assert first[0].text.startswith("CCD2_TEMP low 01/Jan 00:03:14–00:03:20")


def test_a_parameter_of_one_ccd_touches_that_one_only() -> None:
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, 100, 200, f"CCD{ccd}") for ccd in (1, 2, 3)])
    take(book, seconds(80, 240), temperature=[-140.0 if time == 150 else -120.0 for time in seconds(80, 240)])
    (state,) = book.states
    assert state.verdicts == {"CCD1": CLEAN, "CCD2": COMPROMISED, "CCD3": CLEAN}
    assert state.verdict is COMPROMISED


def test_an_unnamed_ccd_is_touched_by_all() -> None:
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, 100, 200, "")])
    take(book, seconds(80, 240), temperature=[-140.0 if time == 150 else -120.0 for time in seconds(80, 240)])
    assert judged(book) == {1: COMPROMISED}


@pytest.mark.parametrize(
    ("name", "ccd"),
    [
        ("CCD2_TEMP_T", 2),
        ("HK_temp_top_CCD1", 1),
        ("RPSU_VCCD_V", 0),
        ("FPGA_VCCD3X", 0),
        ("COMM_RD_T", 0),
        ("CCD3", 3),
    ],
)
def test_the_ccd_that_a_name_names(name: str, ccd: int) -> None:
    assert ccd_of(name) == ccd


def test_of_two_sets_the_limit_that_was_passed_is_told() -> None:
    kind = replace(KIND, limit_set=LimitSet.BOTH)
    for reading, limit in ((12.0, "0 … 10 V"), (8.0, "4 … 6 V")):
        book = ExposureHkBook(GAP_S)
        book.add([exposure(1, 100, 200)])
        stamps, values = np.arange(80.0, 240.0), np.full((160, 3), reading)
        codes = np.full((160, 3), Verdict.IN_LIMITS, np.uint8)
        codes[70, 1] = Verdict.HIGH
        book.add_hk(kind, stamps, values, codes)
        assert [one.limit for one in book.states[0].reasons] == [limit]


# --- housekeeping that is missing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "verdict"),
    [
        ((120, 180), CLEAN),  # exactly as long as is allowed
        ((120, 181), NO_HK),
        ((20, 101), NO_HK),
        ((20, 100), CLEAN),
        ((199, 280), NO_HK),
        ((200, 280), CLEAN),
    ],
)
def test_no_row_for_too_long(gap: tuple[int, int], verdict: HkVerdict) -> None:
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, 100, 200)])
    take(book, [time for time in seconds(0, 300) if not gap[0] < time < gap[1]])
    assert judged(book) == {1: verdict}


def test_an_exposure_without_any_row_has_no_hk() -> None:
    book = ExposureHkBook(GAP_S)
    short = Exposure(1, "CCD1", "TP02", 100.5, 0.0, COLUMNS, (*CELLS[:-1], "100"))
    book.add([short])
    take(book, [*seconds(80, 100), *seconds(130, 200)])
    assert judged(book) == {1: NO_HK}


def test_before_the_first_row() -> None:
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, 100, 200), exposure(2, 300, 400), exposure(3, 420, 520)])
    take(book, seconds(361, 600))
    assert judged(book) == {1: NO_HK, 2: NO_HK, 3: CLEAN}


def test_an_invalid_reading_is_not_verified() -> None:
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, 100, 200, "CCD1"), exposure(1, 100, 200, "CCD2")])
    take(book, seconds(80, 240), temperature=[math.nan if time == 150 else -120.0 for time in seconds(80, 240)])
    assert book.states[0].verdicts == {"CCD1": CLEAN, "CCD2": NO_HK}
    assert book.states[0].reasons[0].text == "CCD2_TEMP: no valid reading 01/Jan 00:02:30–00:02:30"


def test_the_worse_verdict_counts_and_comes_first() -> None:
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, 100, 200)])
    supply = [math.nan if time == 120 else 12.0 if time == 150 else 5.0 for time in seconds(80, 240)]
    take(book, seconds(80, 240), supply=supply)
    assert [one.verdict for one in book.states[0].reasons] == [COMPROMISED, NO_HK]
    assert judged(book) == {1: COMPROMISED}


def test_silence_until_rows_come_again() -> None:
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, 100, 200)])
    take(book, seconds(80, 150))
    (told,) = book.silent()
    assert told.verdict is NO_HK
    assert not told.final
    assert book.silent() == []
    (told,) = take(book, [180, 181])
    assert told.verdict is UNKNOWN
    assert take(book, seconds(182, 240))[-1].verdict is CLEAN


def test_a_version_without_limits_says_nothing() -> None:
    kind = replace(KIND, elvis="6.1.0", table=None, checked=False)
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, 100, 200)])
    book.add_hk(kind, np.arange(80.0, 240.0), np.zeros((160, 3)), np.zeros((160, 3), np.uint8))
    assert judged(book) == {1: UNKNOWN}
    assert "6.1.0" in book.states[0].reasons[0].text


@pytest.mark.parametrize(
    ("row", "words"),
    [(exposure(1, math.nan, math.nan), "when it was taken"), (exposure(1, 100, math.nan), "how long it was exposed")],
)
def test_a_log_that_does_not_tell_the_times(row: Exposure, words: str) -> None:
    book = ExposureHkBook(GAP_S)
    book.add([row])
    take(book, seconds(80, 400))
    book.end(over=True)
    assert judged(book) == {1: UNKNOWN}
    assert words in book.states[0].reasons[0].text


# --- files, clocks, late rows ----------------------------------------------------------------------------------------


def test_files_of_single_obsids_have_rows_while_it_exposes_only() -> None:
    """70 s between them are usual; a file that ends early is not."""
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, 100, 200), exposure(2, 270, 370), exposure(3, 440, 540)])
    for obsid, rows in ((1, seconds(101, 199)), (2, seconds(271, 330)), (3, seconds(441, 539))):
        take(book, rows, kind=replace(KIND, path=f"HK_{obsid}", continuous=False))
    book.end(over=True)
    assert judged(book) == {1: CLEAN, 2: NO_HK, 3: CLEAN}


def test_another_master_file_after_midnight_is_one_stream_with_the_first() -> None:
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, 86_340, 86_440)])
    supply = [12.0 if 86_395 <= time <= 86_399 else 5.0 for time in seconds(86_300, 86_399)]
    take(book, seconds(86_300, 86_399), supply=supply)
    take(book, seconds(86_400, 86_500), kind=replace(KIND, path="next"))
    assert judged(book) == {1: COMPROMISED}
    (reason,) = book.states[0].reasons
    assert (reason.first, reason.last, reason.samples) == (86_395, 86_399, 5)


def test_a_clock_that_is_set_back() -> None:
    """The rows of the hour before speak for it too, but it is not clean before its own have been read."""
    book = ExposureHkBook(GAP_S)
    take(book, seconds(0, 4000))
    take(book, seconds(400, 500))
    (told,) = book.add([exposure(1, 501, 600)])
    assert told.verdict is UNKNOWN
    take(book, seconds(501, 560))
    assert judged(book) == {1: UNKNOWN}
    take(book, seconds(561, 700), supply=[12.0 if time == 580 else 5.0 for time in seconds(561, 700)])
    assert judged(book) == {1: COMPROMISED}


def test_a_late_row_of_the_log_finds_the_rows_of_its_time() -> None:
    book = ExposureHkBook(GAP_S)
    for time in seconds(80, 400):
        take(book, [time], supply=12.0 if time == 150 else 5.0)
    told = book.add([exposure(1, 100, 200), exposure(2, 220, 320)])
    assert [(one.verdict, one.final) for one in told] == [(COMPROMISED, True), (CLEAN, True)]


def test_what_is_kept_no_more_is_unknown_not_clean() -> None:
    book = ExposureHkBook(GAP_S, kept_rows=100)
    for time in seconds(80, 400):
        take(book, [time])
    book.add([exposure(1, 100, 200), exposure(2, 305, 390)])
    assert judged(book) == {1: UNKNOWN, 2: CLEAN}
    assert "too late" in book.states[0].reasons[0].text


def test_what_was_read_at_once_is_kept_while_rows_come_one_by_one() -> None:
    book = ExposureHkBook(GAP_S, kept_rows=100)
    take(book, seconds(0, 300), supply=[12.0 if time == 250 else 5.0 for time in seconds(0, 300)])
    take(book, [301])
    book.add([exposure(1, 210, 290), exposure(2, 100, 200)])
    assert judged(book) == {1: COMPROMISED, 2: CLEAN}


def test_a_row_of_the_log_that_is_replaced() -> None:
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, 100, 200)])
    take(book, seconds(80, 400), supply=[12.0 if time == 150 else 5.0 for time in seconds(80, 400)])
    assert book.add([exposure(1, 100, 200)]) == []
    (told,) = book.add([exposure(1, 250, 350)])
    assert told.verdict is CLEAN
    assert take(book, [150, 151, 152], supply=12.0) == []


def test_what_did_not_change_is_not_told_again() -> None:
    book = ExposureHkBook(GAP_S)
    book.add([exposure(obsid, 100.0 * obsid, 100.0 * obsid + 90) for obsid in range(1, 50)])
    told = [one.obsid for time in seconds(80, 1000) for one in take(book, [time])]
    assert told == list(range(1, 10))  # each once, when it is clean


# --- against a plain loop --------------------------------------------------------------------------------------------

STEPS = st.lists(st.sampled_from([0, 1, 1, 1, 1, 2, 30, 60, 61, 90]), min_size=1, max_size=40)
SAMPLES = st.sampled_from([5.0, 5.0, 5.0, 12.0, -3.0, math.nan])
STARTS = st.lists(st.integers(-100, 300).map(lambda half: half / 2), min_size=1, max_size=4, unique=True)


def looped(times: Sequence[float], readings: Sequence[float], start: float, end: float) -> HkVerdict:
    """The verdict on one exposure, row by row."""
    out = invalid = missing = False
    for row, (time, reading) in enumerate(zip(times, readings, strict=True)):
        before = after = time
        if row and time - times[row - 1] <= GAP_S:
            before = times[row - 1]
        if row + 1 < len(times) and times[row + 1] - time <= GAP_S:
            after = times[row + 1]
        if start <= time <= end or (before < end and after > start):
            out |= not 0 <= reading <= 10 and not math.isnan(reading)
            invalid |= math.isnan(reading)
        if row and time - times[row - 1] > GAP_S and times[row - 1] < end and time > start:
            missing = True
    missing |= times[0] - start > GAP_S or times[-1] < end or not any(start <= time <= end for time in times)
    return COMPROMISED if out else NO_HK if invalid or missing else CLEAN


@settings(max_examples=300, deadline=None)
@given(st.data(), STEPS, STARTS, st.floats(0.0, 1.0))
def test_as_a_plain_loop_over_the_rows_has_it(
    data: st.DataObject, steps: list[int], starts: list[float], late: float
) -> None:
    """However the rows are cut into portions, and whenever the rows of the log come."""
    times = np.cumsum(steps).astype(float).tolist()
    readings = data.draw(st.lists(SAMPLES, min_size=len(times), max_size=len(times)))
    exposures = [exposure(obsid, start, start + 90) for obsid, start in enumerate(starts)]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(times)), max_size=6)))
    arrival = int(late * len(cuts))
    book = ExposureHkBook(GAP_S)
    portions = list(zip([0, *cuts], [*cuts, len(times)], strict=True))
    for place, (first, stop) in enumerate(portions):
        if place == arrival:
            book.add(exposures)
        take(book, times[first:stop], supply=readings[first:stop])
    book.end(over=True)
    ends = {one.obsid: one.end for one in book.states}
    expected = {each.obsid: looped(times, readings, each.time, ends[each.obsid]) for each in exposures}
    assert judged(book) == expected


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("rows", "lines", "unknown"),
    [
        ([*seconds(90, 140), *seconds(180, 410)], [(140, 180)], {1}),
        ([*seconds(90, 140), *seconds(180, 410)], [(140, 180), (140, 180)], {1}),
        ([*seconds(90, 220), *seconds(240, 410)], [(220, 240)], set()),  # between two exposures
        ([*seconds(90, 190), *seconds(240, 410)], [(190, 240)], {1}),
        ([*seconds(90, 190), *seconds(240, 410)], [(190, math.nan)], {1, 2}),  # nobody knows when the lines ended
        (seconds(90, 410), [(100, 101)], {1}),  # the row of the start, and the line after it
        (seconds(90, 410), [(99, 100)], set()),
        ([], [(math.nan, math.nan)], {1, 2}),
    ],
)
def test_lines_that_cannot_be_read_leave_the_exposures_of_then_unknown(
    rows: Sequence[float], lines: list[tuple[float, float]], unknown: set[int], late: bool
) -> None:
    book = ExposureHkBook(GAP_S)
    exposures = [exposure(1, 100, 200), exposure(2, 300, 400)]
    if not late:
        book.add(exposures)
    take(book, rows)
    for line in lines:
        book.add_unread(*line)
    if late:
        book.add(exposures)
    told = {one.obsid for one in book.states if any("could not be read" in why.text for why in one.reasons)}
    assert told == unknown
    if rows:
        assert {obsid for obsid, verdict in judged(book).items() if verdict is UNKNOWN} == unknown
        assert set(judged(book).values()) <= {UNKNOWN, CLEAN}


def test_a_row_tells_when_lines_could_be_read_again() -> None:
    book = ExposureHkBook(GAP_S)
    book.add([exposure(1, 100, 200), exposure(2, 300, 400)])
    take(book, seconds(90, 210))
    book.add_unread(210, math.nan)
    assert "could not be read" in book.states[1].reasons[0].text
    take(book, seconds(220, 410))
    assert judged(book) == {1: CLEAN, 2: CLEAN}
