"""Files made of a history: a table of its samples, or its picture; written on a thread, whole or not at all."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eyegore.basics.errors import EyegoreError
from eyegore.basics.files import refuse_inside, whole_file
from eyegore.basics.lab_time import iso
from eyegore.basics.worker import Worker
from eyegore.desktop.history.content import verdict_word
from eyegore.limits.model import Verdict
from eyegore.series.history import HkHistory, Window
from eyegore.widgets.cells.flags import ChartCell

log = logging.getLogger(__name__)

ROWS = 4000
"""Rows written between two looks at whether the person has changed their mind."""
_WORDS = np.array([verdict_word(verdict) for verdict in sorted(Verdict)])


@dataclass(frozen=True, eq=False)
class Table:
    """The samples of some parameters in one stretch of time, one row for each HK row.

    ``keys`` are columns of whole numbers, with their names, that tell what a row is of.
    """

    cells: tuple[ChartCell, ...]
    windows: tuple[Window, ...]
    comments: tuple[str, ...]
    keys: tuple[tuple[str, npt.NDArray[np.int64]], ...] = ()

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.windows[0].times.size) if self.windows else 0


def table_of(history: HkHistory, cells: Sequence[ChartCell], t0: float, t1: float, folder: str) -> Table:
    """Every sample between two lab times, as it was read: the history reduces nothing, but forgets what is too old."""
    known = tuple(cell for cell in cells if cell.name in history.columns)
    comments = [
        f"Eyegore, HK of {folder}" if folder else "Eyegore, HK",
        f"{iso(t0)} to {iso(t1)}, clock of the lab; lab_seconds are seconds since 1970-01-01 of that clock",
        "every row that was read, not decimated; values to 7 figures; empty where there was no reading",
    ]
    oldest = history.span[0]
    if t0 < oldest:
        comments.append(f"nothing before {iso(oldest)}: older rows were not recorded or are not kept")
    return Table(known, tuple(history.window(cell.name, t0, t1) for cell in known), tuple(comments))


def moment_text(time: float) -> str:
    """A lab time [lab s] as it stands in the name of a file."""
    return (iso(math.floor(time)) or "unknown").replace(":", "").replace("-", "")


def proposed_name(folder: str, names: Sequence[str], begin: str, suffix: str) -> str:
    """A file name that tells the folder, the parameters and the begin; any file system takes it."""
    few = [*names[:3], f"and_{len(names) - 3}_more"] if len(names) > 3 else list(names)
    parts = [Path(folder).name or "history", "_".join(few), begin]
    return re.sub(r"[^A-Za-z0-9._-]+", "_", "_".join(part for part in parts if part)) + suffix


def csv_parts(table: Table) -> Iterator[bytes]:
    """The table as the lines of a CSV file, some thousand rows at a time."""
    yield "".join(f"# {comment}\n" for comment in table.comments).encode()
    heads = [f"{cell.name} [{cell.unit}]" if cell.unit else cell.name for cell in table.cells]
    columns = [text for head, cell in zip(heads, table.cells, strict=True) for text in (head, f"{cell.name} verdict")]
    yield (",".join(["time", "lab_seconds", *(name for name, _ in table.keys), *columns]) + "\n").encode()
    for low in range(0, table.rows, ROWS):
        part = slice(low, low + ROWS)
        times = table.windows[0].times[part]
        stamps = np.datetime_as_string(np.round(times * 1000).astype("datetime64[ms]"), unit="ms").tolist()
        cells: list[list[str]] = [stamps, [f"{time:.3f}" for time in times.tolist()]]
        cells += [[str(key) for key in numbers[part].tolist()] for _, numbers in table.keys]
        for window in table.windows:
            invalid = (window.codes[part] == Verdict.INVALID).tolist()
            values = window.values[part].tolist()
            texts = [
                f"{value:.7g}" if math.isfinite(value) and not bad else ""
                for value, bad in zip(values, invalid, strict=True)
            ]
            cells += [texts, _WORDS[window.codes[part]].tolist()]
        yield ("\n".join(map(",".join, zip(*cells, strict=True))) + "\n").encode()


class Export(Worker):
    """One file being written on a thread of its own; where that is stopped, nothing is written.

    ``progress`` is called with the share done, ``done`` with a sentence and whether it went well; both on the thread.
    """

    def __init__(
        self,
        target: Path,
        monitored: Sequence[Path],
        parts: Iterator[bytes],
        count: int,
        progress: Callable[[float], object],
        done: Callable[[str, bool], object],
    ) -> None:
        super().__init__("history export")
        self._target, self._monitored, self._parts, self._count = target, monitored, parts, max(1, count)
        self._progress, self._done = progress, done
        self.start()

    def _watched(self) -> Iterator[bytes]:
        for number, part in enumerate(self._parts):
            if self._stopping.is_set():
                raise EyegoreError("the export was cancelled: nothing is written")
            yield part
            self._progress(min(1.0, (number + 1) / self._count))

    def _work(self) -> None:
        try:
            refuse_inside(
                self._target.parent, self._monitored, "choose another place"
            )  # a link is replaced, not followed
            with whole_file(self._target, on_disk=True) as file:
                for part in self._watched():
                    file.write(part)
        except EyegoreError as why:
            self._done(str(why), False)
        except Exception as why:  # outermost frame of the thread: the person must be told
            log.exception("%s could not be exported", self._target)
            self._done(f"{self._target} could not be written: {why}", False)
        else:
            self._done(f"written: {self._target}", True)


def csv_count(table: Table) -> int:
    """How many parts :func:`csv_parts` gives."""
    return 2 + -(-table.rows // ROWS)
