"""What the tests of reading share: an inbox, and a reader that must end well."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from eyegore.feeds.ingest import Ingest
from eyegore.messages.events import (
    BadLine,
    CaughtUp,
    ExposureRows,
    FeedMessage,
    HkHeader,
    HkRows,
    ImageFile,
    SourceEvent,
    SourceKind,
    WatcherState,
)

from ...patience import AWAITED_S
from ..written_day import Day


class Inbox:
    """What a reader posted, in order."""

    def __init__(self) -> None:
        self.all: list[FeedMessage] = []

    def post(self, message: FeedMessage) -> None:
        self.all.append(message)

    def clear(self) -> None:
        self.all.clear()

    @property
    def caught_up(self) -> bool:
        return any(isinstance(message, CaughtUp) for message in self.all)

    @property
    def headers(self) -> list[HkHeader]:
        return [message for message in list(self.all) if isinstance(message, HkHeader)]

    @property
    def hk(self) -> list[HkRows]:
        """Rows that are not previews."""
        return [message for message in list(self.all) if isinstance(message, HkRows) and not message.preview]

    @property
    def rows(self) -> list[float]:
        """First value of each row, previews left out."""
        return [float(row[0]) for message in self.hk for row in message.values]

    @property
    def obsids(self) -> list[int]:
        """ObsIDs of the exposure log, each once per row."""
        logs = [message for message in list(self.all) if isinstance(message, ExposureRows)]
        return [row.obsid for message in logs for row in message.rows]

    @property
    def images(self) -> list[ImageFile]:
        return [message for message in list(self.all) if isinstance(message, ImageFile)]

    @property
    def whole(self) -> dict[str, bool]:
        """Whether each image is whole, by file name, as said last."""
        return {os.path.basename(image.path): image.complete for image in self.images}

    @property
    def bad(self) -> list[BadLine]:
        return [message for message in list(self.all) if isinstance(message, BadLine)]

    @property
    def events(self) -> list[SourceEvent]:
        return [message for message in list(self.all) if isinstance(message, SourceEvent)]

    @property
    def kinds(self) -> list[SourceKind]:
        return [event.kind for event in self.events]

    @property
    def watcher(self) -> WatcherState | None:
        states = [message for message in list(self.all) if isinstance(message, WatcherState)]
        return states[-1] if states else None


@pytest.fixture
def open_room() -> Iterator[Path]:
    """A folder that any user may write in; pytest keeps its own from everybody but us."""
    with tempfile.TemporaryDirectory(prefix="eyegore-test-") as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def ingesting(inbox: Inbox, wait_until: Callable[..., None]) -> Iterator[Callable[..., Ingest]]:
    """Starts reading a folder; at the end it must stop in time and have failed at nothing."""
    started: list[Ingest] = []

    def start(folder: Path, **options: Any) -> Ingest:
        ingest = Ingest(folder, inbox.post, **options)
        started.append(ingest)
        ingest.start()
        return ingest

    yield start
    for ingest in started:
        ingest.stop()
    assert all(ingest.join(AWAITED_S) for ingest in started)
    assert [ingest.error for ingest in started] == [None] * len(started)


@pytest.fixture(params=["inotify", "polling"])
def running(
    request: pytest.FixtureRequest,
    day: Day,
    inbox: Inbox,
    ingesting: Callable[..., Ingest],
    wait_until: Callable[..., None],
) -> Ingest:
    """Reading a folder with 100 rows of HK, one ObsID and its three images, all taken in; both ways of watching."""
    day.hk(range(100))
    day.log(range(17001, 17002))
    for ccd in (1, 2, 3):
        day.image(17001, ccd, age=3600)
    ingest = ingesting(day.folder, polling=request.param == "polling")
    wait_until(lambda: inbox.caught_up)
    wait_until(lambda: inbox.watcher and inbox.watcher.kind == request.param)
    return ingest
