"""A TOML file that people write: read whole and right, or refused with every fault and the line it stands on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from eyegore.basics.errors import SettingsError

if TYPE_CHECKING:
    from pydantic import BaseModel

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
Fault = tuple[Keys, str]
"""Where something is wrong, and what."""
Model = TypeVar("Model", bound="BaseModel")


class TomlError(SettingsError):
    """A file cannot be used. Its text has one line per fault: file and line, key, reason."""


class UnreadableError(TomlError):
    """The file cannot be read now, whatever is in it."""


@dataclass(frozen=True, repr=False)
class TomlSource:
    """One file as read. ``lines`` has the line number of each key path; entries of a list count from 0."""

    path: Path
    content: bytes
    raw: dict[str, Any]
    lines: Mapping[Keys, int]

    def place(self, keys: Keys) -> str:
        """``file:line`` of the nearest key that can be found, the file alone where none can."""
        line = self._line(keys)
        return f"{self.path}:{line}" if line else str(self.path)

    def name(self, keys: Keys) -> str:
        """``targets.vault.port``, ``duty 1.from``: people count entries from 1. Odd keys are told as Python text."""
        name = ""
        here: Any = self.raw
        for key in keys:
            entry = isinstance(here, list) and key.isdigit()
            shown = key if key.isprintable() and key.strip() else repr(key)
            name += f" {int(key) + 1}" if entry else f".{shown}" if name else shown
            here = here[int(key)] if entry else here.get(key) if isinstance(here, dict) else None
        return name

    def below(self, name: str) -> Path:
        """A file that this one names: in the same folder unless it says where."""
        folder = self.path.absolute().parent
        try:
            return folder / Path(name).expanduser()
        except RuntimeError:  # ~name of nobody: then it is the name of a file
            return folder / name

    def valid(
        self,
        model: type[Model],
        more: Iterable[Fault] = (),
        *,
        keys: Callable[[tuple[int | str, ...]], Keys] | None = None,
        reason: Callable[[Mapping[str, Any]], str] | None = None,
        name: Callable[[Keys], str] | None = None,
    ) -> Model:
        """The file as a model of pydantic; raises :class:`TomlError` with its faults and ``more``, from top to bottom.

        ``keys`` tells where pydantic found a fault, ``reason`` what it is, ``name`` how people call the place; those of
        this module where they are not given.
        """
        from pydantic import ValidationError

        faults = list(more)
        try:
            entry = model.model_validate(self.raw)
        except ValidationError as why:
            found = why.errors(include_url=False)
            faults = [((keys or keys_of)(each["loc"]), (reason or reason_of)(each)) for each in found] + faults
        if faults:
            raise self.refused(faults, name)
        return entry

    def refused(self, faults: Iterable[Fault], name: Callable[[Keys], str] | None = None) -> TomlError:
        """The error to raise, with all faults from the top of the file to its end."""
        ordered = sorted(faults, key=lambda fault: self._line(fault[0]))
        parts = [(self.place(keys), (name or self.name)(keys), reason) for keys, reason in ordered]
        return TomlError("\n".join(": ".join(part for part in line if part) for line in parts))

    def _line(self, keys: Keys) -> int:
        """Of the nearest key that is there or has something below it: ``[targets.vault]`` is no line of ``targets``."""
        for n in range(len(keys), 0, -1):
            if keys[:n] in self.lines:
                return self.lines[keys[:n]]
            below = [line for key, line in self.lines.items() if key[:n] == keys[:n]]
            if below and (n > 1 or n == len(keys)):
                return min(below)
        return 0


def read_toml(path: Path, prefix: str = "", begin: str = "") -> TomlSource:
    """Read a file. Raises :class:`TomlError`.

    ``prefix`` is the outermost key where an error need not name it, ``begin`` the command that prints a first one.
    """
    try:
        content = path.read_bytes()
    except OSError as why:
        told = f"cannot be read: {why.strerror or why}"
        if begin and not path.exists():
            folder = "" if path.parent.is_dir() else f"mkdir -p {path.parent}; "
            told = f"no such file; begin with: {folder}{begin} > {path}"
        raise UnreadableError(f"{path}: {told}") from why
    return parse_toml(path, content, prefix)


def parse_toml(path: Path, content: bytes, prefix: str = "") -> TomlSource:
    """The same of a file that was read already."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        line = content.count(b"\n", 0, why.start) + 1
        raise TomlError(f"{path}:{line}: is not UTF-8 text (byte 0x{content[why.start]:02X})") from None
    return TomlSource(path, content, _parse(path, text, prefix), _lines_of_keys(text))


def keys_of(location: Iterable[int | str]) -> Keys:
    """The keys of the file that lead to an error of pydantic, which marks those that are names."""
    keys = tuple(str(key) for key in location)
    return keys[:-1] if keys[-1:] == ("[key]",) else keys


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
