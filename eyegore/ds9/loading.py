"""Images into the frames of a DS9: checked, loaded, scaled, drawn over, arranged; one outcome for each.

Drawn over them are the quadrants of a frame, with prescan and overscan, as regions of DS9.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from eyegore.basics.errors import Ds9Error, FormatError
from eyegore.ds9.order import Arrangement, Ds9Order, Fate, FrameImage, OrderOutcome, whole
from eyegore.ds9.program import PLAIN, private_folder
from eyegore.ds9.xpa import Ds9GivenUpError, Ds9SilentError, Xpa
from eyegore.elvis.ccd_frame import QUADRANTS, FrameGeometry, header

GROUP = "eyegore"
"""The tag of the regions, by which DS9 can choose or delete them all (Region, Groups)."""

_HEAD = """\
# Region file format: DS9 version 4.1
global width=1 select=0 edit=0 move=0 rotate=0 delete=1 font="helvetica 14 bold roman"
image
"""
_COLOURS = {"quadrant": "green", "prescan": "cyan", "overscan": "magenta", "parallel overscan": "yellow"}


class Loading:
    """Carries out one order, in one DS9.

    Parameters
    ----------
    order
        What is to be shown.
    names
        Names for files whose own DS9 cannot read.
    given_up
        Once set, nothing more is loaded.
    began
        Called before each image that is loaded, with how many were before it and how many there are.
    """

    def __init__(
        self,
        order: Ds9Order,
        names: PlainNames,
        given_up: threading.Event,
        began: Callable[[FrameImage, int, int], object] = lambda image, done, total: None,
    ) -> None:
        self._order = order
        self._names = names
        self._given_up = given_up
        self._began = began
        self._ready: list[FrameImage] = []
        self.loaded: list[int] = []
        """Frames that were filled, so far."""

    def check(self) -> Iterator[OrderOutcome]:
        """The images that cannot be shown; Ds9Error after them when that is all of them. No DS9 is needed yet."""
        for image in self._order.images:
            if self._given_up.is_set():
                raise Ds9GivenUpError("given up")
            outcome = whole(image)
            if outcome is None:
                self._ready.append(image)
            else:
                yield outcome
        if not self._ready:
            raise Ds9Error("none of its images is there and complete")

    def load(self, xpa: Xpa, address: str, *, unwanted: Collection[int] = ()) -> Iterator[OrderOutcome]:
        """Load what :meth:`check` let pass; the frames ``unwanted`` go. Ds9Error when DS9 cannot go on."""
        there = {int(frame) for frame in xpa.get(address, "frame", "all").split()}
        for frame in sorted(there & set(unwanted)):
            xpa.put(address, "frame", "delete", str(frame))
        if self._order.emptied:
            ready = {image.frame for image in self._ready}
            for frame in sorted(there & {image.frame for image in self._order.images} - ready):
                xpa.put(address, "frame", str(frame))
                xpa.put(address, "frame", "clear")
        if self._order.arrangement in (Arrangement.TILE, Arrangement.SINGLE):
            xpa.put(address, self._order.arrangement.value, "yes")
        for done, image in enumerate(self._ready):
            if self._given_up.is_set():
                raise Ds9GivenUpError(f"given up, {done} of {len(self._ready)} images were loaded")
            self._began(image, done, len(self._ready))
            yield self._load(xpa, address, image)
        self._fit(xpa, address)
        if self._order.arrangement is Arrangement.BLINK and len(self.loaded) > 1:
            xpa.put(address, Arrangement.BLINK.value, "yes")
        # the first call after a load tells whether DS9 outlived it
        xpa.get(address, "version")

    def _load(self, xpa: Xpa, address: str, image: FrameImage) -> OrderOutcome:
        """Load one image; one that DS9 does not take is told, and DS9 goes on."""
        outcome = whole(image)  # once more: it may have been rewritten while others were loaded
        if outcome is not None:
            return outcome
        assert image.path is not None
        try:
            xpa.put(address, "frame", str(image.frame))
            xpa.put(address, "file", f"{{{self._names.of(image.path)}}}")
            self.loaded.append(image.frame)
            xpa.put(address, "zoom", "to", "fit")
            if self._order.equalised:
                xpa.put(address, "scale", "histequ")
            xpa.put(address, "scale", "mode", "zscale")
            note = self._draw(xpa, address, image.path) if self._order.quadrants else ""
        except (Ds9SilentError, Ds9GivenUpError):
            raise
        except Ds9Error as why:
            return OrderOutcome(image, Fate.REFUSED, str(why))
        return OrderOutcome(image, Fate.SHOWN, note=note)

    def _draw(self, xpa: Xpa, address: str, path: Path) -> str:
        """Draw the quadrants over the image; why it could not be done, else ""."""
        try:
            text = region_text(geometry_of(path))
        except FormatError as why:
            return f"no quadrants are drawn: {why}"
        xpa.send(address, text, "regions")
        return ""

    def _fit(self, xpa: Xpa, address: str) -> None:
        """Fit the images to the tiles, which became smaller with every frame."""
        if self._order.arrangement is None or len(self.loaded) < 2:
            return
        frames: Sequence[int] = [*self.loaded[1:], self.loaded[0]]
        for frame in frames:
            xpa.put(address, "frame", str(frame))
            xpa.put(address, "zoom", "to", "fit")


def geometry_of(path: Path) -> FrameGeometry:
    """Geometry of the image in a file, from its own header; FormatError when it is no frame of four quadrants."""
    cards = header(path)
    columns, rows = cards.get("NAXIS1"), cards.get("NAXIS2")
    if type(columns) is not int or type(rows) is not int:
        raise FormatError(f"{path} does not tell its columns and rows")
    return FrameGeometry.from_shape(columns, rows)


def region_text(geometry: FrameGeometry) -> str:
    """Text of a region file, in image coordinates: the centre of the pixel at the lower left is (1, 1)."""
    lines = []
    whole = slice(0, geometry.rows)
    for quadrant in QUADRANTS:
        parts = {
            "quadrant": (whole, slice(0, geometry.columns)),
            "prescan": (whole, geometry.prescan),
            "overscan": (whole, geometry.overscan),
            "parallel overscan": (geometry.overscan_rows, geometry.image_columns),
        }
        for part, (rows, columns) in parts.items():
            if rows.stop > rows.start and columns.stop > columns.start:
                lines.append(f"{_box(geometry, quadrant, rows, columns)} # color={_COLOURS[part]} {_tag(part)}")
        x, y, _, _ = _middle(geometry, quadrant, whole, geometry.image_columns)
        lines.append(f"text({x:g},{y:g}) # color={_COLOURS['quadrant']} text={{{quadrant}}} {_tag('quadrant')}")
    return _HEAD + "\n".join(lines) + "\n"


def _tag(part: str) -> str:
    return f"tag={{{GROUP}}} tag={{{part}}}"


def _box(geometry: FrameGeometry, quadrant: str, rows: slice, columns: slice) -> str:
    x, y, width, height = _middle(geometry, quadrant, rows, columns)
    return f"box({x:g},{y:g},{width},{height},0)"


def _middle(geometry: FrameGeometry, quadrant: str, rows: slice, columns: slice) -> tuple[float, float, int, int]:
    """Centre (x, y), width and height of canonical rows and columns of a quadrant, in image coordinates."""
    left, right = columns.start, columns.stop
    if quadrant in "FG":
        left, right = geometry.naxis1 - right, geometry.naxis1 - left
    low, high = rows.start, rows.stop
    if quadrant in "EF":
        low, high = geometry.naxis2 - high, geometry.naxis2 - low
    # pixels left … right - 1 reach from left + 0.5 to right + 0.5
    return (left + right + 1) / 2, (low + high + 1) / 2, right - left, high - low


class PlainNames:
    """Names that DS9 can read for files whose own names it cannot: symbolic links in a private folder.

    Brackets, braces, quotes, semicolons and backslashes mean something to DS9 or to Tcl; one of them crashes it.
    """

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._links: dict[Path, Path] = {}

    def of(self, path: Path) -> str:
        """The path, absolute, or a link to it."""
        path = path.absolute()
        if PLAIN.fullmatch(str(path)):
            return str(path)
        if self._folder is None or not self._folder.is_dir():
            self._folder = private_folder()
            self._links.clear()
        if path not in self._links:
            # a folder of its own per link: two names may differ only in what is replaced
            link = self._folder / str(len(self._links)) / re.sub(r"[^\w.+-]", "_", path.name, flags=re.ASCII)
            link.parent.mkdir()
            link.symlink_to(path)
            self._links[path] = link
        return str(self._links[path])

    def remove(self) -> None:
        """Remove the links; DS9 keeps what it has opened."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
