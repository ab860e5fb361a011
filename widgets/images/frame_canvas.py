"""A part of a frame on the screen: zoomed and moved by hand, with a cursor, a box, the boundaries of its sections."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING

from eyegore.widgets.calls import Later, ManyCalls
from eyegore.widgets.images.viewport import Viewport
from eyegore.widgets.theme import Theme

if TYPE_CHECKING:
    from PIL import ImageTk

STRIP_PIXELS = 300_000
"""Pixels pasted at once: a large screen is pasted in strips, so that nothing waits long."""
Box = tuple[int, int, int, int]


class FrameCanvas(tk.Canvas):
    """Shows grey levels through a palette.

    ``changed`` is called when a person zoomed, moved, pointed or drew a box. What is wanted then: :attr:`view`,
    :attr:`cursor` (column and row, None before there was one) and :attr:`box` (columns from, to, rows from, to; None
    for what is in sight).
    """

    def __init__(self, parent: tk.Misc, theme: Theme, changed: Callable[[], object]) -> None:
        super().__init__(parent, width=1, height=1, highlightthickness=0, borderwidth=0, takefocus=True)
        self.theme = theme
        self.view: Viewport | None = None
        self.cursor: tuple[int, int] | None = None
        self.box: Box | None = None
        self.palette = b""
        self.outlined = True
        self._edges: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
        self._changed = changed
        self._later = Later(self)
        self._grey = b""
        self._size = (0, 0)
        self._made_for = (0, 0, "")
        self._told = ""
        self._strips: list[tuple[ImageTk.PhotoImage, int]] = []
        self._items: list[int] = []
        self._waiting: list[int] = []
        self._drag: tuple[int, int] | None = None
        self._box_begun: tuple[int, int] | None = None
        self._lines: list[int] = []
        self._margins = [self.create_rectangle(0, 0, 0, 0, width=0, state="hidden") for _ in range(4)]
        self._hairs = [self.create_line(0, 0, 0, 0, state="hidden") for _ in range(2)]
        self._drawn_box = self.create_rectangle(0, 0, 0, 0, dash=(4, 3), state="hidden")
        self._words = self.create_text(0, 0, justify="center", font=theme.font, tags="words")
        self._bind_hands()
        self.paint()

    def paint(self) -> None:
        """Take the colours of the theme."""
        colour = self.theme.colour
        self.configure(background=colour("surface"))
        for item in (*self._hairs, *self._lines):
            self.itemconfigure(item, fill=colour("accent"))
        for item in self._margins:
            self.itemconfigure(item, fill=colour("surface"))
        self.itemconfigure(self._drawn_box, outline=colour("limit"))
        self.itemconfigure(self._words, fill=colour("text"))

    @property
    def room(self) -> tuple[int, int]:
        """Width and height [screen pixel]."""
        return max(self.winfo_width(), 1), max(self.winfo_height(), 1)

    @property
    def pasted(self) -> bool:
        """Whether all of the last picture is on the screen."""
        return bool(self._strips) and not self._waiting

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show(self, view: Viewport, grey: bytes) -> None:
        """Show ``grey``, the rows of ``view`` from the top; strips are pasted one after the other."""
        if self.view is None or (self.view.columns, self.view.rows) != (view.columns, view.rows):
            self.view = view
        self._grey, self._size = grey, (view.width, view.height)
        if self._told:
            self._told = ""
            self.itemconfigure(self._words, text="")
        self._paste_all()
        self.lay_out()

    def tell(self, problem: str) -> None:
        """Show why there is nothing to be seen."""
        self._waiting = []
        self._grey = b""
        for item in self._items:
            self.itemconfigure(item, state="hidden")
        self.coords(self._words, self.room[0] // 2, self.room[1] // 2)
        self._told = problem
        self.itemconfigure(self._words, text=problem, width=self.room[0] * 3 // 4)
        self.lay_out()

    def set_palette(self, palette: bytes) -> None:
        """Show the same levels in other colours."""
        self.palette = palette
        if self._grey:
            self._paste_all()

    def set_edges(self, edges: tuple[tuple[float, ...], tuple[float, ...]]) -> None:
        """Where sections meet, as shares of width and height from the upper left corner; for the next picture."""
        self._edges = edges

    def _paste_all(self) -> None:
        kind = "RGB" if self.palette else "L"
        width, height = self._size
        if (width, height, kind) != self._made_for:
            self._make_strips(width, height, kind)
        calls = ManyCalls(self)
        for item in self._items:
            calls.dress(item, state="normal")
        calls.run()
        self._waiting = list(range(len(self._strips)))
        self._paste()

    def _make_strips(self, width: int, height: int, kind: str) -> None:
        from PIL import ImageTk

        for item in self._items:
            self.delete(item)
        rows, self._made_for = max(1, STRIP_PIXELS // max(1, width)), (width, height, kind)
        self._strips = [
            (ImageTk.PhotoImage(kind, (width, min(rows, height - top)), master=self), top)
            for top in range(0, height, rows)
        ]
        self._items = [self.create_image(0, top, image=str(photo), anchor="nw") for photo, top in self._strips]
        for item in self._items:
            self.tag_lower(item)

    def _paste(self) -> None:
        from PIL import Image

        if self._waiting:
            photo, top = self._strips[self._waiting.pop(0)]
            width, height = photo.width(), photo.height()
            image = Image.frombytes("L", (width, height), self._grey[top * width : (top + height) * width])
            if self.palette:
                image.putpalette(self.palette)
                image = image.convert("RGB")
            photo.paste(image)
        if self._waiting:
            self._later.after("paste", 1, self._paste)

    def lay_out(self) -> None:
        """Put cursor, box and boundaries where they are now."""
        view = self.view if self._grey else None
        calls = ManyCalls(self)
        ends: list[tuple[float, float, float, float]] = []
        around: list[tuple[float, float, float, float]] = [(0, 0, 0, 0)] * len(self._margins)
        if view is not None:
            x0, y0 = view.screen_at(-0.5, view.rows - 0.5)
            x1, y1 = view.screen_at(view.columns - 0.5, -0.5)
            width, height = self.room
            around = [(0, 0, x0, height), (x1, 0, width, height), (0, 0, width, y0), (0, y1, width, height)]
            if self.outlined:
                ends += [(x0 + (x1 - x0) * one, y0, x0 + (x1 - x0) * one, y1) for one in self._edges[0]]
                ends += [(x0, y0 + (y1 - y0) * one, x1, y0 + (y1 - y0) * one) for one in self._edges[1]]
        for item, place in zip(self._margins, around, strict=True):
            there = place[2] > place[0] and place[3] > place[1]
            calls.move(item, *place)
            calls.dress(item, state="normal" if there else "hidden")
        while len(self._lines) < len(ends):
            self._lines.append(self.create_line(0, 0, 0, 0, fill=self.theme.colour("accent")))
        for number, item in enumerate(self._lines):
            if number < len(ends):
                half = number in (0, len(self._edges[0]))
                calls.move(item, *ends[number])
                calls.dress(item, state="normal", dash=(6, 4) if half else (1, 4), width=self.theme.pixels(1))
            else:
                calls.dress(item, state="hidden")
        self._place_marks(view, calls)

    def _place_marks(self, view: Viewport | None, calls: ManyCalls | None = None) -> None:
        """Cursor and box; ``calls`` are made with theirs."""
        calls = calls or ManyCalls(self)
        hidden = view is None or self.cursor is None
        if view is not None and self.cursor is not None:
            width, height = self.room
            x, y = view.screen_at(*self.cursor)
            calls.move(self._hairs[0], x, 0, x, height)
            calls.move(self._hairs[1], 0, y, width, y)
        for item in self._hairs:
            calls.dress(item, state="hidden" if hidden else "normal")
            calls.add("raise", item)
        if view is None or self.box is None:
            calls.dress(self._drawn_box, state="hidden")
        else:
            first, last, lower, upper = self.box
            corner, other = view.screen_at(first - 0.5, upper - 0.5), view.screen_at(last - 0.5, lower - 0.5)
            calls.move(self._drawn_box, *corner, *other)
            calls.dress(self._drawn_box, state="normal")
            calls.add("raise", self._drawn_box)
        calls.run()

    # --- hands -------------------------------------------------------------------------------------------------------

    def zoom(self, steps: int, x: float | None = None, y: float | None = None) -> None:
        """Nearer or further by so many steps; around the cursor when no place is told."""
        if self.view is None:
            return
        if x is None or y is None:
            inside = self.view.screen_at(*self.cursor) if self.cursor else (-1.0, -1.0)
            within = 0 <= inside[0] < self.view.width and 0 <= inside[1] < self.view.height
            x, y = inside if within else (self.view.width / 2, self.view.height / 2)
        self._go(self.view.zoomed(steps, x, y))

    def fit(self) -> None:
        """The whole frame, and statistics of all of it."""
        if self.view is not None:
            self.box = None
            self._go(self.view.fitted())

    def one_to_one(self) -> None:
        """A pixel for a pixel, around the cursor."""
        if self.view is not None:
            x, y = self.view.screen_at(*self.cursor) if self.cursor else (self.view.width / 2, self.view.height / 2)
            self._go(self.view.at_scale(1, x, y))

    def shift(self, right: float, down: float) -> None:
        """Look at what is to the right and below by so much of the window."""
        if self.view is not None:
            self._go(self.view.moved(-right * self.view.width, -down * self.view.height))

    def point(self, right: int, up: int) -> None:
        """Move the cursor by so many pixels of the screen, at least one of the frame; it comes in the middle."""
        view = self.view
        if view is None:
            return
        step = max(1, -view.zoom)
        middle = view.frame_at(view.width / 2, view.height / 2) or (view.columns // 2, view.rows // 2)
        x, y = (self.cursor[0] + right * step, self.cursor[1] + up * step) if self.cursor else middle
        self.cursor = min(max(x, 0), view.columns - 1), min(max(y, 0), view.rows - 1)
        self._place_marks(view)
        self._changed()

    def whole_box(self) -> None:
        """Statistics of what is in sight again."""
        self.box = None
        self.lay_out()
        self._changed()

    def _go(self, view: Viewport) -> None:
        if view != self.view:
            self.view = view
            self.lay_out()
        self._changed()

    def _bind_hands(self) -> None:
        self.bind("<Configure>", lambda event: self._later.when_idle("resized", self._resized))
        self.bind("<<ThemeChanged>>", lambda event: self.paint())
        self.bind("<Motion>", self._hover)
        self.bind("<ButtonPress-1>", self._pressed)
        self.bind("<B1-Motion>", self._dragged)
        self.bind("<ButtonRelease-1>", self._released)
        self.bind("<Shift-ButtonPress-1>", self._box_pressed)
        self.bind("<Double-Button-1>", lambda event: self.fit())
        self.bind("<Button-4>", lambda event: self.zoom(1, event.x, event.y))
        self.bind("<Button-5>", lambda event: self.zoom(-1, event.x, event.y))
        self.bind("<MouseWheel>", lambda event: self.zoom(1 if event.delta > 0 else -1, event.x, event.y))

    def _resized(self) -> None:
        if self.view is not None:
            self.view = self.view.sized(*self.room)
        self._changed()

    def _hover(self, event: tk.Event[tk.Misc]) -> None:
        if self.view is not None:
            at = self.view.frame_at(event.x, event.y)
            if at is not None and at != self.cursor:
                self.cursor = at
                self._place_marks(self.view if self._grey else None)
                self._changed()

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        self.focus_set()
        self._drag = event.x, event.y

    def _dragged(self, event: tk.Event[tk.Misc]) -> None:
        if self._box_begun is not None:
            self._draw_box(event)
        elif self._drag is not None and self.view is not None:
            moved = self.view.moved(event.x - self._drag[0], event.y - self._drag[1])
            if moved != self.view:
                self._drag = event.x, event.y
                self._go(moved)

    def _released(self, event: tk.Event[tk.Misc]) -> None:
        if self._box_begun is not None:
            self._draw_box(event)
            self._changed()
        self._drag = self._box_begun = None

    def _box_pressed(self, event: tk.Event[tk.Misc]) -> None:
        self.focus_set()
        self._box_begun = self.view.frame_at(event.x, event.y) if self.view is not None else None

    def _draw_box(self, event: tk.Event[tk.Misc]) -> None:
        view, begun = self.view, self._box_begun
        if view is None or begun is None:
            return
        width, height = self.room
        here = view.frame_at(min(max(event.x, 0), width - 1), min(max(event.y, 0), height - 1))
        if here is not None:
            (x0, x1), (y0, y1) = sorted((begun[0], here[0])), sorted((begun[1], here[1]))
            self.box = x0, x1 + 1, y0, y1 + 1
            self._place_marks(view)
