"""Statistics of HK parameters, of a whole report and of single ObsIDs; and the tables made of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eyegore.basics.lab_time import iso
from eyegore.exposures.index import ExposureIndex
from eyegore.reports.housekeeping.samples import ObsidTime, Samples
from eyegore.reports.quicklook.table import cell
from eyegore.series.excursions import Run

OBSID_COLUMNS = (
    "obsid", "test", "begin", "end", "parameter", "unit", "samples", "invalid", "mean", "std", "min", "max", "out",
)  # fmt: skip
EXCURSION_COLUMNS = (
    "parameter", "unit", "verdict", "first", "last", "samples", "worst", "obsid_first", "obsid_last",
)  # fmt: skip


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
