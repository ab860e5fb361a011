"""The table made of the trends of images: one row for each image, told by ObsID and CCD."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from eyegore.basics.lab_time import iso
from eyegore.desktop.history.export import Table
from eyegore.images.trends import ImageHistory, trend_parts
from eyegore.limits.model import Verdict
from eyegore.messages.exposures import CCDS
from eyegore.series.history import Window
from eyegore.widgets.cells.flags import ChartCell


def trend_table(
    history: ImageHistory, cells: Sequence[ChartCell], first: float, last: float, folder: str, test: str
) -> Table:
    """The images from one place of the history to another that have a value of ``cells``.

    ``test`` is the one they are of, "" for any. The columns are the quadrants and metrics of ``cells``; a value whose
    curve is not among them is left empty.
    """
    known = {trend_parts(cell.name): cell for cell in cells}
    heads = list(dict.fromkeys((quadrant, metric) for _ccd, quadrant, metric in known))
    inside = history.inside(first, last)
    values = np.full((len(heads), inside.size, len(CCDS)), np.nan, np.float32)
    codes = np.full(values.shape, Verdict.UNCHECKED, np.uint8)
    for (ccd, quadrant, metric), cell in known.items():
        window = history.window(cell.name, first, last)
        at = heads.index((quadrant, metric)), slice(None), CCDS.index(ccd)
        values[at] = window.values
        codes[at] = np.where(np.isfinite(window.values), window.codes, Verdict.UNCHECKED)
    there, ccds = np.nonzero(np.isfinite(values).any(axis=0))
    rows = inside[there]
    times, obsids = history.times[rows], history.obsids[rows]
    columns = [
        replace(next(cell for key, cell in known.items() if key[1:] == head), name=" ".join(head)) for head in heads
    ]
    windows = [Window(times, values[at][there, ccds], codes[at][there, ccds]) for at in range(len(heads))]
    return Table(
        tuple(columns),
        tuple(windows),
        tuple(_comments(history, rows, folder, test)),
        (("obsid", obsids), ("ccd", np.array(CCDS)[ccds])),
    )


def _comments(history: ImageHistory, rows: npt.NDArray[np.intp], folder: str, test: str) -> list[str]:
    found = [f"Eyegore, images of {folder}" if folder else "Eyegore, images"]
    if test:
        found.append(f"only images of {test}")
    if rows.size:
        times, obsids = history.times[rows], history.obsids[rows]
        found.append(
            f"ObsIDs {obsids.min()} to {obsids.max()}, {iso(times.min())} to {iso(times.max())}, clock of the lab"
        )
    return [
        *found,
        "lab_seconds are seconds since 1970-01-01 of that clock",
        "one row for each image; values to 7 figures; empty where there is none, or its curve was not shown",
    ]
