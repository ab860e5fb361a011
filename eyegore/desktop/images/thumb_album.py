"""The small pictures of a session: some are kept, the others are asked for when they come in sight."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from eyegore.desktop.images.desk import ImageDesk
from eyegore.desktop.images.eye import ImageEye, Thumb
from eyegore.presenters.image_rows import STATUS
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.images.thumb_strip import ThumbCell

MOST = 400
"""Small pictures kept: some 10 kB each, at most."""


@dataclass(frozen=True)
class _Wanted:
    paths: tuple[str, ...]
    size: int


class ThumbAlbum:
    """Asks ``eye`` for pictures that are wanted and not there; each is asked for once."""

    def __init__(self, eye: ImageEye) -> None:
        self._eye = eye
        self._thumbs: OrderedDict[str, Thumb] = OrderedDict()
        self._asked = _Wanted((), 0)

    def keep(self, thumb: Thumb) -> None:
        """Keep a picture that was made."""
        self._thumbs[thumb.path] = thumb
        while len(self._thumbs) > MOST:
            self._thumbs.popitem(last=False)

    def cells(self, desk: ImageDesk, ccd: int, room: int, size: int) -> list[ThumbCell]:
        """Those around the ObsID that is shown, as many as there is ``room`` for, newest on the right."""
        cells: list[ThumbCell] = []
        missing: list[str] = []
        for obsid in desk.around(room):
            path = desk.paths(obsid).get(ccd, "")
            thumb = self._thumbs.get(path)
            cell = ThumbCell(obsid, self._status(desk, obsid, ccd))
            if thumb is not None:
                cell = replace(cell, width=thumb.width, height=thumb.height, grey=thumb.grey)
            elif path:
                missing.append(path)
            cells.append(cell)
        wanted = _Wanted(tuple(_nearest_first(missing, desk, ccd)), size)
        if wanted.paths and not set(wanted.paths) <= set(self._asked.paths):
            self._asked = wanted
            self._eye.thumbs(wanted.paths, size)
        return cells

    def _status(self, desk: ImageDesk, obsid: int, ccd: int) -> Status:
        result = desk.result(obsid, ccd)
        return STATUS[result.verdict] if result is not None else Status.UNKNOWN


def _nearest_first(paths: list[str], desk: ImageDesk, ccd: int) -> Iterator[str]:
    """The picture of the ObsID shown first, then its neighbours."""
    shown = desk.paths(desk.shown).get(ccd, "") if desk.shown is not None else ""
    at = paths.index(shown) if shown in paths else len(paths) - 1
    yield from sorted(paths, key=lambda path: abs(paths.index(path) - at))
