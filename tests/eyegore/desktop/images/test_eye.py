"""What is seen of real files: the part on the screen, pixels, statistics, profiles, comparisons, what goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eyegore.desktop.images import comparison as frame_comparison
from eyegore.desktop.images.comparison import Comparison, compared
from eyegore.desktop.images.eye import CcdLook, ImageEye, Seen, Thumb
from eyegore.elvis.ccd_frame import read_frame
from eyegore.images.pixels.display import Stretch
from eyegore.widgets.images.viewport import Viewport

from ....patience import AWAITED_S

ROWS, COLUMNS = 4132, 4238
ROOM = 200, 160

Ask = Callable[[CcdLook], Seen]


@pytest.fixture(autouse=True)
def configuration(private_home: Path) -> None:
    """The folder astropy looks for its configuration in: it warns when a variable names one that is not there."""
    (private_home / ".config").mkdir(exist_ok=True)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two frames: offsets 1000 to 1300 by quadrant in both, 500 and 1500 ADU above it in the images; some marks."""
    from astropy.io import fits

    folder = tmp_path_factory.mktemp("frames")
    paths = []
    for number, fluence in enumerate((500, 1500)):
        pixels = np.empty((ROWS, COLUMNS), np.uint16)
        lower, left = np.arange(ROWS) < ROWS // 2, np.arange(COLUMNS) < COLUMNS // 2
        pixels[:] = np.where(lower[:, None], np.where(left, 1000, 1100), np.where(left, 1200, 1300))
        pixels[:, 51:2099] += fluence
        pixels[:, 2139:4187] += fluence
        pixels[10, 60], pixels[11, 60] = 40_000 + number, 0
        paths.append(folder / f"{number}.fits")
        fits.PrimaryHDU(pixels).writeto(paths[-1])
    return paths[0], paths[1]


@pytest.fixture
def answers() -> list[Seen | Thumb]:
    return []


@pytest.fixture
def eye(answers: list[Seen | Thumb]) -> Iterator[ImageEye]:
    def post(answer: Seen | Thumb) -> None:
        assert threading.current_thread().name == "image window"
        answers.append(answer)

    eye = ImageEye(post)
    yield eye
    assert eye.stop(AWAITED_S)


@pytest.fixture
def ask(eye: ImageEye, answers: list[Seen | Thumb], wait_until: Callable[..., None]) -> Ask:
    def asked(look: CcdLook) -> Seen:
        before = len(answers)
        eye.look(look)
        wait_until(lambda: len(answers) > before)
        answer = answers[-1]
        assert isinstance(answer, Seen)
        return answer

    return asked


def look_at(path: Path, **others: object) -> CcdLook:
    return replace(CcdLook(str(path), ROOM, None, Stretch.LINEAR), **others)  # type: ignore[arg-type]


def close(x: int, y: int) -> Viewport:
    """Pixel for pixel, its lower left corner in the window that of a pixel of the frame."""
    return Viewport(COLUMNS, ROWS, *ROOM, 1, x, ROWS - y - ROOM[1])


def test_a_frame_is_shown_whole_at_first(ask: Ask, files: tuple[Path, Path]) -> None:
    seen = ask(look_at(files[0]))
    assert seen.view == Viewport(COLUMNS, ROWS, *ROOM).fitted()
    assert seen.grey is not None
    assert len(seen.grey) == ROOM[0] * ROOM[1]
    assert seen.statistics is not None
    assert seen.statistics.unread == 1
    assert seen.statistics.highest == 40_000


@pytest.mark.parametrize(
    ("cursor", "quadrant", "canonical", "section", "value"),
    [
        ((60, 10), "H", (60, 10), "image", 40_000.0),
        ((0, 0), "H", (0, 0), "prescan", 1000.0),
        ((COLUMNS - 1, 0), "G", (0, 0), "prescan", 1100.0),
        ((0, ROWS - 1), "E", (0, 0), "prescan", 1200.0),
        ((COLUMNS - 60, ROWS - 3), "F", (59, 2), "image", 1800.0),
        ((2100, 5), "H", (2100, 5), "overscan", 1000.0),
    ],
)
def test_the_pixel_under_the_cursor(
    ask: Ask, files: tuple[Path, Path], cursor: tuple[int, int], quadrant: str, canonical: tuple[int, int],
    section: str, value: float,
) -> None:  # fmt: skip
    reading = ask(look_at(files[0], cursor=cursor, box=(0, 9, 0, 9))).reading
    assert reading is not None
    assert (reading.quadrant, reading.canonical, reading.section) == (quadrant, canonical, section)
    assert reading.value == value


def test_only_what_changed_is_painted(ask: Ask, files: tuple[Path, Path]) -> None:
    first = look_at(files[0], view=close(0, 0))
    assert ask(first).grey is not None
    assert ask(replace(first, cursor=(3, 4))).grey is None
    assert ask(replace(first, stretch=Stretch.LOG)).grey is not None


def test_at_full_resolution_each_pixel_is_where_the_view_says(ask: Ask, files: tuple[Path, Path]) -> None:
    view = close(20, 0)
    seen = ask(look_at(files[0], view=view))
    assert seen.grey is not None
    levels = np.frombuffer(seen.grey, np.uint8).reshape(ROOM[1], ROOM[0])
    x, y = view.screen_at(60, 10)
    assert levels[int(y), int(x)] == levels.max()
    x, y = view.screen_at(60, 11)
    assert levels[int(y), int(x)] == 0


def test_profiles_go_through_the_cursor(ask: Ask, files: tuple[Path, Path]) -> None:
    seen = ask(look_at(files[0], view=close(20, 0), cursor=(60, 10), profiles=True))
    assert seen.row is not None
    assert seen.column is not None
    assert seen.row.high[40] == 40_000
    assert seen.column.high[ROOM[1] - 11] == 40_000
    assert seen.column.low[ROOM[1] - 12] == 0


@pytest.mark.parametrize(
    ("how", "image", "mark"), [(Comparison.DIFFERENCE, -1000.0, -1.0), (Comparison.RATIO, 1 / 3, 1.0)]
)
def test_comparisons(ask: Ask, files: tuple[Path, Path], how: Comparison, image: float, mark: float) -> None:
    look = look_at(files[0], view=close(100, 100), how=how, other=str(files[1]), cursor=(150, 150))
    seen = ask(look)
    assert seen.problem == ""
    assert seen.grey is not None
    assert seen.reading is not None
    assert seen.reading.value == pytest.approx(image)
    assert seen.statistics is not None
    assert seen.statistics.median == pytest.approx(image)
    marked = ask(replace(look, cursor=(60, 10))).reading
    assert marked is not None
    assert marked.value == pytest.approx(mark, rel=1e-3)
    whole = ask(replace(look, view=None))
    assert whole.grey is not None
    assert whole.statistics is not None


def test_a_ratio_is_unknown_where_the_other_frame_has_nothing(files: tuple[Path, Path]) -> None:
    one, two = (read_frame(path) for path in files)
    found = compared(one, two, Comparison.RATIO, 1, box=(0, 60, 0, 2))
    assert np.isnan(found[:, :51]).all()
    np.testing.assert_allclose(found[:, 51:], 1 / 3, rtol=1e-6)


def test_what_cannot_be_seen_says_why_and_the_next_is(ask: Ask, files: tuple[Path, Path], tmp_path: Path) -> None:
    assert ask(look_at(tmp_path / "gone.fits")).problem == "the file has vanished"
    cut = tmp_path / "cut.fits"
    cut.write_bytes(files[0].read_bytes()[:100_000])
    assert "not a complete image" in ask(look_at(cut)).problem
    other = ask(look_at(files[0], how=Comparison.RATIO, other=str(tmp_path / "gone.fits")))
    assert other.problem == "the file has vanished"
    assert ask(look_at(files[0])).problem == ""


def test_a_file_that_was_replaced_is_read_again(ask: Ask, files: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "frame.fits"
    path.write_bytes(files[0].read_bytes())
    look = look_at(path, cursor=(60, 10), view=close(20, 0))
    first = ask(look).reading
    path.unlink()
    path.write_bytes(files[1].read_bytes())
    seen = ask(replace(look, box=(0, 1, 0, 1)))
    assert first is not None
    assert seen.reading is not None
    assert (first.value, seen.reading.value) == (40_000, 40_001)
    assert seen.grey is not None


def test_two_frames_are_in_memory_at_most(files: tuple[Path, Path], tmp_path: Path) -> None:
    third = tmp_path / "third.fits"
    third.write_bytes(files[1].read_bytes())
    shelf = frame_comparison.ImageShelf()
    one = shelf.frame(str(files[0]))
    two = shelf.frame(str(files[1]))
    assert shelf.frame(str(files[0])) is one
    assert np.shares_memory(shelf.frame(str(third)).pixels, two.pixels)
    shelf.keep(str(files[0]))
    assert shelf.frame(str(files[0])) is one


def test_small_pictures_come_while_nothing_else_is_asked(
    eye: ImageEye,
    answers: list[Seen | Thumb],
    files: tuple[Path, Path],
    tmp_path: Path,
    wait_until: Callable[..., None],
) -> None:
    eye.thumbs([str(files[0]), str(tmp_path / "gone.fits")], 50)
    wait_until(lambda: len(answers) == 2)
    good, gone = answers
    assert isinstance(good, Thumb)
    assert isinstance(gone, Thumb)
    assert max(good.width, good.height) <= 50 < 2 * max(good.width, good.height)
    assert len(good.grey) == good.width * good.height
    assert gone.grey == b""
