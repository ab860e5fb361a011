from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

import pytest

from eyegore.widgets import theme as themes
from eyegore.widgets.image_cells import ImageCell
from eyegore.widgets.image_panel import ImagePanel

Until = Callable[[Callable[[], object]], None]
TITLE = "ObsID 20103 · PTC01 · 21:54:05 · exptime 3.1 s"


def frame(ccd: int, grey: bytes = bytes([10, 80, 160, 250]), title: str = TITLE, problem: str = "") -> ImageCell:
    """A frame whose quadrants E, F, H, G (rows from the top) have these grey levels."""
    high, low = (bytes([left] * 50 + [right] * 50) * 50 for left, right in (grey[:2], grey[2:]))
    return ImageCell(ccd, 100, 100, high + low, title, problem)


@pytest.fixture
def chosen() -> list[object]:
    return []


@pytest.fixture
def panel(root: tk.Tk, theme: themes.Theme, chosen: list[object]) -> ImagePanel:
    root.geometry("800x320")
    view = ImagePanel(
        root, theme, on_stretch=chosen.append, on_open=lambda: chosen.append("open"), on_size=chosen.append
    )
    view.pack(fill="both", expand=True)
    root.update()
    return view


def photo(panel: ImagePanel, ccd: int) -> str:
    return str(panel.canvas.itemcget(panel._pictures[ccd]._image, "image"))


def drawn(panel: ImagePanel, ccd: int) -> bool:
    picture = panel._pictures[ccd]
    return not panel._waiting and picture._photo_size == (picture.tile.width, picture.tile.height)


def grey_at(panel: ImagePanel, ccd: int, right: float, down: float) -> int:
    tile = panel._pictures[ccd].tile
    value = panel.tk.call(photo(panel, ccd), "get", int(right * tile.width), int(down * tile.height))
    return int(panel.tk.splitlist(value)[0])


def texts(panel: ImagePanel) -> list[str]:
    items = [item for item in panel.canvas.find_all() if panel.canvas.type(item) == "text"]
    return [text for item in items if (text := panel.canvas.itemcget(item, "text"))]


def test_before_any_image_the_panel_says_so(panel: ImagePanel) -> None:
    assert texts(panel).count("no image yet") == 3
    assert panel.title_text == ""


@pytest.mark.parametrize(
    ("letter", "right", "down", "grey"),
    [("E", 0.2, 0.2, 10), ("F", 0.8, 0.2, 80), ("H", 0.2, 0.8, 160), ("G", 0.8, 0.8, 250)],
)
def test_quadrants_are_shown_where_their_letter_stands(
    panel: ImagePanel, until: Until, letter: str, right: float, down: float, grey: int
) -> None:
    panel.show([frame(1)])
    until(lambda: drawn(panel, 1))
    assert grey_at(panel, 1, right, down) == grey
    picture, canvas = panel._pictures[1], panel.canvas
    item = next(item for item in picture._letters if canvas.itemcget(item, "text") == letter)
    x, y = canvas.coords(item)
    tile = picture.tile
    assert (x > tile.x + tile.width / 2) is (right > 0.5)
    assert (y > tile.y + tile.height / 2) is (down > 0.5)
    assert not tile.y < y < tile.y + tile.height  # outside the image, where it hides nothing


def test_the_panel_tells_which_images_are_on_the_screen(panel: ImagePanel, until: Until) -> None:
    assert panel.shown == ()
    panel.show([frame(1), frame(3)])
    assert panel.shown == ()
    until(lambda: panel.shown == (1, 3))


def test_the_same_photo_takes_the_next_image(panel: ImagePanel, until: Until) -> None:
    panel.show([frame(ccd) for ccd in (1, 2, 3)])
    until(lambda: all(drawn(panel, ccd) for ccd in (1, 2, 3)))
    before = [photo(panel, ccd) for ccd in (1, 2, 3)]
    panel.show([frame(ccd, bytes([200, 80, 160, 250])) for ccd in (1, 2, 3)])
    until(lambda: grey_at(panel, 3, 0.2, 0.2) == 200)
    assert [photo(panel, ccd) for ccd in (1, 2, 3)] == before
    assert len(set(before)) == 3


def test_the_image_follows_the_size_of_the_pane(
    panel: ImagePanel, root: tk.Tk, chosen: list[object], until: Until
) -> None:
    panel.show([frame(1)])
    until(lambda: drawn(panel, 1))
    small = panel.box
    root.geometry("1200x600")
    until(lambda: panel.box[0] > 1.3 * small[0] and drawn(panel, 1))
    assert grey_at(panel, 1, 0.2, 0.2) == 10
    assert grey_at(panel, 1, 0.8, 0.8) == 250
    until(lambda: panel.box in chosen)


def test_title_problem_and_missing_ccd_are_told(panel: ImagePanel) -> None:
    panel.show([frame(1), frame(2, problem="cut short"), ImageCell(3, problem="CCD3 is missing")])
    assert panel.title_text == TITLE
    assert "▲ cut short" in texts(panel)
    assert "CCD3 is missing" in texts(panel)


def test_an_image_that_is_older_than_the_others_says_whose_it_is(panel: ImagePanel) -> None:
    panel.show([frame(ccd, title="ObsID 1") for ccd in (1, 2, 3)])
    assert "ObsID 1" not in texts(panel)
    panel.show([frame(1, title="ObsID 2"), frame(2, title="ObsID 2")])
    assert panel.title_text == "ObsID 2"
    assert texts(panel).count("ObsID 1") == 1


def test_the_title_says_when_images_are_being_read(panel: ImagePanel) -> None:
    panel.show([frame(1)])
    panel.set_busy("reading 20104")
    assert panel.title_text == f"{TITLE} · reading 20104 …"
    panel.set_busy("")
    assert panel.title_text == TITLE


def test_another_folder_starts_empty(panel: ImagePanel) -> None:
    panel.show([frame(1)])
    panel.clear()
    assert texts(panel).count("no image yet") == 3
    assert panel.title_text == ""


def test_keys_choose_the_stretch_and_open(panel: ImagePanel, chosen: list[object]) -> None:
    chosen.clear()
    panel.canvas.focus_force()
    panel.update()
    for sequence in ("<e>", "<e>", "<Return>"):
        panel.canvas.event_generate(sequence)
        panel.update()
    assert [one for one in chosen if isinstance(one, str)] == ["zscale", "equalised", "open"]


def test_bytes_that_are_not_an_image_are_refused() -> None:
    with pytest.raises(ValueError, match="CCD2"):
        ImageCell(2, 10, 10, b"too short")
