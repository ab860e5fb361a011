from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from eyegore.elvis.day_folder import image_name, lab_seconds, master_hk_name, obsid_hk_name
from eyegore.elvis.dialect import DIALECTS
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

ELVIS = "7.5.X"
START = lab_seconds(14, 3, 19, 12)
"""Noon of 14 March 2019 [lab s]: when the first row of every file is written, unless said otherwise."""
DIALECT = DIALECTS[ELVIS]


class Day:
    """Writes into a day folder what ELVIS would, only less of it."""

    next_day = lab_seconds(15, 3, 19)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def hk(self, rows: range, *, number: int = 1, date: float = START, name: str = "", end: str = "\n") -> Path:
        """Append rows to a master file; row n is of n seconds after ``date`` and holds n in all columns."""
        path = self.folder / (name or master_hk_name(date, number))
        with path.open("a", newline="") as file:
            if not file.tell():
                file.write("\t".join((DIALECT.hk_time, *DIALECT.hk_columns)) + "\n")
            for row in rows:
                stamp = time.strftime("%d-%m-%y_%H:%M:%S", time.gmtime(date + row))
                file.write("\t".join([stamp] + [f"{row:.2f}"] * len(DIALECT.hk_columns)) + end)
        return path

    def obsid_hk(self, obsid: int, rows: range) -> Path:
        """The HK file of one exposure."""
        return self.hk(rows, name=obsid_hk_name(obsid, START + rows[0]))

    def log(self, obsids: range, name: str = "EXP_LOG_140319.txt") -> Path:
        """Append three rows for each ObsID to the exposure log."""
        path = self.folder / name
        columns = DIALECT.explog_columns
        with path.open("a") as file:
            if not file.tell():
                file.write("\t".join(columns) + "\n")
            for obsid in obsids:
                for ccd in ("CCD1", "CCD2", "CCD3"):
                    cells = {"obsid": str(obsid), "ccd": ccd, "test": "BIAS01", "date": "140319D120000T"}
                    file.write("\t".join(cells.get(column.lower(), "0") for column in columns) + "\n")
        return path

    def image(self, obsid: int, ccd: int = 1, *, share: float = 1.0, age: float = 0.0) -> Path:
        """A FITS image of 8 x 4 pixels, or the first ``share`` of it, last written to ``age`` [s] ago."""
        path = self.folder / image_name(obsid, ccd, START + obsid)
        content = fits(8, 4)
        path.write_bytes(content[: int(len(content) * share)])
        if age:
            then = time.time() - age
            os.utime(path, (then, then))
        return path


def fits(width: int, height: int) -> bytes:
    """A FITS file as ELVIS makes it: an empty primary HDU and one image of 16 bit."""
    primary = [f"SIMPLE  = {'T':>20}", f"BITPIX  = {8:20d}", f"NAXIS   = {0:20d}", "END"]
    image = [
        "XTENSION= 'IMAGE   '",
        "BITPIX  =                   16",
        "NAXIS   =                    2",
        f"NAXIS1  = {width:20d}",
        f"NAXIS2  = {height:20d}",
        "PCOUNT  =                    0",
        "GCOUNT  =                    1",
        "BZERO   =                32768",
        "BSCALE  =                    1",
        "EXTNAME = 'ROE1_CCD1'",
        "END",
    ]
    blocks = ["".join(f"{card:80}" for card in cards).encode() for cards in (primary, image)]
    return b"".join(block.ljust(2880) for block in blocks) + (b"\x80\x01" * width * height).ljust(2880, b"\0")


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
def day(tmp_path: Path) -> Day:
    """An empty day folder and what writes into it."""
    folder = tmp_path / "14_Mar_19"
    folder.mkdir()
    return Day(folder)


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
    assert all(ingest.join(20) for ingest in started)
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
