"""The thread that draws the pictures of the history windows: matplotlib takes longer than Tk may be held up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eyegore.basics.worker import NewestWins

if TYPE_CHECKING:
    from eyegore.desktop.history.figure import Pixels
    from eyegore.desktop.history.picture import Picture

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Painted:
    """A picture that was drawn: its pixels, or as the content of a PNG file; or the ``problem`` why not."""

    picture: Picture
    pixels: Pixels | None = None
    png: bytes = b""
    problem: str = ""


@dataclass(frozen=True)
class _Wanted:
    picture: Picture
    done: Callable[[Painted], object]
    file: bool


class HistoryPainter(NewestWins[_Wanted]):
    """One thread, for all windows; it is started by the first call, or to import ahead what it draws with.

    ``done`` is called on it.

    Of the pictures of one window (``key``) that wait, the newest is drawn and the others are forgotten.
    """

    def __init__(self) -> None:
        super().__init__("history")

    def paint(self, key: object, picture: Picture, done: Callable[[Painted], object]) -> None:
        """Ask for the pixels of a picture."""
        self._ask(_Wanted(picture, done, file=False), key)

    def save(self, key: object, picture: Picture, done: Callable[[Painted], object]) -> None:
        """Ask for the content of a PNG file."""
        self._ask(_Wanted(picture, done, file=True), (key, "png"))

    def forget(self, key: object) -> None:
        """Leave undone what one window waits for."""
        self._drop(lambda one: one in (key, (key, "png")))

    # --- on the thread -----------------------------------------------------------------------------------------------

    def _work(self) -> None:
        import matplotlib.backends.backend_agg
        import matplotlib.figure  # noqa: F401

        super()._work()

    def _do(self, wanted: _Wanted) -> None:
        from eyegore.desktop.history.figure import pixels, png

        try:
            if wanted.file:
                painted = Painted(wanted.picture, png=png(wanted.picture))
            else:
                painted = Painted(wanted.picture, pixels(wanted.picture))
        except Exception as why:  # outermost frame of the work: the person must be told
            log.exception("a history could not be drawn")
            painted = Painted(wanted.picture, problem=f"the picture could not be drawn: {why}")
        wanted.done(painted)
