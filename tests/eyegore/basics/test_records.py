"""Comparing records that hold NaN, each of them an object of its own, as numbers from arrays are."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pytest

from eyegore.basics.records import same


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
