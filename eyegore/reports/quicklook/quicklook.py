"""A quick look at many images: their pages made by several processes, then bound into one PDF, and one table."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eyegore.basics.errors import EyegoreError, SettingsError
from eyegore.basics.files import whole_file, write_whole
from eyegore.basics.process_pool import GivenUp, spread
from eyegore.elvis.ccd_frame import header
from eyegore.elvis.day_folder import FileKind, parse_name
from eyegore.elvis.fits_headers import FrameError
from eyegore.images.facts import ImageFacts
from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.images import ImageProblem, ImageResult
from eyegore.reports.paper import day_name
from eyegore.reports.quicklook.page_maker import KeptPages, PageMaker, PageRecord, PageTask, QuicklookRules
from eyegore.reports.quicklook.table import COLUMNS, as_csv

SUFFIXES = (".fits", ".fit", ".fz", ".fits.gz", ".fit.gz")
"""Ends of the names of images, in small letters."""


@dataclass(frozen=True)
class QuicklookImage:
    """An image; ``obsid`` and ``ccd`` are 0 where neither its name nor its header tells them."""

    path: str
    obsid: int
    ccd: int


@dataclass(frozen=True)
class QuicklookImages:
    """The ``images``, the folders they lie in, and the name of the documents made of them."""

    images: tuple[QuicklookImage, ...]
    folders: tuple[Path, ...]
    day: str

    @property
    def by_obsid(self) -> tuple[QuicklookImage, ...]:
        """In order of ObsID, then CCD, then name."""
        return tuple(sorted(self.images, key=_place))


def find_images(
    places: Sequence[Path], ccds: Collection[int] = (), obsids: tuple[int, int] | None = None
) -> QuicklookImages:
    """The images in folders and files, in the order given, those of a folder by ObsID and CCD; each once.

    ``ccds`` (none: all) and the first and last of ``obsids`` choose among them. A file that is not there is among them
    when it is called as an image is: that it vanished is told of it.

    Raises
    ------
    SettingsError
        When a folder is not there or cannot be read.
    """
    found: dict[str, QuicklookImage] = {}
    folders: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            folders[place] = None
            for image in sorted(_listed(place), key=_place):
                found.setdefault(image.path, image)
        elif place.exists() or place.is_symlink() or place.name.lower().endswith(SUFFIXES):
            folders[place.parent] = None
            found.setdefault(os.fspath(place), _image(os.fspath(place)))
        else:
            raise SettingsError(f"{place} does not exist: give a day folder, or images")
    chosen = [
        image
        for image in found.values()
        if (not ccds or image.ccd in ccds) and (obsids is None or obsids[0] <= image.obsid <= obsids[1])
    ]
    own = {folder.resolve() for folder in folders}
    return QuicklookImages(tuple(chosen), tuple(folders), day_name(own.pop()) if len(own) == 1 else "images")


def _listed(folder: Path) -> Iterator[QuicklookImage]:
    try:
        names = os.listdir(folder)
    except OSError as why:
        raise SettingsError(f"{folder} cannot be read ({why.strerror or why})") from why
    for name in names:
        path = os.path.join(folder, name)
        if name.lower().endswith(SUFFIXES) and not name.startswith(".") and not os.path.isdir(path):
            yield _image(path)


def _image(path: str) -> QuicklookImage:
    """An image by its name, and by its header where the name is not one of ELVIS'."""
    named = parse_name(os.path.basename(path))
    if named is not None and named.kind is FileKind.IMAGE:
        return QuicklookImage(path, named.obsid or 0, named.ccd or 0)
    try:
        facts = ImageFacts(path, header(path))
    except FrameError:
        return QuicklookImage(path, 0, 0)
    return QuicklookImage(path, facts.obsid, facts.ccd)


def _place(image: QuicklookImage) -> tuple[int, int, str]:
    return image.obsid, image.ccd, os.path.basename(image.path)


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
