"""The columns of the exposure log that tell which exposures are to be taken again."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

import pytest

from eyegore.desktop.app import Desktop
from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.events import Exposure, ExposureHk, ImageFile, ImagesWaiting
from eyegore.messages.exposures import HkVerdict
from eyegore.messages.images import ImageCheck, ImageJudged, ImageProblem, ImageResult
from eyegore.presenters.image_rows import MOST, ImageRowCells
from eyegore.presenters.verdict_rows import VerdictRows
from eyegore.session.settings import Session
from eyegore.simulator.simulator import SimulatedSession, Simulator

ROWS = tuple(Exposure(7, f"CCD{ccd}", "BIAS01", 0.0, 0.0, (), ()) for ccd in (1, 2, 3))
NOISY = ImageCheck("std_pre", "E", 1.7, 0.86, 1.44, ImageVerdict.FAIL, "ADU")
UNMEASURED = ImageCheck("fluence", "F", math.nan, 1.0, 2.0, ImageVerdict.NOT_CHECKED, "ADU", "it could not be measured")


def file(ccd: int = 2, *, complete: bool = True, problem: str = "") -> ImageFile:
    return ImageFile(f"/d/7_{ccd}.fits", 7, ccd, complete, 0.0, problem)


def judged(verdict: ImageVerdict, *checks: ImageCheck, ccd: int = 2) -> ImageJudged:
    return ImageJudged(ImageResult("/d/7.fits", 7, ccd, verdict, checks=checks), True, 0.0)


def hk(verdict: HkVerdict) -> ExposureHk:
    return ExposureHk(7, "BIAS01", 0.0, 80.0, dict.fromkeys(("CCD1", "CCD2", "CCD3"), verdict))


@pytest.fixture
def rows() -> VerdictRows:
    made = VerdictRows()
    made.add(ROWS)
    return made


def images(rows: VerdictRows | ImageRowCells) -> list[str]:
    return [rows.cells(f"7/CCD{ccd}")["image"] for ccd in (1, 2, 3)]


def test_an_image_from_its_first_byte_to_its_verdict_and_nothing_is_green_before(rows: VerdictRows) -> None:
    seen = [images(rows)[1]]
    for news in (
        file(complete=False, problem="being written"),
        file(),
        judged(ImageVerdict.PASS),
        file(complete=False, problem="being written"),
        file(complete=False, problem="the file is gone"),
        file(),
        judged(ImageVerdict.NOT_CHECKED, UNMEASURED),
        judged(ImageVerdict.WARNING, NOISY),
        judged(ImageVerdict.FAIL, NOISY),
    ):
        rows.take(news)
        seen.append(images(rows)[1])
    assert seen == [
        "○ no image", "○ being written", "○ being judged", "■ PASS", "○ being written", "✗ not whole", "○ being judged",
        "□ NOT CHECKED", "▲ WARNING", "◆ FAIL",
    ]  # fmt: skip
    assert images(rows)[0] == images(rows)[2] == "○ no image"


@pytest.mark.parametrize("image", [None, *ImageVerdict])
@pytest.mark.parametrize("housekeeping", [None, *HkVerdict])
def test_what_is_to_be_done_follows_from_housekeeping_and_image(
    rows: VerdictRows, image: ImageVerdict | None, housekeeping: HkVerdict | None
) -> None:
    if image is not None:
        rows.take(judged(image))
    if housekeeping is not None:
        rows.take(hk(housekeeping))
    bad = image is ImageVerdict.FAIL or housekeeping in (HkVerdict.COMPROMISED, HkVerdict.NO_HK)
    expected = ("◆ retake", "critical") if bad else ("", "")
    if not bad and image is ImageVerdict.WARNING:
        expected = ("▲ look", "warning")
    assert (rows.cells("7/CCD2")["retake"], rows.tint("7/CCD2")) == expected


def test_an_image_that_is_not_whole_is_to_be_looked_at_but_not_one_that_is_written(rows: VerdictRows) -> None:
    rows.take(file(1, complete=False, problem="being written"))
    rows.take(file(2, complete=False, problem="incomplete"))
    assert [rows.word(f"7/CCD{ccd}") for ccd in (1, 2, 3)] == ["", "▲ look", ""]
    assert rows.tip("7/CCD2").splitlines()[-2:] == ["ObsID 7 CCD2: not whole", "incomplete"]


def test_tips_tell_the_bad_checks_with_value_and_limits_and_have_an_end(rows: VerdictRows) -> None:
    rows.take(judged(ImageVerdict.FAIL, NOISY, UNMEASURED))
    assert rows.frames.tip("7/CCD2").splitlines() == [
        "ObsID 7 CCD2: FAIL",
        "FAIL: std_pre of E is 1.7 ADU, above 1.44",
        "fluence not checked: it could not be measured (F)",
    ]
    rows.take(judged(ImageVerdict.FAIL, *[NOISY] * 30))
    assert rows.frames.tip("7/CCD2").splitlines()[-1] == f"and {30 - MOST} more"
    cut = ImageResult("/d/x", 7, 2, ImageVerdict.FAIL, problem=ImageProblem.TRUNCATED, explanation="10 bytes short")
    rows.take(ImageJudged(cut, True, 0.0))
    assert rows.frames.tip("7/CCD2") == "ObsID 7 CCD2: FAIL\ntruncated: 10 bytes short"
    assert rows.frames.tip("8/CCD1") == rows.tip("7/CCD1") == ""


def test_only_what_changed_is_told_and_images_may_come_before_their_row() -> None:
    rows = VerdictRows()
    rows.take(judged(ImageVerdict.FAIL, ccd=3))
    assert rows.changed() == []
    rows.add(ROWS)
    assert rows.cells("7/CCD3")["image"] == "◆ FAIL"
    rows.take(judged(ImageVerdict.PASS, ccd=1))
    assert rows.changed() == ["7/CCD1"]
    assert rows.changed() == []


def test_the_strip_shows_the_catch_up_and_only_that(rows: VerdictRows) -> None:
    assert rows.strip_cells() == []
    for ccd in (1, 2):
        rows.take(judged(ImageVerdict.FAIL, ccd=ccd))
    rows.take(ImagesWaiting(6))
    (cell,) = rows.strip_cells()
    assert (cell.label, cell.text, cell.status) == ("judging images", "██░░░░░░ 6 wait", None)
    assert "2 judged, 2 to retake, 6 wait" in cell.tip
    rows.take(ImagesWaiting(0))
    assert rows.strip_cells() == []


@pytest.mark.gui
def test_on_the_screen_rows_to_retake_are_tinted_and_found(
    tmp_path: Path, root: tk.Tk, wait_until: Callable[..., None]
) -> None:
    folder = tmp_path / "21_Feb_80"
    elvis = Simulator(folder, SimulatedSession(images=False, seconds=10_000, plants=["CCD2_TEMP_B:step:-136@120+5"]))
    elvis.append_rows(110)
    desktop = Desktop(root, Session(folder, watch_disk=False))
    try:
        table = desktop.panes.table
        assert table is not None

        def shown(key: str, column: str) -> str:
            root.update()
            return str(table.tree.set(key, column)) if table.tree.exists(key) else ""

        wait_until(lambda: shown("20103/CCD2", "HK") == "■ clean")
        assert desktop.view is not None
        desktop.view.take(ImageJudged(ImageResult("", 20103, 2, ImageVerdict.FAIL, checks=(NOISY,)), True, 0.0))
        desktop.view.take(ImageJudged(ImageResult("", 20103, 3, ImageVerdict.PASS), True, 0.0))
        desktop.view.flush()
        assert (shown("20103/CCD2", "image"), shown("20103/CCD2", "retake")) == ("◆ FAIL", "◆ retake")
        assert shown("20103/CCD2", "ObsID") == "◆ 20103"
        (tag,) = table.tree.item("20103/CCD2", "tags")
        assert tag.startswith("critical/")
        assert table.tree.tag_configure(tag, "background") not in ("", table.tree.tag_configure("/0", "background"))
        assert shown("20103/CCD3", "image") == "■ PASS"
        elvis.append_rows(60)
        wait_until(lambda: shown("20104/CCD2", "retake") == "◆ retake")
        table.filter_text.set("retake")
        wait_until(lambda: root.update() or table.visible() == ["20103/CCD2", "20104/CCD2"])
        desktop.view.take(ImageJudged(ImageResult("", 20103, 2, ImageVerdict.PASS), True, 0.0))
        desktop.view.flush()
        wait_until(lambda: root.update() or table.visible() == ["20104/CCD2"])
    finally:
        desktop.close()
