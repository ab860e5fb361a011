"""The latest images: three CCDs in detector orientation. Only shows; the pixel work is done elsewhere."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Sequence
from tkinter import ttk

from eyegore.widgets import keys
from eyegore.widgets.ccd_picture import CcdPicture
from eyegore.widgets.image_cells import ImageCell
from eyegore.widgets.later import Later
from eyegore.widgets.theme import Theme
from eyegore.widgets.tiling import tiles

CCDS = (1, 2, 3)
ASPECT = 4238 / 4172
"""Width over height of a frame of 4 x 2119 x 2086 pixels, as long as no image tells."""
SETTLE_MS = 250
"""Time after the last change of size before images of another size are asked for."""


class ImagePanel(ttk.Frame):
    """Images of one ObsID.

    ``on_stretch`` gets the stretch chosen, ``on_open`` is called to open the images in DS9, ``on_size`` gets the box
    (width, height) [pixel] an image has room in, when it has changed. ``tools`` is where title and stretch go.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        on_stretch: Callable[[str], object] = lambda stretch: None,
        on_open: Callable[[], object] = lambda: None,
        on_size: Callable[[tuple[int, int]], object] = lambda size: None,
        tools: tk.Misc | None = None,
        stretches: Sequence[str] = ("equalised", "zscale"),
    ) -> None:
        super().__init__(parent, style="Surface.TFrame")
        self._theme = theme
        self._on_stretch = on_stretch
        self._on_open = on_open
        self._on_size = on_size
        self._later = Later(self)
        self._waiting: list[CcdPicture] = []
        self._aspect = ASPECT
        self._told_size = (0, 0)
        self._title = ""
        self._busy = ""
        self.stretch = tk.StringVar(self, stretches[0])
        self._stretches = tuple(stretches)
        self._build_tools(tools)
        self.canvas = tk.Canvas(self, width=300, height=120, takefocus=True, highlightthickness=0)
        self.canvas.pack(fill="both", expand=True)
        self._pictures = {ccd: CcdPicture(self.canvas, theme, ccd) for ccd in CCDS}
        for ccd, picture in self._pictures.items():
            picture.show(ImageCell(ccd), "")
        self._bind_keys()
        self._tell_title()

    def _build_tools(self, tools: tk.Misc | None) -> None:
        line = ttk.Frame(self if tools is None else tools)
        line.pack(fill="x", expand=tools is not None, padx=self._theme.em // 3)
        chooser = ttk.Menubutton(line, textvariable=self.stretch, style="Quiet.TMenubutton", width=-1)
        menu = tk.Menu(chooser, tearoff=False)
        for name in self._stretches:
            menu.add_radiobutton(label=name, variable=self.stretch, value=name, command=self._stretch_chosen)
        chooser["menu"] = menu
        chooser.pack(side="right")
        self._label = ttk.Label(line, style="Dim.TLabel", anchor="w", width=10)
        self._label.pack(side="left", fill="x", expand=True)

    def _bind_keys(self) -> None:
        canvas = self.canvas
        keys.bind(canvas, "stretch", self.next_stretch)
        keys.bind(canvas, "display", self._on_open)
        canvas.bind("<Double-1>", lambda event: self._on_open())
        canvas.bind("<Button-1>", lambda event: canvas.focus_set())
        canvas.bind("<Configure>", lambda event: self._later.when_idle("arrange", self._arrange))
        canvas.bind("<<ThemeChanged>>", lambda event: self._repaint())

    # --- what is shown -------------------------------------------------------------------------------------------

    def show(self, cells: Iterable[ImageCell]) -> None:
        """Show these CCDs; one that is not among them stays as it is. The title is that of the first with an image."""
        given = {cell.ccd: cell for cell in cells if cell.ccd in self._pictures}
        current = {ccd: given.get(ccd, picture.cell) for ccd, picture in self._pictures.items()}
        newest = [cell for cell in given.values() if cell.title]
        if newest:
            self._title = newest[0].title
        shapes = [cell.width / cell.height for cell in given.values() if cell.grey]
        for ccd, picture in self._pictures.items():
            if current[ccd] is not picture.cell or current[ccd].title:
                picture.show(current[ccd], self._title)
        self._tell_title()
        if shapes and abs(shapes[0] - self._aspect) > 0.01:
            self._aspect = shapes[0]
            self._later.when_idle("arrange", self._arrange)
        else:
            self._draw_soon([self._pictures[ccd] for ccd in given])

    def clear(self, problem: str = "") -> None:
        """Forget the images, for another folder."""
        self._title = ""
        for ccd, picture in self._pictures.items():
            picture.show(ImageCell(ccd, problem=problem), "")
        self._tell_title()

    def set_busy(self, text: str) -> None:
        """Say that images are being read ("" when no more)."""
        self._busy = text
        self._tell_title()

    @property
    def title_text(self) -> str:
        """The title line as it is shown."""
        return str(self._label["text"])

    @property
    def box(self) -> tuple[int, int]:
        """Room (width, height) [pixel] of one image."""
        tile = self._pictures[CCDS[0]].tile
        return tile.width, tile.height

    @property
    def shown(self) -> tuple[int, ...]:
        """The CCDs whose newest image is on the screen; none while some wait to be drawn."""
        if self._waiting or self._later.waits("arrange"):
            return ()
        return tuple(ccd for ccd, picture in self._pictures.items() if picture.cell.grey)

    def next_stretch(self) -> None:
        """Choose the next stretch."""
        at = self._stretches.index(self.stretch.get()) if self.stretch.get() in self._stretches else -1
        self.stretch.set(self._stretches[(at + 1) % len(self._stretches)])
        self._stretch_chosen()

    # --- drawing -------------------------------------------------------------------------------------------------

    def _stretch_chosen(self) -> None:
        self._on_stretch(self.stretch.get())

    def _tell_title(self) -> None:
        text = " · ".join(part for part in (self._title, f"{self._busy} …" if self._busy else "") if part)
        if text != self.title_text:
            self._label.configure(text=text, style="TLabel" if self._title else "Dim.TLabel")

    def _arrange(self) -> None:
        room = self.canvas.winfo_width(), self.canvas.winfo_height()
        line = self._theme.small_line + max(2, self._theme.em // 6)
        places = tiles(len(CCDS), room, self._aspect, self._theme.em // 2, line)
        pictures = list(self._pictures.values())
        for picture, tile in zip(pictures, places, strict=True):
            picture.place(tile)
        self._draw_soon(pictures)
        self._later.after_quiet("size", SETTLE_MS, self._tell_size)

    def _tell_size(self) -> None:
        if self.box != self._told_size:
            self._told_size = self.box
            self._on_size(self.box)

    def _draw_soon(self, pictures: Iterable[CcdPicture]) -> None:
        """Draw these one after the other, with time in between for the window to answer."""
        self._waiting += [picture for picture in pictures if picture not in self._waiting]
        self._later.after("draw", 1, self._draw_next)

    def _draw_next(self) -> None:
        if self._waiting:
            self._waiting.pop(0).draw()
        if self._waiting:
            self._later.after("draw", 1, self._draw_next)

    def _repaint(self) -> None:
        self.canvas.configure(background=self._theme.colour("surface"))
        for picture in self._pictures.values():
            picture.paint()
        self._later.when_idle("arrange", self._arrange)
