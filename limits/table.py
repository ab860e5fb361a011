"""Limit tables: one TOML file per ELVIS version, or the lab's own; read whole and right, or refused."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from eyegore.limits.model import LimitTable

VERSIONS: tuple[str, ...] = ("6.3.0", "6.5.X", "7.2.X", "7.5.X")
"""The ELVIS versions with limits of their own, oldest first."""

_FOLDER = Path(__file__).parent / "tables"
_KINDS = ("range", "relative", "expected")
_LIMITS = ("safe", "performance")
_REASONS = {
    "missing": "missing",
    "extra_forbidden": "unknown key",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "cannot be the name of a column",
    "dict_type": "must be a table of parameters",
    "model_type": "must be a table { ... }",
    "model_attributes_type": "must be a table { ... }",
    "too_short": "must not be empty",
    "union_tag_not_found": 'kind is missing: "range", "relative" or "expected"',
    "union_tag_invalid": 'kind must be "range", "relative" or "expected"',
}
_TOLD = {"missing", "extra_forbidden", "union_tag_not_found", "too_short", "string_too_short"}
"""Errors that are clear without the value given."""


class TableError(ValueError):
    """A limit table cannot be used. Its text has one line per error: file and line, parameter, field, reason."""


def load_table(path: str | Path) -> LimitTable:
    """Read the lab's own table.

    A table made for one of :data:`VERSIONS` must have an entry for every parameter of that version, be it without
    limits: what nobody decided about must not pass unseen. Raises :class:`TableError` with every error found.
    """
    return _load(Path(path), complete=True)


@cache
def table_for(elvis: str) -> LimitTable | None:
    """The built-in table of one ELVIS version, None for a version without limits."""
    return _load(_FOLDER / f"{elvis}.toml", complete=False) if elvis in VERSIONS else None


def _load(path: Path, complete: bool) -> LimitTable:
    from pydantic import ValidationError

    from eyegore.limits.schema import TableEntry  # with pydantic it takes longer to import than a table to load

    try:
        content = path.read_bytes()
    except OSError as why:
        raise TableError(f"{path}: cannot be read: {why.strerror or why}") from why
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        line = content.count(b"\n", 0, why.start) + 1
        raise TableError(f"{path}:{line}: is not UTF-8 text (byte 0x{content[why.start]:02X})") from why
    raw = _parse(path, text)
    where = _lines_of_keys(text)
    errors = _absent(raw) if complete else {}
    try:
        entry = TableEntry.model_validate(raw)
    except ValidationError as why:
        for each in why.errors(include_url=False):
            errors.setdefault(_keys(each["loc"]), _reason(each))
    if errors:
        lines = [_line(path, where, keys, reason) for keys, reason in errors.items()]
        raise TableError("\n".join(lines))
    return LimitTable(
        elvis=entry.elvis,
        source=str(path),
        digest=hashlib.sha256(content).hexdigest(),
        parameters=MappingProxyType({name: item.parameter(name) for name, item in entry.parameters.items()}),
        phases=entry.phases.rule() if entry.phases else None,
    )


def _parse(path: Path, text: str) -> dict[str, Any]:
    """The TOML document; RecursionError and plain ValueError are what :mod:`tomllib` does with absurd ones."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as why:
        reason = str(why)
        line = re.search(r" \(at line (\d+), column \d+\)", reason)
        number = int(line[1]) if line else text.count("\n") + 1
        twice = re.search(r"Cannot declare \('parameters', '(.*?)'\) twice", reason)
        if twice:
            raise TableError(f"{path}:{number}: {twice[1]}: has a second entry here: remove or rename one") from why
        reason = reason.replace(line[0], "") if line else reason
        reason = reason.replace("Cannot overwrite a value", "this key is there twice")
        raise TableError(f"{path}:{number}: is not TOML: {reason}") from why


def _absent(raw: Mapping[str, Any]) -> dict[tuple[str, ...], str]:
    """The parameters of the version that have no entry in the table made for it."""
    elvis, parameters = raw.get("elvis"), raw.get("parameters")
    built_in = table_for(elvis) if isinstance(elvis, str) else None
    if built_in is None or not isinstance(parameters, dict):
        return {}
    reason = f"no entry, though ELVIS {elvis} writes it (one without safe and performance leaves it unchecked)"
    return {("parameters", name): reason for name in built_in.parameters if name not in parameters}


def _keys(location: Iterable[int | str]) -> tuple[str, ...]:
    """The keys of the file that lead to an error; pydantic also counts the kind of limit it tried and marks names."""
    keys = [str(key) for key in location]
    keys = [key for at, key in enumerate(keys) if not (key in _KINDS and at > 2 and keys[at - 1] in _LIMITS)]
    return tuple(keys[:-1] if keys[-1] == "[key]" else keys)


def _reason(error: Mapping[str, Any]) -> str:
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    reason = _REASONS.get(kind) or str(error["msg"]).replace("Input should be", "must be")
    given = error["input"]
    told = kind in _TOLD or isinstance(given, dict | list)
    return reason if told else f"{reason}, not {given!r}"


def _line(path: Path, where: Mapping[tuple[str, ...], int], keys: tuple[str, ...], reason: str) -> str:
    """One error: ``file:line: parameter: field: reason``, with the line of the nearest key that can be found."""
    line = next((where[keys[:n]] for n in range(len(keys), 0, -1) if keys[:n] in where), None)
    place = str(path) if line is None else f"{path}:{line}"
    named = keys[1:] if keys[0] == "parameters" and len(keys) > 1 else keys
    name = named[0] if named[0].isprintable() and named[0] == named[0].strip() != "" else repr(named[0])
    return ": ".join(part for part in (place, name, ".".join(named[1:]), reason) if part)


def _lines_of_keys(text: str) -> dict[tuple[str, ...], int]:
    """Line number of each ``[table]`` and of each key in it, for tables written one key to a line."""
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := re.match(r"\s*\[([^\[].*)\]\s*(#.*)?$", line):
            table = tuple(quoted or bare for quoted, bare in re.findall(r"""["']([^"']*)["']|([\w-]+)""", header[1]))
            found.setdefault(table, number)
        elif key := re.match(r"""\s*["']?([\w-]+(?:\.[\w-]+)*)["']?\s*=""", line):
            found.setdefault((*table, *key[1].split(".")), number)
    return found
