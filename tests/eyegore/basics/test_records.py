"""Comparing records that hold NaN, each of them an object of its own, as numbers from arrays are."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pytest

from eyegore.basics.records import ByName, MemoryFormatError, recalled, remembered, same


def nan() -> float:
    return float("nan")


@dataclass(frozen=True)
class Inner:
    value: float
    name: str = ""


@dataclass(frozen=True)
class Outer:
    first: float
    parts: tuple[Inner, ...] = ()
    by_name: dict[str, float] | MappingProxyType[str, float] = field(default_factory=dict)
    noted: str = field(default="", compare=False)


@dataclass(frozen=True, eq=False)
class Rows:
    values: np.ndarray


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (nan(), nan()),
        (np.float64("nan"), np.float64("nan")),
        (Inner(nan()), Inner(nan())),
        (Outer(nan(), (Inner(nan(), "a"), Inner(1.0))), Outer(nan(), (Inner(nan(), "a"), Inner(1.0)))),
        (Outer(1.0, by_name={"T": nan()}), Outer(1.0, by_name={"T": nan()})),
        (Outer(1.0, by_name=MappingProxyType({"T": nan()})), Outer(1.0, by_name=MappingProxyType({"T": nan()}))),
        (Outer(1.0, noted="now"), Outer(1.0, noted="then")),
        ([Inner(nan())], [Inner(nan())]),
        (1, 1.0),
        ("a", "a"),
        (None, None),
    ],
    ids=repr,
)
def test_what_says_the_same(one: object, other: object) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (nan(), 0.0),
        (nan(), None),
        (Inner(nan()), None),
        (Inner(nan()), Inner(1.0)),
        (Inner(nan(), "a"), Inner(nan(), "b")),
        (Inner(nan()), Outer(nan())),
        (Outer(nan(), (Inner(nan()),)), Outer(nan(), (Inner(nan()), Inner(nan())))),
        (Outer(1.0, by_name={"T": nan()}), Outer(1.0, by_name={"T": 1.0})),
        (Outer(1.0, by_name={"T": nan()}), Outer(1.0, by_name={"V": nan()})),
        ((nan(),), [nan()]),
        (1, 2.0),
    ],
    ids=repr,
)
def test_what_does_not(one: object, other: object) -> None:
    assert not same(one, other)
    assert not same(other, one)


def test_records_that_are_not_compared_by_what_they_hold_are_the_same_only_as_one_object() -> None:
    rows = Rows(np.array([1.0]))
    assert same((rows, nan()), (rows, nan()))
    assert not same((rows,), (Rows(rows.values),))


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
