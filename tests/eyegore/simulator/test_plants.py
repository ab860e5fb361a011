import itertools
import math

import pytest
from hypothesis import given, strategies as st

from eyegore.basics.errors import SettingsError
from eyegore.simulator.plants import Plant, parse_plant, place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CCD2_TEMP_B:dip:-136", Plant("CCD2_TEMP_B:dip:-136", "CCD2_TEMP_B", "dip", -136.0)),
        ("A:dip:-136@03:00+120", Plant("A:dip:-136@03:00+120", "A", "dip", -136.0, None, 10800, 120.0)),
        ("A:spike:1.005@90", Plant("A:spike:1.005@90", "A", "spike", 1.0, 90.0)),
        ("A:nan@23:59:58+2", Plant("A:nan@23:59:58+2", "A", "nan", None, None, 86398, 2.0)),
        ("HK_I+VAN_RPSU:text", Plant("HK_I+VAN_RPSU:text", "HK_I+VAN_RPSU", "text")),
        ("clock:stuck", Plant("clock:stuck", "clock", "stuck")),
        ("elvis:stop@600+60", Plant("elvis:stop@600+60", "elvis", "stop", None, 600.0, None, 60.0)),
        ("frame:half:1", Plant("frame:half:1", "frame", "half", 1.0)),
        (" log:garbage ", Plant(" log:garbage ", "log", "garbage")),
    ],
)
def test_a_plant_is_read(text: str, expected: Plant) -> None:
    assert parse_plant(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("CCD2_TEMP_B", "not of the form"),
        ("A:dp:3", "one of dip, spike, step, nan, text, stuck, not dp"),
        ("A:dip", "dip needs a value, as in A:dip:-136"),
        ("A:step:high", "high is no number"),
        ("A:step:inf", "plant A:nan"),
        ("A:nan:3", "nan takes no value"),
        ("A:nan@noon", "seconds or HH:MM, not noon"),
        ("A:nan@24:00", "no time of day 24:00"),
        ("A:nan@10+0", "at least 1 s"),
        ("A:spike:3@10+9", "spike has no duration"),
        ("elvis:dip:3", "elvis can be stop, not dip"),
        ("log:half", "garbage or incomplete, not half"),
        ("frame:half:4", "1, 2 or 3"),
        ("clock:stuck:3", "takes no value"),
    ],
)
def test_a_bad_plant_is_told_in_one_line_that_teaches(text: str, why: str) -> None:
    with pytest.raises(SettingsError) as told:
        parse_plant(text)
    message = str(told.value)
    assert why in message
    assert "CCD2_TEMP_B:dip:-136@03:00+120" in message
    assert "\n" not in message


@given(st.one_of(st.text(), st.from_regex(r"[A-Z]+:(dip|nan|stuck|spike)(:-?\d+(\.\d+)?)?(@[\d:]+(\+\d+)?)?")))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        plant = parse_plant(text)
    except SettingsError:
        return
    assert plant.text == text
    assert plant.usual_duration > 0


def test_plants_without_a_time_are_spread_without_touching() -> None:
    plants = [parse_plant("A:dip:1")] * 5 + [parse_plant("elvis:stop")]
    placed = place(plants, 0.0, 3000, seed=4)
    assert placed == place(plants, 0.0, 3000, seed=4)
    assert placed != place(plants, 0.0, 3000, seed=5)
    for before, after in itertools.pairwise(placed):
        assert before.last < after.first
    assert placed[-1].first < 3000
    assert placed[-1].last == math.inf


def test_a_time_of_day_before_the_start_is_of_the_next_day() -> None:
    start = 20 * 3600.0
    (placed,) = place([parse_plant("A:nan@03:00")], start, 10 * 3600, seed=0)
    assert placed.first == 7 * 3600


def test_a_plant_after_the_end_is_refused() -> None:
    with pytest.raises(SettingsError, match="the session is over by then: it lasts 100 s from 01:30"):
        place([parse_plant("A:nan@03:00")], 5400.0, 100, seed=0)
