"""Rows of a housekeeping table, from bytes to numbers: many rows at once where they are regular, else cell by cell.

Both ways give the same numbers, so that it makes no difference how the file was cut into chunks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from eyegore.elvis.day_folder import lab_seconds
from eyegore.elvis.dialect import REGISTERS
from eyegore.elvis.tail import LONGEST_LINE
from eyegore.messages.events import FloatArray

DAY = 86400.0
"""Seconds of a day."""
HOUR_S = 3600.0
CORRECTED_S = 60.0
"""A clock is corrected by so much at most [s]."""

_STAMP = re.compile(r"(?:(\d\d)-(\d\d)-(\d\d)[_ T])?(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,6}))?", re.ASCII)
_HEX = re.compile(r"(?:0[xX][0-9A-Fa-f]{1,8}|(?=\d*[A-Fa-f])[0-9A-Fa-f]{1,8})", re.ASCII)

_KNOWN_WORDS = 4096
"""Distinct cells of a text or register column whose values are remembered."""


def number(cell: str) -> float:
    """Number in a cell, NaN when it holds none (empty, text)."""
    if "_" in cell:  # float() takes 1_0 for 10, which is no number of ELVIS'
        return math.nan
    try:
        return float(cell)
    except ValueError:
        return math.nan


def register(cell: str) -> float:
    """Value of a register cell: hexadecimal with a letter or 0x in it (2FA0, 0x2FA0), else decimal (12192, 12192.0)."""
    word = cell.strip()
    return float(int(word, 16)) if _HEX.fullmatch(word) else number(word)


class _Words(dict[str, float]):
    """Values of the cells of one column, each converted once: a register has few states."""

    def __init__(self, is_register: bool) -> None:
        super().__init__()
        self._value = register if is_register else number

    def __missing__(self, cell: str) -> float:
        if len(self) >= _KNOWN_WORDS:
            self.clear()
        value = self[cell] = self._value(cell)
        return value


@dataclass
class HkClock:
    """Lab seconds of time stamps. Stamps without a date continue from ``day`` (midnight) and ``clock`` [s of day].

    A clock that goes back by more than half a day has passed midnight. By :data:`CORRECTED_S` at most it was corrected,
    by an hour it was that of summer time. What is between them is the next day most likely, after a long break; such
    rows, and those an hour back, are ``doubted``: by their number, with what they were taken for.
    """

    day: float
    clock: float = 0.0
    doubted: list[tuple[int, str]] = field(default_factory=list)

    def times(self, days: FloatArray | None, clocks: FloatArray) -> FloatArray:
        """Lab seconds of rows given their seconds of day and, where the stamps have them, their days."""
        if days is None:
            back = np.concatenate(([self.clock], clocks[:-1])) - clocks
            later = back > DAY / 2
            for row in np.flatnonzero((back > CORRECTED_S) & ~later).tolist():
                later[row] = self._doubt(row, float(back[row]))
            days = (self.day + DAY * np.cumsum(later)).astype(np.float64)
        self.day, self.clock = float(days[-1]), float(clocks[-1])
        return days + clocks

    def _doubt(self, row: int, back: float) -> bool:
        """Whether a row whose clock is ``back`` [s] behind that of the row before is of the next day."""
        later = abs(back - HOUR_S) > CORRECTED_S
        taken = "the next day" if later else "a clock that was set back"
        self.doubted.append((row, f"its stamp has no date and is {back:.0f} s before the last one: taken for {taken}"))
        return later

    def time(self, cell: str, row: int = 0) -> float:
        """Lab seconds of the stamp of a row, NaN when it cannot be read."""
        match = _STAMP.fullmatch(cell.strip())
        if match is None:
            return math.nan
        hour, minute, second = int(match[4]), int(match[5]), int(match[6])
        if hour > 23 or minute > 59 or second > 59:
            return math.nan
        clock = hour * 3600.0 + minute * 60.0 + second + float(f"0.{match[7] or 0}")
        if match[1]:
            day = _day(match[1], match[2], match[3])
            if math.isnan(day):
                return math.nan
        else:
            back = self.clock - clock
            later = back > DAY / 2 or (back > CORRECTED_S and self._doubt(row, back))
            day = self.day + (DAY if later else 0.0)
        self.day, self.clock = day, clock
        return day + clock


@lru_cache(maxsize=64)
def _day(day: str, month: str, year: str) -> float:
    return lab_seconds(int(day), int(month), int(year))


def _two_digits(digits: npt.NDArray[np.uint8], place: int) -> npt.NDArray[np.int32]:
    return digits[:, place] * np.int32(10) + digits[:, place + 1]


def _stamps(heads: str, rows: int) -> tuple[FloatArray | None, FloatArray] | None:
    """Days (None where stamps have none) and seconds of day of equally long stamps, each followed by a tab.

    None when any of them is no stamp.
    """
    width = len(heads) // rows
    pattern = {9: "00:00:00\t", 18: "00-00-00_00:00:00\t"}.get(width)
    if pattern is None or len(heads) != rows * width:
        return None
    letters = np.frombuffer(heads.encode("latin-1"), dtype=np.uint8).reshape(rows, width)
    wanted = np.frombuffer(pattern.encode(), dtype=np.uint8)
    digits = letters - np.uint8(ord("0"))  # what comes before "0" wraps to more than 9
    is_digit = wanted == ord("0")
    if not ((letters == wanted) | (is_digit & (digits <= 9))).all():
        return None
    at = width - 9
    hour, minute, second = (_two_digits(digits, at + place) for place in (0, 3, 6))
    if hour.max() > 23 or minute.max() > 59 or second.max() > 59:
        return None
    clocks = (hour * 3600 + minute * 60 + second).astype(np.float64)
    if not at:
        return None, clocks
    dates = _two_digits(digits, 0) * 10000 + _two_digits(digits, 3) * 100 + _two_digits(digits, 6)
    distinct, of_row = np.unique(dates, return_inverse=True) if (dates != dates[0]).any() else (dates[:1], 0)
    days = np.array([lab_seconds(int(date) // 10000, int(date) // 100 % 100, int(date) % 100) for date in distinct])
    return None if np.isnan(days).any() else (days[of_row] + np.zeros(rows), clocks)


@dataclass
class HkTable:
    """Turns lines of one table into rows. ``columns`` are all of its columns, the time at ``time_place``."""

    columns: tuple[str, ...]
    time_place: int
    clock: HkClock
    _words: dict[int, _Words] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for place, column in enumerate(self.parameters):
            if column in REGISTERS:
                self._words[place] = _Words(is_register=True)

    @property
    def header(self) -> tuple[tuple[str, ...], int]:
        """What tells one header from another."""
        return self.columns, self.time_place

    @property
    def parameters(self) -> tuple[str, ...]:
        """The columns without the time."""
        return self.columns[: self.time_place] + self.columns[self.time_place + 1 :]

    def rows(self, data: bytes, line: int) -> ParsedRows:
        """Rows in complete lines, ``line`` being the number of the first. Blank and comment lines are left out."""
        lines = data.decode("latin-1").split("\n")
        lines.pop()
        numbers: Sequence[int] = range(line, line + len(lines))
        initials = "".join([text[:1] for text in lines])
        if len(initials) < len(lines) or not initials.isdigit():
            kept = [
                (number, text)
                for number, text in zip(numbers, lines, strict=True)
                if (bare := text.strip(" \t\r")) and not bare.startswith("#")
            ]
            numbers, lines = [number for number, _ in kept], [text for _, text in kept]
        if not lines:
            return ParsedRows(np.empty(0), np.empty((0, len(self.columns) - 1)), line, ())
        self.clock.doubted.clear()
        regular = self._all_at_once(lines) if data.isascii() and b"\0" not in data else None
        if regular is None:
            return self._one_by_one(numbers, lines)
        bad = tuple((numbers[row], why, row) for row, why in self.clock.doubted)
        return ParsedRows(*regular, numbers[0], bad)

    def _all_at_once(self, lines: list[str]) -> tuple[FloatArray, FloatArray] | None:
        """Times and values of regular lines; None when any of them is not."""
        at = lines[0].find("\t") + 1
        if self.time_place != 0 or at == 0:
            return None
        stamps = _stamps("".join([text[:at] for text in lines]), len(lines))
        cells = [text[at:] for text in lines]
        if stamps is None or not cells[0].strip():
            return None
        if cells[0].endswith(("\t", "\t\r")):
            cells = [text.rstrip("\r") for text in cells]
            if not all(text.endswith("\t") for text in cells):
                return None
            cells = [text[:-1] for text in cells]
        try:
            values = np.loadtxt(
                cells,
                dtype=np.float64,
                delimiter="\t",
                comments=None,
                ndmin=2,
                converters={place: words.__getitem__ for place, words in self._words.items()},
                encoding=None,
            )
        except ValueError:
            return None
        if values.shape != (len(lines), len(self.columns) - 1):
            return None
        return self.clock.times(*stamps), values

    def _one_by_one(self, numbers: Sequence[int], lines: list[str]) -> ParsedRows:
        times: list[float] = []
        values: list[list[float]] = []
        good: list[int] = []
        bad: list[tuple[int, str, int]] = []
        for at, text in zip(numbers, lines, strict=True):
            cells = text.split("\t")
            if len(cells) == len(self.columns) + 1 and not cells[-1].strip():
                cells.pop()
            reason = self._trouble(text, cells)
            if reason:
                bad.append((at, reason, len(good)))
                continue
            time = self.clock.time(cells.pop(self.time_place), len(good))
            if math.isnan(time):
                bad.append((at, f"its time stamp cannot be read: {excerpt(text)}", len(good)))
                continue
            times.append(time)
            values.append(self._values(cells))
            good.append(at)
        matrix = np.array(values, dtype=np.float64).reshape(len(values), len(self.columns) - 1)
        self._learn_text(lines, matrix)
        bad += [(good[row], why, row) for row, why in self.clock.doubted]
        return ParsedRows(
            np.array(times, dtype=np.float64), matrix, good[0] if good else numbers[0], tuple(sorted(bad))
        )

    def _trouble(self, text: str, cells: list[str]) -> str:
        if "\0" in text or not text.isascii():
            return "it holds bytes that are not text"
        if len(text) > LONGEST_LINE:
            return f"it is longer than {LONGEST_LINE} bytes"
        if len(cells) != len(self.columns):
            return f"it has {len(cells)} cells, the header {len(self.columns)}"
        return ""

    def _values(self, cells: list[str]) -> list[float]:
        try:
            values = list(map(float, cells)) if "_" not in "".join(cells) else [number(cell) for cell in cells]
        except ValueError:
            values = [number(cell) for cell in cells]
        for place, words in self._words.items():
            values[place] = words[cells[place]]
        return values

    def _learn_text(self, lines: list[str], values: FloatArray) -> None:
        """Columns that mostly hold text are converted apart from now on, so that the others stay fast."""
        if len(values) * 2 < len(lines) or len(values) < 16:
            return
        for place in np.flatnonzero(np.isnan(values).mean(axis=0) > 0.5):
            self._words.setdefault(int(place), _Words(is_register=False))


@dataclass(frozen=True, eq=False)
class ParsedRows:
    """What lines of a table held: ``times`` [lab s] (n,), ``values`` (n, parameters), the number of the first row's
    line, and the numbers of bad lines with the reason and the number of rows before them."""

    times: FloatArray
    values: FloatArray
    line: int
    bad: tuple[tuple[int, str, int], ...]


def plain(data: bytes) -> bytes:
    """Text with blanks in the place of hard ones, in UTF-8 or Latin-1, as editors and spreadsheets write them."""
    return data if data.isascii() else data.replace(b"\xc2\xa0", b" ").replace(b"\xa0", b" ")


def excerpt(text: str) -> str:
    """Beginning of a line, printable whatever it holds."""
    return repr(text[:40])
