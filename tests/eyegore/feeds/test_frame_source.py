"""When an image is taken for whole; time is told, the files are real."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eyegore.elvis.ccd_frame import FrameState, frame_state
from eyegore.elvis.day_folder import DayFile, parse_name
from eyegore.feeds import frame_source
from eyegore.feeds.frame_source import ImageSource
from eyegore.messages.events import FeedMessage, ImageFile, SourceEvent

if TYPE_CHECKING:
    from ..written_day import Day

NOW = 2_000_000_000.0
"""Unix time told to the source [s]; files are given time stamps relative to it."""


class Frames:
    """Images of a folder, the source that looks at them, and a clock."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.source = ImageSource(day.folder)
        self.now = 100.0
        self.said: list[FeedMessage] = []

    def image(self, obsid: int, *, share: float = 1.0, age: float = 0.0) -> Path:
        path = self.day.image(obsid, share=share)
        os.utime(path, (NOW - age, NOW - age))
        return path

    def add(self, *paths: Path) -> None:
        self.source.add([file_of(path) for path in paths])

    def look(self, *woken: Path, after: float = 0.0, all_files: bool = False) -> list[tuple[bool, str]]:
        self.now += after
        names = frozenset(path.name for path in woken)
        return self._told(self.source.look(names, self.now, all_files=all_files))

    def advance(self) -> list[tuple[bool, str]]:
        return self._told(self.source.advance(self.now, NOW))

    def _told(self, messages: list[FeedMessage]) -> list[tuple[bool, str]]:
        self.said += messages
        return [(message.complete, message.problem) for message in messages if isinstance(message, ImageFile)]


def file_of(path: Path) -> DayFile:
    file = parse_name(path.name)
    assert file is not None
    return file


@pytest.fixture
def frames(day: Day) -> Frames:
    """A source that has read what was there at the start: nothing."""
    frames = Frames(day)
    frames.source.end_history()
    return frames


@pytest.fixture
def walks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files whose headers were read."""
    walked: list[str] = []

    def count(path: str) -> FrameState:
        walked.append(os.path.basename(path))
        return frame_state(path)

    monkeypatch.setattr("eyegore.feeds.frame_source.frame_state", count)
    return walked


WRITING = [(False, "being written")]
WHOLE = [(True, "")]


def test_a_new_image_is_whole_at_the_second_look(frames: Frames, walks: list[str]) -> None:
    path = frames.image(17001)
    frames.add(path)
    assert frames.look() == WRITING
    assert frames.source.settling
    assert frames.look(after=0.25) == []
    assert walks == []
    assert frames.look(after=0.3) == WHOLE
    assert frames.look(path, after=10) == []
    assert not frames.source.settling
    image = frames.said[-1]
    assert isinstance(image, ImageFile)
    assert (image.obsid, image.ccd, image.modified, image.path) == (17001, 1, NOW, str(path))


def test_an_image_that_grows_is_never_whole(frames: Frames, walks: list[str]) -> None:
    path = frames.image(17001, share=0.2)
    whole = frames.day.image(17002).read_bytes()
    frames.add(path)
    assert frames.look() == WRITING
    for size in range(3000, len(whole), 500):
        path.write_bytes(whole[:size])
        assert frames.look(path, after=0.3) == []
    path.write_bytes(whole)
    assert frames.look(path, after=0.3) == []
    assert walks == [], "the headers of a file that grows are not read again and again"
    assert frames.look(after=0.6) == WHOLE


def test_an_image_that_stays_short_says_why_and_may_still_grow(frames: Frames, walks: list[str]) -> None:
    path = frames.image(17001, share=0.8)
    frames.add(path)
    frames.look()
    ((complete, problem),) = frames.look(after=0.6)
    assert not complete
    assert "bytes" in problem
    for _ in range(10):
        assert frames.look(after=0.25) == []
    assert len(walks) == 1
    frames.image(17001)
    assert frames.look(after=100, all_files=True) == WRITING
    assert frames.look(after=0.6) == WHOLE


def test_a_full_length_is_not_enough_while_the_file_is_written_to(frames: Frames) -> None:
    path = frames.image(17001)
    frames.add(path)
    frames.look()
    for turn in range(1, 6):
        os.utime(path, (NOW + turn, NOW + turn))
        assert frames.look(after=0.6) == []
    assert frames.look(after=0.6) == WHOLE


def test_a_whole_image_that_is_written_to_again_is_in_doubt(frames: Frames) -> None:
    path = frames.image(17001)
    frames.add(path)
    frames.look()
    assert frames.look(after=0.6) == WHOLE
    frames.image(17001, share=0.5, age=-10)
    assert frames.look(path, after=5) == WRITING
    assert frames.look(after=0.6)[0][0] is False


def test_whole_images_are_in_doubt_after_events_were_lost(frames: Frames) -> None:
    same, other = frames.image(17001), frames.image(17002)
    frames.add(same, other)
    frames.look()
    assert frames.look(after=0.6) == WHOLE * 2
    frames.image(17002, share=0.5, age=-10)
    frames.source.doubt()
    assert frames.source.pending
    frames.advance()
    assert not frames.source.pending
    assert frames.look() == WRITING


def test_an_image_that_is_gone_is_no_more_whole(frames: Frames) -> None:
    paths = [frames.image(obsid) for obsid in (17001, 17002, 17003)]
    frames.add(*paths)
    frames.look()
    frames.look(after=0.6)
    paths[0].unlink()
    assert frames.look(paths[0]) == [], "the scan of the folder tells"
    gone = frames.source.remove([file_of(paths[0])])
    image, event = gone
    assert isinstance(image, ImageFile)
    assert (image.complete, image.problem) == (False, "the file is gone")
    assert isinstance(event, SourceEvent)
    assert paths[0].name in event.text
    *images, event = frames.source.remove([file_of(path) for path in paths[1:]])
    assert len(images) == 2
    assert isinstance(event, SourceEvent)
    assert event.text.startswith("2 images are gone")


def test_at_start_old_images_are_judged_at_once_newest_first(day: Day, walks: list[str]) -> None:
    frames = Frames(day)
    frames.add(*[frames.image(obsid, age=3600) for obsid in range(17001, 17101)])
    while frames.source.pending:
        frames.advance()
    said = [message for message in frames.said if isinstance(message, ImageFile)]
    assert [image.obsid for image in said] == list(range(17100, 17000, -1))
    assert all(image.complete for image in said)
    assert len(walks) == frame_source.WALKED, "a size known to be whole is enough for the others"


def test_at_start_a_short_old_image_is_found(day: Day) -> None:
    frames = Frames(day)
    paths = [frames.image(obsid, age=3600) for obsid in range(17001, 17101)]
    frames.image(17003, share=0.7, age=3600)
    frames.add(*paths)
    while frames.source.pending:
        frames.advance()
    assert [image.obsid for image in frames.said if isinstance(image, ImageFile) and not image.complete] == [17003]


@pytest.mark.parametrize("age", [1.0, 59.0, -100.0], ids=["a second", "a minute", "from a clock that is ahead"])
def test_at_start_a_fresh_image_waits_for_a_second_look(day: Day, age: float) -> None:
    frames = Frames(day)
    frames.add(frames.image(17001, age=age))
    assert frames.advance() == WRITING
    assert frames.look(after=0.6) == WHOLE
