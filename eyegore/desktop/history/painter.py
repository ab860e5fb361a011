"""The thread that draws the pictures of the history windows: matplotlib takes longer than Tk may be held up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from eyegore.desktop.history.figure import Pixels, pixels, png
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


class HistoryPainter:
    """One thread, for all windows; it is started by the first call. ``done`` is called on it.

    Of the pictures of one window (``key``) that wait, the newest is drawn and the others are forgotten.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._wanted: dict[object, _Wanted] = {}
        self._stopping = False
        self._thread: threading.Thread | None = None

    def warm(self) -> None:
        """Start the thread, which imports what it draws with."""
        with self._condition:
            if self._stopping or (self._thread is not None and self._thread.is_alive()):
                return
            self._thread = threading.Thread(target=self._work, name="history", daemon=True)
            self._thread.start()

    def paint(self, key: object, picture: Picture, done: Callable[[Painted], object]) -> None:
        """Ask for the pixels of a picture."""
        self._ask(key, _Wanted(picture, done, file=False))

    def save(self, key: object, picture: Picture, done: Callable[[Painted], object]) -> None:
        """Ask for the content of a PNG file."""
        self._ask((key, "png"), _Wanted(picture, done, file=True))

    def forget(self, key: object) -> None:
        """Leave undone what one window waits for."""
        with self._condition:
            self._wanted.pop(key, None)
            self._wanted.pop((key, "png"), None)

    def stop(self, timeout: float) -> bool:
        """End the thread; False when it has not ended after ``timeout`` [s]."""
        with self._condition:
            self._stopping = True
            self._condition.notify()
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _ask(self, key: object, wanted: _Wanted) -> None:
        self.warm()
        with self._condition:
            self._wanted[key] = wanted
            self._condition.notify()

    # --- on the thread -----------------------------------------------------------------------------------------------

    def _work(self) -> None:
        import matplotlib.backends.backend_agg
        import matplotlib.figure  # noqa: F401

        while (wanted := self._next()) is not None:
            try:
                if wanted.file:
                    painted = Painted(wanted.picture, png=png(wanted.picture))
                else:
                    painted = Painted(wanted.picture, pixels(wanted.picture))
            except Exception as why:  # outermost frame of the thread: the next picture must find it alive
                log.exception("a history could not be drawn")
                painted = Painted(wanted.picture, problem=f"the picture could not be drawn: {why}")
            wanted.done(painted)

    def _next(self) -> _Wanted | None:
        with self._condition:
            self._condition.wait_for(lambda: self._stopping or self._wanted)
            if self._stopping:
                return None
            return self._wanted.pop(next(iter(self._wanted)))
