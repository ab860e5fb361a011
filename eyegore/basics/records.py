"""Records that may hold NaN, the sign of an unknown number, and how two of them are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass


def same(one: object, other: object) -> bool:
    """Whether two values say the same; an unknown number (NaN) says the same as an unknown number.

    ``==`` is no way to ask: NaN is not equal to itself, and so no record that holds one, from Python 3.13 on always,
    before whenever the two NaN are objects of their own. Records, tuples, lists and mappings are looked into, records
    without a ``==`` of their own (``eq=False``) are not.
    """
    if one is other:
        return True
    if type(one) is not type(other):
        return bool(one == other)
    if isinstance(one, float):
        return one == other or (one != one and other != other)
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if is_dataclass(one) and type(one).__eq__ is not object.__eq__:
        return all(same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one) if each.compare)
    return bool(one == other)
