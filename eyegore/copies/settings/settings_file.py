"""The file of the copy settings: TOML, read whole and right, or refused with every error."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from eyegore.basics.errors import SettingsError
from eyegore.basics.toml_source import REASONS, Keys, TomlError, TomlSource, read_toml, reason_of
from eyegore.copies.settings.model import GATEWAY, CopySettings, Place
from eyegore.copies.target import SyncTarget, TargetKind, place_of
from eyegore.messages.events import Role

if TYPE_CHECKING:
    from eyegore.copies.settings.schema import PlaceEntry

FILE = "copies.toml"
_REASONS = REASONS | {
    "dict_type": "must be a table with an entry for each name",
}
_SECRET_KEYS = ("password", "passwd", "pass", "passphrase", "secret")


class CopySettingsError(SettingsError):
    """Settings that cannot be used. Its text has one line per error: file and line, key, reason."""


def default_path() -> Path:
    """Where the settings are unless told otherwise."""
    from platformdirs import user_config_dir

    return Path(user_config_dir("eyegore")) / FILE


def load_settings(path: Path) -> CopySettings:
    """Read the settings. Raises :class:`CopySettingsError` with every error found."""
    try:
        source = read_toml(path)
    except TomlError as why:
        told = str(why)
        if not path.exists():
            folder = "" if path.parent.is_dir() else f"mkdir -p {path.parent}; "
            told = f"{path}: no such file; begin with: {folder}eyegore settings example copies > {path}"
        raise CopySettingsError(told) from None
    return _settings(source)


def _settings(source: TomlSource) -> CopySettings:
    from pydantic import ValidationError

    from eyegore.copies.settings.schema import SettingsEntry

    try:
        entry = SettingsEntry.model_validate(source.raw)
    except ValidationError as why:
        raise _refused(
            source, [(_keys(each["loc"]), _reason(each)) for each in why.errors(include_url=False)]
        ) from None
    settings = CopySettings(
        path=source.path,
        gateway=_place(source, GATEWAY, (GATEWAY,), entry.broadcast) if entry.broadcast else None,
        targets=MappingProxyType(
            {name: _place(source, name, ("targets", name), each) for name, each in entry.targets.items()}
        ),
    )
    twice = list(_twice(settings))
    if twice:
        raise _refused(source, twice)
    return settings


def _refused(source: TomlSource, faults: list[tuple[Keys, str]]) -> CopySettingsError:
    """All faults, from the top of the file to its end."""
    faults.sort(key=lambda fault: _line(source, fault[0]))
    lines = [f"{source.path}:{_line(source, keys)}: {_named(keys)}: {why}" for keys, why in faults]
    return CopySettingsError("\n".join(lines))


def _line(source: TomlSource, keys: Keys) -> int:
    """Of the nearest key that is there, or of the first below it: ``[targets.vault]`` has no line of ``targets``."""
    found = next((source.lines[keys[:n]] for n in range(len(keys), 0, -1) if keys[:n] in source.lines), None)
    return found or min((line for key, line in source.lines.items() if key[:1] == keys[:1]), default=1)


def _keys(location: tuple[int | str, ...]) -> Keys:
    keys = tuple(str(key) for key in location)
    return keys[:-1] if keys[-1:] == ("[key]",) else keys


def _named(keys: Keys) -> str:
    """``targets.vault.port``. Keys that are no names are told as Python text."""
    return ".".join(key if key.isprintable() and key.strip() else repr(key) for key in keys)


def _reason(error: Any) -> str:
    if error["type"] == "extra_forbidden" and str(error["loc"][-1]).lower() in _SECRET_KEYS:
        return "must not be in this file: a key without passphrase opens the account (key = ...)"
    return reason_of(error, _REASONS, values=False)


def _place(source: TomlSource, name: str, keys: Keys, entry: PlaceEntry) -> Place:
    base = source.path.absolute().parent
    root = entry.root if entry.host else str(_expanded(base, entry.root))
    target = SyncTarget(
        name=name,
        kind=TargetKind.SSH if entry.host else TargetKind.LOCAL,
        path=root.rstrip("/") or "/",
        host=entry.host or "",
        user=entry.user or "",
        port=entry.port or 0,
        key=_expanded(base, entry.key) if entry.key else None,
        known_hosts=_expanded(base, entry.known_hosts) if entry.known_hosts else None,
        bandwidth_kb=entry.bandwidth_kb or 0,
    )
    role = Role(entry.role) if entry.role else Role.BROADCAST if name == GATEWAY else None
    keys_at = f"{source.place((*keys, 'key'))}: {_named((*keys, 'key'))}" if entry.key else ""
    return Place(name, target, role, source.place(keys), keys_at)


def _expanded(base: Path, name: str) -> Path:
    """A file the settings name: below their own folder unless it says where."""
    try:
        return base / Path(name).expanduser()
    except RuntimeError:  # ~name of nobody: then it is the name of a file
        return base / name


def _twice(settings: CopySettings) -> list[tuple[Keys, str]]:
    """Two names for one place: what is copied would be copied twice."""
    seen: dict[object, str] = {}
    found: list[tuple[Keys, str]] = []
    for name, place in settings.targets.items():
        other = seen.setdefault(place_of(place.target), name)
        if other != name:
            found.append((("targets", name), f"is the same place as targets.{other}: remove one"))
    return found
