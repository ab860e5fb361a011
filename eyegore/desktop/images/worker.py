"""Previews of the newest images, made by one worker thread; the window only pastes them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eyegore.basics.errors import FormatError
from eyegore.basics.worker import NewestWins
from eyegore.images.pixels.display import Stretch, preview
from eyegore.messages.exposures import CCDS

if TYPE_CHECKING:
    from eyegore.elvis.frame_pixels import UInt16Array

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ImagePreview:
    """One CCD of an ObsID, ready to be pasted, or the ``problem`` why not.

    ``grey`` holds ``height`` rows of ``width`` bytes, the top row first, in detector orientation (row 0 of the frame at
    the bottom). ``rows`` and ``columns`` are those of the frame.
    """

    obsid: int
    ccd: int
    width: int = 0
    height: int = 0
    grey: bytes = b""
    problem: str = ""
    path: str = ""
    rows: int = 0
    columns: int = 0


@dataclass(frozen=True)
class _Request:
    obsid: int
    paths: Mapping[int, Path]
    stretch: Stretch
    size: tuple[int, int]


class ImageWorker(NewestWins[_Request]):
    """Reads frames and makes previews of them.

    Parameters
    ----------
    post
        Called on the worker thread with each preview as it is ready, in the order of the CCDs.
    """

    def __init__(self, post: Callable[[ImagePreview], None]) -> None:
        super().__init__("images")
        self._post = post
        # one frame after the other in the same place: memory touched for the first time is slow
        self._buffer: UInt16Array | None = None

    def request(self, obsid: int, paths: Mapping[int, str | Path], stretch: Stretch, size: tuple[int, int]) -> None:
        """Ask for the previews of one ObsID, by CCD number; the newest request wins, an older one is left unfinished.

        ``size`` is the box (width, height) [px] that each preview must fit into.
        """
        self._ask(_Request(obsid, {ccd: Path(path) for ccd, path in paths.items()}, stretch, size))

    # --- on the worker thread -----------------------------------------------------------------------------------

    def _do(self, wanted: _Request) -> None:
        for ccd in sorted({*CCDS, *wanted.paths}):
            if self._outdated:
                return
            try:
                made = self._preview(wanted, ccd)
            except Exception as why:  # outermost frame of the work: the next CCD may be well
                log.exception("preview of CCD%d of ObsID %d", ccd, wanted.obsid)
                made = ImagePreview(wanted.obsid, ccd, problem=f"no preview: {why}")
            self._post(made)

    def _preview(self, request: _Request, ccd: int) -> ImagePreview:
        from eyegore.elvis.ccd_frame import LARGEST_FRAME, read_pixels  # the first window comes first

        if self._buffer is None:
            self._buffer = np.empty(LARGEST_FRAME, np.uint16)
        path = request.paths.get(ccd)
        if path is None:
            return ImagePreview(request.obsid, ccd, problem="not there")
        try:
            pixels = read_pixels(path, self._buffer)
        except FormatError as why:
            problem = "not there" if isinstance(why.__cause__, FileNotFoundError) else str(why)
            return ImagePreview(request.obsid, ccd, problem=problem, path=str(path))
        width, height = request.size
        grey = preview(pixels, height, request.stretch, width=width)
        return ImagePreview(
            request.obsid,
            ccd,
            grey.shape[1],
            grey.shape[0],
            grey.tobytes(),
            path=str(path),
            rows=pixels.shape[0],
            columns=pixels.shape[1],
        )
