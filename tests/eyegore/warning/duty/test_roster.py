"""Who is on duty: exactly one at any instant, also when clocks are set; gaps and overlaps as counting minutes finds."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from eyegore.warning.duty.roster import ALL_DAYS, Dated, Duty, Entry, Pattern, QuietHours, QuietSpan, Roster, WallClock
from eyegore.warning.duty.roster_faults import Fault, faults

BERLIN = WallClock(ZoneInfo("Europe/Berlin"))
MONDAY = date(2026, 11, 16)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago", "UTC")


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def hours(begins: float, ends: float, who: str = "anna", **more: object) -> Pattern:
    return Pattern(who, "", round(begins * 60), round(ends * 60), **more)  # type: ignore[arg-type]


TWO = (hours(8, 20, "anna"), hours(20, 8, "ben"))


# --- the clock -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        ("2026-11-21T08:00", "2026-11-21T07:00"),
        ("2026-07-21T08:00", "2026-07-21T06:00"),
        ("2026-03-29T01:59", "2026-03-29T00:59"),
        ("2026-03-29T02:00", "2026-03-29T01:00"),  # left out: when the clock is set
        ("2026-03-29T02:30", "2026-03-29T01:00"),
        ("2026-03-29T03:00", "2026-03-29T01:00"),
        ("2026-03-29T03:01", "2026-03-29T01:01"),
        ("2026-10-25T02:30", "2026-10-25T00:30"),  # twice: the first
        ("2026-10-25T03:00", "2026-10-25T02:00"),
    ],
)
def test_local_time_stands_for_an_instant(local: str, instant: str) -> None:
    assert BERLIN.instant(datetime.fromisoformat(local)) == utc(instant)


@given(st.sampled_from(ZONES), st.integers(0, 526_000), st.integers(0, 3000))
def test_earlier_on_the_wall_is_never_later_in_truth(zone: str, start: int, more: int) -> None:
    clock = WallClock(ZoneInfo(zone))
    local = datetime(2026, 1, 1) + timedelta(minutes=start)
    assert clock.instant(local) <= clock.instant(local + timedelta(minutes=more))


# --- on duty ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "who", "until"),
    [
        ("2026-11-21T06:59:59", "ben", "2026-11-21T07:00"),
        ("2026-11-21T07:00", "anna", "2026-11-21T19:00"),
        ("2026-11-21T19:00", "ben", "2026-11-22T07:00"),
        ("2026-03-28T20:00", "ben", "2026-03-29T06:00"),  # an hour shorter
        ("2026-10-25T06:59", "ben", "2026-10-25T07:00"),  # an hour longer
    ],
)
def test_day_and_night(now: str, who: str, until: str) -> None:
    assert Roster(TWO, BERLIN).on_duty(utc(now)) == Duty(who, "", utc(until))


def test_weeks_in_turn_are_handed_over_on_the_day_of_since() -> None:
    wednesday = date(2026, 11, 4)
    turn = [
        hours(9, 9, who, every=3, since=wednesday + timedelta(weeks=number))
        for number, who in enumerate(["anna", "ben", "carla"])
    ]
    assert faults(turn, MONDAY) == []
    roster = Roster(turn, BERLIN)
    asked = [utc("2026-11-04T08:00") + days * 86_400 for days in (0, 6.99, 7, 14, 21, 28)]
    assert [roster.on_duty(now).primary for now in asked] == ["anna", "anna", "ben", "carla", "anna", "ben"]


def test_who_stands_in_goes_before_the_pattern() -> None:
    away = Dated("carla", "anna", datetime(2026, 11, 21, 12), datetime(2026, 11, 22, 12), instead=True)
    assert faults([*TWO, away], MONDAY) == []
    roster = Roster([*TWO, away], BERLIN)
    told = [
        (shift.primary, shift.begins, shift.ends) for shift in roster.shifts(utc("2026-11-21"), utc("2026-11-22T15"))
    ]
    assert told == [
        ("ben", utc("2026-11-20T19:00"), utc("2026-11-21T07:00")),
        ("anna", utc("2026-11-21T07:00"), utc("2026-11-21T11:00")),
        ("carla", utc("2026-11-21T11:00"), utc("2026-11-22T11:00")),
        ("anna", utc("2026-11-22T11:00"), utc("2026-11-22T19:00")),
    ]
    assert roster.on_duty(utc("2026-11-21T12:00")) == Duty("carla", "anna", utc("2026-11-22T11:00"))


def test_somebody_is_on_duty_before_the_first_shift_and_after_the_last() -> None:
    days = [Dated(who, "", datetime(2026, 11, day), datetime(2026, 11, day + 1)) for day, who in ((20, "a"), (21, "b"))]
    roster = Roster(days, BERLIN)
    assert roster.on_duty(utc("2020-01-01")) == Duty("a", "", utc("2026-11-19T23:00"))
    assert roster.on_duty(utc("2030-01-01")) == Duty("b", "", math.inf)
    assert (roster.begins, roster.ends) == (utc("2026-11-19T23:00"), utc("2026-11-21T23:00"))


# --- gaps and overlaps -----------------------------------------------------------------------------------------------


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute)


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        (TWO, []),
        ([hours(0, 24)], []),
        ([hours(9, 9)], []),
        ([Dated("a", "", at(1, 8), at(2, 8)), Dated("b", "", at(2, 9), at(3, 8))], [Fault(at(2, 8), at(2, 9))]),
        ([Dated("a", "", at(1, 8), at(2, 8)), Dated("b", "", at(2, 7), at(3, 8))], [Fault(at(2, 7), at(2, 8), (0, 1))]),
        (  # one hour short, on Sundays only
            [hours(0, 24, days=ALL_DAYS - {6}), hours(0, 23, days=frozenset({6}))],
            [Fault(at(22, 23), at(23, 0))],
        ),
        (  # the same with a date: told once, though it comes again
            [hours(0, 24, days=ALL_DAYS - {6}), hours(0, 23, days=frozenset({6}), since=date(2026, 11, 15))],
            [Fault(at(8, 0), at(9, 0)), Fault(at(15, 23), at(16, 0), again=(6,))],
        ),
        (  # a pattern until the 18th, and the next one a day late
            [hours(0, 24, until=date(2026, 11, 18)), hours(0, 24, since=date(2026, 11, 20))],
            [Fault(at(19, 0), at(20, 0))],
        ),
        (  # two who stand in at once; that one of them stands in for the pattern is as it should be
            [hours(0, 24), *(Dated(who, "", at(20, 8), at(20, 9), instead=True) for who in "ab")],
            [Fault(at(20, 8), at(20, 9), (1, 2))],
        ),
        (  # an hour in the night when it is left out is still an overlap: no other night leaves it out
            [hours(0, 24), hours(2, 3, days=frozenset({6}), since=SPRING, until=SPRING)],
            [Fault(datetime(2026, 3, 29, 2), datetime(2026, 3, 29, 3), (0, 1))],
        ),
    ],
)
def test_faults_are_named_with_their_times(entries: list[Entry], found: list[Fault]) -> None:
    assert faults(entries, MONDAY) == found


def test_a_gap_in_every_second_week_is_found() -> None:
    entries = [hours(0, 24, "anna", every=2, since=MONDAY), hours(0, 24, "ben", every=2, since=MONDAY + timedelta(8))]
    assert [(each.begins, each.ends, each.entries) for each in faults(entries, MONDAY)] == [
        (datetime(2026, 11, 23), datetime(2026, 11, 24), ()),
        (datetime(2026, 11, 30), datetime(2026, 12, 1), (0, 1)),
    ]


QUARTER = 15
DAYS = 9
"""The roster of the model lasts so long: all that is drawn lies in it."""


@st.composite
def rosters(draw: st.DrawFn) -> list[Entry]:
    """Patterns and dated shifts within nine days, at whole quarters of an hour; most have faults."""
    quarters = st.integers(0, 95).map(lambda number: number * QUARTER)
    some_days = st.frozensets(st.integers(0, 6), min_size=1)
    entries: list[Entry] = []
    for who in draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=4)):
        first, last = sorted(draw(st.tuples(*[st.integers(0, DAYS - 2)] * 2)))
        if draw(st.booleans()):
            begins, length = draw(quarters), draw(st.integers(1, 200)) * QUARTER
            start = datetime.combine(MONDAY, datetime.min.time()) + timedelta(days=first, minutes=begins)
            entries.append(Dated(who, "", start, start + timedelta(minutes=length), instead=draw(st.booleans())))
        else:
            days = draw(st.one_of(st.just(ALL_DAYS), some_days)) | {(MONDAY + timedelta(first)).weekday()}
            since, until = MONDAY + timedelta(first), MONDAY + timedelta(last)
            entries.append(Pattern(who, "", draw(quarters), draw(quarters), days, 1, since, until))
    return entries


def counted(entries: list[Entry]) -> tuple[set[datetime], dict[datetime, set[tuple[int, int]]], list[datetime]]:
    """Quarters without anybody, pairs of entries by the quarter they share, and all quarters of the roster."""
    start = datetime.combine(MONDAY, datetime.min.time())
    grid = [start + timedelta(minutes=QUARTER * number) for number in range(96 * (DAYS + 4))]
    there: dict[datetime, list[int]] = {quarter: [] for quarter in grid}
    for place, entry in enumerate(entries):
        for quarter in grid:
            if isinstance(entry, Dated):
                on = entry.begins <= quarter < entry.ends
            else:
                minute = quarter.hour * 60 + quarter.minute
                length = (entry.ends - entry.begins - 1) % 1440 + 1
                on = any(
                    entry.on(day := (quarter - timedelta(days=back)).date())
                    and day >= MONDAY
                    and 0 <= minute + 1440 * back - entry.begins < length
                    for back in (0, 1)
                )
            if on:
                there[quarter].append(place)
    covered = [quarter for quarter in grid if there[quarter]]
    own = [quarter for quarter in grid if covered[0] <= quarter <= covered[-1]]
    pairs: dict[datetime, set[tuple[int, int]]] = {}
    for quarter in own:
        places = there[quarter]
        for one in places:
            for other in places:
                alike = getattr(entries[one], "instead", False) == getattr(entries[other], "instead", False)
                if one < other and alike:
                    pairs.setdefault(quarter, set()).add((one, other))
    return {quarter for quarter in own if not there[quarter]}, pairs, own


@settings(max_examples=150, deadline=None)
@given(rosters())
def test_gaps_and_overlaps_are_those_that_counting_finds(entries: list[Entry]) -> None:
    empty, pairs, own = counted(entries)
    found = faults(entries, MONDAY)
    for fault in found:
        quarters = [quarter for quarter in own if fault.begins <= quarter < fault.ends]
        assert quarters[0] == fault.begins
        assert quarters[-1] == fault.ends - timedelta(minutes=QUARTER)
        if fault.entries:
            assert all(fault.entries in pairs[quarter] for quarter in quarters)
        else:
            assert empty.issuperset(quarters)

    # what comes again in the second week is told once: compared by time of the week
    def week(quarter: datetime) -> tuple[int, object]:
        return quarter.weekday(), quarter.time()

    told = {
        (((quarter.weekday() + day - fault.begins.weekday()) % 7, quarter.time()), fault.entries)
        for fault in found
        for quarter in own
        if fault.begins <= quarter < fault.ends
        for day in (fault.begins.weekday(), *fault.again)
    }
    assert told == {(week(quarter), ()) for quarter in empty} | {
        (week(quarter), pair) for quarter, all_ in pairs.items() for pair in all_
    }


@st.composite
def gapless(draw: st.DrawFn) -> list[Entry]:
    """A day cut into shifts, at any minutes, and somebody who stands in."""
    cuts = sorted(draw(st.sets(st.integers(0, 1439), min_size=1, max_size=5)))
    entries: list[Entry] = [
        Pattern(f"p{number}", "", begins, ends)
        for number, (begins, ends) in enumerate(zip(cuts, [*cuts[1:], cuts[0]], strict=True))
    ]
    day = datetime.combine(draw(st.sampled_from([SPRING, AUTUMN])), datetime.min.time())
    begins = draw(st.integers(-1440, 1440))
    length = draw(st.integers(0, 600))
    if length:
        start = day + timedelta(minutes=begins)
        entries.append(Dated("instead", "", start, start + timedelta(minutes=length), instead=True))
    return entries


@settings(max_examples=60, deadline=None)
@given(gapless(), st.sampled_from(ZONES), st.sampled_from([SPRING, AUTUMN]))
def test_at_every_instant_of_a_week_with_a_set_clock_one_is_on_duty(entries: list[Entry], zone: str, day: date) -> None:
    clock = WallClock(ZoneInfo(zone))
    assert faults(entries, MONDAY) == []
    roster = Roster(entries, clock)
    begins = datetime.combine(day - timedelta(days=3), datetime.min.time(), UTC).timestamp()
    ends = begins + 7 * 86_400
    shifts = roster.shifts(begins, ends)
    assert shifts[0].begins <= begins
    assert shifts[-1].ends >= ends
    assert all(one.ends == other.begins for one, other in pairwise(shifts))
    now = begins
    while now < ends:
        duty = roster.on_duty(now)
        there = [shift for shift in shifts if shift.begins <= now < shift.ends]
        assert [(each.primary, each.ends) for each in there] == [(duty.primary, duty.until)]
        now = min(duty.until, now + 3600)


# --- quiet hours -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "anna", "ben"),
    [
        ("2026-11-20T20:59", False, False),
        ("2026-11-20T21:00", True, False),  # Friday 22:00
        ("2026-11-21T05:59", True, False),
        ("2026-11-21T06:00", False, False),
        ("2026-11-21T10:00", False, True),  # Saturday 11:00
        ("2026-11-21T23:59", True, False),
        ("2026-10-25T00:30", True, False),
        ("2026-10-25T01:30", True, False),
        ("2026-03-29T01:00", True, False),
    ],
)
def test_quiet_hours_go_by_the_clock(now: str, anna: bool, ben: bool) -> None:
    lab = [QuietSpan(22 * 60, 7 * 60)]
    quiet = QuietHours(lab, {"ben": [QuietSpan(9 * 60, 12 * 60, frozenset({5, 6}))], "carla": []}, BERLIN)
    assert (quiet.quiet("anna", utc(now)), quiet.quiet("ben", utc(now))) == (anna, ben)
    assert not quiet.quiet("carla", utc(now))


def test_a_quiet_night_belongs_to_the_day_it_begins_on() -> None:
    friday = QuietSpan(22 * 60, 7 * 60, frozenset({4}))
    assert [friday.holds(day, minute) for day, minute in ((4, 1380), (5, 60), (4, 60), (5, 1380))] == [
        True,
        True,
        False,
        False,
    ]
