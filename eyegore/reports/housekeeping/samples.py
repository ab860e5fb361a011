"""All samples of a folder as they were judged, by parameter: what a report of its housekeeping is made of.

Their statistics, of the whole report and of single ObsIDs, and the tables made of them.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eyegore.basics.lab_time import iso
from eyegore.elvis.day_folder import is_continuous, parse_name
from eyegore.exposures.books import ExposureIndex
from eyegore.exposures.interval import interval_of
from eyegore.limits.model import LimitTable, Phase, Verdict
from eyegore.messages.events import Event, ExposuresAccepted, FloatArray, HkAccepted, LayoutChanged
from eyegore.reports.quicklook.table import cell
from eyegore.series.decimation import INVALID, OUT, Envelope, Runs, envelope
from eyegore.series.excursions import Run
from eyegore.series.history import GAP_FLOOR_S, GAP_PERIODS

Codes = npt.NDArray[np.uint8]
OBSID_COLUMNS = (
    "obsid", "test", "begin", "end", "parameter", "unit", "samples", "invalid", "mean", "std", "min", "max", "out",
)  # fmt: skip
EXCURSION_COLUMNS = (
    "parameter", "unit", "verdict", "first", "last", "samples", "worst", "obsid_first", "obsid_last",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Samples:
    """One parameter in order of time: ``times`` [lab s], ``values`` and ``codes`` of :class:`Verdict`, shape (n,)."""

    times: FloatArray
    values: FloatArray
    codes: Codes

    @property
    def invalid(self) -> npt.NDArray[np.bool_]:
        """Which samples are no readings."""
        found: npt.NDArray[np.bool_] = (self.codes == Verdict.INVALID) | ~np.isfinite(self.values)
        return found

    @property
    def out(self) -> npt.NDArray[np.bool_]:
        """Which samples are out of limits."""
        return self.codes >= Verdict.LOW

    def between(self, begin: float, end: float) -> Samples:
        """Those with ``begin <= time <= end``."""
        part = slice(int(np.searchsorted(self.times, begin)), int(np.searchsorted(self.times, end, "right")))
        return Samples(self.times[part], self.values[part], self.codes[part])

    def envelope(self, bins: int) -> Envelope:
        """The curve in about ``bins`` points; every extreme sample is in it."""
        if not self.times.size:
            nothing = np.empty(0)
            return Envelope(nothing, nothing, nothing, np.empty(0, bool), np.empty(0, bool), nothing)
        marks = np.where(self.invalid, INVALID, 0) | np.where(self.out, OUT, 0)
        values = np.where(self.invalid, np.nan, self.values).astype(np.float32)
        runs = Runs(self.times, self.times, values, values, marks.astype(np.uint8))
        steps = np.diff(self.times)
        period = float(np.median(steps)) if steps.size else 0.0
        width = 0.0 if self.times.size <= 2 * bins else float(self.times[-1] - self.times[0]) / bins
        return envelope(runs, width, max(GAP_FLOOR_S, GAP_PERIODS * period))


@dataclass(frozen=True)
class Stretch:
    """From ``begin`` [lab s] on the limits of ``table`` in ``phase`` are in force."""

    begin: float
    table: LimitTable | None
    phase: Phase | None


@dataclass(frozen=True)
class ObsidTime:
    """When an ObsID was taken: from ``begin`` to ``end`` of its read-out [lab s]."""

    obsid: int
    test: str
    begin: float
    end: float


@dataclass(frozen=True, eq=False)
class _Block:
    columns: tuple[str, ...]
    times: FloatArray
    values: FloatArray
    codes: Codes


class HkSamples:
    """Fed with the events of a monitor that reads a folder once; then asked."""

    def __init__(self) -> None:
        self.units: dict[str, str] = {}
        self.stretches: list[Stretch] = []
        self.continuous = False
        self._blocks: list[_Block] = []
        self._in_use: tuple[LimitTable | None, Phase | None] = (None, None)
        self._tests: dict[int, str] = {}
        self._logged: dict[int, tuple[float, float]] = {}
        self._filed: dict[int, tuple[float, float]] = {}

    def take(self, event: Event) -> None:
        """Take what the monitor tells; what is of no use is passed over."""
        if isinstance(event, LayoutChanged):
            self.units.update((flag.parameter, flag.unit) for flag in event.flags)
            self._in_use = (event.table, event.phase)
        elif isinstance(event, HkAccepted):
            self._take_rows(event)
        elif isinstance(event, ExposuresAccepted):
            for exposure in event.rows:
                taken = interval_of(exposure)
                self._tests.setdefault(exposure.obsid, exposure.test)
                if math.isfinite(taken.start):
                    begin, end = self._logged.get(exposure.obsid, (math.inf, -math.inf))
                    self._logged[exposure.obsid] = (min(begin, taken.start), max(end, taken.end))

    def _take_rows(self, event: HkAccepted) -> None:
        rows = event.rows
        if not self.stretches or (self.stretches[-1].table, self.stretches[-1].phase) != self._in_use:
            self.stretches.append(Stretch(float(rows.times[0]), *self._in_use))
        self._blocks.append(_Block(rows.columns, rows.times, rows.values, event.verdicts))
        if is_continuous(rows.path):
            self.continuous = True
            return
        named = parse_name(os.path.basename(rows.path))
        if named is not None and named.obsid is not None:
            begin, end = self._filed.get(named.obsid, (math.inf, -math.inf))
            known = rows.times[np.isfinite(rows.times)]
            if known.size:
                self._filed[named.obsid] = (min(begin, float(known.min())), max(end, float(known.max())))

    @property
    def names(self) -> list[str]:
        """All parameters, in the order of their columns."""
        return list(dict.fromkeys(name for block in self._blocks for name in block.columns))

    @property
    def span(self) -> tuple[float, float]:
        """Times of the first and the last sample [lab s]; NaN when there is none."""
        known = [block.times[np.isfinite(block.times)] for block in self._blocks]
        if not any(times.size for times in known):
            return math.nan, math.nan
        return min(float(one.min()) for one in known if one.size), max(float(one.max()) for one in known if one.size)

    @property
    def obsids(self) -> list[ObsidTime]:
        """All ObsIDs with a time, in their order: that of their own HK file where they are read, else of the log."""
        found = {**self._logged, **self._filed}
        return [ObsidTime(obsid, self._tests.get(obsid, ""), *found[obsid]) for obsid in sorted(found)]

    def all_of(self, name: str) -> Samples:
        """Every sample of a parameter."""
        parts = [(block, block.columns.index(name)) for block in self._blocks if name in block.columns]
        if not parts:
            return Samples(np.empty(0), np.empty(0), np.empty(0, np.uint8))
        times = np.concatenate([block.times for block, _ in parts])
        values = np.concatenate([block.values[:, at] for block, at in parts])
        codes = np.concatenate([block.codes[:, at] for block, at in parts])
        known = np.isfinite(times)
        if not known.all() or (np.diff(times) < 0).any():
            order = np.argsort(times, kind="stable")
            order = order[known[order]]
            times, values, codes = times[order], values[order], codes[order]
        return Samples(times, values, codes)

    def limits_at(self, times: FloatArray) -> Iterator[tuple[slice, Stretch]]:
        """Stretches of equal limits, each with its part of ``times`` (in order)."""
        begins = [stretch.begin for stretch in self.stretches]
        edges = [0, *np.searchsorted(times, begins[1:]).tolist(), times.size] if begins else []
        for stretch, start, stop in zip(self.stretches, edges, edges[1:], strict=False):
            if stop > start:
                yield slice(start, stop), stretch


@dataclass(frozen=True)
class HkStatistics:
    """Of the readings among ``samples``, in the parameter's unit, NaN where there is none; ``invalid`` are no readings.

    ``std`` is the plain standard deviation; ``out`` counts the samples out of limits.
    """

    samples: int
    invalid: int
    mean: float
    std: float
    lowest: float
    highest: float
    out: int


def statistics_of(samples: Samples) -> HkStatistics:
    """Statistics of all samples given."""
    bad = samples.invalid
    good = samples.values[~bad]
    if not good.size:
        return HkStatistics(bad.size, int(bad.sum()), math.nan, math.nan, math.nan, math.nan, int(samples.out.sum()))
    return HkStatistics(
        samples=bad.size,
        invalid=int(bad.sum()),
        mean=float(good.mean()),
        std=float(good.std()),
        lowest=float(good.min()),
        highest=float(good.max()),
        out=int(samples.out.sum()),
    )


def by_obsid(samples: Samples, obsids: Iterable[ObsidTime]) -> Iterator[tuple[ObsidTime, HkStatistics]]:
    """Statistics of the samples while each ObsID was taken; those without a sample are left out."""
    for obsid in obsids:
        meanwhile = samples.between(obsid.begin, obsid.end)
        if meanwhile.times.size:
            yield obsid, statistics_of(meanwhile)


def obsid_row(obsid: ObsidTime, name: str, unit: str, of: HkStatistics) -> dict[str, str]:
    """One row of the table of ObsIDs."""
    taken = (str(obsid.obsid), obsid.test, iso(obsid.begin) or "", iso(obsid.end) or "")
    numbers = map(cell, (of.mean, of.std, of.lowest, of.highest))
    cells = (*taken, name, unit, str(of.samples), str(of.invalid), *numbers, str(of.out))
    return dict(zip(OBSID_COLUMNS, cells, strict=True))


def excursion_row(run: Run, unit: str, index: ExposureIndex) -> dict[str, str]:
    """One row of the table of excursions."""
    first, last = index.at(run.first), index.at(run.last)
    times = iso(run.first) or "", iso(run.last) or ""
    obsids = str(first.obsid) if first else "", str(last.obsid) if last else ""
    cells = (run.parameter, unit, run.verdict.name, *times, str(run.samples), cell(run.worst), *obsids)
    return dict(zip(EXCURSION_COLUMNS, cells, strict=True))
