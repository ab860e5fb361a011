"""A state in parts, so that what changed is written and not all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

DEEP = 3
"""Names that lead to a part at most: an alarm, a file, a case of the warnings."""


def parts_of(state: Mapping[str, Any]) -> dict[str, str]:
    """The JSON of each part of a state by the names that lead to it, as JSON as well; in the order they stand in."""
    if not state:
        return {json.dumps([]): json.dumps({})}
    return {json.dumps(path): json.dumps(part) for path, part in _parts(state, ())}


def _parts(state: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, one in state.items():
        deeper = (*path, name)
        if isinstance(one, Mapping) and one and len(deeper) < DEEP:
            yield from _parts(one, deeper)
        else:
            yield deeper, one


def first_name(path: str) -> str:
    """The first of the names that lead to a part, "" for a state of no parts."""
    return next(iter(json.loads(path)), "")


def whole_of(parts: Mapping[str, str]) -> dict[str, Any]:
    """The state that :func:`parts_of` took apart."""
    state: dict[str, Any] = {}
    for path, part in parts.items():
        names = json.loads(path)
        if not names:  # the only one of a state that is empty
            continue
        *above, last = names
        place = state
        for name in above:
            place = place.setdefault(name, {})
        place[last] = json.loads(part)
    return state
