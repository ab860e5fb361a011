"""The table of the checks of frames, from TOML: the built-in one or the lab's own; read whole and right, or refused."""

from __future__ import annotations

import hashlib
from functools import cache, partial
from pathlib import Path

from eyegore.basics.toml_file import Keys, TomlSource, read_toml
from eyegore.limits.frame_model import CheckTable

_BUILT_IN = Path(__file__).parent / "tables" / "frames.toml"


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
    """The table that comes with Eyegore."""
    return load_checks(_BUILT_IN)


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
