"""A TOML file that people write: its values, and on which line each key stands, so that an error can be found."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REASONS = {
    "missing": "missing",
    "extra_forbidden": "unknown key",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "bool_type": "must be true or false",
    "list_type": "must be a list [ ... ]",
    "dict_type": "must be a table { ... }",
    "model_type": "must be a table { ... }",
    "model_attributes_type": "must be a table { ... }",
    "too_short": "must not be empty",
}
"""What pydantic calls an error, in the words of the file."""
_SELF_EVIDENT = {"missing", "extra_forbidden", "union_tag_not_found", "too_short", "string_too_short"}
"""Errors that are clear without the value given."""

Keys = tuple[str, ...]


class TomlError(ValueError):
    """A file cannot be read, or is not TOML; one line: file and line, key, reason."""


@dataclass(frozen=True, repr=False)
class TomlSource:
    """One file as read. ``lines`` has the line number of each key path; entries of a list count from 0."""

    path: Path
    content: bytes
    raw: dict[str, Any]
    lines: Mapping[Keys, int]

    def place(self, keys: Keys) -> str:
        """``file:line`` of the nearest key that can be found, the file alone where none can."""
        line = next((self.lines[keys[:n]] for n in range(len(keys), 0, -1) if keys[:n] in self.lines), None)
        return str(self.path) if line is None else f"{self.path}:{line}"


def read_toml(path: Path, prefix: str = "") -> TomlSource:
    """Read a file. Raises :class:`TomlError`; ``prefix`` is the outermost key where an error need not name it."""
    try:
        content = path.read_bytes()
    except OSError as why:
        raise TomlError(f"{path}: cannot be read: {why.strerror or why}") from why
    return parse_toml(path, content, prefix)


def parse_toml(path: Path, content: bytes, prefix: str = "") -> TomlSource:
    """The same of a file that was read already."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        line = content.count(b"\n", 0, why.start) + 1
        raise TomlError(f"{path}:{line}: is not UTF-8 text (byte 0x{content[why.start]:02X})") from None
    return TomlSource(path, content, _parse(path, text, prefix), _lines_of_keys(text))


def reason_of(error: Mapping[str, Any], reasons: Mapping[str, str] = REASONS, *, values: bool = True) -> str:
    """Why pydantic refuses a value, in the words of the file; with the value itself unless it may be a secret."""
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    reason = reasons.get(kind) or str(error["msg"]).replace("Input should be", "must be")
    given = error["input"]
    told = not values or kind in _SELF_EVIDENT or isinstance(given, dict | list)
    return reason if told else f"{reason}, not {given!r}"


def _parse(path: Path, text: str, prefix: str) -> dict[str, Any]:
    """The TOML document; RecursionError and plain ValueError are what :mod:`tomllib` does with absurd ones."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as why:
        reason = str(why)
        line = re.search(r" \(at line (\d+), column \d+\)", reason)
        number = int(line[1]) if line else text.count("\n") + 1
        twice = re.search(r"Cannot declare \((.*?),?\) twice", reason)
        if twice:
            keys = re.findall(r"'([^']*)'", twice[1])
            name = ".".join(keys[1:] if keys[0] == prefix and len(keys) > 1 else keys)
            raise TomlError(f"{path}:{number}: {name}: has a second entry here: remove or rename one") from None
        reason = reason.replace(line[0], "") if line else reason
        reason = reason.replace("Cannot overwrite a value", "this key is there twice")
        raise TomlError(f"{path}:{number}: is not TOML: {reason}") from None


def _lines_of_keys(text: str) -> dict[Keys, int]:
    """Line number of each ``[table]``, each ``[[entry]]`` and of each key in it, written one key to a line."""
    found: dict[Keys, int] = {}
    entries: dict[str, int] = {}
    table: Keys = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if entry := re.match(r"\s*\[\[\s*([\w-]+)\s*\]\]\s*(#.*)?$", line):
            entries[entry[1]] = entries.get(entry[1], -1) + 1
            table = (entry[1], str(entries[entry[1]]))
            found.setdefault(table[:1], number)
            found.setdefault(table, number)
        elif header := re.match(r"\s*\[([^\[].*)\]\s*(#.*)?$", line):
            table = tuple(quoted or bare for quoted, bare in re.findall(r"""["']([^"']*)["']|([\w-]+)""", header[1]))
            found.setdefault(table, number)
        elif key := re.match(r"""\s*["']?([\w-]+(?:\.[\w-]+)*)["']?\s*=""", line):
            found.setdefault((*table, *key[1].split(".")), number)
    return found
