"""P12: a folder in which nothing happens, and one new image in it."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import machine
from benchmarks.desktop import DesktopProcess
from benchmarks.live import CALM_S
from benchmarks.report import Figure
from benchmarks.timing import Timing
from benchmarks.workshop import Workshop
from eyegore.elvis.day_folder import image_name
from eyegore.feeds.ingest import Ingest
from eyegore.messages.events import CaughtUp, FeedMessage, ImageFile

FEW, MANY = 10, 9_000
IDLE_S = 20.0
POLLED_S = 10.0
NEW_IMAGES = 15
ROWS = 600
FIRST_OBSID = 100_000
LAB_TIME = 1.7e9

POLLING_OBSERVER = """
import sys, time
from watchdog.observers.polling import PollingObserver
from watchdog.events import FileSystemEventHandler
observer = PollingObserver(timeout=1.0)
observer.schedule(FileSystemEventHandler(), sys.argv[1])
observer.start()
sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.read()
"""


def idle(workshop: Workshop) -> Iterator[Figure]:
    """A folder of 9 000 files in which nothing happens, and what a new image costs to find there."""
    shares: dict[int, list[float]] = {}
    how = ""
    for count in (FEW, MANY):
        folder, _ = workshop.session(ROWS)
        add_images(folder, count)
        with DesktopProcess(workshop, folder, rows=ROWS) as desktop:
            desktop.wait_for("loaded")
            desktop.ask("images", count)
            desktop.wait_for("images")
            time.sleep(CALM_S)
            shares[count], how = desktop.spent(IDLE_S)
    polled = _polling_observer(folder)
    means = {count: sum(found) / len(found) for count, found in shares.items()}
    yield Figure(
        "P12",
        f"CPU of the desktop, idle, {MANY} files",
        means[MANY],
        0.2,
        "% of a core",
        f"{how}; with {FEW} files {means[FEW]:.2f} %; watchdog's PollingObserver at 1 s alone {polled:.1f} %",
    )
    times = _new_images(workshop)
    details = ", ".join(f"{count} files: {timing}" for count, timing in times.items())
    ratio = times[MANY].median / times[FEW].median
    what = f"a new image found: {MANY} files against {FEW}"
    yield Figure("P12", what, ratio, 1.5, "×", f"{details}, from its last byte to the first message of it")


def _card(text: str) -> bytes:
    return text.ljust(80).encode()


def _small_image() -> bytes:
    """A frame of a few pixels: quick to write, and whole."""
    cards = ["SIMPLE  =                    T", "BITPIX  =                   16", "NAXIS   =                    2"]
    cards += [
        "NAXIS1  =                    8",
        "NAXIS2  =                    8",
        "BZERO   =                32768",
        "END",
    ]
    return b"".join(map(_card, cards)).ljust(2880) + b"\1" * 2880


def add_images(folder: Path, count: int) -> None:
    """Put so many old small images into a folder."""
    image = _small_image()
    for at in range(count):
        path = folder / image_name(FIRST_OBSID + at // 3, at % 3 + 1, LAB_TIME + at)
        path.write_bytes(image)
        os.utime(path, (time.time() - 3600.0,) * 2)


def _polling_observer(folder: Path) -> float:
    """CPU [% of a core] that a polling observer takes on the same folder."""
    command = [sys.executable, "-c", POLLING_OBSERVER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(2.0)
        begin, cpu = time.monotonic(), machine.cpu_s(process.pid)
        time.sleep(POLLED_S)
        share = 100 * (machine.cpu_s(process.pid) - cpu) / (time.monotonic() - begin)
        process.kill()
    return share


def _new_images(workshop: Workshop) -> dict[int, Timing]:
    """How long the reader takes to tell of a new image, in turn for a small and a large folder."""
    feeds = {count: _Feed(workshop, count) for count in (FEW, MANY)}
    found: dict[int, list[float]] = {count: [] for count in feeds}
    for turn in range(NEW_IMAGES):
        for count, feed in feeds.items():
            found[count].append(feed.latency(turn))
    for feed in feeds.values():
        feed.end()
    return {count: Timing(tuple(times)) for count, times in found.items()}


class _Feed:
    """The reader of one folder of images."""

    def __init__(self, workshop: Workshop, count: int) -> None:
        self._folder = workshop.new_folder("images")
        self._folder.mkdir()
        add_images(self._folder, count)
        self._messages: queue.SimpleQueue[tuple[float, FeedMessage]] = queue.SimpleQueue()
        self._ingest = Ingest(self._folder, lambda message: self._messages.put((time.monotonic(), message)))
        self._ingest.start()
        while not isinstance(self._messages.get(timeout=60)[1], CaughtUp):
            pass
        time.sleep(3.0)

    def latency(self, turn: int) -> float:
        """Write one image; how long until the first message of it."""
        path = self._folder / image_name(2 * FIRST_OBSID + turn, 1, LAB_TIME)
        path.write_bytes(_small_image())
        written = time.monotonic()
        while True:
            told, message = self._messages.get(timeout=10)
            if isinstance(message, ImageFile) and message.path == str(path):
                time.sleep(float(np.random.default_rng(turn).uniform(0.6, 0.8)))
                return told - written

    def end(self) -> None:
        """Stop reading, remove the images."""
        self._ingest.stop()
        self._ingest.join()
        shutil.rmtree(self._folder)


TARGETS = {"P12": idle}
