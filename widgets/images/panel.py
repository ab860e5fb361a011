"""The latest images: three CCDs in detector orientation, with verdict and numbers. Only shows what it is given."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from tkinter import ttk
from typing import Any

from eyegore.widgets import keys
from eyegore.widgets.calls import Later
from eyegore.widgets.cells.images import ImageCell, VerdictCell
from eyegore.widgets.images.ccd_picture import CcdPicture, Margin, Tile, tiles
from eyegore.widgets.images.verdict_block import Form, needed
from eyegore.widgets.theme import Theme
from eyegore.widgets.tooltip import Tooltip

CCDS = (1, 2, 3)
ASPECT = 4238 / 4172
"""Width over height of a frame of 4 x 2119 x 2086 pixels, as long as no image tells."""
STEPS = ("older", "newer", "oldest", "newest")
SETTLE_MS = 250
"""Time after the last change of size before images of another size are asked for."""
FORMS = (
    (Form.FULL, True, 1.0),
    (Form.FULL, False, 1.0),
    (Form.SUMMED, True, 0.8),
    (Form.NARROW, True, 0.75),
    (Form.PLATE, False, 0.4),
)
"""How the numbers can stand: form, beside the picture or below, and how much the size of the picture counts then."""


@dataclass(frozen=True)
class ImageHands:
    """What the panel calls when a person does something.

    ``stretch`` gets the stretch chosen; ``display`` is to open the images in DS9; ``sized`` gets the box an image has
    room in (width, height) [pixel], when it has changed; ``step`` gets "older", "newer", "oldest" or "newest"; ``look``
    the CCD to be looked at closely; ``tip`` gives what is told of a CCD and one of its quadrants, or ("") the whole.
    """

    stretch: Callable[[str], object] = lambda stretch: None
    display: Callable[[], object] = lambda: None
    sized: Callable[[tuple[int, int]], object] = lambda size: None
    step: Callable[[str], object] = lambda where: None
    look: Callable[[int], object] = lambda ccd: None
    tip: Callable[[int, str], str] = lambda ccd, letter: ""


class ImagePanel(ttk.Frame):
    """Images of one ObsID. ``tools`` is where title and choices go; ``palettes`` are the colours there are, by name."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        hands: ImageHands = ImageHands(),
        tools: tk.Misc | None = None,
        stretches: Sequence[str] = ("equalised", "zscale"),
        palettes: Mapping[str, bytes] | None = None,
    ) -> None:
        super().__init__(parent, style="Surface.TFrame")
        self._theme = theme
        self._hands = hands
        self._later = Later(self)
        self._waiting: list[CcdPicture] = []
        self._aspect = ASPECT
        self._told_size = (0, 0)
        self._title = ""
        self._busy = ""
        self.stretch = tk.StringVar(self, stretches[0])
        self._stretches = tuple(stretches)
        self._palettes = dict(palettes or {"grey": b""})
        self.colours = tk.StringVar(self, next(iter(self._palettes)))
        self.numbers = tk.BooleanVar(self, True)
        self.outlined = tk.BooleanVar(self, True)
        self._build_tools(tools)
        self.canvas = tk.Canvas(self, width=300, height=120, takefocus=True, highlightthickness=0)
        self.canvas.pack(fill="both", expand=True)
        self._tooltip = Tooltip(self.canvas, theme, self._at, self._tip)
        self._pictures = {ccd: CcdPicture(self.canvas, theme, ccd) for ccd in CCDS}
        for ccd, picture in self._pictures.items():
            picture.show(ImageCell(ccd), "")
        self._bind_hands()
        self._tell_title()

    def _build_tools(self, tools: tk.Misc | None) -> None:
        line = ttk.Frame(self if tools is None else tools)
        line.pack(fill="x", expand=tools is not None, padx=self._theme.em // 3)
        chooser = ttk.Menubutton(line, textvariable=self.stretch, style="Quiet.TMenubutton", width=-1)
        menu = tk.Menu(chooser, tearoff=False)
        for name in self._stretches:
            menu.add_radiobutton(label=name, variable=self.stretch, value=name, command=self._stretch_chosen)
        menu.add_separator()
        for name in self._palettes:
            menu.add_radiobutton(label=name, variable=self.colours, value=name, command=self._colour_all)
        menu.add_separator()
        menu.add_checkbutton(label="numbers", variable=self.numbers, command=self._arrange_soon)
        menu.add_checkbutton(label="boundaries", variable=self.outlined, command=self._outline)
        chooser["menu"] = menu
        chooser.pack(side="right")
        for text, where in (("›", "newer"), ("‹", "older")):
            button = ttk.Button(line, text=text, style="Quiet.TButton", takefocus=False)
            button.configure(command=lambda where=where: self._hands.step(where))  # type: ignore[misc]
            button.pack(side="right")
        self._label = ttk.Label(line, style="Dim.TLabel", anchor="w", width=10)
        self._label.pack(side="left", fill="x", expand=True)

    def _bind_hands(self) -> None:
        canvas, hands = self.canvas, self._hands
        for action, act in self.actions().items():
            keys.bind(canvas, action, act)
        keys.bind(canvas, "display", hands.display)
        canvas.bind("<Double-1>", lambda event: hands.display())
        canvas.bind("<Button-1>", lambda event: canvas.focus_set())
        canvas.bind("<Button-3>", self._look_at)
        canvas.bind("<Configure>", lambda event: self._arrange_soon())
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
            self._arrange_soon()
        else:
            self._draw_soon([self._pictures[ccd] for ccd in given])

    def show_verdicts(self, cells: Iterable[VerdictCell]) -> None:
        """Show what was found out about these CCDs; what did not change costs nothing."""
        for cell in cells:
            if cell.ccd in self._pictures:
                self._pictures[cell.ccd].judged(cell)

    def clear(self) -> None:
        """Forget the images, for another folder."""
        self._title = ""
        for ccd, picture in self._pictures.items():
            picture.show(ImageCell(ccd), "")
            picture.judged(VerdictCell(ccd))
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

    def verdict(self, ccd: int) -> VerdictCell:
        """What is shown beside the image of a CCD."""
        return self._pictures[ccd].block.cell

    # --- choices -------------------------------------------------------------------------------------------------

    def next_stretch(self) -> None:
        """Choose the next stretch."""
        self.stretch.set(_after(self._stretches, self.stretch.get()))
        self._stretch_chosen()

    def next_colours(self) -> None:
        """Choose the next colours."""
        self.colours.set(_after(tuple(self._palettes), self.colours.get()))
        self._colour_all()

    def actions(self) -> dict[str, Callable[[], object]]:
        """What the menus can ask for, by the actions of the key table."""
        steps = {f"{where} image": partial(self._hands.step, where) for where in STEPS}
        return {
            "stretch": self.next_stretch,
            "colours": self.next_colours,
            "numbers": lambda: self._toggle(self.numbers, self._arrange_soon),
            "boundaries": lambda: self._toggle(self.outlined, self._outline),
            **steps,
            **{f"look at CCD{ccd}": partial(self._hands.look, ccd) for ccd in CCDS},
        }

    def layout(self) -> dict[str, Any]:
        """What was chosen, JSON-able."""
        return {"colours": self.colours.get(), "numbers": self.numbers.get(), "boundaries": self.outlined.get()}

    def restore(self, layout: Mapping[str, Any]) -> None:
        """Take back what :meth:`layout` gave, as far as it is usable."""
        if layout.get("colours") in self._palettes:
            self.colours.set(layout["colours"])
        for name, variable in (("numbers", self.numbers), ("boundaries", self.outlined)):
            if isinstance(layout.get(name), bool):
                variable.set(layout[name])
        self._colour_all()
        self._outline()
        self._arrange_soon()

    def _stretch_chosen(self) -> None:
        self._hands.stretch(self.stretch.get())

    def _colour_all(self) -> None:
        for picture in self._pictures.values():
            picture.palette = self._palettes[self.colours.get()]
        self._draw_soon(self._pictures.values())

    def _outline(self) -> None:
        for picture in self._pictures.values():
            picture.outline(self.outlined.get())

    def _toggle(self, variable: tk.BooleanVar, act: Callable[[], object]) -> None:
        variable.set(not variable.get())
        act()

    # --- pointer -------------------------------------------------------------------------------------------------

    def _at(self, x: int, y: int) -> tuple[int, str] | None:
        """CCD and quadrant ("" its verdict) under a place of the canvas."""
        for ccd, picture in self._pictures.items():
            letter = picture.letter_at(x, y)
            if letter is not None:
                return ccd, letter
        return None

    def _tip(self, under: tuple[int, str]) -> str:
        return self._hands.tip(*under) if self._pictures[under[0]].block.cell.words else ""

    def _look_at(self, event: tk.Event[tk.Misc]) -> None:
        under = self._at(event.x, event.y)
        if under is not None:
            self._tooltip.hide()
            self._hands.look(under[0])

    # --- drawing -------------------------------------------------------------------------------------------------

    def _tell_title(self) -> None:
        text = " · ".join(part for part in (self._title, f"{self._busy} …" if self._busy else "") if part)
        if text != self.title_text:
            self._label.configure(text=text, style="TLabel" if self._title else "Dim.TLabel")

    def _arrange_soon(self) -> None:
        self._later.when_idle("arrange", self._arrange)

    def _arrange(self) -> None:
        pictures = list(self._pictures.values())
        form, beside, places = self._best()
        for picture, tile in zip(pictures, places, strict=True):
            picture.place(tile, form, beside)
        self._draw_soon(pictures)
        self._later.after_quiet("size", SETTLE_MS, self._tell_size)

    def _best(self) -> tuple[Form, bool, list[Tile]]:
        """Where the pictures are as large as can be with as many numbers as there is room for."""
        theme = self._theme
        room = self.canvas.winfo_width(), self.canvas.winfo_height()
        line, gap = theme.small_line + max(2, theme.em // 6), theme.em // 2
        best: tuple[float, Form, bool, list[Tile]] | None = None
        for form, beside, counts in FORMS:
            if form is not Form.PLATE and not self.numbers.get():
                continue
            size = needed(theme, form)
            margin = Margin(below=size.height + gap // 2, wide=size.width + theme.em)
            if beside:
                margin = Margin(right=size.width + gap, tall=size.height)
            places = tiles(len(CCDS), room, self._aspect, gap, line, margin)
            score = counts * places[0].width
            if best is None or score > best[0]:
                best = score, form, beside, places
        assert best is not None
        return best[1:]

    def _tell_size(self) -> None:
        if self.box != self._told_size:
            self._told_size = self.box
            self._hands.sized(self.box)

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
        self._arrange_soon()


def _after(names: Sequence[str], name: str) -> str:
    """The name that comes after another; the first after one that is not there."""
    at = names.index(name) if name in names else -1
    return names[(at + 1) % len(names)]
