"""What a quick look keeps of each image between two runs: its page, and beside it what goes into the table.

The page is written first. Its record is the sign that it is whole, and says for which file and by which rules.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

from eyegore.basics.files import write_whole
from eyegore.limits.frame_model import ImageVerdict

log = logging.getLogger(__name__)

VERSION = 1
"""Of what is measured and how it is drawn: what another version kept is done again."""


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
    """The pages in a folder, two files for each image: a name to recognise, a hash to be the only one."""

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
