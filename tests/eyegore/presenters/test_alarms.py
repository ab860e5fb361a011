"""From alarms to rows; no window needed."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from eyegore.alarms.words import IMAGE_RESPONSE, IMAGE_RESPONSES, TIMER_RESPONSES
from eyegore.images.alarms import FILE, SUBJECTS
from eyegore.limits.model import Severity
from eyegore.messages.events import Alarm, AlarmChanged, AlarmEntry, AlarmKind, AlarmState, Exposure, Transition
from eyegore.presenters.alarms import (
    alarm_cell,
    alarm_cells,
    sounding,
    story_line,
)
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import Standing

NOW = 1_700_000_000.0
ALARM = Alarm(
    "CCD2_TEMP_B",
    AlarmKind.OOL,
    AlarmState.UNACK,
    Severity.CRITICAL,
    active=True,
    value=-133.02,
    unit="degC",
    time=120.0,
    since=60.0,
    worst=-134.5,
    worst_time=90.0,
    limit="−133 … −103 °C",
    incident=1,
    first_out="CCD2_TEMP_B",
)
EXPOSURE = Exposure(20103, "CCD2", "BIAS01", 30.0, 3.1, (), ())

LISTED = frozenset({AlarmState.PENDING, AlarmState.UNACK, AlarmState.ACKED, AlarmState.RTN_UNACK, AlarmState.SHELVED})


def test_a_row_tells_all_with_units() -> None:
    cell = alarm_cell(ALARM, NOW, EXPOSURE, "falls")
    assert (cell.key, cell.parameter, cell.kind) == ("CCD2_TEMP_B/OOL", "CCD2_TEMP_B", "")
    assert (cell.severity, cell.standing, cell.blink) == (Status.CRITICAL, Standing.UNACKNOWLEDGED, True)
    assert (cell.value, cell.worst, cell.limit) == ("−133.02 °C", "−134.5 °C", "−133 … −103 °C")
    assert (cell.since, cell.began, cell.trend) == ("01/Jan 00:01:00", 60.0, "falls")
    assert (cell.test, cell.obsid, cell.shelved_until) == ("BIAS01", "20103", "")


def test_what_is_not_known_is_left_empty_and_equals_itself() -> None:
    bare = Alarm("HK rows", AlarmKind.DEADMAN, AlarmState.UNACK, Severity.WARNING)
    cell = alarm_cell(bare, NOW)
    assert (cell.value, cell.worst, cell.since, cell.test, cell.obsid) == ("",) * 5
    assert cell.kind == "overdue"
    assert cell == alarm_cell(replace(bare, value=float("nan"), since=float("nan")), NOW)


def test_no_reading_is_said_of_a_parameter() -> None:
    cell = alarm_cell(Alarm("T", AlarmKind.INVALID, AlarmState.UNACK, Severity.WARNING), NOW)
    assert (cell.value, cell.kind) == ("no reading", "invalid")


@pytest.mark.parametrize("kind", list(AlarmKind))
@pytest.mark.parametrize("state", sorted(LISTED, key=lambda state: state.name))
def test_only_unacknowledged_alarms_blink_and_sound(kind: AlarmKind, state: AlarmState) -> None:
    alarm = replace(ALARM, kind=kind, state=state)
    (cell,) = alarm_cells([alarm], NOW)
    assert cell.blink == (state is AlarmState.UNACK) == bool(sounding([alarm]))
    assert cell.open == (state in (AlarmState.UNACK, AlarmState.RTN_UNACK))


def test_alarms_that_are_normal_or_out_of_service_are_not_listed() -> None:
    others = set(AlarmState) - LISTED
    assert others == {AlarmState.NORMAL, AlarmState.OUT_OF_SERVICE}
    assert alarm_cells([replace(ALARM, state=state) for state in others], NOW) == []


def test_the_first_out_is_marked_only_among_several() -> None:
    second = replace(ALARM, parameter="CCD1_TEMP_T", severity=Severity.WARNING)
    assert not alarm_cells([ALARM], NOW)[0].first_out
    cells = alarm_cells([ALARM, second, replace(second, parameter="other", incident=0, first_out="")], NOW)
    assert [(cell.first_out, cell.after) for cell in cells] == [(True, ""), (False, "CCD2_TEMP_B"), (False, "")]


def test_there_is_one_first_out_of_a_parameter_with_two_alarms() -> None:
    invalid = replace(ALARM, kind=AlarmKind.INVALID, since=ALARM.since + 5)
    cells = alarm_cells([invalid, ALARM], NOW)
    assert [(cell.kind, cell.first_out, cell.after) for cell in cells] == [
        ("invalid", False, "CCD2_TEMP_B"), ("", True, ""),
    ]  # fmt: skip


def test_what_has_no_limit_any_more_is_not_back_to_normal() -> None:
    (cell,) = alarm_cells([replace(ALARM, state=AlarmState.RTN_UNACK, limit="")], NOW)
    assert (cell.standing, cell.open) == (Standing.UNCHECKED, True)


def test_context_and_trend_are_those_of_the_alarm() -> None:
    cells = alarm_cells(
        [ALARM, replace(ALARM, parameter="T")],
        NOW,
        lambda alarm: EXPOSURE if alarm.parameter == "T" else None,
        {"T": "rises"},
    )
    assert [(cell.obsid, cell.trend) for cell in cells] == [("", ""), ("20103", "rises")]


@pytest.mark.parametrize(("left", "form", "words"), [(840, "%H:%M", "14 min"), (50_000, "%d/%b %H:%M", "14 h")])
def test_a_shelved_alarm_tells_until_when(left: float, form: str, words: str) -> None:
    cell = alarm_cell(replace(ALARM, state=AlarmState.SHELVED, shelved_until=NOW + left), NOW)
    assert cell.shelved_until == time.strftime(form, time.localtime(NOW + left))
    assert (cell.shelved_for, cell.blink) == (words, False)
    assert alarm_cell(replace(ALARM, shelved_until=NOW + left), NOW).shelved_until == ""


def test_sounding_keeps_kinds_apart_and_leaves_out_what_tells_nobody() -> None:
    alarms = [
        ALARM,
        replace(ALARM, kind=AlarmKind.TREND, severity=Severity.WARNING),
        replace(ALARM, parameter="quiet", severity=Severity.NONE),
    ]
    assert sounding(alarms) == {"CCD2_TEMP_B/OOL": Severity.CRITICAL, "CCD2_TEMP_B/TREND": Severity.WARNING}


@pytest.mark.parametrize(("later", "since", "age"), [(90.0, "00:01:00", "90 s"), (50_000.0, "01/Jan 00:01:00", "14 h")])
def test_since_names_the_day_only_of_what_is_long_ago(later: float, since: str, age: str) -> None:
    cell = alarm_cell(ALARM, NOW, lab_now=ALARM.since + later)
    assert (cell.since, cell.age) == (since, age)


def test_what_to_do_is_that_of_the_table_or_of_the_timer() -> None:
    timer = Alarm("HK rows", AlarmKind.DEADMAN, AlarmState.UNACK, Severity.CRITICAL, limit="no HK row for 90 s")
    cells = alarm_cells(
        [ALARM, timer], NOW, response_of=lambda one: "call Ben" if one.parameter == ALARM.parameter else ""
    )
    assert [cell.todo for cell in cells] == ["call Ben", TIMER_RESPONSES["HK rows"]]
    assert (cells[1].limit, cells[1].trend) == ("", "no HK row for 90 s")


def test_a_shelf_tells_who_and_why_and_is_one_row_of_a_parameter() -> None:
    shelf = replace(
        ALARM, state=AlarmState.SHELVED, shelved_until=NOW + 900, shelved_by="anna", shelf_reason="pump test"
    )
    unharmed = replace(shelf, kind=AlarmKind.INVALID, severity=Severity.NONE)
    (cell,) = alarm_cells([shelf, unharmed], NOW)
    assert (cell.key, cell.shelved_by, cell.reason) == ("CCD2_TEMP_B/OOL", "anna", "pump test")
    also_invalid = replace(unharmed, severity=Severity.WARNING)
    assert len(alarm_cells([shelf, also_invalid], NOW)) == 2
    assert alarm_cell(replace(shelf, severity=Severity.NONE), NOW).severity is Status.IN_LIMITS


@pytest.mark.parametrize(
    ("text", "state", "line"),
    [
        ("CCD2_TEMP_B acknowledged by anna: seen", AlarmState.ACKED, "acknowledged by anna: seen"),
        ("CRITICAL CCD2_TEMP_B −136 °C too low", AlarmState.UNACK, "CRITICAL −136 °C too low"),
        ("", AlarmState.PENDING, ""),
        ("", AlarmState.SHELVED, "returned, on the shelf"),
    ],
)
def test_the_story_of_an_alarm_names_it_not_again(text: str, state: AlarmState, line: str) -> None:
    nan = float("nan")
    entry = AlarmEntry(
        NOW,
        nan,
        "CCD2_TEMP_B",
        AlarmKind.OOL,
        None,
        None,
        Severity.NONE,
        nan,
        "",
        "",
        "",
        "",
        "",
        what=Transition.RETURNED,
    )
    told = story_line(AlarmChanged(replace(ALARM, state=state), entry, text))
    assert told == (f"{time.strftime('%H:%M:%S', time.localtime(NOW))}  {line}" if line else "")


@pytest.mark.parametrize("subject", sorted({*SUBJECTS.values(), FILE}))
def test_an_alarm_about_an_image_tells_what_to_do(subject: str) -> None:
    alarm = Alarm(f"IMAGE CCD2 {subject}", AlarmKind.FRAME, AlarmState.UNACK, Severity.WARNING)
    assert alarm_cell(alarm, NOW).todo == IMAGE_RESPONSES.get(subject, IMAGE_RESPONSE)


def test_every_answer_about_images_is_about_something_that_is_raised() -> None:
    assert set(IMAGE_RESPONSES) <= {*SUBJECTS.values(), FILE}
