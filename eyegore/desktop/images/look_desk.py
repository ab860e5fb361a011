"""The window that looks at one CCD closely, opened, fed and remembered; there is one at most."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from eyegore.widgets.theme import Theme

if TYPE_CHECKING:  # imported when the window is wanted: the first window comes first
    from eyegore.desktop.images.choices import ImageChoices
    from eyegore.desktop.images.desk import ImageDesk
    from eyegore.desktop.images.eye import ImageEye, Seen, Thumb
    from eyegore.desktop.images.window import ImageWindow


class LookDesk:
    """``post`` lets a call be made on the Tk thread; ``elsewhere`` are actions that work in the main window, too."""

    def __init__(
        self,
        root: tk.Tk,
        theme: Theme,
        post: Callable[[Callable[[], object]], object],
        elsewhere: Mapping[str, Callable[[], object]],
    ) -> None:
        self._root, self._theme, self._post, self._elsewhere = root, theme, post, elsewhere
        self._eye: ImageEye | None = None
        self.window: ImageWindow | None = None
        self._choices: ImageChoices | None = None
        self._remembered: dict[str, Any] = {}
        self._geometry = ""
        self._told: object = None

    def open(self, desk: ImageDesk | None, ccd: int) -> None:
        """Look at a CCD of the ObsID that the desk shows."""
        if desk is None:
            return
        from eyegore.desktop.images.choices import ImageChoices
        from eyegore.desktop.images.comparison import Comparison
        from eyegore.desktop.images.eye import ImageEye
        from eyegore.desktop.images.window import ImageWindow

        if self._choices is None:
            self._choices = ImageChoices(self._root)
            self._choices.restore(self._remembered)
        if self._eye is None:
            self._eye = ImageEye(lambda answer: self._post(lambda: self._take(answer)))
        if self.window is None:
            self._choices.ccd.set(ccd)
            self._choices.how.set(Comparison.NONE.value)
            self.window = ImageWindow(
                self._root, self._theme, desk, self._choices, self._eye, self._geometry, self._elsewhere, self._closed
            )
        self.window.choose(ccd)
        self.window.come()

    def refresh(self, desk: ImageDesk) -> None:
        """Show what is new; without news, or window, it costs nothing."""
        if self.window is not None and self._told != (told := (id(desk), desk.changes)):
            self._told = told
            self.window.desk = desk
            self.window.refresh()

    def clear(self) -> None:
        """Close it, for another folder."""
        if self.window is not None:
            self.window.close()

    def _take(self, answer: Seen | Thumb) -> None:
        if self.window is not None:
            self.window.show_answer(answer)

    def _closed(self, geometry: str) -> None:
        self._geometry, self.window = geometry, None

    def layout(self) -> dict[str, Any]:
        """What the window remembers, JSON-able."""
        geometry = self._geometry if self.window is None else self.window.geometry()
        choices = self._remembered if self._choices is None else self._choices.layout()
        return {**choices, "geometry": geometry}

    def restore(self, layout: object) -> None:
        """Take back what :meth:`layout` gave."""
        if isinstance(layout, Mapping):
            self._remembered = dict(layout)
            self._geometry = str(layout.get("geometry", ""))

    def stop(self, timeout: float) -> bool:
        """End the thread; False when it has not ended after ``timeout`` [s]."""
        return self._eye is None or self._eye.stop(timeout)
