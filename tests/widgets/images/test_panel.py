from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

import pytest

from eyegore.widgets import theme as themes
from eyegore.widgets.calls import ManyCalls
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.images import ImageCell, NumberCell, QuadrantCell, VerdictCell
from eyegore.widgets.images.panel import ImageHands, ImagePanel
from eyegore.widgets.images.verdict_block import Form, needed

from ..on_screen import items, tip, told

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
    hands = ImageHands(
        stretch=chosen.append, display=lambda: chosen.append("open"), sized=chosen.append, step=chosen.append,
        tip=lambda ccd, letter: f"about {ccd} {letter}",
    )  # fmt: skip
    view = ImagePanel(root, theme, hands, palettes={"grey": b"", "red": bytes([255, 0, 0]) * 256})
    view.pack(fill="both", expand=True)
    root.update()
    return view


def photo(panel: ImagePanel, ccd: int) -> str:
    return str(panel.canvas.itemcget(f"ccd{ccd}&&image", "image"))


def size(panel: ImagePanel, ccd: int) -> tuple[int, int]:
    """Width and height of the photo [pixel]."""
    name = photo(panel, ccd)
    return (panel.tk.call("image", "width", name), panel.tk.call("image", "height", name)) if name else (0, 0)


def drawn(panel: ImagePanel, ccd: int) -> bool:
    return ccd in panel.shown and size(panel, ccd) == panel.box


def grey_at(panel: ImagePanel, ccd: int, right: float, down: float) -> int:
    width, height = size(panel, ccd)
    value = panel.tk.call(photo(panel, ccd), "get", int(right * width), int(down * height))
    return int(panel.tk.splitlist(value)[0])


def framed(panel: ImagePanel, ccd: int) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the frame around the place of an image."""
    left, top, right, bottom = panel.canvas.coords(f"ccd{ccd}&&frame")
    return left, top, right, bottom


def numbers(panel: ImagePanel, ccd: int, letter: str) -> list[str]:
    """What is written of one quadrant, its letter first."""
    return told(panel.canvas, f"numbers{ccd}{letter}").splitlines()


def form(panel: ImagePanel, ccd: int) -> Form:
    """How much of the numbers is shown: all in a line, the first three in one, or in two lines."""
    shown = items(panel.canvas, f"numbers{ccd}E")[1:]
    if len(shown) != 3:
        return Form.FULL if shown else Form.PLATE
    return Form.SUMMED if len({panel.canvas.coords(item)[1] for item in shown}) == 1 else Form.NARROW


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
    canvas = panel.canvas
    item = next(item for item in items(canvas, "ccd1&&letter") if canvas.itemcget(item, "text") == letter)
    (x, y), (left, top, end, bottom) = canvas.coords(item), framed(panel, 1)
    assert (x > (left + end) / 2) is (right > 0.5)
    assert (y > (top + bottom) / 2) is (down > 0.5)
    assert not top < y < bottom  # outside the image, where it hides nothing


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


# --- verdict and numbers ---------------------------------------------------------------------------------------------


def verdict(ccd: int, status: Status = Status.IN_LIMITS, words: str = "PASS", offset: str = "2650") -> VerdictCell:
    numbers = (NumberCell(offset), NumberCell("1.40"), NumberCell("19601"), NumberCell("0"), NumberCell("7"))
    quadrants = tuple(QuadrantCell(letter, numbers) for letter in "EFGH")
    return VerdictCell(
        ccd, status, words, ("offset", "noise", "fluence", "sat", "lost"), quadrants, NumberCell("lost 7")
    )


def frame_colour(panel: ImagePanel, ccd: int) -> str:
    return panel.canvas.itemcget(f"ccd{ccd}&&frame", "outline")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.IN_LIMITS, "PASS"),
        (Status.WARNING, "WARNING"),
        (Status.CRITICAL, "FAIL"),
        (Status.UNCHECKED, "NOT CHECKED"),
        (Status.UNKNOWN, "being judged"),
    ],
)
def test_the_verdict_is_a_frame_a_sign_and_a_word(
    panel: ImagePanel, theme: themes.Theme, status: Status, words: str
) -> None:
    assert frame_colour(panel, 1) == theme.colour("line")
    panel.show_verdicts([verdict(1, status, words)])
    assert frame_colour(panel, 1) == theme.colour(status)
    assert f"{theme.glyph(status)} {words}" in texts(panel)
    assert frame_colour(panel, 2) == theme.colour("line")


def test_numbers_of_each_quadrant_stand_beside_its_letter(panel: ImagePanel, root: tk.Tk, until: Until) -> None:
    panel.show_verdicts([verdict(2)])
    root.geometry("680x220")
    until(lambda: form(panel, 2) is Form.NARROW)
    canvas = panel.canvas
    for letter in "EFGH":
        assert numbers(panel, 2, letter) == [letter, "2650", "1.40", "19601"]
        name, offset, *_others = items(canvas, f"numbers2{letter}")
        assert canvas.coords(offset)[1] == canvas.coords(name)[1]
        assert canvas.coords(name)[0] > framed(panel, 2)[2]


def test_numbers_stand_beside_the_pictures_in_the_pane_of_a_small_screen(
    panel: ImagePanel, root: tk.Tk, until: Until
) -> None:
    panel.show_verdicts([verdict(2)])
    root.geometry("680x180")
    until(lambda: form(panel, 2) is Form.SUMMED)
    assert panel.box[0] > 60
    assert texts(panel).count("19601") == 4
    assert texts(panel).count("7") == 0


@pytest.mark.parametrize(
    ("problem", "seen"),
    [("wrong pixels: among its pixels are some that are not a number " * 3, "wrong pixels"), ("x " * 500, "no image")],
)
def test_what_is_wrong_stays_within_the_place_of_the_image(
    panel: ImagePanel, root: tk.Tk, until: Until, problem: str, seen: str
) -> None:
    root.geometry("680x180")
    panel.show_verdicts([verdict(2)])
    until(lambda: form(panel, 2) is Form.SUMMED)
    panel.show([ImageCell(2, problem=problem)])
    assert told(panel.canvas, "ccd2&&words") == seen
    root.geometry("1300x700")
    until(lambda: told(panel.canvas, "ccd2&&words") == problem)


def test_a_large_pane_has_a_column_for_every_number(panel: ImagePanel, root: tk.Tk, until: Until) -> None:
    panel.show_verdicts([verdict(1)])
    root.geometry("1300x700")
    until(lambda: form(panel, 1) is Form.FULL)
    assert texts(panel).count("7") == 4
    assert "lost 7" not in texts(panel)


def test_numbers_can_be_taken_away_and_leave_room_to_the_picture(
    panel: ImagePanel, root: tk.Tk, theme: themes.Theme, until: Until
) -> None:
    panel.show_verdicts([verdict(1)])
    before = panel.box
    panel.canvas.focus_force()
    panel.canvas.event_generate("<n>")
    until(lambda: panel.box > before)
    assert "■ PASS" in texts(panel)
    assert "2650" not in texts(panel)
    assert needed(theme, Form.PLATE).height < needed(theme, Form.NARROW).height


def test_a_number_out_of_limits_is_marked_by_sign_and_colour(panel: ImagePanel, theme: themes.Theme) -> None:
    cell = verdict(1, Status.CRITICAL, "FAIL")
    bad = QuadrantCell("F", (NumberCell("2400", Status.CRITICAL), *cell.quadrants[1].numbers[1:]))
    panel.show_verdicts([VerdictCell(1, cell.status, cell.words, cell.heads, (cell.quadrants[0], bad))])
    panel.update()
    canvas, item = panel.canvas, items(panel.canvas, "numbers1F")[1]
    assert canvas.itemcget(item, "text") == "◆2400"
    assert canvas.itemcget(item, "fill") == theme.colour(Status.CRITICAL)


def test_one_new_verdict_costs_the_other_ccds_nothing(panel: ImagePanel, monkeypatch: pytest.MonkeyPatch) -> None:
    panel.show_verdicts([verdict(ccd) for ccd in (1, 2, 3)])
    panel.update()
    touched: list[int] = []
    dress = ManyCalls.dress
    monkeypatch.setattr(
        ManyCalls, "dress", lambda self, item, **options: (touched.append(item), dress(self, item, **options))
    )
    panel.show_verdicts([verdict(1), verdict(2, offset="2651"), verdict(3)])
    assert set(touched) == {items(panel.canvas, f"numbers2{letter}")[1] for letter in "EFGH"}
    assert len(touched) == 4


def test_the_pointer_asks_for_what_is_told_of_a_quadrant(panel: ImagePanel, root: tk.Tk, until: Until) -> None:
    panel.show([frame(1)])
    panel.show_verdicts([verdict(1)])
    until(lambda: drawn(panel, 1))
    _left, _top, right, bottom = framed(panel, 1)
    panel.canvas.event_generate("<Motion>", x=int(right) - 6, y=int(bottom) - 6)
    until(lambda: tip(panel) == "about 1 G")
    panel.canvas.event_generate("<Motion>", x=1, y=1)
    until(lambda: tip(panel) == "")


def test_colours_are_chosen_without_another_image(panel: ImagePanel, chosen: list[object], until: Until) -> None:
    panel.show([frame(1)])
    until(lambda: drawn(panel, 1))
    panel.canvas.focus_force()
    panel.canvas.event_generate("<c>")

    def pixel() -> list[int]:
        return [int(part) for part in panel.tk.splitlist(panel.tk.call(photo(panel, 1), "get", 5, 5))]

    until(lambda: drawn(panel, 1) and pixel() == [255, 0, 0])
    assert panel.layout()["colours"] == "red"


def test_what_was_chosen_is_taken_back(panel: ImagePanel, until: Until) -> None:
    layout = {"colours": "red", "numbers": False, "boundaries": False}
    panel.restore(layout)
    assert panel.layout() == layout
    panel.restore({"colours": "mauve", "numbers": 7})
    assert panel.layout() == layout


def test_boundaries_of_sections_can_be_taken_away(panel: ImagePanel, until: Until) -> None:
    cell = frame(1)
    panel.show([ImageCell(1, 100, 100, cell.grey, TITLE, "", ((0.5, 0.1), (0.5,)))])
    until(lambda: drawn(panel, 1))

    def seen() -> int:
        return len(items(panel.canvas, "ccd1&&edge"))

    assert seen() == 3
    panel.canvas.focus_force()
    panel.canvas.event_generate("<b>")
    until(lambda: seen() == 0)


def test_keys_step_through_the_obsids(panel: ImagePanel, chosen: list[object]) -> None:
    chosen.clear()
    panel.canvas.focus_force()
    for key in ("<Left>", "<Right>", "<Home>", "<End>"):
        panel.canvas.event_generate(key)
    panel.update()
    assert [one for one in chosen if isinstance(one, str)] == ["older", "newer", "oldest", "newest"]
