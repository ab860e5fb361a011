"""Frozen records that may hold NaN, the sign of an unknown number: how two of them are compared, and how those that
survive a restart become JSON and come back, by pydantic's TypeAdapter.

A number that is none (NaN, infinity) is null in JSON, and what is null is the default of its field again; in a list,
which has no defaults, it is NaN. pydantic is imported with the first state that is written or read, not before the
first window.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from eyegore.basics.errors import EyegoreError

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, TypeAdapter
    from pydantic_core import CoreSchema

T = TypeVar("T")

_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}
VERSION = 1
"""Of all states. Release 0.1.0 wrote no number into the same form; raise it when a field changes its meaning, and
convert the older ones in :func:`recalled`."""


class MemoryFormatError(EyegoreError):
    """A state of before cannot be understood."""


class ByName:
    """An enum whose members are remembered by their names: their values are words for people, which may change."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core.core_schema import no_info_plain_validator_function, plain_serializer_function_ser_schema

        def member(name: Any) -> Any:
            if str(name) not in source.__members__:
                raise ValueError(f"{name!r} is none of {', '.join(source.__members__)}")
            return source[str(name)]

        name = plain_serializer_function_ser_schema(lambda one: one.name)
        return no_info_plain_validator_function(member, serialization=name)


def remembered(state: Any) -> dict[str, Any]:
    """A state, a dataclass, as what JSON knows."""
    return {"version": VERSION, **json.loads(_adapter(type(state)).dump_json(state))}


def recalled(kind: type[T], memory: object) -> T:
    """The state of this kind that :func:`remembered` took apart; raises :class:`MemoryFormatError`."""
    match memory:
        case {"version": int(version)} if version > VERSION:
            raise MemoryFormatError(f"written by a newer Eyegore (version {version}, this one knows {VERSION})")
    from pydantic import ValidationError

    try:
        state: T = _adapter(kind).validate_python(_with_defaults(memory))
    except ValidationError as why:
        first, *more = why.errors(include_url=False)
        place = ".".join(map(str, first["loc"])) or kind.__name__
        others = f", and {len(more)} more" if more else ""
        raise MemoryFormatError(f"{place}: {first['msg']}{others}") from why
    return state


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _with_defaults(memory: Any) -> Any:
    if isinstance(memory, Mapping):
        return {name: _with_defaults(one) for name, one in memory.items() if one is not None}
    if isinstance(memory, list):
        return [_with_defaults(one) for one in memory]
    return math.nan if memory is None else memory


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
