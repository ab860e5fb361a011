"""What the picture of a history shows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from eyegore.alarms.spans import AlarmSpan
from eyegore.desktop.history.content import (
    MOST_MARKS,
    picture_of,
    sample_at,
    titled,
    value_words,
    with_limits,
    worst_of,
)
from eyegore.desktop.history.picture import Picture, Sheet
from eyegore.limits.model import Severity, Verdict
from eyegore.messages.events import AlarmKind
from eyegore.series.history import HkHistory, Sample
from eyegore.widgets.cells.flags import ChartCell

START = 953_000_000.0
SHEET = Sheet(1000, 600, 14, 14, 96.0, 8.0, 60, 80)
CELLS = (
    ChartCell("A", "A", "°C", "", -133.0, 35.0),
    ChartCell("B", "B", "°C"),
    ChartCell("V", "V", "V", "", 5.0, 6.0),
)
SPAN = AlarmSpan("A", AlarmKind.OOL, Severity.CRITICAL, START + 100, START + 200, -140.0)


def history(rows: int = 1000) -> HkHistory:
    made = HkHistory(["A", "B", "V"])
    values = np.column_stack([np.full(rows, -120.0), np.full(rows, -119.0), np.full(rows, 5.5)])
    values[100:200, 0] = np.linspace(-134, -140, 100)
    codes = np.full(values.shape, Verdict.IN_LIMITS, np.uint8)
    codes[100:200, 0] = Verdict.LOW
    made.append(START + np.arange(rows), values, codes)
    return made


def picture(
    cells: tuple[ChartCell, ...] = CELLS,
    spans: tuple[AlarmSpan, ...] = (SPAN,),
    stretch: tuple[float, float] = (0.0, 999.0),
) -> Picture:
    t0, t1 = START + stretch[0], START + stretch[1]
    return picture_of(history(), cells, {"A": spans}, (t0, t1), SHEET, {}, ["red", "blue", "black"])


def test_one_panel_for_each_unit() -> None:
    shown = picture()
    assert [(panel.unit, [curve.name for curve in panel.curves]) for panel in shown.panels] == [
        ("°C", ["A", "B"]),
        ("V", ["V"]),
    ]
    assert [curve.colour for panel in shown.panels for curve in panel.curves] == ["red", "blue", "black"]


def test_zooming_shows_full_detail() -> None:
    shown = picture(stretch=(400.0, 450.0))
    (panel, _other) = shown.panels
    assert panel.curves[0].envelope.times.size == 53  # each sample, and the neighbours of the edges


def test_worst_values_are_in_view_and_far_limits_are_not() -> None:
    (panel,) = picture(CELLS[:1]).panels
    assert panel.bottom < -140
    assert -120 < panel.top < 0


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((), (0.0, 1.0)),
        ((1.5,), (0.0, 1.5)),
        ((-1.0, 2.0), (-1.0, 2.0)),
        ((100.0,), (0.0, 1.0)),
        ((2.0, 100.0), (0.0, 2.0)),
        ((math.nan, 0.5), (0.0, 1.0)),
    ],
)
def test_limits_that_leave_the_curve_its_height(limits: tuple[float, ...], expected: tuple[float, float]) -> None:
    assert with_limits(0.0, 1.0, limits) == expected


def test_alarms_are_marked_on_the_lane_of_their_parameter() -> None:
    (lane,) = picture().lanes
    (mark,) = lane.marks
    assert (lane.name, mark.glyph, mark.words) == ("A", "◆", "CRITICAL −140 °C unacknowledged")
    assert (mark.worst, mark.worst_time) == (-140.0, START + 199)


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (replace(SPAN, seen=True), False),
        (SPAN, True),
        (replace(SPAN, until=math.inf, seen=True), True),
        (replace(SPAN, since=START + 600, until=START + 700), False),
    ],
    ids=["over and seen", "over, not seen", "lasts", "later"],
)
def test_alarms_outside_the_time_shown(span: AlarmSpan, shown: bool) -> None:
    assert bool(picture(spans=(span,), stretch=(300.0, 400.0)).lanes) is shown


def test_of_very_many_alarms_the_gravest_are_drawn() -> None:
    mild = [replace(SPAN, severity=Severity.WARNING, since=START + at) for at in range(MOST_MARKS + 50)]
    (lane,) = picture(spans=(SPAN, *mild)).lanes
    assert len(lane.marks) == MOST_MARKS
    assert sum(mark.span.severity is Severity.CRITICAL for mark in lane.marks) == 1
    begins = [mark.span.since for mark in lane.marks]
    assert begins == sorted(begins)


def test_the_worst_of_what_lasts_is_that_of_the_samples() -> None:
    envelope = history().envelope("A", START, START + 999, 2000)
    lasting = replace(SPAN, until=math.inf, worst=-134.0, worst_time=START + 100)
    assert worst_of(lasting, envelope, -133.0, 35.0) == (START + 199, -140.0)
    over = replace(SPAN, worst=-134.0, worst_time=START + 100)
    assert worst_of(over, envelope, -133.0, 35.0) == (START + 100, -134.0)
    assert np.isnan(worst_of(replace(SPAN, kind=AlarmKind.INVALID), envelope, -133.0, 35.0)).all()


def test_a_parameter_the_history_does_not_have_is_left_out() -> None:
    shown = picture((ChartCell("gone"), CELLS[0]))
    assert [curve.name for panel in shown.panels for curve in panel.curves] == ["A"]


def test_nothing_in_this_time() -> None:
    assert picture(stretch=(5000.0, 6000.0)).nothing == ""  # the last sample leads to the edge
    empty = picture_of(HkHistory(["A"]), CELLS[:1], {}, (0.0, 1.0), SHEET, {}, ["red"])
    assert empty.nothing == "no valid sample in this time"


def test_the_title_tells_folder_parameters_and_time() -> None:
    shown = titled(picture(), "14_Mar_00")
    assert shown.title == "14_Mar_00  ·  A, B, V  ·  14/Mar 02:13:20 – 14/Mar 02:29:59"
    assert shown.sheet.head > 0


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        (None, "no sample"),
        (Sample(0.0, math.nan, Verdict.INVALID), "✗ invalid"),
        (Sample(0.0, -120.0, Verdict.IN_LIMITS), "−120.00 °C"),
        (Sample(0.0, -136.0, Verdict.LOW), "−136.00 °C low"),
        (Sample(0.0, -136.0, Verdict.DELTA_HIGH), "−136.00 °C delta high"),
    ],
)
def test_values_in_words(sample: Sample | None, words: str) -> None:
    assert value_words(sample, CELLS[0]) == words


def test_the_sample_at_the_cursor_is_near() -> None:
    found = sample_at(history(), "A", START + 10.4, 1.0)
    assert found is not None
    assert found.time == START + 10
    assert sample_at(history(), "A", START + 2000, 1.0) is None
    assert sample_at(history(), "A", START + 2000, 1000.0) is not None
    assert sample_at(history(), "gone", START, 1.0) is None


@pytest.mark.parametrize(("panels", "lanes"), [(1, 0), (3, 2), (1, 8)])
def test_panels_and_lanes_lie_below_each_other(panels: int, lanes: int) -> None:
    places = SHEET.places(panels, lanes)
    assert len(places) == panels + lanes
    edges = [edge for place in places for edge in place]
    assert edges == sorted(edges)
    assert edges[-1] < SHEET.height - SHEET.line
