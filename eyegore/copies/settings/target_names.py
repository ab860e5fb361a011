"""From what a person wrote to the target that is meant: paths, names of the settings, folders below the gateway."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.copies.settings.model import GATEWAY, CopySettings, Place, key_fault
from eyegore.copies.settings.settings_file import default_path, load_settings
from eyegore.copies.target import SCP, SyncTarget, TargetKind, parse_target, place_of, refuse_odd
from eyegore.messages.events import Role

OPTIONS = {Role.BACKUP: "-r", Role.BROADCAST: "-B"}


class TargetNames:
    """What the names of targets mean. ``file`` None: the settings in the user's home, if there are any.

    The file is read when it is first needed: who only copies to ``/mnt/backup`` needs none.

    Raises
    ------
    SettingsError
        From every method, when a text cannot be a target or the settings cannot be used.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._settings: CopySettings | None = None

    @property
    def settings(self) -> CopySettings:
        """All that the file says; without one, nothing."""
        if self._settings is None:
            path = self._file or default_path()
            missing = self._file is None and not path.exists()
            self._settings = CopySettings(path) if missing else load_settings(path)
        return self._settings

    def session(self, backups: Sequence[str], broadcasts: Sequence[str]) -> list[SyncTarget]:
        """The targets of one session; no place may be meant twice."""
        if self._file is not None:
            load_settings(self._file)  # who names it wants to hear of its errors
        asked = [(Role.BACKUP, text) for text in backups] + [(Role.BROADCAST, text) for text in broadcasts]
        return distinct([(f"{OPTIONS[role]} {text}", self.target(text, role)) for role, text in asked])

    def target(
        self,
        text: str,
        role: Role | None,
        *,
        key: Path | None = None,
        known_hosts: Path | None = None,
        bandwidth_kb: int | None = None,
    ) -> SyncTarget:
        """The target a person wrote; what is given beside it goes before the settings.

        A name of the settings is that place. ``host:NAME`` is a folder below its root, as is ``NAME`` alone for
        broadcasting; ``user@host:/path`` takes key, port and limits of that host. Else it is a folder of this computer.
        """
        refuse_odd(text)
        place = self.settings.targets.get(text) if _plain(text) else None
        if place is not None:
            found = place.target
            _check_role(place, role)
        elif ":" in text.partition("/")[0]:
            place, found = self._elsewhere(text)
        elif role is Role.BROADCAST:
            place = self._gateway(text)
            found = replace(place.target.below(text), name=text)
        else:
            found = self._here(text)
        own = key is not None
        found = replace(
            found,
            key=key or found.key,
            known_hosts=known_hosts or found.known_hosts,
            bandwidth_kb=found.bandwidth_kb if bandwidth_kb is None else _limit(bandwidth_kb),
            role=role or (place.role if place else None) or Role.BACKUP,
        )
        if found.kind is TargetKind.SSH and found.key is not None:
            fault = place.key_fault() if place is not None and not own else key_fault(found.key)
            if fault:
                raise SettingsError(fault if not own else f"--key: {fault}")
        return found

    def computer(self, text: str) -> SyncTarget:
        """The other computer that is meant: a name of the settings, a target on it, or the computer itself."""
        refuse_odd(text)
        place = self.settings.gateway if text == GATEWAY else self.settings.targets.get(text)
        if place is not None:
            found = place.target
        elif re.match(r"[A-Za-z]+://[^/]*$", text):
            found = self._elsewhere(f"{text}/")[1]
        elif ":" in text.partition("/")[0]:
            found = self._elsewhere(text)[1]
        elif "/" in text:
            found = parse_target(text)
        else:
            found = self._elsewhere(f"{text}:/")[1]
        if found.kind is not TargetKind.SSH:
            raise SettingsError(f"{text} is a folder of this computer: there is no host key to trust")
        return replace(found, name=text)

    def _elsewhere(self, text: str) -> tuple[Place | None, SyncTarget]:
        """A target on another computer, with what the settings say of that."""
        scp = SCP.fullmatch(text)
        if scp and scp["path"] and not scp["path"].startswith(("/", ":")):
            computer = parse_target(text[: scp.start("path")] + "/")
            place = self.settings.of(computer)
            if place is None:
                host = computer.host
                raise SettingsError(
                    f"target {text!r} needs the whole path on {host} ({host}:/data/backup), or a section with "
                    f"host = {host!r} and root = ... in {self.settings.path}"
                )
            found = replace(computer, path=place.target.path, name=text).below(scp["path"])
        else:
            found = parse_target(text)
            place = self.settings.of(found)
        return place, place.completed(found) if place else found

    def _gateway(self, text: str) -> Place:
        if self.settings.gateway is None:
            raise SettingsError(
                f"-B {text}: on which computer? Give user@host:/path, or [broadcast] with host and root in "
                f"{self.settings.path} (begin with: eyegore settings example copies)"
            )
        return self.settings.gateway

    def _here(self, text: str) -> SyncTarget:
        """A folder of this computer; a plain word is rather a misspelt name unless the folder is there."""
        if _plain(text) and not Path(text).exists():
            names = ", ".join(self.settings.targets)
            known = f"known are {names}" if names else f"{self.settings.path} has none"
            raise SettingsError(f"{text!r} is no target of the settings ({known}) and no folder here (./{text})")
        return parse_target(text)


def distinct(targets: Sequence[tuple[str, SyncTarget]]) -> list[SyncTarget]:
    """The targets, each with how it was given; refused where two of them are one place."""
    seen: dict[object, str] = {}
    for given, target in targets:
        place = place_of(target)
        if place in seen:
            same = "is given twice" if seen[place] == given else f"and {seen[place]} are the same place"
            raise SettingsError(f"{given} {same} ({target.address.rstrip('/') or '/'}): leave one out")
        seen[place] = given
    return [target for _, target in targets]


def _plain(text: str) -> bool:
    return not text.startswith((".", "~")) and "/" not in text and ":" not in text


def _check_role(place: Place, role: Role | None) -> None:
    if role is not None and place.role not in (None, role):
        assert place.role is not None
        raise SettingsError(
            f"{OPTIONS[role]} {place.name}: {place.where} says it is for {place.role.value} "
            f"(role): give it with {OPTIONS[place.role]}"
        )


def _limit(bandwidth_kb: int) -> int:
    if bandwidth_kb < 0:
        raise SettingsError(f"a bandwidth of {bandwidth_kb} KiB/s is none: give a number above 0, or 0 for no limit")
    return bandwidth_kb
