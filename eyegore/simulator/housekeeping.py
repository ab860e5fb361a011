"""Housekeeping a healthy camera would send, and the text ELVIS makes of it.

Nominal values, noise and drift are in ``tables/simulated_hk.csv``: in the middle of the limits of every version. A
parameter that ``follows`` a commanded key reads what is commanded; status words, which the table leaves out, read 0.
A sample depends on the seed and its second only, never on how many are asked for at once.
"""

from __future__ import annotations

import csv
import math
import time as clock
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from eyegore.campaign.plan import default_settings
from eyegore.campaign.timing import ExposurePlan
from eyegore.elvis.dialect import Dialect, Stamp

FloatArray = npt.NDArray[np.float64]

_BLOCK = 512
_MOST_SIGMAS = 2.5
_DRIFT_PERIOD = 3 * 3600.0
_PAD = 31
"""Width of the header cells of the 5.8.X sample."""

_INTEGER_UNITS = ("flag", "count", "register")


@cache
def _nominal() -> Mapping[str, Mapping[str, str]]:
    text = files("eyegore.simulator").joinpath("tables", "simulated_hk.csv").read_text(encoding="utf-8")
    return {row["parameter"]: row for row in csv.DictReader(text.splitlines())}


class SimulatedHk:
    """Values of every HK parameter of a version at any second of a session, commanded by its exposures."""

    def __init__(self, dialect: Dialect, plan: ExposurePlan, seed: int) -> None:
        self.columns = dialect.hk_columns
        self.integer = tuple(unit in _INTEGER_UNITS for unit in dialect.hk_units)
        self._plan = plan
        self._seed = seed
        rows = [_nominal().get(column, {}) for column in self.columns]
        self._level = np.array([float(row.get("nominal", 0)) for row in rows])
        self._noise = np.array([float(row.get("noise", 0)) for row in rows])
        self._drift = np.array([float(row.get("drift", 0)) for row in rows])
        self._phase = np.random.default_rng((seed, 1)).uniform(0, 2 * np.pi, len(rows))
        self._following = [(place, row["follows"]) for place, row in enumerate(rows) if row.get("follows")]
        self._logged = {row["logged_as"]: place for place, row in enumerate(rows) if row.get("logged_as")}
        settings = default_settings(dialect.version)
        self._commanded = [[float(settings[key]) for _, key in self._following]]
        self._starts: list[int] = []
        self._block: tuple[int, FloatArray] = (-1, np.empty((0, 0)))

    def values(self, first: int, last: int) -> FloatArray:
        """Samples of seconds [first, last), shape (seconds, parameters), to the 2 decimals ELVIS writes."""
        seconds = np.arange(first, last)
        level = np.broadcast_to(self._level, (len(seconds), len(self.columns))).copy()
        level[:, [place for place, _ in self._following]] = self._commands(seconds)
        level += self._noise * self._normal(first, last)
        level += self._drift * np.sin(2 * np.pi * seconds[:, None] / _DRIFT_PERIOD + self._phase)
        return np.round(level, 2)

    def logged(self, sample: FloatArray) -> dict[str, float]:
        """The CCD temperatures ELVIS notes in the exposure log from one sample, by their 6.3.0 log column."""
        return {column: float(sample[place]) for column, place in self._logged.items()}

    def _commands(self, seconds: npt.NDArray[np.int64]) -> FloatArray:
        if len(seconds):
            for exposure in self._plan.reach(int(seconds[-1]) + 1)[len(self._starts) :]:
                self._starts.append(exposure.start)
                self._commanded.append([exposure.number(key) for _, key in self._following])
        return np.array(self._commanded)[np.searchsorted(self._starts, seconds, side="right")]

    def _normal(self, first: int, last: int) -> FloatArray:
        pieces = []
        for block in range(first // _BLOCK, math.ceil(last / _BLOCK)):
            if self._block[0] != block:
                draw = np.random.default_rng((self._seed, 2, block)).standard_normal((_BLOCK, len(self.columns)))
                self._block = (block, np.clip(draw, -_MOST_SIGMAS, _MOST_SIGMAS))
            begin = block * _BLOCK
            pieces.append(self._block[1][max(first - begin, 0) : last - begin])
        return np.concatenate(pieces) if pieces else np.empty((0, len(self.columns)))


class HkText:
    """The text of HK rows in one version's layout; ``newline`` is "\\n" or "\\r\\n"."""

    def __init__(self, dialect: Dialect, integer: Sequence[bool], newline: str) -> None:
        self._dialect = dialect
        self._newline = newline
        self._padded = dialect.hk_time == "HK_timestamp"
        register = "SPW_STATUS_REG"
        self._hex = dialect.hk_columns.index(register) if dialect.version == "6.3.0" else None
        self._cells = ["%d" if whole else "%.2f" for whole in integer]
        if self._hex is not None:
            self._cells[self._hex] = "%s"
        self._row = "%s\t" + "\t".join(self._cells) + newline

    @property
    def header(self) -> str:
        """The first line."""
        columns = self._dialect.hk_columns
        if self._padded:
            columns = tuple(column.ljust(_PAD) for column in columns)
        return "\t".join((self._dialect.hk_time, *columns)) + self._newline

    def stamps(self, times: Sequence[float]) -> list[str]:
        """The times of rows."""
        dates: dict[int, str] = {}
        stamps = []
        for time in times:
            day, second = divmod(int(time), 86400)
            if day not in dates:
                date = clock.strftime("%d-%m-%y_", clock.gmtime(time))
                dates[day] = "" if self._dialect.stamp is Stamp.CLOCK else date
            stamps.append(f"{dates[day]}{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}")
        return stamps

    def rows(
        self, times: Sequence[float], values: FloatArray, texts: Mapping[int, Mapping[int, str]] | None = None
    ) -> list[str]:
        """One line per sample; ``texts`` holds cells that are no numbers, by row and parameter."""
        samples = values.tolist()
        if self._hex is not None:
            for sample in samples:
                sample[self._hex] = f"{int(sample[self._hex]):X}"
        lines = []
        for row, (stamp, sample) in enumerate(zip(self.stamps(times), samples, strict=True)):
            if texts and row in texts:
                cells = [texts[row].get(at, form % sample[at]) for at, form in enumerate(self._cells)]
                lines.append("\t".join((stamp, *cells)) + self._newline)
            else:
                lines.append(self._row % (stamp, *sample))
        return lines

    def transposed(self, values: FloatArray, texts: Mapping[int, Mapping[int, str]]) -> str:
        """A whole file of the 5.7 line: one parameter per line, its samples behind it."""
        lines = []
        for at, column in enumerate(self._dialect.hk_columns):
            cells = [texts.get(row, {}).get(at, f"{value:.2f}") for row, value in enumerate(values[:, at].tolist())]
            lines.append("\t".join((column, *cells)) + self._newline)
        return "".join(lines)

    def tail(self, time: float, sample: FloatArray) -> str:
        """What follows the rows of a finished file: in the 5.8.X sample its first row once more, as comment."""
        if not self._padded:
            return ""
        board = {"Video_TOP": "HK_temp_VB_TOP", "Video_BOT": "HK_temp_VB_BOT"}
        lines = ["", "", f"# {self._dialect.hk_time}\t\t\t\t{self.stamps([time])[0]}"]
        for column, value in zip(self._dialect.hk_columns, sample.tolist(), strict=True):
            name = board[column].ljust(36) if column in board else column.ljust(_PAD)
            lines.append(f"# {name}  {value:.2f}" if column == "Video_BOT" else f"# {name}\t{value:.2f}\t")
        return self._newline.join(lines + [""] * 59)
