"""A picture that somebody else draws, over a stretch of time: zoomed and moved by hand, with a cursor."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageTk

from eyegore.widgets import keys
from eyegore.widgets.calls import Later
from eyegore.widgets.charts.axes import CLOCK, TimeWindow
from eyegore.widgets.charts.curve import ChartSource, Scale
from eyegore.widgets.charts.time_gestures import TimeGestures
from eyegore.widgets.theme import Theme

STRIP_PIXELS = 600_000
"""Pixels pasted at once: a large screen is pasted in strips, so that nothing waits long."""
FAR = 20
"""Steps of the cursor with Ctrl [pixel]."""


class PictureView(tk.Canvas):
    """Shows pixels; ``scale_of`` tells where times lie on them.

    ``changed`` is called after a person zoomed or moved, ``pointed`` with the time of the cursor [lab s], None when
    there is none. The cursor follows the pointer; moved by key it stays when the pointer goes.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        window: TimeWindow,
        scale_of: Callable[[float, float], Scale],
        changed: Callable[[], object],
        pointed: Callable[[float | None], object],
    ) -> None:
        super().__init__(parent, width=1, height=1, highlightthickness=0, borderwidth=0, takefocus=True)
        self.theme = theme
        self.window = window
        self.source: ChartSource | None = None
        self.cursor: float | None = None
        self.abscissa = CLOCK
        self.settle: Callable[[float], float] = lambda place: place
        """Gives the place that is read with the cursor at another."""
        self._scale_of, self._changed, self._pointed = scale_of, changed, pointed
        self._held: float | None = None
        self._box_x: int | None = None
        self._size = (0, 0)
        self._strips: list[tuple[ImageTk.PhotoImage, int, int]] = []
        self._waiting: list[tuple[ImageTk.PhotoImage, Image.Image]] = []
        self._later = Later(self)
        self._hair = self.create_line(0, 0, 0, 0, state="hidden", tags="hair")
        self._plate = self.create_rectangle(0, 0, 0, 0, width=0, state="hidden")
        self._when = self.create_text(0, 0, font=theme.small_bold, state="hidden", tags="when")
        self._box = self.create_rectangle(0, 0, 0, 0, dash=(4, 3), state="hidden", tags="box")
        self._frame = self.create_rectangle(0, 0, 0, 0, width=1, state="hidden")
        self._gestures = TimeGestures(self, self, self._moved)
        self._bind_hands()
        self.paint()

    @property
    def shown(self) -> Scale | None:
        """Where times lie now, None while there are none."""
        if self.source is None:
            return None
        t0, t1 = self.window.limits(*self.source.span)
        return self._scale_of(t0, t1) if t0 < t1 else None

    def show(self, pixels: npt.NDArray[np.uint8]) -> None:
        """Show a picture of shape (height, width, 3)."""
        height, width = pixels.shape[:2]
        rows = max(1, STRIP_PIXELS // max(1, width))
        if self._size != (width, height):
            self._size = (width, height)
            for _photo, item, _top in self._strips:
                self.delete(item)
            self._strips = [self._strip(width, min(rows, height - top), top) for top in range(0, height, rows)]
        self._waiting = [
            (photo, Image.fromarray(np.ascontiguousarray(pixels[top : top + photo.height()])))
            for photo, _item, top in self._strips
        ]
        self._paste()
        self.place_cursor()

    @property
    def pasted(self) -> bool:
        """Whether all of the last picture is on the screen."""
        return bool(self._strips) and not self._waiting

    def _strip(self, width: int, height: int, top: int) -> tuple[ImageTk.PhotoImage, int, int]:
        photo = ImageTk.PhotoImage("RGB", (width, height), master=self)
        item = self.create_image(0, top, image=photo, anchor="nw", tags="strip")
        self.tag_lower(item)
        return photo, item, top

    def _paste(self) -> None:
        if self._waiting:
            photo, image = self._waiting.pop(0)
            photo.paste(image)
        if self._waiting:
            self._later.after("paste", 1, self._paste)

    def paint(self) -> None:
        """Take the colours of the theme."""
        colour = self.theme.colour
        self.configure(background=colour("surface"))
        self.itemconfigure(self._hair, fill=colour("text"))
        self.itemconfigure(self._plate, fill=colour("text"))
        self.itemconfigure(self._when, fill=colour("surface"))
        self.itemconfigure(self._box, outline=colour("accent"))
        self.itemconfigure(self._frame, outline=colour("accent"))

    # --- the cursor --------------------------------------------------------------------------------------------------

    def point(self, time: float | None) -> None:
        """Put the cursor at a time [lab s], to stay there; None takes it away."""
        self._held = time
        self._set_cursor(time)

    @property
    def read_at(self) -> float | None:
        """The place that is read now, None without a cursor."""
        return self.settle(self.cursor) if self.cursor is not None else None

    def place_cursor(self) -> None:
        """Draw the cursor where its time is now."""
        scale = self.shown
        items = (self._hair, self._plate, self._when)
        place = self.read_at
        if scale is None or self.cursor is None or place is None or not scale.t0 <= self.cursor <= scale.t1:
            for item in items:
                self.itemconfigure(item, state="hidden")
            return
        along = min(max(place, scale.t0), scale.t1) - scale.t0
        x = round(scale.left + along * (scale.right - scale.left) / (scale.t1 - scale.t0))
        for item in items:
            self.itemconfigure(item, state="normal")
            self.tag_raise(item)
        self.coords(self._hair, x, scale.top, x, scale.bottom)
        self.itemconfigure(self._when, text=self.abscissa.words(place))
        self.coords(self._when, x, self.winfo_height() - self.theme.small_line // 2 - 2)
        left, top, right, bottom = self.bbox(self._when)
        aside = max(0, 2 - left) - max(0, right + 2 - self.winfo_width())
        self.move(self._when, aside, 0)
        self.coords(self._plate, left + aside - 3, top - 1, right + aside + 3, bottom + 1)

    def _set_cursor(self, time: float | None) -> None:
        if time != self.cursor:
            self.cursor = time
            self.place_cursor()
            self._pointed(time)

    def _hover(self, event: tk.Event[tk.Misc]) -> None:
        scale = self.shown
        if scale is not None:
            inside = scale.left <= event.x <= scale.right
            self._set_cursor(scale.time(event.x) if inside else self._held)

    def _step(self, pixel: int) -> None:
        """Move the cursor by key; from the middle when there is none in sight."""
        scale = self.shown
        if scale is None:
            return
        at = self.cursor if self.cursor is not None and scale.t0 <= self.cursor <= scale.t1 else None
        start = (scale.t0 + scale.t1) / 2 if at is None else at
        step = pixel * max((scale.t1 - scale.t0) / (scale.right - scale.left), self.abscissa.step / abs(pixel))
        self.point(min(max(start + (step if at is not None else 0.0), scale.t0), scale.t1))

    # --- hands -------------------------------------------------------------------------------------------------------

    def _bind_hands(self) -> None:
        self.bind("<Configure>", lambda event: self._resized())
        self.bind("<<ThemeChanged>>", lambda event: self.paint())
        self.bind("<Motion>", self._hover)
        self.bind("<Leave>", lambda event: self._set_cursor(self._held))
        self.bind("<FocusIn>", lambda event: self.itemconfigure(self._frame, state="normal"))
        self.bind("<FocusOut>", lambda event: self.itemconfigure(self._frame, state="hidden"))
        self.bind("<Shift-ButtonPress-1>", self._box_begun)
        self.bind("<Shift-B1-Motion>", self._box_drawn)
        self.bind("<Shift-ButtonRelease-1>", self._box_done)
        for action, pixel in (("cursor earlier", -1), ("cursor later", 1)):
            keys.bind(self, action, lambda pixel=pixel: self._step(pixel))  # type: ignore[misc]
            keys.bind(self, f"{action} far", lambda pixel=pixel: self._step(FAR * pixel))  # type: ignore[misc]

    def _resized(self) -> None:
        self.coords(self._frame, 0, 0, self.winfo_width() - 1, self.winfo_height() - 1)
        self.tag_raise(self._frame)
        self._changed()

    def _moved(self) -> None:
        self.place_cursor()
        self._changed()

    def _box_begun(self, event: tk.Event[tk.Misc]) -> None:
        self.focus_set()
        self._box_x = event.x

    def _box_drawn(self, event: tk.Event[tk.Misc]) -> None:
        scale = self.shown
        if scale is not None and self._box_x is not None:
            ends = [min(max(x, scale.left), scale.right) for x in (self._box_x, event.x)]
            self.coords(self._box, ends[0], scale.top, ends[1], scale.bottom)
            self.itemconfigure(self._box, state="normal")
            self.tag_raise(self._box)

    def _box_done(self, event: tk.Event[tk.Misc]) -> None:
        """Show the time that was drawn around."""
        self.itemconfigure(self._box, state="hidden")
        begun, self._box_x = self._box_x, None
        scale = self.shown
        if scale is None or begun is None or self.source is None or abs(event.x - begun) < self.theme.em // 2:
            return
        ends = sorted(scale.time(min(max(x, scale.left), scale.right)) for x in (begun, event.x))
        self.window.show(ends[0], ends[1], *self.source.span)
        self._moved()
