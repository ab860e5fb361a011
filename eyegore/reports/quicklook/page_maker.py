"""From an image file to its page, on whatever process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eyegore.images.analysis import (
    FrameError,
    analyse_image,
    judge_image,
    problem_result,
    process_buffer,
    read_frame,
)
from eyegore.limits.frame_model import CheckTable, ImageVerdict
from eyegore.messages.images import ImageProblem, ImageResult
from eyegore.reports.paper.sheet import drawing
from eyegore.reports.quicklook.kept_page import FileStamp, KeptPages, PageRecord, stamp_of_file
from eyegore.reports.quicklook.page import page
from eyegore.reports.quicklook.stamp import stamp_of
from eyegore.reports.quicklook.table import rows_of


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
