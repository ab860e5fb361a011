"""Palettes, named fonts, ttk styles and the em unit.

Status hues are those of Okabe and Ito (colour universal design): told apart by colour-blind people and in grey.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Mapping, Sequence
from tkinter import font as tkfont, ttk
from typing import Any, Literal

from eyegore.widgets.calls import measured
from eyegore.widgets.cells.flags import LOOKS, Status, blend

TEXT_POINTS = 10


SMALL_POINTS = 8


TINY_POINTS = 7
"""Only for what must fit a small screen whole: more than eighty flags."""


FAMILIES = ("DejaVu Sans", "Noto Sans", "Liberation Sans", "Nimbus Sans")


LIGHT: Mapping[str, str] = {
    "background": "#f1f2f3",
    "surface": "#ffffff",
    "stripe": "#f6f7f8",
    "raised": "#e4e7e9",
    "line": "#d3d7da",
    "text": "#1c2226",
    "dim": "#5b6770",
    "accent": "#0072b2",
    "selection": "#cfe3f1",
    "selection text": "#10191f",
    "curve": "#0072b2",
    "limit": "#d55e00",
    "band": "#fbe9dd",
    "tip": "#fffdf2",
}


DARK: Mapping[str, str] = {
    "background": "#16191c",
    "surface": "#1d2125",
    "stripe": "#21262a",
    "raised": "#2b3136",
    "line": "#363d43",
    "text": "#d3d9de",
    "dim": "#8d99a3",
    "accent": "#56b4e9",
    "selection": "#28465c",
    "selection text": "#eaf2f8",
    "curve": "#4a95c2",
    "limit": "#d55e00",
    "band": "#3a2419",
    "tip": "#2b3136",
}


DEEP, TINT = 0.3, 0.22
"""Share of black in a deep shade, of the status colour in a tinted area."""


USUAL_EM = 14
"""The em of a screen of 96 dots an inch [pixel]."""


MOST_WIDTHS = 20_000
"""Widths of text kept: values never seen before come all the time."""


_OWNED = "eyegore_theme"


class Theme:
    """Colours, fonts and measures of one root window; changed in place by :func:`apply`.

    Views keep the theme they were given, bind ``<<ThemeChanged>>`` (Tk sends it to every widget) and ask again.
    ``font``, ``bold``, ``small``, ``small_bold`` and ``tiny`` are names of Tk fonts, so text follows by itself.
    """

    font = "EyegoreText"
    bold = "EyegoreBold"
    small = "EyegoreSmall"
    small_bold = "EyegoreSmallBold"
    tiny = "EyegoreTiny"

    def __init__(self, root: tk.Misc) -> None:
        self.root = root
        self.dark = False
        self.scale = 1.0
        self.em = 14
        self.line = 17
        self.small_line = 14
        self._widths: dict[tuple[str, str], int] = {}
        self._heights: dict[str, int] = {}
        family = _family(root)
        faces: tuple[tuple[str, int, Literal["normal", "bold"]], ...] = (
            (self.font, TEXT_POINTS, "normal"),
            (self.bold, TEXT_POINTS, "bold"),
            (self.small, SMALL_POINTS, "normal"),
            (self.small_bold, SMALL_POINTS, "bold"),
            (self.tiny, TINY_POINTS, "normal"),
        )
        self._points = {name: points for name, points, _ in faces}
        self._fonts = {
            name: tkfont.Font(root, name=name, family=family, size=points, weight=weight)
            for name, points, weight in faces
        }
        held = tk.Canvas(root)  # never shown: a font nothing uses is closed and opened again at every measure
        for name in self._fonts:
            held.create_text(0, 0, text="0", font=name)

    def colour(self, name: str | Status) -> str:
        """Colour of a part of the palette ("surface", "text", …) or of a status."""
        if isinstance(name, Status):
            return LOOKS[name].colour
        return (DARK if self.dark else LIGHT)[name]

    def glyph(self, status: Status) -> str:
        """The sign that stands beside the colour."""
        return LOOKS[status].glyph

    def ink(self, status: Status) -> str:
        """Colour of text on an area filled with the colour of the status."""
        return LOOKS[status].ink

    def deep(self, status: Status) -> str:
        """A darker shade of the colour of a status, on which its ink can be read as well."""
        return blend(LOOKS[status].colour, "#000000", DEEP)

    def tint(self, status: Status, ground: str = "surface", share: float = TINT) -> str:
        """A part of the palette with some of the colour of a status in it."""
        return blend(self.colour(ground), LOOKS[status].colour, share)

    def pixels(self, length: float) -> int:
        """A length [pixel] of a usual screen, in pixels of this one; at least 1."""
        return max(1, round(length * self.em / USUAL_EM))

    def measure(self, text: str, font: str = font) -> int:
        """Width of ``text`` [pixel] in one of the fonts."""
        return self.measure_all((text,), font)[0]

    def measure_all(self, texts: Sequence[str], font: str = font) -> list[int]:
        """Widths of many texts [pixel] in one of the fonts, in one call of Tk; none for those known."""
        known = self._widths
        if new := tuple({text for text in texts if (font, text) not in known}):
            if len(known) > MOST_WIDTHS:
                known.clear()
                new = tuple(set(texts))
            known.update(((font, text), width) for text, width in zip(new, measured(self.root, new, font), strict=True))
        return [known[font, text] for text in texts]

    def fitted(self, text: str, room: int, font: str = font) -> str:
        """The text in so many pixels at most: letters of its middle give way, its two ends tell it from others."""
        if self.measure(text, font) <= room:
            return text
        halves = [divmod(len(text) - gone, 2) for gone in range(2, len(text) + 1)]
        cuts = [f"{text[: half + odd]}…{text[len(text) - half :]}" for half, odd in halves]
        return next((cut for cut, width in zip(cuts, self.measure_all(cuts, font), strict=True) if width <= room), "")

    def linespace(self, font: str = font) -> int:
        """Height of a line [pixel] in one of the fonts."""
        if font not in self._heights:
            self._heights[font] = int(self._fonts[font].metrics("linespace"))
        return self._heights[font]

    def resize(self, scale: float) -> None:
        """Give the fonts ``scale`` times their size and take the measures again."""
        self.scale = scale
        self._widths.clear()
        self._heights.clear()
        for name, face in self._fonts.items():
            face.configure(size=max(5, round(self._points[name] * scale)))
        self.line = self._fonts[self.font].metrics("linespace")
        self.small_line = self._fonts[self.small].metrics("linespace")
        self.em = round(max(5, round(TEXT_POINTS * scale)) * float(self.root.tk.call("tk", "scaling")))


def apply(root: tk.Tk | tk.Toplevel, dark: bool, scale: float = 1.0) -> Theme:
    """Style ``root`` and everything in it, now and later; the theme of a root is made once and changed in place.

    ``scale`` enlarges the text beyond what the screen's own resolution asks for.
    """
    theme: Theme | None = getattr(root, _OWNED, None)
    if theme is None:
        theme = Theme(root)
        setattr(root, _OWNED, theme)
    theme.dark = dark
    theme.resize(scale)
    _style(theme)
    _defaults(theme)
    _repaint(root, theme)
    return theme


def _family(root: tk.Misc) -> str:
    """The first installed family whose figures all have one width: values must not jitter."""
    installed = set(tkfont.families(root))
    for family in FAMILIES:
        if family in installed:
            face = tkfont.Font(root, family=family, size=TEXT_POINTS)
            if len({face.measure(figure) for figure in "0123456789"}) == 1:
                return family
    return str(tkfont.nametofont("TkDefaultFont", root).actual("family"))


def _style(theme: Theme) -> None:
    style = ttk.Style(theme.root)
    style.theme_use("clam")
    colour = theme.colour
    third, half = max(2, theme.em // 3), theme.em // 2
    flat: dict[str, Any] = {"borderwidth": 0, "relief": "flat"}
    style.configure(
        ".",
        background=colour("background"),
        foreground=colour("text"),
        fieldbackground=colour("surface"),
        insertcolor=colour("text"),
        troughcolor=colour("background"),
        bordercolor=colour("line"),
        lightcolor=colour("background"),
        darkcolor=colour("background"),
        selectbackground=colour("selection"),
        selectforeground=colour("selection text"),
        focuscolor=colour("accent"),
        arrowcolor=colour("dim"),
        font=theme.font,
    )
    style.map(".", foreground=[("disabled", colour("dim"))])
    style.configure("Surface.TFrame", background=colour("surface"))
    style.configure("Surface.TLabel", background=colour("surface"))
    style.configure("Dim.TLabel", foreground=colour("dim"))
    style.configure("Small.TLabel", font=theme.small)
    style.configure("SmallDim.TLabel", font=theme.small, foreground=colour("dim"))
    style.configure("Bold.TLabel", font=theme.bold)
    for name in ("TButton", "TMenubutton"):
        style.configure(name, padding=(half, third // 2), background=colour("raised"), **flat)
        style.map(name, background=[("pressed", colour("line")), ("active", colour("line"))])
    for name in ("Quiet.TButton", "Call.TButton", "Quiet.TMenubutton", "Quiet.Toolbutton"):
        style.configure(name, padding=(third, 1), background=colour("background"), **flat)
        style.map(name, background=[("pressed", colour("line")), ("active", colour("raised"))])
    for name in ("Quiet.TButton", "Call.TButton"):
        style.configure(name, width=0)
    style.configure("Call.TButton", background=colour("selection"), foreground=colour("selection text"))
    style.map(
        "Quiet.Toolbutton",
        background=[("selected", colour("selection")), ("active", colour("raised"))],
        foreground=[("selected", colour("selection text"))],
    )
    for name, size in (("TMenubutton", 0.3), ("TCombobox", 0.9)):  # of an arrow, of the place around it
        style.configure(name, arrowsize=round(size * theme.em), arrowcolor=colour("dim"))
    for name in ("TEntry", "TCombobox", "TSpinbox"):
        style.configure(name, padding=(third, 1), relief="flat", lightcolor=colour("surface"))
        style.map(
            name,
            bordercolor=[("focus", colour("accent"))],
            lightcolor=[("focus", colour("accent"))],
            fieldbackground=[("readonly", colour("surface"))],
        )
    style.configure("Missed.TCombobox", foreground=colour(Status.CRITICAL))
    for name in ("TCheckbutton", "TRadiobutton"):
        style.configure(name, indicatorbackground=colour("surface"), indicatorforeground=colour("accent"))
        style.configure(name, indicatorsize=round(0.75 * theme.em), indicatormargin=(0, 0, third, 0))
        style.map(
            name,
            background=[("active", colour("raised"))],
            indicatorbackground=[("pressed", colour("raised"))],
        )
    style.configure(
        "Treeview",
        background=colour("surface"),
        fieldbackground=colour("surface"),
        rowheight=theme.line + max(2, theme.em // 5),
        **flat,
    )
    style.map(
        "Treeview",
        background=[("selected", colour("selection"))],
        foreground=[("selected", colour("selection text"))],
    )
    style.configure("Treeview.Heading", background=colour("background"), foreground=colour("dim"), **flat)
    style.configure("Treeview.Heading", padding=(third, third // 2))
    style.map("Treeview.Heading", background=[("active", colour("raised"))])
    for name in ("Vertical.TScrollbar", "Horizontal.TScrollbar"):
        style.configure(name, background=colour("line"), gripcount=0, arrowsize=theme.em, **flat)
        style.map(name, background=[("disabled", colour("background")), ("active", colour("dim"))])
    style.configure("TPanedwindow", background=colour("line"))
    style.configure("Sash", sashthickness=third, gripcount=0, lightcolor=colour("line"), bordercolor=colour("line"))
    style.configure("TNotebook", background=colour("background"), borderwidth=0)
    style.configure("TNotebook.Tab", background=colour("background"), padding=(half, third), **flat)
    style.configure("TNotebook.Tab", bordercolor=colour("line"), lightcolor=colour("line"))
    style.map("TNotebook.Tab", background=[("selected", colour("selection")), ("active", colour("raised"))])
    style.map("TNotebook.Tab", foreground=[("selected", colour("selection text"))])
    style.configure("TSeparator", background=colour("line"))
    style.configure("Horizontal.TProgressbar", background=colour("accent"), troughcolor=colour("raised"), **flat)


def _plain_options(theme: Theme) -> dict[str, dict[str, str]]:
    """Options of the plain Tk classes, by class: ttk styles do not reach them."""
    colour = theme.colour
    chosen = {"selectBackground": colour("selection"), "selectForeground": colour("selection text")}
    return {
        "Tk": {"background": colour("background")},
        "Toplevel": {"background": colour("background")},
        "Frame": {"background": colour("background")},
        "Canvas": {"background": colour("surface"), "highlightThickness": "0"},
        "Label": {"background": colour("background"), "foreground": colour("text")},
        "Text": {
            "background": colour("surface"),
            "foreground": colour("text"),
            "insertBackground": colour("text"),
            "highlightThickness": "0",
            "borderWidth": "0",
            **chosen,
        },
        "Listbox": {"background": colour("surface"), "foreground": colour("text"), "borderWidth": "0", **chosen},
        "Menu": {
            "background": colour("background"),
            "foreground": colour("text"),
            "activeBackground": colour("selection"),
            "activeForeground": colour("selection text"),
            "disabledForeground": colour("dim"),
            "selectColor": colour("accent"),
            "borderWidth": "0",
            "activeBorderWidth": "0",
            "relief": "flat",
        },
    }


def _defaults(theme: Theme) -> None:
    """Colours and fonts of plain Tk widgets made later."""
    for kind, options in _plain_options(theme).items():
        for option, value in options.items():
            theme.root.option_add(f"*{kind}.{option}", value)
    for kind in ("Label", "Text", "Listbox", "Menu", "TEntry", "TCombobox"):  # others have the font of their style
        theme.root.option_add(f"*{kind}.font", theme.font)


def _repaint(widget: tk.Misc, theme: Theme) -> None:
    """Colours of plain Tk widgets that exist; a view that colours its own items does so on ``<<ThemeChanged>>``."""
    options = _plain_options(theme)
    waiting = [widget]
    while waiting:
        one = waiting.pop()
        waiting.extend(one.winfo_children())
        wanted = options.get("Tk" if isinstance(one, tk.Tk) else one.winfo_class())
        if wanted:
            one.tk.call(str(one), "configure", *(part for k, v in wanted.items() for part in (f"-{k.lower()}", v)))
