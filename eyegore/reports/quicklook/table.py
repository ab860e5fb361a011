"""The table of a quick look: a row for each image and quadrant, for any program that reads CSV."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterable, Mapping, Sequence

from eyegore.images.judging import overall
from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.images import SECTIONS, ImageResult, QuadrantStatistics

Row = Mapping[str, str]

SECTION_NUMBERS = {
    "mean": "mean", "std": "std", "noise": "noise", "min": "lowest", "p25": "p25", "p50": "median", "p75": "p75",
    "max": "highest",
}  # fmt: skip
"""Columns of each section, behind its name, and what they are called in :class:`SectionStatistics`."""

_FRAME = (
    "file", "obsid", "ccd", "test", "family", "block", "exptime", "overscan_columns", "overscan_rows", "vstart", "vend",
    "verdict", "problem", "quadrant",
)  # fmt: skip
_SECTIONS = tuple(f"{section}_{name}" for section in SECTIONS for name in SECTION_NUMBERS)
_QUADRANT = (
    "saturated", "lost", "active", "missing_codes", "fluence", "background", "injection_level", "injection_std",
    "injection_expected", "injection_pattern", "spots_found", "quadrant_verdict", "bad_checks",
)  # fmt: skip
COLUMNS = (*_FRAME, *_SECTIONS, *_QUADRANT)


def rows_of(result: ImageResult) -> list[dict[str, str]]:
    """Four rows of an image that was measured; one without a quadrant for a file that could not be."""
    frame = {
        "file": os.path.basename(result.file),
        "obsid": str(result.obsid),
        "ccd": str(result.ccd),
        "test": result.test,
        "family": result.family.value,
        "block": result.block,
        "verdict": result.verdict.value,
        "problem": f"{result.problem.value}: {result.explanation}" if result.problem is not None else "",
    }
    if result.problem is not None:
        return [frame]
    frame |= {
        "exptime": cell(result.exptime),
        "overscan_columns": str(result.overscan_columns),
        "overscan_rows": str(result.overscan_rows),
        "vstart": str(result.vstart),
        "vend": str(result.vend),
    }
    return [{**frame, **_quadrant(result, statistics)} for statistics in result.quadrants.values()]


def _quadrant(result: ImageResult, statistics: QuadrantStatistics) -> dict[str, str]:
    checks = [check for check in result.checks if check.quadrant == statistics.quadrant]
    cells = {"quadrant": statistics.quadrant}
    for section in SECTIONS:
        for name, attribute in SECTION_NUMBERS.items():
            cells[f"{section}_{name}"] = cell(getattr(statistics.section(section), attribute))
    for name in ("saturated", "lost", "active", "missing_codes"):
        cells[name] = str(getattr(statistics, name))
    cells |= {"fluence": cell(statistics.fluence), "background": cell(statistics.background)}
    if statistics.injection is not None:
        for name in ("level", "std", "expected", "pattern"):
            cells[f"injection_{name}"] = cell(getattr(statistics.injection, name))
    if statistics.spots:
        cells["spots_found"] = str(sum(not math.isnan(spot.peak) for spot in statistics.spots))
    bad = [check for check in checks if check.verdict in (ImageVerdict.WARNING, ImageVerdict.FAIL)]
    cells["quadrant_verdict"] = overall(tuple(checks)).value
    cells["bad_checks"] = " ".join(check.name for check in bad)
    return cells


def cell(number: float) -> str:
    """A number with all its digits; empty when it could not be measured."""
    return repr(float(number)) if math.isfinite(number) else ""


def as_csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Rows under their columns; empty where a row has nothing."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
