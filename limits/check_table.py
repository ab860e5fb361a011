"""The table of the checks of frames, from TOML: the built-in one or the lab's own; read whole and right, or refused."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from eyegore.basics.toml_source import TomlError, TomlSource, read_toml, reason_of
from eyegore.limits.frame_model import CheckTable
from eyegore.limits.table import TableError, UnreadableTableError

_BUILT_IN = Path(__file__).parent / "tables" / "frames.toml"


def load_checks(path: str | Path) -> CheckTable:
    """Read a table of checks. Raises TableError with one line per error: file and line, entry, field, reason."""
    from pydantic import ValidationError

    from eyegore.limits.frame_schema import ChecksEntry  # with pydantic it takes longer to import than a table to load

    path = Path(path)
    try:
        source = read_toml(path, prefix="blocks")
    except TomlError as why:
        kind = UnreadableTableError if isinstance(why.__cause__, OSError) else TableError
        raise kind(str(why)) from why
    try:
        entry = ChecksEntry.model_validate(source.raw)
    except ValidationError as why:
        errors = why.errors(include_url=False)
        lines = [_line(source, tuple(str(key) for key in each["loc"]), reason_of(each)) for each in errors]
        raise TableError("\n".join(lines)) from why
    return CheckTable(
        source=str(path),
        digest=hashlib.sha256(source.content).hexdigest(),
        limits=tuple(limit for check in entry.check for limit in check.limits()),
        blocks={name: dict(block.offsets()) for name, block in entry.blocks.items()},
        default_offset=entry.default_offset,
    )


@cache
def built_in_checks() -> CheckTable:
    """The table that comes with Eyegore."""
    return load_checks(_BUILT_IN)


def _line(source: TomlSource, keys: tuple[str, ...], reason: str) -> str:
    """One error: ``file:line: entry: field: reason``; a check is named by its number and its name, if it has one."""
    if keys[0] == "check" and len(keys) > 1:
        checks = source.raw.get("check")
        number = int(keys[1])
        given = checks[number].get("name") if isinstance(checks, list) and isinstance(checks[number], dict) else None
        named = f"check {number + 1}" + (f" ({given})" if isinstance(given, str) and given.isprintable() else "")
        fields = keys[2:]
    else:
        named, fields = ".".join(keys[:2]), keys[2:]
    return ": ".join(part for part in (source.place(keys), named, ".".join(fields), reason) if part)
