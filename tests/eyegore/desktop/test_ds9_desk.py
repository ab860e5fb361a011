"""Rows opened in a real DS9: which images, arranged how, in which DS9; what is given up is not sent."""

from __future__ import annotations

import logging
import queue
import threading
import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore.desktop.ds9_desk import Ds9Desk
from eyegore.ds9.session import OwnDs9
from eyegore.widgets import theme

from ...patience import AWAITED_S
from ..ds9.lab_ds9 import go_there, opened_lab, write_image
from ..ds9.shown_files import shown_files

pytestmark = [pytest.mark.gui, pytest.mark.ds9]


class Window:
    """Stands for the window: keeps what is said and logged, and does on the Tk thread what is posted."""

    def __init__(self, root: tk.Tk, wait_until: Callable[..., None]) -> None:
        self.root = root
        self.said: list[str] = []
        self.logged: list[tuple[int, str]] = []
        self.paths: dict[int, dict[int, str]] = {}
        self._posted: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._wait_until = wait_until
        self.desk = self.open_desk()

    def open_desk(self) -> Ds9Desk:
        return Ds9Desk(
            self.root,
            theme.apply(self.root, False),
            "",
            say=self._say,
            log=lambda level, text: self.logged.append((level, text)),
            post=self._posted.put,
            paths=lambda obsid: self.paths.get(obsid, {}),
        )

    def _say(self, text: str) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.said.append(text)

    def until(self, done: Callable[[], object]) -> None:
        def look() -> object:
            while not self._posted.empty():
                self._posted.get()()
            self.root.update()
            return done()

        self._wait_until(look)

    def until_logged(self, part: str) -> None:
        self.until(lambda: any(part in text for _, text in self.logged))


@pytest.fixture
def window(root: tk.Tk, wait_until: Callable[..., None], tmp_path: Path, private_home: Path) -> Iterator[Window]:
    (private_home / ".config").mkdir(exist_ok=True)
    made = Window(root, wait_until)
    for obsid in (7, 8):
        made.paths[obsid] = {
            ccd: str(write_image(tmp_path / f"EUC_{obsid}_ROE1_CCD{ccd}.fits", 4256)) for ccd in (1, 2, 3)
        }
    yield made
    made.desk.stop(AWAITED_S)


def test_several_rows_are_tiled_or_blink_and_one_row_is_its_obsid_again(
    window: Window, own_sessions: list[OwnDs9]
) -> None:
    desk = window.desk
    desk.open_rows(["7/CCD2", "8/CCD1", "9/CCD1", "8/CCD2", "7/CCD1"])
    window.until_logged("5 images shown in DS9: 4 images")
    session = own_sessions[0]
    names = {frame: Path(file).name for frame, file in shown_files(session).items() if file != ".fits"}
    assert names == {
        "1": "EUC_7_ROE1_CCD2.fits",
        "2": "EUC_8_ROE1_CCD1.fits",
        "4": "EUC_8_ROE1_CCD2.fits",
        "5": "EUC_7_ROE1_CCD1.fits",
    }
    calls, address = session.connect()
    assert calls.get(address, "tile") == "yes"
    assert (logging.WARNING, "not there: CCD1 of ObsID 9") in window.logged
    assert any("CCD1 of ObsID 8 (2 of 4)" in text for text in window.said)

    desk.actions()["blink ds9"]()
    desk.actions()["quadrants ds9"]()
    desk.open_rows(["7/CCD1", "8/CCD1"])
    window.until_logged("2 images shown in DS9: 2 images")
    assert calls.get(address, "blink") == "yes"
    assert calls.get(address, "regions").count("text={E}") == 1

    desk.open_rows(["8/CCD2"])
    window.until_logged("ObsID 8 shown in DS9: CCD1, CCD2, CCD3")
    assert sorted(shown_files(session)) == ["1", "2", "3"]
    assert calls.get(address, "tile") == "yes"


def test_what_is_given_up_is_not_sent_and_the_next_is(window: Window, own_sessions: list[OwnDs9]) -> None:
    window.desk.open_rows(["7/CCD1", "7/CCD2", "7/CCD3", "8/CCD1"])
    window.desk.cancel()
    window.until_logged("4 images not shown: ")
    assert "no more is sent to DS9" in window.said
    window.desk.open_obsid(8)
    window.until_logged("ObsID 8 shown")
    assert not any("4 images shown" in text for _, text in window.logged)


def test_the_ds9_that_is_chosen_gets_the_images_and_a_new_one_of_our_own_can_be_chosen(
    window: Window, own_sessions: list[OwnDs9], wait_until: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = window.desk
    with opened_lab(wait_until) as lab:
        go_there(lab, monkeypatch)
        lab.start("lab")
        wait_until(lambda: lab.known("lab"))
        desk.open_obsid(7)
        window.until_logged("ObsID 7 shown in DS9: ")
        first = own_sessions[0].process
        assert first is not None

        desk.choose()
        window.until(lambda: desk.dialog is not None)
        assert desk.dialog is not None
        desk.dialog.chosen.set(2)
        desk.dialog.confirm()
        desk.open_obsid(8)
        window.until_logged("ObsID 8 shown in DS9 lab: CCD1, CCD2, CCD3")
        assert lab.files("lab")["1"] == "EUC_8_ROE1_CCD1.fits"
        assert Path(shown_files(own_sessions[0])["1"]).name == "EUC_7_ROE1_CCD1.fits"

        desk.choose()
        window.until(lambda: desk.dialog is not None and desk.dialog.winfo_exists())
        assert desk.dialog.chosen.get() == 2
        desk.dialog.step(-1)
        desk.dialog.confirm()
        assert "images go to DS9 lab" in window.said
        window.logged.clear()
        desk.open_obsid(7)
        window.until_logged("ObsID 7 shown in DS9: ")
        assert first.poll() is not None


def test_a_heap_of_rows_is_refused(window: Window) -> None:
    window.desk.open_rows([f"{obsid}/CCD1" for obsid in range(501)])
    assert window.said == ["501 images are more than DS9 holds well (500)"]
    window.desk.open_rows(["rubbish", ""])
    assert len(window.said) == 1


def test_the_choices_are_remembered(window: Window) -> None:
    window.desk.actions()["blink ds9"]()
    again = window.open_desk()
    again.restore(window.desk.layout())
    assert (again.blink.get(), again.quadrants.get()) == (True, False)
    again.restore("rubbish")
    again.restore({"blink": "yes"})
    assert not again.blink.get()
