"""Which ObsID the pane shows, and what of it; and results, packed away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from eyegore.desktop.images import desk as image_desk
from eyegore.desktop.images.desk import ImageDesk, ResultBook
from eyegore.desktop.images.worker import ImagePreview
from eyegore.images.pixels.display import Stretch
from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.events import ImageFile, ImagesReady
from eyegore.messages.images import (
    ImageCheck,
    ImageJudged,
    ImageProblem,
    ImageResult,
    QuadrantStatistics,
    SectionStatistics,
)
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.images import ImageCell, VerdictCell


class Panel:
    """What a desk asks of the panel."""

    box = 100, 100

    def __init__(self) -> None:
        self.cells: dict[int, ImageCell] = {}
        self.verdicts: dict[int, VerdictCell] = {}
        self.calls = 0

    def show(self, cells: list[ImageCell]) -> None:
        self.cells.update((cell.ccd, cell) for cell in cells)

    def show_verdicts(self, cells: list[VerdictCell]) -> None:
        self.calls += 1
        self.verdicts.update((cell.ccd, cell) for cell in cells)

    def set_busy(self, text: str) -> None: ...


class Worker:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def request(self, obsid: int, paths: Mapping[int, str | Path], stretch: Stretch, size: tuple[int, int]) -> None:
        self.asked.append(obsid)


@pytest.fixture
def panel() -> Panel:
    return Panel()


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def desk(panel: Panel, worker: Worker) -> ImageDesk:
    return ImageDesk(panel, worker, lambda: Stretch.LOG, "ObsID {}".format)  # type: ignore[arg-type]


def arrive(desk: ImageDesk, *obsids: int) -> None:
    for obsid in obsids:
        paths = {ccd: f"/day/{obsid}_{ccd}.fits" for ccd in (1, 2, 3)}
        for ccd, path in paths.items():
            desk.take(ImageFile(path, obsid, ccd, True, 0.0))
        desk.take(ImagesReady(obsid, paths))


def judged(obsid: int, ccd: int, verdict: ImageVerdict = ImageVerdict.PASS, **others: object) -> ImageJudged:
    result = ImageResult(f"/day/{obsid}_{ccd}.fits", obsid, ccd, verdict, **others)  # type: ignore[arg-type]
    return ImageJudged(result, True, 0.0)


def test_the_newest_is_followed(desk: ImageDesk, worker: Worker) -> None:
    arrive(desk, 7, 8)
    assert worker.asked == [7, 8]
    assert desk.shown == 8
    arrive(desk, 3)  # an older one that was found late
    assert desk.shown == 8


def test_stepping_stops_following_until_the_newest_is_back(desk: ImageDesk) -> None:
    arrive(desk, 5, 7, 8)
    for where, shown in [("older", 7), ("older", 5), ("older", 5), ("newer", 7), ("oldest", 5)]:
        desk.step(where)
        assert (desk.shown, desk.following) == (shown, False)
    arrive(desk, 9)
    assert desk.shown == 5
    desk.step("newest")
    assert (desk.shown, desk.following) == (9, True)
    arrive(desk, 10)
    assert desk.shown == 10


def test_stepping_before_any_image_does_nothing(desk: ImageDesk) -> None:
    desk.step("older")
    assert desk.shown is None


def test_an_old_obsid_says_how_many_are_newer(desk: ImageDesk, panel: Panel) -> None:
    arrive(desk, 5, 7, 8)
    desk.step("oldest")
    desk.take(ImagePreview(5, 1, 2, 1, b"ab"))
    assert panel.cells[1].title == "−2 · ObsID 5"


def test_a_preview_of_another_obsid_is_not_shown(desk: ImageDesk, panel: Panel) -> None:
    arrive(desk, 5, 7)
    desk.take(ImagePreview(5, 1, 2, 1, b"ab"))
    assert panel.cells == {}


def test_an_image_is_being_judged_until_it_is(desk: ImageDesk, panel: Panel) -> None:
    arrive(desk, 7)
    assert {cell.words for cell in panel.verdicts.values()} == {"being judged"}
    desk.take(judged(7, 2, ImageVerdict.FAIL))
    assert panel.verdicts[2].status is Status.CRITICAL
    assert panel.verdicts[1].status is Status.UNKNOWN
    calls = panel.calls
    desk.take(judged(6, 2))
    assert panel.calls == calls


def test_a_verdict_that_came_before_its_images_is_shown_with_them(desk: ImageDesk, panel: Panel) -> None:
    desk.take(judged(7, 3))
    arrive(desk, 7)
    assert panel.verdicts[3].words == "PASS"


def test_a_ccd_without_a_file_has_no_verdict(desk: ImageDesk, panel: Panel) -> None:
    desk.take(ImageFile("/day/7_1.fits", 7, 1, True, 0.0))
    desk.take(ImagesReady(7, {1: "/day/7_1.fits"}))
    assert panel.verdicts[2].words == ""
    assert panel.verdicts[1].words == "being judged"


@pytest.mark.parametrize("verdict_first", [True, False])
def test_a_file_that_is_no_image_is_named(desk: ImageDesk, panel: Panel, verdict_first: bool) -> None:
    arrive(desk, 7)
    bad = judged(7, 1, ImageVerdict.FAIL, problem=ImageProblem.ZERO_FILLED, explanation="/day/7_1.fits has no pixels")
    events = [bad, ImagePreview(7, 1, problem="no preview")]
    for event in events if verdict_first else reversed(events):
        desk.take(event)  # type: ignore[arg-type]
    assert panel.cells[1].problem == "zero-filled: 7_1.fits has no pixels"


def packed(obsid: int, ccd: int = 1) -> ImageResult:
    section = SectionStatistics(10, 2200.0, 1.4)
    quadrant = QuadrantStatistics("E", section, section, section, 0, 0, 10, 0)
    check = ImageCheck("std_pre", "E", 1.4, 0.86, 1.44, ImageVerdict.PASS, "ADU")
    return ImageResult("/d/x.fits", obsid, ccd, ImageVerdict.PASS, quadrants={"E": quadrant}, checks=(check,))


def test_a_result_comes_back_as_it_was() -> None:
    book = ResultBook()
    book.put(packed(7))
    assert repr(book.get(7, 1)) == repr(packed(7))
    assert book.get(7, 2) is None


def test_of_too_many_the_oldest_obsids_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_desk, "MOST_RESULTS", 2)
    book = ResultBook()
    for obsid in (9, 5, 7):
        book.put(packed(obsid))
    assert [book.get(obsid, 1) is not None for obsid in (5, 7, 9)] == [False, True, True]
