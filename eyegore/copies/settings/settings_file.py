"""The file of the copy settings: TOML, read whole and right, or refused with every error."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from eyegore.basics.files import config_path
from eyegore.basics.toml_file import REASONS, Fault, Keys, TomlSource, read_toml, reason_of
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
EXAMPLE = """\
# Copies of Eyegore: where the day folder goes.           docs/sync.rst explains every key.
# After each change:   eyegore settings check             A host key for the first time:   eyegore trust NAME
#
# No password belongs here, and none can be typed: ssh needs a key without passphrase, readable by you alone:
#   ssh-keygen -t ed25519 -N "" -f ~/.ssh/eyegore; ssh-copy-id -i ~/.ssh/eyegore lab@gateway.lab.example

[broadcast]                         # the gateway for people outside: -B NAME is the folder NAME below its root
host = "gateway.lab.example"        # as ssh knows it; what ~/.ssh/config says of it counts as well
user = "lab"                        # default: as ssh is set up; so are port and key
# port = 22
# key = "~/.ssh/eyegore"            # below the folder of this file, unless it begins with / or ~
root = "/srv/data"                  # must exist there; it is never made
bandwidth_kb = 5000                 # at most so much [KiB/s]; default: no limit

[targets.vault]                     # -r vault
host = "vault.lab.example"
user = "lab"
root = "/backup/camera"
role = "backup"                     # only for -r; "broadcast" only for -B; default: either

[targets.usb]                       # -r usb: a folder of this computer, or of a mount
root = "/mnt/usb"
"""
"""The settings a lab begins with: ``eyegore settings example copies`` prints them."""


def default_path() -> Path:
    """Where the settings are unless told otherwise."""
    return config_path(FILE)


def load_settings(path: Path) -> CopySettings:
    """Read the settings. Raises :class:`TomlError` with every error found."""
    from eyegore.copies.settings.schema import SettingsEntry

    source = read_toml(path, begin="eyegore settings example copies")
    entry = source.valid(SettingsEntry, reason=_reason)
    settings = CopySettings(
        path=source.path,
        gateway=_place(source, GATEWAY, (GATEWAY,), entry.broadcast) if entry.broadcast else None,
        targets=MappingProxyType(
            {name: _place(source, name, ("targets", name), each) for name, each in entry.targets.items()}
        ),
    )
    twice = list(_twice(settings))
    if twice:
        raise source.refused(twice)
    return settings


def _reason(error: Any) -> str:
    if error["type"] == "extra_forbidden" and str(error["loc"][-1]).lower() in _SECRET_KEYS:
        return "must not be in this file: a key without passphrase opens the account (key = ...)"
    return reason_of(error, _REASONS, values=False)


def _place(source: TomlSource, name: str, keys: Keys, entry: PlaceEntry) -> Place:
    root = entry.root if entry.host else str(source.below(entry.root))
    target = SyncTarget(
        name=name,
        kind=TargetKind.SSH if entry.host else TargetKind.LOCAL,
        path=root.rstrip("/") or "/",
        host=entry.host or "",
        user=entry.user or "",
        port=entry.port or 0,
        key=source.below(entry.key) if entry.key else None,
        known_hosts=source.below(entry.known_hosts) if entry.known_hosts else None,
        bandwidth_kb=entry.bandwidth_kb or 0,
    )
    role = Role(entry.role) if entry.role else Role.BROADCAST if name == GATEWAY else None
    keys_at = f"{source.place((*keys, 'key'))}: {source.name((*keys, 'key'))}" if entry.key else ""
    return Place(name, target, role, source.place(keys), keys_at)


def _twice(settings: CopySettings) -> list[Fault]:
    """Two names for one place: what is copied would be copied twice."""
    seen: dict[object, str] = {}
    found: list[Fault] = []
    for name, place in settings.targets.items():
        other = seen.setdefault(place_of(place.target), name)
        if other != name:
            found.append((("targets", name), f"is the same place as targets.{other}: remove one"))
    return found
