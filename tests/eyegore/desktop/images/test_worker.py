"""Previews from files: what is posted for good, broken and missing images, and which request wins."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from eyegore.basics.errors import FormatError
from eyegore.desktop.images.worker import ImagePreview, ImageWorker
from eyegore.elvis import ccd_frame
from eyegore.elvis.ccd_frame import LARGEST_FRAME
from eyegore.images.pixels.display import Stretch, preview

from ....patience import AWAITED_S

BOX = (60, 50)
ROWS, COLUMNS = 100, 222


@pytest.fixture(autouse=True)
def configuration(private_home: Path) -> None:
    """The folder astropy looks for its configuration in: it warns when a variable names one that is not there."""
    (private_home / ".config").mkdir(exist_ok=True)


@pytest.fixture
def posted() -> list[ImagePreview]:
    return []


@pytest.fixture
def worker(posted: list[ImagePreview]) -> Iterator[ImageWorker]:
    def post(made: ImagePreview) -> None:
        assert threading.current_thread().name == "images"
        posted.append(made)

    worker = ImageWorker(post)
    yield worker
    assert worker.stop(AWAITED_S)


def frame(seed: int, rows: int = ROWS, columns: int = COLUMNS) -> np.ndarray:
    return np.random.default_rng(seed).normal(2500, 5, (rows, columns)).astype(np.uint16)


def write(path: Path, pixels: np.ndarray) -> Path:
    from astropy.io import fits

    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(pixels, name="ROE1_CCD1")]).writeto(path)
    return path


@pytest.mark.parametrize("stretch", list(Stretch))
def test_three_previews_come_in_the_order_of_the_ccds(stretch, worker, posted, tmp_path, wait_until):
    frames = {ccd: frame(ccd) for ccd in (1, 2, 3)}
    frames[2][5, 7], frames[2][6, 7] = 65535, 0
    worker.request(7, {ccd: write(tmp_path / f"{ccd}.fits", pixels) for ccd, pixels in frames.items()}, stretch, BOX)
    wait_until(lambda: len(posted) == 3)
    for ccd, made in enumerate(posted, start=1):
        expected = preview(frames[ccd], BOX[1], stretch, width=BOX[0])
        assert (made.obsid, made.ccd, made.problem) == (7, ccd, "")
        assert (made.height, made.width) == expected.shape == (25, 56)
        assert made.grey == expected.tobytes()
        assert (made.rows, made.columns) == (ROWS, COLUMNS)
        assert made.path == str(tmp_path / f"{ccd}.fits")


def test_frames_of_other_sizes_follow_each_other(worker, posted, tmp_path, wait_until):
    shapes = {1: (100, 222), 2: (40, 230), 3: (120, 226)}
    frames = {ccd: frame(ccd, *shape) for ccd, shape in shapes.items()}
    worker.request(7, {ccd: write(tmp_path / f"{ccd}", pixels) for ccd, pixels in frames.items()}, Stretch.ZSCALE, BOX)
    wait_until(lambda: len(posted) == 3)
    for ccd, made in enumerate(posted, start=1):
        assert made.grey == preview(frames[ccd], BOX[1], Stretch.ZSCALE, width=BOX[0]).tobytes()


def test_missing_and_half_written_images_are_problems_beside_the_good_one(worker, posted, tmp_path, wait_until):
    half = write(tmp_path / "half.fits", frame(1))
    half.write_bytes(half.read_bytes()[:-2880])
    paths = {1: half, 2: tmp_path / "gone.fits", 4: write(tmp_path / "good.fits", frame(4))}
    worker.request(7, paths, Stretch.EQUALISED, BOX)
    wait_until(lambda: len(posted) == 4)
    cut, gone, absent, good = posted
    assert "half.fits" in cut.problem
    assert (gone.problem, gone.path) == ("not there", str(tmp_path / "gone.fits"))
    assert (absent.ccd, absent.problem, absent.path) == (3, "not there", "")
    assert (good.problem, len(good.grey)) == ("", good.width * good.height)
    assert all(made.grey == b"" for made in posted[:3])


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (FormatError("x.fits: not FITS"), "x.fits: not FITS"),
        (RuntimeError("never seen before"), "no preview: never seen before"),
    ],
)
def test_an_error_is_a_problem_and_the_worker_lives_on(
    error, problem, worker, posted, tmp_path, wait_until, monkeypatch, caplog
):
    def read(path, buffer=None):
        if path.name == "bad":
            raise error
        return frame(1)

    monkeypatch.setattr(ccd_frame, "read_pixels", read)
    worker.request(7, {1: tmp_path / "bad", 2: tmp_path / "good", 3: tmp_path / "bad"}, Stretch.EQUALISED, BOX)
    wait_until(lambda: len(posted) == 3)
    assert [made.problem for made in posted] == [problem, "", problem]


def test_the_newest_request_wins_and_an_older_one_is_left_unfinished(worker, posted, tmp_path, wait_until, monkeypatch):
    entered, go_on = threading.Event(), threading.Event()

    def read(path, buffer=None):
        entered.set()
        assert go_on.wait(AWAITED_S)
        return frame(1)

    monkeypatch.setattr(ccd_frame, "read_pixels", read)
    paths = {ccd: tmp_path / str(ccd) for ccd in (1, 2, 3)}
    worker.request(1, paths, Stretch.EQUALISED, BOX)
    assert entered.wait(AWAITED_S)
    worker.request(2, paths, Stretch.EQUALISED, BOX)
    worker.request(3, paths, Stretch.EQUALISED, BOX)
    go_on.set()
    wait_until(lambda: len(posted) == 4)
    assert [(made.obsid, made.ccd) for made in posted] == [(1, 1), (3, 1), (3, 2), (3, 3)]


def test_all_frames_are_read_into_the_same_memory(worker, posted, tmp_path, wait_until, monkeypatch):
    given: list[np.ndarray] = []

    def read(path, buffer=None):
        given.append(buffer)
        return frame(1)

    monkeypatch.setattr(ccd_frame, "read_pixels", read)
    worker.request(1, {ccd: tmp_path / str(ccd) for ccd in (1, 2, 3)}, Stretch.EQUALISED, BOX)
    wait_until(lambda: len(posted) == 3)
    assert given[0] is given[1] is given[2]
    assert given[0].shape == LARGEST_FRAME


def test_stop_ends_the_worker_between_two_ccds_and_nothing_is_taken_after_it(worker, posted, tmp_path, monkeypatch):
    entered, go_on = threading.Event(), threading.Event()

    def read(path, buffer=None):
        entered.set()
        assert go_on.wait(AWAITED_S)
        return frame(1)

    monkeypatch.setattr(ccd_frame, "read_pixels", read)
    paths = {ccd: tmp_path / str(ccd) for ccd in (1, 2, 3)}
    worker.request(1, paths, Stretch.EQUALISED, BOX)
    assert entered.wait(AWAITED_S)
    assert not worker.stop(0.05)
    go_on.set()
    assert worker.stop(AWAITED_S)
    worker.request(2, paths, Stretch.EQUALISED, BOX)
    assert [(made.obsid, made.ccd) for made in posted] == [(1, 1)]


def test_stop_without_a_request_does_nothing(worker):
    assert worker.stop()
