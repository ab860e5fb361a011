"""A quick look at many images: their pages made by several processes, then bound into one PDF, and one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from eyegore.basics.errors import EyegoreError
from eyegore.basics.files import whole_file, write_whole
from eyegore.basics.process_pool import GivenUp, spread
from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.images import ImageProblem, ImageResult
from eyegore.reports.quicklook.page_maker import KeptPages, PageMaker, PageRecord, PageTask, QuicklookRules
from eyegore.reports.quicklook.table import COLUMNS, as_csv

ALL_PASS, SOME_BAD, CANNOT_SAY = 0, 1, 2


def exit_code(verdicts: Sequence[ImageVerdict]) -> int:
    """0: every image passed; 1: one is WARNING or FAIL; 2: neither can be said, or there is no image."""
    if any(verdict in (ImageVerdict.WARNING, ImageVerdict.FAIL) for verdict in verdicts):
        return SOME_BAD
    return ALL_PASS if verdicts and all(verdict is ImageVerdict.PASS for verdict in verdicts) else CANNOT_SAY


def numbers(paths: Sequence[str], rules: QuicklookRules, jobs: int) -> Iterator[ImageResult]:
    """What was measured of each image, in the order of ``paths``, each as soon as those before it are done."""
    early: dict[int, ImageResult] = {}
    following = 0
    for place, done in _made([PageTask(path, None) for path in paths], rules, jobs):
        assert isinstance(done, ImageResult)
        early[place] = done
        while following in early:
            yield early.pop(following)
            following += 1


def make_pages(
    paths: Sequence[str], rules: QuicklookRules, folder: Path, jobs: int, advance: Callable[[str], object]
) -> tuple[list[PageRecord], int]:
    """The pages of all images, by ObsID, CCD and name, and how many of them were made now; the others were kept.

    ``advance`` is called with the name of each image that has its page. What is done stays done if it is interrupted.
    """
    kept = KeptPages(folder)
    records: list[PageRecord] = []
    missing: list[str] = []
    for path in paths:
        record = kept.find(path, rules.key)
        if record is None:
            missing.append(path)
        else:
            records.append(record)
            advance(Path(path).name)
    for place, done in _made([PageTask(path, folder) for path in missing], rules, jobs):
        assert isinstance(done, PageRecord)
        records.append(done)
        advance(Path(missing[place]).name)
    records.sort(key=lambda record: (record.obsid, record.ccd, Path(record.stamp.path).name))
    return records, len(missing)


def _made(
    tasks: Sequence[PageTask], rules: QuicklookRules, jobs: int
) -> Iterator[tuple[int, PageRecord | ImageResult]]:
    maker = PageMaker(rules)
    for place, done in spread(maker, tasks, jobs):
        if isinstance(done, GivenUp):
            if done.code is None:
                problem, words = ImageProblem.UNREADABLE, "was not read in time: does its disk hang?"
            else:
                problem, words = ImageProblem.FAULT, f"ended the process that measured it (exit code {done.code})"
            yield place, maker.given_up(tasks[place], problem, words)
        else:
            yield place, done


def write_table(records: Sequence[PageRecord], path: Path) -> None:
    """Write the table of all images."""
    write_whole(path, as_csv(COLUMNS, (row for record in records for row in record.rows)))


def bind(records: Sequence[PageRecord], folder: Path, path: Path, title: str, advance: Callable[[], object]) -> None:
    """Bind the pages kept in ``folder`` into one PDF with an entry in its contents for each."""
    from pypdf import PdfWriter
    from pypdf.errors import PyPdfError

    kept = KeptPages(folder)
    with PdfWriter() as writer:
        for record in records:
            page = kept.page(record.stamp.path)
            name = f"ObsID {record.obsid} CCD{record.ccd} {record.verdict.value}" if record.obsid else page.stem
            try:
                writer.append(page, outline_item=name, import_outline=False)
            except (OSError, PyPdfError) as why:
                raise EyegoreError(f"{page} cannot be read ({why}): run the same command again") from why
            advance()
        writer.add_metadata({"/Title": title, "/Creator": "eyegore quicklook"})
        with whole_file(path) as document:
            writer.write(document)
