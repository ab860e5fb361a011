"""Images are judged by a real process: newest first, once, whatever happens to file or process."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from eyegore.images.judge import ImageJudge
from eyegore.images.judge_process import ImageTask, JudgeProcess
from eyegore.limits.frame_model import ImageVerdict
from eyegore.limits.table import built_in_checks
from eyegore.messages.events import Exposure, ImageFile
from eyegore.messages.images import ImageJudged, ImageProblem, ImageResult, ImagesWaiting

from ...patience import AWAITED_S
from .simulated_images import anonymous, write

pytestmark = pytest.mark.slow

LIMIT_S = AWAITED_S


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one real bias; other ObsIDs are links to it."""
    folder = tmp_path_factory.mktemp("day")
    anonymous(write(folder, "BIAS01")).rename(folder / "bias")
    return folder


def image(day: Path, obsid: int, ccd: int = 2, *, past: bool = False) -> ImageFile:
    path = day / f"EUC_{obsid}_140319D_200005T_ROE1_CCD{ccd}.fits"
    if not path.exists():
        os.link(day / "bias", path)
    return ImageFile(str(path), obsid, ccd, True, 1000.0, "", past)


class Told:
    """What a judge posts."""

    def __init__(self) -> None:
        self.judged: queue.Queue[ImageJudged] = queue.Queue()
        self.waiting: list[ImagesWaiting] = []

    def __call__(self, message: ImageJudged | ImagesWaiting) -> None:
        if isinstance(message, ImageJudged):
            self.judged.put(message)
        else:
            self.waiting.append(message)

    def next(self) -> ImageJudged:
        return self.judged.get(timeout=LIMIT_S)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def judges(tmp_path: Path, told: Told) -> Iterator[Callable[[], ImageJudge]]:
    """Judges of one session after the other, with the same store; each is ended with the test."""
    made: list[ImageJudge] = []

    def make() -> ImageJudge:
        made.append(ImageJudge(built_in_checks, "BORN", tmp_path / "state", told))
        return made[-1]

    yield make
    for judge in made:
        judge.stop()
        assert judge.join(AWAITED_S)


def test_the_newest_is_judged_first_and_all_are(day: Path, judges: Callable[[], ImageJudge], told: Told) -> None:
    judge = judges()
    for obsid in (101, 103, 102):
        judge.offer(image(day, obsid, past=obsid < 103))
    judge.start()
    found = [told.next() for _ in range(3)]
    assert [one.result.obsid for one in found] == [103, 102, 101]
    assert [one.news for one in found] == [True, False, False]
    assert {one.result.quadrants["E"].pre.pixels > 0 for one in found} == {True}
    judge.stop()
    assert judge.join(AWAITED_S)
    assert told.waiting[-1].waiting == 0


def test_after_a_restart_nothing_is_measured_twice(
    day: Path, judges: Callable[[], ImageJudge], told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = judges()
    judge.start()
    judge.offer(image(day, 101))
    first = told.next()
    judge.stop()
    assert judge.join(AWAITED_S)
    monkeypatch.setattr(JudgeProcess, "ask", lambda self, task: pytest.fail(f"{task.path} was measured again"))
    again = judges()
    again.start()
    again.offer(image(day, 101))
    second = told.next()
    assert second.result.as_json() == first.result.as_json()
    assert second.result.verdict is first.result.verdict


def test_a_row_of_the_log_that_comes_later_is_heeded(day: Path, judges: Callable[[], ImageJudge], told: Told) -> None:
    judge = judges()
    judge.start()
    judge.offer(image(day, 101))
    told.next()
    row = Exposure(101, "CCD2", "BIAS01", 0.0, 0.0, ("ObsID", "CCD", "test"), ("101", "CCD2", "BIAS01"))
    judge.exposed([row, row])
    assert told.next().result.obsid == 101


def test_bad_files_are_told_and_the_next_good_one_is_judged(
    day: Path, tmp_path: Path, judges: Callable[[], ImageJudge], told: Told
) -> None:
    short = tmp_path / "EUC_105_140319D_200005T_ROE1_CCD1.fits"
    short.write_bytes((day / "bias").read_bytes()[:100_000])
    gone = tmp_path / "EUC_104_140319D_200005T_ROE1_CCD1.fits"
    judge = judges()
    judge.offer(ImageFile(str(short), 105, 1, True, 0.0))
    judge.offer(ImageFile(str(gone), 104, 1, True, 0.0))
    judge.offer(image(day, 103))
    judge.start()
    problems = [told.next().result.problem for _ in range(3)]
    assert problems == [ImageProblem.TRUNCATED, ImageProblem.VANISHED, None]


def test_a_process_that_is_killed_is_told_and_started_again(
    day: Path, judges: Callable[[], ImageJudge], told: Told
) -> None:
    judge = judges()
    judge.start()
    judge.offer(image(day, 101))
    told.next()
    for child in multiprocessing.active_children():
        child.kill()
        child.join(AWAITED_S)
    judge.offer(image(day, 102))
    assert told.next().result.problem is None


def killed_in_the_middle(process: JudgeProcess, task: ImageTask, times: int) -> ImageResult:
    """What is told of an image on which the process, stopped before, is killed so many times."""

    def kill() -> None:
        killed: set[int | None] = set()
        while len(killed) < times and not done.wait(0.01):
            for child in multiprocessing.active_children():
                if child.pid not in killed:
                    killed.add(child.pid)
                    child.kill()

    (child,) = multiprocessing.active_children()
    os.kill(child.pid or 0, signal.SIGSTOP)
    done = threading.Event()
    killer = threading.Timer(0.1, kill)
    killer.start()
    result = process.ask(task)
    done.set()
    killer.join()
    return result


@pytest.mark.parametrize(("times", "problem"), [(1, None), (2, ImageProblem.FAULT)])
def test_an_image_on_which_the_process_is_killed_is_looked_at_once_more(
    day: Path, times: int, problem: ImageProblem | None
) -> None:
    process = JudgeProcess(built_in_checks(), "", longest_s=LIMIT_S)
    assert process.ask(ImageTask(image(day, 101).path, 101, 2)).problem is None
    assert killed_in_the_middle(process, ImageTask(image(day, 102).path, 102, 2), times).problem is problem
    assert process.ask(ImageTask(image(day, 101).path, 101, 2)).problem is None
    process.child.close()


def test_an_image_that_cannot_be_read_is_tried_again(
    day: Path, tmp_path: Path, judges: Callable[[], ImageJudge], told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eyegore.images.judge.AGAIN_S", (0.01, 0.01, LIMIT_S))
    locked = tmp_path / "EUC_105_140319D_200005T_ROE1_CCD1.fits"
    locked.mkdir()
    judge = judges()
    judge.start()
    judge.offer(ImageFile(str(locked), 105, 1, True, 0.0))
    assert [told.next().result.problem for _ in range(3)] == [ImageProblem.UNREADABLE] * 3
    assert told.judged.empty()
    locked.rmdir()
    locked.write_bytes((day / "bias").read_bytes())
    monkeypatch.setattr("eyegore.images.judge.AGAIN_S", (0.01,))
    judge.offer(ImageFile(str(locked), 105, 1, True, 0.0))
    assert told.next().result.problem is None


def test_a_process_that_hangs_is_given_up_and_the_next_image_judged(day: Path) -> None:
    process = JudgeProcess(built_in_checks(), "", longest_s=LIMIT_S)
    assert process.ask(ImageTask(image(day, 101).path, 101, 2)).problem is None
    (child,) = multiprocessing.active_children()
    os.kill(child.pid or 0, signal.SIGSTOP)
    process.child.longest_s = 0.2
    hung = process.ask(ImageTask(image(day, 102).path, 102, 2))
    assert hung.problem is ImageProblem.UNREADABLE
    assert hung.verdict is ImageVerdict.NOT_CHECKED
    assert "disk hang" in hung.explanation
    process.child.longest_s = LIMIT_S
    assert process.ask(ImageTask(image(day, 102).path, 102, 2)).problem is None
    process.child.close()
    assert not multiprocessing.active_children()


def test_stopping_ends_an_image_in_the_middle(
    day: Path, judges: Callable[[], ImageJudge], told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    judge = judges()
    judge.start()
    judge.offer(image(day, 101))
    told.next()
    (child,) = multiprocessing.active_children()
    os.kill(child.pid or 0, signal.SIGSTOP)
    judge.offer(image(day, 102))
    stopper = threading.Timer(0.1, judge.stop)
    stopper.start()
    assert judge.join(AWAITED_S)
    stopper.join()
    assert told.judged.empty()
    assert "ended on" not in caplog.text


def held(judge: ImageJudge, told: Told, day: Path) -> int:
    """Let the judge have measured one image and stop its process in the next; number of the process."""
    judge.start()
    judge.offer(image(day, 101))
    told.next()
    (child,) = multiprocessing.active_children()
    os.kill(child.pid or 0, signal.SIGSTOP)
    judge.offer(image(day, 102))
    while judge._waiting:
        threading.Event().wait(0.01)
    return child.pid or 0


def test_what_was_being_measured_of_the_last_folder_is_not_told_of_the_next(
    day: Path, judges: Callable[[], ImageJudge], told: Told
) -> None:
    judge = judges()
    child = held(judge, told, day)
    judge.offer(image(day, 90))
    judge.forget()
    judge.offer(image(day, 50))
    os.kill(child, signal.SIGCONT)
    assert told.next().result.obsid == 50
    assert told.judged.empty()


def test_an_image_that_is_written_to_again_is_awaited_no_more_until_it_is_whole(
    day: Path, judges: Callable[[], ImageJudge], told: Told
) -> None:
    judge = judges()
    child = held(judge, told, day)
    again, gone = image(day, 100), image(day, 99)
    for one in (again, gone):
        judge.offer(one)
        judge.offer(replace(one, complete=False, problem="being written"))
    judge.offer(again)
    judge.offer(image(day, 98))
    os.kill(child, signal.SIGCONT)
    assert [told.next().result.obsid for _ in range(3)] == [102, 100, 98]
    assert told.judged.empty()


def test_an_image_that_changes_while_it_is_measured_is_measured_as_it_is_then(
    day: Path, tmp_path: Path, judges: Callable[[], ImageJudge], told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = tmp_path / "EUC_105_140319D_200005T_ROE1_CCD1.fits"
    whole = (day / "bias").read_bytes()
    growing.write_bytes(whole[:100_000])
    ask = JudgeProcess.ask

    def measured(self: JudgeProcess, task: ImageTask) -> ImageResult:
        result = ask(self, task)
        if growing.stat().st_size < len(whole):
            growing.write_bytes(whole)
        return result

    monkeypatch.setattr(JudgeProcess, "ask", measured)
    judge = judges()
    judge.start()
    judge.offer(ImageFile(str(growing), 105, 1, True, 0.0))
    assert told.next().result.problem is None
