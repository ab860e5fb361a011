"""Palettes, fonts and the switch between light and dark."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

import pytest

from eyegore.widgets import theme
from eyegore.widgets.cells.flags import Status


def luminance(colour: str) -> float:
    """Relative luminance of the WCAG."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "least"), [("text", 7.0), ("dim", 4.5)])
@pytest.mark.parametrize("ground", ["background", "surface", "stripe"])
def test_text_can_be_read(palette: dict[str, str], text: str, least: float, ground: str) -> None:
    assert contrast(palette[text], palette[ground]) >= least


def test_both_palettes_name_the_same_parts() -> None:
    assert theme.LIGHT.keys() == theme.DARK.keys()


def test_the_dark_palette_has_no_bright_area() -> None:
    for area in ("background", "surface", "stripe", "raised", "line", "selection", "band", "tip"):
        assert luminance(theme.DARK[area]) < 0.08


def test_every_status_has_a_sign_of_its_own() -> None:
    assert set(theme.LOOKS) == set(Status)
    assert len({look.glyph for look in theme.LOOKS.values()}) == len(Status)
    for look in theme.LOOKS.values():
        assert contrast(look.colour, look.ink) >= 3.0


def test_green_is_only_what_is_in_limits() -> None:
    green = theme.LOOKS[Status.IN_LIMITS].colour
    assert [status for status, look in theme.LOOKS.items() if look.colour == green] == [Status.IN_LIMITS]


def test_switching_colours_what_is_there(root: tk.Tk) -> None:
    look = theme.apply(root, dark=False)
    canvas, text, menu = tk.Canvas(root), tk.Text(root), tk.Menu(root)
    canvas.pack()
    told: list[str] = []
    canvas.bind("<<ThemeChanged>>", lambda event: told.append(look.colour("surface")))
    root.update()
    told.clear()
    assert theme.apply(root, dark=True) is look
    root.update()
    assert told == [theme.DARK["surface"]]
    assert canvas["background"] == text["background"] == theme.DARK["surface"]
    assert str(menu["foreground"]) == theme.DARK["text"]
    assert tk.Canvas(root)["background"] == theme.DARK["surface"]
    assert ttk.Style(root).lookup("TLabel", "background") == theme.DARK["background"]


def test_figures_have_one_width(root: tk.Tk) -> None:
    look = theme.apply(root, dark=False)
    for font in (look.font, look.bold, look.small, look.small_bold, look.tiny):
        assert len({look.measure(figure, font) for figure in "0123456789"}) == 1


def test_measures_follow_the_scale(root: tk.Tk) -> None:
    look = theme.apply(root, dark=False)
    em, line = look.em, look.line
    theme.apply(root, dark=False, scale=2.0)
    assert look.em == pytest.approx(2 * em, abs=1)
    assert look.line > 1.8 * line
    assert int(ttk.Style(root).lookup("Treeview", "rowheight")) > look.line


def test_measures_follow_the_screen(root: tk.Tk) -> None:
    em = theme.apply(root, dark=False).em
    scaling = float(root.tk.call("tk", "scaling"))
    try:  # the scaling belongs to the display, not to the window
        root.tk.call("tk", "scaling", 2 * scaling)
        assert theme.apply(root, dark=False).em == pytest.approx(2 * em, abs=1)
    finally:
        root.tk.call("tk", "scaling", scaling)


def test_a_label_has_the_font_of_its_style_and_a_field_that_of_the_theme(root: tk.Tk) -> None:
    made = theme.apply(root, dark=False)
    text = "2 CRITICAL · 1 WARNING"
    widths = {style: ttk.Label(root, text=text, style=style).winfo_reqwidth() for style in ("TLabel", "Bold.TLabel")}
    small = ttk.Label(root, text=text, style="SmallDim.TLabel").winfo_reqwidth()
    assert small < widths["TLabel"] < widths["Bold.TLabel"]
    assert {str(kind(root)["font"]) for kind in (ttk.Entry, ttk.Combobox, tk.Text, tk.Label)} == {made.font}
