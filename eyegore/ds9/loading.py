"""Images into the frames of a DS9: checked, loaded, scaled, drawn over, arranged; one outcome for each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from eyegore.basics.errors import Ds9Error, FormatError
from eyegore.ds9.order import Arrangement, Ds9Order, Fate, FrameImage, OrderOutcome, whole
from eyegore.ds9.plain_names import PlainNames
from eyegore.ds9.quadrant_regions import geometry_of, region_text
from eyegore.ds9.xpa import Ds9GivenUpError, Ds9SilentError, Xpa


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
