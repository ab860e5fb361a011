"""States as JSON and back."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import pytest

from eyegore.basics.memory import ByName, MemoryFormatError, recalled, remembered
from eyegore.basics.records import same


class Colour(ByName, Enum):
    RED = "as a rose"
    BLUE = "as the sky"


class Place(NamedTuple):
    row: int
    time: float


@dataclass(frozen=True)
class State:
    colour: Colour
    value: float = math.nan
    least: float = -math.inf
    places: tuple[Place, ...] = ()
    other: Colour | None = None


def test_an_enum_is_remembered_by_its_name() -> None:
    assert remembered(State(Colour.RED))["colour"] == "RED"
    found = recalled(State, {"colour": "BLUE", "other": "RED"})
    assert same(found, State(Colour.BLUE, other=Colour.RED))


def test_numbers_that_are_none_come_back() -> None:
    text = json.dumps(remembered(State(Colour.RED, places=(Place(1, math.nan), Place(2, 5.0)))), allow_nan=False)
    found = recalled(State, json.loads(text))
    assert math.isnan(found.value)
    assert found.least == -math.inf
    assert (math.isnan(found.places[0].time), found.places[1]) == (True, Place(2, 5.0))


@pytest.mark.parametrize(
    ("memory", "why"),
    [
        ({}, "colour"),
        ({"colour": "GREEN"}, "'GREEN' is none of RED, BLUE"),
        ({"colour": 7}, "7 is none of"),
        ({"colour": ["RED"]}, "is none of"),
        (["RED"], "State"),
        (None, "State"),
        ({"colour": "RED", "value": "much"}, "value"),
        ({"colour": "RED", "places": 3}, "places"),
        ({"colour": "RED", "version": 99}, "written by a newer Eyegore"),
    ],
)
def test_what_cannot_be_understood_says_what_it_is(memory: object, why: str) -> None:
    with pytest.raises(MemoryFormatError, match=why):
        recalled(State, memory)


def test_a_session_is_imported_without_pydantic() -> None:
    """It takes as long to import as all of a session does, and the window is to come up before."""
    program = "import sys, eyegore.session.service, eyegore.warning.service; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
