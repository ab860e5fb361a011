"""Writes simulated frames into the day folder as slowly as they are transferred: seen half-written meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from eyegore.campaign.timing import TRANSFER, PlannedExposure
from eyegore.elvis.day_folder import image_name
from eyegore.messages.exposures import CCDS
from eyegore.simulator.exposure_log import Facts
from eyegore.simulator.folder import SimulatedFolder
from eyegore.simulator.frame import FrameSource, SimulatedFrame, fits_headers
from eyegore.simulator.trouble import Trouble

_HALF = 0.5
"""How much of a half-written frame is there."""


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
