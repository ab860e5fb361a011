"""The table made of the trends of images."""

from __future__ import annotations

import csv

import pytest

from eyegore.desktop.history.export import csv_parts
from eyegore.desktop.history.image_trend_window import trend_table
from eyegore.images.trends import ImageTrends
from eyegore.widgets.cells.flags import ChartCell

from ...images.test_trends import judged, rows

CELLS = [ChartCell(name, name, "ADU noise") for name in ("CCD1 E std_pre", "CCD3 E std_pre", "CCD1 E fluence")]


@pytest.fixture
def trends() -> ImageTrends:
    made = ImageTrends()
    made.add(rows(1, 2, 3))
    for obsid in (3, 1, 2):
        made.take(judged(obsid, 1, noise=9.0 if obsid == 2 else 1.2, fluence=500.0))
        made.take(judged(obsid, 2))
    made.take(judged(2, 3))
    return made


def written(table: object) -> tuple[list[str], list[list[str]]]:
    found = b"".join(csv_parts(table)).decode().splitlines()  # type: ignore[arg-type]
    comments = [line for line in found if line.startswith("#")]
    return comments, list(csv.reader(found[len(comments) :]))


@pytest.mark.parametrize("numbered", [False, True])
def test_a_row_for_each_image_with_obsid_and_ccd(trends: ImageTrends, numbered: bool) -> None:
    history = trends.history().by_obsid() if numbered else trends.history()
    stretch = (2.0, 3.0) if numbered else (160.0, 240.0)
    comments, lines = written(trend_table(history, CELLS, *stretch, "/data/night", "BIAS01"))
    assert comments[:3] == [
        "# Eyegore, images of /data/night",
        "# only images of BIAS01",
        "# ObsIDs 2 to 3, 1970-01-01T00:02:40 to 1970-01-01T00:04:00, clock of the lab",
    ]
    assert lines == [
        [
            *("time", "lab_seconds", "obsid", "ccd"),
            *("E std_pre [ADU noise]", "E std_pre verdict", "E fluence [ADU noise]", "E fluence verdict"),
        ],
        ["1970-01-01T00:02:40.000", "160.000", "2", "1", "9", "high", "500", "unchecked"],
        ["1970-01-01T00:02:40.000", "160.000", "2", "3", "1.2", "in limits", "", "unchecked"],
        ["1970-01-01T00:04:00.000", "240.000", "3", "1", "1.2", "in limits", "500", "unchecked"],
    ]


def test_nothing_in_the_stretch(trends: ImageTrends) -> None:
    comments, lines = written(trend_table(trends.history(), CELLS, 300.0, 400.0, "", ""))
    assert comments[0] == "# Eyegore, images"
    assert len(lines) == 1
