"""The window that looks at one CCD closely, with real files."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from eyegore.desktop.images.desk import ImageDesk
from eyegore.desktop.images.eye import Seen
from eyegore.desktop.images.look_desk import LookDesk
from eyegore.desktop.images.window import ImageWindow
from eyegore.desktop.pump import TkPump
from eyegore.images.pixels.display import Stretch
from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.events import ImageFile, ImagesReady
from eyegore.messages.images import ImageJudged, ImageResult
from eyegore.widgets import theme as themes
from eyegore.widgets.cells.flags import Status

from ....patience import AWAITED_S
from ....widgets.on_screen import told

pytestmark = pytest.mark.gui

ROWS, COLUMNS = 4132, 4238
Until = Callable[[Callable[[], object]], None]


@pytest.fixture(autouse=True)
def configuration(private_home: Path) -> None:
    """The folder astropy looks for its configuration in: it warns when a variable names one that is not there."""
    (private_home / ".config").mkdir(exist_ok=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Frames of ObsIDs 5 and 7, 1000 and 1010 ADU everywhere, of CCD1 only; no astropy: they are many bytes."""
    from astropy.io import fits

    folder = tmp_path_factory.mktemp("day")
    for obsid, level in ((5, 1000), (7, 1010)):
        fits.PrimaryHDU(np.full((ROWS, COLUMNS), level, np.uint16)).writeto(folder / f"{obsid}.fits")
    return folder


@pytest.fixture
def desk(folder: Path) -> ImageDesk:
    desk = ImageDesk(None, None, lambda: Stretch.LOG, "ObsID {}".format)
    for obsid in (5, 7):
        desk.take(ImageFile(str(folder / f"{obsid}.fits"), obsid, 1, True, 0.0))
        desk.take(ImagesReady(obsid, {1: str(folder / f"{obsid}.fits")}))
    return desk


@pytest.fixture
def looks(root: tk.Tk) -> Iterator[LookDesk]:
    theme = themes.apply(root, dark=False)
    pump: TkPump[Callable[[], object]] = TkPump(root, lambda act: act(), lambda: None)
    looks = LookDesk(root, theme, pump.post, {})
    yield looks
    looks.clear()
    assert looks.stop(AWAITED_S)
    pump.stop()


@pytest.fixture
def until(root: tk.Tk, wait_until: Callable[..., None]) -> Until:
    def wait(predicate: Callable[[], object]) -> None:
        def holds() -> object:
            root.update()
            return predicate()

        wait_until(holds)

    return wait


@pytest.fixture
def window(looks: LookDesk, desk: ImageDesk, until: Until) -> ImageWindow:
    looks.open(desk, 1)
    window = looks.window
    assert window is not None
    until(lambda: window.canvas.pasted and window.statistics["text"])
    return window


def press(window: ImageWindow, *sequences: str) -> None:
    window.canvas.focus_force()
    window.update()
    for sequence in sequences:
        window.canvas.event_generate(sequence)
        window.update()


def says(window: ImageWindow, words: str) -> Callable[[], bool]:
    return lambda: words in str(window.statistics["text"]) + str(window.reading["text"])


def test_it_shows_the_newest_whole(window: ImageWindow) -> None:
    assert "CCD1 · ObsID 7" in str(window.heading["text"])
    assert "mean 1010" in str(window.statistics["text"])
    assert window.canvas.view is not None
    assert window.canvas.view == window.canvas.view.fitted()


def test_the_verdict_is_there_when_it_comes_and_not_green_before(
    window: ImageWindow, looks: LookDesk, desk: ImageDesk
) -> None:
    assert str(window.verdict["text"]) == "○ being judged"
    desk.take(ImageJudged(ImageResult("7.fits", 7, 1, ImageVerdict.FAIL), True, 0.0))
    looks.refresh(desk)
    assert str(window.verdict["text"]) == "◆ FAIL"
    assert str(window.verdict["background"]) == themes.LOOKS[Status.CRITICAL].colour


def test_keys_step_zoom_and_come_back(window: ImageWindow, desk: ImageDesk, until: Until) -> None:
    press(window, "<Left>")
    assert desk.shown == 5
    until(says(window, "mean 1000"))
    press(window, "<plus>", "<plus>")
    until(lambda: "1:" in str(window.reading["text"]) and not says(window, "17511416 pixels")())
    press(window, "<z>")
    until(says(window, "1:1"))
    press(window, "<f>", "<End>")
    until(says(window, "mean 1010"))
    assert window.canvas.view == (window.canvas.view and window.canvas.view.fitted())


def test_the_wheel_zooms_and_a_drag_moves(window: ImageWindow, until: Until) -> None:
    canvas = window.canvas
    for _ in range(8):
        canvas.event_generate("<Button-4>", x=100, y=100)
    before = canvas.view
    assert before is not None
    assert before.zoom >= 1
    canvas.event_generate("<ButtonPress-1>", x=100, y=100)
    canvas.event_generate("<B1-Motion>", x=60, y=100)
    canvas.event_generate("<ButtonRelease-1>", x=60, y=100)
    assert canvas.view is not None
    assert canvas.view.left - before.left == round(40 / before.scale)


def test_the_cursor_tells_its_pixel_and_a_box_its_statistics(window: ImageWindow, until: Until) -> None:
    canvas, view = window.canvas, window.canvas.view
    assert view is not None
    x, y = (int(one) for one in view.screen_at(3000, 500))
    canvas.event_generate("<Motion>", x=x, y=y)
    until(says(window, "· G "))
    until(says(window, "1010 ADU"))
    canvas.event_generate("<Shift-ButtonPress-1>", x=x, y=y)
    canvas.event_generate("<B1-Motion>", x=x + 20, y=y - 20)
    canvas.event_generate("<ButtonRelease-1>", x=x + 20, y=y - 20)
    until(says(window, "columns "))
    press(window, "<a>")
    until(says(window, "in sight"))


def test_difference_to_the_one_before_and_to_a_reference(window: ImageWindow, until: Until) -> None:
    press(window, "<d>")
    until(says(window, "mean 10 "))
    assert "less ObsID 5" in str(window.heading["text"])
    press(window, "<t>")
    until(says(window, "mean 0 "))
    press(window, "<Left>")
    until(says(window, "mean −10 "))
    press(window, "<d>")
    until(says(window, "mean 1000 "))


def test_without_an_older_frame_a_difference_says_what_to_do(window: ImageWindow, until: Until) -> None:
    press(window, "<Home>", "<d>")
    assert "take a reference" in told(window.canvas, "words")


def test_a_ccd_without_image_says_so(window: ImageWindow) -> None:
    press(window, "<Key-2>")
    assert told(window.canvas, "words") == "ObsID 7 has no image of CCD2"
    assert str(window.verdict["text"]) == ""


def test_blinking_shows_both_in_turn_until_it_is_ended(window: ImageWindow, until: Until) -> None:
    press(window, "<k>")
    assert window.obsid == 5
    until(lambda: window.obsid == 7)
    until(lambda: window.obsid == 5)
    press(window, "<k>")
    assert window.obsid == 7
    until(says(window, "mean 1010"))


def test_small_pictures_of_the_session_lead_to_their_obsid(window: ImageWindow, desk: ImageDesk, until: Until) -> None:
    until(lambda: len(window.strip.cells) == 2 and all(cell.grey for cell in window.strip.cells))
    window.strip.event_generate("<Button-1>", x=5, y=5)
    window.update()
    assert desk.shown == 5
    until(says(window, "mean 1000"))


def test_there_are_as_many_small_pictures_as_there_is_room_for_now(window: ImageWindow, until: Until) -> None:
    until(lambda: len(window.strip.cells) == 2 and all(cell.grey for cell in window.strip.cells))
    window.strip.show((), None)
    window.strip.event_generate("<Configure>")
    until(lambda: len(window.strip.cells) == 2)


def test_profiles_are_drawn(window: ImageWindow, until: Until) -> None:
    press(window, "<p>", "<Shift-Left>")
    until(lambda: window.across.texts == ("1010", "1010"))
    press(window, "<p>")
    until(lambda: not window.across.winfo_ismapped())


def test_a_vanished_file_says_so(window: ImageWindow, desk: ImageDesk, until: Until, folder: Path) -> None:
    desk.take(ImageFile(str(folder / "gone.fits"), 9, 1, True, 0.0))
    desk.take(ImagesReady(9, {1: str(folder / "gone.fits")}))
    window.refresh()
    until(lambda: told(window.canvas, "words") == "the file has vanished")
    press(window, "<Left>")
    until(lambda: isinstance(window.seen, Seen) and window.seen.problem == "")


def test_what_was_chosen_is_remembered(looks: LookDesk, window: ImageWindow, desk: ImageDesk) -> None:
    press(window, "<e>", "<c>", "<b>", "<p>", "<Escape>")
    assert looks.window is None
    layout = looks.layout()
    assert (layout["stretch"], layout["colours"]) == ("zscale", "inverse grey")
    looks.restore({**layout, "colours": "mauve"})
    looks.open(desk, 1)
    assert looks.window is not None
    assert looks.layout() == layout  # what is not known is left as it is
    assert (looks.window.profiles.get(), looks.window.outlined.get()) == (True, False)
