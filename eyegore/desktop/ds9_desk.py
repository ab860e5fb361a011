"""What the window does with DS9: rows that are opened, how they are shown, in which DS9. All on the Tk thread."""

from __future__ import annotations

import logging
import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eyegore.widgets.theme import Theme

if TYPE_CHECKING:  # imported when DS9 is wanted: the first window comes first
    from eyegore.ds9.viewer import Ds9Viewer
    from eyegore.ds9.xpa import AccessPoint
    from eyegore.widgets.dialogs.question import ChoiceDialog

OWN = "one of Eyegore's own"
OWN_ANEW = "a new one of Eyegore's own; the present one is ended"


class Ds9Desk:
    """Sends images to DS9.

    Parameters
    ----------
    target
        The DS9 to use: a title, ``host:port``, or "" for one of our own.
    say
        Shows a line to the person.
    log
        Takes a level and a line for the log, from any thread.
    post
        Has something done on the Tk thread, from any thread.
    paths
        Image files of an ObsID, by CCD.
    """

    def __init__(
        self,
        root: tk.Tk,
        theme: Theme,
        target: str,
        *,
        say: Callable[[str], object],
        log: Callable[[int, str], None],
        post: Callable[[Callable[[], object]], object],
        paths: Callable[[int], Mapping[int, str]],
    ) -> None:
        self._root = root
        self._theme = theme
        self._say = say
        self._post = post
        self._paths = paths
        self._target, self._log = target, log
        self._viewer: Ds9Viewer | None = None
        self.blink = tk.BooleanVar(root, False)
        self.quadrants = tk.BooleanVar(root, False)
        self.dialog: ChoiceDialog | None = None

    @property
    def viewer(self) -> Ds9Viewer:
        """The worker that talks with DS9, made when it is first wanted."""
        from eyegore.ds9.viewer import Ds9Viewer

        if self._viewer is None:
            self._viewer = Ds9Viewer(
                self._target, say=self._log, progress=lambda text: self._post(lambda: self._say(text))
            )
        return self._viewer

    def actions(self) -> dict[str, Callable[[], object]]:
        """What keys and menus ask for."""
        return {
            "blink ds9": lambda: self._toggle(self.blink, "several images will blink", "several images will be tiled"),
            "quadrants ds9": lambda: self._toggle(
                self.quadrants, "quadrants will be drawn over images", "no quadrants will be drawn"
            ),
            "choose ds9": self.choose,
            "stop ds9": self.cancel,
        }

    def marks(self) -> dict[str, tk.BooleanVar]:
        """Which of the actions are switched on."""
        return {"blink ds9": self.blink, "quadrants ds9": self.quadrants}

    def open_rows(self, row_keys: Sequence[str]) -> None:
        """Open rows of the exposure log (``<ObsID>/CCD<n>``): one means all images of its ObsID, several themselves."""
        from eyegore.ds9.order import MOST_FRAMES, Arrangement, Ds9Order, FrameImage

        rows = [
            (int(obsid), int(ccd[-1]))
            for obsid, _, ccd in (key.partition("/") for key in row_keys)
            if ccd[-1:].isdigit()
        ]
        if len(rows) == 1:
            self.open_obsid(rows[0][0])
        elif len(rows) > MOST_FRAMES:
            self._say(f"{len(rows)} images are more than DS9 holds well ({MOST_FRAMES})")
        elif rows:
            images = []
            for frame, (obsid, ccd) in enumerate(rows, start=1):
                path = self._paths(obsid).get(ccd)
                images.append(FrameImage(frame, obsid, ccd, Path(path) if path else None))
            arrangement = Arrangement.BLINK if self.blink.get() else Arrangement.TILE
            what = f"{len(images)} images"
            self._say(f"sending {what} to DS9")
            quadrants = self.quadrants.get()
            self.viewer.open(Ds9Order(what, tuple(images), arrangement, quadrants=quadrants, emptied=True))

    def open_obsid(self, obsid: int) -> None:
        """Open the images of one ObsID; returns at once."""
        self._say(f"sending ObsID {obsid} to DS9")
        self.viewer.show(self._paths(obsid), obsid, quadrants=self.quadrants.get())

    def cancel(self) -> None:
        """Give up what is being sent."""
        self.viewer.cancel()
        self._say("no more is sent to DS9")

    def _toggle(self, mark: tk.BooleanVar, on: str, off: str) -> None:
        mark.set(not mark.get())
        self._say(f"DS9: {on if mark.get() else off}")

    # --- which DS9 ---------------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Ask which DS9 to use, once it is known which are running."""
        self._say("looking for running DS9s")
        self.viewer.search(lambda points, problem: self._post(lambda: self._ask(points, problem)))

    def _ask(self, points: Sequence[AccessPoint], problem: str) -> None:
        if problem:
            self._say(problem)
            return
        if self.dialog is not None and self.dialog.winfo_exists():
            self.dialog.come_back()
            return
        from eyegore.widgets.dialogs.question import DS9, ChoiceDialog

        names = [point.name for point in points]
        targets = ["", "", *(point.name if names.count(point.name) == 1 else point.address for point in points)]
        choices = [OWN, OWN_ANEW, *(f"{point.name}, at {point.address}" for point in points)]
        target = self.viewer.target
        now = f"now DS9 {target}" if target else f"now {OWN}, titled {self.viewer.own_title}"
        chosen = targets.index(target) if target in targets else 0

        def done(place: int, name: str) -> None:
            self.viewer.target = name or targets[place]
            if not name and choices[place] == OWN_ANEW:
                self.viewer.start_anew()
            self._say(f"images go to DS9 {self.viewer.target}" if self.viewer.target else f"images go to {OWN}")

        others = f"{len(points)} other DS9s are" if len(points) > 1 else "another DS9 is"
        self._say(f"{others} running" if points else "no DS9 but Eyegore's own is known")
        self.dialog = ChoiceDialog(self._root, self._theme, DS9, choices, chosen, now, done)

    # --- layout and end ----------------------------------------------------------------------------------------------

    def layout(self) -> dict[str, Any]:
        """What is remembered, JSON-able."""
        return {"blink": self.blink.get(), "quadrants": self.quadrants.get()}

    def restore(self, layout: object) -> None:
        """Take back what :meth:`layout` gave."""
        if isinstance(layout, dict):
            self.blink.set(layout.get("blink") is True)
            self.quadrants.set(layout.get("quadrants") is True)

    def stop(self, timeout: float) -> None:
        """End the worker and the DS9 it started."""
        if self._viewer is not None and not self._viewer.stop(timeout):
            logging.getLogger(__name__).warning("the worker of DS9 does not end")
