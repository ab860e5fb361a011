"""Tables from TOML, the built-in ones or the lab's own, read whole and right, or refused.

The limits of housekeeping have one for each ELVIS version, the checks of frames one for all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from eyegore.basics.toml_file import REASONS, Fault, Keys, TomlSource, keys_of, read_toml, reason_of
from eyegore.limits.frame_model import CheckTable
from eyegore.limits.model import LimitTable

VERSIONS: tuple[str, ...] = ("6.3.0", "6.5.X", "7.2.X", "7.5.X")
"""The ELVIS versions with limits of their own, oldest first."""

_FOLDER = Path(__file__).parent / "tables"
_KINDS = ("range", "relative", "expected")
_LIMITS = ("safe", "performance")
_REASONS = REASONS | {
    "string_pattern_mismatch": "cannot be the name of a column",
    "dict_type": "must be a table of parameters",
    "union_tag_not_found": 'kind is missing: "range", "relative" or "expected"',
    "union_tag_invalid": 'kind must be "range", "relative" or "expected"',
}


def load_table(path: str | Path) -> LimitTable:
    """Read the lab's own table.

    A table made for one of :data:`VERSIONS` must have an entry for every parameter of that version, be it without
    limits: what nobody decided about must not pass unseen. Raises :class:`TomlError` with every error found.
    """
    return _load(Path(path), complete=True)


@cache
def table_for(elvis: str) -> LimitTable | None:
    """The built-in table of one ELVIS version, None for a version without limits."""
    return _load(_FOLDER / f"{elvis}.toml", complete=False) if elvis in VERSIONS else None


def _load(path: Path, complete: bool) -> LimitTable:
    from eyegore.limits.schema import TableEntry  # with pydantic it takes longer to import than a table to load

    source = read_toml(path, prefix="parameters")
    absent = _absent(source.raw) if complete else ()
    entry = source.valid(
        TableEntry, absent, keys=_keys, reason=lambda error: reason_of(error, _REASONS), name=_parameter_and_field
    )
    return LimitTable(
        elvis=entry.elvis,
        source=str(path),
        digest=hashlib.sha256(source.content).hexdigest(),
        parameters=MappingProxyType({name: item.parameter(name) for name, item in entry.parameters.items()}),
        phases=entry.phases.rule() if entry.phases else None,
    )


def _absent(raw: Mapping[str, Any]) -> list[Fault]:
    """The parameters of the version that have no entry in the table made for it."""
    elvis, parameters = raw.get("elvis"), raw.get("parameters")
    built_in = table_for(elvis) if isinstance(elvis, str) else None
    if built_in is None or not isinstance(parameters, dict):
        return []
    reason = f"no entry, though ELVIS {elvis} writes it (one without safe and performance leaves it unchecked)"
    return [(("parameters", name), reason) for name in built_in.parameters if name not in parameters]


def _keys(location: Iterable[int | str]) -> Keys:
    """The keys of the file that lead to an error; pydantic also counts the kind of limit it tried."""
    keys = keys_of(location)
    return tuple(key for at, key in enumerate(keys) if not (key in _KINDS and at > 2 and keys[at - 1] in _LIMITS))


def _parameter_and_field(keys: Keys) -> str:
    named = keys[1:] if keys[0] == "parameters" and len(keys) > 1 else keys
    name = named[0] if named[0].isprintable() and named[0] == named[0].strip() != "" else repr(named[0])
    return ": ".join(part for part in (name, ".".join(named[1:])) if part)


def load_checks(path: str | Path) -> CheckTable:
    """Read a table of checks. Raises TomlError with one line per error: file and line, entry, field, reason."""
    from eyegore.limits.frame_schema import ChecksEntry  # with pydantic it takes longer to import than a table to load

    path = Path(path)
    source = read_toml(path, prefix="blocks")
    entry = source.valid(ChecksEntry, name=partial(_entry_and_field, source))
    return CheckTable(
        source=str(path),
        digest=hashlib.sha256(source.content).hexdigest(),
        limits=tuple(limit for check in entry.check for limit in check.limits()),
        blocks={name: dict(block.offsets()) for name, block in entry.blocks.items()},
        default_offset=entry.default_offset,
    )


@cache
def built_in_checks() -> CheckTable:
    """The table of checks that comes with Eyegore."""
    return load_checks(_FOLDER / "frames.toml")


def _entry_and_field(source: TomlSource, keys: Keys) -> str:
    """A check is named by its number and its name, if it has one."""
    if keys[0] == "check" and len(keys) > 1:
        checks = source.raw.get("check")
        number = int(keys[1])
        given = checks[number].get("name") if isinstance(checks, list) and isinstance(checks[number], dict) else None
        named = f"check {number + 1}" + (f" ({given})" if isinstance(given, str) and given.isprintable() else "")
        fields = keys[2:]
    else:
        named, fields = ".".join(keys[:2]), keys[2:]
    return ": ".join(part for part in (named, ".".join(fields)) if part)
