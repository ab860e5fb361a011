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
    return {
        "obsid": str(obsid.obsid),
        "test": obsid.test,
        "begin": iso(obsid.begin) or "",
        "end": iso(obsid.end) or "",
        "parameter": name,
        "unit": unit,
        "samples": str(of.samples),
        "invalid": str(of.invalid),
        "mean": cell(of.mean),
        "std": cell(of.std),
        "min": cell(of.lowest),
        "max": cell(of.highest),
        "out": str(of.out),
    }


def excursion_row(run: Run, unit: str, index: ExposureIndex) -> dict[str, str]:
    """One row of the table of excursions."""
    first, last = index.at(run.first), index.at(run.last)
    return {
        "parameter": run.parameter,
        "unit": unit,
        "verdict": run.verdict.name,
        "first": iso(run.first) or "",
        "last": iso(run.last) or "",
        "samples": str(run.samples),
        "worst": cell(run.worst),
        "obsid_first": str(first.obsid) if first else "",
        "obsid_last": str(last.obsid) if last else "",
    }
