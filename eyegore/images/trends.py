"""Offset, read noise and fluence of the images of a session, quadrant by quadrant, as curves against time or ObsID."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eyegore.limits.frame_model import ImageVerdict
from eyegore.limits.model import Verdict
from eyegore.messages.events import Exposure, FloatArray
from eyegore.messages.exposures import CCDS
from eyegore.messages.images import ImageJudged, QuadrantStatistics
from eyegore.series.decimation import Envelope, Runs, envelope
from eyegore.series.history import HkHistory, Sample, Window
from eyegore.series.leaf import MarkArray

MOST_IMAGES = 15_000
"""Images kept, of the newest ObsIDs: five nights, some 15 MB."""
QUADRANTS = "EFGH"
METRICS: Mapping[str, Callable[[QuadrantStatistics], float]] = {
    "offset_pre": lambda quadrant: quadrant.pre.median,
    "offset_img": lambda quadrant: quadrant.img.median,
    "offset_ove": lambda quadrant: quadrant.ove.median,
    "std_pre": lambda quadrant: quadrant.pre.std,
    "std_ove": lambda quadrant: quadrant.ove.std,
    "fluence": lambda quadrant: quadrant.fluence,
}
"""What is followed, under the names of the table of checks [ADU]."""
_PLACES = {(metric, letter): at for at, (metric, letter) in enumerate((m, q) for m in METRICS for q in QUADRANTS)}
_OUT = 2
"""The mark of a sample out of limits, as in :mod:`eyegore.series.decimation`."""

Numbers = npt.NDArray[np.float32]


def trend_name(ccd: int, quadrant: str, metric: str) -> str:
    """``CCD1 E offset_pre``."""
    return f"CCD{ccd} {quadrant} {metric}"


def trend_parts(name: str) -> tuple[int, str, str]:
    """CCD, quadrant and metric of a name that :func:`trend_name` made."""
    ccd, quadrant, metric = name.split()
    return int(ccd.removeprefix("CCD")), quadrant, metric


NAMES = tuple(trend_name(ccd, quadrant, metric) for metric in METRICS for ccd in CCDS for quadrant in QUADRANTS)
_COLUMNS = {trend_name(ccd, q, metric): (ccd, at) for (metric, q), at in _PLACES.items() for ccd in CCDS}


@dataclass(frozen=True, eq=False)
class _Image:
    """What is kept of one image: values, verdicts and limits in the order of ``_PLACES``."""

    test: str
    modified: float
    values: Numbers
    codes: MarkArray
    low: Numbers
    high: Numbers


class ImageHistory(HkHistory):
    """Values of images as a history: one row for each ObsID, points that nothing joins.

    ``times`` [lab s] and ``obsids`` of the rows, of shape (n,). The places of samples and windows are times; with
    ``numbered`` they are ObsIDs, wherever the history says time.
    """

    def __init__(
        self,
        times: FloatArray,
        obsids: npt.NDArray[np.int64],
        values: Numbers,
        codes: MarkArray,
        revision: int,
        numbered: bool = False,
    ) -> None:
        super().__init__(NAMES, capacity_rows=8)
        order = np.argsort(obsids if numbered else times, kind="stable")
        self.times, self.obsids, self.numbered = times[order], obsids[order], numbered
        self._places = self.obsids.astype(float) if numbered else self.times
        self._values, self._codes = values[order], codes[order]
        self.rows, self.revision = len(times), revision
        self._at = {name: at for at, name in enumerate(NAMES)}

    def by_obsid(self) -> ImageHistory:
        """The same images, with their ObsIDs for places."""
        return ImageHistory(self.times, self.obsids, self._values, self._codes, self.revision, numbered=True)

    def inside(self, first: float, last: float) -> npt.NDArray[np.intp]:
        """The rows from one place to another."""
        return np.flatnonzero((self._places >= first) & (self._places <= last))

    def nearest_place(self, place: float) -> float:
        """The place of an image that is nearest; NaN when there is none."""
        return float(self._places[np.argmin(np.abs(self._places - place))]) if self.rows else math.nan

    @property
    def span(self) -> tuple[float, float]:
        """Places of the first and the last image, NaN when there is none."""
        if not self.rows:
            return math.nan, math.nan
        return float(self._places[0]), float(self._places[-1])

    def latest(self, column: str) -> Sample | None:
        """The newest value of one column."""
        there = np.flatnonzero(np.isfinite(self._values[:, self._at[column]]))
        return self._sample(column, int(there[-1])) if there.size else None

    def nearest(self, column: str, time: float) -> Sample | None:
        """The value nearest to a place."""
        there = np.flatnonzero(np.isfinite(self._values[:, self._at[column]]))
        if not there.size:
            return None
        return self._sample(column, int(there[np.argmin(np.abs(self._places[there] - time))]))

    def window(self, column: str, t0: float, t1: float) -> Window:
        """Every row with ``t0 <= place <= t1``; NaN where the image has no such value."""
        inside = self.inside(t0, t1)
        at = self._at[column]
        return Window(self._places[inside], self._values[inside, at], self._codes[inside, at])

    def envelope(self, column: str, t0: float, t1: float, bins: int) -> Envelope:
        """The points between two places; in bins where there are more than two for each."""
        at = self._at[column]
        inside = (self._places >= t0) & (self._places <= t1) & np.isfinite(self._values[:, at])
        times, values = self._places[inside], self._values[inside, at]
        codes = self._codes[inside, at]
        marks = np.where((codes == Verdict.LOW) | (codes == Verdict.HIGH), _OUT, 0).astype(np.uint8)
        width = (t1 - t0) / bins if times.size > 2 * bins else 0.0
        return envelope(Runs(times, times, values, values, marks), width, 0.0)

    def _sample(self, column: str, row: int) -> Sample:
        at = self._at[column]
        return Sample(float(self._places[row]), float(self._values[row, at]), Verdict(int(self._codes[row, at])))


class ImageTrends:
    """Fed with the images judged and the rows of the log; ``test`` chooses the images of one test, "" all.

    ``lab_offset_s`` gives the seconds to add to a unix time for lab time: images whose row of the log is not known have
    the time of their file.
    """

    def __init__(self, lab_offset_s: Callable[[float], float] = lambda now: 0.0) -> None:
        self._lab_offset_s = lab_offset_s
        self._images: dict[tuple[int, int], _Image] = {}
        self._times: dict[int, float] = {}
        self._tests: Counter[str] = Counter()
        self._revision = 0
        self._made: tuple[tuple[int, str], ImageHistory, Numbers, Numbers] | None = None

    def add(self, rows: Iterable[Exposure]) -> None:
        """Note when exposures were taken."""
        self._times.update((row.obsid, row.time) for row in rows if math.isfinite(row.time))
        self._revision += 1

    def take(self, judged: ImageJudged) -> None:
        """Note the numbers of an image."""
        result = judged.result
        if not result.quadrants or result.ccd not in CCDS:
            return
        key = result.obsid, result.ccd
        self._forget(key)
        shape = len(_PLACES)
        values, low, high = (np.full(shape, np.nan, np.float32) for _ in range(3))
        codes = np.zeros(shape, np.uint8)
        for (metric, letter), at in _PLACES.items():
            if letter in result.quadrants:
                values[at] = METRICS[metric](result.quadrants[letter])
        for check in result.checks:
            place = _PLACES.get((check.name, check.quadrant))
            if place is not None and check.verdict is not ImageVerdict.NOT_CHECKED:
                low[place], high[place] = check.low, check.high
                inside = check.low <= check.value <= check.high
                outside = Verdict.LOW if check.value < check.low else Verdict.HIGH
                codes[place] = Verdict.IN_LIMITS if inside else outside
        self._images[key] = _Image(result.test, judged.modified, values, codes, low, high)
        self._tests[result.test] += 1
        self._revision += 1
        if len(self._images) > MOST_IMAGES:
            self._forget(min(self._images))

    def _forget(self, key: tuple[int, int]) -> None:
        gone = self._images.pop(key, None)
        if gone is not None:
            self._tests[gone.test] -= 1

    @property
    def tests(self) -> list[str]:
        """The tests of the images, by name."""
        return sorted(test for test, count in self._tests.items() if test and count > 0)

    def history(self, test: str = "") -> ImageHistory:
        """The values of all images, or of those of one test; made anew only when something came."""
        return self._all(test)[0]

    def limits(self, name: str, test: str = "") -> tuple[float, float]:
        """The limits [ADU] of a column that all images of the choice share, infinite where they do not."""
        _, lows, highs = self._all(test)
        low, high = float(lows[NAMES.index(name)]), float(highs[NAMES.index(name)])
        return -math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high

    def _all(self, test: str) -> tuple[ImageHistory, Numbers, Numbers]:
        state = (self._revision, test)
        if self._made is None or self._made[0] != state:
            self._made = (state, *self._build(test))
        return self._made[1:]

    def _build(self, test: str) -> tuple[ImageHistory, Numbers, Numbers]:
        chosen = {key: image for key, image in self._images.items() if not test or image.test == test}
        rows = {obsid: at for at, obsid in enumerate(dict.fromkeys(obsid for obsid, _ in chosen))}
        shape = (len(rows), len(CCDS), len(_PLACES))
        values, low, high = (np.full(shape, np.nan, np.float32) for _ in range(3))
        codes = np.zeros(shape, np.uint8)
        times = np.full(len(rows), np.nan)
        if chosen:
            images = list(chosen.values())
            at = np.array([rows[obsid] for obsid, _ in chosen]), np.array([ccd - 1 for _, ccd in chosen])
            values[at], codes[at] = np.stack([one.values for one in images]), np.stack([one.codes for one in images])
            low[at], high[at] = np.stack([one.low for one in images]), np.stack([one.high for one in images])
            for (obsid, _), image in chosen.items():
                lab = self._times.get(obsid)
                times[rows[obsid]] = lab if lab is not None else image.modified + self._lab_offset_s(image.modified)
        order = [(ccd - 1, at) for ccd, at in (_COLUMNS[name] for name in NAMES)]
        ccds, places = np.array(order).T
        shared = [_shared(one[:, ccds, places]) for one in (low, high)]
        usable, obsids = np.isfinite(times), np.array(list(rows), np.int64)
        history = ImageHistory(
            times[usable],
            obsids[usable],
            values[:, ccds, places][usable],
            codes[:, ccds, places][usable],
            self._revision,
        )
        return history, shared[0], shared[1]


def _shared(limits: Numbers) -> Numbers:
    """The limit of each column that all its rows have; NaN where they differ or none has one."""
    lowest = np.min(np.where(np.isnan(limits), np.inf, limits), axis=0, initial=np.inf)
    highest = np.max(np.where(np.isnan(limits), -np.inf, limits), axis=0, initial=-np.inf)
    return np.where(lowest == highest, lowest, np.nan).astype(np.float32)
