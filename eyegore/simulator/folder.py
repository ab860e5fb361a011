"""The day folder a simulation writes into: what may be in it beforehand, and writing as ELVIS writes.

Frames come as slowly as they are transferred: they are seen half-written meanwhile.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.campaign.timing import TRANSFER, PlannedExposure
from eyegore.elvis.day_folder import FileKind, image_name, master_hk_name, parse_name
from eyegore.messages.exposures import CCDS
from eyegore.simulator.exposure_log import Facts
from eyegore.simulator.frame import FrameSource, SimulatedFrame, fits_headers
from eyegore.simulator.trouble import Trouble

MARK = ".eyegore-simulated"
"""Hidden file that tells a simulated day folder from a real one."""

FIRST_OBSID = 20103
_HALF = 0.5
"""How much of a half-written frame is there."""


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


class FrameWriter:
    """Writes the three frames of an exposure one after another during its transfer.

    ``facts`` gives the FITS keywords of one CCD's frame.
    """

    def __init__(
        self,
        folder: SimulatedFolder,
        source: FrameSource,
        trouble: Trouble,
        facts: Callable[[PlannedExposure, int], Facts],
    ) -> None:
        self._folder = folder
        self._source = source
        self._trouble = trouble
        self._facts = facts
        self._frames: dict[tuple[int, int], SimulatedFrame] = {}

    def write(self, exposure: PlannedExposure, first: int, last: int) -> None:
        """Write what arrives of the exposure's frames in seconds [first, last)."""
        last = int(min(last, self._trouble.cut(exposure)))
        for ccd in CCDS:
            key = (exposure.obsid, ccd)
            if key not in self._trouble.missing:
                self._write(exposure, ccd, self._arrived(exposure, ccd, first), self._arrived(exposure, ccd, last))
        if last >= exposure.end:
            for ccd in CCDS:
                self._frames.pop((exposure.obsid, ccd), None)

    def _arrived(self, exposure: PlannedExposure, ccd: int, second: int) -> int:
        """Rows of a CCD's frame there before ``second``."""
        share = TRANSFER / len(CCDS)
        part = min(max((second - exposure.hk_last - share * (ccd - 1)) / share, 0.0), 1.0)
        if (exposure.obsid, ccd) in self._trouble.half:
            part = min(part, _HALF)
        # The last CCD's last row comes with the last second, whatever the rounding of its share.
        return (
            self._source.shape.rows if second >= exposure.end and part > _HALF else int(part * self._source.shape.rows)
        )

    def _write(self, exposure: PlannedExposure, ccd: int, first: int, last: int) -> None:
        if first >= last:
            return
        key = (exposure.obsid, ccd)
        if key not in self._frames:
            self._frames[key] = self._source.frame(exposure, ccd)
        shape = self._source.shape
        data = self._frames[key].data(first, last)
        if first == 0:
            data = fits_headers(f"ROE1_CCD{ccd}", shape, self._facts(exposure, ccd)) + data
        if last == shape.rows:
            data += bytes(shape.padding)
        self._folder.append(image_name(exposure.obsid, ccd, exposure.time), data)
