"""From an image file to its page, on whatever process; and what is kept of both between two runs."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eyegore.basics.files import write_whole
from eyegore.elvis.ccd_frame import Frame
from eyegore.elvis.ccd_geometry import QUADRANTS
from eyegore.images.analysis import (
    FrameError,
    analyse_image,
    judge_image,
    problem_result,
    process_buffer,
    read_frame,
)
from eyegore.images.pixels.display import block_reduce_mean
from eyegore.limits.frame_model import CheckTable, ImageVerdict
from eyegore.messages.images import ImageProblem, ImageResult
from eyegore.reports.paper import drawing
from eyegore.reports.quicklook.page import page
from eyegore.reports.quicklook.table import rows_of

log = logging.getLogger(__name__)

VERSION = 1
"""Of what is measured and how it is drawn: what another version kept is done again."""


@dataclass(frozen=True)
class QuicklookRules:
    """What images are judged by: the table of checks, and the block they are of ("" for none)."""

    table: CheckTable
    block: str

    @property
    def key(self) -> str:
        """What a page that was made before must have been judged by."""
        return f"{self.table.digest} {self.block}"

    @property
    def words(self) -> str:
        """The same for people."""
        return f"{self.block or 'no block'}, checks of {Path(self.table.source).name}"


@dataclass(frozen=True)
class PageTask:
    """An image to make a page of, kept in the folder ``pages``; None: only its numbers are wanted."""

    path: str
    pages: Path | None


class PageMaker:
    """Makes pages one after the other in the same memory; what every process of a quick look has one of."""

    def __init__(self, rules: QuicklookRules) -> None:
        self.rules = rules

    def __call__(self, task: PageTask) -> PageRecord | ImageResult:
        """The record of a page that is kept now, or the numbers; whatever is wrong with the image is in it."""
        rules = self.rules
        if task.pages is None:
            return analyse_image(task.path, table=rules.table, block=rules.block, buffer=process_buffer())
        stamp = stamp_of_file(task.path, rules.key)  # before it is read: what comes later is seen the next time
        picture = geometry = None
        try:
            frame = read_frame(task.path, process_buffer())
            result = judge_image(frame, table=rules.table, block=rules.block, details=True)
            picture, geometry = stamp_of(frame), frame.geometry
        except Exception as why:  # noqa: BLE001  of one image among many: its page says so, the others are made
            result = problem_result(task.path, why, block=rules.block)
        with drawing():
            content = page(result, picture, geometry, rules.words).pdf()
        return _kept(task.pages, stamp, result, content)

    def given_up(self, task: PageTask, problem: ImageProblem, words: str) -> PageRecord | ImageResult:
        """The same for an image on which a process ended, or hangs."""
        told = problem_result(task.path, FrameError(task.path, problem, words), block=self.rules.block)
        if task.pages is None:
            return told
        with drawing():
            content = page(told, None, None, self.rules.words).pdf()
        return _kept(task.pages, stamp_of_file(task.path, self.rules.key), told, content)


def wrong_words(result: ImageResult) -> str:
    """What is wrong with an image, in a line; "" when nothing is."""
    if result.problem is not None:
        return f"{result.problem.value}: {result.explanation}"
    bad: dict[str, list[str]] = {}
    for check in result.bad_checks:
        bad.setdefault(check.name, []).append(check.quadrant)
    return ", ".join(f"{name} of {' '.join(quadrants)}" for name, quadrants in bad.items())


def _kept(pages: Path, stamp: FileStamp, result: ImageResult, content: bytes) -> PageRecord:
    """Keep a page. What nobody could look at, or ended a process, is looked at again the next time."""
    record = PageRecord(
        stamp=stamp,
        obsid=result.obsid,
        ccd=result.ccd,
        verdict=result.verdict,
        wrong=wrong_words(result),
        rows=tuple(rows_of(result)),
        size=len(content),
        lasting=result.problem is None or result.verdict is not ImageVerdict.NOT_CHECKED,
    )
    KeptPages(pages).keep(content, record)
    return record


BLOCK = 12
"""Pixels each way that become one: 354 columns are enough for a stamp in print."""
BLACK, WHITE = 30.0, 70.0
"""Percentiles of the means of a quadrant between which its grey scale runs."""


def stamp_of(frame: Frame) -> npt.NDArray[np.uint8]:
    """8-bit picture of a frame of shape (rows, columns), row 0 at the bottom of the display.

    A mean of 0 is black: nothing was read there, and it takes no part in the scale.
    """
    geometry = frame.geometry
    high, wide = -(-geometry.rows // BLOCK), -(-geometry.columns // BLOCK)
    stamp = np.zeros((2 * high, 2 * wide), np.uint8)
    for letter in QUADRANTS:
        means = block_reduce_mean(frame.pixels[geometry.place(letter)], BLOCK)
        upper, right = geometry.mirrored(letter)
        place = (
            slice(high if upper else 0, 2 * high if upper else high),
            slice(wide if right else 0, 2 * wide if right else wide),
        )
        stamp[place] = _grey(means)
    return stamp


def _grey(means: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    read = means[means > 0]
    if not read.size:
        return np.zeros(means.shape, np.uint8)
    low, high = np.percentile(read, (BLACK, WHITE))
    span = max(float(high - low), 1e-3)
    grey: npt.NDArray[np.uint8] = np.rint(np.clip((means - low) / span, 0, 1) * 255).astype(np.uint8)
    return grey


@dataclass(frozen=True)
class FileStamp:
    """What a page holds for: size [bytes] and time of the file, and what it was judged by. A size of -1: not there."""

    path: str
    size: int
    mtime_ns: int
    rules: str


@dataclass(frozen=True)
class PageRecord:
    """One image: its verdict, its rows of the table, what is wrong with it in words; ``size`` of its page [bytes].

    ``lasting``: it need not be looked at again as long as the file stays as it is.
    """

    stamp: FileStamp
    obsid: int
    ccd: int
    verdict: ImageVerdict
    wrong: str
    rows: tuple[dict[str, str], ...] = field(repr=False)
    size: int
    lasting: bool


def stamp_of_file(path: str, rules: str) -> FileStamp:
    """The stamp of a file as it is now."""
    whole = os.path.abspath(path)
    try:
        there = os.stat(path)
    except OSError:
        return FileStamp(whole, -1, 0, rules)
    return FileStamp(whole, there.st_size, there.st_mtime_ns, rules)


class KeptPages:
    """The pages in a folder, two files for each image: a name to recognise, a hash to be the only one.

    The page is written first. Its record, beside it, holds what goes into the table; it is the sign that the page is
    whole, and says for which file and by which rules.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def page(self, path: str) -> Path:
        """Where the page of an image is kept."""
        whole = os.path.abspath(path)
        name = re.sub(r"[^A-Za-z0-9._-]+", "_", os.path.basename(whole))[:80].strip("._") or "image"
        return self.folder / f"{name}-{hashlib.sha256(os.fsencode(whole)).hexdigest()[:8]}.pdf"

    def find(self, path: str, rules: str) -> PageRecord | None:
        """What is kept of a file as it is now, judged by these rules; None when it has to be done."""
        page = self.page(path)
        try:
            told = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
            if told.pop("version") != VERSION:
                return None
            stamp = FileStamp(**told.pop("stamp"))
            verdict, rows = ImageVerdict(told.pop("verdict")), tuple(told.pop("rows"))
            record = PageRecord(stamp=stamp, verdict=verdict, rows=rows, **told)
            whole = page.stat().st_size == record.size
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as why:
            log.warning("%s: what is kept of %s is not understood, it is done again: %r", page, path, why)
            return None
        return record if whole and record.lasting and record.stamp == stamp_of_file(path, rules) else None

    def keep(self, page: bytes, record: PageRecord) -> None:
        """Keep the page of an image and its record; WriteError when they cannot be written."""
        place = self.page(record.stamp.path)
        write_whole(place, page)
        told = {"version": VERSION, **asdict(record), "verdict": record.verdict.value}
        write_whole(place.with_suffix(".json"), json.dumps(told))
