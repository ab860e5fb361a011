"""The day folder a simulation writes into: what may be in it beforehand, and writing as ELVIS writes."""

from __future__ import annotations

import shutil
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.elvis.day_folder import FileKind, master_hk_name, parse_name

MARK = ".eyegore-simulated"
"""Hidden file that tells a simulated day folder from a real one."""

FIRST_OBSID = 20103


class SimulatedFolder:
    """A day folder to write to; nothing in it is ever changed or deleted, only added to."""

    def __init__(self, path: Path, *, force: bool = False) -> None:
        self.path = path
        self.written = 0
        if path.exists() and not path.is_dir():
            raise SettingsError(f"{path} is a file: give a folder to write the simulated day into")
        names = [entry.name for entry in path.iterdir()] if path.exists() else []
        if names and MARK not in names and not force:
            raise SettingsError(
                f"{path} is not empty and not a simulated day folder: choose another, or add --force to write beside "
                "what is there (nothing is deleted)"
            )
        self._before = {name: file for name in names if (file := parse_name(name)) is not None}
        self._mine: set[str] = set()
        self._masters: dict[int, str] = {}

    def next_obsid(self) -> int:
        """The ObsID to go on with."""
        return max((file.obsid + 1 for file in self._before.values() if file.obsid is not None), default=FIRST_OBSID)

    def begin(self, mark: str) -> None:
        """Create the folder and mark it as simulated."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as why:
            raise self._refused(why) from why
        self.append(MARK, mark.encode(), shared=True)

    def require(self, size: int) -> None:
        """SettingsError unless ``size`` bytes have room."""
        place = next(parent for parent in (self.path, *self.path.absolute().parents) if parent.exists())
        free = shutil.disk_usage(place).free
        if size > free:
            raise SettingsError(
                f"the images need {size / 1e9:.1f} GB, {place} has {free / 1e9:.1f} GB: take fewer with --images N, "
                "or --no-images"
            )

    def master_name(self, time: float) -> str:
        """The master HK file of this session for the date of ``time`` [lab s]: its own, the next number of the date."""
        day = int(time // 86400)
        if day not in self._masters:
            number = 1
            while master_hk_name(time, number) in self._before:
                number += 1
            self._masters[day] = master_hk_name(time, number)
        return self._masters[day]

    def is_new(self, name: str) -> bool:
        """Whether nobody has written to ``name`` yet."""
        return name not in self._mine and name not in self._before

    def append(self, name: str, data: bytes, *, shared: bool = False) -> None:
        """Open, append, close. Only a ``shared`` file (the exposure log) may have been there before this session."""
        file = self._before.get(name)
        if file is not None and not shared and name not in self._mine:
            hint = ": choose another --first-obsid" if file.kind in (FileKind.IMAGE, FileKind.OBSID_HK) else ""
            raise SettingsError(f"{self.path / name} exists already{hint}")
        try:
            with open(self.path / name, "ab") as stream:
                stream.write(data)
        except OSError as why:
            raise self._refused(why) from why
        self._mine.add(name)
        self.written += len(data)

    def _refused(self, why: OSError) -> SettingsError:
        return SettingsError(f"cannot write to {self.path}: {why.strerror}")
